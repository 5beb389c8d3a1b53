/* Forms: characters counted, unsaved work guarded, one submission only, errors led to. */
import { all, one } from "./dom.js";
import { stateOf } from "./drafts.js";
import { closeMenus } from "./menus.js";
import { say } from "./words.js";

/* Counts as the server does: a line break is one character, and so is one sign outside the basic plane. */
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

/* Leaving asks first, but only when something typed is neither saved nor on its way. */
export function guard(form) {
  const asOpened = stateOf(form);
  let leaving = false;
  form.addEventListener("submit", (event) => { leaving = !event.defaultPrevented; });
  form.addEventListener("draft-dropped", () => { leaving = true; });
  window.addEventListener("pageshow", () => { leaving = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && (form.hasAttribute("data-dirty") || stateOf(form) !== asOpened)) event.preventDefault();
  });
}

/* Ctrl+S and Ctrl+Enter save (⌘ on a Mac); with Shift the next one is begun as well. */
export function saveKeys(form) {
  document.addEventListener("keydown", (event) => {
    const saves = (event.ctrlKey || event.metaKey) && !event.altKey && (event.key.toLowerCase() === "s" || event.key === "Enter");
    if (!saves || one("dialog[open]")) return;
    event.preventDefault();
    if (event.repeat) return;
    form.requestSubmit((event.shiftKey && one("[data-save-next]", form)) || one("[data-save]", form));
  });
}

/* Typing goes on where the next row differs from the last. */
export function begin(form) {
  const field = document.getElementById(form.dataset.first);
  if (field) (field.tomselect || field).focus();
}

export function errorSummary(summary) {
  summary.focus();
  all("a", summary).forEach((link) => link.addEventListener("click", (event) => {
    const field = document.getElementById(link.hash.slice(1));
    const target = field?.tomselect || (field?.matches("fieldset") ? one("input", field) : field);
    if (!target) return;
    event.preventDefault();
    field.closest(".field")?.scrollIntoView({ block: "center" });
    target.focus();
  }));
}

export function sendOnce(form) {
  const release = () => form.removeAttribute("data-sent");
  form.addEventListener("submit", (event) => {
    if (form.hasAttribute("data-sent")) { event.preventDefault(); return; }
    if (!navigator.onLine) { event.preventDefault(); offline(form); return; }
    form.setAttribute("data-sent", "");
    if (form.hasAttribute("data-download")) { closeMenus(null); window.setTimeout(release, 3000); }
  });
  window.addEventListener("pageshow", release);
}

function offline(form) {
  one("[data-offline]", form)?.remove();
  const note = document.createElement("p");
  note.className = "note note-warning";
  note.dataset.offline = "";
  note.setAttribute("role", "alert");
  form.append(note);
  note.textContent = say("目前沒有網路，還沒有送出。內容都還在這一頁，恢復連線後再按一次。");
  window.addEventListener("online", () => note.remove(), { once: true });
}

/* What was interrupted by signing in: its form is shown again at once. */
export const goOn = (form) => form.requestSubmit();
