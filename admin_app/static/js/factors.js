/* Passkeys: asks the server for options, the device for an answer, and sends it with the form. Also printing recovery codes.
   Without this file, or in a browser without passkeys, the forms stay hidden and the other ways work. */
import { say } from "./words.js";

const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const withBytes = (keys) => (keys || []).map((key) => ({ ...key, id: toBytes(key.id) }));
const words = {
  NotAllowedError: say("沒有完成：已取消，或等太久了。請再按一次。"),
  InvalidStateError: say("這部裝置已經登記過了，不必再登記。"),
  SecurityError: say("這個網址不能使用通行密鑰，請以學校公布的網址開啟本系統。"),
  AbortError: "",
};

async function askServer(form) {
  const headers = { "X-CSRFToken": form.elements.csrf_token.value, Accept: "application/json" };
  const answer = await fetch(form.dataset.options, { method: "POST", headers, credentials: "same-origin" });
  if (!answer.ok) throw new Error(answer.status === 429 ? say("操作太頻繁，請稍候再試。") : say("頁面已失效，請重新整理後再試。"));
  return answer.json();
}

async function askDevice(kind, options, signal, mediation) {
  const publicKey = { ...options, challenge: toBytes(options.challenge) };
  if (kind === "create") {
    publicKey.user = { ...options.user, id: toBytes(options.user.id) };
    publicKey.excludeCredentials = withBytes(options.excludeCredentials);
    return navigator.credentials.create({ publicKey, signal });
  }
  publicKey.allowCredentials = withBytes(options.allowCredentials);
  return navigator.credentials.get({ publicKey, signal, ...(mediation ? { mediation } : {}) });
}

function asJson(credential) {
  const { response } = credential;
  const told = { clientDataJSON: toText(response.clientDataJSON) };
  if (response.attestationObject) {
    told.attestationObject = toText(response.attestationObject);
    told.transports = response.getTransports ? response.getTransports() : [];
  } else {
    told.authenticatorData = toText(response.authenticatorData);
    told.signature = toText(response.signature);
    told.userHandle = response.userHandle ? toText(response.userHandle) : null;
  }
  return JSON.stringify({ id: credential.id, rawId: toText(credential.rawId), type: credential.type, response: told });
}

let waiting = null; // the browser asks one thing at a time: a click ends what autofill was waiting for

async function ceremony(form, mediation) {
  if (waiting) waiting.abort();
  const mine = new AbortController();
  waiting = mine;
  const options = await askServer(form);
  const credential = await askDevice(form.dataset.passkey, options, mine.signal, mediation);
  form.elements.answer.value = asJson(credential);
  try { localStorage.setItem("passkey", "1"); } catch { /* no storage, no autofill */ }
  form.submit();
}

function passkeyForm(form) {
  const status = form.querySelector("[data-passkey-status]");
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (status) status.textContent = say("請依裝置的指示確認…");
    ceremony(form).catch((error) => {
      form.removeAttribute("data-sent");
      if (status) status.textContent = words[error.name] ?? error.message;
    });
  });
}

/* The browser's own list under the account field: only where a passkey has been used before, so that others cost nothing. */
async function autofill(form) {
  let used = null;
  try { used = localStorage.getItem("passkey"); } catch { return; }
  const can = window.PublicKeyCredential.isConditionalMediationAvailable;
  if (used && can && (await can.call(window.PublicKeyCredential))) ceremony(form, "conditional").catch(() => {});
}

if (window.PublicKeyCredential && navigator.credentials) {
  document.querySelectorAll("form[data-passkey]").forEach(passkeyForm);
  const entry = document.querySelector("form[data-passkey-autofill]");
  if (entry) autofill(entry);
}
document.querySelectorAll("[data-print]").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
});
