// States and ties on a map, or laid out by their ties: coloured by a number, year by year.
import { asPng, colour, eachFrame, floats, frame, grown, life, listen, make, onRamp, palette, reach, register, resized, say, sharpCanvas, shorts, svgFile, swatch, widthOf, year } from "./common.js";

const MOVE = 450; // ms from one layout to the other
const PIECES = 12; // straight pieces that stand for a tie when somebody points at it

function render({ model, el }) {
  const { signal, end } = life();
  const words = model.get("words");
  const canvas = make("canvas", { class: "coop-world", tabindex: "0", role: "img" });
  const tip = make("div", { class: "coop-tip", hidden: true });
  const spoken = make("div", { class: "coop-hidden", "aria-live": "polite" });
  const zooms = make("div", { class: "coop-zoom" });
  let data = null, hover = -1, tieHover = -1, view = { x: 0, y: 0, k: 1 }, blend = 1, from = null, to = null, off = new Set(), drag = null, paths = null, pathKey = "", lands = { packed: null, shapes: [] };

  const shell = frame(el, { words, picture: [["PNG", (name, head) => picture(name, head)]], rows: () => {
    const d = read(), now = index(d);
    return [[words.state, `${d.spec.measure} (${words.year} ${d.spec.first + now})`, words.partners], ...d.names.map((name, k) => [name, number(d, now, k), partners(d, now, k).length])];
  } });
  shell.body.append(canvas, tip, spoken);
  shell.figure.firstChild.append(zooms); // not over the map: it would hide states

  function read() {
    if (data) return data;
    const spec = model.get("spec");
    const codes = JSON.parse(model.get("codes"));
    const size = codes.length;
    const places = floats(model.get("places"));
    const values = floats(model.get("values"));
    const raw = shorts(model.get("spells"));
    const shapes = outlines();
    data = { spec, codes, names: JSON.parse(model.get("names")), size, places, values, years: values.length / Math.max(size, 1), sizes: floats(model.get("sizes")), raw, number: raw.length / 5, shapes, shaped: new Set(shapes.map((s) => s.owner)), reach: reach(values) };
    return data;
  }
  // Outlines stay from run to run.
  function outlines() {
    const packed = model.get("shapes");
    if (packed === lands.packed) return lands.shapes;
    const points = shorts(packed), shapes = [];
    for (let k = 0; k < points.length;) {
      const [owner, n] = [points[k], points[k + 1]];
      shapes.push({ owner, points: points.subarray(k + 2, k + 2 + 2 * n) });
      k += 2 + 2 * n;
    }
    pathKey = "";
    lands = { packed, shapes };
    return shapes;
  }
  const index = (d) => Math.min(Math.max((year() ?? d.spec.first + d.years - 1) - d.spec.first, 0), d.years - 1);
  const number = (d, now, k) => { const v = d.values[now * d.size + k]; return Number.isFinite(v) ? v : null; };
  const live = (d, now, s) => d.raw[5 * s + 2] <= now && d.raw[5 * s + 3] > now && !off.has(d.raw[5 * s + 4]);
  function partners(d, now, k) {
    const found = [];
    for (let s = 0; s < d.number; s++) {
      if (live(d, now, s)) {
        if (d.raw[5 * s] === k) found.push(d.raw[5 * s + 1]);
        else if (d.raw[5 * s + 1] === k) found.push(d.raw[5 * s]);
      }
    }
    return found;
  }
  const place = (d, k) => {
    const at = (layout) => [d.places[2 * (layout * d.size + k)], d.places[2 * (layout * d.size + k) + 1]];
    const [x1, y1] = at(to ?? 0);
    if (blend >= 1 || from === null) return [x1, y1];
    const [x0, y0] = at(from);
    const t = blend * blend * (3 - 2 * blend);
    return [x0 + (x1 - x0) * t, y0 + (y1 - y0) * t];
  };
  function frameOf(d) {
    const width = Math.max(widthOf(shell.body), 200);
    const [x0, y0, x1, y1] = d.spec.bounds;
    const height = Math.max(Math.min(width * ((y1 - y0) / (x1 - x0)), (d.spec.height ?? 460) * grown()), 180);
    const foot = d.spec.labels ? 14 * grown() : 0; // room for the code of the lowest state
    const scale = Math.min((width - 12) / (x1 - x0), (height - 12 - foot) / (y1 - y0));
    const mx = (width - scale * (x1 - x0)) / 2 - scale * x0, my = (height - foot - scale * (y1 - y0)) / 2 - scale * y0;
    return { width, height, scale, px: (x) => (mx + scale * x) * view.k + view.x, py: (y) => (my + scale * y) * view.k + view.y, mx, my };
  }
  const shade = (d, v, p) => (v === null ? null : d.spec.categories?.length ? colour(v, p) : onRamp(p[d.spec.ramp], (v - d.spec.low) / (d.spec.high - d.spec.low || 1)));
  const radius = (d, k, f) => (d.sizes.length ? 3 + 9 * Math.sqrt(d.sizes[k]) : 5) * Math.min(1, f.width / 700 + 0.25);

  const draw = eachFrame(() => {
    const d = read(), p = palette(), f = frameOf(d), now = index(d);
    const context = sharpCanvas(canvas, f.width, f.height);
    paint(context, d, p, f, now);
    legend(d, p, now);
    let count = 0;
    for (let s = 0; s < d.number; s++) if (live(d, now, s)) count++;
    el.dataset.year = d.spec.first + now;
    el.dataset.ties = count;
    el.dataset.layout = to ?? 0;
    register(`world ${d.spec.title}`, { year: d.spec.first + now, ties: count, values: [...d.values.subarray(now * d.size, (now + 1) * d.size)], selected: model.get("selected"), place: (code) => { const k = d.codes.indexOf(code); const [x, y] = place(d, k); return [f.px(x), f.py(y)]; }, middles: () => { const found = []; for (let s = 0; s < d.number; s++) if (live(d, now, s)) found.push([d.codes[d.raw[5 * s]], d.codes[d.raw[5 * s + 1]], ...along(bow(d, f, d.raw[5 * s], d.raw[5 * s + 1]), 0.5)]); return found; } });
  });

  function paint(context, d, p, f, now) {
    const onMap = (to ?? 0) === 0;
    const backdrop = onMap ? (blend < 1 ? blend : 1) : (blend < 1 ? 1 - blend : 0);
    if (backdrop > 0) land(context, d, p, f, now, backdrop);
    ties(context, d, p, f, now);
    nodes(context, d, p, f, now, backdrop);
    chosen(context, d, p, f);
  }
  function land(context, d, p, f, now, alpha) {
    const key = `${f.width}|${f.height}|${view.k}|${view.x}|${view.y}|${d.shapes.length}`;
    if (key !== pathKey) {
      pathKey = key;
      paths = d.shapes.map(({ owner, points }) => {
        const path = new Path2D();
        for (let k = 0; k < points.length; k += 2) path[k ? "lineTo" : "moveTo"](f.px(points[k] / 10000), f.py(points[k + 1] / 10000));
        path.closePath();
        return { owner, path };
      });
    }
    context.globalAlpha = alpha;
    context.lineWidth = 0.7;
    context.lineJoin = "round";
    context.strokeStyle = p.edge;
    for (const { owner, path } of paths) {
      context.fillStyle = (owner >= 0 && shade(d, number(d, now, owner), p)) || p.land;
      context.fill(path);
      context.stroke(path);
    }
    context.globalAlpha = 1;
  }
  function ties(context, d, p, f, now) {
    if (d.spec.ties === "none") return;
    const focus = focused(d);
    let count = 0;
    for (let s = 0; s < d.number; s++) if (live(d, now, s)) count++;
    const faint = Math.min(0.55, Math.max(0.035, 60 / Math.max(count, 1)));
    const byKind = d.spec.kinds?.length > 1;
    for (const pass of focus >= 0 ? [0, 1] : [0]) {
      for (let s = 0; s < d.number; s++) {
        if (!live(d, now, s)) continue;
        const [a, b, , , kind] = d.raw.subarray(5 * s, 5 * s + 5);
        const mine = focus >= 0 && (a === focus || b === focus);
        if ((pass === 1) !== (focus >= 0 && mine)) continue;
        if (d.spec.ties === "chosen" && !mine) continue;
        context.beginPath();
        curve(context, d, f, a, b);
        const loud = d.spec.loud && kind > 0;
        context.strokeStyle = byKind && (loud || !d.spec.loud) ? colour(kind, p) : mine && !byKind ? p.mark : p.tie;
        context.globalAlpha = s === tieHover ? 1 : mine ? 0.85 : focus >= 0 ? faint * 0.35 : faint * (byKind ? 1.5 : 1);
        if (loud) context.globalAlpha = 0.95;
        context.lineWidth = s === tieHover ? 3 : loud ? 2.2 : mine ? 1.5 : 1;
        context.stroke();
      }
    }
    context.globalAlpha = 1;
  }
  // Start, control point and end of a tie, in pixels.
  function bow(d, f, a, b) {
    const [[x0, y0], [x1, y1]] = [place(d, a), place(d, b)];
    const bend = (to ?? 0) === 0 ? 0.14 : 0.04;
    return [f.px(x0), f.py(y0), f.px((x0 + x1) / 2 + (y1 - y0) * bend), f.py((y0 + y1) / 2 - Math.abs(x1 - x0) * bend), f.px(x1), f.py(y1)];
  }
  function curve(context, d, f, a, b) {
    const [x0, y0, cx, cy, x1, y1] = bow(d, f, a, b);
    context.moveTo(x0, y0);
    context.quadraticCurveTo(cx, cy, x1, y1);
  }
  const along = ([x0, y0, cx, cy, x1, y1], t) => [(1 - t) ** 2 * x0 + 2 * t * (1 - t) * cx + t * t * x1, (1 - t) ** 2 * y0 + 2 * t * (1 - t) * cy + t * t * y1];
  function nodes(context, d, p, f, now, backdrop) {
    for (let k = 0; k < d.size; k++) {
      const [x, y] = place(d, k);
      const onLand = d.shaped.has(k);
      // On the map a state that has a shape needs no more than a dot where its ties meet.
      const r = onLand ? radius(d, k, f) * (1 - backdrop) + 1.6 * backdrop : radius(d, k, f) * (1 - backdrop) + 3.4 * backdrop;
      context.beginPath();
      context.arc(f.px(x), f.py(y), r, 0, 2 * Math.PI);
      context.fillStyle = onLand && backdrop > 0.5 ? p.ink : shade(d, number(d, now, k), p) ?? p.land;
      context.globalAlpha = onLand ? 1 - 0.45 * backdrop : 1;
      context.fill();
      if (!onLand || backdrop < 0.5) {
        context.lineWidth = 1;
        context.strokeStyle = p.ink;
        context.globalAlpha = 0.65;
        context.stroke();
      }
      context.globalAlpha = 1;
    }
    if (d.spec.labels && (backdrop < 0.5 || d.size <= 60)) labels(context, d, p, f);
  }
  function labels(context, d, p, f) {
    const g = grown();
    context.font = `${11 * g}px system-ui, sans-serif`;
    context.textAlign = "center";
    context.lineWidth = 3;
    context.strokeStyle = p.ground;
    context.fillStyle = p.ink;
    const taken = [];
    const order = [...Array(d.size).keys()].sort((a, b) => (d.sizes[b] ?? 0) - (d.sizes[a] ?? 0));
    for (const k of order) {
      const [x, y] = place(d, k);
      const [tx, ty] = [f.px(x), f.py(y) + radius(d, k, f) + 11 * g];
      if (taken.some(([ox, oy]) => Math.abs(ox - tx) < 30 * g && Math.abs(oy - ty) < 12 * g)) continue;
      taken.push([tx, ty]);
      context.strokeText(d.codes[k], tx, ty);
      context.fillText(d.codes[k], tx, ty);
    }
  }
  const focused = (d) => (hover >= 0 ? hover : d.codes.indexOf(model.get("selected")));
  function chosen(context, d, p, f) {
    for (const [k, width] of [[d.codes.indexOf(model.get("selected")), 2.5], [hover, 1.5]]) {
      if (k < 0) continue;
      const [x, y] = place(d, k);
      context.beginPath();
      context.arc(f.px(x), f.py(y), radius(d, k, f) + 3, 0, 2 * Math.PI);
      context.strokeStyle = p.mark;
      context.lineWidth = width;
      context.stroke();
    }
  }
  function legend(d, p, now) {
    const gradient = `linear-gradient(90deg, ${p[d.spec.ramp].join(",")})`;
    const show = (v) => say(v, { percent: d.spec.percent, signed: d.spec.ramp === "split" });
    // The scale may be shorter than what there is, so that few extremes do not spoil it.
    const [low, high] = [`${d.reach[0] < d.spec.low ? "≤ " : ""}${show(d.spec.low)}`, `${d.reach[1] > d.spec.high ? "≥ " : ""}${show(d.spec.high)}`];
    shell.legend.replaceChildren(
      ...(d.spec.categories?.length ? d.spec.categories.map((name, k) => swatch(name, { shade: colour(k, p), dot: true })) : [make("span", { class: "coop-key" }, make("span", { text: `${d.spec.measure}: ${low}` }),
        make("span", { class: "coop-ramp", "data-colours": p[d.spec.ramp].join(","), style: `background:${gradient}` }), make("span", { text: `${high}${d.spec.unit && !d.spec.percent ? ` ${d.spec.unit}` : ""}` }))]),
      ...(d.spec.ties === "none" ? [] : d.spec.kinds?.length > 1
        ? d.spec.kinds.map((name, kind) => make("button", { type: "button", class: "coop-key coop-kind", "aria-pressed": String(!off.has(kind)), title: words.toggle, onclick: () => { off.has(kind) ? off.delete(kind) : off.add(kind); draw(); } }, ...swatch(name, { shade: d.spec.loud && !kind ? p.tie : colour(kind, p) }).childNodes))
        : [swatch(`${words.tie} ${d.spec.first + now}`, { shade: p.tie })]));
  }

  // ---- pointing -------------------------------------------------------------------------------------------------
  const spot = (event) => { const box = canvas.getBoundingClientRect(); return [event.clientX - box.left, event.clientY - box.top]; };
  function nearest(d, f, x, y) {
    let best = -1, least = 18 ** 2;
    for (let k = 0; k < d.size; k++) {
      const [a, b] = place(d, k);
      const away = (f.px(a) - x) ** 2 + (f.py(b) - y) ** 2;
      if (away < least) { least = away; best = k; }
    }
    if (best >= 0 || (to ?? 0) !== 0 || !paths) return best;
    const context = canvas.getContext("2d");
    const scale = window.devicePixelRatio || 1;
    return paths.find(({ owner, path }) => owner >= 0 && context.isPointInPath(path, x * scale, y * scale))?.owner ?? -1;
  }
  function tieAt(d, f, now, x, y) {
    let best = -1, least = 5;
    for (let s = 0; s < d.number; s++) {
      if (!live(d, now, s)) continue;
      const bent = bow(d, f, d.raw[5 * s], d.raw[5 * s + 1]);
      const [x0, y0, cx, cy, x1, y1] = bent;
      // A curve stays within the box of its three points.
      if (x < Math.min(x0, cx, x1) - least || x > Math.max(x0, cx, x1) + least || y < Math.min(y0, cy, y1) - least || y > Math.max(y0, cy, y1) + least) continue;
      let [ax, ay] = [x0, y0];
      for (let k = 1; k <= PIECES; k++) {
        const [bx, by] = along(bent, k / PIECES);
        const long = (bx - ax) ** 2 + (by - ay) ** 2 || 1;
        const t = Math.min(Math.max(((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / long, 0), 1);
        const away = Math.hypot(ax + t * (bx - ax) - x, ay + t * (by - ay) - y);
        if (away < least) { least = away; best = s; }
        [ax, ay] = [bx, by];
      }
    }
    return best;
  }
  function describe(d, now, k) {
    const v = number(d, now, k);
    if (d.spec.categories?.length) return `${d.names[k]}: ${d.spec.categories[v] ?? "–"}, ${partners(d, now, k).length} ${words.partners}`;
    return `${d.names[k]}: ${d.spec.measure} ${v === null ? "–" : say(v, { percent: d.spec.percent, signed: d.spec.ramp === "split" })}${d.spec.unit && !d.spec.percent ? ` ${d.spec.unit}` : ""}, ${partners(d, now, k).length} ${words.partners}`;
  }
  function describeTie(d, s) {
    const [a, b, since, , kind] = d.raw.subarray(5 * s, 5 * s + 5);
    return `${d.names[a]} – ${d.names[b]}: ${words.since} ${d.spec.first + since}${d.spec.kinds?.length ? `, ${d.spec.kinds[kind]}` : ""}`;
  }
  function showTip(text, x, y, f) {
    tip.hidden = !text;
    if (!text) return;
    tip.textContent = text;
    tip.style.left = x > f.width / 2 ? "auto" : `${x + 14}px`;
    tip.style.right = x > f.width / 2 ? `${f.width - x + 14}px` : "auto";
    tip.style.top = `${Math.max(y - 10, 0)}px`;
  }
  canvas.addEventListener("pointermove", (event) => {
    const d = read(), f = frameOf(d), [x, y] = spot(event);
    if (drag) {
      view = { ...view, x: drag.view.x + x - drag.x, y: drag.view.y + y - drag.y };
      drag.moved ||= Math.hypot(x - drag.x, y - drag.y) > 4;
      draw();
      return;
    }
    hover = nearest(d, f, x, y);
    tieHover = hover < 0 && d.spec.tie_hover ? tieAt(d, f, index(d), x, y) : -1;
    showTip(hover >= 0 ? describe(d, index(d), hover) : tieHover >= 0 ? describeTie(d, tieHover) : "", x, y, f);
    canvas.style.cursor = hover >= 0 || tieHover >= 0 ? "pointer" : view.k > 1 ? "grab" : "default";
    draw();
  });
  canvas.addEventListener("pointerleave", () => { hover = tieHover = -1; tip.hidden = true; draw(); });
  canvas.addEventListener("pointerdown", (event) => {
    if (view.k <= 1) return;
    const [x, y] = spot(event);
    drag = { x, y, view: { ...view }, moved: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointerup", () => { setTimeout(() => { drag = null; }); });
  canvas.addEventListener("click", (event) => {
    if (drag?.moved) return;
    const d = read(), [x, y] = spot(event), f = frameOf(d);
    const k = nearest(d, f, x, y);
    if (k < 0 && d.spec.tie_hover) {
      const s = tieAt(d, f, index(d), x, y);
      if (s >= 0) {
        model.set("pair", `${d.codes[d.raw[5 * s]]}-${d.codes[d.raw[5 * s + 1]]}`);
        model.save_changes();
        return;
      }
    }
    select(k < 0 || d.codes[k] === model.get("selected") ? "" : d.codes[k]);
  });
  function select(code) {
    model.set("selected", code);
    model.save_changes();
    draw();
  }
  function zoom(factor, x, y) {
    const f = frameOf(read());
    const k = Math.min(Math.max(view.k * factor, 1), 12);
    const [cx, cy] = [x ?? f.width / 2, y ?? f.height / 2];
    view = k === 1 ? { x: 0, y: 0, k } : { k, x: cx - (cx - view.x) * (k / view.k), y: cy - (cy - view.y) * (k / view.k) };
    draw();
  }
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(event.deltaY < 0 ? 1.25 : 0.8, ...spot(event));
  }, { passive: false });
  zooms.append(...[["+", 1.5, words.closer], ["−", 1 / 1.5, words.farther], ["⤢", 1 / 100, words.whole]].map(([text, factor, label]) =>
    make("button", { type: "button", class: "coop-small", text, "aria-label": label, title: label, onclick: () => zoom(factor) })));
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const d = read();
    if (event.key === "+" || event.key === "-") { zoom(event.key === "+" ? 1.25 : 0.8); return; }
    if (event.key === "Escape") { hover = -1; tip.hidden = true; select(""); return; }
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); if (hover >= 0) select(d.codes[hover]); return; }
    if (!step) return;
    event.preventDefault();
    hover = (focused(d) + step + d.size) % d.size;
    const f = frameOf(d), [x, y] = place(d, hover), text = describe(d, index(d), hover);
    showTip(text, f.px(x), f.py(y), f);
    spoken.textContent = text;
    draw();
  });
  canvas.addEventListener("blur", () => { hover = -1; tip.hidden = true; draw(); });

  // Twice as sharp as on the page, for a slide.
  function picture(name, head) {
    const d = read(), f = frameOf(d);
    const copy = make("canvas", { width: 2 * f.width, height: 2 * f.height });
    const context = copy.getContext("2d");
    context.scale(2, 2);
    paint(context, d, palette(), f, index(d));
    const drawn = make("svg", {}, make("image", { href: copy.toDataURL(), width: f.width, height: f.height }));
    asPng(svgFile(drawn, { ...head, title: `${head.title}, ${d.spec.first + index(d)}` }, f), name);
  }

  // ---- changes --------------------------------------------------------------------------------------------------
  function glide() {
    const d = read();
    const next = d.spec.layout ?? 0;
    if (to === null) { to = next; blend = 1; return; }
    if (next === to) return;
    [from, to, blend] = [to, next, 0];
    if (window.matchMedia("(prefers-reduced-motion: reduce)").matches) { blend = 1; return; }
    const began = performance.now();
    const move = (at) => {
      blend = Math.min((at - began) / MOVE, 1);
      draw();
      if (blend < 1) requestAnimationFrame(move);
    };
    requestAnimationFrame(move);
  }
  const fresh = () => {
    data = null;
    const d = read();
    canvas.setAttribute("aria-label", `${d.spec.title}. ${model.get("sentence")} ${words.keys}`);
    shell.head({ title: d.spec.title, unit: d.spec.unit, sentence: model.get("sentence"), caveat: model.get("caveat") });
    glide();
    requestAnimationFrame(draw); // a frame after the charts, which are read first: drawing thousands of ties is felt
  };
  model.on("change", fresh);
  listen("year", () => { draw(); shell.fill(); }, signal);
  listen("theme", draw, signal);
  resized(shell.body, draw, signal);
  fresh();
  return end;
}
export default { render };
