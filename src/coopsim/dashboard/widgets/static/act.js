// Buttons that ask the server for something, and files that it hands back.
import { make, save } from "./common.js";

function render({ model, el }) {
  const draw = () => {
    const spec = model.get("spec");
    el.replaceChildren(make("div", { class: "coop-bar", role: spec.label ? "group" : null, "aria-label": spec.label || null }, ...spec.buttons.map((button) => make("button", {
      type: "button", class: `coop-button${button.primary ? " coop-primary" : ""}`, text: button.text, title: button.title, disabled: button.disabled,
      "aria-label": button.label, "aria-pressed": button.pressed === undefined || button.pressed === null ? null : String(button.pressed),
      onclick: () => { model.set("asked", [button.ask, Date.now()]); model.save_changes(); } }))));
  };
  model.on("change:spec", draw);
  model.on("change:file", () => {
    const view = model.get("file");
    const { name, type } = model.get("about");
    if (view?.byteLength) save(name, new Blob([view], { type }));
  });
  draw();
}
export default { render };
