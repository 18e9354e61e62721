// The description's examples name a title and a viewer that no catalog has: here are those that this one has.

import { claims } from "./token.js";

const TITLE = "t0007";
const VIEWER = "v00042";
let asked = null;

async function title() {
  const response = await fetch("/api/content/trending?limit=1");
  const { items } = response.ok ? await response.json() : {};
  return items?.[0]?.contentId ?? TITLE;
}

// Returns a function from an example to one that can be sent.
export async function here() {
  asked ??= title().catch(() => TITLE);
  const real = { [TITLE]: await asked, [VIEWER]: claims().profile ?? VIEWER };
  const fitted = (value) => {
    if (typeof value === "string") return Object.hasOwn(real, value) ? real[value] : value;
    if (Array.isArray(value)) return value.map(fitted);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fitted(one)]));
  };
  return fitted;
}
