// A line of text to take along: select it, or let the button copy it.
import { make, unique } from "./common.js";

function render({ model, el }) {
  const id = unique("copy");
  const spec = () => model.get("spec");
  // The server knows what comes after the host; how it is reached from here, only the browser knows.
  const whole = () => (spec().link ? window.location.origin + (window.solara?.rootPath ?? "") : "") + model.get("text");
  const input = make("input", { id, type: "text", readonly: true, class: "coop-grow" });
  const note = make("span", { class: "coop-soft", role: "status" });
  const button = make("button", { class: "coop-button", type: "button", onclick: async () => {
    input.select();
    try {
      await navigator.clipboard.writeText(input.value);
      note.textContent = spec().done;
    } catch {
      note.textContent = document.execCommand("copy") ? spec().done : spec().by_hand;
    }
  } });
  el.replaceChildren(make("div", { class: "coop-copy" }, make("label", { for: id, class: "coop-pick-label" }), make("div", { class: "coop-bar" }, input, button, note)));
  const fresh = () => {
    el.querySelector("label").textContent = spec().label;
    button.textContent = spec().button;
    input.value = whole();
    note.textContent = "";
    el.dataset.link = input.value;
  };
  model.on("change", fresh);
  fresh();
}
export default { render };
