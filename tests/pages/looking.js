/* What a kept page is asked in the browser, after axe was put into it. */
globalThis.house = {
  /* The rows of a table are alike: the first say what all would. */
  shorten: most => document.querySelectorAll("tbody").forEach(each => [...each.rows].slice(most).forEach(row => row.remove())),
  objections: async only => {
    const frame = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    await frame();
    document.getAnimations().forEach(each => each.finish());
    await frame();
    const found = await axe.run(document, {runOnly: only, resultTypes: ["violations"]});
    return found.violations.flatMap(each => each.nodes.map(node =>
      `${each.id}: ${node.html.slice(0, 160)} ‹${(node.any[0] || node.all[0] || node.none[0] || {message: each.help}).message.slice(0, 160)}›`));
  },
  tooWide: () => {
    const page = document.documentElement, room = page.clientWidth;
    if (page.scrollWidth <= room) return [];
    const wide = [...document.body.querySelectorAll("*")].filter(each => each.getBoundingClientRect().right > room + 1);
    const last = wide.filter(each => !wide.some(other => each !== other && each.contains(other)));
    return [`${page.scrollWidth} > ${room}: ` + last.slice(0, 3).map(each => each.outerHTML.slice(0, 120)).join(" · ")];
  },
  unseenFocus: () => {
    const can = "a[href], button:not([disabled]), input:not([type=hidden]):not([disabled]), select:not([disabled]), textarea, summary, [tabindex='0']";
    const look = each => { const s = getComputedStyle(each);
      return [s.outlineStyle === "none" ? "" : s.outlineStyle + s.outlineWidth + s.outlineColor, s.boxShadow, s.borderColor, s.backgroundColor].join() };
    const around = each => [each, each.parentElement, each.parentElement?.parentElement, each.nextElementSibling, each.firstElementChild].filter(Boolean).map(look).join("|");
    const missing = [];
    for (const each of [...document.querySelectorAll(can)].filter(each => each.checkVisibility() && each.tabIndex >= 0).slice(0, 60)) {
      document.activeElement?.blur();
      const before = around(each);
      each.focus({focusVisible: true, preventScroll: true});
      if (document.activeElement === each && around(each) === before) missing.push(each.outerHTML.slice(0, 120));
    }
    return missing;
  },
};
