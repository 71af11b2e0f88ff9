// Builds what crates/nhipcau/assets holds: the style sheet and the verifier. Both are vendored, so that the product
// builds without Node; `node --test` fails when they are older than their sources.

import { build, transform } from "esbuild";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import postcss from "postcss";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const product = join(here, "../crates/nhipcau");

// The colours of govuk-frontend, by our roles.
const roles = {
  text: "ink",
  "print-text": "ink",
  "secondary-text": "soft",
  "inverse-text": "ground",
  "body-background": "ground",
  link: "link",
  "link-visited": "link",
  "link-hover": "link",
  "link-active": "link",
  focus: "gold",
  "focus-text": "on-gold",
  border: "line",
  "input-border": "ink",
  error: "lacquer",
  hover: "wash",
  "surface-background": "wash",
  "surface-text": "ink",
};

// The folders of templates that only staff see; their style sheet is one of its own, so that readers do not load it.
const staff = /^(desk|drafts|people)\//;

/** Every text in which a class of govuk-frontend may be named: of the pages of readers, or of staff. */
function naming(ofStaff) {
  return readdirSync(join(product, "templates"), { recursive: true })
    .filter((name) => name.endsWith(".html") && staff.test(name) === ofStaff)
    .map((name) => readFileSync(join(product, "templates", name), "utf8"))
    .join("\n");
}

/** Keeps of govuk-frontend what our templates name, in our roles and in the type that the page already has. */
function ours(templates) {
  const named = (selector) =>
    (selector.match(/\.govuk-[\w-]+/g) ?? []).every((name) => new RegExp(`${name.slice(1)}(?![\\w-])`).test(templates));
  return {
    postcssPlugin: "ours",
    Rule(rule) {
      const kept = rule.selectors.filter(named);
      if (kept.length === 0) rule.remove();
      else if (kept.length < rule.selectors.length) rule.selectors = kept;
    },
    Declaration(line) {
      const value = line.value.replace(/var\(--govuk-([\w-]+)-colour,[^()]*(\([^()]*\))?[^()]*\)/g, (_, name) => {
        if (!roles[name]) throw new Error(`govuk-frontend uses the colour "${name}", which has no role`);
        return `var(--${roles[name]})`;
      });
      if (value !== line.value) line.value = value;
      const theirs = line.parent.selector?.includes(".govuk-");
      if (theirs && (/smoothing$/.test(line.prop) || line.prop === "font-family")) line.remove();
    },
    OnceExit(root) {
      root.walkAtRules("media", (at) => at.params.includes("\\0") && at.remove()); // Internet Explorer
      root.walkRules((rule) => rule.nodes.length === 0 && rule.remove());
      root.walkAtRules((at) => at.nodes?.length === 0 && at.remove());
    },
  };
}
ours.postcss = true;

/** The style sheet of every page. */
export async function css() {
  return sheet("nhipcau", naming(false));
}

/** What the console's pages need beyond it. */
export async function deskCss() {
  return sheet("desk", naming(true));
}

async function sheet(name, templates) {
  const raw = compile(join(here, `sass/${name}.scss`), { loadPaths: [join(here, "node_modules")], quietDeps: true }).css;
  const pruned = await postcss([ours(templates)]).process(raw, { from: undefined });
  const target = ["chrome90", "firefox90", "safari14"];
  return (await transform(pruned.css, { loader: "css", minify: true, target, charset: "utf8" })).code;
}

/** The verifier, in one piece for the browser. */
export async function verifier() {
  return script("verify/page.mjs");
}

/** What the console adds where there is a script: it saves by itself, and its keys. */
export async function desk() {
  return script("desk/page.mjs");
}

/** What passkeys need. */
export async function passkey() {
  return script("desk/passkey.mjs");
}

async function script(entry) {
  const made = await build({
    entryPoints: [join(here, entry)],
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2020",
    charset: "utf8",
    write: false,
  });
  return made.outputFiles[0].text;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(join(product, "assets/nhipcau.css"), await css());
  writeFileSync(join(product, "assets/desk.css"), await deskCss());
  writeFileSync(join(product, "assets/verify.js"), await verifier());
  writeFileSync(join(product, "assets/desk.js"), await desk());
  writeFileSync(join(product, "assets/passkey.js"), await passkey());
}
