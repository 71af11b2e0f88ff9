// The page on which somebody writes for a channel: what is typed is counted as the service counts it, and said beside its limit.
// Without this script the page counts what was saved.
(() => {
  const GSM = new Set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
  );
  const TWO = new Set("\f^{}\\[~]|€");
  const counts = {
    chars: (text) => [...text].length,
    utf16: (text) => text.length,
    bytes: (text) => new TextEncoder().encode(text).length,
    sms: (text) => {
      let septets = 0;
      for (const sign of text) {
        if (!GSM.has(sign) && !TWO.has(sign)) return { used: text.length, most: 70 };
        septets += TWO.has(sign) ? 2 : 1;
      }
      return { used: septets, most: 160 };
    },
  };
  for (const said of document.querySelectorAll("[data-count]")) {
    const field = document.querySelector(`[aria-describedby="${said.id}"]`), count = counts[said.dataset.count];
    if (!field || !count) continue;
    const say = () => {
      const now = count(field.value.trim().normalize("NFC").replace(/\r\n/g, "\n"));
      const { used: own, most } = typeof now === "number" ? { used: now, most: Number(said.dataset.most) } : now;
      const used = own + Number(said.dataset.plus);
      said.textContent = said.textContent.replace(/^\d+(\D+)\d+/, `${used}$1${most}`);
      field.setAttribute("aria-invalid", used > most);
    };
    field.addEventListener("input", say);
    say();
  }
})();
