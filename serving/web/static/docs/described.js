// What the description says of a call's parameters and answers.

import { element } from "../dom.js";
import { written } from "./body.js";

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
      element("td", { textContent: meaning(one) }),
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
    const words = element("p", {}, element("strong", { textContent: status }), ` ${[said.description, type].filter(Boolean).join(", ")}`);
    return content ? [words, element("pre", { textContent: written(content.example) })] : [words];
  });
  return folded("Answers", ...each);
}

const folded = (words, ...inside) =>
  element("details", { className: "folded" }, element("summary", { textContent: words }), ...inside);
