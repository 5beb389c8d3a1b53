/* 逐格編輯: one cell of a list, edited where it stands. Twice clicked, or F2 or Enter on a cell; Escape leaves it as it was, Enter
   saves and goes down, Tab saves and goes on. Whatever goes wrong, what was typed stays in the cell and a sentence says what to do. */
import { rocDate } from "./dates.js";
import { all, askJson, one, parsed } from "./dom.js";
import { Refused, editor, explain } from "./cell-editor.js";
import { undoBar } from "./cell-undo.js";
import { say } from "./words.js";

const MODE = "cells-mode";

function remembered() {
  try { return window.localStorage.getItem(MODE) === "1"; } catch { return false; }
}

function remember(on) {
  try { window.localStorage.setItem(MODE, on ? "1" : ""); } catch { /* only for this page, then */ }
}

/* A column's key; one that can be sorted by says it in its link. */
function keyOf(head) {
  const link = one("a", head);
  return head.dataset.key || (link ? new URL(link.href).searchParams.get("sort") : "") || "";
}

/* A quiet voice for screen readers. */
function voice() {
  const line = document.createElement("div");
  line.className = "visually-hidden";
  line.setAttribute("role", "status");
  document.getElementById("main").append(line);
  return (text) => { line.textContent = text; };
}

export function cells(table) {
  const heads = all("thead th", table);
  const keys = heads.map(keyOf);
  const rows = all("tbody tr", table).filter((row) => one('a[href^="edit/?id="]', row));
  const editable = rows.map((row) => all("td", row).filter((cell) => heads[cell.cellIndex].hasAttribute("data-edit")));
  const flat = editable.flat();
  const announce = voice();
  const versions = new WeakMap(); // of each row, as the last save here left it
  const bar = undoBar({ undo, historyOf: (cell) => `history/?id=${idOf(cell)}`, announce });
  let open = null;
  let mode = false;

  const idOf = (cell) => new URL(one('a[href^="edit/?id="]', cell.parentElement).href).searchParams.get("id");
  const shown = keys.filter(Boolean).join(",");
  const nameOf = (cell) => heads[cell.cellIndex].textContent.replace(/[▲▼]/g, "").trim();
  const addressOf = (cell) => `cell/?${new URLSearchParams({ id: idOf(cell), field: keys[cell.cellIndex] })}`;

  function below(cell, step) {
    const row = editable.findIndex((found) => found.includes(cell));
    const next = editable[row + step];
    return next ? next.find((each) => each.cellIndex === cell.cellIndex) : undefined;
  }
  const beside = (cell, step) => flat[flat.indexOf(cell) + step];

  /* One cell of the table is reached by Tab, the others from it by the arrow keys. */
  function rest(cell, focus = true) {
    flat.forEach((each) => { if (mode || each === cell) each.tabIndex = each === cell ? 0 : -1; });
    if (focus) cell.focus();
  }

  function close(cell) {
    if (!open) return;
    open.cell.classList.remove("editing");
    open.cell.removeAttribute("aria-busy");
    open.cell.replaceChildren(...open.before);
    open = null;
    if (cell) rest(cell);
  }

  async function edit(cell) {
    if (!cell || open?.cell === cell || (open && !(await leave()))) return;
    cell.setAttribute("aria-busy", "true");
    let found;
    try {
      found = await editor(addressOf(cell));
    } catch (error) {
      cell.removeAttribute("aria-busy");
      complain(cell, error);
      return;
    }
    cell.removeAttribute("aria-busy");
    open = { cell, before: Array.from(cell.childNodes), version: found.version, token: found.token, busy: false };
    cell.classList.add("editing");
    cell.classList.remove("refused");
    cell.replaceChildren(...parsed(found.html));
    open.field = one("#cell-field", cell);
    open.say = one("#cell-say", cell);
    open.first = value();
    if (open.field.hasAttribute("data-roc")) rocDate(open.field);
    open.field.focus();
    if (open.field.select) open.field.select();
    announce(say("編輯%(field)s。Enter 儲存並往下，Tab 儲存並到下一格，Esc 取消。", { field: found.zh }));
  }

  /* What a cell that did not even open has to say stands in it until it is left. */
  function complain(cell, error) {
    announce(explain(error).text);
    cell.title = explain(error).text;
    cell.classList.add("refused");
  }

  const value = () => (open.field.type === "checkbox" ? (open.field.checked ? "y" : "") : open.field.value);

  function show(words, ...more) {
    open.field.setAttribute("aria-invalid", "true");
    const text = document.createElement("span");
    text.textContent = words;
    open.say.replaceChildren(text, ...more);
    open.field.focus();
  }

  /* Save; answers whether the cell is done with. */
  async function save() {
    if (open.busy) return false;
    open.busy = true;
    open.cell.setAttribute("aria-busy", "true");
    const { cell } = open;
    const body = new URLSearchParams({ version: open.version, csrf_token: open.token, shown });
    if (value() || open.field.type !== "checkbox") body.set(keys[cell.cellIndex], value());
    try {
      const answer = await askJson(addressOf(cell), "POST", open.token, body);
      const said = await read(answer);
      took(cell, said);
      if (said.event) bar.keep({ cell, event: said.event, token: open.token });
      return true;
    } catch (error) {
      if (open) stay(error);
      return false;
    } finally {
      cell.removeAttribute("aria-busy");
      if (open) open.busy = false;
    }
  }

  async function read(answer) {
    const json = !answer.redirected && answer.headers.get("Content-Type")?.startsWith("application/json");
    const said = json ? await answer.json() : {};
    if (!answer.ok || !json) throw new Refused(json ? answer.status : 401, said);
    return said;
  }

  function stay(error) {
    const { text, signIn } = explain(error);
    if ("theirs" in (error.said || {})) { offer(error.said); return; }
    if (!signIn) { show(text); return; }
    const link = document.createElement("a");
    Object.assign(link, { href: "/login", target: "_blank", rel: "noopener", textContent: say("在新分頁登入") });
    show(text, link);
  }

  /* A colleague saved first: both texts, and the choice. */
  function offer(said) {
    const button = (words, act) => {
      const made = document.createElement("button");
      Object.assign(made, { type: "button", className: "btn", textContent: words });
      made.addEventListener("click", act);
      return made;
    };
    const both = document.createElement("dl");
    [[say("%(who)s存的（%(at)s）", said), said.theirs], [say("您輸入的"), said.mine]].forEach(([name, text]) => {
      const [term, held] = [document.createElement("dt"), document.createElement("dd")];
      term.textContent = name;
      held.textContent = text || say("空白");
      both.append(term, held);
    });
    const { cell } = open;
    show(said.error, both,
      button(say("用我的內容儲存"), async () => { open.version = said.version; if (await save()) finish(cell); }),
      button(say("保留對方的內容"), () => { open.before = [document.createTextNode(said.theirs)]; close(cell); }));
  }

  /* The whole row as it is now: what is worked out from a field changes with it. */
  function took(cell, said) {
    versions.set(cell.parentElement, said.version);
    all("td", cell.parentElement).forEach((each) => {
      const text = said.cells[keys[each.cellIndex]];
      if (text === undefined) return;
      if (each === open?.cell) open.before = [document.createTextNode(text)];
      else if (each.textContent !== text) { each.textContent = text; each.classList.add("just-saved"); }
    });
  }

  function finish(cell, next) {
    const words = say("已儲存%(field)s：%(text)s", { field: nameOf(cell), text: open.before[0].textContent || say("空白") });
    close(next ? null : cell);
    cell.classList.remove("just-saved");
    void cell.offsetWidth; // begin the sign of having been saved anew
    cell.classList.add("just-saved");
    bar.offer(words);
    if (next) edit(next);
  }

  /* One saved cell as it was before; what is being typed elsewhere is saved first. Answers the sentence to say. */
  async function undo({ cell, event, token }) {
    if (open && !(await leave())) return "";
    cell.setAttribute("aria-busy", "true");
    try {
      const body = new URLSearchParams({ undo: event, version: versions.get(cell.parentElement), csrf_token: token, shown });
      took(cell, await read(await askJson(addressOf(cell), "POST", token, body)));
      rest(cell);
      return say("已復原%(field)s：%(text)s", { field: nameOf(cell), text: cell.textContent || say("空白") });
    } finally {
      cell.removeAttribute("aria-busy");
    }
  }

  /* Save what was changed and move on; answers whether the cell could be left. */
  async function leave(next) {
    const { cell, first } = open;
    if (value() === first) {
      close(next ? null : cell);
      if (next) edit(next);
      return true;
    }
    if (!(await save())) return false;
    finish(cell, next);
    return true;
  }

  function keyInEditor(event) {
    const { cell } = open;
    const inField = event.target === open.field;
    event.stopPropagation();
    if (event.key === "Escape") { event.preventDefault(); close(cell); announce(say("已取消，內容沒有改變。")); return; }
    if (!inField || event.isComposing) return;
    if (event.key === "Enter" && !(event.shiftKey && open.field.matches("textarea"))) { event.preventDefault(); leave(below(cell, event.shiftKey ? -1 : 1)); }
    if (event.key === "Tab") {
      const next = beside(cell, event.shiftKey ? -1 : 1);
      if (one("button, a", open.say)) return; // to the choice that is offered
      if (next || value() !== open.first) event.preventDefault();
      leave(next);
    }
  }

  const arrows = { ArrowLeft: (cell) => beside(cell, -1), ArrowRight: (cell) => beside(cell, 1), ArrowUp: (cell) => below(cell, -1), ArrowDown: (cell) => below(cell, 1) };

  table.addEventListener("keydown", (event) => {
    if (open?.cell.contains(event.target)) { keyInEditor(event); return; }
    const row = event.target.closest("tbody tr");
    const cell = flat.includes(event.target) ? event.target : null;
    if (event.key === "F2" && row && rows.includes(row)) { event.preventDefault(); edit(cell || editable[rows.indexOf(row)][0]); return; }
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter") { event.preventDefault(); event.stopPropagation(); edit(cell); return; }
    const next = mode && arrows[event.key]?.(cell);
    if (next) { event.preventDefault(); event.stopPropagation(); rest(next); }
  }, true);

  table.addEventListener("dblclick", (event) => {
    const cell = event.target.closest("td");
    if (flat.includes(cell) && !event.target.closest("a, input, button")) edit(cell);
  });

  table.addEventListener("click", (event) => {
    const cell = event.target.closest("td");
    if (mode && flat.includes(cell) && cell !== open?.cell && !event.target.closest("a, input, button")) edit(cell);
  });

  table.addEventListener("focusout", (event) => {
    if (!open || open.busy || open.cell.contains(event.relatedTarget) || !document.hasFocus()) return;
    if (!event.relatedTarget && open.say.textContent) return; // somebody reads what it says
    const { cell } = open;
    window.setTimeout(() => { // a click on another cell has its own way of leaving this one
      if (open?.cell === cell && !open.busy && !cell.contains(document.activeElement) && value() !== open.first) leave();
      else if (open?.cell === cell && !open.busy && !cell.contains(document.activeElement)) close();
    }, 150);
  });

  window.addEventListener("beforeunload", (event) => { if (open && value() !== open.first) event.preventDefault(); });

  const button = one("[data-cells-mode]");
  function turn(on, byHand) {
    mode = on;
    table.classList.toggle("cells-mode", on);
    if (on) table.setAttribute("role", "grid"); else table.removeAttribute("role");
    if (button) button.setAttribute("aria-pressed", String(on));
    flat.forEach((cell) => { if (on) cell.tabIndex = -1; else cell.removeAttribute("tabindex"); });
    if (on && flat.length) rest(flat[0], false);
    if (byHand) announce(on ? say("逐格編輯已開啟：用方向鍵移動，按 Enter 修改；也可以直接點一格。") : say("逐格編輯已關閉。"));
  }

  flat.forEach((cell) => cell.classList.add("can-edit"));
  if (button) {
    button.hidden = !flat.length;
    button.addEventListener("click", () => { remember(!mode); turn(!mode, true); });
  }
  turn(remembered(), false);
}
