/* What scripts say, in the language of the page: 中文 is what is written in the scripts; another language brings its own dictionary. */
const address = document.documentElement.dataset.words;
const dictionary = address ? await load(address) : {};

async function load(url) {
  const answer = await fetch(url, { credentials: "same-origin" }).catch(() => null);
  return answer && answer.ok ? answer.json() : {};
}

/* The text for `zh`; `%(name)s` in it stands for a value, `[s]` is left out after a value of 1, of `[is|are]` the first word stands then. */
export function say(zh, values = {}) {
  let last = "";
  return (dictionary[zh] || zh).replace(/%\((\w+)\)s|\[(\w+)(?:\|(\w+))?\]/g, (whole, name, first, second) => {
    if (name) return name in values ? (last = String(values[name])) : whole;
    if (last === "1") return second ? first : "";
    return second || first;
  });
}
