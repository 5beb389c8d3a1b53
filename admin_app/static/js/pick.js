/* Picking by typing: Tom Select over the lookups of the grids. */
import { say } from "./words.js";

const pickTexts = {
  loading: () => `<div class="no-results">${say("查詢中…")}</div>`,
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

export function pick(select) {
  if (select.tomselect || !window.TomSelect) return;
  let failed = false;
  const settings = {
    placeholder: select.dataset.placeholder || say("輸入文字查詢"),
    hidePlaceholder: true,
    hideSelected: true,
    maxOptions: 50,
    plugins: select.multiple ? { remove_button: { title: say("移除") } } : select.required ? {} : { clear_button: { title: say("清除") } },
    render: { ...pickTexts, no_results: () => `<div class="no-results">${failed ? say("查詢失敗，請再試一次") : say("查無符合的項目")}</div>` },
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
