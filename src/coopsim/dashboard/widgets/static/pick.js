// A labelled choice among a few words: a native select, or buttons of which one is pressed.
import { make, unique } from "./common.js";

function render({ model, el }) {
  const choose = (value) => { model.set("value", value); model.save_changes(); };
  // A card that is chosen already can be chosen again: to begin anew.
  const again = (value) => { model.set("asked", [value, Date.now()]); choose(value); };
  const walk = (event) => {
    const cards = [...el.querySelectorAll("button")];
    const place = cards.indexOf(document.activeElement);
    const next = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: cards.length - 1 }[event.key];
    if (!cards[next]) return;
    event.preventDefault();
    cards.forEach((card, k) => { card.tabIndex = k === next ? 0 : -1; });
    cards[next].focus();
  };
  const draw = () => {
    const spec = JSON.parse(model.get("spec"));
    const value = model.get("value");
    const id = unique("pick");
    if (spec.kind === "buttons") {
      el.replaceChildren(make("div", { class: "coop-pick", role: "group", "aria-label": spec.label },
        spec.hide_label ? null : make("span", { class: "coop-pick-label", text: spec.label }),
        make("div", { class: "coop-segments" }, ...spec.options.map((option) => make("button", {
          type: "button", class: "coop-segment", "aria-pressed": String(option.value === value), text: option.text, title: option.title,
          disabled: option.disabled, onclick: () => choose(option.value) })))));
    } else if (spec.kind === "cards") {
      // One stop for the Tab key, arrows within: whoever wants the sliders need not pass every card.
      el.replaceChildren(make("div", { class: "coop-cards", role: "toolbar", "aria-label": spec.label, onkeydown: walk }, ...spec.options.map((option, k) => make("button", {
        tabindex: option.value === value || (!k && !spec.options.some((other) => other.value === value)) ? 0 : -1,
        type: "button", class: "coop-card", "aria-pressed": String(option.value === value), onclick: () => again(option.value) },
        make("span", { class: "coop-card-words", title: `${option.text}. ${option.title ?? ""}` }, make("span", { class: "coop-card-title", text: option.text }), make("br"), make("span", { class: "coop-card-text", text: option.title ?? "" }))))));
    } else {
      const groups = new Map();
      for (const option of spec.options) {
        const name = option.group ?? "";
        if (!groups.has(name)) groups.set(name, []);
        groups.get(name).push(make("option", { value: option.value, text: option.text, selected: option.value === value }));
      }
      const select = make("select", { id, onchange: (event) => choose(event.target.value) });
      for (const [name, options] of groups) select.append(...(name ? [make("optgroup", { label: name }, ...options)] : options));
      el.replaceChildren(make("div", { class: "coop-pick" }, make("label", { for: id, class: spec.hide_label ? "coop-hidden" : "coop-pick-label", text: spec.label }), select));
    }
  };
  const mark = () => {
    const value = model.get("value");
    const select = el.querySelector("select");
    if (select) select.value = value;
    const { options } = JSON.parse(model.get("spec"));
    [...el.querySelectorAll("button")].forEach((button, k) => {
      button.setAttribute("aria-pressed", String(options[k].value === value));
      if (button.matches(".coop-card")) button.tabIndex = options[k].value === value ? 0 : -1;
    });
  };
  model.on("change:spec", draw);
  model.on("change:value", mark);
  draw();
}
export default { render };
