/* The rows of a grid by keyboard: one of them can be reached by Tab, the keys move on from there. */
import { all, one } from "./dom.js";

const table = () => one("table[data-grid]");
const rows = () => (table() ? all("tbody tr", table()) : []);

/* The row one is in, by focus or as the one last stood in. */
export const current = () => document.activeElement?.closest?.("table[data-grid] tbody tr") || (table() && one('tbody tr[tabindex="0"][data-visited]', table()));

export function stand(row) {
  rows().forEach((each) => { each.tabIndex = each === row ? 0 : -1; });
  row.dataset.visited = "";
}

export function go(row) {
  if (!row) return;
  stand(row);
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

/* The row `by` further on from `from`; the first one when there is none to go on from. */
export function next(by, from = current()) {
  const list = rows();
  const at = list.indexOf(from);
  return at < 0 ? list[0] : list[at + by];
}

export const linkOf = (row, page) => row && one(`a[href^="${page}/"]`, row);

export function roving(grid) {
  all("tbody tr", grid).forEach((row, index) => { row.tabIndex = index ? -1 : 0; });
  grid.addEventListener("focusin", (event) => { const row = event.target.closest("tbody tr"); if (row) stand(row); });
}
