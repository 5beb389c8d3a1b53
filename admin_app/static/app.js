/* What pages do beyond plain HTML. No inline handlers: behaviour is found by data attributes. Without this file
   pages still work, except adding filters, picking people by typing and the labels on a phone's cards. */
(() => {
  "use strict";
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
  const one = (selector, root = document) => root.querySelector(selector);

  /* ---- menus and navigation ---- */
  function closeMenus(except) {
    all("details[data-menu][open]").forEach((menu) => { if (!menu.contains(except)) menu.open = false; });
  }

  document.addEventListener("click", (event) => closeMenus(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = event.target.closest("details[data-menu][open]");
    closeMenus(null);
    if (menu) one("summary", menu).focus();
  });

  function navigation() {
    const toggle = one("[data-nav-toggle]");
    const nav = document.getElementById("side-nav");
    if (!toggle || !nav) return;
    toggle.addEventListener("click", () => toggle.setAttribute("aria-expanded", String(nav.classList.toggle("open"))));
    const current = one("[aria-current]", nav);
    if (current && nav.scrollHeight > nav.clientHeight) nav.scrollTop = current.offsetTop - nav.clientHeight / 2;
  }

  /* ---- picking by typing ---- */
  const pickTexts = {
    loading: () => '<div class="no-results">查詢中…</div>',
    option: (data, escape) => `<div>${escape(data.text)}</div>`,
    item: (data, escape) => `<div>${escape(data.text)}</div>`,
  };

  /* The lookup answers [[id, text], …] (Flask-Admin's form) or [{id, text}, …]. */
  const asOption = (row) => (Array.isArray(row) ? { value: String(row[0]), text: row[1] } : { value: String(row.value ?? row.id), text: row.text });

  function lookUp(url, query) {
    const address = new URL(url, window.location.href);
    address.searchParams.set("query", query);
    return fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))))
      .then((rows) => rows.map(asOption));
  }

  function pick(select) {
    if (select.tomselect || !window.TomSelect) return;
    let failed = false;
    const settings = {
      placeholder: select.dataset.placeholder || "輸入文字查詢",
      hidePlaceholder: true,
      hideSelected: true,
      maxOptions: 50,
      plugins: select.multiple ? { remove_button: { title: "移除" } } : select.required ? {} : { clear_button: { title: "清除" } },
      render: { ...pickTexts, no_results: () => `<div class="no-results">${failed ? "查詢失敗，請再試一次" : "查無符合的項目"}</div>` },
    };
    if (select.dataset.pickUrl) {
      Object.assign(settings, {
        preload: "focus",
        loadThrottle: 200,
        searchField: [],
        score: () => () => 1,
        load(query, done) {
          this.clearOptions((option) => this.items.includes(option.value));
          lookUp(select.dataset.pickUrl, query)
            .then((options) => { failed = false; done(options); })
            .catch(() => { failed = true; done(); });
        },
      });
    }
    const widget = new window.TomSelect(select, settings);
    ["aria-describedby", "aria-invalid", "aria-label"].forEach((name) => {
      if (select.hasAttribute(name)) widget.control_input.setAttribute(name, select.getAttribute(name));
    });
    select.setAttribute("aria-hidden", "true");
    if (select.required) widget.control_input.setAttribute("aria-required", "true");
  }

  /* ---- dates in 民國 and western years ---- */
  function readDate(text) {
    const plain = text.normalize("NFKC").trim().replace(/^民國\s*/, "").replace(/\s+\d{1,2}:?\d{2}$/, "").replace(/[年月]/g, "/").replace(/日$/, "");
    const parts = /^(\d{2,4})[/.-](\d{1,2})[/.-](\d{1,2})$/.exec(plain) || /^(\d{2,4})(\d{2})(\d{2})$/.exec(plain);
    if (!parts) return null;
    const [year, month, day] = parts.slice(1).map(Number);
    const western = year < 1000 ? year + 1911 : year;
    const date = new Date(western, month - 1, day);
    return date.getMonth() === month - 1 && date.getDate() === day ? date : null;
  }

  function sayDate(date) {
    const western = date.toLocaleDateString("sv-SE"); // Swedish dates read 2026-11-23
    const roc = date.getFullYear() > 1911 ? `民國 ${date.getFullYear() - 1911} 年 ${date.getMonth() + 1} 月 ${date.getDate()} 日＝` : "";
    return `${roc}西元 ${western}（星期${"日一二三四五六"[date.getDay()]}）`;
  }

  function rocDate(input) {
    const hint = document.getElementById(input.dataset.roc);
    const show = () => {
      const date = readDate(input.value);
      const text = date ? sayDate(date) : "看不懂這個日期，請輸入如 115/11/23 或 1151123";
      input.title = input.value.trim() ? text : "";
      if (!hint) return;
      hint.textContent = input.value.trim() ? text : hint.dataset.rest;
      hint.classList.toggle("field-over", Boolean(input.value.trim()) && !date);
    };
    input.addEventListener(hint ? "input" : "change", show);
    if (!input.hasAttribute("aria-invalid")) show(); // the server has just said what is wrong
  }

  /* ---- character counter: counts as the server does, a line break is one character ---- */
  function counter(area) {
    const place = document.getElementById(area.dataset.count);
    const limit = Number(area.dataset.max || Infinity);
    if (!place) return;
    const show = () => {
      const used = [...area.value.replace(/\r\n/g, "\n")].length;
      place.textContent = `${used}${limit < Infinity ? `／${limit}` : ""} 字${used > limit ? `，超過 ${used - limit} 字` : ""}`;
      place.classList.toggle("field-over", used > limit);
    };
    area.addEventListener("input", show);
    show();
  }

  /* ---- grid: filters, columns, bulk selection, search ---- */
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
    if (operator.matches("select")) operator.setAttribute("aria-label", `${zh}：條件`);
    value.setAttribute("aria-label", `${zh}：${value.matches("[data-roc]") ? "日期" : "內容"}`);
    one("[data-drop-filter]", row).setAttribute("aria-label", `移除這個條件：${zh}`);
    if (value.matches("[data-roc]")) rocDate(value);
    operator.addEventListener("change", rename);
    one("[data-drop-filter]", row).addEventListener("click", () => { row.remove(); rows.hidden = !one(".filter-row", rows); });
    rename();
    value.focus();
  }

  function gridQuery(form) {
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

  function joinValues(form) {
    form.addEventListener("formdata", ({ formData }) => formData.set(form.dataset.join, formData.getAll(form.dataset.join).join(",")));
  }

  function bulk(form) {
    const boxes = all('input[name="rowid"], input[data-box]', form);
    const master = one("[data-select-all]", form);
    const count = one("[data-bulk-count]", form);
    const buttons = all('button[name="action"]', form);
    const rest = count.textContent;
    const show = () => {
      const chosen = boxes.filter((box) => box.checked).length;
      count.textContent = chosen ? `已選 ${chosen} 筆` : rest;
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

  function records(table) {
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

  /* ---- forms: unsaved work, one submission only ---- */
  function guard(form) {
    let dirty = form.hasAttribute("data-dirty");
    ["input", "change"].forEach((kind) => form.addEventListener(kind, () => { dirty = true; }));
    form.addEventListener("submit", () => { dirty = false; });
    window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
  }

  function errorSummary(summary) {
    summary.focus();
    all("a", summary).forEach((link) => link.addEventListener("click", (event) => {
      const { tomselect } = document.getElementById(link.hash.slice(1)) || {};
      if (tomselect) { event.preventDefault(); tomselect.focus(); }
    }));
  }

  function sendOnce(form) {
    const release = () => form.removeAttribute("data-sent");
    form.addEventListener("submit", (event) => {
      if (form.hasAttribute("data-sent")) { event.preventDefault(); return; }
      form.setAttribute("data-sent", "");
      if (form.hasAttribute("data-download")) { closeMenus(null); window.setTimeout(release, 3000); }
    });
    window.addEventListener("pageshow", release);
  }

  /* ---- waiting for a job: ask how far it is, and show the page anew when it is over ---- */
  function poll(box) {
    const text = one("[data-poll-text]", box);
    const bar = one("[data-poll-bar]", box);
    let wait = 400;
    const again = () => { wait = Math.min(wait * 1.25, 3000); window.setTimeout(ask, wait); };
    const show = (answer) => {
      if (answer.finished) { window.location.reload(); return; }
      text.textContent = answer.text;
      if (answer.total) { bar.max = answer.total; bar.value = answer.done; } else { bar.removeAttribute("value"); }
      again();
    };
    const ask = () => fetch(box.dataset.poll, { headers: { Accept: "application/json" }, credentials: "same-origin" })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))))
      .then(show)
      .catch(again);
    window.setTimeout(ask, wait);
  }

  /* ---- a file dropped anywhere on its zone ---- */
  function dropZone(zone) {
    const input = one("input[type=file]", zone);
    const name = one("[data-drop-name]", zone);
    const rest = name.textContent;
    const show = () => { name.textContent = input.files.length ? input.files[0].name : rest; };
    input.addEventListener("change", show);
    window.addEventListener("pageshow", show);
    const over = (event) => { event.preventDefault(); zone.classList.add("over"); };
    zone.addEventListener("dragover", over);
    zone.addEventListener("dragleave", () => zone.classList.remove("over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      zone.classList.remove("over");
      if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
      show();
    });
  }

  /* ---- passwords: shown on request, a word on them while they are typed ---- */
  function reveal(input) {
    const box = document.createElement("span");
    const button = document.createElement("button");
    box.className = "reveal";
    button.type = "button";
    button.textContent = "顯示";
    button.setAttribute("aria-controls", input.id);
    input.replaceWith(box);
    box.append(input, button);
    button.addEventListener("click", () => {
      const shown = input.type === "text";
      input.type = shown ? "password" : "text";
      button.textContent = shown ? "顯示" : "隱藏";
      input.focus();
    });
    if (input.form) input.form.addEventListener("submit", () => { input.type = "password"; });
  }

  const askJson = (url, method, token, body) => fetch(url, {
    method, body, credentials: "same-origin", headers: { Accept: "application/json", ...(token ? { "X-CSRFToken": token } : {}) },
  });

  function strength(input) {
    const hint = document.createElement("p");
    let timer = 0;
    hint.className = "field-help password-hint";
    hint.setAttribute("role", "status");
    (input.closest(".reveal") || input).after(hint);
    input.addEventListener("input", () => {
      window.clearTimeout(timer);
      if (!input.value) { hint.textContent = ""; return; }
      timer = window.setTimeout(() => {
        const asked = input.value;
        askJson(input.dataset.strength, "POST", one('input[name="csrf_token"]', input.form).value, new URLSearchParams({ password: asked }))
          .then((answer) => (answer.ok ? answer.json() : { hint: "" }))
          .then((answer) => { if (input.value === asked) hint.textContent = answer.hint; })
          .catch(() => { hint.textContent = ""; });
      }, 400);
    });
  }

  /* ---- a one-time link: its token stands behind #, which no server sees, and is handed in by POST ---- */
  function handIn(form) {
    const token = window.location.hash.slice(1);
    if (token.length < 20) return;
    window.history.replaceState(null, "", window.location.pathname);
    one('input[name="token"]', form).value = token;
    form.requestSubmit();
  }

  /* ---- before a sign-in ends: a note in time, and nothing typed is lost ---- */
  function staying(note) {
    const text = one("[data-idle-text]", note);
    const keep = one("[data-idle-keep]", note);
    const again = one("[data-idle-again]", note);
    const early = Math.min(300, Number(note.dataset.idleSeconds) / 2);
    let timer = 0;
    let typed = false;
    document.addEventListener("input", () => { typed = true; });
    const ask = (method) => askJson(note.dataset.idle, method, method === "POST" ? note.dataset.token : "")
      .then((answer) => (answer.status === 401 ? { seconds: 0 } : answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))))
      .then(plan);
    const later = (seconds) => { window.clearTimeout(timer); timer = window.setTimeout(check, Math.max(seconds, 1) * 1000); };
    const check = () => ask("GET").catch(() => later(60));
    const show = (words, over, last) => {
      text.textContent = words;
      keep.hidden = over || last;
      again.hidden = !over;
      note.hidden = false;
    };
    function plan({ seconds, last }) {
      if (seconds <= 0) { show("登入已結束。這一頁填的內容都還在：請在新分頁重新登入，再回到這一頁送出。", true, false); return; }
      if (seconds > early) { note.hidden = true; later(seconds - early); return; }
      if (typed && !last) { typed = false; ask("POST").catch(() => later(5)); return; } // whoever types is there
      const minutes = Math.ceil(seconds / 60);
      show(last ? `登入已達時間上限，${minutes} 分鐘後須重新登入，請先儲存。` : `好一會兒沒有操作，${minutes} 分鐘後會自動登出。`, false, last);
      later(Math.min(seconds, 30));
    }
    keep.addEventListener("click", () => ask("POST").catch(check));
    again.addEventListener("click", () => later(5));
    document.addEventListener("visibilitychange", () => { if (!document.hidden) later(0); });
    later(Number(note.dataset.idleSeconds) - early);
  }

  navigation();
  all("[data-reveal]").forEach(reveal);
  all("[data-strength]").forEach(strength);
  all("form[data-token]").forEach(handIn);
  all("[data-idle]").forEach(staying);
  all("[data-poll]").forEach(poll);
  all("[data-drop]").forEach(dropZone);
  all("select.pick").forEach(pick);
  all("[data-roc]").forEach(rocDate);
  all("textarea[data-count]").forEach(counter);
  all("form[data-grid-query]").forEach(gridQuery);
  all("form[data-join]").forEach(joinValues);
  all("form[data-bulk]").forEach(bulk);
  all("table[data-grid]").forEach(records);
  all("form[data-guard]").forEach(guard);
  all("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));
  all('form[method="post"]').forEach(sendOnce);
  all("[data-error-summary]").forEach(errorSummary);
})();
