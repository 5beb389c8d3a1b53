/* Choosing rows for a bulk action: on this page, on other pages of the same list (kept on the device, numbers only), or all that
   match. */
import { all, one } from "./dom.js";
import { say } from "./words.js";

const MOST = 2000;
const KEPT = "chosen:";
const PAGE_WORDS = ["page", "after", "before", "page_size", "sort", "desc", "cols", "density", "totals"];

/* The list without what only turns its pages or changes its looks. */
function listName() {
  const words = new URLSearchParams(window.location.search);
  PAGE_WORDS.forEach((name) => words.delete(name));
  return `${KEPT}${window.location.pathname}?${words}`;
}

function read() {
  try { return new Set(JSON.parse(window.sessionStorage.getItem(listName()) || "[]")); } catch { return new Set(); }
}

function keep(chosen) {
  try {
    Object.keys(window.sessionStorage).filter((name) => name.startsWith(KEPT) && name !== listName()).forEach((name) => window.sessionStorage.removeItem(name));
    if (chosen.size) window.sessionStorage.setItem(listName(), JSON.stringify(Array.from(chosen)));
    else window.sessionStorage.removeItem(listName());
  } catch { /* a device that keeps nothing chooses page by page */ }
}

/* Lists without pages of rows (回收桶) keep nothing. */
function memory(boxes, form) {
  const remembers = Boolean(one('input[name="rowid"]', form));
  if (remembers && one("form.note-undo")) keep(new Set()); // what was chosen has just been done
  const chosen = remembers ? read() : new Set();
  const here = new Set(boxes.map((box) => box.value));
  boxes.forEach((box) => { if (chosen.has(box.value)) box.checked = true; });
  return {
    elsewhere: () => Array.from(chosen).filter((id) => !here.has(id)),
    note() {
      boxes.forEach((box) => (box.checked ? chosen.add(box.value) : chosen.delete(box.value)));
      if (remembers) keep(chosen);
    },
    forget() { chosen.clear(); if (remembers) keep(chosen); },
  };
}

function sayChosen(here, elsewhere, everything) {
  if (everything) return everything;
  if (elsewhere) return say("已選 %(n)s 筆（其他頁 %(others)s 筆）", { n: here + elsewhere, others: elsewhere });
  return say("已選 %(n)s 筆", { n: here });
}

export function bulk(form) {
  const boxes = all('input[name="rowid"], input[data-box]', form);
  const master = one("[data-select-all]", form);
  const count = one("[data-bulk-count]", form);
  const buttons = all('button[name="action"]', form);
  const menu = one("[data-bulk-menu]", form);
  const clear = one("[data-bulk-clear]", form);
  const whole = one("[data-bulk-all]", form);
  const everything = whole && one("input", whole);
  const chosen = memory(boxes, form);
  const rest = count.textContent;
  const show = () => {
    const here = boxes.filter((box) => box.checked).length;
    const elsewhere = chosen.elsewhere().length;
    const full = here > 0 && here === boxes.length;
    if (everything && !full) everything.checked = false;
    if (whole) whole.hidden = !full;
    const matching = everything?.checked ? say("將辦理全部符合條件的資料") : "";
    count.textContent = here + elsewhere ? sayChosen(here, elsewhere, matching) : rest;
    buttons.forEach((button) => { button.disabled = !(here + elsewhere) || (matching !== "" && button.hasAttribute("data-one-by-one")); });
    if (menu) menu.setAttribute("aria-disabled", String(menu.classList.toggle("disabled", !(here + elsewhere))));
    if (clear) clear.hidden = !(here + elsewhere);
    master.checked = full;
    master.indeterminate = here > 0 && !full;
  };
  const changed = () => { chosen.note(); show(); };
  let last = null;
  boxes.forEach((box, index) => box.addEventListener("click", (event) => {
    if (event.shiftKey && last !== null) boxes.slice(Math.min(last, index), Math.max(last, index) + 1).forEach((each) => { each.checked = box.checked; });
    last = index;
    changed();
  }));
  master.addEventListener("change", () => { boxes.forEach((box) => { box.checked = master.checked; }); changed(); });
  if (everything) everything.addEventListener("change", show);
  if (clear) {
    clear.addEventListener("click", () => {
      boxes.forEach((box) => { box.checked = false; });
      chosen.forget();
      show();
      master.focus();
    });
  }
  if (menu) menu.addEventListener("click", (event) => { if (menu.classList.contains("disabled")) event.preventDefault(); });
  form.addEventListener("formdata", ({ formData }) => {
    if (formData.get("all")) { formData.delete("rowid"); return; }
    chosen.elsewhere().slice(0, MOST).forEach((id) => formData.append("rowid", id));
  });
  window.addEventListener("pageshow", changed);
  changed();
}
