/* One file on its way: its progress, and again after a broken line. The key stays the same, so that a retry never makes two. */
const STILL = 30_000;
const WAITS = [1000, 2000, 4000, 8000, 15_000, 30_000];
const LATER = [408, 425, 429, 500, 502, 503, 504];

/* Once. Answers {status, answer}; status 0 when the line broke. */
function once({ url, token, file, key, digest, told, signal }) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    let watch = 0;
    const finish = (status, answer = {}) => { window.clearTimeout(watch); signal.removeEventListener("abort", stop); done({ status, answer }); };
    const stop = () => request.abort();
    const still = () => { window.clearTimeout(watch); watch = window.setTimeout(stop, STILL); };
    request.open("POST", url);
    request.responseType = "json";
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", token);
    request.upload.addEventListener("progress", (event) => { still(); if (event.lengthComputable) told(event.loaded, event.total); });
    request.addEventListener("load", () => finish(request.status, request.response || {}));
    ["error", "abort"].forEach((kind) => request.addEventListener(kind, () => finish(0)));
    signal.addEventListener("abort", stop);
    const body = new FormData();
    body.append("key", key);
    if (digest) body.append("sha256", digest);
    body.append("file", file, file.name);
    still();
    request.send(body);
  });
}

/* Wait a while, or until the line is back. */
function pause(milliseconds, signal) {
  return new Promise((done) => {
    const go = () => { window.clearTimeout(timer); window.removeEventListener("online", go); signal.removeEventListener("abort", go); done(); };
    const timer = window.setTimeout(go, milliseconds);
    window.addEventListener("online", go);
    signal.addEventListener("abort", go);
  });
}

/* Until it arrives, is refused, or is given up: {status, answer}. `waiting(status)` tells that it will be tried again. */
export async function send(parcel, waiting) {
  for (const wait of WAITS) {
    const found = await once(parcel);
    const over = found.status !== 0 && !LATER.includes(found.status);
    if (over || parcel.signal.aborted) return found;
    waiting(found);
    await pause(wait, parcel.signal);
    if (parcel.signal.aborted) return found;
  }
  return once(parcel);
}
