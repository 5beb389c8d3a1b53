/* What was typed is kept on this device until it is saved: by account, form and record, for a week, without sensitive fields. */
import { all, one } from "./dom.js";
import { say } from "./words.js";

const PREFIX = "portfolio.draft.";
const WIPED = "portfolio.wiped";
const LASTS = 7 * 24 * 60 * 60 * 1000;
const MOST = 3;
const MARKS = ["version", "opened", "once"];
const NEVER = ["csrf_token", "_save", "_add_another", "_review", "_merge"];

/* ---- the store; a browser that keeps nothing for us only loses the convenience ---- */
function read(key) {
  try {
    const found = JSON.parse(window.localStorage.getItem(key));
    return Array.isArray(found) ? found.filter((draft) => Date.now() - draft.at < LASTS) : [];
  } catch { return []; }
}

function write(key, drafts) {
  try {
    if (drafts.length) window.localStorage.setItem(key, JSON.stringify(drafts.slice(-MOST)));
    else window.localStorage.removeItem(key);
  } catch { /* full, or not allowed */ }
}

function keys() {
  try { return Object.keys(window.localStorage).filter((key) => key.startsWith(PREFIX)); } catch { return []; }
}

/* Another account's drafts, and those nobody came back to, go when a page opens; whoever is not signed in clears nothing. */
export function tidyDrafts(account) {
  keys().forEach((key) => {
    if (account && !key.startsWith(`${PREFIX}${account}.`)) write(key, []);
    else write(key, read(key));
  });
}

/* Everything goes when somebody signs out: the next person at this computer finds nothing. */
export function wipeOnSignOut(form) {
  form.addEventListener("submit", () => {
    keys().forEach((key) => write(key, []));
    try {
      window.sessionStorage.clear();
      window.localStorage.setItem(WIPED, String(Date.now()));
    } catch { /* nothing was kept */ }
  });
}

/* The page after saving: what was sent under this name is safe with the server. */
export function forgetSaved(note, account) {
  const key = `${PREFIX}${account}.${note.dataset.saved}`;
  write(key, read(key).filter((draft) => !draft.sent));
}

/* ---- what a form holds ---- */
const isKept = (control) => control.name && !NEVER.includes(control.name) && !control.closest("[data-private]")
  && !["submit", "button", "file", "password"].includes(control.type);

function held(form) {
  const values = {};
  Array.from(form.elements).filter(isKept).forEach((control) => {
    const list = values[control.name] ||= [];
    if (control.matches("select[multiple]")) list.push(...Array.from(control.selectedOptions, (option) => option.value));
    else if (!["checkbox", "radio"].includes(control.type) || control.checked) list.push(control.value);
  });
  return values;
}

/* The typed part of it, to be compared: neither the hidden marks nor the order of things picked. */
export function stateOf(form) {
  const values = held(form);
  MARKS.forEach((name) => delete values[name]);
  const secret = Array.from(form.elements).filter((control) => control.closest("[data-private]")).map((control) => control.value);
  return JSON.stringify([Object.entries(values).map(([name, list]) => [name, [...list].sort()]), secret]);
}

const typedState = (values) => JSON.stringify(Object.entries(values).filter(([name]) => !MARKS.includes(name)).map(([name, list]) => [name, [...list].sort()]));

function labels(form) {
  const found = {};
  all("select[data-pick-url]", form).filter(isKept).forEach((select) => {
    Array.from(select.selectedOptions).filter((option) => option.value).forEach((option) => { (found[select.name] ||= {})[option.value] = option.text; });
  });
  return found;
}

function fill(form, draft) {
  Array.from(form.elements).filter((control) => isKept(control) && control.name in draft.values).forEach((control) => {
    const texts = draft.values[control.name];
    if (control.tomselect) {
      Object.entries((draft.labels || {})[control.name] || {}).forEach(([value, text]) => control.tomselect.addOption({ value, text }));
      control.tomselect.setValue(control.multiple ? texts : texts[0] || "", true);
    } else if (["checkbox", "radio"].includes(control.type)) control.checked = texts.includes(control.value);
    else if (control.matches("select[multiple]")) Array.from(control.options).forEach((option) => { option.selected = texts.includes(option.value); });
    else control.value = texts[0] ?? "";
    control.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

/* ---- one form's draft ---- */
function when(draft) {
  const at = new Date(draft.at);
  const time = at.toLocaleTimeString("zh-TW", { hour: "2-digit", minute: "2-digit", hour12: false });
  return at.toDateString() === new Date().toDateString() ? time : `${at.getMonth() + 1}/${at.getDate()} ${time}`;
}

function leftOut(form) {
  const named = all("[data-private] label", form).map((label) => label.firstChild.textContent.trim());
  return named.length ? say("「%(fields)s」不會留在裝置上，請重新填寫。", { fields: named.join("、") }) : "";
}

function note(form, text, buttons) {
  const box = document.createElement("div");
  box.className = "note note-draft";
  box.setAttribute("role", "status");
  const words = document.createElement("span");
  box.append(words, ...buttons.map(([label, act, strong]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = strong ? "btn btn-primary" : "btn";
    button.textContent = label;
    button.addEventListener("click", act);
    return button;
  }));
  form.before(box);
  words.textContent = text;
  return box;
}

export function draft(form) {
  const key = `${PREFIX}${form.dataset.owner}.${form.dataset.draft}`;
  if (form.hasAttribute("data-draft-keep")) { sentAgain(form, key); return; }
  const blank = held(form);
  const isSentBack = form.hasAttribute("data-dirty");
  let id = Date.now();
  let stopped = false;
  let timer = 0;
  const others = () => read(key).filter((each) => each.id !== id);
  const drop = (gone) => write(key, read(key).filter((each) => each.id !== gone));
  const keep = (sent) => {
    window.clearTimeout(timer);
    if (stopped) return;
    const values = held(form);
    const changed = isSentBack || typedState(values) !== typedState(blank);
    write(key, changed ? [...others(), { id, at: Date.now(), sent, values, labels: labels(form) }] : others());
  };
  const later = () => { window.clearTimeout(timer); timer = window.setTimeout(() => keep(false), 400); };
  ["input", "change"].forEach((kind) => form.addEventListener(kind, later));
  form.addEventListener("submit", (event) => { if (!event.defaultPrevented) keep(true); });
  window.addEventListener("pagehide", () => { if (timer && !form.hasAttribute("data-sent")) keep(false); });
  window.addEventListener("storage", (event) => { if (event.key === WIPED) stopped = true; });

  const restore = (found) => {
    id = found.id;
    fill(form, found);
    keep(false);
    note(form, [say("已復原 %(time)s 的內容，還沒有儲存。", { time: when(found) }), leftOut(form)].join(""), [
      [say("捨棄，回到原來的內容"), () => { drop(found.id); stopped = true; form.dispatchEvent(new Event("draft-dropped")); window.location.replace(window.location.pathname + window.location.search); }],
    ]);
  };
  const offer = () => {
    const found = others().filter((each) => typedState(each.values) !== typedState(blank)).at(-1);
    if (!found) return;
    if (window.location.hash === "#draft") { restore(found); return; }
    const text = found.sent ? say("找到 %(time)s 送出、但沒有收到儲存結果的內容。", { time: when(found) }) : say("找到 %(time)s 未儲存的內容。", { time: when(found) });
    const box = note(form, text + leftOut(form), [
      [say("復原"), () => { box.remove(); restore(found); one("input:not([type=hidden]), textarea", form)?.focus(); }, true],
      [say("捨棄"), () => { box.remove(); drop(found.id); offer(); }],
    ]);
  };
  if (isSentBack) id = read(key).filter((each) => each.sent).at(-1)?.id ?? id;
  else offer();
  if (isSentBack) keep(false);
}

/* The page of two texts: what it sends is the same typing once more. */
function sentAgain(form, key) {
  one("[data-draft-drop]", form)?.addEventListener("click", () => {
    write(key, read(key).filter((each) => !each.sent));
    form.dispatchEvent(new Event("draft-dropped"));
  });
}
