/* A row in a side panel: the content of its details page, masked as there. Without script the link opens the page itself. */
import { all, make, one } from "./dom.js";
import { go, linkOf, next } from "./rows.js";
import { say } from "./words.js";

const NARROW = "(max-width: 47.99rem)";
let panel = null;
let shown = null;

const button = (zh, name, act) => {
  const made = make("button", { type: "button", class: `btn btn-icon preview-${name}`, "aria-label": zh, title: zh });
  made.addEventListener("click", act);
  return made;
};

function build() {
  const title = make("h2", { id: "preview-title", tabindex: "-1" });
  const page = make("a", { class: "btn", "data-page": true }, say("開整頁"));
  const edit = make("a", { class: "btn btn-primary", "data-edit": true }, say("編輯"));
  const head = make("div", { class: "preview-head" }, title, button(say("上一筆"), "previous", () => step(-1)), button(say("下一筆"), "next", () => step(1)), button(say("關閉"), "close", () => panel.close()));
  const foot = make("p", { class: "preview-foot" }, page, edit);
  const dialog = make("dialog", { class: "preview", "aria-labelledby": "preview-title" }, head, make("div", { class: "preview-body", "aria-live": "polite" }), foot);
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    dialog.close();
  });
  dialog.addEventListener("close", () => { const row = shown; mark(null); go(row); });
  document.body.append(dialog);
  return dialog;
}

function mark(row) {
  if (shown) shown.removeAttribute("aria-current");
  shown = row;
  if (row) row.setAttribute("aria-current", "true");
}

/* The details page without its frame: numbered headings one deeper, ids that are nobody else's. */
function contentOf(html) {
  const main = new DOMParser().parseFromString(html, "text/html").getElementById("main");
  const title = one("h1", main).textContent.trim();
  const reason = one(".page-head .reason", main);
  const parts = Array.from(main.children).filter((part) => !part.matches(".page-head, .messages, .demo-bar, .tabs"));
  const body = make("div", {}, ...(reason ? [reason] : []), ...parts);
  all("h2", body).forEach((heading) => heading.replaceWith(make("h3", { id: heading.id || false }, ...heading.childNodes)));
  all("[id]", body).forEach((part) => { part.id = `preview-${part.id}`; });
  ["aria-labelledby", "aria-describedby"].forEach((name) => all(`[${name}]`, body).forEach((part) => part.setAttribute(name, `preview-${part.getAttribute(name)}`)));
  return { title, body };
}

function load(row) {
  const link = linkOf(row, "details");
  const edit = linkOf(row, "edit");
  const body = one(".preview-body", panel);
  const title = one("#preview-title", panel);
  one("[data-page]", panel).href = link.href;
  one("[data-edit]", panel).hidden = !edit;
  if (edit) one("[data-edit]", panel).href = edit.href;
  one(".preview-previous", panel).disabled = !next(-1, row);
  one(".preview-next", panel).disabled = !next(1, row);
  body.setAttribute("aria-busy", "true");
  fetch(link.href, { credentials: "same-origin" })
    .then((answer) => {
      if (answer.redirected) { window.location.assign(link.href); throw new Error("signed out"); }
      return answer.ok ? answer.text() : Promise.reject(new Error(String(answer.status)));
    })
    .then((html) => {
      if (shown !== row) return;
      const found = contentOf(html);
      title.textContent = found.title;
      body.replaceChildren(...found.body.childNodes);
      body.scrollTop = 0;
    })
    .catch(() => {
      if (shown !== row) return;
      title.textContent = say("讀不到這一筆");
      body.replaceChildren(make("p", {}, say("可能已被刪除，或連線中斷。請重新整理清單後再試。")));
    })
    .finally(() => body.removeAttribute("aria-busy"));
}

export function preview(row) {
  if (!linkOf(row, "details")) return;
  panel = panel || build();
  mark(row);
  if (!panel.open) {
    one("#preview-title", panel).textContent = say("讀取中…");
    one(".preview-body", panel).replaceChildren();
    if (window.matchMedia(NARROW).matches) panel.showModal(); else panel.show();
    one("#preview-title", panel).focus();
  }
  load(row);
}

export const isOpen = () => Boolean(panel?.open);

/* The next row in the panel; the focus stays where it is. */
export function step(by) {
  const row = next(by, shown);
  if (!row) return;
  row.scrollIntoView({ block: "nearest" });
  preview(row);
  if (document.activeElement?.disabled) one("#preview-title", panel).focus();
}

export function previews(grid) {
  grid.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="details/"]');
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    preview(link.closest("tr"));
  });
}
