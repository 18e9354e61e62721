// What a newcomer likes: titles to pick from, and a page made of what was picked.

import { element, spoken } from "./dom.js";
import { poster } from "./poster.js";

// `done` gets the items that were picked, and says whether they were taken.
export function picker(items, done) {
  const picked = new Set();
  const show = element("button", {
    type: "button",
    className: "show-page",
    disabled: true,
    textContent: "Show my page",
  });
  const count = () => {
    show.disabled = picked.size === 0;
    show.textContent = picked.size ? `Show my page · ${picked.size} picked` : "Show my page";
  };
  show.addEventListener("click", async () => {
    show.disabled = true;
    if (!(await done([...picked]))) show.disabled = false;
  });
  const list = element("ul", { className: "strip picks" });
  for (const item of items) list.append(choice(item, picked, count));
  return element(
    "section",
    { className: "picker", "aria-labelledby": "picker-heading" },
    element("h2", { id: "picker-heading", textContent: "What do you like?" }),
    element("p", { className: "why", textContent: "Pick some titles, and the page is about them" }),
    list,
    show,
  );
}

function choice(item, picked, count) {
  const button = element(
    "button",
    { type: "button", className: "pick", "aria-pressed": "false", "aria-label": spoken(item.name) },
    poster(item),
    element("span", { className: "name", textContent: spoken(item.name) }),
  );
  button.addEventListener("click", () => {
    if (!picked.delete(item)) picked.add(item);
    button.setAttribute("aria-pressed", String(picked.has(item)));
    count();
  });
  const made = element("li", {}, button);
  made.dataset.pick = item.contentId;
  return made;
}
