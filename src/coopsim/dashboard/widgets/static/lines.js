// Lines over years: my run against the baseline, with bands over replications.
import { asPng, colour, eachFrame, floats, frame, grown, life, listen, make, palette, register, resized, save, say, setYear, svgFile, swatch, ticks, tickText, unique, widthOf, year } from "./common.js";

function render({ model, el }) {
  const { signal, end } = life();
  const words = model.get("words");
  let hover = null; // index of the year under the pointer
  const clip = unique("clip");
  const svg = make("svg", { class: "coop-lines", role: "img", tabindex: "0" });
  const tip = make("div", { class: "coop-tip", hidden: true, role: "status" });
  const size = { width: 0, height: 0 };
  const numbers = () => {
    const { names, x, series, percent } = state();
    const head = [words.year, ...series.flatMap((s) => (s.band ? [s.name, `${s.name} (${words.low})`, `${s.name} (${words.high})`] : [s.name]))];
    return [head, ...x.map((at, k) => [at, ...series.flatMap((s) => (s.band ? [s.mid[k], s.low[k], s.high[k]] : [s.mid[k]]).map((v) => (Number.isFinite(v) ? v : null)))])];
  };
  const shell = frame(el, { words, rows: numbers, picture: [
    ["SVG", (name, head) => save(`${name}.svg`, svgFile(svg, head, size), "image/svg+xml")],
    ["PNG", (name, head) => asPng(svgFile(svg, head, size), name)]] });
  shell.body.append(svg, tip);

  let cached = null;
  function state() {
    if (cached) return cached;
    const spec = model.get("spec");
    const data = floats(model.get("data"));
    const count = spec.series.length ? data.length / (3 * spec.series.length) : 0;
    const x = Array.from({ length: count }, (_, k) => spec.first + k);
    const series = spec.series.map((s, n) => {
      const [mid, low, high] = [0, 1, 2].map((m) => data.subarray((3 * n + m) * count, (3 * n + m + 1) * count));
      return { ...s, mid, low, high, band: low.some(Number.isFinite) };
    });
    return (cached = { ...spec, x, series });
  }

  function scale(found, width, height) {
    const all = found.series.flatMap((s) => [...s.mid, ...(s.band ? [...s.low, ...s.high] : [])]).filter(Number.isFinite);
    let [low, high] = all.length ? [Math.min(...all), Math.max(...all)] : [0, 1];
    if (found.zero) { low = Math.min(low, 0); high = Math.max(high, 0); }
    const room = (high - low) * 0.08 || Math.abs(high) * 0.1 || 0.1;
    const floor = low >= 0 && low - room < 0 ? 0 : low - room;
    [low, high] = [floor, high + room];
    const left = (found.small ? 44 : 56) * grown(), right = 14 * grown(), top = 10, bottom = 24 * grown();
    const span = Math.max(found.x.length - 1, 1);
    return { low, high, left, right, top, bottom, width, height,
      px: (k) => left + (k / span) * (width - left - right),
      py: (v) => top + (1 - (v - low) / (high - low)) * (height - top - bottom) };
  }
  const path = (values, s) => {
    let text = "", pen = false;
    values.forEach((v, k) => {
      if (!Number.isFinite(v)) { pen = false; return; }
      text += `${pen ? "L" : "M"}${s.px(k).toFixed(1)},${s.py(v).toFixed(1)}`;
      pen = true;
    });
    return text;
  };
  const area = (low, high, s) => {
    const good = [...low.keys()].filter((k) => Number.isFinite(low[k]) && Number.isFinite(high[k]));
    if (!good.length) return "";
    return `M${good.map((k) => `${s.px(k).toFixed(1)},${s.py(high[k]).toFixed(1)}`).join("L")}L${good.reverse().map((k) => `${s.px(k).toFixed(1)},${s.py(low[k]).toFixed(1)}`).join("L")}Z`;
  };
  const format = (v, found, more = {}) => say(v, { percent: found.percent, digits: found.digits ?? null, ...more });

  const draw = eachFrame(() => {
    const found = state();
    const p = palette();
    const width = Math.max(widthOf(shell.body), 160);
    const g = grown(), height = (found.height ?? 240) * (1 + (g - 1) / 2);
    Object.assign(size, { width, height });
    const s = scale(found, width, height);
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("width", width);
    svg.setAttribute("height", height);
    const nodes = [make("clipPath", { id: clip }, make("rect", { x: s.left, y: 0, width: width - s.left - s.right + 6, height }))];
    const levels = ticks(s.low, s.high, found.small ? 3 : 5), level = tickText(levels, found);
    for (const v of levels) {
      nodes.push(make("line", { x1: s.left, x2: width - s.right, y1: s.py(v), y2: s.py(v), stroke: p.faint, "stroke-width": v === 0 && s.low < 0 ? 1.6 : 0.8 }),
        make("text", { x: s.left - 6, y: s.py(v) + 3.5 * g, "text-anchor": "end", "font-size": 11 * g, fill: p.soft, text: level(v) }));
    }
    const many = Math.max(1, Math.ceil(found.x.length / Math.max(2, Math.floor(width / (70 * g))) / 5) * 5);
    found.x.forEach((at, k) => {
      if (at % many === 0) nodes.push(make("text", { x: s.px(k), y: height - 6 * g, "text-anchor": "middle", "font-size": 11 * g, fill: p.soft, text: at }));
    });
    for (const one of found.series) {
      if (one.band) nodes.push(make("path", { d: area(one.low, one.high, s), fill: colour(one.colour, p), opacity: one.colour === "base" ? 0.16 : 0.2, "clip-path": `url(#${clip})` }));
    }
    for (const one of found.series) {
      nodes.push(make("path", { d: path(one.mid, s), fill: "none", stroke: colour(one.colour, p), "stroke-width": (one.thin ? 1.4 : 2.4) * g, "stroke-dasharray": one.dash ? "6 4" : null, "stroke-linejoin": "round", "clip-path": `url(#${clip})` }));
    }
    for (const mark of found.marks ?? []) {
      const k = mark.year - found.first;
      if (k < 0 || k >= found.x.length) continue;
      nodes.push(make("g", {}, make("title", { text: mark.text }), make("line", { x1: s.px(k), x2: s.px(k), y1: s.top, y2: height - s.bottom, stroke: p.mark, "stroke-width": 1, "stroke-dasharray": "2 3" }),
        make("path", { d: `M${s.px(k) - 4},${s.top}h8l-4,6z`, fill: p.mark })));
    }
    const now = hover ?? (year() === null ? null : year() - found.first);
    if (now !== null && now >= 0 && now < found.x.length) {
      nodes.push(make("line", { x1: s.px(now), x2: s.px(now), y1: s.top, y2: height - s.bottom, stroke: p.ink, "stroke-width": 1, opacity: 0.55 }));
      for (const one of found.series) {
        if (Number.isFinite(one.mid[now])) nodes.push(make("circle", { cx: s.px(now), cy: s.py(one.mid[now]), r: 3.6 * g, fill: colour(one.colour, p), stroke: p.ground, "stroke-width": 1.4 }));
      }
    }
    svg.replaceChildren(...nodes);
    shell.legend.replaceChildren(...found.series.map((one) => swatch(one.name, { shade: colour(one.colour, p), dash: one.dash, band: one.band })));
    showTip(found, s, now);
    el.dataset.title = found.title;
    el.dataset.last = JSON.stringify(found.series.map((one) => one.mid[one.mid.length - 1]));
    el.dataset.year = year() ?? "";
    el.dataset.version = model.get("version");
    register(found.title, { x: found.x, series: found.series.map((one) => ({ name: one.name, mid: [...one.mid], low: [...one.low], high: [...one.high] })), version: model.get("version"), growing: found.growing, at: performance.now() });
  });
  function showTip(found, s, now) {
    tip.hidden = hover === null || now === null;
    if (tip.hidden) return;
    tip.replaceChildren(make("strong", { text: found.x[now] }), ...found.series.map((one) => make("div", {}, swatch(`${one.name}: ${format(one.mid[now], found)}${one.band && Number.isFinite(one.low[now]) ? ` (${format(one.low[now], found)} – ${format(one.high[now], found)})` : ""}`, { shade: colour(one.colour), dash: one.dash }))));
    const x = s.px(now);
    tip.style.left = x > s.width / 2 ? "auto" : `${x + 12}px`;
    tip.style.right = x > s.width / 2 ? `${s.width - x + 12}px` : "auto";
  }
  const at = (event) => {
    const found = state();
    const box = svg.getBoundingClientRect();
    const s = scale(found, size.width, size.height);
    const share = (event.clientX - box.left - s.left) / (size.width - s.left - s.right);
    return Math.min(Math.max(Math.round(share * (found.x.length - 1)), 0), found.x.length - 1);
  };
  svg.addEventListener("pointermove", (event) => { hover = at(event); draw(); });
  svg.addEventListener("pointerleave", () => { hover = null; draw(); });
  svg.addEventListener("click", (event) => setYear(state().first + at(event)));
  svg.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) { if (event.key === "Escape") { hover = null; draw(); } return; }
    event.preventDefault();
    const found = state();
    hover = Math.min(Math.max((hover ?? (year() ?? found.first) - found.first) + step, 0), found.x.length - 1);
    setYear(found.first + hover);
    draw();
  });
  svg.addEventListener("blur", () => { hover = null; draw(); });
  const head = () => {
    const spec = model.get("spec");
    svg.setAttribute("aria-label", `${spec.title}. ${model.get("sentence")}`);
    shell.head({ title: spec.title, unit: spec.unit, sentence: model.get("sentence"), caveat: model.get("caveat") });
  };
  const fresh = () => { cached = null; head(); shell.fill(); draw(); };
  model.on("change", fresh);
  listen("year", draw, signal);
  listen("theme", draw, signal);
  resized(shell.body, draw, signal);
  fresh();
  return end;
}
export default { render };
