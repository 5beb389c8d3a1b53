/* Passwords: shown on request, a word on them while they are typed. */
import { askJson, one } from "./dom.js";
import { say } from "./words.js";

export function reveal(input) {
  const box = document.createElement("span");
  const button = document.createElement("button");
  box.className = "reveal";
  button.type = "button";
  button.textContent = say("顯示");
  button.setAttribute("aria-controls", input.id);
  input.replaceWith(box);
  box.append(input, button);
  button.addEventListener("click", () => {
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.textContent = shown ? say("顯示") : say("隱藏");
    input.focus();
  });
  if (input.form) input.form.addEventListener("submit", () => { input.type = "password"; });
}

export function strength(input) {
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
