/* Keys of a grid: single letters, never while something is typed or with another key held, and switched off on request (WCAG 2.1.4). */
import { all, make, one } from "./dom.js";
import { isOpen, preview, step } from "./preview.js";
import { current, go, linkOf, next } from "./rows.js";
import { say } from "./words.js";

const OFF = "keys-off";
const TYPED = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";

function isOff() {
  try { return window.localStorage.getItem(OFF) === "1"; } catch { return false; }
}

function switchKeys(on) {
  try { if (on) window.localStorage.removeItem(OFF); else window.localStorage.setItem(OFF, "1"); } catch { /* this page only */ }
}

const follow = (link) => { if (link) window.location.assign(link.href); };

function search() {
  const field = one("[data-search]");
  if (!field) return;
  field.focus();
  field.select();
}

function openFilters() {
  const menu = one("[data-filters]");
  if (!menu) return;
  menu.open = true;
  one("[data-filter]", menu).focus();
}

const move = (by) => { if (isOpen()) step(by); else go(next(by)); };

const ACTS = {
  "/": { zh: "搜尋", act: search },
  f: { zh: "新增篩選", act: openFilters },
  j: { zh: "下一筆", act: () => move(1) },
  k: { zh: "上一筆", act: () => move(-1) },
  Enter: { zh: "預覽這一筆", act: () => preview(current()), onRow: true },
  o: { zh: "開啟這一筆", act: () => follow(linkOf(current(), "details")) },
  e: { zh: "編輯這一筆", act: () => follow(linkOf(current(), "edit")) },
  x: { zh: "選取或取消選取", act: () => current() && one('input[name="rowid"]', current())?.click() },
  n: { zh: "新增一筆", act: () => follow(one("a[data-create]")) },
  "?": { zh: "這張鍵盤表", act: () => sheet() },
};

/* What cells.js does by key; they are listed where cells can be edited. */
const CELLS = [
  [["F2"], "修改這一格；在一列上按，從第一格開始"],
  [["Enter"], "開始修改；修改中則儲存並往下一列"],
  [["Shift", "Enter"], "儲存並往上一列；多行文字則換行"],
  [["Tab"], "儲存並到下一格"],
  [["Shift", "Tab"], "儲存並到上一格"],
  [["Esc"], "取消修改，內容不變"],
  [["←", "→", "↑", "↓"], "逐格編輯時移到別格"],
  [["Ctrl", "Z"], "復原剛才儲存的一格，可連續按"],
];

const line = (names, zh) => [make("dt", {}, ...names.map((name) => make("kbd", {}, name))), make("dd", {}, say(zh))];

function sheet() {
  const opener = document.activeElement;
  const lines = Object.entries(ACTS).flatMap(([key, { zh }]) => line([key], zh));
  const more = [...line(["↑", "↓"], "在列上：上一筆、下一筆"), ...line(["Esc"], "關閉預覽、選單或對話框")];
  const cells = one("table[data-cells]") ? [make("h3", {}, say("在表格裡直接修改")), make("dl", { class: "keys" }, ...CELLS.flatMap(([names, zh]) => line(names, zh)))] : [];
  const box = make("input", { class: "form-check-input", type: "checkbox", role: "switch", id: "keys-on", checked: !isOff() });
  box.addEventListener("change", () => switchKeys(box.checked));
  const close = make("button", { class: "btn btn-primary" }, say("關閉"));
  const form = make("form", { method: "dialog" },
    make("h2", { id: "keys-title" }, say("鍵盤操作")),
    make("dl", { class: "keys" }, ...lines, ...more), ...cells,
    make("label", { class: "form-check form-switch" }, box, make("span", { class: "form-check-label" }, say("啟用單鍵快速鍵（記在這台裝置）"))),
    make("p", { class: "field-help" }, say("打字時、或同時按著其他鍵時，都不會觸發。")), close);
  const dialog = make("dialog", { class: "filter-box", "aria-labelledby": "keys-title" }, form);
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => { dialog.remove(); opener?.focus?.(); });
  document.body.append(dialog);
  dialog.showModal();
  close.focus();
}

function pressed(event) {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || isOff()) return;
  if (event.target.closest?.(TYPED) || one("dialog:modal:not(.preview)")) return;
  const found = ACTS[event.key];
  if (!found || (found.onRow && !event.target.matches?.("table[data-grid] tbody tr"))) return;
  event.preventDefault();
  found.act();
}

export function keys(opener) {
  opener.hidden = false;
  opener.addEventListener("click", sheet);
  document.addEventListener("keydown", pressed);
  all("table[data-grid] tbody tr").forEach((row) => row.addEventListener("keydown", (event) => {
    if (event.target !== row || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault();
    go(next(event.key === "ArrowDown" ? 1 : -1, row));
  }));
}
