// Rows of cards, and how one moves through them with the arrow keys.

import { element, spoken } from "./dom.js";
import { poster } from "./poster.js";

// `fresh` holds the titles that were not on the page before; `on` says what a choice does.
export function row(shown, answer, fresh, on) {
  const heading = `row-${shown.rowRank}`;
  const list = element("ul", { className: "strip" });
  for (const item of shown.items) list.append(card(item, context(shown, item, answer), fresh, on));
  return element(
    "section",
    { className: "row", "aria-labelledby": heading },
    element("h2", { id: heading, textContent: spokenHeading(shown.name) }),
    element("p", { className: "why", textContent: shown.reason }),
    arrow("‹", "back", list, -1),
    list,
    arrow("›", "on", list, 1),
  );
}

export function grid(answer, heading, why, fresh, on) {
  const list = element("ul", { className: "grid" });
  const shown = { rowId: "list", rowRank: 0 };
  for (const item of answer.items) list.append(card(item, context(shown, item, answer), fresh, on));
  return element(
    "section",
    { className: "row", "aria-labelledby": "row-0" },
    element("h2", { id: "row-0", textContent: heading }),
    element("p", { className: "why", textContent: why }),
    list,
  );
}

const context = (shown, item, answer) => ({
  recommendationId: answer.recommendationId,
  rowId: shown.rowId,
  rowRank: shown.rowRank,
  itemRank: item.itemRank,
  source: item.source,
  propensity: item.propensity,
  ...(answer.bundleId ? { bundleId: answer.bundleId } : {}),
});

const spokenHeading = (name) =>
  name.replace(/^Because you (watched|liked) (.*)$/, (_, did, title) => `Because you ${did} ${spoken(title)}`);

function card(item, shown, fresh, on) {
  const name = spoken(item.name);
  const facts = item.resume
    ? [whereToGoOn(item.resume)]
    : [item.year, item.type === "movie" ? null : item.type, item.genres.slice(0, 2).join(", ")];
  const open = element(
    "button",
    { type: "button", className: "open", "aria-label": `${name}. ${item.reason}` },
    poster(item),
    ...(item.resume ? [progress(item.resume)] : []),
    ...(item.source === "promoted" ? [element("span", { className: "badge", textContent: "Promoted" })] : []),
    element("span", { className: "name", textContent: name }),
    element("span", { className: "facts", textContent: facts.filter(Boolean).join(" · ") }),
  );
  open.addEventListener("click", () => on.open(item, shown));
  const watched = element("button", {
    type: "button",
    className: "watched",
    title: "I watched this",
    "aria-label": `I watched ${name}`,
    textContent: "✓",
  });
  watched.addEventListener("click", () => on.watched(item, shown));
  const made = element("li", { className: fresh.has(item.contentId) ? "card fresh" : "card" }, open, watched);
  made.dataset.content = item.contentId;
  on.shown(made, item, shown);
  return made;
}

const whereToGoOn = ({ portion, seasonNumber, episodeNumber }) => {
  const episode = episodeNumber ? `S${seasonNumber ?? 1} E${episodeNumber}` : "";
  const watched = portion ? `${Math.round(portion * 100)} % watched` : "next episode";
  return [episode, watched].filter(Boolean).join(" · ");
};

function progress({ portion }) {
  const done = element("span", { className: "done" });
  done.style.width = `${portion * 100}%`;
  return element("span", { className: "progress" }, done);
}

function arrow(sign, where, list, direction) {
  const made = element("button", {
    type: "button",
    className: `arrow ${where}`,
    tabIndex: -1,
    "aria-hidden": "true",
    textContent: sign,
  });
  const width = () => list.clientWidth * 0.85 * direction;
  made.addEventListener("click", () => list.scrollBy({ left: width(), behavior: "smooth" }));
  return made;
}

export function moveByArrows(event) {
  const here = event.target.closest?.(".card");
  if (!here) return;
  const steps = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const rows = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  let target = null;
  if (steps) target = steps > 0 ? here.nextElementSibling : here.previousElementSibling;
  if (rows) {
    const all = [...document.querySelectorAll(".row")];
    const next = all[all.indexOf(here.closest(".row")) + rows];
    const column = [...here.parentElement.children].indexOf(here);
    target = next?.querySelectorAll(".card")[column] ?? next?.querySelector(".card:last-child");
  }
  if (!target) return;
  event.preventDefault();
  target.querySelector(".open").focus();
}
