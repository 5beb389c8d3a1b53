/* Choosing rows for a bulk action. */
import { all, one } from "./dom.js";
import { say } from "./words.js";

export function bulk(form) {
  const boxes = all('input[name="rowid"], input[data-box]', form);
  const master = one("[data-select-all]", form);
  const count = one("[data-bulk-count]", form);
  const buttons = all('button[name="action"]', form);
  const rest = count.textContent;
  const show = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    count.textContent = chosen ? say("已選 %(n)s 筆", { n: chosen }) : rest;
    buttons.forEach((button) => { button.disabled = !chosen; });
    master.checked = chosen > 0 && chosen === boxes.length;
    master.indeterminate = chosen > 0 && chosen < boxes.length;
  };
  let last = null;
  boxes.forEach((box, index) => box.addEventListener("click", (event) => {
    if (event.shiftKey && last !== null) boxes.slice(Math.min(last, index), Math.max(last, index) + 1).forEach((each) => { each.checked = box.checked; });
    last = index;
    show();
  }));
  master.addEventListener("change", () => { boxes.forEach((box) => { box.checked = master.checked; }); show(); });
  window.addEventListener("pageshow", show);
  show();
}
