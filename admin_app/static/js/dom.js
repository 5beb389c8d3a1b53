/* Finding parts of the page, asking the server. */
export const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
export const one = (selector, root = document) => root.querySelector(selector);

export const askJson = (url, method, token, body) => fetch(url, {
  method, body, credentials: "same-origin", headers: { Accept: "application/json", ...(token ? { "X-CSRFToken": token } : {}) },
});

/* What stands in a piece of HTML that the server has sent. */
export const parsed = (html) => new DOMParser().parseFromString(html, "text/html").body.childNodes;

/* A new element: attributes (an attribute that is false is left out), then what stands in it. */
export function make(tag, attributes = {}, ...inside) {
  const made = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => { if (value !== false) made.setAttribute(name, value === true ? "" : value); });
  made.append(...inside);
  return made;
}
