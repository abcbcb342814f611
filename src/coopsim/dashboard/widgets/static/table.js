// A long table of which only the rows in sight exist: sort by a click on a heading, filter by words, choose a row.
import { csv, eachFrame, fileName, life, make, places, register, resized, save, say, unique } from "./common.js";

const ROW = 30;

// Columns travel as one buffer: numbers as float32, words as uint16 into a vocabulary.
function unpack(model) {
  const view = model.get("data");
  const buffer = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
  let place = 0;
  return model.get("columns").map((column) => {
    const { rows } = model.get("spec");
    if (column.words) {
      const codes = new Uint16Array(buffer, place, rows);
      place += Math.ceil((rows * 2) / 4) * 4;
      return { ...column, at: (k) => column.words[codes[k]] };
    }
    const numbers = new Float32Array(buffer, place, rows);
    place += rows * 4;
    return { ...column, at: (k) => numbers[k], digits: column.mixed ? null : places([...numbers], column) };
  });
}

function render({ model, el }) {
  const { signal, end } = life();
  const words = model.get("words");
  const id = unique("grid");
  let columns = [], order = [], sort = null, filter = "", focus = 0;
  const count = make("span", { class: "coop-soft", role: "status" });
  const search = make("input", { type: "search", class: "coop-search", placeholder: words.search, "aria-label": words.search });
  const download = make("button", { class: "coop-small", type: "button", text: "CSV", "aria-label": words.csv });
  const head = make("div", { class: "coop-grid-row coop-grid-head", role: "row", "aria-rowindex": 1 });
  const rows = make("div", { class: "coop-grid-rows", role: "presentation" });
  const space = make("div", { class: "coop-grid-space", role: "presentation" }, rows);
  const scroll = make("div", { class: "coop-grid-scroll", role: "rowgroup", tabindex: "0" }, space);
  const inner = make("div", { class: "coop-grid-inner", role: "presentation" }, make("div", { role: "rowgroup" }, head), scroll);
  const grid = make("div", { class: "coop-grid", role: "grid", id, tabindex: "0" }, inner);
  el.replaceChildren(make("div", { class: "coop-grid-tools" }, search, count, download), grid);

  const text = (column, k) => {
    const value = column.at(k);
    return typeof value === "number" ? (Number.isNaN(value) ? "" : column.whole ? String(value) : say(value, { percent: column.percent, digits: column.digits })) : value;
  };
  function arrange() {
    const wanted = filter.toLowerCase().split(/\s+/).filter(Boolean);
    const total = model.get("spec").rows;
    order = [];
    for (let k = 0; k < total; k++) {
      const all = wanted.length ? columns.map((column) => String(text(column, k))).join(" ").toLowerCase() : "";
      if (wanted.every((word) => all.includes(word))) order.push(k);
    }
    if (sort) {
      const { column, up } = sort;
      const { at } = columns[column];
      order.sort((a, b) => {
        const [x, y] = [at(a), at(b)];
        if (typeof x === "number") return (Number.isNaN(x) - Number.isNaN(y)) || (up ? x - y : y - x);
        return up ? x.localeCompare(y) : y.localeCompare(x);
      });
    }
    focus = Math.min(focus, Math.max(order.length - 1, 0));
    count.textContent = words.rows.replace("{shown}", order.length.toLocaleString("en")).replace("{all}", total.toLocaleString("en"));
    grid.setAttribute("aria-rowcount", order.length + 1);
    space.style.height = `${Math.max(order.length, 1) * ROW}px`;
    register(`table ${model.get("spec").title}`, { shown: order.length, all: total, first: order.slice(0, 5).map((k) => columns.map((c) => text(c, k))) });
    el.dataset.shown = order.length;
    draw();
  }
  const draw = eachFrame(() => {
    const from = Math.max(0, Math.floor(scroll.scrollTop / ROW) - 6);
    const to = Math.min(order.length, from + Math.ceil(scroll.clientHeight / ROW) + 12);
    const chosen = model.get("selected");
    rows.style.transform = `translateY(${from * ROW}px)`;
    rows.replaceChildren(...(order.length ? order.slice(from, to).map((k, n) => make("div", {
      class: `coop-grid-row${from + n === focus ? " is-focus" : ""}`, role: "row", "aria-rowindex": from + n + 2, "aria-selected": String(k === chosen), id: `${id}-${from + n}`,
      onclick: () => { focus = from + n; choose(k); } },
      ...columns.map((column) => make("div", { role: "gridcell", class: column.words && !column.right ? "" : "is-number", style: `flex:${column.width ?? 1}`, title: String(text(column, k)), text: text(column, k) }))))
      : [make("div", { class: "coop-grid-row", role: "row" }, make("div", { role: "gridcell", class: "coop-soft", text: words.empty }))]));
    grid.setAttribute("aria-activedescendant", order.length ? `${id}-${focus}` : "");
  });
  function choose(k) {
    model.set("selected", k);
    model.save_changes();
    draw();
  }
  function heads() {
    grid.setAttribute("aria-label", model.get("spec").title);
    inner.style.minWidth = `${columns.reduce((sum, column) => sum + (column.width ?? 1) * 94, 0)}px`;
    head.replaceChildren(...columns.map((column, n) => {
      const mine = sort?.column === n;
      return make("div", { role: "columnheader", class: column.words && !column.right ? "" : "is-number", style: `flex:${column.width ?? 1}`, "aria-sort": mine ? (sort.up ? "ascending" : "descending") : "none" },
        make("button", { type: "button", title: column.about, text: `${column.title}${column.unit ? ` (${column.unit})` : ""}${mine ? (sort.up ? " ▲" : " ▼") : ""}`, onclick: () => {
          sort = mine ? (sort.up ? { column: n, up: false } : null) : { column: n, up: true };
          heads();
          arrange();
        } }));
    }));
  }
  search.addEventListener("input", () => { filter = search.value; scroll.scrollTop = 0; arrange(); });
  download.addEventListener("click", () => save(`${fileName(model.get("spec").title)}.csv`,
    csv([columns.map((column) => column.title), ...order.map((k) => columns.map((column) => { const v = column.at(k); return Number.isNaN(v) ? "" : v; }))], model.get("caveat")), "text/csv"));
  scroll.addEventListener("scroll", draw);
  grid.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    if (event.target.tagName === "BUTTON") return;
    if (event.key === "Enter" && order.length) { choose(order[focus]); return; }
    if (!step) return;
    event.preventDefault();
    focus = Math.min(Math.max(focus + step, 0), order.length - 1);
    const y = focus * ROW;
    if (y < scroll.scrollTop) scroll.scrollTop = y;
    if (y + ROW > scroll.scrollTop + scroll.clientHeight) scroll.scrollTop = y + ROW - scroll.clientHeight;
    draw();
  });
  const fresh = () => {
    columns = unpack(model);
    if (sort && sort.column >= columns.length) sort = null;
    scroll.style.height = `${model.get("spec").height ?? 420}px`;
    heads();
    arrange();
    // Headings stand above their columns, whether there is a bar to scroll with or not.
    head.style.paddingRight = `${scroll.offsetWidth - scroll.clientWidth}px`;
  };
  model.on("change:data", fresh);
  model.on("change:columns", fresh);
  model.on("change:selected", draw);
  resized(scroll, draw, signal);
  fresh();
  return end;
}
export default { render };
