/* Grids: filters, columns, labels on a phone's cards, search by a key. */
import { rocDate } from "./dates.js";
import { all, one } from "./dom.js";
import { closeMenus } from "./menus.js";
import { say } from "./words.js";

function addFilter(form, button) {
  const key = button.dataset.addFilter;
  const zh = button.textContent.trim();
  const rows = one("[data-filter-rows]", form);
  const row = one(`template[data-filter="${button.dataset.form}"]`, form).content.firstElementChild.cloneNode(true);
  rows.insertBefore(row, one("[data-filter-apply]", rows));
  rows.hidden = false;
  const operator = one("[data-op]", row);
  const value = one("[data-filter-value]", row);
  const rename = () => {
    const op = operator.value || operator.dataset.op;
    value.name = `flt.${key}.${op}`;
    const bare = ["empty", "filled"].includes(op);
    value.hidden = bare;
  };
  const choices = one(`template[data-choices="${CSS.escape(key)}"]`, form);
  if (choices) value.append(...choices.content.textContent.split("\n").map((line) => new Option(...line.split("\t").reverse())));
  one("legend", row).textContent = zh;
  if (operator.matches("select")) operator.setAttribute("aria-label", say("%(column)s：條件", { column: zh }));
  value.setAttribute("aria-label", say(value.matches("[data-roc]") ? "%(column)s：日期" : "%(column)s：內容", { column: zh }));
  one("[data-drop-filter]", row).setAttribute("aria-label", say("移除這個條件：%(column)s", { column: zh }));
  if (value.matches("[data-roc]")) rocDate(value);
  operator.addEventListener("change", rename);
  one("[data-drop-filter]", row).addEventListener("click", () => { row.remove(); rows.hidden = !one(".filter-row", rows); });
  rename();
  value.focus();
}

export function gridQuery(form) {
  all("[data-add-filter]", form).forEach((button) => button.addEventListener("click", () => {
    closeMenus(null);
    addFilter(form, button);
  }));
  form.addEventListener("formdata", ({ formData }) => {
    all(".filter-row [data-filter-value]", form).forEach((value) => {
      const bare = /\.(empty|filled)$/.test(value.name);
      formData.set(value.name, bare ? "1" : value.value); // a condition set again replaces the one in the address
    });
    Array.from(formData.entries()).forEach(([name, text]) => { if (text === "") formData.delete(name); });
  });
}

export function joinValues(form) {
  form.addEventListener("formdata", ({ formData }) => formData.set(form.dataset.join, formData.getAll(form.dataset.join).join(",")));
}

export function records(table) {
  const labels = all("thead th", table).map((head) => head.firstElementChild.firstChild?.textContent || "");
  all("tbody td", table).forEach((cell) => { cell.dataset.zh = labels[cell.cellIndex]; }); // shown on a phone's cards
  table.addEventListener("mouseover", (event) => {
    const text = event.target.closest("tbody td");
    if (text && !text.title && text.scrollWidth > text.clientWidth) text.title = text.textContent.trim();
  });
}

document.addEventListener("keydown", (event) => {
  const field = one("[data-search]");
  if (event.key !== "/" || !field || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select") || event.target.isContentEditable) return;
  event.preventDefault();
  field.focus();
  field.select();
});
