// A call to be filled in and sent.

import { element } from "../dom.js";
import { answer } from "./answer.js";
import { editor } from "./body.js";
import { here } from "./examples.js";
import { curl, request, send } from "./request.js";

let fields = 0;

function field(parameter, fitted) {
  const id = `field-${++fields}`;
  const { schema } = parameter;
  const kinds = schema.anyOf ?? [schema];
  const choices = kinds.flatMap((one) => one.enum ?? (one.type === "boolean" ? ["true", "false"] : []));
  const required = Boolean(parameter.required);
  const example = String(fitted(parameter.example));
  const control = choices.length
    ? element("select", { id }, ...["", ...choices].map((one) => element("option", { value: one, textContent: one })))
    : element("input", { id, placeholder: example, autocomplete: "off", spellcheck: false });
  if (required) control.value = example;
  control.required = required;
  const label = element("label", { htmlFor: id, textContent: parameter.name });
  if (required) label.append(element("span", { className: "required", textContent: " required" }));
  return {
    shown: element("div", { className: "field" }, label, control),
    said: () => ({ name: parameter.name, in: parameter.in, value: control.value }),
  };
}

export async function form(path, method, said) {
  const fitted = await here();
  const all = (said.parameters ?? []).map((one) => field(one, fitted));
  const body = said.requestBody ? editor(said.requestBody.content, fitted) : null;
  const line = element("code", { className: "curl" });
  const copy = element("button", { type: "button", className: "action", textContent: "Copy" });
  const place = element("div", { role: "status" });
  const made = element(
    "form",
    { className: "try" },
    element("div", { className: "fields" }, ...all.map((one) => one.shown)),
    body?.shown ?? null,
    element(
      "div",
      { className: "sending" },
      element("button", { type: "submit", className: "action primary", textContent: "Send" }),
      line,
      copy,
    ),
    place,
  );
  const filled = () => request(path, method, all.map((one) => one.said()).filter((one) => one.value), body?.said() ?? null);
  const draw = () => {
    line.textContent = curl(filled());
    copy.textContent = "Copy";
  };
  made.addEventListener("input", draw);
  made.addEventListener("change", draw);
  copy.addEventListener("click", async () => {
    await navigator.clipboard?.writeText(line.textContent);
    copy.textContent = "Copied";
  });
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    made.classList.add("waiting");
    const began = performance.now();
    const shown = await send(filled())
      .then((response) => answer(response, began))
      .catch((error) => element("p", { className: "answer", textContent: error.message }));
    place.replaceChildren(shown);
    made.classList.remove("waiting");
  });
  draw();
  return made;
}
