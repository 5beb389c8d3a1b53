/* Asking for the editor of a cell, and the sentences for what may go wrong. */
import { askJson } from "./dom.js";
import { say } from "./words.js";

/* The server's no. */
export class Refused extends Error {
  constructor(status, said) {
    super(said.error || String(status));
    this.status = status;
    this.said = said;
  }
}

/* `{html, zh, version, token}` of the cell at an address. */
export async function editor(address) {
  const answer = await askJson(address, "GET");
  const json = !answer.redirected && answer.headers.get("Content-Type")?.startsWith("application/json");
  const said = json ? await answer.json() : {};
  if (!answer.ok || !json) throw new Refused(json ? answer.status : 401, said);
  return said;
}

/* What to tell, and whether signing in again helps. A failure that is no answer at all is the network's. */
export function explain(error) {
  if (!(error instanceof Refused)) return { text: say("網路中斷，還沒有儲存。您輸入的內容留在這一格；連線恢復後按 Enter 再存一次。") };
  if (error.status === 401) return { text: say("登入已結束，還沒有儲存。您輸入的內容留在這一格；請重新登入，再回到這裡按 Enter 儲存。"), signIn: true };
  if (error.status >= 500) return { text: say("系統暫時無法儲存，您輸入的內容留在這一格；請稍候再按 Enter。") };
  const who = error.said.who?.length && Array.isArray(error.said.who) ? say("可辦理者：%(who)s", { who: error.said.who.join("、") }) : "";
  return { text: `${error.said.error || say("沒有儲存，請重新整理後再試。")}${who}` };
}
