/* Date fields: typed in any way the server reads, said again in both calendars, or picked from a calendar. */
import { make, one } from "./dom.js";
import { fromIso, readDay, readMoment, sayDay, writeDay } from "./roc.js";
import { say } from "./words.js";

export function rocDate(input) {
  const hint = document.getElementById(input.dataset.roc);
  const show = () => tell(input, hint);
  input.addEventListener(hint ? "input" : "change", show);
  if (!input.hasAttribute("aria-invalid")) show(); // the server has just said what is wrong
  if (hint) addCalendar(input);
}

/* What is written, as `[day, time]`: null for a blank, undefined for what is no date. */
function written(input) {
  if ("clock" in input.dataset) return readMoment(input.value);
  const date = readDay(input.value);
  return date ? [date, ""] : date;
}

function tell(input, hint) {
  const found = written(input);
  const wrong = "clock" in input.dataset ? say("看不懂這個時間，請輸入如 115/11/23 17:00") : say("看不懂這個日期，請輸入如 115/11/23 或 1151123");
  const text = found ? [sayDay(...found), outside(input, found[0])].filter(Boolean).join("　") : wrong;
  input.title = found === null ? "" : text;
  if (!hint) return;
  hint.textContent = found === null ? hint.dataset.rest : text;
  hint.classList.toggle("field-over", found === undefined);
}

function outside(input, date) {
  const [first, last] = [fromIso(input.dataset.first), fromIso(input.dataset.last)];
  return first && last && (date < first || date > last) ? say("不在這個學期內，請確認") : "";
}

function addCalendar(input) {
  calendarBeside(input, {
    field: one(`label[for="${input.id}"]`)?.firstChild.textContent.trim() || "",
    chosen: () => (written(input) || [])[0],
    choose: (date) => choose(input, date),
  });
}

/* A button at the end of a date field that opens the calendar; Alt with the arrow down opens it from the field. */
export function calendarBeside(input, { field, chosen, choose: pick }) {
  const button = make("button", { type: "button", class: "btn btn-icon date-button", "aria-haspopup": "dialog", "aria-label": say("從月曆選擇：%(field)s", { field }) }, icon("calendar"));
  const box = make("div", { class: "date-box" });
  input.replaceWith(box);
  box.append(input, button);
  const open = () => import("./calendar.js").then(({ openCalendar }) => openCalendar({
    anchor: box,
    chosen: chosen(),
    first: fromIso(input.dataset.first),
    last: fromIso(input.dataset.last),
    optional: !input.required,
    choose: pick,
    closed: () => button.focus(),
  }));
  button.addEventListener("click", open);
  input.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" || !event.altKey) return;
    event.preventDefault();
    open();
  });
}

function choose(input, date) {
  const time = "clock" in input.dataset ? ` ${(written(input) || [])[1] || "00:00"}` : "";
  input.value = date ? `${writeDay(date)}${time}` : "";
  ["input", "change"].forEach((kind) => input.dispatchEvent(new Event(kind, { bubbles: true })));
  if (date && time) window.setTimeout(() => { input.focus(); input.setSelectionRange(input.value.length - 5, input.value.length); });
}

function icon(name) {
  const sprite = one("svg.icon use")?.getAttribute("href").split("#")[0] || "";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}
