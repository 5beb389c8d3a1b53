/* Grids: columns and their order, density, labels on a phone's cards, what is cut off. */
import { all, make, one } from "./dom.js";
import { say } from "./words.js";

/* What is empty need not stand in the address. */
export function gridQuery(form) {
  form.addEventListener("formdata", ({ formData }) => {
    Array.from(formData.entries()).forEach(([name, text]) => { if (text === "") formData.delete(name); });
  });
}

export function joinValues(form) {
  form.addEventListener("formdata", ({ formData }) => formData.set(form.dataset.join, formData.getAll(form.dataset.join).join(",")));
}

export function records(table) {
  const labels = all("thead th", table).map((head) => head.firstElementChild.firstChild?.textContent || "");
  const title = Number(table.dataset.title);
  all("tbody td", table).forEach((cell) => { // for a phone's cards: what the values are, and whose card it is
    if (cell.cellIndex === title) cell.classList.add("row-title"); else cell.dataset.zh = labels[cell.cellIndex];
  });
  all("tbody tr", table).forEach((row) => { // 檢視 and 編輯 say of whom, to those who hear one link after the other
    const whom = row.cells[title]?.textContent.trim();
    if (whom) all("td:last-child > a", row).forEach((link) => link.setAttribute("aria-label", `${link.textContent} ${whom}`));
  });
  all("tfoot td", table).forEach((cell) => { cell.dataset.zh = labels[cell.cellIndex]; });
  table.addEventListener("mouseover", (event) => {
    const text = event.target.closest("tbody td");
    if (text && !text.title && text.scrollWidth > text.clientWidth) text.title = text.textContent.trim();
  });
}

/* The columns' order: by the buttons of each, or by Alt and the arrow keys. */
export function columnOrder(form) {
  const list = one(".column-list", form);
  const move = (row, by) => {
    const other = by < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other || other.matches("legend")) return;
    if (by < 0) other.before(row); else other.after(row);
    one("input", row).focus();
  };
  all("div", list).forEach((row) => {
    const zh = row.textContent.trim();
    [["up", -1, say("上移：%(column)s", { column: zh })], ["down", 1, say("下移：%(column)s", { column: zh })]].forEach(([name, by, label]) => {
      const button = make("button", { type: "button", class: `move move-${name}`, "aria-label": label, title: label });
      button.addEventListener("click", () => { move(row, by); button.focus(); });
      row.append(button);
    });
    row.addEventListener("keydown", (event) => {
      if (!event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
      event.preventDefault();
      move(row, event.key === "ArrowUp" ? -1 : 1);
    });
  });
}

/* Density changes at once, is kept on this device, and stands in the address that is sent on. */
export function density(link) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const chosen = link.dataset.density;
    document.cookie = `density=${chosen}; path=/; max-age=31536000; samesite=lax`;
    const table = one("table[data-grid]");
    if (table) table.classList.toggle("compact", chosen === "compact");
    all("[data-density]").forEach((each) => { if (each === link) each.setAttribute("aria-current", "true"); else each.removeAttribute("aria-current"); });
    const address = new URL(window.location.href);
    address.searchParams.set("density", chosen);
    window.history.replaceState(null, "", address);
  });
}
