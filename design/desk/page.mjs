// What the console adds where there is a script. Everything also works without it.
//
// A draft saves itself two seconds after the last key, at the latest ten seconds after the first that is not saved, and every
// minute while the page is open, so that others see who is here. What could not be sent (no line, a session that ended) stays
// in this browser, under the person and the draft, until it was. What an earlier visit left there is laid aside when the page
// opens, and stays until somebody takes it or lets go of it. Signing out clears all of it: the next person at this machine
// is another one.

const words = self.nhipcauDesk;
const LIVE = "nhipcau.draft.";
const ASIDE = "nhipcau.held.";
const SENT = "nhipcau.sent";
const MIB = 1 << 20;
/** The most bytes of a form without files, as the server takes them. */
const MOST_FORM = 8 * MIB;

/** Keeps something in this browser; false where there is no room for it, or it may not. */
function put(key, value) {
  try {
    localStorage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
}

const kept = (key) => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
};
const drop = (key) => {
  try {
    localStorage.removeItem(key);
  } catch {
    // Nothing was kept.
  }
};

/** The keys of all drafts of which this browser holds something. */
function all() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(LIVE) || key.startsWith(ASIDE));
  } catch {
    return [];
  }
}

let holding = true;
let flush = async () => {};
const form = document.querySelector("form[data-draft]");

/** What a button sends, by the name under which it is held; a browser that keeps nothing forgets it. */
function leaves(name) {
  try {
    sessionStorage.setItem(SENT, name);
  } catch {
    // Then the held copy stays until it is taken or dismissed.
  }
}

/** What a button sent is saved once the page that follows, a draft or not, says what was done. */
function arrived() {
  try {
    const sent = sessionStorage.getItem(SENT);
    if (sent && /[?&]xong=/.test(location.search)) drop(sent);
    sessionStorage.removeItem(SENT);
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}
arrived();

if (form) {
  const place = `${form.dataset.who}.${form.dataset.draft}`;
  const [name, aside] = [LIVE + place, ASIDE + place];
  const saved = document.querySelector("[data-saved]");
  const others = document.querySelector("[data-others]");
  let [waiting, dirty, sending, since] = [0, false, false, 0];

  const fields = () => new URLSearchParams(new FormData(form)).toString();
  const own = (key) => key === "khoa" || key === "version" || key === "viec";

  /** True if the words are not those of the page: another value, or a field that the page does not have. */
  function differs(text) {
    const now = new URLSearchParams(fields());
    return [...new URLSearchParams(text)].some(([key, value]) => !own(key) && now.get(key)?.replace(/\r\n/g, "\n") !== value.replace(/\r\n/g, "\n"));
  }

  /** What earlier visits left and nobody has taken yet, the newest last. */
  function copies() {
    try {
      return JSON.parse(kept(aside) ?? "[]");
    } catch {
      return [];
    }
  }

  /** Lets go of one copy. */
  function let_go(text) {
    const rest = copies().filter((copy) => copy.text !== text);
    if (rest.length) put(aside, JSON.stringify(rest));
    else drop(aside);
  }

  function button(label, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "as-link";
    button.textContent = label;
    button.onclick = act;
    return button;
  }

  /** The words of a copy, for where there is no form that could take them. */
  function shown(text) {
    const list = document.createElement("details");
    const label = document.createElement("summary");
    label.textContent = words.show;
    list.append(label);
    for (const [key, value] of new URLSearchParams(text)) {
      if (own(key) || key.startsWith("co-") || !value.trim()) continue;
      const piece = document.createElement("p");
      piece.className = "pre";
      piece.textContent = value;
      list.append(piece);
    }
    return list;
  }

  function offer(copy) {
    const bar = document.createElement("div");
    bar.className = "bar bar--blue";
    bar.dataset.held = "";
    bar.append(words.held.replace("{at}", copy.at) + " ");
    if (form.elements.title) {
      const take = button(words.take, () => {
        const then = new URLSearchParams(copy.text);
        for (const field of form.elements) {
          if (!field.name || field.type === "hidden" || field.type === "submit") continue;
          if (field.type === "checkbox") field.checked = then.has(field.name);
          else if (then.has(field.name)) field.value = then.get(field.name);
        }
        // They go on from the version that they were written on: what others changed since is joined, or shown.
        if (then.get("version")) form.elements.version.value = then.get("version");
        changed();
        let_go(copy.text);
        bar.remove();
      });
      bar.append(take, " · ");
    }
    bar.append(button(words.drop, () => (let_go(copy.text), bar.remove())), shown(copy.text));
    form.before(bar);
  }

  // What stands in this browser is of an earlier visit: it is laid aside before a key can change it.
  const left = kept(name);
  const at = (when) => new Date(when).toLocaleString(document.documentElement.lang);
  if (left) {
    const [when, text] = [left.slice(0, left.indexOf("|")), left.slice(left.indexOf("|") + 1)];
    const others_of_it = copies().filter((copy) => copy.text !== text);
    if (!differs(text) || put(aside, JSON.stringify([...others_of_it, { at: at(Number(when)), text }]))) drop(name);
  }
  for (const copy of copies()) differs(copy.text) ? offer(copy) : let_go(copy.text);

  /** Keeps what stands in the form until it has reached the server. */
  const hold = () => holding && put(name, `${Date.now()}|${fields()}`);

  async function save() {
    if (sending || !form.elements.title) return;
    clearTimeout(waiting);
    [sending, dirty, since] = [true, false, 0];
    const body = fields();
    try {
      const headers = { accept: "application/json", "content-type": "application/x-www-form-urlencoded" };
      const answer = await fetch(form.action, { method: "POST", body, headers, redirect: "manual" });
      if (answer.status === 200) {
        const said = await answer.json();
        form.elements.version.value = said.version;
        saved.textContent = words.saved.replace("{hour}", said.hour);
        others.textContent = said.others.length ? words.others.replace("{names}", said.others.join(", ")) : words.none;
        if (!dirty) drop(name);
      } else {
        // Somebody has changed the same field, or the session has ended: the button says what to do.
        hold();
        saved.textContent = answer.status === 413 ? words.bigForm : words.refused;
      }
    } catch {
      hold();
      saved.textContent = words.offline;
    }
    sending = false;
    if (dirty) later();
  }

  function later() {
    since ||= Date.now();
    clearTimeout(waiting);
    waiting = setTimeout(save, Math.max(0, Math.min(2000, since + 10000 - Date.now())));
  }

  function changed() {
    dirty = true;
    hold();
    later();
  }
  flush = async () => dirty && (await save());

  if (form.elements.title) {
    form.addEventListener("input", changed);
    setInterval(() => document.visibilityState === "visible" && !dirty && save(), 60000);
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && dirty && save());
    // The page shows what was refused a moment ago: held, and sent by nobody but who presses the button.
    if ("unsaved" in form.dataset) hold();
  }
  // What is sent by its button is held until the page that follows says that it is saved; if it fails, the page that answers
  // shows it.
  form.addEventListener("submit", (event) => {
    clearTimeout(waiting);
    if (fields().length > MOST_FORM) {
      event.preventDefault();
      saved.textContent = words.bigForm;
      saved.scrollIntoView({ block: "center" });
      return;
    }
    if (kept(name)) leaves(name);
  });

  // Text from Word or a page comes with its dress; the portal keeps headings, lists, tables and links, and says what it left.
  form.elements.text?.addEventListener("paste", async (event) => {
    const html = event.clipboardData?.getData("text/html");
    if (!html || !/<(h[1-6]|ul|ol|table|p|a)[\s>]/i.test(html)) return;
    const plain = event.clipboardData.getData("text/plain");
    event.preventDefault();
    const area = event.target;
    let text = plain;
    try {
      const body = new URLSearchParams({ khoa: form.elements.khoa.value, html }).toString();
      const headers = { accept: "application/json", "content-type": "application/x-www-form-urlencoded" };
      const small = body.length <= MOST_FORM;
      const answer = small && (await fetch(form.action.replace(/\/tin\/.*/, "/dan"), { method: "POST", body, headers, redirect: "manual" }));
      if (answer.status === 200) {
        const said = await answer.json();
        text = said.text;
        if (said.notes.length) saved.textContent = said.notes.join(" ");
      } else if (!small || answer.status === 413) {
        saved.textContent = words.bigPaste;
      }
    } catch {
      // Without a line the plain text is what there is.
    }
    area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
    changed();
  });

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      save();
    }
  });
}

// A file beyond the limit is told of before it is sent.
for (const input of document.querySelectorAll("input[type=file][data-most]")) {
  input.addEventListener("change", () => {
    const most = Number(input.dataset.most);
    const large = [...input.files].some((file) => file.size > most * MIB);
    input.setCustomValidity(large ? words.bigFile.replace("{most}", most) : "");
    if (large) input.reportValidity();
  });
}

// Signing out leaves nothing of a draft in this browser, in no tab; what was never sent is told of first.
const out = document.querySelector(".desk__who");
out?.addEventListener("submit", async (event) => {
  event.preventDefault();
  await flush();
  const unsent = all();
  if (unsent.length && !("asked" in out.dataset)) {
    out.dataset.asked = "";
    const bar = document.createElement("p");
    bar.className = "bar bar--red";
    bar.setAttribute("role", "alert");
    bar.textContent = words.leaving.replace("{n}", new Set(unsent.map((key) => key.slice(key.lastIndexOf(".") + 1))).size);
    document.querySelector("main").prepend(bar);
    bar.scrollIntoView({ block: "center" });
    return;
  }
  holding = false;
  unsent.forEach(drop);
  put("nhipcau.out", String(Date.now()));
  out.submit();
});
self.addEventListener("storage", (event) => {
  if (event.key === "nhipcau.out") holding = false;
});

// A list by single keys: j and k or the arrows go through it, Enter opens as everywhere, x ticks, c takes on, / goes to the search, ? tells
// which keys there are. They are heard only while the focus stands in the list: who dictates, or leans on a key elsewhere, sets nothing
// off (WCAG 2.1.4).
const rows = [...document.querySelectorAll(".rows--desk > li")].filter((row) => row.querySelector("a"));
const keys = document.querySelector("details[data-keys]");
let left = rows[0];
if (keys) {
  keys.hidden = false;
  keys.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    keys.open = false;
    left?.querySelector("a").focus();
  });
}
for (const row of rows) {
  row.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select")) return;
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    const next = rows[Math.max(0, Math.min(rows.length - 1, rows.indexOf(row) + step))];
    const does = {
      x: row.querySelector("input[type=checkbox]"),
      c: row.querySelector("[data-take]"),
    }[event.key];
    const goes = { "/": document.querySelector("[data-seek]"), "?": keys?.firstElementChild }[event.key];
    if (step) next.querySelector("a").focus();
    else if (does) does.click();
    else if (goes) {
      left = row;
      if (event.key === "?") keys.open = true;
      goes.focus();
    } else return;
    event.preventDefault();
  });
}
