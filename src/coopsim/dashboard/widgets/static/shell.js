// Header and navigation: plain links, so that they can be opened in another tab, followed in place otherwise.
import { isDark, make } from "./common.js";

function render({ model, el }) {
  const draw = () => {
    const { title, words, present } = model.get("spec");
    const here = model.get("page");
    const root = window.solara?.rootPath ?? "";
    const link = ({ path, title: text }) => make("a", {
      href: `${root}/${path}`, class: "coop-link", "aria-current": path === here ? "page" : null, text,
      onclick: (event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
        event.preventDefault();
        model.set("asked", [path, Date.now()]);
        model.save_changes();
      },
    });
    el.replaceChildren(
      make("a", { class: "coop-skip", href: "#main", text: words.skip, onclick: (event) => {
        event.preventDefault();
        document.getElementById("main")?.focus();
      } }),
      make("div", { class: "coop-header", role: "banner" },
        make("span", { class: "coop-brand" }, mark(), make("span", { text: title })),
        make("nav", { class: "coop-nav", "aria-label": words.menu }, ...model.get("spec").pages.map(link)),
        present ? make("button", { class: "coop-small coop-present", type: "button", text: present,
          onclick: () => { model.set("presses", model.get("presses") + 1); model.save_changes(); } }) : null,
        make("button", { class: "coop-small coop-theme", type: "button", text: "◐", "aria-label": words.theme, title: words.theme,
          onclick: swapTheme })));
    el.querySelector("[aria-current]")?.scrollIntoView?.({ block: "nearest", inline: "center" });
  };
  model.on("change:page", draw);
  model.on("change:spec", draw);
  draw();
}

// Solara keeps the theme in its front end and remembers it in the browser; the server need not know.
function swapTheme() {
  const dark = !isDark();
  const app = document.querySelector(".v-application")?.__vue__;
  if (app?.$vuetify) app.$vuetify.theme.dark = dark;
  localStorage.setItem(":solara:theme.variant", JSON.stringify(dark ? "dark" : "light"));
}

function mark() {
  const svg = make("svg", { viewBox: "0 0 24 24", width: 24, height: 24, "aria-hidden": "true" });
  const nodes = [[5, 7], [18, 5], [12, 19], [20, 15]];
  for (const [a, b] of [[0, 1], [0, 2], [1, 2], [1, 3], [2, 3]]) {
    svg.append(make("line", { x1: nodes[a][0], y1: nodes[a][1], x2: nodes[b][0], y2: nodes[b][1], stroke: "currentColor", "stroke-width": 1.4, opacity: 0.55 }));
  }
  nodes.forEach(([cx, cy], k) => svg.append(make("circle", { cx, cy, r: k ? 2.6 : 3.4, fill: "currentColor" })));
  return svg;
}
export default { render };
