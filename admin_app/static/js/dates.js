/* Dates in 民國 and western years. */
import { say } from "./words.js";

const WEEKDAYS = ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"];

export function readDate(text) {
  const plain = text.normalize("NFKC").trim().replace(/^民國\s*/, "").replace(/\s+\d{1,2}:?\d{2}$/, "").replace(/[年月]/g, "/").replace(/日$/, "");
  const parts = /^(\d{2,4})[/.-](\d{1,2})[/.-](\d{1,2})$/.exec(plain) || /^(\d{2,4})(\d{2})(\d{2})$/.exec(plain);
  if (!parts) return null;
  const [year, month, day] = parts.slice(1).map(Number);
  const western = year < 1000 ? year + 1911 : year;
  const date = new Date(western, month - 1, day);
  return date.getMonth() === month - 1 && date.getDate() === day ? date : null;
}

export function sayDate(date) {
  const western = date.toLocaleDateString("sv-SE"); // Swedish dates read 2026-11-23
  const values = { western, year: date.getFullYear() - 1911, month: date.getMonth() + 1, day: date.getDate(), weekday: say(WEEKDAYS[date.getDay()]) };
  if (values.year < 1) return say("西元 %(western)s（%(weekday)s）", values);
  return say("民國 %(year)s 年 %(month)s 月 %(day)s 日＝西元 %(western)s（%(weekday)s）", values);
}

export function rocDate(input) {
  const hint = document.getElementById(input.dataset.roc);
  const show = () => {
    const date = readDate(input.value);
    const text = date ? sayDate(date) : say("看不懂這個日期，請輸入如 115/11/23 或 1151123");
    input.title = input.value.trim() ? text : "";
    if (!hint) return;
    hint.textContent = input.value.trim() ? text : hint.dataset.rest;
    hint.classList.toggle("field-over", Boolean(input.value.trim()) && !date);
  };
  input.addEventListener(hint ? "input" : "change", show);
  if (!input.hasAttribute("aria-invalid")) show(); // the server has just said what is wrong
}
