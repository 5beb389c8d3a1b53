/* Days and moments in 民國 and western years, read as `models/values/roc.py` reads them; a test compares the two. */
import { say } from "./words.js";

const ERA = "(民國|西元)?\\s*";
const FORMS = [
  new RegExp(`^${ERA}([0-9]{1,4})([/.-])([0-9]{1,2})\\3([0-9]{1,2})$`),
  new RegExp(`^${ERA}([0-9]{1,4})\\s*年\\s*([0-9]{1,2})\\s*月\\s*([0-9]{1,2})\\s*日?$`),
  new RegExp(`^${ERA}([0-9]{2,4})([0-9]{2})([0-9]{2})(?:\\.0+)?$`),
];
const CLOCK = /(?:T|\s+)(?:上午|下午|[AP]M)?\s*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?\s*(?:[AP]M|Z|[+-][0-9]{2}:?[0-9]{2})?$/i;
const MOMENT = /^(.*\S)(?:\s+|T)([0-9]{1,2}):?([0-9]{2})$/;
const MARK = 2; // in FORMS[0] the sign between the numbers is a group of its own

/* Local midnight of a day. `new Date(99, …)` would mean 1999. */
export function day(year, month, date) {
  const made = new Date(2000, month - 1, date);
  made.setFullYear(year, month - 1, date);
  return made;
}

export const iso = (date) => `${String(date.getFullYear()).padStart(4, "0")}-${String(date.getMonth() + 1).padStart(2, "0")}-${String(date.getDate()).padStart(2, "0")}`;
export const fromIso = (text) => (text ? day(...text.split("-").map(Number)) : null);

/* The day that was written; null for a blank, undefined for what is no day. */
export function readDay(text) {
  const written = text.normalize("NFKC").trim();
  if (!written) return null;
  const plain = written.replace(CLOCK, "").trim();
  const numbers = FORMS.map((form, index) => {
    const found = form.exec(plain);
    return found && found.slice(1).filter((_, at) => index || at !== MARK);
  }).find(Boolean);
  if (!numbers) return undefined;
  const [era, digits, month, date] = numbers;
  const year = westernYear(digits, era);
  const made = year ? day(year, Number(month), Number(date)) : undefined;
  return made && made.getMonth() === Number(month) - 1 && made.getDate() === Number(date) ? made : undefined;
}

function westernYear(digits, era) {
  const year = Number(digits);
  const byLength = digits.length === 4 ? "西元" : "民國";
  if (era && era !== byLength) return 0;
  if (byLength === "民國") return year >= 1 && year <= 199 ? year + 1911 : 0;
  return year >= 1900 && year <= 2110 ? year : 0;
}

/* A day with a time of day, as `[day, "17:00"]`; midnight when no time was written. */
export function readMoment(text) {
  const written = text.normalize("NFKC").trim();
  const found = MOMENT.exec(written);
  const date = readDay(found ? found[1] : written);
  if (!date) return date;
  if (!found) return [date, "00:00"];
  const [hour, minute] = [Number(found[2]), Number(found[3])];
  return hour < 24 && minute < 60 ? [date, `${String(hour).padStart(2, "0")}:${found[3]}`] : undefined;
}

export const rocYear = (date) => date.getFullYear() - 1911;

/* `115/11/23`, as the server writes it. */
export function writeDay(date) {
  if (rocYear(date) < 1) return iso(date);
  return `${rocYear(date)}/${String(date.getMonth() + 1).padStart(2, "0")}/${String(date.getDate()).padStart(2, "0")}`;
}

export const WEEKDAYS = ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"];
export const weekday = (date) => say(WEEKDAYS[date.getDay()]);

export function sayDay(date, time = "") {
  const values = { western: iso(date), year: rocYear(date), month: date.getMonth() + 1, day: date.getDate(), weekday: weekday(date), time };
  const told = values.year < 1 ? say("西元 %(western)s（%(weekday)s）", values) : say("民國 %(year)s 年 %(month)s 月 %(day)s 日＝西元 %(western)s（%(weekday)s）", values);
  return time ? `${told} ${time}` : told;
}

export const today = () => fromIso(new Date().toLocaleDateString("sv-SE", { timeZone: "Asia/Taipei" })); // Swedish dates read 2026-11-23
