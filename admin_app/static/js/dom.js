/* Finding parts of the page, asking the server. */
export const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
export const one = (selector, root = document) => root.querySelector(selector);

export const askJson = (url, method, token, body) => fetch(url, {
  method, body, credentials: "same-origin", headers: { Accept: "application/json", ...(token ? { "X-CSRFToken": token } : {}) },
});
