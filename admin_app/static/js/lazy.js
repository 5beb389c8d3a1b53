/* Menus whose content is fetched when they are opened, with what the page's own address says. */
import { one, parsed } from "./dom.js";
import { say } from "./words.js";

function load(menu) {
  const panel = one(".menu-panel", menu);
  const address = new URL(menu.dataset.lazy, window.location.href);
  new URL(window.location.href).searchParams.forEach((value, name) => { if (name !== "grid") address.searchParams.append(name, value); });
  return fetch(address, { credentials: "same-origin" })
    .then((answer) => (answer.ok && !answer.redirected ? answer.text() : Promise.reject(new Error(String(answer.status)))))
    .then((html) => {
      panel.replaceChildren(...parsed(html));
      const named = one("[data-view-name]", panel);
      if (named) one("[data-view]", menu).textContent = named.dataset.viewName;
      return true;
    })
    .catch(() => false); // the link that stands there leads to the same
}

export function lazy(menu) {
  const placeholder = one("[data-view]", menu);
  let asked = null;
  menu.addEventListener("toggle", () => { if (menu.open) { asked = asked || load(menu); } });
  const view = new URL(window.location.href).searchParams.get("view");
  if (view && view !== "0" && placeholder.textContent === say("檢視")) asked = load(menu); // a colleague's view, whose name only the menu knows
}
