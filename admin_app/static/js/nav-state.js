/* Folds the groups of the side navigation as they were left. No module: it runs before the menu is painted, so that nothing jumps. */
(() => {
  "use strict";
  let left = {};
  try { left = JSON.parse(localStorage.getItem("portfolio.nav") || "{}") || {}; } catch { /* no storage: as the server folded them */ }
  document.querySelectorAll("[data-nav-group]").forEach((group) => {
    const open = left[group.dataset.navGroup];
    if (typeof open === "boolean") group.open = open || Boolean(group.querySelector("[aria-current]"));
  });
  const nav = document.getElementById("side-nav");
  const current = nav && nav.querySelector("[data-nav-group]:not([data-nav-group='mine']) [aria-current]");
  if (current && nav.scrollHeight > nav.clientHeight) nav.scrollTop = current.offsetTop - nav.clientHeight / 2;
})();
