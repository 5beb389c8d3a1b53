/* Forms: characters counted, unsaved work guarded, one submission only, errors led to. */
import { all } from "./dom.js";
import { closeMenus } from "./menus.js";
import { say } from "./words.js";

/* Counts as the server does: a line break is one character. */
export function counter(area) {
  const place = document.getElementById(area.dataset.count);
  const limit = Number(area.dataset.max || Infinity);
  if (!place) return;
  const show = () => {
    const used = [...area.value.replace(/\r\n/g, "\n")].length;
    const values = { used, limit, over: used - limit };
    place.textContent = used > limit ? say("%(used)s／%(limit)s 字，超過 %(over)s 字", values) : limit < Infinity ? say("%(used)s／%(limit)s 字", values) : say("%(used)s 字", values);
    place.classList.toggle("field-over", used > limit);
  };
  area.addEventListener("input", show);
  show();
}

export function guard(form) {
  let dirty = form.hasAttribute("data-dirty");
  ["input", "change"].forEach((kind) => form.addEventListener(kind, () => { dirty = true; }));
  form.addEventListener("submit", () => { dirty = false; });
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
}

export function errorSummary(summary) {
  summary.focus();
  all("a", summary).forEach((link) => link.addEventListener("click", (event) => {
    const { tomselect } = document.getElementById(link.hash.slice(1)) || {};
    if (tomselect) { event.preventDefault(); tomselect.focus(); }
  }));
}

export function sendOnce(form) {
  const release = () => form.removeAttribute("data-sent");
  form.addEventListener("submit", (event) => {
    if (form.hasAttribute("data-sent")) { event.preventDefault(); return; }
    form.setAttribute("data-sent", "");
    if (form.hasAttribute("data-download")) { closeMenus(null); window.setTimeout(release, 3000); }
  });
  window.addEventListener("pageshow", release);
}
