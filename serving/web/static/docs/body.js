// The body of a request: text of one of the media types that the call takes, or a file.

import { element } from "../dom.js";

const BINARY = "application/vnd.apache.parquet";

export const written = (value) => (typeof value === "string" ? value : JSON.stringify(value, null, 2));

export function editor(content, fitted) {
  const types = Object.keys(content);
  const type = element("select", { "aria-label": "Media type" }, ...types.map((one) => element("option", { textContent: one })));
  const text = element("textarea", { spellcheck: false, "aria-label": "Body" });
  const file = element("input", { type: "file", "aria-label": "File" });
  const choose = () => {
    const example = content[type.value].example;
    text.value = written(fitted(example));
    text.rows = Math.min(16, text.value.split("\n").length + 1);
    text.hidden = type.value === BINARY;
    file.hidden = !text.hidden;
  };
  type.addEventListener("change", choose);
  choose();
  return {
    shown: element("div", { className: "body" }, type, text, file),
    said: () => ({ type: type.value, content: text.hidden ? file.files[0] : text.value }),
  };
}
