/* 「復原」 of saved cells: offered for a while in a bar at the foot of the page, and by Ctrl+Z one after the other as long as the page
   is open. Each goes back through the policy, with its version and an event of its own, like the edit itself. */
import { Refused } from "./cell-editor.js";
import { make, one } from "./dom.js";
import { say } from "./words.js";

const WHILE = 60_000;
const TYPED = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";

/* What to tell, and whether trying again may help. */
function explain(error) {
  if (!(error instanceof Refused)) return { text: say("網路中斷，還沒有復原。連線恢復後再按一次「復原」。"), again: true };
  if (error.status === 401) return { text: say("登入已結束，還沒有復原。請在另一個分頁重新登入，再按一次「復原」。"), again: true };
  if (error.status >= 500) return { text: say("系統暫時無法復原，請稍候再按一次「復原」。"), again: true };
  return { text: error.said.error || say("沒有復原，請從這一筆的異動紀錄復原。"), again: false };
}

/* `undo(saved)` takes one back and answers what to say of it, empty when it could not begin. */
export function undoBar({ undo, historyOf, announce }) {
  const saved = [];
  const text = make("span");
  const button = make("button", { type: "button", class: "btn btn-link", "aria-keyshortcuts": "Control+Z", title: "Ctrl+Z" }, say("復原"));
  const past = make("a", { hidden: true }, say("異動紀錄"));
  const close = make("button", { type: "button", class: "btn btn-icon", "aria-label": say("關閉") }, "✕");
  const bar = make("div", { class: "undo-bar", role: "group", "aria-label": say("復原剛才的修改"), hidden: true }, text, button, past, close);
  one("#main").append(bar);
  let timer = 0;
  let busy = false;

  function show(words, history = "") {
    text.textContent = words;
    button.hidden = !saved.length || Boolean(history);
    past.hidden = !history;
    if (history) past.href = history;
    bar.hidden = false;
    wait();
  }
  function hide() {
    if (bar.contains(document.activeElement)) saved.at(-1)?.cell.focus();
    bar.hidden = true;
  }
  function wait() {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => { if (bar.matches(":hover, :focus-within")) wait(); else hide(); }, WHILE);
  }

  async function takeBack() {
    if (busy || !saved.length) return;
    busy = true;
    const last = saved.at(-1);
    try {
      const words = await undo(last);
      if (words) { saved.splice(saved.indexOf(last), 1); show(words); announce(words); }
    } catch (error) {
      const { text: words, again } = explain(error);
      if (!again) saved.splice(saved.indexOf(last), 1);
      show(words, again ? "" : historyOf(last.cell));
      announce(words);
    } finally {
      busy = false;
    }
  }

  button.addEventListener("click", takeBack);
  close.addEventListener("click", hide);
  bar.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); hide(); } });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || !saved.length) return;
    if (event.target.closest?.(TYPED) || one("dialog:modal")) return;
    event.preventDefault();
    takeBack();
  });

  return {
    keep: (one) => saved.push(one),
    offer: (words) => { if (saved.length) show(words); announce(saved.length ? say("%(words)s。按 Ctrl+Z 復原。", { words }) : words); },
  };
}
