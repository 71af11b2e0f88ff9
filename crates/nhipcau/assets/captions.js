// The editor of captions: takes the time that is playing into a row, and plays a row. Without this script times are typed.
(() => {
  const form = document.querySelector("form[data-captions]"), clip = document.getElementById("doan-phim");
  if (!form || !clip) return;
  const moment = (text) => {
    const fields = text.trim().replace(",", ".").split(":").map(Number);
    return fields.length > 1 && fields.every((field) => field >= 0) ? fields.reduce((sum, field) => sum * 60 + field, 0) : null;
  };
  const say = (at) => {
    const tenths = Math.round(at * 10), whole = Math.floor(tenths / 10), two = (n) => String(n).padStart(2, "0");
    const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    return `${h ? `${h}:${two(m)}` : m}:${two(s)}${tenths % 10 ? `.${tenths % 10}` : ""}`;
  };
  let until = null;
  clip.addEventListener("timeupdate", () => {
    if (until !== null && clip.currentTime >= until) {
      until = null;
      clip.pause();
    }
  });
  for (const button of form.querySelectorAll("[data-now], [data-play]")) {
    const row = button.closest("fieldset"), field = (name) => row.querySelector(`[name=${name}]`);
    button.hidden = false;
    button.addEventListener("click", () => {
      if (button.dataset.now) {
        field(button.dataset.now).value = say(clip.currentTime);
        field(button.dataset.now).focus();
        return;
      }
      const from = moment(field("tu").value);
      if (from === null) return;
      clip.currentTime = from;
      until = moment(field("den").value);
      clip.play();
    });
  }
})();
