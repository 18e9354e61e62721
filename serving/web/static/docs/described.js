// What the description says of a call's parameters and answers.

import { element } from "../dom.js";
import { written } from "./body.js";

// Words of the description, where `code` is code.
export const words = (text) =>
  text.split(/`+([^`]+)`+/).map((one, place) => (place % 2 ? element("code", { textContent: one }) : one));

const heading = (words) => element("th", { textContent: words });

export function parameters({ parameters: all = [] }) {
  if (!all.length) return "";
  const rows = all.map((one) =>
    element(
      "tr",
      {},
      element("td", {}, element("code", { textContent: one.name })),
      element("td", { textContent: one.required ? `${one.in}, required` : one.in }),
      element("td", {}, element("code", { textContent: String(one.example) })),
      element("td", {}, ...words(meaning(one))),
    ),
  );
  const head = element("tr", {}, ...["parameter", "in", "such as", "meaning"].map(heading));
  return folded("Parameters", element("table", {}, head, ...rows));
}

const meaning = ({ description, schema }) =>
  description ?? schema.description ?? schema.anyOf?.find((one) => one.description)?.description ?? "";

export function answers({ responses }) {
  const each = Object.entries(responses).flatMap(([status, said]) => {
    const [[type, content] = []] = Object.entries(said.content ?? {});
    const told = [said.description, type].filter(Boolean).join(", ");
    const head = element("p", {}, element("strong", { textContent: status }), ` ${told}`);
    return content ? [head, element("pre", { textContent: written(content.example) })] : [head];
  });
  return folded("Answers", ...each);
}

const folded = (name, ...inside) =>
  element("details", { className: "folded" }, element("summary", { textContent: name }), ...inside);
