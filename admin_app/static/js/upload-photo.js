/* Photos above the limit, or of a kind nobody else opens, redrawn as a smaller JPEG: shown first, and only with the student's consent. */
import { make } from "./dom.js";
import { noHeic, sizeOf } from "./upload-kinds.js";
import { say } from "./words.js";

const SIDES = [4096, 3200, 2560, 2048, 1600, 1280, 1024];
const QUALITIES = [0.9, 0.8, 0.7];

const jpeg = (canvas, quality) => new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));

export function drawn(picture, side) {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = make("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff"; // what is transparent would turn black
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/* The largest drawing that fits: {file, canvas}. */
async function fitting(picture, name, most) {
  for (const side of SIDES) {
    const canvas = drawn(picture, side);
    for (const quality of QUALITIES) {
      const blob = await jpeg(canvas, quality);
      if (blob && blob.size <= most) return { file: new File([blob], `${name.replace(/\.[^.]+$/, "")}.jpg`, { type: "image/jpeg" }), canvas };
    }
  }
  throw new Error(say("這張照片無法縮到上限以內，請裁切後再上傳。"));
}

function asked(told, canvas) {
  const use = make("button", { type: "button", class: "btn btn-primary" }, say("使用這張照片"));
  const leave = make("button", { type: "button", class: "btn" }, say("不要上傳"));
  const title = make("h2", { id: "photo-title" }, say("照片會先轉換"));
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", say("轉換後的照片"));
  const box = make("dialog", { class: "photo-dialog", "aria-labelledby": "photo-title" }, title, make("p", {}, told), canvas, make("div", { class: "form-foot" }, use, leave));
  document.body.append(box);
  return new Promise((done) => {
    let answer = false;
    use.addEventListener("click", () => { answer = true; box.close(); });
    leave.addEventListener("click", () => box.close());
    box.addEventListener("close", () => { box.remove(); done(answer); });
    box.showModal();
    use.focus();
  });
}

let last = Promise.resolve(); // one question at a time

/* The photo to send instead of `file`; null when the student would rather not. Throws an Error with a sentence when it cannot be. */
export function redraw(file, most, why) {
  const mine = last.catch(() => {}).then(() => redrawn(file, most, why));
  last = mine;
  return mine;
}

async function redrawn(file, most, why) {
  const picture = await createImageBitmap(file).catch(() => { throw new Error(why === "kind" ? noHeic() : say("這張照片打不開，請重新拍攝或另存為 JPG 再上傳。")); });
  const made = await fitting(picture, file.name, most);
  const told = say("「%(name)s」：原本 %(before)s（%(w)s×%(h)s），轉成 JPG 後 %(after)s（%(w2)s×%(h2)s）。原檔留在您的裝置上，請確認文字仍看得清楚。", {
    name: file.name, before: sizeOf(file.size), w: picture.width, h: picture.height, after: sizeOf(made.file.size), w2: made.canvas.width, h2: made.canvas.height,
  });
  const shown = drawn(picture, 720);
  picture.close();
  return (await asked(told, shown)) ? made.file : null;
}
