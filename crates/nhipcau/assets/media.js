// Sends a large file of a draft in parts (tus 1.0), shows how far it is, can pause, and goes on after the line broke; and keeps the page of what
// is being made up to date. Without this script the form sends the file in one piece, and that page is loaded again by hand.
(() => {
  const w = self.nhipcauMedia;
  const PART = 2 << 20, LARGE = 4 << 20, MOST = 2048;
  const tus = { "tus-resumable": "1.0.0" };
  const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

  const shown = document.querySelector("[data-uploads]");
  if (shown) {
    const look = async () => {
      while (shown.querySelector("[data-stage=waiting], [data-stage=working], [data-stage=coming]")) {
        await sleep(3000);
        if (shown.contains(document.activeElement)) continue;
        try {
          const page = await fetch(location.pathname, { redirect: "error" });
          const fresh = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("[data-uploads]");
          if (fresh && fresh.innerHTML !== shown.innerHTML) shown.replaceChildren(...fresh.childNodes);
        } catch {
          // The next look tries again.
        }
      }
    };
    look();
  }

  const form = document.querySelector("form[data-parts]");
  if (!form) return;
  const input = form.elements.tep;
  const isClip = (file) => /\.(mp4|mov|m4v)$/i.test(file.name);
  // Clips alone may be so large. Said before the desk's own listener looks at what was chosen.
  const most = input.dataset.most;
  input.addEventListener("change", () => (input.dataset.most = [...input.files].every(isClip) ? MOST : most), { capture: true });

  const base64 = (text) => btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(""));
  const mark = (file) => `${file.size}.${file.lastModified}`;

  async function sum(part) {
    if (!self.crypto?.subtle) return {};
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await part.arrayBuffer()));
    return { "upload-checksum": `sha256 ${btoa(String.fromCharCode(...hash))}` };
  }

  function bar(file) {
    const box = document.createElement("div"), meter = document.createElement("progress"), says = document.createElement("p");
    const pause = document.createElement("button");
    [box.className, pause.className, pause.type, meter.max] = ["bar", "govuk-button govuk-button--secondary", "button", 100];
    meter.setAttribute("aria-label", file.name);
    says.setAttribute("role", "status");
    box.append(meter, says, pause);
    form.append(box);
    box.scrollIntoView({ block: "nearest" });
    return { box, meter, says, pause };
  }

  // How much of a file is held; null if the node does not know it (any more).
  async function held(href) {
    const answer = await fetch(href, { method: "HEAD", headers: tus, redirect: "manual" });
    return answer.ok ? Number(answer.headers.get("upload-offset")) : null;
  }

  async function begin(file, key) {
    const fields = { filename: file.name, mark: mark(file), alt: form.elements.alt.value, loi: form.elements.loi.value };
    if (form.elements.decorative.checked) fields.decorative = "1";
    const said = Object.entries(fields).filter(([, value]) => value).map(([name, value]) => `${name} ${base64(value)}`);
    const headers = { ...tus, ...key, "upload-length": file.size, "upload-metadata": said.join(",") };
    return fetch(form.dataset.parts, { method: "POST", headers, redirect: "manual" });
  }

  async function refusal(answer) {
    if (answer.type === "opaqueredirect" || answer.status === 401) return w.signedOut;
    const told = await answer.json().catch(() => ({}));
    const why = document.documentElement.lang === "vi" ? told.title_vi : told.title;
    return `${w.refused} ${why ?? answer.status}`;
  }

  async function send(file) {
    const { box, meter, says, pause } = bar(file);
    const key = { "nhipcau-khoa": form.elements.khoa.value };
    let href = JSON.parse(form.dataset.coming).find((one) => one.name === file.name && one.mark === mark(file))?.href;
    let [offset, paused, wait, under] = [null, false, 1000, null];
    const show = (percent) => {
      meter.value = percent;
      says.textContent = w.progress.replace("{percent}", percent);
    };
    const ends = (why) => {
      says.textContent = why;
      pause.remove();
      box.classList.add("bar--red");
      form.querySelector("button[type=submit]").disabled = false;
    };
    pause.textContent = w.pause;
    pause.onclick = () => {
      paused = !paused;
      pause.textContent = paused ? w.goOn : w.pause;
      if (paused) under?.abort();
    };
    for (;;) {
      if (paused) {
        await sleep(200);
        continue;
      }
      try {
        if (offset === null && href) offset = await held(href);
        if (offset === null) {
          const begun = await begin(file, key);
          if (begun.status !== 201) return ends(await refusal(begun));
          [href, offset] = [begun.headers.get("location"), 0];
        }
        show(Math.floor((offset / file.size) * 100));
        if (offset >= file.size) break;
        const part = file.slice(offset, offset + PART);
        under = new AbortController();
        const headers = { ...tus, ...key, "content-type": "application/offset+octet-stream", "upload-offset": offset, ...(await sum(part)) };
        const answer = await fetch(href, { method: "PATCH", headers, body: part, redirect: "manual", signal: under.signal });
        if (answer.status === 204) {
          [offset, wait] = [Number(answer.headers.get("upload-offset")), 1000];
          continue;
        }
        if (![404, 409, 423, 429, 460].includes(answer.status) && answer.status < 500) return ends(await refusal(answer));
        offset = null;
        await sleep(wait);
      } catch {
        offset = null;
        if (paused) continue;
        says.textContent = w.broken;
        await sleep(wait);
        wait = Math.min(2 * wait, 15000);
      }
    }
    says.textContent = w.done;
    location.assign(form.dataset.parts);
  }

  form.addEventListener("submit", (event) => {
    const file = input.files[0];
    if (!file || (file.size <= LARGE && !isClip(file))) return;
    event.preventDefault();
    form.querySelector("button[type=submit]").disabled = true;
    send(file);
  });
})();
