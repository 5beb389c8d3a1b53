/* What pages do beyond plain HTML. No inline handlers: behaviour is found by data attributes. Without scripts
   pages still work, except adding filters, picking people by typing and the labels on a phone's cards. */
import { bulk } from "./bulk.js";
import { rocDate } from "./dates.js";
import { all } from "./dom.js";
import { draft, forgetSaved, tidyDrafts, wipeOnSignOut } from "./drafts.js";
import { dropZone } from "./drop.js";
import { filters } from "./filters.js";
import { begin, counter, errorSummary, goOn, guard, saveKeys, sendOnce } from "./forms.js";
import { columnOrder, density, gridQuery, joinValues, records } from "./grid.js";
import { staying } from "./idle.js";
import { keys } from "./keys.js";
import { lazy } from "./lazy.js";
import { handIn } from "./link.js";
import { navigation } from "./navigation.js";
import { reveal, strength } from "./passwords.js";
import { pick } from "./pick.js";
import { poll } from "./poll.js";
import { previews } from "./preview.js";
import { roving } from "./rows.js";

navigation();
all("[data-reveal]").forEach(reveal);
all("[data-strength]").forEach(strength);
all("form[data-token]").forEach(handIn);
all("[data-idle]").forEach(staying);
all("[data-poll]").forEach(poll);
all("[data-drop]").forEach(dropZone);
const picks = all("select.pick");
const picking = picks.length ? import("../vendor/tom-select.complete.min.js").then(() => picks.forEach(pick)).catch(() => {}) : Promise.resolve();
all("[data-roc]").forEach(rocDate);
all("textarea[data-count]").forEach(counter);
all("form[data-grid-query]").forEach(gridQuery);
all("form[data-join]").forEach(joinValues);
all("form[data-order]").forEach(columnOrder);
all("[data-density]").forEach(density);
all("[data-filters]").forEach(filters);
all("[data-lazy]").forEach(lazy);
all("form[data-bulk]").forEach(bulk);
all("table[data-grid]").forEach(records);
const inline = all("table[data-cells]");
if (inline.length) import("./cells.js").then(({ cells }) => inline.forEach(cells));
all("table[data-grid]").forEach(roving);
all("table[data-grid]").forEach(previews);
all("[data-keys]").forEach(keys);
all("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));
all('form[method="post"]').forEach(sendOnce); // before what asks whether a form is on its way
tidyDrafts(document.body.dataset.account);
all("[data-saved]").forEach((note) => forgetSaved(note, document.body.dataset.account));
all("form[data-sign-out]").forEach(wipeOnSignOut);
all("form[data-go-on]").forEach(goOn);
picking.then(() => { // what a form holds is known when its pickers are there
  all("form[data-guard]").forEach(guard);
  all("form[data-draft]").forEach(draft);
  all("form[data-draft]").forEach(saveKeys);
  all("form[data-again]").forEach(begin);
  all("[data-error-summary]").forEach(errorSummary);
});
