/* A file dropped anywhere on its zone. */
import { one } from "./dom.js";

export function dropZone(zone) {
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
