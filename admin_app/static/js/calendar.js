/* A calendar to pick a day from, after the ARIA date picker dialog: arrows move by day and week, Home and End to the ends of the
   week, PageUp and PageDown by month, with Shift by year; Enter picks, Escape closes. Weeks begin on Sunday, as calendars in Taiwan do. */
import { one } from "./dom.js";
import { day, fromIso, iso, rocYear, sayDay, today, weekday, WEEKDAYS, writeDay } from "./roc.js";
import { say } from "./words.js";

const GAP = 4;
const SHORT = ["日", "一", "二", "三", "四", "五", "六"];

function make(tag, attributes = {}, text = "") {
  const made = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  if (text) made.textContent = text;
  return made;
}

const moved = (date, days) => day(date.getFullYear(), date.getMonth() + 1, date.getDate() + days);

/* The same day of another month, or its last day where the month is shorter. */
function movedMonths(date, months) {
  const last = day(date.getFullYear(), date.getMonth() + 2 + months, 0);
  return day(last.getFullYear(), last.getMonth() + 1, Math.min(date.getDate(), last.getDate()));
}

export function openCalendar({ anchor, chosen, first, last, optional, choose, closed }) {
  let focused = chosen || nearest(today(), first, last);
  const dialog = make("dialog", { class: "calendar", "aria-label": say("選擇日期") });
  const heading = make("h2", { id: "calendar-month", "aria-live": "polite" });
  const grid = make("table", { role: "grid", "aria-labelledby": "calendar-month" });
  dialog.append(head(heading, turn), grid, foot({ first, last, optional, pick }));
  document.body.append(dialog);

  function turn(months) { focused = movedMonths(focused, months); draw(); }
  function pick(date) { dialog.close(); choose(date); }
  function draw() {
    const values = { year: rocYear(focused), western: focused.getFullYear(), month: focused.getMonth() + 1 };
    heading.textContent = values.year < 1 ? say("西元 %(western)s 年 %(month)s 月", values) : say("民國 %(year)s 年 %(month)s 月（%(western)s）", values);
    grid.replaceChildren(names(), weeks({ focused, chosen, first, last }));
  }
  function go(date) {
    focused = date;
    draw();
    one('[tabindex="0"]', grid).focus();
  }

  grid.addEventListener("click", (event) => {
    const cell = event.target.closest("[data-day]");
    if (cell) pick(fromIso(cell.dataset.day));
  });
  grid.addEventListener("keydown", (event) => {
    const steps = {
      ArrowLeft: () => moved(focused, -1), ArrowRight: () => moved(focused, 1), ArrowUp: () => moved(focused, -7), ArrowDown: () => moved(focused, 7),
      Home: () => moved(focused, -focused.getDay()), End: () => moved(focused, 6 - focused.getDay()),
      PageUp: () => movedMonths(focused, event.shiftKey ? -12 : -1), PageDown: () => movedMonths(focused, event.shiftKey ? 12 : 1),
    };
    if (event.key in steps) { event.preventDefault(); go(steps[event.key]()); }
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); pick(focused); }
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("close", () => { dialog.remove(); closed(); });
  draw();
  dialog.showModal();
  place(dialog, anchor);
  one('[tabindex="0"]', grid).focus();
}

const nearest = (date, first, last) => (first && date < first ? first : last && date > last ? last : date);

function head(heading, turn) {
  const box = make("div", { class: "calendar-head" });
  const button = (label, sign, months) => {
    const made = make("button", { type: "button", class: "btn btn-icon", "aria-label": label, title: label }, sign);
    made.addEventListener("click", () => turn(months));
    return made;
  };
  box.append(button(say("上一年"), "«", -12), button(say("上個月"), "‹", -1), heading, button(say("下個月"), "›", 1), button(say("下一年"), "»", 12));
  return box;
}

function foot({ first, last, optional, pick }) {
  const box = make("div", { class: "calendar-foot" });
  const button = (text, date) => {
    const made = make("button", { type: "button", class: "btn" }, text);
    made.addEventListener("click", () => pick(date));
    return made;
  };
  box.append(button(say("今天"), today()));
  if (optional) box.append(button(say("清除"), null));
  if (first && last) box.append(make("span", { class: "calendar-note" }, say("本學期 %(first)s–%(last)s", { first: writeDay(first), last: writeDay(last) })));
  return box;
}

function names() {
  const row = make("tr");
  WEEKDAYS.forEach((name, index) => row.append(make("th", { scope: "col", abbr: say(name) }, say(SHORT[index]))));
  const box = make("thead");
  box.append(row);
  return box;
}

function weeks({ focused, chosen, first, last }) {
  const body = make("tbody");
  const start = day(focused.getFullYear(), focused.getMonth() + 1, 1);
  const end = day(focused.getFullYear(), focused.getMonth() + 2, 0);
  for (let date = moved(start, -start.getDay()); date <= end; date = moved(date, 7)) {
    const row = make("tr");
    for (let offset = 0; offset < 7; offset += 1) row.append(cell(moved(date, offset), { focused, chosen, first, last }));
    body.append(row);
  }
  return body;
}

function cell(date, { focused, chosen, first, last }) {
  if (date.getMonth() !== focused.getMonth()) return make("td");
  const same = (other) => Boolean(other) && iso(other) === iso(date);
  const is = { today: same(today()), outside: (first && date < first) || (last && date > last) };
  const made = make("td", {
    role: "gridcell", "data-day": iso(date), tabindex: same(focused) ? "0" : "-1", "aria-selected": String(same(chosen)),
    "aria-label": `${sayDay(date).split("＝")[0]} ${weekday(date)}`, class: Object.keys(is).filter((name) => is[name]).map((name) => `is-${name}`).join(" "),
  }, String(date.getDate()));
  if (is.today) made.setAttribute("aria-current", "date");
  return made;
}

/* Under the field, or above it where there is no room; in the middle of a phone. */
function place(dialog, anchor) {
  if (window.innerWidth < 480) return;
  const [box, own] = [anchor.getBoundingClientRect(), dialog.getBoundingClientRect()];
  const below = box.bottom + GAP + own.height <= window.innerHeight;
  dialog.style.margin = "0";
  dialog.style.left = `${Math.max(GAP, Math.min(box.left, window.innerWidth - own.width - GAP))}px`;
  dialog.style.top = `${Math.max(GAP, below ? box.bottom + GAP : box.top - own.height - GAP)}px`;
}

