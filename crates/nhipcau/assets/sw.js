// Pages for hours without a line: what was read, and the items of the day. What an issuer withdrew is purged as soon as there
// is a line again; what changed is fetched anew. Only public pages are kept, and each says how old it is.
(() => {
  const given = self.nhipcau;
  const PAGES = "trang-" + given.version, FILES = "tep-" + given.version;
  const MOST = 120; // pages that are kept
  const TODAY = 12; // items of the day that are fetched before anybody asks
  const DAY = 86_400_000, OLD = 30 * DAY, PAUSE = 60_000;
  const LAST = "/ban-luu.json";

  // Pages that anybody may read and that say the same to everybody. A search stays its reader's own.
  const PUBLIC = /^(\/en)?(\/?$|\/(muc|vb|dich-vu|thong-tin|mang|nguon-tin|co-quan|cong-chinh-thuc|truyen-thanh)(\/|$))/;
  const item = (path) => path.match(/^(?:\/en)?(\/muc\/[0-9a-f]{8}-[0-9a-f]{32})/)?.[1];
  const tongue = (path) => (/^\/en(\/|$)/.test(path) ? "en" : "vi");
  const plain = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

  self.addEventListener("install", (event) => {
    event.waitUntil(caches.open(FILES).then((files) => files.addAll(given.files)).then(() => self.skipWaiting()));
  });

  self.addEventListener("activate", (event) => {
    const old = (name) => name !== PAGES && name !== FILES;
    const forget = caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))));
    event.waitUntil(forget.then(() => self.clients.claim()));
  });

  self.addEventListener("fetch", (event) => {
    const request = event.request, url = new URL(request.url);
    if (request.method !== "GET" || url.origin !== self.location.origin) return;
    if (/^\/(assets|theme|mark)\//.test(url.pathname)) event.respondWith(file(request));
    else if (request.destination === "image") event.respondWith(picture(request));
    else if (request.mode === "navigate" && PUBLIC.test(url.pathname)) event.respondWith(page(event, url));
  });

  self.addEventListener("message", (event) => {
    if (event.data === "line") event.waitUntil(follow(0));
  });

  // What somebody follows here: one notice for each message, also if it comes twice. What is kept is told of it, too.
  self.addEventListener("push", (event) => {
    const { id, lang, title, body, path } = event.data.json();
    const show = self.registration.showNotification(title, { body, lang, tag: id, data: path });
    event.waitUntil(Promise.all([show, follow(0)]));
  });

  self.addEventListener("notificationclick", (event) => {
    event.notification.close();
    event.waitUntil(self.clients.openWindow(event.notification.data));
  });

  /** Files bear their hash in their names. */
  async function file(request) {
    const held = await caches.match(request, { cacheName: FILES });
    if (held) return held;
    const answer = await fetch(request);
    if (answer.ok) (await caches.open(FILES)).put(request, answer.clone());
    return answer;
  }

  async function picture(request) {
    try {
      const answer = await fetch(request);
      if (answer.ok && Number(answer.headers.get("content-length")) < 200_000) {
        const copy = answer.clone();
        await put(request.url, copy);
      }
      return answer;
    } catch {
      return (await caches.match(request.url, { cacheName: PAGES })) ?? Response.error();
    }
  }

  let cut = false;

  async function page(event, url) {
    const path = url.pathname + url.search;
    try {
      const answer = await fetch(event.request), back = cut;
      cut = false;
      event.waitUntil(keep(path, answer.clone()).then(() => follow(back ? 0 : PAUSE)));
      return answer;
    } catch {
      cut = true;
      return (await held(path)) ?? (await none(path));
    }
  }

  async function put(path, answer) {
    const pages = await caches.open(PAGES), headers = new Headers(answer.headers);
    headers.set("x-kept", Date.now());
    await pages.delete(path);
    await pages.put(path, new Response(await answer.blob(), { headers }));
    const all = await pages.keys();
    for (const one of all.slice(0, Math.max(0, all.length - MOST))) await pages.delete(one);
  }

  async function keep(path, answer) {
    if (answer.status === 200 && answer.headers.get("content-type")?.startsWith("text/html")) return put(path, answer);
    // Gone for everybody is gone here.
    if (answer.status === 404 || answer.status === 410) await purge(new Set([item(path) ?? path]));
  }

  /** Lets go of pages by what they show. */
  async function purge(paths) {
    const pages = await caches.open(PAGES);
    for (const one of await pages.keys()) {
      const { pathname, search } = new URL(one.url);
      if (paths.has(item(pathname) ?? pathname + search)) await pages.delete(one);
    }
  }

  /** A page as it was kept, which says so before anything else. */
  async function held(path) {
    const answer = await caches.match(path, { cacheName: PAGES, ignoreVary: true });
    if (!answer) return;
    const lang = tongue(path), at = new Date(Number(answer.headers.get("x-kept")));
    const when = at.toLocaleString(lang === "vi" ? "vi-VN" : "en-GB", { timeZone: "Asia/Ho_Chi_Minh", dateStyle: "short", timeStyle: "short" });
    const says = `<header><p class="demo due" role="status" data-kept><span class="page">${plain(given[lang].kept.replace("\u0001", when))}</span></p>`;
    const headers = new Headers(answer.headers);
    ["content-length", "content-encoding", "etag"].forEach((name) => headers.delete(name));
    return new Response((await answer.text()).replace("<header>", says), { headers });
  }

  /** What stands where nothing was kept: what was. */
  async function none(path) {
    const lang = tongue(path), words = given[lang], pages = await caches.open(PAGES);
    const lines = [];
    for (const one of (await pages.keys()).reverse()) {
      const url = new URL(one.url);
      if (!PUBLIC.test(url.pathname) || tongue(url.pathname) !== lang) continue;
      const title = (await (await pages.match(one, { ignoreVary: true })).text()).match(/<title>([^<]*)/)?.[1];
      if (title) lines.push(`<li><a href="${plain(url.pathname + url.search)}">${title}</a></li>`);
    }
    const list = lines.length ? `<h2>${plain(words.list)}</h2><ul class="lines">${lines.join("")}</ul>` : `<p>${plain(words.empty)}</p>`;
    const html = `<!DOCTYPE html><html lang="${lang}"><head><meta charset="utf-8"><title>${plain(words.none)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="${given.files[0]}"></head>
<body><main class="page main" id="noi-dung"><h1>${plain(words.none)}</h1><p>${plain(words.again)}</p>${list}</main></body></html>`;
    return new Response(html, { status: 503, headers: { "content-type": "text/html; charset=utf-8" } });
  }

  let following;
  /** Asks what changed since it was asked last, unless that is less than `pause` ago. */
  function follow(pause) {
    following ??= changes(pause).catch(() => {}).finally(() => (following = undefined));
    return following;
  }

  async function changes(pause) {
    const pages = await caches.open(PAGES);
    const mark = await pages.match(LAST);
    const last = mark ? Number(await mark.text()) : Date.now() - DAY;
    if (mark && Date.now() - Number(mark.headers.get("x-kept")) < pause) return;
    const answer = await fetch(`${LAST}?tu=${last}`);
    if (!answer.ok) return;
    const { at, here, ended, more } = await answer.json();
    const old = (await Promise.all((await pages.keys()).map(async (one) => {
      const age = Date.now() - Number((await pages.match(one, { ignoreVary: true }))?.headers.get("x-kept"));
      const { pathname, search } = new URL(one.url);
      return age > OLD || (more && item(pathname)) ? item(pathname) ?? pathname + search : "";
    }))).filter((path) => path && path !== LAST);
    await purge(new Set([...ended, ...old]));
    const changed = new Set(here), again = new Set(here.slice(-TODAY));
    for (const one of await pages.keys()) {
      const path = item(new URL(one.url).pathname);
      if (changed.has(path)) again.add(path);
    }
    // What a page said before its item changed is not said again, whether or not the new page comes.
    await purge(changed);
    await pages.put(LAST, new Response(String(at), { headers: { "x-kept": String(Date.now()) } }));
    if (self.navigator.connection?.saveData) return;
    for (const path of again) await fetch(path).then((answer) => keep(path, answer));
    const home = await fetch("/");
    await keep("/", home);
  }
})();
