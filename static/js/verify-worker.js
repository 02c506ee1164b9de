// Keeps the checker for when there is no network: its page, scripts, keys and the list of withdrawn results.
// KEPT = {version, paths} is written above by the server; the first path is the page itself.

const CACHE = `verify-${KEPT.version}`;
const [PAGE, ...FRESH] = KEPT.paths.slice(0, 4); // the page, root key, keys, withdrawn results
const PATIENCE = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    // Without cookies: nothing of a person is kept on a shared phone.
    await Promise.all(KEPT.paths.map(async (path) => {
      const answer = await fetch(path, { credentials: "omit", cache: "reload" });
      if (answer.ok) await cache.put(path, answer);
    }));
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("verify-") && name !== CACHE) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (/^\/xm\/tep\//i.test(url.pathname)) return;
    event.respondWith(fromNetwork(request).catch(() => stored(PAGE)));
  } else if (FRESH.includes(url.pathname)) {
    event.respondWith(fresh(request, url.pathname));
  } else if (KEPT.paths.includes(url.pathname)) {
    event.respondWith(caches.match(url.pathname).then((found) => found || fetch(request)));
  }
});

async function fromNetwork(request, options) {
  const impatient = new AbortController();
  const timer = setTimeout(() => impatient.abort(), PATIENCE);
  try {
    return await fetch(request, { signal: impatient.signal, ...options });
  } finally {
    clearTimeout(timer);
  }
}

async function fresh(request, path) {
  try {
    const answer = await fromNetwork(request, { cache: "no-cache" }); // a new key or a revocation counts at once
    if (answer.ok) await (await caches.open(CACHE)).put(path, answer.clone());
    return answer;
  } catch {
    return stored(path);
  }
}

async function stored(path) {
  return (await caches.match(path)) || Response.error();
}
