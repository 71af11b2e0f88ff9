// Shows the newest items of a portal of the network on any page:
//   <script src="…/assets/nhung.js" data-so="5" data-loai="van-ban" defer></script>
// Asks nobody but the portal that it came from, writes text and links only, and shows what it kept when the portal is away.
(() => {
  const script = document.currentScript;
  if (!script) return;
  const { loai, nguon, cua, so, vao, lang } = script.dataset;
  const portal = new URL(script.src).origin;
  const most = Math.min(Math.max(parseInt(so, 10) || 5, 1), 20);
  const query = new URLSearchParams();
  for (const [name, value] of [["loai", loai], ["cua", cua], ["nguon", nguon]]) if (value) query.set(name, value);
  const feed = `${portal}/feed.json${query.size ? `?${query}` : ""}`;
  const key = `nhipcau ${feed}`;
  const says = lang === "en"
    ? { kept: "Kept on", away: "The portal cannot be reached now.", none: "Nothing yet." }
    : { kept: "Bản lưu ngày", away: "Chưa nối được với cổng.", none: "Chưa có mục nào." };

  const make = (name, kind, text) => {
    const element = document.createElement(name);
    element.className = `nhipcau-${kind}`;
    if (text) element.textContent = text;
    return element;
  };
  // Only addresses of the portal itself: what a feed says of others is not followed.
  const own = (address) => {
    try {
      const url = new URL(address, portal);
      return url.origin === portal ? url.href : null;
    } catch {
      return null;
    }
  };
  const day = (text) => {
    const at = new Date(text);
    return isNaN(at) ? "" : at.toLocaleDateString(lang === "en" ? "en-GB" : "vi-VN", { timeZone: "Asia/Ho_Chi_Minh" });
  };
  const keep = (value) => {
    try {
      localStorage.setItem(key, JSON.stringify(value));
    } catch {}
  };
  const kept = () => {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  };

  const box = make("div", "box");
  const place = vao ? document.querySelector(vao) : null;
  if (place) place.append(box);
  else script.after(box);

  const show = (items, note) => {
    const list = make("ul", "list");
    for (const item of items) {
      const [line, href] = [make("li", "item"), own(item.url)];
      const link = make(href ? "a" : "span", "title", String(item.title ?? ""));
      if (href) link.href = href;
      const when = make("small", "day", [day(item.date_published), item.authors?.[0]?.name].filter(Boolean).join(" · "));
      line.append(link, " ", when);
      list.append(line);
    }
    box.replaceChildren(list);
    if (!items.length) box.append(make("p", "note", says.none));
    if (note) box.append(make("p", "note", note));
  };

  fetch(feed, { credentials: "omit", referrerPolicy: "no-referrer" })
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
    .then((told) => {
      const items = told.items.filter((item) => item._nhipcau?.stands).slice(0, most);
      const few = items.map(({ url, title, date_published, authors }) => ({ url, title, date_published, authors }));
      keep({ at: new Date().toISOString(), items: few });
      show(few);
    })
    .catch(() => {
      const last = kept();
      if (Array.isArray(last?.items)) show(last.items.slice(0, most), `${says.away} ${says.kept} ${day(last.at)}.`);
      else box.replaceChildren(make("p", "note", says.away));
    });
})();
