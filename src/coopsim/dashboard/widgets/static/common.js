// What all our widgets share: theme, colours, numbers, the year, canvases, downloads, the frame of a chart.

const shared = (window.__coopsim ??= { bus: new EventTarget(), year: null, charts: {} });

// ---- theme -----------------------------------------------------------------------------------------------------
export function isDark() {
  return !!document.querySelector(".v-application.theme--dark");
}
const isPresented = () => document.getElementsByClassName("coop-presenter").length > 0;
let dark = isDark(), presented = isPresented();
// What is drawn grows with the type of the page: sizes in pixels are multiplied by this.
export const grown = () => (presented ? 1.4 : 1);
new MutationObserver(() => {
  if (isDark() === dark && isPresented() === presented) return;
  dark = isDark();
  presented = isPresented();
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  shared.bus.dispatchEvent(new CustomEvent("theme"));
}).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["class"], childList: true });

// Okabe and Ito's colours, told apart by all; lightened on dark ground.
const LIGHT = {
  ink: "#1b1f24", soft: "#5b6570", faint: "#d9dee4", ground: "#ffffff", sea: "#eef3f7", land: "#dfe4e8", edge: "#ffffff",
  mine: "#0063a6", base: "#6b7280", tie: "#334155", mark: "#b3400a",
  set: ["#0072b2", "#d55e00", "#00805f", "#b0568a", "#8a6d00", "#3a86c8", "#555555"],
  ramp: ["#f3efc8", "#b9dcb3", "#6bbcb0", "#2f8aa8", "#24568f", "#1f2a63"],
  split: ["#a6460a", "#e08b4b", "#f6d3b3", "#f1f1f1", "#b7d3ea", "#5a9bcb", "#0a5a94"],
};
const DARK = {
  ink: "#e8ebef", soft: "#a5afba", faint: "#3a424c", ground: "#1d2126", sea: "#171b20", land: "#2c323a", edge: "#14171b",
  mine: "#5cb8f2", base: "#b4bcc6", tie: "#c3ccd6", mark: "#ffa066",
  set: ["#56b4e9", "#ff9a4d", "#35c99f", "#e79fca", "#e8cf4a", "#9ccdf0", "#c9c9c9"],
  ramp: ["#25315f", "#2b5b94", "#3489a9", "#5fb9ac", "#a9d9a6", "#f6f0b5"],
  split: ["#ff9a4d", "#c4743a", "#7a5236", "#3d434a", "#34617f", "#3f8fc2", "#6cc4ff"],
};
// On a projector nothing is written in grey.
const [LOUD_LIGHT, LOUD_DARK] = [LIGHT, DARK].map((p) => ({ ...p, soft: p.ink }));
export const palette = () => (isDark() ? (presented ? LOUD_DARK : DARK) : presented ? LOUD_LIGHT : LIGHT);
export const colour = (name, p = palette()) => (typeof name === "number" ? p.set[name % p.set.length] : p[name] ?? name);

const parts = (hex) => [1, 3, 5].map((k) => parseInt(hex.slice(k, k + 2), 16));
export function onRamp(ramp, share) {
  if (!Number.isFinite(share)) return null;
  const place = Math.min(Math.max(share, 0), 1) * (ramp.length - 1);
  const low = Math.min(Math.floor(place), ramp.length - 2);
  const [a, b] = [parts(ramp[low]), parts(ramp[low + 1])];
  return `rgb(${a.map((x, k) => Math.round(x + (b[k] - x) * (place - low))).join(",")})`;
}

// ---- the year, which the timeline sets and every chart follows without asking the server -------------------------
export const year = () => shared.year;
export function setYear(value) {
  if (value === shared.year) return;
  shared.year = value;
  shared.bus.dispatchEvent(new CustomEvent("year", { detail: value }));
}
export function listen(kind, call, signal) {
  shared.bus.addEventListener(kind, (event) => call(event.detail), { signal });
}
export const register = (name, what) => { shared.charts[name] = what; };

// ---- numbers -----------------------------------------------------------------------------------------------------
export function floats(view) {
  return view && view.byteLength ? new Float32Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength))
    : new Float32Array();
}
export function shorts(view) {
  return view && view.byteLength ? new Int16Array(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength))
    : new Int16Array();
}
const formats = new Map();
function formatted(x, most, least) {
  const key = 100 * most + least;
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat("en", { maximumFractionDigits: most, minimumFractionDigits: least }));
  return formats.get(key).format(x);
}
const POINTS = "points"; // a difference of shares is told in points, not in per cent
export function say(value, { percent = false, digits = null, signed = false } = {}) {
  if (!Number.isFinite(value)) return "–";
  const x = percent ? 100 * value : value;
  const size = Math.abs(x);
  const places = digits ?? (size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
  const text = formatted(x, places, digits ?? 0);
  const sign = signed && x > 0 && text !== "0" ? "+" : "";
  return sign + text.replace("-", "−") + (percent ? (signed ? ` ${POINTS}` : " %") : "");
}
// Decimals for numbers that stand below each other: as many for all as the largest needs.
export function places(values, { percent = false } = {}) {
  const known = values.filter(Number.isFinite).map((v) => Math.abs(percent ? 100 * v : v));
  const most = Math.max(0, ...known);
  if (known.every(Number.isInteger) || most >= 100) return 0;
  return most >= 10 ? 1 : most >= 1 ? 2 : most > 0 ? Math.max(3, Math.min(1 - Math.floor(Math.log10(most)), 9)) : 0;
}
export const reach = (values) => values.reduce(([low, high], v) => (Number.isFinite(v) ? [Math.min(low, v), Math.max(high, v)] : [low, high]), [Infinity, -Infinity]);
// At least two, since one tick alone tells no scale.
export function ticks(low, high, number = 5) {
  const found = evenly(low, high, number);
  return found.length > 1 ? found : evenly(low, high, 2 * number);
}
// As many decimals for all as the one needs that needs most.
export function tickText(found, { percent = false } = {}) {
  const factor = percent ? 100 : 1;
  const close = Math.abs(found.length > 1 ? found[1] - found[0] : found[0] ?? 1) * factor * 1e-3;
  let digits = 0;
  while (digits < 9 && found.some((v) => Math.abs(v * factor - Number((v * factor).toFixed(digits))) > close)) digits++;
  return (v) => say(v, { percent, digits: v === 0 ? 0 : digits });
}
function evenly(low, high, number) {
  const span = high - low || Math.abs(high) || 1;
  const raw = span / number;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((k) => k * power).find((k) => span / k <= number) ?? 10 * power;
  const found = [];
  for (let x = Math.ceil(low / step - 1e-9) * step; x <= high + step * 1e-6; x += step) found.push(Math.abs(x) < step / 1e6 ? 0 : x);
  return found;
}

// ---- DOM -----------------------------------------------------------------------------------------------------------
export function make(tag, attributes = {}, ...children) {
  const svg = ["svg", "g", "path", "line", "text", "rect", "circle", "polyline", "clipPath", "title", "desc", "image"].includes(tag);
  const found = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) found.addEventListener(key.slice(2), value);
    else if (key === "text") found.textContent = value;
    else found.setAttribute(key, value === true ? "" : value);
  }
  found.append(...children.filter((child) => child !== null && child !== undefined));
  return found;
}
let count = 0;
export const unique = (prefix) => `${prefix}-${++count}`;

// A text that is not wider than `room` pixels: letters differ too much in width to be counted.
const ruler = document.createElement("canvas").getContext("2d");
let family = "";
function spread(text, size, weight = 400) {
  family ||= getComputedStyle(document.querySelector(".coop-app") ?? document.body).fontFamily;
  ruler.font = `${weight} ${size}px ${family}`;
  return ruler.measureText(text).width;
}
export function fitting(text, room, size) {
  if (spread(text, size) <= room) return text;
  let kept = text.length - 1;
  while (kept > 1 && spread(`${text.slice(0, kept)}…`, size) > room) kept--;
  return `${text.slice(0, kept)}…`;
}
function wrapped(text, room, size, weight) {
  const found = [""];
  for (const word of text.split(" ")) {
    const longer = found.at(-1) ? `${found.at(-1)} ${word}` : word;
    if (found.at(-1) && spread(longer, size, weight) > room) found.push(word);
    else found[found.length - 1] = longer;
  }
  return found;
}

// Redraw at most once a frame; once at a time.
export function eachFrame(draw) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; draw(); });
  };
}

// To ask for a width while charts are drawn makes the browser lay the whole page out, once for each of them.
const widths = new WeakMap();
export const widthOf = (box) => widths.get(box) ?? box.clientWidth;
export function resized(box, call, signal) {
  const watcher = new ResizeObserver(() => { widths.set(box, box.clientWidth); call(); });
  watcher.observe(box);
  signal.addEventListener("abort", () => watcher.disconnect());
}

export function sharpCanvas(canvas, width, height) {
  const scale = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext("2d");
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

export function save(name, content, type) {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
const cell = (value) => {
  const text = String(value ?? "");
  // A leading sign would make a spreadsheet read a formula.
  const safe = /^[=+@\t]|^-(?![\d.])/.test(text) ? `'${text}` : text;
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};
export const csv = (rows, caveat = "") =>
  (caveat ? `# ${caveat}\n` : "") + rows.map((row) => row.map(cell).join(",")).join("\n") + "\n";
export const fileName = (title) => `coopsim-${title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "")}`;

// ---- the frame of every chart: title, unit, legend, picture, one sentence, table, downloads ---------------------
export function frame(el, { words = {}, rows, picture }) {
  const id = unique("chart");
  const title = make("h3", { class: "coop-chart-title", id: `${id}-title` });
  const unit = make("span", { class: "coop-unit" });
  const legend = make("div", { class: "coop-legend" });
  const body = make("div", { class: "coop-chart-body" });
  const sentence = make("p", { class: "coop-sentence", id: `${id}-sentence` });
  const table = make("div", { class: "coop-table-scroll", tabindex: "0", role: "region" });
  const details = make("details", { class: "coop-numbers" }, make("summary", { text: words.table ?? "Numbers" }), table);
  const tools = make("div", { class: "coop-tools" });
  const figure = make("figure", { class: "coop-chart", "aria-labelledby": `${id}-title` },
    make("figcaption", { class: "coop-chart-head" }, title, unit), legend, body, sentence, tools);
  el.replaceChildren(figure);
  let head = { title: "", caveat: "" };

  const fill = () => {
    if (!details.open) return;
    const [first, ...rest] = rows();
    table.setAttribute("aria-label", head.title);
    table.replaceChildren(make("table", { class: "coop-table" },
      make("thead", {}, make("tr", {}, ...first.map((text) => make("th", { scope: "col", text })))),
      make("tbody", {}, ...rest.map((row) => make("tr", {}, ...row.map((value, k) =>
        k ? make("td", { text: typeof value === "number" ? say(value) : value ?? "–" })
          : make("th", { scope: "row", text: value })))))));
  };
  details.addEventListener("toggle", fill);
  const button = (text, label, call) => make("button", { class: "coop-small", type: "button", "aria-label": `${label}: ${head.title}`, text, onclick: call });
  const setTools = () => tools.replaceChildren(details,
    button("CSV", words.csv ?? "Download the numbers", () => save(`${fileName(head.title)}.csv`, csv(rows(), head.caveat), "text/csv")),
    ...(picture ? picture.map(([kind, call]) => button(kind, words.figure ?? "Download the figure", () => call(fileName(head.title), { ...head, keys: legend }))) : []));

  return {
    figure, legend, body, id,
    head(next) {
      const renamed = next.title !== head.title;
      head = next;
      title.textContent = next.title;
      unit.textContent = next.unit ?? "";
      sentence.textContent = next.sentence ?? "";
      sentence.hidden = !next.sentence;
      if (renamed || !tools.childElementCount) setTools();
      fill();
    },
    fill,
  };
}

export function swatch(text, { shade, dash = false, band = false, dot = false }) {
  const mark = make("svg", { width: 26, height: 12, "aria-hidden": "true" });
  if (band) mark.append(make("rect", { x: 0, y: 1, width: 26, height: 10, fill: shade, opacity: 0.22 }));
  if (dot) mark.append(make("circle", { cx: 13, cy: 6, r: 5, fill: shade }));
  else mark.append(make("line", { x1: 0, x2: 26, y1: 6, y2: 6, stroke: shade, "stroke-width": 2.5, "stroke-dasharray": dash ? "5 4" : null }));
  return make("span", { class: "coop-key" }, mark, make("span", { text }));
}

// A picture of an SVG element as a file: title, unit and legend above it, below it what it is not, all of it in full.
export function svgFile(svg, head, { width, height }) {
  const p = palette(), nodes = [], edge = 8;
  let y = 4;
  const put = (x, text, size, fill, weight = 400) => nodes.push(make("text", { x, y, "font-size": size, "font-weight": weight, fill, text }));
  const write = (text, size, fill, weight) => {
    for (const line of wrapped(text, width - 2 * edge, size, weight)) {
      y += 1.35 * size;
      put(edge, line, size, fill, weight);
    }
  };
  write(head.title, 14, p.ink, 600);
  if (head.unit) write(head.unit, 12, p.soft);
  const keys = [...(head.keys?.children ?? [])].filter((key) => key.getAttribute("aria-pressed") !== "false");
  y += keys.length ? 20 : 0;
  let x = edge;
  for (const key of keys) {
    const parts = (key.children.length ? [...key.children] : [key]).map((part) => [part, part.dataset?.colours ? 110 : part.matches("svg") ? 26 : spread(part.textContent, 12)]);
    const wide = parts.reduce((sum, [, room]) => sum + room + 6, 8);
    if (x > edge && x + wide > width) { x = edge; y += 18; }
    for (const [part, room] of parts) {
      const at = { transform: `translate(${x} ${y - 10})` };
      if (part.matches("svg")) nodes.push(make("g", at, ...[...part.childNodes].map((node) => node.cloneNode(true))));
      else if (part.dataset.colours) nodes.push(make("g", at, ...Array.from({ length: 55 }, (_, k) => make("rect", { x: 2 * k, y: 0, width: 2.4, height: 11, fill: onRamp(part.dataset.colours.split(","), k / 54) }))));
      else put(x, part.textContent, 12, p.ink);
      x += room + 6;
    }
    x += 8;
  }
  y += 8;
  const body = make("g", { transform: `translate(0 ${y})` }, ...[...svg.childNodes].map((node) => node.cloneNode(true)));
  y += height + 2;
  if (head.caveat) write(head.caveat, 10, p.soft);
  y += 8;
  const copy = make("svg", { xmlns: "http://www.w3.org/2000/svg", width, height: y, viewBox: `0 0 ${width} ${y}`, "font-family": "system-ui, sans-serif" },
    make("desc", { text: head.caveat ?? "" }), make("rect", { x: 0, y: 0, width, height: y, fill: p.ground }), body, ...nodes);
  return new XMLSerializer().serializeToString(copy);
}

export function asPng(text, name) {
  const image = new Image();
  image.onload = () => {
    const canvas = make("canvas", { width: image.width * 2, height: image.height * 2 });
    const context = canvas.getContext("2d");
    context.scale(2, 2);
    context.drawImage(image, 0, 0);
    canvas.toBlob((blob) => save(`${name}.png`, blob));
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
}

// A controller that ends with the view.
export function life() {
  const controller = new AbortController();
  return { signal: controller.signal, end: () => controller.abort() };
}
