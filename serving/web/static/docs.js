// The description of the API for people, read off /openapi.json; every call can be tried.

import { answers, parameters, words } from "./docs/described.js";
import { form } from "./docs/form.js";
import { listen, onChange } from "./docs/token.js";
import { byId, element } from "./dom.js";

function operation(path, method, said) {
  const [summary, ...more] = (said.description ?? said.summary).split("\n\n");
  const place = element("div", { className: "inside" });
  const card = element(
    "details",
    { className: "operation", id: said.operationId },
    element(
      "summary",
      {},
      element("span", { className: `method ${method}`, textContent: method.toUpperCase() }),
      element("code", { textContent: path }),
      element("span", { className: "summary" }, ...words(summary)),
    ),
    place,
  );
  const fill = async () => {
    place.replaceChildren(
      ...more.map((one) => element("p", {}, ...words(one))),
      await form(path, method, said),
      parameters(said),
      answers(said),
    );
  };
  card.addEventListener("toggle", () => {
    if (card.open && !place.hasChildNodes()) fill();
  });
  // Whose token it is stands in what is filled in.
  onChange(() => (card.open ? fill() : place.replaceChildren()));
  return card;
}

function room(name, cards) {
  const section = element("section", { id: name }, element("h2", { textContent: name }), ...cards);
  byId("rooms").append(element("a", { href: `#${name}`, textContent: name }));
  byId("operations").append(section);
}

function find(text) {
  const wanted = text.toLowerCase();
  for (const section of byId("operations").children) {
    let found = 0;
    for (const card of section.querySelectorAll(".operation")) {
      card.hidden = !card.firstChild.textContent.toLowerCase().includes(wanted);
      found += card.hidden ? 0 : 1;
    }
    section.hidden = !found;
  }
}

const { paths } = await (await fetch("/openapi.json")).json();
const rooms = new Map();
for (const [path, methods] of Object.entries(paths)) {
  for (const [method, said] of Object.entries(methods)) {
    const name = said.tags[0];
    rooms.set(name, [...(rooms.get(name) ?? []), operation(path, method, said)]);
  }
}
for (const [name, cards] of rooms) room(name, cards);
byId("find").addEventListener("input", (event) => find(event.target.value));
listen();
if (location.hash) byId(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
