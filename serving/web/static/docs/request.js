// What a filled form asks for: as `fetch` takes it, and as a line of curl.

import { token } from "./token.js";

// `fields` are {name, in, value} of what is not empty; `body` is {type, content} or null.
export function request(path, method, fields, body) {
  const headers = body ? [["Content-Type", body.type]] : [];
  const query = new URLSearchParams();
  let target = path;
  for (const field of fields) {
    if (field.in === "path") target = target.replace(`{${field.name}}`, encodeURIComponent(field.value));
    else if (field.in === "query") query.append(field.name, field.value);
    else headers.push([field.name, field.value]);
  }
  const url = location.origin + target + (query.size ? `?${query}` : "");
  return { method: method.toUpperCase(), url, headers, body: body?.content };
}

export async function send({ method, url, headers, body }) {
  const all = new Headers(headers);
  if (token()) all.set("Authorization", `Bearer ${token()}`);
  // The browser's own cache would answer in place of the API.
  return fetch(url, { method, headers: all, body, cache: "no-store" });
}

const quoted = (words) => `'${words.replaceAll("'", "'\\''")}'`;

// The token itself is not shown: a line is copied to where others read it.
export function curl({ method, url, headers, body }) {
  const words = ["curl"];
  if (method !== (body ? "POST" : "GET")) words.push("-X", method);
  if (token()) words.push("-H", '"Authorization: Bearer $TOKEN"');
  for (const [name, value] of headers) words.push("-H", quoted(`${name}: ${value}`));
  words.push(quoted(url));
  if (body) words.push("--data-binary", quoted(typeof body === "string" ? body : `@${body.name}`));
  return words.join(" ");
}
