// The one place that speaks HTTP; an error carries the problem's own words.

async function call(path, options) {
  const response = await fetch(path, options);
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail ?? response.statusText);
  return body;
}

const query = (fields) => new URLSearchParams(fields).toString();

export const home = (viewerId) => call(`/api/recommendations/home?${query({ viewerId })}`);

export const titles = (viewerId, algorithm) =>
  call(`/api/recommendations?${query({ viewerId, algorithm, limit: 60 })}`);

export const similar = (viewerId, contentId) =>
  call(`/api/recommendations/similar/${encodeURIComponent(contentId)}?${query({ viewerId, limit: 12 })}`);

export const sampleViewers = () => call("/api/viewers/sample").catch(() => []);

// `shown` is where the title stood: an event says what led to it.
export function sendEvent(viewerId, eventType, item, shown, more = {}) {
  const event = {
    eventId: uuid(),
    eventType,
    viewerId,
    titleId: item.contentId,
    occurredAt: new Date().toISOString(),
    deviceType: matchMedia("(pointer: coarse)").matches ? "phone" : "desktop",
    ...shown,
    ...more,
  };
  return call("/api/analytics/event", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(event),
  });
}

// crypto.randomUUID is missing where the page is opened over plain HTTP from another machine.
export function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
