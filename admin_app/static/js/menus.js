/* Menus close when something else is clicked. */
import { all, one } from "./dom.js";

export function closeMenus(except) {
  all("details[data-menu][open]").forEach((menu) => { if (!menu.contains(except)) menu.open = false; });
}

document.addEventListener("click", (event) => closeMenus(event.target));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest("details[data-menu][open]");
  closeMenus(null);
  if (menu) one("summary", menu).focus();
});
