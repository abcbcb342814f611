// Headline numbers of the year shown: my run, its difference from the baseline, and how much of it is policy.
import { eachFrame, floats, life, listen, make, palette, places, register, say, year } from "./common.js";

function render({ model, el }) {
  const { signal, end } = life();
  const words = model.get("words");
  const told = (difference, options) => {
    const text = say(difference, { ...options, digits: null, signed: true });
    return /^−?0( |$)/.test(text) ? words.tiny : whole(difference, { ...options, signed: true });
  };
  // 0.640 beside 0.639: as many decimals, whatever the last one is.
  const whole = (value, options) => say(value, { ...options, digits: Math.min(places([value], options), 3) });
  const draw = eachFrame(() => {
    const spec = model.get("spec");
    const data = floats(model.get("data"));
    const years = data.length / (spec.tiles.length * 4);
    const at = Math.min(Math.max((year() ?? spec.first + years - 1) - spec.first, 0), years - 1);
    const seen = [];
    el.replaceChildren(make("div", { class: "coop-tiles", role: "list" }, ...spec.tiles.map((tile, n) => {
      const [mine, base, mean, share] = [0, 1, 2, 3].map((m) => data[(n * 4 + m) * years + at]);
      const difference = mine - base;
      const options = { percent: tile.percent };
      const moved = Math.abs(difference) > 1e-9;
      seen.push({ name: tile.name, mine, base, mean, share });
      const percent = Math.round(100 * share);
      const luck = !moved && !(Math.abs(mean) > 1e-9) ? [words.same] : !Number.isFinite(share) ? [words.waiting]
        : [words.policy.replace("{policy}", percent), words.luck.replace("{luck}", 100 - percent)];
      return make("div", { class: "coop-tile", role: "listitem", title: tile.about },
        make("div", { class: "coop-tile-label", text: tile.percent || !tile.unit ? tile.label : `${tile.label}, ${tile.unit}` }),
        make("div", { class: "coop-tile-value", text: whole(mine, options) }),
        make("div", { class: `coop-tile-difference ${!moved ? "" : difference > 0 ? "is-up" : "is-down"}`, text: moved ? `${difference > 0 ? "▲" : "▼"} ${told(difference, options)}` : words.as_base }),
        make("div", { class: "coop-luck", "aria-hidden": "true" }, make("span", { style: `width:${Number.isFinite(share) && (moved || Math.abs(mean) > 1e-9) ? Math.round(100 * share) : 0}%` })),
        make("div", { class: "coop-tile-luck" }, ...luck.map((text) => make("span", { text }))));
    })));
    el.dataset.tiles = JSON.stringify(seen);
    register("tiles", seen);
  });
  model.on("change", draw);
  listen("year", draw, signal);
  draw();
  return end;
}
export default { render };
