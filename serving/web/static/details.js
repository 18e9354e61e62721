// One title, closely: what it is, why it was shown, what one may say of it, and what is like it.

import * as api from "./api.js";
import { byId, element, spoken } from "./dom.js";
import { poster } from "./poster.js";

const OWN = new Set(["begun", "listed", "finished"]);

export function showDetails(viewer, item, shown, on) {
  const dialog = byId("details");
  const more = element("ul", { className: "strip small", "aria-label": "More like this" });
  const because = element("div", { className: "because" });
  dialog.replaceChildren(head(item, shown, because, on), element("h3", { textContent: "More like this" }), more);
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  fill(more, viewer, item, on);
  // What was begun, listed or finished is there for the viewer's own doing.
  if (!OWN.has(item.source)) say(because, viewer, item);
}

// The sentence, and the watched titles that count for most, each with how much.
async function say(because, viewer, item) {
  const answer = await api.explain(viewer, item.contentId).catch(() => null);
  if (!answer) return;
  because.append(element("p", { className: "sentence", textContent: answer.reason }));
  const counted = (answer.part?.watched ?? []).filter((one) => one.share > 0.02).slice(0, 4);
  if (!counted.length) return;
  const list = element("ul", { "aria-label": "What counts for it" });
  for (const one of counted) {
    const weight = element("span", { className: "weight", "aria-hidden": "true" });
    weight.style.width = `${Math.round(one.share * 7 * 10) / 10}rem`;
    const words = element("span", { textContent: `${spoken(one.name)}, ${Math.round(one.share * 100)} %` });
    list.append(element("li", {}, weight, words));
  }
  because.append(list);
}

function head(item, shown, because, on) {
  const facts = [item.year, item.type, ...item.genres].filter(Boolean).join(" · ");
  const close = element("button", { type: "button", className: "close", "aria-label": "Close", textContent: "×" });
  close.addEventListener("click", () => byId("details").close());
  return element(
    "div",
    { className: "head" },
    poster(item),
    element(
      "div",
      { className: "words" },
      element("h2", { id: "details-name", textContent: spoken(item.name) }),
      element("p", { className: "facts", textContent: facts }),
      element("p", { className: "why", textContent: item.reason }),
      because,
      element(
        "div",
        { className: "actions" },
        action("✓  I watched this", "primary", () => on.watched(item, shown)),
        action("Like", "", () => on.said("thumb", item, shown, { value: 1 })),
        action("Not for me", "", () => on.said("thumb", item, shown, { value: -1 })),
        action("+ Watchlist", "", () => on.said("watchlist_add", item, shown)),
        ...(item.resume ? [action("Put away", "", () => on.said("dismiss", item, shown))] : []),
      ),
    ),
    close,
  );
}

function action(words, kind, does) {
  const made = element("button", { type: "button", className: `action ${kind}`, textContent: words });
  made.addEventListener("click", () => {
    byId("details").close();
    does();
  });
  return made;
}

async function fill(list, viewer, item, on) {
  try {
    const answer = await api.similar(viewer, item.contentId);
    for (const other of answer.items) {
      const shown = {
        recommendationId: answer.recommendationId,
        rowId: `similar-${item.contentId}`.slice(0, 200),
        itemRank: other.itemRank,
        source: other.source,
        propensity: other.propensity,
        ...(answer.bundleId ? { bundleId: answer.bundleId } : {}),
      };
      const open = element(
        "button",
        { type: "button", className: "open", "aria-label": spoken(other.name) },
        poster(other),
        element("span", { className: "name", textContent: spoken(other.name) }),
      );
      open.addEventListener("click", () => on.open(other, shown));
      const card = element("li", { className: "card" }, open);
      list.append(card);
      on.shown(card, other, shown);
    }
    if (!answer.items.length) list.append(element("li", { textContent: "Nothing like it yet." }));
  } catch (error) {
    list.append(element("li", { textContent: error.message }));
  }
}
