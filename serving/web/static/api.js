// The one place that speaks HTTP; an error carries the problem's own words.

const EVENTS = "/api/analytics/event";

// `again` says whether the same request may succeed later.
const refusal = (words, again) => Object.assign(new Error(words), { again });

async function call(path, options) {
  const response = await fetch(path, options).catch((error) => {
    throw refusal(error.message, true);
  });
  const body = await response.json();
  if (!response.ok) throw refusal(body.detail ?? response.statusText, response.status >= 500);
  return Array.isArray(body) ? body : { ...body, language: languageOf(response) };
}

// Browsers say by themselves which languages they want; the answer says which it is in, names before rows.
const languageOf = (response) => (response.headers.get("Content-Language") ?? "en").split(",")[0];

const deviceType = matchMedia("(pointer: coarse)").matches ? "phone" : "desktop";

const query = (fields) => new URLSearchParams(fields).toString();

export const home = (viewerId) => call(`/api/recommendations/home?${query({ viewerId, deviceType })}`);

export const titles = (viewerId, algorithm) =>
  call(`/api/recommendations?${query({ viewerId, algorithm, deviceType, limit: 60 })}`);

export const onboarding = (viewerId) =>
  call(`/api/recommendations/onboarding?${query({ viewerId, limit: 24 })}`);

export const similar = (viewerId, contentId) =>
  call(`/api/recommendations/similar/${encodeURIComponent(contentId)}?${query({ viewerId, limit: 12 })}`);

export const explain = (viewerId, contentId) =>
  call(`/api/recommendations/explain?${query({ viewerId, contentId, deviceType })}`);

export const sampleViewers = () => call("/api/viewers/sample").catch(() => []);

// `shown` is where the title stood: an event says what led to it.
export const eventOf = (viewerId, eventType, item, shown, more = {}) => ({
  eventId: uuid(),
  eventType,
  viewerId,
  titleId: item.contentId,
  occurredAt: new Date().toISOString(),
  deviceType,
  ...shown,
  ...more,
});

export const sendEvents = (events) =>
  call(EVENTS, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(events),
  });

// For a page that is going away; says whether the browser took them.
export const handOver = (events) =>
  navigator.sendBeacon(EVENTS, new Blob([JSON.stringify(events)], { type: "application/json" }));

// crypto.randomUUID is missing where the page is opened over plain HTTP from another machine.
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
