// The token of whoever tries the API: kept for this tab alone, and sent with every call.

import { sampleViewers } from "../api.js";
import { byId, element } from "../dom.js";

const KEY = "token";
const hearers = [];

export const token = () => sessionStorage.getItem(KEY) ?? "";
export const onChange = (hear) => hearers.push(hear);

// What a token says of itself; whether it is true is the API's to verify.
export function claims() {
  try {
    const [, middle] = token().split(".");
    const bytes = Uint8Array.from(atob(middle.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes)) ?? {};
  } catch {
    return {};
  }
}

function use(given) {
  if (given) sessionStorage.setItem(KEY, given);
  else sessionStorage.removeItem(KEY);
  show();
  for (const hear of hearers) hear();
}

function show() {
  const { sub, profile, scope, exp } = claims();
  const until = exp ? `, until ${new Date(exp * 1000).toLocaleTimeString()}` : "";
  const known = [scope, profile ?? sub].filter(Boolean).join(" ") || "whom it does not say";
  byId("bearer").textContent = token()
    ? `Calls are sent with a token of ${known}${until}. Lines of curl call it $TOKEN.`
    : "Calls are sent without a token.";
  byId("forget").hidden = !token();
  byId("token").value = "";
}

async function command() {
  const [viewer] = await sampleViewers();
  const words = viewer
    ? `.venv/bin/recsys token --store data/demo --viewer ${viewer.viewerId}`
    : "recsys token --viewer …";
  byId("command").replaceChildren(
    "A viewer's token: ",
    element("code", { textContent: words }),
    "; instead of ",
    element("code", { textContent: "--viewer …" }),
    " a member of staff's with ",
    element("code", { textContent: "--scope staff" }),
    ", a program's with ",
    element("code", { textContent: "--scope service" }),
    ".",
  );
}

export function listen() {
  byId("who").addEventListener("submit", (event) => {
    event.preventDefault();
    const given = byId("token").value.trim().replace(/^Bearer\s+/i, "");
    if (given) use(given);
  });
  byId("forget").addEventListener("click", () => use(""));
  show();
  command();
}
