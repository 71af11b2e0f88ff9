// The page on which somebody writes a petition: what is typed is kept on the device until it is sent, and cases like it are shown.
// Without this script the same form is sent, and its second button shows the same cases.
(() => {
  const KEY = "nhipcau.petition", WEEK = 7 * 864e5, KEPT = ["lan", "loai", "chuyen-gi", "cho", "noi", "dinh-danh"];
  const form = document.querySelector("form[data-petition]");
  // Private windows and full disks refuse: then nothing is kept.
  const store = (act) => {
    try {
      return act(localStorage);
    } catch {
      return null;
    }
  };
  const forget = () => store((all) => all.removeItem(KEY));
  if (document.querySelector("[data-petition-sent]")) forget();
  if (!form) return;

  const words = form.elements["chuyen-gi"], note = form.querySelector("[data-draft]");
  const value = (name) => form.elements[name]?.value ?? "";

  const fresh = value("lan");
  const held = store((all) => JSON.parse(all.getItem(KEY) ?? "null"));
  if (held && !(Date.now() - held.at < WEEK)) forget();
  else if (held) {
    // Its number, too: what was sent and never answered is sent again as the same petition. What the page shows already stays.
    for (const name of words.value ? [] : KEPT)
      if (form.elements[name] && typeof held[name] === "string") form.elements[name].value = held[name];
    note.hidden = false;
  }
  function keep() {
    if (!words.value.trim()) return;
    const draft = { at: Date.now() };
    for (const name of KEPT) draft[name] = value(name);
    if (store((all) => all.setItem(KEY, JSON.stringify(draft)) ?? true)) note.hidden = false;
  }
  note.querySelector("button").onclick = () => {
    forget();
    form.reset();
    form.elements.lan.value = fresh;
    words.value = "";
    note.hidden = true;
    words.focus();
  };

  const box = form.querySelector("[data-similar]");
  const make = (tag, text, more) => Object.assign(document.createElement(tag), { textContent: text, ...more });
  let timer, asked = "", turn = 0;
  async function look() {
    const text = words.value.trim();
    if (text.length < 20 || text === asked) return;
    asked = text;
    const mine = ++turn;
    try {
      const answer = await fetch("/api/v1/petitions/similar", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ words: text.slice(0, 4000), commune: value("noi").slice(0, 200), lang: form.dataset.petition }),
      });
      if (!answer.ok || mine !== turn) return;
      const { similar } = await answer.json();
      box.replaceChildren();
      if (!similar.length) return;
      const list = make("ul", "", { className: "lines" });
      for (const like of similar) {
        const row = make("li", "");
        row.append(make("a", like.question, { href: like.href, target: "_blank", rel: "noopener" }));
        row.append(make("p", `${box.dataset.answer} ${like.answer}`), make("p", like.says, { className: "soft" }));
        list.append(row);
      }
      box.append(make("h2", box.dataset.title), list);
    } catch {
      // Without a line there is nothing to show; what is typed is kept.
    }
  }
  form.addEventListener("input", () => {
    keep();
    clearTimeout(timer);
    timer = setTimeout(look, 500);
  });
})();
