// What reading gains where there is a script: a text read aloud by the browser's own voice, and a link handed on. Each button
// stays hidden where the browser cannot do it. And the service worker is told of the portal, and when there is a line again.
(() => {
  const one = (name) => document.querySelector(`[data-${name}]`);

  const worker = navigator.serviceWorker;
  if (worker) {
    worker.register("/sw.js").catch(() => {});
    addEventListener("online", () => worker.ready.then((ready) => ready.active?.postMessage("line")));
  }

  const share = one("share");
  if (share && (navigator.share || navigator.clipboard)) {
    const button = share.querySelector("button");
    share.hidden = false;
    button.onclick = async () => {
      const title = document.querySelector("h1").textContent.trim(), url = share.dataset.share || location.href;
      try {
        if (navigator.share) return await navigator.share({ title, url });
        await navigator.clipboard.writeText(url);
        share.querySelector("[role=status]").textContent = button.dataset.done;
      } catch {
        // The reader changed their mind, or the browser its own: the address is in the address bar all the same.
      }
    };
  }

  const aloud = one("aloud"), speech = self.speechSynthesis;
  if (!aloud || !speech || !self.SpeechSynthesisUtterance) return;
  const button = aloud.querySelector("button"), start = button.textContent;
  const texts = [...document.querySelectorAll("h1, .summary, article")];
  const lang = (texts.at(-1)?.lang || document.documentElement.lang).slice(0, 2);
  const voice = () => speech.getVoices().find((v) => v.lang.toLowerCase().startsWith(lang));
  const offer = () => (aloud.hidden = !voice());
  offer();
  speech.onvoiceschanged = offer;

  // Short pieces: some browsers fall silent after a quarter of a minute.
  const pieces = () =>
    texts
      .flatMap((text) => text.innerText.split(/\n+|(?<=[.;:?!])\s+/))
      .flatMap((sentence) => sentence.match(/.{1,220}(?:\s|$)|\S{220}/g) ?? [])
      .filter((piece) => piece.trim());
  let reading = false;
  const stop = () => {
    reading = false;
    speech.cancel();
    button.textContent = start;
  };
  button.onclick = () => {
    if (reading) return stop();
    reading = true;
    button.textContent = button.dataset.stop;
    const all = pieces();
    all.forEach((piece, n) => {
      const said = new SpeechSynthesisUtterance(piece);
      said.lang = lang;
      said.voice = voice();
      if (n === all.length - 1) said.onend = stop;
      speech.speak(said);
    });
  };
  addEventListener("pagehide", stop);
})();
