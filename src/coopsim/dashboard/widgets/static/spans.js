// Agreements as bars along the years: one row for each partner, what began, what ended, what is in force.
import { asPng, colour, eachFrame, fitting, floats, frame, grown, life, listen, make, palette, register, resized, save, svgFile, swatch, ticks, widthOf, year } from "./common.js";

const TALL = 17;

function render({ model, el }) {
  const { signal, end } = life();
  const words = model.get("words");
  const svg = make("svg", { class: "coop-spans", role: "img" });
  const scroll = make("div", { class: "coop-spans-scroll", tabindex: "0", role: "region" }, svg);
  const size = { width: 0, height: 0 };
  const state = () => {
    const spec = model.get("spec");
    const data = floats(model.get("data"));
    return { ...spec, spans: spec.labels.map((label, k) => ({ label, how: spec.ends[k], row: data[4 * k], from: data[4 * k + 1], to: data[4 * k + 2], kind: data[4 * k + 3] })) };
  };
  const numbers = () => {
    const found = state();
    return [found.headings, ...found.spans.map((s) => [s.label, String(s.from), s.to > found.last ? "" : String(s.to), found.kinds[s.kind] ?? "", s.how])];
  };
  const shell = frame(el, { words, rows: numbers, picture: [
    ["SVG", (name, head) => save(`${name}.svg`, svgFile(svg, head, size), "image/svg+xml")],
    ["PNG", (name, head) => asPng(svgFile(svg, head, size), name)]] });
  shell.body.append(scroll);

  const draw = eachFrame(() => {
    const found = state();
    const p = palette();
    const width = Math.max(widthOf(shell.body), 200);
    const g = grown(), ROW = TALL * g;
    const left = Math.min(132 * g, width * 0.34), right = 10, top = 20 * g, bottom = 6;
    const rows = found.rows.length;
    const height = top + rows * ROW + bottom;
    Object.assign(size, { width, height });
    const [first, last] = [found.first, found.last];
    const px = (v) => left + ((Math.min(Math.max(v, first), last + 1) - first) / (last + 1 - first)) * (width - left - right);
    const nodes = ticks(first, last, Math.max(2, Math.floor(width / (110 * g)))).filter((v) => Number.isInteger(v)).flatMap((v) => [
      make("line", { x1: px(v), x2: px(v), y1: top - 4, y2: height - bottom, stroke: p.faint, "stroke-width": 0.8 }),
      make("text", { x: px(v), y: 11 * g, "text-anchor": "middle", "font-size": 11 * g, fill: p.soft, text: String(v) })]);
    found.rows.forEach((text, k) => nodes.push(make("text", { x: left - 8, y: top + k * ROW + 12 * g, "text-anchor": "end", "font-size": 11.5 * g, fill: p.ink, text: fitting(text, left - 10, 11.5 * g) }, make("title", { text }))));
    for (const s of found.spans) {
      const [x, w] = [px(s.from), Math.max(px(s.to) - px(s.from), 2)];
      const bar = make("rect", { x, y: top + s.row * ROW + 3, width: w, height: ROW - 6, rx: 3, fill: colour(s.kind, p), opacity: s.to > last ? 1 : 0.62 });
      bar.append(make("title", { text: `${s.label}, ${s.from}–${s.to > last ? "" : s.to}: ${found.kinds[s.kind] ?? ""}; ${s.how}` }));
      nodes.push(bar);
      if (s.from < first) nodes.push(make("text", { x: x + 2, y: top + s.row * ROW + 12 * g, "font-size": 9 * g, fill: p.ground, text: "◂" }));
      if (s.to <= last) nodes.push(make("line", { x1: x + w, x2: x + w, y1: top + s.row * ROW + 1, y2: top + (s.row + 1) * ROW - 1, stroke: p.ink, "stroke-width": 1.6 }));
    }
    const now = year();
    if (now && now >= first && now <= last) nodes.push(make("line", { x1: px(now + 1), x2: px(now + 1), y1: top - 6, y2: height - bottom, stroke: p.mark, "stroke-width": 1.4, "stroke-dasharray": "3 3" }));
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("width", width);
    svg.setAttribute("height", height);
    scroll.setAttribute("aria-label", found.title);
    scroll.style.maxHeight = `${found.height}px`;
    svg.replaceChildren(...nodes);
    const used = [...new Set(found.spans.map((s) => s.kind))].sort();
    shell.legend.replaceChildren(...used.map((k) => swatch(found.kinds[k] ?? "", { shade: colour(k, p), dot: true })), make("span", { class: "coop-key coop-soft", text: found.ending }));
    register(found.title, { rows: found.rows, spans: found.spans });
    el.dataset.title = found.title;
    el.dataset.rows = rows;
  });
  const fresh = () => {
    const spec = model.get("spec");
    shell.head({ title: spec.title, unit: "", sentence: model.get("sentence"), caveat: model.get("caveat") });
    svg.setAttribute("aria-label", `${spec.title}. ${model.get("sentence")}`);
    draw();
  };
  model.on("change", fresh);
  listen("theme", draw, signal);
  listen("year", draw, signal);
  resized(shell.body, draw, signal);
  fresh();
  return end;
}
export default { render };
