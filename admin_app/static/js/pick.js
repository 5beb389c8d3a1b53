/* Picking by typing: Tom Select over the lookups of the grids. */
import { say } from "./words.js";

const MOST_RECENT = 5;

const pickTexts = {
  loading: () => `<div class="no-results">${say("搜尋中…")}</div>`,
  option: (data, escape) => `<div>${escape(data.text)}${data.recent ? `<span class="pick-recent">${say("最近選過")}</span>` : ""}</div>`,
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

/* What was picked last in this field, for as long as the tab is open: a clerk who enters many picks the same few again. */
function recentOf(select) {
  const key = `portfolio.recent.${document.body.dataset.account}.${select.dataset.pickUrl}`;
  const read = () => {
    try { return JSON.parse(window.sessionStorage.getItem(key)) || []; } catch { return []; }
  };
  return {
    list: read,
    add({ value, text }) {
      const next = [{ value, text }, ...read().filter((each) => each.value !== value)].slice(0, MOST_RECENT);
      try { window.sessionStorage.setItem(key, JSON.stringify(next)); } catch { /* nothing is kept */ }
    },
  };
}

/* Recent ones first while nothing is typed. */
function withRecent(options, recent, query) {
  if (query) return options;
  const first = recent.list().map((each) => ({ ...each, recent: true }));
  return [...first, ...options.filter((option) => !first.some((each) => each.value === option.value))];
}

export function pick(select) {
  if (select.tomselect || !window.TomSelect) return;
  let failed = false;
  const recent = recentOf(select);
  const status = document.createElement("span");
  const settings = {
    placeholder: select.dataset.placeholder || say("輸入文字搜尋"),
    hidePlaceholder: true,
    hideSelected: true,
    maxOptions: 50,
    refreshThrottle: 0, // a refresh put off would open the picker again, and take the focus, after one has gone on to the next field
    plugins: select.multiple ? { remove_button: { title: say("移除") } } : select.required ? {} : { clear_button: { title: say("清除") } },
    render: { ...pickTexts, no_results: () => `<div class="no-results">${failed ? say("搜尋失敗，請再試一次") : say("沒有符合的項目")}</div>` },
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
          .then((options) => {
            failed = false;
            done(withRecent(options, recent, query));
            status.textContent = options.length ? say("%(n)s 筆可選，按上下鍵選取", { n: options.length }) : say("沒有符合的項目");
          })
          .catch(() => { failed = true; done(); status.textContent = say("搜尋失敗，請再試一次"); });
      },
      onItemAdd(value) { recent.add({ value, text: this.options[value].text }); },
    });
  }
  const widget = new window.TomSelect(select, settings);
  ["aria-describedby", "aria-invalid", "aria-label"].forEach((name) => {
    if (select.hasAttribute(name)) widget.control_input.setAttribute(name, select.getAttribute(name));
  });
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  widget.wrapper.after(status);
  select.setAttribute("aria-hidden", "true");
  if (select.required) widget.control_input.setAttribute("aria-required", "true");
}
