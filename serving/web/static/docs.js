// The description of the API for people: read off /openapi.json, with nothing from elsewhere.

import { byId, element } from "./dom.js";

const code = (text) => element("code", { textContent: text });
const example = (value) =>
  element("pre", { textContent: typeof value === "string" ? value : JSON.stringify(value, null, 2) });

function operation(path, method, said) {
  const made = element(
    "section",
    {},
    element("h2", {}, code(`${method.toUpperCase()} ${path}`)),
    element("p", { textContent: said.description ?? said.summary }),
  );
  if (said.parameters?.length) made.append(parameters(said.parameters));
  for (const [type, body] of Object.entries(said.requestBody?.content ?? {})) {
    made.append(folded(`Body, ${type}`, body.example));
  }
  for (const [status, answer] of Object.entries(said.responses)) {
    for (const [type, content] of Object.entries(answer.content ?? {})) {
      made.append(folded(`${status} ${answer.description}, ${type}`, content.example));
    }
  }
  return made;
}

function parameters(all) {
  const head = element("tr", {}, ...["parameter", "in", "such as", "meaning"].map(heading));
  const rows = all.map((one) =>
    element(
      "tr",
      {},
      element("td", {}, code(one.name)),
      element("td", { textContent: one.required ? `${one.in}, required` : one.in }),
      element("td", {}, code(String(one.example))),
      element("td", { textContent: one.description ?? one.schema.description ?? "" }),
    ),
  );
  return element("table", {}, head, ...rows);
}

const heading = (words) => element("th", { textContent: words });

const folded = (words, value) =>
  element("details", {}, element("summary", { textContent: words }), example(value));

const { paths } = await (await fetch("/openapi.json")).json();
for (const [path, methods] of Object.entries(paths)) {
  for (const [method, said] of Object.entries(methods)) {
    byId("operations").append(operation(path, method, said));
  }
}
