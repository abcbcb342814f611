// Sliders, switches and choices for parameters: native inputs, the value beside them, a mark at the default.
import { life, make, say, unique } from "./common.js";

function render({ model, el }) {
  const { signal, end } = life();
  let rows = new Map(), open = false;

  function send(key, value) {
    model.set("values", { ...model.get("values"), [key]: value });
    model.save_changes();
  }
  function ask(what) {
    model.set("asked", [what, Date.now()]);
    model.save_changes();
  }

  function lever(item) {
    const id = unique("lever");
    const words = model.get("words");
    const output = make("output", { class: "coop-lever-value", for: id });
    const reset = make("button", { class: "coop-small coop-reset", type: "button", text: "↺", "aria-label": `${words.reset}: ${item.label}`, title: words.reset });
    let input, read, write, show;
    if (typeof item.default === "boolean") {
      input = make("input", { id, type: "checkbox" });
      read = () => input.checked;
      write = (value) => { input.checked = value; };
      show = (value) => (value ? words.on : words.off);
    } else if (item.choices) {
      input = make("select", { id }, ...item.choices.map((text) => make("option", { value: text, text })));
      read = () => input.value;
      write = (value) => { input.value = value; };
      show = () => "";
    } else {
      const marks = unique("marks");
      input = make("input", { id, type: "range", min: item.min, max: item.max, step: item.step, list: marks });
      // Three digits are enough for a link to be read, and near the mark the default is meant.
      read = () => {
        const value = Number(Number(input.value).toPrecision(3));
        return Math.abs(value - item.default) < 0.006 * (item.max - item.min) ? item.default : value;
      };
      write = (value) => {
        // A value from a link or a file may lie outside the range of the slider; it must still be shown as it is.
        if (value < Number(input.min)) input.min = value;
        if (value > Number(input.max)) input.max = value;
        input.value = value;
      };
      show = (value) => `${say(value, { percent: item.percent })}${item.unit && !item.percent ? ` ${item.unit}` : ""}`;
      input.after?.(make("datalist", { id: marks }, make("option", { value: item.default })));
      input.dataset.marks = marks;
    }
    const help = `${id}-help`;
    input.setAttribute("aria-describedby", help);
    const about = make("details", { class: "coop-lever-about", name: "coop-lever-about", onkeydown: (event) => { if (event.key === "Escape") about.open = false; } },
      make("summary", { "aria-label": `${words.about}: ${item.label}`, text: "?" }),
      make("div", {}, make("p", { text: item.meaning }), make("p", { class: "coop-soft", text: item.source })));
    const row = make("div", { class: typeof item.default === "boolean" ? "coop-lever is-switch" : "coop-lever", "data-key": item.key, "data-text": `${item.key} ${item.label} ${item.meaning}`.toLowerCase() },
      make("label", { for: id, text: item.label }), output, reset, input,
      input.dataset.marks ? make("datalist", { id: input.dataset.marks }, make("option", { value: item.default })) : null,
      about, make("span", { id: help, class: "coop-hidden", text: item.meaning }));
    const update = (value) => {
      write(value);
      const text = show(value);
      output.textContent = text;
      if (input.type === "range") input.setAttribute("aria-valuetext", text);
      const changed = value !== item.default;
      row.classList.toggle("is-changed", changed);
      reset.style.visibility = changed ? "visible" : "hidden";
    };
    input.addEventListener("input", () => { const value = read(); update(value); send(item.key, value); });
    reset.addEventListener("click", () => { update(item.default); send(item.key, item.default); input.focus(); });
    rows.set(item.key, { update, input });
    return row;
  }

  function draw() {
    rows = new Map();
    const words = model.get("words");
    const groups = JSON.parse(model.get("groups")).map((group) => {
      const off = group.off && make("div", { class: "coop-off" }, make("span", { text: group.off.text }),
        make("button", { class: "coop-small", type: "button", text: group.off.button, onclick: () => ask(group.off.ask) }));
      // A switch within a group that is switched off would be off as well: the button stands between title and group.
      const title = off ? make("div", { class: "coop-group-title", text: group.title, "aria-hidden": "true" }) : null;
      const legend = make("legend", { class: off ? "coop-hidden" : "coop-group-title", text: group.title });
      const box = make("fieldset", { class: "coop-group", disabled: !!group.off }, legend, ...group.levers.map(lever));
      return make("div", { class: "coop-group-box" }, title, off || null, box);
    });
    const search = model.get("search") ? make("input", {
      type: "search", class: "coop-search", placeholder: words.search, "aria-label": words.search,
      oninput: (event) => {
        const wanted = event.target.value.trim().toLowerCase();
        for (const row of el.querySelectorAll(".coop-lever")) row.hidden = !row.dataset.text.includes(wanted);
        for (const box of el.querySelectorAll(".coop-group-box")) box.hidden = !box.querySelector(".coop-lever:not([hidden])");
      },
    }) : null;
    // On a phone the sliders are a sheet at the foot of the page, so that charts and sliders are seen together.
    const sheet = search ? null : make("button", { class: "coop-button coop-primary coop-sheet", type: "button",
      onclick: () => { open = !open; label(); } });
    const label = () => { sheet.setAttribute("aria-expanded", String(open)); sheet.textContent = open ? words.close : words.sheet; };
    if (sheet) label();
    el.replaceChildren(...[sheet].filter(Boolean), make("div", { class: model.get("search") ? "coop-levers is-all" : "coop-levers" }, search, ...groups));
    values();
  }
  function values() {
    for (const [key, value] of Object.entries(model.get("values"))) {
      const row = rows.get(key);
      // What somebody is dragging is not pulled out of their hand.
      if (row && !(document.activeElement === row.input && row.input.matches(":active"))) row.update(value);
    }
  }
  model.on("change:groups", draw);
  model.on("change:values", values);
  draw();
  return end;
}
export default { render };
