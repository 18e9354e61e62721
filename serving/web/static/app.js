// The page: who looks, what is shown, and what happens when they say what they watched.

import * as api from "./api.js";
import { showDetails } from "./details.js";
import { byId, element, spoken } from "./dom.js";
import { picker } from "./picker.js";
import { grid, moveByArrows, row } from "./rows.js";
import * as seen from "./seen.js";

const state = { viewer: "", view: "home", before: null, request: 0 };

const WHY = {
  hybrid: "All models propose, a ranker decides",
  collaborative: "What viewers with a like history watch",
  "content-based": "What is like the titles you watched, by words, people and genres",
};

const on = {
  open: (item, shown) => {
    seen.opened(state.viewer, item, shown);
    showDetails(state.viewer, item, shown, on);
  },
  shown: (card, item, shown) => seen.watch(card, state.viewer, item, shown),
  watched: (item, shown) =>
    say("complete", item, shown, { watchedPortion: 1 }, `You watched ${spoken(item.name)}`),
  said: (type, item, shown, more) =>
    say(type, item, shown, more, `Noted: ${spoken(item.name)}`),
};

async function say(type, item, shown, more, words) {
  try {
    await api.sendEvents([api.eventOf(state.viewer, type, item, shown, more)]);
    await show();
    toast(`${words}. Your page has changed.`);
  } catch (error) {
    toast(error.message);
  }
}

// A page without the offer is a page still.
async function offerPicks(request) {
  const viewer = state.viewer;
  const offered = await api.onboarding(viewer).catch(() => null);
  if (request !== state.request || !offered?.items.length) return;
  byId("page").prepend(picker(offered.items, (items) => pick(viewer, items, offered)));
}

// Says whether the picks were taken.
async function pick(viewer, items, answer) {
  const stood = (item) => ({
    recommendationId: answer.recommendationId,
    rowId: "onboarding",
    rowRank: 0,
    itemRank: item.itemRank,
    source: item.source,
  });
  try {
    await api.sendEvents(
      items.map((item) => api.eventOf(viewer, "thumb", item, stood(item), { value: 1 })),
    );
  } catch (error) {
    toast(error.message);
    return false;
  }
  await show();
  toast("This is your page. It changes with all that you watch.");
  return true;
}

async function show() {
  const request = ++state.request;
  const page = byId("page");
  page.classList.add("loading");
  try {
    const answer = await ask();
    if (request !== state.request) return; // a later choice overtook this answer
    draw(answer);
    if (isNewcomers(answer)) await offerPicks(request);
  } catch (error) {
    page.replaceChildren(element("p", { className: "trouble", textContent: error.message }));
  } finally {
    if (request === state.request) page.classList.remove("loading");
  }
}

// Without a bundle nothing could be made of what was picked.
const isNewcomers = (answer) =>
  answer.bundleId && !answer.degraded.length && answer.rows?.length && !answer.rows.some((shown) => shown.rowId === "top-picks");

const ask = () =>
  state.view === "home" ? api.home(state.viewer) : api.titles(state.viewer, state.view);

function draw(answer) {
  const items = answer.rows ? answer.rows.flatMap((shown) => shown.items) : answer.items;
  const now = new Set(items.map((item) => item.contentId));
  const fresh = new Set(state.before ? [...now].filter((id) => !state.before.has(id)) : []);
  state.before = now;
  const drawn = answer.rows
    ? answer.rows.map((shown) => row(shown, answer, fresh, on))
    : [grid(answer, "Picked for you", WHY[state.view], fresh, on)];
  const empty = element("p", { className: "trouble", textContent: "There is nothing to show here." });
  byId("page").replaceChildren(...(items.length ? drawn : [empty]));
  byId("page").lang = answer.language; // what stands around it is English
  const missing = answer.degraded.length ? ` · without ${answer.degraded.join(", ")}` : "";
  byId("about").textContent = `bundle ${answer.bundleId ?? "none"}${missing}`;
}

function look(viewer) {
  state.viewer = viewer;
  state.before = null;
  byId("viewer").value = viewer;
  for (const face of byId("faces").children) {
    const chosen = face.dataset.viewer === viewer;
    face.setAttribute("aria-pressed", String(chosen));
    if (chosen) face.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
  history.replaceState(null, "", `#${encodeURIComponent(viewer)}`);
  return show();
}

function offer(viewers) {
  for (const one of viewers) {
    const limit = one.maximumAge === null ? "" : ` · up to ${one.maximumAge} years`;
    const face = element(
      "button",
      { type: "button", className: "face", "aria-pressed": "false" },
      element("strong", { textContent: one.viewerId }),
      element("span", { textContent: `${one.titles} titles and episodes watched${limit}` }),
    );
    face.dataset.viewer = one.viewerId;
    face.addEventListener("click", () => look(one.viewerId));
    byId("faces").append(face);
    byId("viewers").append(element("option", { value: one.viewerId }));
  }
}

const newcomer = () => `guest-${api.uuid().slice(0, 8)}`;

let hiding = 0;
function toast(words) {
  const box = byId("toast");
  box.textContent = words;
  box.classList.add("shown");
  clearTimeout(hiding);
  hiding = setTimeout(() => box.classList.remove("shown"), 4000);
}

function listen() {
  for (const button of document.querySelectorAll("[data-view]")) {
    button.addEventListener("click", () => {
      state.view = button.dataset.view;
      state.before = null;
      for (const other of document.querySelectorAll("[data-view]")) {
        other.setAttribute("aria-pressed", String(other === button));
      }
      show();
    });
  }
  byId("who").addEventListener("submit", (event) => {
    event.preventDefault();
    look(byId("viewer").value.trim() || newcomer());
  });
  byId("viewer").addEventListener("change", () => byId("who").requestSubmit());
  byId("newcomer").addEventListener("click", () => look(newcomer()));
  byId("page").addEventListener("keydown", moveByArrows);
  byId("details").addEventListener("click", (event) => {
    if (event.target === event.currentTarget) event.currentTarget.close();
  });
}

listen();
const viewers = await api.sampleViewers();
offer(viewers);
await look(decodeURIComponent(location.hash.slice(1)) || viewers[0]?.viewerId || newcomer());
