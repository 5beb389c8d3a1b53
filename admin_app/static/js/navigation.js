/* The side navigation: remembers which groups are folded, finds by typing, and is a drawer on a phone. */
import { all, one } from "./dom.js";
import { say } from "./words.js";

const KEY = "portfolio.nav";
const narrow = window.matchMedia("(max-width: 61.99rem)");

export function navigation() {
  const nav = one("[data-side-nav]");
  if (!nav) return;
  all("[data-nav-group]", nav).forEach(remember);
  const box = one("[data-nav-find]", nav);
  if (box) finding(nav, box);
  drawer(nav, one("[data-nav-toggle]"));
}

/* Only what a person clicks is remembered, not what finding opens. */
function remember(group) {
  one("summary", group).addEventListener("click", () => {
    try {
      const left = JSON.parse(localStorage.getItem(KEY) || "{}") || {};
      localStorage.setItem(KEY, JSON.stringify({ ...left, [group.dataset.navGroup]: !group.open }));
    } catch { /* no storage: folded for this page only */ }
  });
}

function finding(nav, box) {
  const groups = all("[data-nav-group]", nav);
  const before = new Map();
  const show = () => {
    const wanted = box.value.normalize("NFKC").trim().toLowerCase();
    if (wanted && !before.size) groups.forEach((group) => before.set(group, group.open));
    const rows = all("li", nav);
    rows.forEach((row) => { row.hidden = Boolean(wanted) && !row.textContent.toLowerCase().includes(wanted); });
    groups.forEach((group) => {
      const found = all("li", group).some((row) => !row.hidden);
      group.hidden = !found;
      group.open = wanted ? found : before.get(group) ?? group.open;
    });
    if (!wanted) before.clear();
    one("[data-nav-none]", nav).textContent = rows.every((row) => row.hidden) ? say("沒有符合的選單") : "";
  };
  box.addEventListener("input", show);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && box.value) { event.stopPropagation(); box.value = ""; show(); }
    if (event.key === "Enter") {
      const first = all("a", nav).find((link) => link.checkVisibility());
      if (first && box.value.trim()) first.click();
    }
  });
}

/* While it is open the rest of the page is inert: focus stays inside, and a tap beside it closes it. */
function drawer(nav, toggle) {
  if (!toggle) return;
  const shade = document.createElement("div");
  shade.className = "nav-shade";
  const turn = (open) => {
    nav.classList.toggle("open", open);
    toggle.setAttribute("aria-expanded", String(open));
    all("body > :not(nav, script, .nav-shade)").forEach((part) => { part.inert = open; });
    if (open) nav.after(shade); else shade.remove();
    if (open) one("[data-nav-close]", nav).focus(); else if (narrow.matches) toggle.focus();
  };
  toggle.addEventListener("click", () => turn(true));
  one("[data-nav-close]", nav).addEventListener("click", () => turn(false));
  shade.addEventListener("click", () => turn(false));
  nav.addEventListener("keydown", (event) => {
    if (!nav.classList.contains("open")) return;
    if (event.key === "Escape") turn(false);
    if (event.key === "Tab") goRound(nav, event);
  });
  narrow.addEventListener("change", () => { if (nav.classList.contains("open")) turn(false); });
}

/* From the last to the first and back. */
function goRound(nav, event) {
  const stops = all("a, button, input, summary", nav).filter((stop) => stop.checkVisibility());
  const [from, to] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
  if (document.activeElement === from) { event.preventDefault(); to.focus(); }
}
