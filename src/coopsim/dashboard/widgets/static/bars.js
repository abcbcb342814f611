// Bars with an interval: differences by group, such as deciles or states.
import { asPng, colour, eachFrame, fitting, floats, frame, grown, life, listen, make, palette, places, register, resized, save, say, svgFile, swatch, ticks, tickText, widthOf } from "./common.js";

function render({ model, el }) {
  const { signal, end } = life();
  const words = model.get("words");
  const svg = make("svg", { class: "coop-bars", role: "img" });
  const size = { width: 0, height: 0 };
  const state = () => {
    const spec = model.get("spec");
    const data = floats(model.get("data"));
    const n = spec.labels.length;
    return { ...spec, mid: data.subarray(0, n), low: data.subarray(n, 2 * n), high: data.subarray(2 * n, 3 * n) };
  };
  const numbers = () => {
    const found = state();
    return [[found.what, found.value, words.low, words.high], ...found.labels.map((text, k) => [text, found.mid[k], found.low[k], found.high[k]].map((v) => (typeof v === "number" && !Number.isFinite(v) ? null : v)))];
  };
  const shell = frame(el, { words, rows: numbers, picture: [
    ["SVG", (name, head) => save(`${name}.svg`, svgFile(svg, head, size), "image/svg+xml")],
    ["PNG", (name, head) => asPng(svgFile(svg, head, size), name)]] });
  shell.body.append(svg);

  const draw = eachFrame(() => {
    const found = state();
    const p = palette();
    const n = found.labels.length;
    const width = Math.max(widthOf(shell.body), 160);
    const g = grown(), row = (found.row ?? 20) * g, top = 4, bottom = 22 * g;
    const left = Math.min((found.left ?? 120) * g, width * 0.42), right = 62 * g;
    const height = n * row + top + bottom;
        Object.assign(size, { width, height });
    const all = [0, ...found.mid, ...found.low, ...found.high].filter(Number.isFinite);
    let [low, high] = [Math.min(...all), Math.max(...all)];
    if (low === high) high = low + (found.least ?? 1e-3);
    const px = (v) => left + ((v - low) / (high - low)) * (width - left - right);
    const nodes = [];
    const steps = ticks(low, high, Math.max(2, Math.floor(width / (130 * g)))), step = tickText(steps, found);
    for (const v of steps) {
      nodes.push(make("line", { x1: px(v), x2: px(v), y1: top, y2: height - bottom, stroke: p.faint, "stroke-width": v === 0 ? 1.6 : 0.8 }),
        make("text", { x: px(v), y: height - 7 * g, "text-anchor": "middle", "font-size": 11 * g, fill: p.soft, text: step(v) }));
    }
    const digits = found.digits ?? places([...found.mid], found);
    found.labels.forEach((text, k) => {
      const y = top + k * row;
      const v = found.mid[k];
      nodes.push(make("text", { x: left - 8, y: y + row / 2 + 4 * g, "text-anchor": "end", "font-size": 12 * g, fill: p.ink, text: fitting(text, left - 10, 12 * g) }, make("title", { text })));
      if (!Number.isFinite(v)) return;
      nodes.push(make("rect", { x: Math.min(px(0), px(v)), y: y + 3, width: Math.max(Math.abs(px(v) - px(0)), 1), height: row - 6, rx: 2, fill: colour(v < 0 ? (found.below ?? "mark") : (found.above ?? "mine"), p) }));
      if (Number.isFinite(found.low[k])) {
        nodes.push(make("line", { x1: px(found.low[k]), x2: px(found.high[k]), y1: y + row / 2, y2: y + row / 2, stroke: p.ink, "stroke-width": 1.3 }),
          ...[found.low[k], found.high[k]].map((e) => make("line", { x1: px(e), x2: px(e), y1: y + row / 2 - 3, y2: y + row / 2 + 3, stroke: p.ink, "stroke-width": 1.3 })));
      }
      const edge = Math.max(px(v), px(Number.isFinite(found.high[k]) ? found.high[k] : v), px(0));
      nodes.push(make("text", { x: edge + 6, y: y + row / 2 + 4 * g, "font-size": 11 * g, fill: p.soft, text: say(v, { percent: found.percent, signed: found.signed, digits: found.percent && v === 0 ? 0 : digits }) }));
    });
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("width", width);
    svg.setAttribute("height", height);
    svg.replaceChildren(...nodes);
    shell.legend.replaceChildren(...(found.legend ?? []).map((entry) => swatch(entry.text, { shade: colour(entry.colour, p) })));
    el.dataset.title = found.title;
    el.dataset.values = JSON.stringify([...found.mid]);
    register(found.title, { labels: found.labels, mid: [...found.mid], low: [...found.low], high: [...found.high] });
  });
  const fresh = () => {
    const spec = model.get("spec");
    shell.head({ title: spec.title, unit: spec.unit, sentence: model.get("sentence"), caveat: model.get("caveat") });
    svg.setAttribute("aria-label", `${spec.title}. ${model.get("sentence")}`);
    draw();
  };
  model.on("change", fresh);
  listen("theme", draw, signal);
  resized(shell.body, draw, signal);
  fresh();
  return end;
}
export default { render };
