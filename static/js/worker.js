// Brings one page back without a network: the page below whose address this lies, with its scripts. It keeps nothing
// that was typed and answers nothing that is sent. Network first; what was kept before only where there is none.
"use strict";
const PATIENCE = 8000; // milliseconds after which a page that was kept is better than waiting

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== self.location.origin) return;
  event.respondWith(answered(request));
});

async function answered(request) {
  const kept = await caches.match(request, { ignoreSearch: true, ignoreVary: true });
  const fresh = fetch(request);
  if (!kept) return fresh;
  fresh.catch(() => {}); // whichever comes first answers; the other may fail unheard
  const late = new Promise((_resolve, reject) => setTimeout(reject, PATIENCE));
  try {
    return await Promise.race([fresh, late]);
  } catch {
    return kept;
  }
}
