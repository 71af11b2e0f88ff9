// What the console adds where there is a script. Everything also works without it.
//
// A draft saves itself a moment after the last key, and every minute while the page is open, so that others see who is
// here. What could not be sent (no line, a session that ended) stays in this browser under the draft's name until it was.

const form = document.querySelector("form[data-draft]");

if (form) {
  const name = `nhipcau.draft.${form.dataset.draft}`;
  const words = self.nhipcauDesk;
  const saved = document.querySelector("[data-saved]");
  const others = document.querySelector("[data-others]");
  let [waiting, dirty, sending] = [0, false, false];

  const fields = () => new URLSearchParams(new FormData(form));

  /** What this browser still holds of an earlier visit that never reached the portal. */
  const held = localStorage.getItem(name);
  if (held) {
    const then = new URLSearchParams(held);
    const differs = [...then].some(([key, value]) => form.elements[key]?.value !== undefined && key !== "khoa" && key !== "version" && form.elements[key].value !== value);
    if (differs) {
      const bar = document.createElement("p");
      const button = document.createElement("button");
      bar.className = "bar bar--blue";
      bar.textContent = words.held + " ";
      button.type = "button";
      button.className = "as-link";
      button.textContent = words.take;
      button.onclick = () => {
        for (const [key, value] of then) {
          const field = form.elements[key];
          if (!field || key === "khoa" || key === "version") continue;
          if (field.type === "checkbox") field.checked = true;
          else field.value = value;
        }
        bar.remove();
        changed();
      };
      bar.append(button);
      form.before(bar);
    } else {
      localStorage.removeItem(name);
    }
  }

  async function save() {
    if (sending) return;
    [sending, dirty] = [true, false];
    const body = fields();
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "application/json" }, redirect: "manual" });
      if (answer.status === 200) {
        const said = await answer.json();
        form.elements.version.value = said.version;
        saved.textContent = words.saved.replace("{hour}", said.hour);
        others.textContent = said.others.length ? words.others.replace("{names}", said.others.join(", ")) : words.none;
        if (!dirty) localStorage.removeItem(name);
      } else {
        // Somebody has changed the same field, or the session has ended: the button says what to do.
        localStorage.setItem(name, body);
        saved.textContent = words.refused;
      }
    } catch {
      localStorage.setItem(name, body);
      saved.textContent = words.offline;
    }
    sending = false;
    if (dirty) later();
  }

  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(save, 2000);
  }

  function changed() {
    dirty = true;
    localStorage.setItem(name, fields());
    later();
  }

  if (form.elements.title) {
    form.addEventListener("input", changed);
    setInterval(() => document.visibilityState === "visible" && !dirty && save(), 60000);
  }
  // What is sent by its button needs no memory here; if it fails, the page that answers holds it.
  form.addEventListener("submit", () => clearTimeout(waiting));

  // Text from Word or a page comes with its dress; the portal keeps headings, lists, tables and links, and says what it left.
  form.elements.text?.addEventListener("paste", async (event) => {
    const html = event.clipboardData?.getData("text/html");
    if (!html || !/<(h[1-6]|ul|ol|table|p|a)[\s>]/i.test(html)) return;
    const plain = event.clipboardData.getData("text/plain");
    event.preventDefault();
    const area = event.target;
    let text = plain;
    try {
      const body = new URLSearchParams({ khoa: form.elements.khoa.value, html });
      const answer = await fetch(form.action.replace(/\/tin\/.*/, "/dan"), { method: "POST", body, redirect: "manual" });
      if (answer.status === 200) {
        const said = await answer.json();
        text = said.text;
        if (said.notes.length) saved.textContent = said.notes.join(" ");
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

// A list is walked by j and k, and Enter follows the link as everywhere.
const rows = [...document.querySelectorAll(".rows--desk a")];
if (rows.length) {
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { j: 1, k: -1 }[event.key];
    if (!step) return;
    const at = rows.indexOf(document.activeElement);
    rows[Math.max(0, Math.min(rows.length - 1, at + step))].focus();
  });
}
