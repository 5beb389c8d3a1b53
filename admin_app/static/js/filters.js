/* The filter builder: a column is chosen from the menu or by its chip, its condition is set in a dialog, the address says the rest. */
import { calendarBeside } from "./dates.js";
import { day, readDay, sayDay, today, writeDay } from "./roc.js";
import { all, askJson, make, one } from "./dom.js";
import { closeMenus } from "./menus.js";
import { say } from "./words.js";

const FEW = 8;
const wide = (text) => text.normalize("NFKC").trim();

/* Ways to filter a column of each form: name, label, and the operator(s) it writes. */
const WAYS = {
  list: () => say("是下列任一項"),
  has: () => say("包含文字"),
  is: () => say("等於"),
  range: () => say("介於"),
  empty: () => say("空白"),
  filled: () => say("非空白"),
};
const WAYS_OF = { pick: ["list", "has"], choice: ["list"], words: ["list"], bool: ["list"], text: ["has", "is"], date: ["range"], number: ["range"] };

const here = () => new URL(window.location.href).searchParams;
const listed = (form) => (form === "words" ? "holds" : "is");

/* What the address says of a column: the way, and its values. */
function said(key, form) {
  const args = here();
  const values = (op) => args.getAll(`flt.${key}.${op}`).filter(Boolean);
  const empty = values("empty")[0];
  if (empty) return { way: empty === "1" ? "empty" : "filled", values: [] };
  if (WAYS_OF[form][0] === "range") {
    const exact = values("is").slice(-1)[0] || "";
    return { way: "range", values: [values("from").slice(-1)[0] || exact, values("to").slice(-1)[0] || exact] };
  }
  const way = WAYS_OF[form].find((each) => values(each === "list" ? listed(form) : each).length);
  return { way: way || WAYS_OF[form][0], values: way ? values(way === "list" ? listed(form) : way) : [] };
}

function go(key, pairs) {
  const args = here();
  Array.from(args.keys()).forEach((name) => { if (name.startsWith(`flt.${key}.`) || ["page", "after", "before"].includes(name)) args.delete(name); });
  pairs.forEach(([op, value]) => args.append(`flt.${key}.${op}`, value));
  if (Array.from(args.keys()).every((name) => ["view", "semester"].includes(name)) && args.has("view")) args.set("view", "0"); // its number alone would bring all of it back
  window.location.assign(`${window.location.pathname}?${args}`);
}

/* ---- the parts of the dialog: each has `node` and `read`, which answers [[op, value], …] or throws what is wrong ---- */
function listPart(column, url, chosen) {
  const picked = new Map(chosen.map((id) => [id, id]));
  const box = make("div", { class: "filter-options", role: "group", "aria-label": column.zh });
  const status = make("p", { class: "field-help", role: "status" });
  const search = make("input", { class: "form-control", type: "search", placeholder: say("輸入文字縮小範圍"), "aria-label": say("在「%(column)s」的選項中搜尋", { column: column.zh }), hidden: true, autocomplete: "off" });
  const show = (options) => {
    const found = new Map(options.map((each) => [each.id, each.text]));
    picked.forEach((text, id) => { if (found.has(id)) picked.set(id, found.get(id)); });
    const first = Array.from(picked).map(([id, text]) => ({ id, text }));
    const rest = options.filter((each) => !picked.has(each.id));
    box.replaceChildren(...[...first, ...rest].map((each) => {
      const tick = make("input", { class: "form-check-input", type: "checkbox", value: each.id, checked: picked.has(each.id) });
      tick.addEventListener("change", () => { if (tick.checked) picked.set(each.id, each.text); else picked.delete(each.id); });
      return make("label", { class: "form-check" }, tick, make("span", { class: "form-check-label" }, each.text));
    }));
    status.textContent = box.childElementCount ? "" : say("沒有符合的項目");
  };
  let known = [];
  const ask = (query) => {
    const address = new URL(url, window.location.href);
    address.searchParams.set("column", column.key);
    if (query) address.searchParams.set("query", query);
    status.textContent = say("搜尋中…");
    return askJson(address, "GET").then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))));
  };
  const failed = () => { status.textContent = say("搜尋失敗，請再試一次"); };
  let timer = 0;
  let latest = "";
  search.addEventListener("input", () => {
    window.clearTimeout(timer);
    const text = wide(search.value);
    latest = text;
    if (column.form !== "pick") { show(known.filter((each) => each.text.includes(text))); return; }
    timer = window.setTimeout(() => ask(text).then((options) => { if (latest === text) show(options); }).catch(failed), 200);
  });
  search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  ask("").then((options) => {
    known = options;
    search.hidden = options.length <= FEW;
    show(options);
    (search.hidden ? one("input", box) : search)?.focus();
  }).catch(failed);
  const read = () => {
    if (!picked.size) throw new Error(say("請至少勾選一項"));
    return Array.from(picked.keys()).map((id) => [listed(column.form), id]);
  };
  return { node: make("div", { class: "filter-list" }, search, box, status), read };
}

function textPart(column, op, values) {
  const rows = make("div", { class: "filter-texts" });
  const add = (value) => {
    const input = make("input", { class: "form-control", value, "aria-label": say("%(column)s：內容", { column: column.zh }), maxlength: 100, autocomplete: "off" });
    rows.append(input);
    return input;
  };
  (values.length ? values : [""]).forEach(add);
  const more = make("button", { type: "button", class: "btn btn-link" }, say("＋ 或是…"));
  more.addEventListener("click", () => add("").focus());
  const read = () => {
    const texts = all("input", rows).map((input) => input.value.trim()).filter(Boolean);
    if (!texts.length) throw new Error(say("請輸入文字"));
    return texts.map((text) => [op, text]);
  };
  return { node: make("div", {}, rows, more), read, focus: one("input", rows) };
}

function rangePart(column, [from, to]) {
  const isDate = column.form === "date";
  const labels = isDate ? [say("起日"), say("迄日")] : [say("不小於"), say("不大於")];
  const hint = make("p", { class: "field-help", "aria-live": "polite" }, isDate ? say("民國或西元都可以，例如 115/11/23、1151123；只填一邊也可以") : say("只填一邊也可以"));
  const inputs = [from, to].map((value, index) => make("input", { class: "form-control", value, inputmode: isDate ? "text" : "decimal", "aria-label": `${column.zh}：${labels[index]}`, autocomplete: "off", placeholder: isDate ? "115/11/23" : "" }));
  if (isDate) inputs.forEach((input) => input.addEventListener("input", () => { const date = readDay(input.value); if (date) hint.textContent = sayDay(date); }));
  const row = make("div", { class: "filter-range" }, ...inputs.map((input, index) => make(isDate ? "div" : "label", {}, make("span", {}, labels[index]), input)));
  if (isDate) inputs.forEach((input, index) => calendarBeside(input, { field: `${column.zh}，${labels[index]}`, chosen: () => readDay(input.value), choose: (date) => set(input, date) }));
  function set(input, date) {
    input.value = date ? writeDay(date) : "";
    input.dispatchEvent(new Event("input"));
  }
  const quick = make("p", { class: "filter-quick" });
  if (isDate) {
    const now = today();
    const [year, month] = [now.getFullYear(), now.getMonth() + 1];
    [[say("今天"), now, now], [say("最近七天"), day(year, month, now.getDate() - 6), now], [say("本月"), day(year, month, 1), day(year, month + 1, 0)]]
      .forEach(([zh, first, last]) => {
        const button = make("button", { type: "button", class: "btn" }, zh);
        button.addEventListener("click", () => { set(inputs[0], first); set(inputs[1], last); });
        quick.append(button);
      });
  }
  const check = (text) => {
    if (text && isDate && !readDay(text)) throw new Error(say("看不懂「%(text)s」，請輸入如 115/11/23 或 1151123", { text }));
    if (text && !isDate && !/^-?\d+(\.\d+)?$/.test(text)) throw new Error(say("看不懂「%(text)s」，請輸入數字", { text }));
    return text && (isDate ? readDay(text).getTime() : Number(text));
  };
  const read = () => {
    const texts = inputs.map((input) => wide(input.value));
    const [first, last] = texts.map(check);
    if (texts.join("") === "") throw new Error(say("請至少填一邊"));
    if (first !== "" && last !== "" && first > last) throw new Error(say("起點在終點之後，請對調"));
    return [["from", texts[0]], ["to", texts[1]]].filter(([, text]) => text);
  };
  return { node: make("div", {}, row, quick, hint), read, focus: inputs[0] };
}

const barePart = (value) => ({ node: make("p", { class: "field-help" }, value === "1" ? say("只列出這一欄沒有填的資料。") : say("只列出這一欄已經填的資料。")), read: () => [["empty", value]] });

function partFor(column, way, url, values) {
  if (way === "list") return listPart(column, url, values);
  if (way === "range") return rangePart(column, values.length ? values : ["", ""]);
  if (way === "empty" || way === "filled") return barePart(way === "empty" ? "1" : "0");
  return textPart(column, way, values);
}

function open(column, url, opener) {
  const now = said(column.key, column.form);
  const ways = [...WAYS_OF[column.form], ...(column.mayBeEmpty || ["empty", "filled"].includes(now.way) ? ["empty", "filled"] : [])];
  const choice = make("select", { class: "form-select", "aria-label": say("%(column)s：條件", { column: column.zh }), hidden: ways.length === 1 }, ...ways.map((way) => new Option(WAYS[way](), way, false, way === now.way)));
  const place = make("div", { class: "filter-part" });
  const problem = make("p", { class: "field-error", role: "alert" });
  const cancel = make("button", { type: "button", class: "btn" }, say("取消"));
  const foot = make("p", { class: "filter-foot" }, make("button", { class: "btn btn-primary" }, say("套用篩選")), cancel);
  const form = make("form", { method: "dialog", novalidate: true }, make("h2", { id: "filter-title" }, say("篩選：%(column)s", { column: column.zh })), choice, place, problem, foot);
  const dialog = make("dialog", { class: "filter-box", "aria-labelledby": "filter-title" }, form);
  const exists = Array.from(here().keys()).some((name) => name.startsWith(`flt.${column.key}.`));
  if (exists) {
    const drop = make("button", { type: "button", class: "btn btn-quiet-danger" }, say("移除這個條件"));
    drop.addEventListener("click", () => go(column.key, []));
    foot.append(drop);
  }
  let part = null;
  const show = (values) => {
    part = partFor(column, choice.value, url, values);
    place.replaceChildren(part.node);
    problem.textContent = "";
    part.focus?.focus();
  };
  choice.addEventListener("change", () => show([]));
  cancel.addEventListener("click", () => dialog.close());
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    try { go(column.key, part.read()); } catch (error) { problem.textContent = error.message; part.focus?.focus(); }
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => { dialog.remove(); opener.focus(); });
  document.body.append(dialog);
  dialog.showModal();
  show(now.values);
}

export function filters(menu) {
  const url = menu.dataset.filters;
  const summary = one("summary", menu);
  const columns = new Map(all("[data-filter]", menu).map((button) => [button.dataset.filter, {
    key: button.dataset.filter, form: button.dataset.form, zh: button.textContent.trim(), mayBeEmpty: "empty" in button.dataset, button,
  }]));
  columns.forEach((column) => column.button.addEventListener("click", () => { closeMenus(null); open(column, url, summary); }));
  all("[data-chip]").forEach((chip) => {
    const column = columns.get(chip.dataset.chip);
    if (column) chip.addEventListener("click", () => open(column, url, chip)); else chip.disabled = true;
  });
}
