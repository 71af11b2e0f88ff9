/* A portal's copy: how old it is, and its search. Read from file:// too, so nothing is fetched. */
(function () {
  'use strict';
  var age = document.querySelector('[data-made]');
  if (age) {
    var days = Math.floor((Date.now() - Date.parse(age.dataset.made)) / 864e5);
    // A device whose clock is behind says nothing of an age.
    if (days >= 0) age.textContent = days ? age.dataset.days.replace('{n}', days) : age.dataset.today;
  }

  var list = document.getElementById('ket-qua');
  var held = self.banSao;
  if (!list || !held) return;
  var says = document.getElementById('thay');
  var box = document.querySelector('input[name=q]');

  // As the index was folded: without marks, đ as d, letters and digits alone.
  function fold(text) {
    return text.normalize('NFD').replace(/[\u0300-\u036f]/g, '').toLowerCase().replace(/đ/g, 'd')
      .split(/[^a-z0-9]+/).filter(Boolean);
  }
  function items(word) {
    var found = {}, at = 0, steps = held.tu[word];
    if (typeof steps === 'string') {
      steps.split(',').forEach(function (step) { at += parseInt(step, 36); found[at] = true; });
    }
    return found;
  }
  function find(text) {
    var words = fold(text).slice(0, 24);
    if (!words.length) return null;
    var texts = words.map(items);
    var best = 0;
    var all = held.muc.map(function (item, at) {
      var head = ' ' + item[3] + ' ', has = 0, score = 0;
      words.forEach(function (word, nth) {
        var last = nth === words.length - 1;
        if (head.indexOf(' ' + word + ' ') >= 0) { has++; score += 3; }
        else if (last && word.length > 1 && head.indexOf(' ' + word) >= 0) { has++; score += 2; }
        else if (texts[nth][at]) { has++; score += 1; }
        else if (held.chung.indexOf(word) >= 0) { has++; }
        if (nth && head.indexOf(' ' + words[nth - 1] + ' ' + word + ' ') >= 0) score += 4;
      });
      if (score) best = Math.max(best, has);
      return { item: item, at: at, has: has, score: score };
    });
    var shown = all.filter(function (one) { return one.score && one.has === best && best; });
    shown.sort(function (a, b) { return b.score - a.score || a.at - b.at; });
    return { shown: shown, whole: best === words.length };
  }
  function show(text) {
    list.textContent = '';
    var told = find(text);
    if (!told) { says.textContent = ''; return; }
    if (!told.shown.length) { says.textContent = says.dataset.none; return; }
    says.textContent = told.whole ? says.dataset.found.replace('{n}', told.shown.length) : says.dataset.some;
    told.shown.slice(0, 60).forEach(function (one) {
      var row = document.createElement('li'), link = document.createElement('a'), more = document.createElement('small');
      link.href = one.item[1];
      link.textContent = one.item[0];
      more.textContent = one.item[2];
      row.appendChild(link);
      row.appendChild(more);
      list.appendChild(row);
    });
  }
  var asked = new URLSearchParams(location.search).get('q') || '';
  box.value = asked;
  show(asked);
  box.form.addEventListener('submit', function (event) {
    event.preventDefault();
    show(box.value);
  });
})();
