// The year: a slider with play, pause, step and speed. It runs in the browser; the server hears of it now and then.
import { life, listen, make, setYear, unique, year } from "./common.js";

const SPEEDS = [1, 2, 5, 10, 20]; // years a second
const TELL = 400; // ms between two reports to the server while playing

function render({ model, el }) {
  const { signal, end } = life();
  const words = model.get("words");
  const id = unique("year");
  let timer = null, told = 0;
  const range = make("input", { id, type: "range", step: 1 });
  const output = make("output", { for: id, class: "coop-year" });
  const play = make("button", { class: "coop-button coop-play", type: "button" });
  const back = make("button", { class: "coop-button", type: "button", text: "‹", "aria-label": words.back, title: words.back });
  const forth = make("button", { class: "coop-button", type: "button", text: "›", "aria-label": words.forth, title: words.forth });
  const speed = make("select", { "aria-label": words.speed, title: words.speed },
    ...SPEEDS.map((n) => make("option", { value: n, text: `${n} ${words.per_second}`, selected: n === 5 })));
  el.replaceChildren(make("div", { class: "coop-timeline", role: "group", "aria-label": words.group },
    play, back, forth, make("label", { for: id, class: "coop-hidden", text: words.year }), range, output, speed));

  const label = () => {
    play.textContent = timer ? "❚❚" : "▶";
    play.setAttribute("aria-label", timer ? words.pause : words.play);
    play.title = timer ? words.pause : words.play;
    play.dataset.playing = timer ? "yes" : "no";
  };
  const tell = (value, force) => {
    const now = Date.now();
    if (!force && now - told < TELL) return;
    told = now;
    model.set("year", value);
    model.save_changes();
  };
  const show = (value) => { range.value = value; output.textContent = value; range.setAttribute("aria-valuetext", value); };
  const go = (value, force = true) => {
    value = Math.min(Math.max(value, model.get("first")), model.get("last"));
    show(value);
    setYear(value);
    tell(value, force);
  };
  const stop = () => { clearInterval(timer); timer = null; label(); };
  const start = () => {
    if (Number(range.value) >= model.get("last")) go(model.get("first"), false);
    timer = setInterval(() => {
      go(Number(range.value) + 1, false);
      if (Number(range.value) >= model.get("last")) { stop(); tell(Number(range.value), true); }
    }, 1000 / Number(speed.value));
    label();
  };
  play.addEventListener("click", () => { if (timer) { stop(); tell(Number(range.value), true); } else start(); });
  back.addEventListener("click", () => { stop(); go(Number(range.value) - 1); });
  forth.addEventListener("click", () => { stop(); go(Number(range.value) + 1); });
  speed.addEventListener("change", () => { if (timer) { stop(); start(); } });
  range.addEventListener("input", () => { stop(); go(Number(range.value)); });
  const bounds = () => {
    range.min = model.get("first");
    range.max = model.get("last");
    const value = Math.min(Math.max(model.get("year") || model.get("last"), model.get("first")), model.get("last"));
    show(value);
    setYear(value);
  };
  model.on("change:first", bounds);
  model.on("change:last", bounds);
  model.on("change:year", () => { if (!timer && model.get("year") !== Number(range.value)) bounds(); });
  listen("year", (value) => { if (!timer && value !== Number(range.value)) { show(value); tell(value, true); } }, signal);
  bounds();
  label();
  return () => { stop(); end(); };
}
export default { render };
