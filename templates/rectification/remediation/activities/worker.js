// Keeps one empty entry form for where there is no signal, and nothing else: no case, no person, no page of anybody.
"use strict";

const CACHE = "entry-form-{{ version }}";
const PAGE = "{{ page }}";
const FILES = [{% for file in files %}"{{ file }}"{% if not forloop.last %}, {% endif %}{% endfor %}];
const PATIENCE = 8_000; // for the pages of the log only: a village may have a signal that carries nothing

self.addEventListener("install", (event) => {
  const wanted = [PAGE, ...FILES].map((address) => new Request(address, { cache: "reload", credentials: "omit" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(wanted)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = async () => {
    for (const name of await caches.keys()) if (name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(old());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const { pathname, origin } = new URL(request.url);
  if (origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, pathname));
  else if (FILES.includes(pathname)) event.respondWith(fetch(request).catch(() => kept(pathname)));
});

const kept = async (address) => (await caches.match(address, { ignoreVary: true })) || Response.error();

async function page(request, pathname) {
  const ofTheLog = pathname === "{{ slow }}" || pathname.endsWith("/activities/add/");
  const answers = [fetch(request)];
  if (ofTheLog) answers.push(new Promise((_, reject) => setTimeout(reject, PATIENCE)));
  try {
    return await Promise.race(answers);
  } catch {
    return kept(PAGE);
  }
}
