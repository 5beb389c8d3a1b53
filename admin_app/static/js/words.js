/* What scripts say, in the language of the page: 中文 is what is written in the scripts; another language brings its own dictionary. */
const dictionary = window.portfolioWords || {};

/* The text for `zh`; `%(name)s` in it stands for a value. */
export function say(zh, values = {}) {
  const text = dictionary[zh] || zh;
  return text.replace(/%\((\w+)\)s/g, (whole, name) => (name in values ? String(values[name]) : whole));
}
