/* Menus close when something else is clicked; the side navigation opens on a phone. */
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

export function navigation() {
  const toggle = one("[data-nav-toggle]");
  const nav = document.getElementById("side-nav");
  if (!toggle || !nav) return;
  toggle.addEventListener("click", () => toggle.setAttribute("aria-expanded", String(nav.classList.toggle("open"))));
  const current = one("[aria-current]", nav);
  if (current && nav.scrollHeight > nav.clientHeight) nav.scrollTop = current.offsetTop - nav.clientHeight / 2;
}
