// Writes what is chosen behind the question mark of the browser's address, so that it may be kept, shared and reloaded.
function render({ model, el }) {
  let waiting = null;
  const write = () => {
    clearTimeout(waiting);
    // Browsers refuse hundreds of changes a minute, and a slider makes them.
    waiting = setTimeout(() => {
      const query = model.get("query");
      const next = window.location.pathname + (query ? `?${query}` : "");
      if (next !== window.location.pathname + window.location.search) window.history.replaceState(window.history.state, "", next);
    }, 400);
  };
  el.hidden = true;
  model.on("change", write);
  write();
  return () => clearTimeout(waiting);
}
export default { render };
