// A file from the visitor's machine: a native input, so that keyboards and screen readers can use it.
import { make, unique } from "./common.js";

function render({ model, el }) {
  const spec = model.get("spec");
  const id = unique("file");
  const note = make("span", { class: "coop-soft", role: "status" });
  const input = make("input", { id, type: "file", accept: spec.accept });
  input.addEventListener("change", async () => {
    const file = input.files[0];
    if (!file) return;
    note.textContent = file.size > spec.most ? spec.too_large : file.name;
    const content = file.size > spec.most ? "" : await file.text();
    model.set("file", { name: file.name, size: file.size, content, number: Date.now() });
    model.save_changes();
    input.value = "";
  });
  el.replaceChildren(make("div", { class: "coop-file" }, make("label", { for: id, text: spec.label }), input, note));
}
export default { render };
