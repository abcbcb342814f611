// A button.
import { make } from "./common.js";

function render({ model, el }) {
  const draw = () => {
    const { text, primary, title } = model.get("spec");
    el.replaceChildren(make("button", { type: "button", class: `coop-button${primary ? " coop-primary" : ""}`, text, title,
      onclick: () => { model.set("clicks", model.get("clicks") + 1); model.save_changes(); } }));
  };
  model.on("change:spec", draw);
  draw();
}
export default { render };
