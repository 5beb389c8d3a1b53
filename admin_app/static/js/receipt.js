/* Whether a file on this device is the one a receipt speaks of. The file stays on the device. */
import { all, one } from "./dom.js";
import { sha256 } from "./sha256.js";
import { sizeOf } from "./upload-kinds.js";
import { say } from "./words.js";

export function receiptCheck(box) {
  const input = one("input[type=file]", box);
  const words = one("[data-receipt-answer]", box);
  const answer = (text, tone) => { words.textContent = text; words.dataset.tone = tone; };
  box.hidden = false;
  input.addEventListener("change", async () => {
    const file = input.files[0];
    if (!file) return;
    answer(say("正在計算…"), "");
    const digest = await sha256(file).catch(() => null);
    if (digest === null) answer(say("這個檔案讀不出來，請重新選擇。"), "warn");
    else if (!digest) answer(say("這個連線不支援比對，請以 https:// 開頭的網址開啟本頁。"), "warn");
    else if (digest === box.dataset.receiptCheck) answer(say("相同：「%(name)s」就是憑證上的那個檔案，一個位元都沒有差。", { name: file.name }), "good");
    else answer(say("不同：「%(name)s」（%(size)s）不是憑證上的檔案。改過、另存過或縮小過的檔案，內容就不同了。", { name: file.name, size: sizeOf(file.size) }), "bad");
  });
}

/* A printed receipt's square leads here with its number behind #, which no server sees until the person asks. */
export function receiptNumber(form) {
  const number = decodeURIComponent(window.location.hash.slice(1));
  const field = one("input[name=number]", form);
  if (!number || field.value || !/^[0-9A-Za-z-]{6,30}$/.test(number)) return;
  field.value = number;
  all("button", form)[0].focus();
}
