// What the page of checks adds where there is a script: a file is hashed here and only its hash is sent; the QR code in a
// picture is read by browsers that can.
(() => {
  const form = document.querySelector("form[data-ask]");
  if (!form || !self.crypto?.subtle) return;
  const [file, typed] = [form.elements.tep, form.elements.hoi];
  const whole = form.querySelector("[data-whole]"), ticked = whole.querySelector("input");
  whole.hidden = false;
  document.getElementById("tap-tin-goi-y").append(" ", form.dataset.ask);

  async function code(picture) {
    if (!("BarcodeDetector" in self) || !picture.type.startsWith("image/")) return "";
    try {
      const found = await new BarcodeDetector({ formats: ["qr_code"] }).detect(await createImageBitmap(picture));
      return found[0]?.rawValue ?? "";
    } catch {
      return "";
    }
  }

  async function hash(chosen) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", await chosen.arrayBuffer()));
    return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  form.addEventListener("submit", async (event) => {
    const chosen = file.files[0];
    // A proof is short and is judged whole; so is what its owner chose to send.
    if (!chosen || ticked.checked || chosen.name.endsWith(".tlog-proof")) return;
    event.preventDefault();
    const query = new URLSearchParams();
    const read = typed.value.trim() ? "" : await code(chosen);
    if (read || typed.value.trim()) query.set("hoi", read || typed.value.trim());
    try {
      // The photograph of a code is no file of anybody's: what it says is what is asked about.
      if (!read) query.set("tep", await hash(chosen));
    } catch {
      return form.submit();
    }
    location.assign(`${form.getAttribute("action")}?${query}`);
  });
})();
