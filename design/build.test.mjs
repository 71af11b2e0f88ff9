// What is vendored is what the sources make; the colours can be read; the script's words are in both tables.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { css, verifier, desk, deskCss, passkey } from "./build.mjs";

const product = new URL("../crates/nhipcau/", import.meta.url);
const read = (path) => readFileSync(new URL(path, product), "utf8");

test("the vendored style sheet and verifier are up to date", async () => {
  assert.ok((await css()) === read("assets/nhipcau.css"), "run ./build.sh: nhipcau.css is older than its sources");
  assert.ok((await deskCss()) === read("assets/desk.css"), "run ./build.sh: desk.css is older than its sources");
  assert.ok((await desk()) === read("assets/desk.js"), "run ./build.sh: desk.js is older than its sources");
  assert.ok((await passkey()) === read("assets/passkey.js"), "run ./build.sh: passkey.js is older than its sources");
  assert.ok((await verifier()) === read("assets/verify.js"), "run ./build.sh: verify.js is older than its sources");
});

/** Contrast ratio of two #rgb or #rrggbb colours (WCAG 2.2). */
function contrast(a, b) {
  const luminance = (colour) => {
    const full = colour.length === 4 ? colour.replace(/[0-9a-f]/g, "$&$&") : colour;
    const [r, g, bl] = [1, 3, 5].map((at) => {
      const c = parseInt(full.slice(at, at + 2), 16) / 255;
      return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * bl;
  };
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

test("every text colour can be read on every ground, light and dark", () => {
  const roles = readFileSync(new URL("sass/_roles.scss", import.meta.url), "utf8");
  const [light, dark] = roles.split("prefers-color-scheme: dark");
  const colours = (text) => Object.fromEntries([...text.matchAll(/--([\w-]+): (#[0-9a-f]+);/g)].map(([, n, c]) => [n, c]));
  for (const [scheme, set] of [["light", colours(light)], ["dark", { ...colours(light), ...colours(dark) }]]) {
    for (const ground of ["ground", "wash"])
      for (const text of ["ink", "soft", "lacquer", "link", "proven", "due"])
        assert.ok(contrast(set[text], set[ground]) >= 4.5, `${scheme}: ${text} on ${ground}`);
    assert.ok(contrast(set.accent, set.ground) >= 3, `${scheme}: the accent beside the ground`);
    assert.ok(contrast(set["on-gold"], set.gold) >= 4.5, `${scheme}: focus`);
  }
});

test("both tables have every word of the verifier, with the values that the script gives", () => {
  const script = ["verify/format.mjs", "verify/check.mjs", "verify/page.mjs"]
    .map((name) => readFileSync(new URL(name, import.meta.url), "utf8"))
    .join("\n");
  const asked = [...script.matchAll(/(?:Fault|report|refuse|good)\([^"\n]*(?:"(?:ok|bad|open)", )?"(\w+)"/g)].map((m) => m[1]);
  assert.ok(asked.length > 30);
  const tables = ["vi", "en"].map((lang) =>
    Object.fromEntries([...read(`words/${lang}.toml`).matchAll(/^(\w+) = "(.*)"$/gm)].map(([, k, v]) => [k, v])),
  );
  for (const word of asked.filter((word) => !["ok", "bad", "open", "parse"].includes(word))) {
    const [vi, en] = tables.map((table) => table[word]);
    assert.ok(vi && en, word);
    const named = (text) => [...text.matchAll(/\$(\w+)/g)].map((m) => m[1]).sort();
    assert.deepEqual([...new Set(named(vi))], [...new Set(named(en))], word);
  }
});
