/* What a chosen file is, by its name: taken as it is, a picture to be redrawn first, or refused with a word on what to do. */
import { say } from "./words.js";

const DOCUMENTS = ["pdf", "jpg", "jpeg", "png"];
const MEDIA = ["mp3", "mp4"];
const PICTURES = ["jpg", "jpeg", "png"];
const REDRAWN = ["heic", "heif", "webp", "bmp", "avif"];
const OFFICE = ["doc", "docx", "odt", "ppt", "pptx", "odp", "xls", "xlsx", "ods", "pages", "key"];
const FILMS = ["mov", "avi", "mkv", "wmv", "webm", "3gp", "m4v"];
const SOUNDS = ["m4a", "wav", "aac", "ogg", "flac", "amr"];

export const extension = (name) => (name.includes(".") ? name.split(".").pop().toLowerCase() : "");

export function sizeOf(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} kB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/* `limits`: {documents, media} in bytes. Answers {redraw} or {refused: sentence} or neither. */
export function judge(file, limits) {
  const kind = extension(file.name);
  if (!file.size) return { refused: say("這個檔案是空的（0 位元組），請重新選擇。") };
  if (REDRAWN.includes(kind)) return { redraw: "kind" };
  if (FILMS.includes(kind)) return { refused: say("影片請轉成 MP4 再上傳。iPhone 的 MOV：在「照片」分享時選「選項 › 最相容」，或到「設定 › 相機 › 格式」選「最相容」後重拍；電腦可用剪輯軟體匯出為 MP4。") };
  if (SOUNDS.includes(kind)) return { refused: say("錄音請轉成 MP3 再上傳，多數錄音與剪輯程式的「匯出」都能選 MP3。") };
  if (OFFICE.includes(kind)) return { refused: say("請先轉成 PDF：在 Word、簡報或試算表選「另存新檔」或「匯出」，檔案類型選 PDF，再上傳那個 PDF。") };
  if (![...DOCUMENTS, ...MEDIA].includes(kind)) return { refused: say("只收 PDF、JPG、PNG、MP3、MP4。請轉成其中一種再上傳。") };
  const most = MEDIA.includes(kind) ? limits.media : limits.documents;
  if (file.size <= most) return {};
  if (PICTURES.includes(kind)) return { redraw: "size" };
  const sizes = { size: sizeOf(file.size), most: sizeOf(most) };
  if (MEDIA.includes(kind)) return { refused: say("影音檔 %(size)s，超過上限 %(most)s。請剪短，或以較低的畫質匯出後再上傳。", sizes) };
  return { refused: say("文件 %(size)s，超過上限 %(most)s。請以「縮小檔案大小」另存 PDF，或降低圖片解析度後再上傳。", sizes) };
}

export const noHeic = () => say("這個瀏覽器打不開這張照片（HEIC 等格式）。iPhone 請到「設定 › 相機 › 格式」選「最相容」後重拍，或在「照片」中分享時選「選項 › 最相容」；電腦請另存為 JPG 再上傳。");
