/* Before a sign-in ends: a note in time, and nothing typed is lost. */
import { askJson, one } from "./dom.js";
import { say } from "./words.js";

export function staying(note) {
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
    if (seconds <= 0) { show(say("登入已結束。這一頁填的內容都還在：請在新分頁重新登入，再回到這一頁送出。"), true, false); return; }
    if (seconds > early) { note.hidden = true; later(seconds - early); return; }
    if (typed && !last) { typed = false; ask("POST").catch(() => later(5)); return; } // whoever types is there
    const minutes = Math.ceil(seconds / 60);
    show(last ? say("登入已達時間上限，%(minutes)s 分鐘後須重新登入，請先儲存。", { minutes }) : say("好一會兒沒有操作，%(minutes)s 分鐘後會自動登出。", { minutes }), false, last);
    later(Math.min(seconds, 30));
  }
  keep.addEventListener("click", () => ask("POST").catch(check));
  again.addEventListener("click", () => later(5));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) later(0); });
  later(Number(note.dataset.idleSeconds) - early);
}
