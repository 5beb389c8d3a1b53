/* Files of an outcome or an achievement: chosen, dropped or taken by the camera, several at once; each shows how far it is. */
import { all, make, one } from "./dom.js";
import { sha256 } from "./sha256.js";
import { judge, sizeOf } from "./upload-kinds.js";
import { drawn, redraw } from "./upload-photo.js";
import { send } from "./upload-send.js";
import { say } from "./words.js";

const AT_ONCE = 2;
const MOST_AT_A_TIME = 20;

/* Random, and good on pages without encryption too, where randomUUID is missing. */
const newKey = () => Array.from(window.crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export function upload(zone) {
  const form = zone.closest("form");
  const list = one("[data-upload-list]", zone);
  const spoken = one("[data-upload-say]", zone);
  const limits = { documents: Number(zone.dataset.documents), media: Number(zone.dataset.media) };
  const token = one('input[name="csrf_token"]', form).value;
  const waiting = [];
  let running = 0;
  let submitter = null;

  const tell = (text) => { spoken.textContent = text; };
  const next = () => { while (running < AT_ONCE && waiting.length) run(waiting.shift()); };
  const busy = () => running + waiting.length > 0;

  async function run(item) {
    running += 1;
    try { await item.go(); } finally {
      running -= 1;
      next();
      if (!busy() && submitter) settle();
    }
  }

  /* Saving was asked for while files were on their way: on with it, unless one of them failed. */
  function settle() {
    const button = submitter;
    submitter = null;
    if (one("[data-upload-failed]", list)) { tell(say("有檔案沒有上傳成功，還沒有儲存。請再試一次或移除它。")); return; }
    form.requestSubmit(button.isConnected ? button : undefined);
  }

  const take = (files) => {
    const chosen = Array.from(files).slice(0, MOST_AT_A_TIME);
    if (files.length > MOST_AT_A_TIME) tell(say("一次最多 %(n)s 個檔案，其餘請再選一次。", { n: MOST_AT_A_TIME }));
    chosen.forEach((file) => {
      const item = entry(file, { zone, limits, token, list, tell, again: (each) => { waiting.push(each); next(); } });
      if (item) waiting.push(item);
    });
    next();
  };

  all("input[type=file]", zone).forEach((input) => {
    const taken = () => { take(input.files); input.value = ""; };
    input.addEventListener("change", taken);
    if (input.files.length) taken(); // chosen before this script was there
  });
  all("[data-scripted]", zone).forEach((part) => { part.hidden = false; });
  const over = (event) => { if (event.dataTransfer?.types.includes("Files")) { event.preventDefault(); zone.classList.add("over"); } };
  zone.addEventListener("dragenter", over);
  zone.addEventListener("dragover", over);
  zone.addEventListener("dragleave", (event) => { if (!zone.contains(event.relatedTarget)) zone.classList.remove("over"); });
  zone.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    zone.classList.remove("over");
    take(event.dataTransfer.files);
  });
  form.addEventListener("paste", (event) => { if (event.clipboardData?.files.length) take(event.clipboardData.files); });
  form.addEventListener("submit", (event) => {
    if (!busy()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    submitter = event.submitter || one("[data-save]", form);
    tell(say("檔案還在上傳，完成後會自動儲存。"));
  }, true);
  window.addEventListener("beforeunload", (event) => { if (busy()) event.preventDefault(); });
}

/* A line of the list for one file, with what can be done about it. */
function entry(file, place) {
  const key = newKey();
  const name = make("span", { class: "upload-name", translate: "no" }, file.name);
  const facts = make("span", { class: "upload-facts" }, sizeOf(file.size));
  const words = make("span", { class: "upload-state" }, say("等待上傳"));
  const bar = make("progress", { max: 100, value: 0, "aria-label": say("上傳進度：%(name)s", { name: file.name }) });
  const mark = make("span", { class: "upload-mark", "aria-hidden": "true" });
  const buttons = make("span", { class: "upload-buttons" });
  const line = make("li", { class: "upload-item" }, mark, make("div", { class: "upload-text" }, name, facts, words, bar), buttons);
  place.list.append(line);
  let chosen = file;
  let control = new AbortController();

  const button = (text, act) => {
    const made = make("button", { type: "button", class: "btn", "aria-label": `${text}：${file.name}` }, text);
    made.addEventListener("click", act);
    return made;
  };
  const leave = () => { control.abort(); const focus = line.nextElementSibling || line.previousElementSibling; line.remove(); (one("button, input", focus || place.zone) || place.zone).focus(); place.tell(say("已移除 %(name)s。", { name: file.name })); };
  const state = (text, tone = "") => { words.textContent = text; line.dataset.tone = tone; };
  const failed = (text, mayRetry) => {
    line.dataset.uploadFailed = "";
    bar.hidden = true;
    state(text, "bad");
    place.tell(`${file.name}：${text}`);
    buttons.replaceChildren(...(mayRetry ? [button(say("再試一次"), retry)] : []), button(say("移除"), leave));
  };
  const retry = () => { delete line.dataset.uploadFailed; control = new AbortController(); bar.hidden = false; bar.value = 0; state(say("等待上傳")); buttons.replaceChildren(button(say("取消"), leave)); place.again(item); };

  /* Received: from here on it is one of the boxes the form sends. */
  const arrived = (answer) => {
    const box = make("input", { type: "checkbox", class: "form-check-input", name: "files", value: answer.id, checked: true });
    const receipt = make("a", { href: answer.receipt_url, target: "_blank", rel: "noopener" }, say("收檔憑證 %(no)s", { no: answer.receipt }));
    const label = make("label", { class: "upload-text" }, make("span", { class: "upload-name", translate: "no" }, answer.name), make("span", { class: "upload-facts" }, sizeOf(answer.size)));
    line.replaceChildren(box, mark, label, make("span", { class: "upload-state" }, say("已收檔"), " ", receipt));
    box.id = `file-${answer.id}`;
    label.htmlFor = box.id;
    line.dataset.tone = "good";
    line.dataset.file = answer.id;
    place.zone.closest("form").dispatchEvent(new Event("input", { bubbles: true }));
    place.tell(say("已收檔：%(name)s，憑證 %(no)s。按「儲存」放進這一件。", { name: answer.name, no: answer.receipt }));
  };

  async function prepared() {
    const verdict = judge(chosen, place.limits);
    if (verdict.refused) { failed(verdict.refused, false); return null; }
    if (!verdict.redraw) return chosen;
    state(say("正在準備照片…"));
    try {
      const made = await redraw(chosen, place.limits.documents, verdict.redraw);
      if (!made) { leave(); return null; }
      name.textContent = made.name;
      facts.textContent = sizeOf(made.size);
      return made;
    } catch (problem) { failed(problem.message, false); return null; }
  }

  async function go() {
    const ready = await prepared();
    if (!ready || !line.isConnected) return;
    chosen = ready;
    thumbnail(chosen, mark);
    state(say("正在計算檔案指紋…"));
    let digest = "";
    try { digest = await sha256(chosen); } catch { failed(say("檔案讀不出來：可能被移動或修改過，請重新選擇。"), false); return; }
    if (!line.isConnected) return;
    state(say("上傳中"));
    buttons.replaceChildren(button(say("取消"), leave));
    const told = (done, total) => { bar.value = Math.round((done / total) * 100); state(done < total ? say("上傳中：百分之 %(n)s", { n: bar.value }) : say("檢查與保存中…")); };
    const { status, answer } = await send({ url: place.zone.dataset.upload, token: place.token, file: chosen, key, digest, told, signal: control.signal }, (found) => {
      state(found.status ? found.answer.message || say("伺服器忙碌，稍後自動再試…") : say("連線中斷，稍後自動再試；檔案還在這一頁。"), "warn");
    });
    if (!line.isConnected) return;
    if (status === 200 || status === 201) arrived(answer);
    else if (status === 401) failed(say("登入已逾時，請在新分頁登入，再回到這裡按「再試一次」。"), true);
    else if (status === 0) failed(say("連線中斷，檔案還沒有送到。請確認網路後再試一次。"), true);
    else failed(answer.message || answer.error || say("沒有收下這個檔案，請再試一次。"), status >= 500 || status === 429);
  }

  buttons.append(button(say("取消"), leave));
  const item = { go };
  return item;
}

async function thumbnail(file, mark) {
  if (!file.type.startsWith("image/")) { mark.textContent = file.name.split(".").pop().toUpperCase(); return; }
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) return;
  mark.replaceChildren(drawn(picture, 96));
  picture.close();
}
