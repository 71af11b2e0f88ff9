// Titles while one types, in the browser's own list. Without it the form works all the same.
(() => {
  const box = document.querySelector("[data-find]");
  if (!box) return;
  const list = document.createElement("datalist");
  list.id = "tim-goi-y";
  box.after(list);
  box.setAttribute("list", list.id);
  let waiting, asked = "";
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const text = box.value.trim();
      if (text.length < 2 || text === asked) return;
      asked = text;
      try {
        const answer = await fetch("/api/search/suggest?q=" + encodeURIComponent(box.value));
        if (!answer.ok) return;
        const [about, titles] = await answer.json();
        if (about !== box.value) return;
        list.replaceChildren(...titles.map((title) => {
          const option = document.createElement("option");
          option.value = title;
          return option;
        }));
      } catch {
        // Nothing is suggested while the line is down.
      }
    }, 150);
  });
})();
