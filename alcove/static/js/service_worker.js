// @ts-check
/// <reference lib="webworker" />
/**
 * The service worker: shows pushed notifications, and what can be read without a connection.
 * Served as /sw.js by `alcove/web_app.py`, which puts PARTS before it; docs/front-end.md has more.
 *
 * Pages are never kept. What is kept: the shell (the offline page, help in a crisis and their style:
 * the same for everybody), and, only where the person asked for it on this device, one page with
 * their coming sessions. That goes as soon as somebody signs out, is signed out, or another person
 * is seen (docs/decisions/0010).
 *
 * @typedef {object} Parts What this worker is about, from the server.
 * @property {string} version Changes with everything that is kept in the shell.
 * @property {string[]} shell
 * @property {string} offline The page for everything that cannot be reached.
 * @property {string} snapshot The page with the coming sessions.
 * @property {string[]} renewing Pages after which that is fetched anew.
 * @property {string} signOut
 * @property {number} keptSeconds
 * @property {string} icon
 * @property {string} badge
 * @property {string} news What a push says whose own words cannot be read.
 */
/** @typedef {{ title: string, body?: string, tag?: string, url?: string, lang?: string }} Words */

const parts = /** @type {{ PARTS: Parts }} */ (/** @type {unknown} */ (globalThis)).PARTS;
const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (globalThis));

const SHELL = `shell-${parts.version}`;
/** What belongs to the person of this device; each entry names its reader by an opaque mark. */
const DEVICE = "device";
const CHOICE = "/device/keeps-sessions";
const PUSHED = "/device/push";

/** The header by which every answer tells whom it is for. */
const READER = "Alcove-Reader";
const NOBODY = "nobody";
/** From a proxy whose practice is away: as good as no connection. */
const AWAY = new Set([502, 503, 504]);

worker.addEventListener("install", (event) => {
  event.waitUntil(fillShell().then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(takeOver());
});

async function fillShell() {
  const shell = await caches.open(SHELL);
  await shell.addAll(parts.shell.map((path) => new Request(path, { cache: "no-cache" })));
}

async function takeOver() {
  for (const name of await caches.keys()) {
    if (name !== SHELL && name !== DEVICE) await caches.delete(name);
  }
  // The page is asked for while the worker starts, so that it makes no visit slower.
  await worker.registration.navigationPreload?.enable();
  await worker.clients.claim();
  // Its style is that of the shell, which has just changed.
  await renewSnapshot();
}

// --- Visits -------------------------------------------------------------------------------------

worker.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== location.origin) return;
  if (event.request.mode === "navigate") {
    if (event.request.method === "GET") event.respondWith(visit(event, url));
    // Before the answer, and whatever it is.
    else if (url.pathname === parts.signOut) event.waitUntil(forgetEverything());
  } else if (parts.shell.includes(url.pathname)) {
    event.respondWith(fromShell(event.request));
  }
});

/** @param {FetchEvent} event @param {URL} url */
async function visit(event, url) {
  try {
    const response = (await event.preloadResponse) ?? (await fetch(event.request));
    if (AWAY.has(response.status)) return (await withoutConnection(url)) ?? response;
    event.waitUntil(afterVisit(url, response));
    return response;
  } catch {
    return (await withoutConnection(url)) ?? Response.error();
  }
}

/** @param {URL} url @param {Response} response */
async function afterVisit(url, response) {
  const reader = response.headers.get(READER);
  if (reader === NOBODY) await forgetSnapshot();
  else if (reader) await forgetOthers(reader);
  if (reader && reader !== NOBODY && parts.renewing.includes(url.pathname)) await renewSnapshot();
}

/**
 * What can be read now: help in a crisis where that was asked for, the coming sessions where they
 * are kept, or that there is no connection.
 *
 * @param {URL} url
 */
async function withoutConnection(url) {
  const shell = await caches.open(SHELL);
  const asked = url.pathname === parts.offline ? undefined : await shell.match(url.pathname);
  return asked ?? (await keptSnapshot()) ?? (await shell.match(parts.offline));
}

/** @param {Request} request */
async function fromShell(request) {
  const kept = await (await caches.open(SHELL)).match(request);
  return kept ?? fetch(request);
}

// --- The coming sessions ------------------------------------------------------------------------

/** How often something was forgotten: what was on its way by then must not be put back. */
let forgotten = 0;

/** Fetches the page with the coming sessions anew, where this device's person wants it kept. */
async function renewSnapshot() {
  const device = await caches.open(DEVICE);
  const choice = await device.match(CHOICE);
  if (!choice) return false;
  const before = forgotten;
  try {
    const response = await fetch(parts.snapshot, { cache: "no-store" });
    if (!response.ok || response.redirected) {
      if (response.headers.get(READER) === NOBODY) await forgetSnapshot();
      return false;
    }
    if (response.headers.get(READER) !== choice.headers.get(READER)) {
      await forgetEverything();
      return false;
    }
    const page = await asOfNow(response);
    if (forgotten !== before) return false;
    await device.put(parts.snapshot, page);
    return true;
  } catch {
    // No connection: what is kept stays, and says of when it is.
    return false;
  }
}

/** The same page with the moment at which it came. @param {Response} response */
async function asOfNow(response) {
  const headers = new Headers(response.headers);
  headers.set("Kept-At", String(Date.now()));
  return new Response(await response.blob(), { headers });
}

/** The kept page; gone when the person has not been here for as long as a sign-in lasts. */
async function keptSnapshot() {
  const device = await caches.open(DEVICE);
  const kept = await device.match(parts.snapshot);
  if (!kept) return undefined;
  const age = (Date.now() - Number(kept.headers.get("Kept-At"))) / 1000;
  if (age >= 0 && age < parts.keptSeconds) return kept;
  await forgetSnapshot();
  return undefined;
}

/** The choice stays: it says nothing, and the same person finds it as they left it. */
async function forgetSnapshot() {
  forgotten += 1;
  await (await caches.open(DEVICE)).delete(parts.snapshot);
}

/** Forgets everything as soon as it is somebody else's. @param {string} reader */
async function forgetOthers(reader) {
  const device = await caches.open(DEVICE);
  for (const key of [CHOICE, PUSHED]) {
    const found = await device.match(key);
    if (found && found.headers.get(READER) !== reader) {
      await forgetEverything();
      return;
    }
  }
}

/** As if nobody had ever chosen anything here: pages, choices, notifications. */
async function forgetEverything() {
  forgotten += 1;
  await caches.delete(DEVICE);
  for (const shown of await worker.registration.getNotifications()) shown.close();
  const subscription = await worker.registration.pushManager?.getSubscription();
  await subscription?.unsubscribe();
}

// --- What pages ask -----------------------------------------------------------------------------

/** @type {Record<string, (reader: string) => Promise<unknown>>} */
const ACTS = {
  async keepSessions(reader) {
    await remember(CHOICE, reader);
    return renewSnapshot();
  },
  async dropSessions() {
    await forgetSnapshot();
    await (await caches.open(DEVICE)).delete(CHOICE);
    return true;
  },
  async keepsSessions() {
    return Boolean(await (await caches.open(DEVICE)).match(CHOICE));
  },
  async pushIsOn(reader) {
    await remember(PUSHED, reader);
    return true;
  },
};

worker.addEventListener("message", (event) => {
  const act = ACTS[event.data?.act];
  if (!act) return;
  event.waitUntil(act(String(event.data.reader)).then((found) => event.ports[0]?.postMessage(found)));
});

/** @param {string} key @param {string} reader */
async function remember(key, reader) {
  const device = await caches.open(DEVICE);
  await device.put(key, new Response("", { headers: { [READER]: reader } }));
}

// --- Notifications ------------------------------------------------------------------------------

worker.addEventListener("push", (event) => {
  event.waitUntil(Promise.all([show(wordsOf(event)), renewSnapshot()]));
});

/** Browsers want every push to be seen, so one that cannot be read says that there is news. */
/** @param {PushEvent} event @returns {Words} */
function wordsOf(event) {
  try {
    const words = event.data?.json();
    if (typeof words?.title === "string" && words.title) return words;
  } catch {
    // Not ours, or of another version.
  }
  return { title: parts.news };
}

/** @param {Words} words */
async function show(words) {
  await worker.registration.showNotification(words.title, {
    body: words.body ?? "",
    lang: words.lang ?? "",
    // The same tag replaces: one delivery shows once, however often it comes.
    tag: words.tag ?? "news",
    icon: parts.icon,
    badge: parts.badge,
    data: { url: words.url ?? "/" },
  });
}

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.url));
});

/**
 * Brings a page with this address to the front, or opens one. Other pages are left as they are:
 * somebody may be writing there, or be in a call.
 *
 * @param {string} path
 */
async function open(path) {
  const url = new URL(path || "/", location.origin);
  const target = url.origin === location.origin ? url : new URL("/", location.origin);
  const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const same = pages.find((page) => new URL(page.url).pathname === target.pathname);
  if (same) await same.focus();
  else await worker.clients.openWindow(target.href);
}
