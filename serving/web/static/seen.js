// What stood before the viewer's eyes and what was opened, told to the API in batches: what models learn from.

import * as api from "./api.js";
import { byId } from "./dom.js";

const HALF = 0.5;
const LONG_ENOUGH = 1000; // milliseconds that half a card has to be in sight
const PAUSE = 2000; // milliseconds in which what happens is gathered
const MOST = 100; // events at once: a beacon carries no more than 64 KiB

const places = new WeakMap();
const timers = new WeakMap();
const told = new Set();
let waiting = [];
let pausing = 0;

// Watches a card that shows an item in a place, until it was in sight for long enough.
export function watch(card, viewer, item, shown) {
  places.set(card, { viewer, item, shown });
  sight.observe(card);
}

export function opened(viewer, item, shown) {
  tell(viewer, "click", item, shown);
}

const sight = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting, intersectionRatio } of entries) {
      clearTimeout(timers.get(target));
      if (isIntersecting && intersectionRatio >= HALF) wait(target);
    }
  },
  { threshold: HALF },
);

const wait = (card) => timers.set(card, setTimeout(() => count(card), LONG_ENOUGH));

function count(card) {
  const covered = byId("details").open && !card.closest("dialog");
  if (covered || document.visibilityState !== "visible") return wait(card);
  sight.unobserve(card);
  const { viewer, item, shown } = places.get(card);
  const once = [viewer, shown.recommendationId, shown.rowId, item.contentId].join(" ");
  if (told.has(once)) return;
  told.add(once);
  tell(viewer, "impression", item, shown);
}

function tell(viewer, type, item, shown) {
  waiting.push(api.eventOf(viewer, type, item, shown));
  pausing ||= setTimeout(send, PAUSE);
}

async function send() {
  pausing = 0;
  const batch = waiting.splice(0, MOST);
  if (!batch.length) return;
  try {
    await api.sendEvents(batch);
  } catch (error) {
    // An event counts once however often it comes, so what may not have arrived is sent again.
    if (error.again) waiting.unshift(...batch);
    else console.warn(error.message);
  }
  if (waiting.length) pausing ||= setTimeout(send, PAUSE);
}

// Whoever leaves takes the page along, so the browser is asked to bring the rest.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "hidden") return;
  while (waiting.length && api.handOver(waiting.slice(0, MOST))) waiting.splice(0, MOST);
});
