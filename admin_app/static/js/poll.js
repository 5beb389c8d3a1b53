/* Waiting for a job: ask how far it is, and show the page anew when it is over. */
import { one } from "./dom.js";

export function poll(box) {
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
