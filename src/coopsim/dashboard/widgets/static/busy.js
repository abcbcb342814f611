// How a run goes, if it takes its time or failed: always there, seldom seen.
import { make } from "./common.js";

function render({ model, el }) {
  const bar = make("progress", { max: 1 });
  const text = make("span");
  const cancel = make("button", { class: "coop-small", type: "button", onclick: () => { model.set("clicks", model.get("clicks") + 1); model.save_changes(); } });
  const busy = make("div", { class: "coop-busy", role: "status" }, text, bar, cancel);
  const error = make("div", { class: "coop-note coop-error", role: "alert" });
  el.replaceChildren(busy, error);
  const draw = () => {
    const spec = model.get("spec");
    busy.hidden = !spec.text;
    text.textContent = spec.text;
    bar.value = spec.share;
    bar.setAttribute("aria-label", spec.label);
    cancel.textContent = spec.cancel;
    error.hidden = !spec.error;
    error.textContent = spec.error;
  };
  model.on("change:spec", draw);
  draw();
}
export default { render };
