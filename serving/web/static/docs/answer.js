// What the API answered.

import { element } from "../dom.js";

const HEADERS = ["Content-Type", "ETag", "Cache-Control", "Retry-After", "WWW-Authenticate", "X-Request-ID"];

export async function answer(response, began) {
  const bytes = await response.arrayBuffer();
  const took = Math.round(performance.now() - began);
  const kind = response.ok ? "fine" : response.status < 400 ? "" : "refused";
  const head = element(
    "p",
    { className: `status ${kind}` },
    element("strong", { textContent: `${response.status} ${response.statusText}` }),
    ` in ${took} ms, ${bytes.byteLength.toLocaleString()} bytes`,
  );
  return element("div", { className: "answer" }, head, headers(response.headers), body(response, bytes));
}

function headers(all) {
  const told = HEADERS.filter((name) => all.has(name));
  const rows = told.flatMap((name) => [
    element("dt", { textContent: name }),
    element("dd", { textContent: all.get(name) }),
  ]);
  return element("dl", {}, ...rows);
}

function body(response, bytes) {
  if (!bytes.byteLength) return null;
  const type = response.headers.get("Content-Type") ?? "";
  const isJson = /[/+]json/.test(type);
  if (!isJson && !type.startsWith("text/")) {
    const href = URL.createObjectURL(new Blob([bytes], { type }));
    return element("a", { className: "action", href, download: "answer", textContent: "Save the file" });
  }
  const text = new TextDecoder().decode(bytes);
  return element("pre", { tabIndex: 0, textContent: isJson ? JSON.stringify(JSON.parse(text), null, 2) : text });
}
