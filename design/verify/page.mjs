// The check on the page: beside an item, and where a QR code's address opens or a proof file is chosen. Script only
// adds: without it the page still says who published the text and offers the proof as a file.
// Its words come before it (self.nhipcauWords), from the table that the pages use.

import { check } from "./check.mjs";
import { Fault } from "./format.mjs";

const words = self.nhipcauWords;
const $ = (selector, from = document) => from.querySelector(selector);
const say = (word, values = {}) => words[word].replace(/\$(\w+)/g, (_, name) => String(values[name] ?? ""));

const panel = $(".verify");
const steps = $("[data-steps]");
const sum = $("[data-sum]");

const element = (name, text, kind) => {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (kind) made.className = kind;
  return made;
};

const KINDS = { ok: "stop", bad: "stop stop--failed", open: "stop stop--awaited" };

function report(step, state, word, values) {
  const line = element("li", "", KINDS[state]);
  const name = "step_" + step.replace(/\d+$/, "");
  line.append(element("b", say(name, values)), element("span", say(word, values)));
  steps.append(line);
}

const VERDICTS = { yes: ["sum_yes", "good"], no: ["sum_no", "bad"], open: ["sum_open", "due"] };

function conclude({ verdict, issuer }) {
  const [word, kind] = VERDICTS[verdict];
  const first = element("p");
  first.append(element("b", say(word, { issuer }), kind));
  sum.replaceChildren(first, element("p", words.sum_complete), element("p", words.sum_in_force));
  sum.className = "sum";
}

/** Fetches from this host; a host that cannot be reached has the status 0. */
async function get(path) {
  try {
    const answer = await fetch(path, { credentials: "omit" });
    return { ok: answer.ok, status: answer.status, bytes: new Uint8Array(await answer.arrayBuffer()) };
  } catch {
    return { ok: false, status: 0 };
  }
}

async function run(proofText, page) {
  steps.replaceChildren();
  sum.replaceChildren();
  panel.focus({ preventScroll: true });
  panel.scrollIntoView();
  conclude(await check(proofText, { page, report, fetchContent: (sha256) => get("/content/" + sha256) }));
}

function refuse(word, values) {
  steps.replaceChildren();
  report("parse", "bad", word, values);
  conclude({ verdict: "open" });
}

const text = (data) => new TextDecoder().decode(data);

async function runPath(path, page) {
  const got = await get(path);
  if (got.ok) await run(text(got.bytes), page);
  else if (got.status === 0) refuse("proof_offline");
  else refuse("proof_away", { status: got.status });
}

/** Beside an item: the page's own title and number are compared with the content. */
function besideItem() {
  const page = { root: panel.dataset.root, title: $("#tieu-de").textContent, number: $("#so-hieu")?.textContent };
  const start = (event) => {
    event.preventDefault();
    runPath(panel.dataset.proof, page);
  };
  $("[data-run]").hidden = false;
  $("[data-run] button").onclick = start;
  for (const link of document.querySelectorAll("[data-verify]")) link.onclick = start;
}

/** `#proof=<base64url of gzip>` or `#/proof/<item>`. No browser sends what stands behind # to a server. */
async function fromFragment() {
  const { hash } = location;
  const page = { root: panel.dataset.root };
  if (hash.startsWith("#/proof/")) await runPath(hash.slice(1), page);
  else if (hash.startsWith("#proof="))
    try {
      const packed = Uint8Array.from(atob(hash.slice(7).replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
      const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
      await run(text(new Uint8Array(await new Response(stream).arrayBuffer())), page);
    } catch (error) {
      if (error instanceof Fault) throw error;
      refuse("bad_fragment");
    }
}

function onCheckPage(form) {
  form.hidden = false;
  form.onsubmit = async (event) => {
    event.preventDefault();
    const [file] = $("input", form).files;
    await run(file ? await file.text() : $("textarea", form).value.trim() + "\n", { root: panel.dataset.root });
  };
  self.onhashchange = fromFragment;
  fromFragment();
}

const print = $("[data-print]");
if (print) {
  print.hidden = false;
  $("button", print).onclick = () => self.print();
}
const form = $("[data-check]");
if (form) onCheckPage(form);
else if (panel?.dataset.proof) besideItem();
