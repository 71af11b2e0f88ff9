// The verifier against a made nation: what is good passes step by step, and what was touched anywhere is named.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import test from "node:test";
import { check, fingerprint, included, leafHash } from "./verify/check.mjs";
import { note, proof } from "./verify/format.mjs";
import { Log, leaf, nation, path, rootOf, signed, signer } from "./verify/world.mjs";

const page = { title: "Lịch trực khi mưa lũ", number: "12/TB-UBND" };

/** Runs the check and answers its verdict and its steps. */
async function run(text, world, { shown = page, content = { ok: true, status: 200, bytes: world.content } } = {}) {
  const steps = [];
  const end = await check(text, {
    page: shown,
    fetchContent: async () => content,
    report: (step, state, word, values) => steps.push({ step, state, word, values }),
  });
  return { ...end, steps, last: steps.at(-1) };
}

/** The proof of the nation's item with its extra changed. */
function withExtra(world, change) {
  const extra = world.extra();
  change(extra);
  return world.commune.proof(world.itemAt, extra);
}

test("a commune's item is proven up to the root note", async () => {
  const world = nation();
  const { verdict, issuer, steps } = await run(world.commune.proof(world.itemAt, world.extra()), world);
  assert.equal(verdict, "yes");
  assert.equal(issuer, "Xã Ba Chẽ");
  assert.deepEqual(
    steps.map(({ step, state }) => `${step} ${state}`),
    ["parse ok", "leaf ok", "inclusion ok", "signature ok", "enrolled0 ok", "enrolled1 ok", "root ok", "content ok", "page ok"],
  );
  assert.equal(steps[6].values.n, 2);
  assert.equal(steps[6].values.print, await fingerprint(world.rootText));
});

test("an item of the root's own log needs no enrolment", async () => {
  const world = nation();
  const at = world.root.append(world.issued);
  const extra = { v: 1, entry: world.root.entries[at], enrolments: [], root: world.extra().root };
  const { verdict, issuer } = await run(world.root.proof(at, extra), world);
  assert.deepEqual([verdict, issuer], ["yes", "chinhphu.vn"]);
});

test("cosignatures beside the log's signature do not disturb", async () => {
  const world = nation();
  const text = world.commune.proof(world.itemAt, world.extra()) + signer("tinh-a.gov.vn/mirror").line("khác");
  assert.equal((await run(text, world)).verdict, "yes");
});

test("an item under embargo is proven by its opening, text and all", async () => {
  const world = nation();
  const at = world.commune.append({ ...world.issued, kind: "item.opened", key: "00".repeat(32) });
  const extra = { ...world.extra(), entry: world.commune.entries[at] };
  const { verdict, last } = await run(world.commune.proof(at, extra), world);
  assert.deepEqual([verdict, last.step, last.state], ["yes", "page", "ok"]);
});

test("what is carried is never said to be authentic", async () => {
  const world = nation();
  const at = world.commune.append({ ...world.issued, kind: "item.carried", site: "so-b.gov.vn" });
  const extra = { ...world.extra(), entry: world.commune.entries[at] };
  const { verdict, last } = await run(world.commune.proof(at, extra), world);
  assert.deepEqual([verdict, last.step, last.word], ["no", "content", "carried"]);
});

test("a withdrawal is proven without content", async () => {
  const world = nation();
  const at = world.commune.append({ v: 1, kind: "item.withdrawn", item: "019ab3c2", mode: "gone" });
  const extra = { ...world.extra(), entry: world.commune.entries[at] };
  const { verdict, last } = await run(world.commune.proof(at, extra), world);
  assert.deepEqual([verdict, last.word], ["yes", "content_none"]);
});

test("where there is no page beside it, the content says its own name", async () => {
  const world = nation();
  const { verdict, last } = await run(world.commune.proof(world.itemAt, world.extra()), world, { shown: {} });
  assert.deepEqual([verdict, last.word, last.values.title], ["yes", "page_says", page.title]);
});

test("without the content there is no conclusion", async () => {
  const world = nation();
  const text = world.commune.proof(world.itemAt, world.extra());
  for (const [status, word] of [[410, "content_gone"], [404, "content_away"], [0, "content_offline"]]) {
    const { verdict, last } = await run(text, world, { content: { ok: false, status } });
    assert.deepEqual([verdict, last.word, last.state], ["open", word, "open"]);
  }
});

const touched = {
  "another kind of file": [() => "hello\n", "not_proof"],
  "an index that is not a number": [(w) => w.commune.proof(6, w.extra()).replace("index 6", "index 06"), "bad_line"],
  "a hash that is not base64": [(w) => w.commune.proof(6, w.extra()).replace(/index 6\n./, "index 6\n*"), "bad_line"],
  "a proof without extra": [(w) => w.commune.proof(6), "no_extra"],
  "an extra that is not JSON": [(w) => w.commune.proof(6).replace("index", "extra AAAA\nindex"), "bad_extra"],
  "a future version of extra": [(w) => withExtra(w, (e) => (e.v = 2)), "bad_extra"],
  "an altered entry": [(w) => withExtra(w, (e) => (e.entry = e.entry.replace("019ab3c2", "019ab3c3"))), "not_included"],
  "an entry that is not JSON": [(w) => withExtra(w, (e) => (e.entry = "{")), "bad_entry"],
  "an index beyond the log": [(w) => w.commune.proof(6, w.extra()).replace("index 6", "index 60"), "outside"],
  "another place in the log": [(w) => w.commune.proof(6, w.extra()).replace("index 6", "index 5"), "not_included"],
  "a shortened path": [
    (w) => {
      const lines = w.commune.proof(6, w.extra()).split("\n");
      lines.splice(3, 1);
      return lines.join("\n");
    },
    "not_included",
  ],
  "a checkpoint without signatures": [(w) => w.commune.proof(6, w.extra()).replace(/\n\u2014[^]*/, "\n"), "bad_note"],
  "a log signed by another key": [
    (w) => {
      w.commune.key = signer(w.commune.origin);
      return w.commune.proof(w.itemAt, { ...w.extra(), enrolments: w.enrolments });
    },
    "no_signature",
  ],
  "an altered signature": [
    (w) => {
      const text = w.commune.proof(6, w.extra());
      const other = signed(`${w.commune.origin}\n9\n${"A".repeat(43)}=\n`, w.commune.key).split(" ").at(-1);
      return text.slice(0, text.lastIndexOf(" ") + 1) + other;
    },
    "bad_signature",
  ],
  "an enrolment of another log": [
    (w) => withExtra(w, (e) => (e.enrolments[0].entry = e.enrolments[0].entry.replace('"agency.enrolled"', '"agency.changed"'))),
    "not_enrolled",
  ],
  "an enrolment that was never in the parent's log": [
    (w) => withExtra(w, (e) => (e.enrolments[0].entry = e.enrolments[0].entry.replace("Ba Chẽ", "Ba Che"))),
    "not_included",
  ],
  "a parent without the power": [
    (w) => {
      const at = w.province.append(w.enrol(w.commune, "ministry", "Bộ giả"));
      return withExtra(w, (e) => (e.enrolments[0] = { entry: w.province.entries[at], proof: w.province.proof(at) }));
    },
    "no_power",
  ],
  "a chain that ends below the root": [(w) => withExtra(w, (e) => e.enrolments.pop()), "root_key"],
  "a root note with too few holders": [(w) => withExtra(w, (e) => (e.root = signed(w.rootText, w.holders[0]))), "root_few"],
  "a holder who signs twice": [
    (w) => withExtra(w, (e) => (e.root = signed(w.rootText, w.holders[0], w.holders[0]))),
    "root_few",
  ],
  "a holder's false signature": [
    (w) => withExtra(w, (e) => (e.root = signed(w.rootText, w.holders[0]) + w.holders[1].line("khác"))),
    "bad_signature",
  ],
  "a root note of another kind": [(w) => withExtra(w, (e) => (e.root = signed("khác\n", w.holders[0]))), "root_bad"],
  "a malformed key in an enrolment": [
    (w) => withExtra(w, (e) => (e.enrolments[0].entry = e.enrolments[0].entry.replace(/\+[0-9a-f]{8}\+/, "+00000000+"))),
    "bad_key",
  ],
};

for (const [what, [make, word]] of Object.entries(touched))
  test(`${what} is named`, async () => {
    const world = nation();
    world.enrolments = world.extra().enrolments;
    const { verdict, last } = await run(make(world), world);
    assert.deepEqual([last.word, last.state, verdict], [word, "bad", "no"]);
  });

test("another root note than the page's is named", async () => {
  const world = nation();
  const text = world.commune.proof(world.itemAt, world.extra());
  const print = await fingerprint(world.rootText);
  assert.equal((await run(text, world, { shown: { ...page, root: print } })).verdict, "yes");
  assert.equal((await run(text, world, { shown: { ...page, root: "9f2c" } })).last.word, "root_other");
});

test("the root's key is the one of the checkpoint's size", async () => {
  const world = nation();
  const later = signer(world.root.origin);
  world.rootText = world.rootText.replace("heads 0", `root 8 ${later.vkey}\nheads 0`);
  const text = () => world.commune.proof(world.itemAt, { ...world.extra(), root: signed(world.rootText, ...world.holders) });
  assert.equal(world.root.entries.length, 7);
  assert.equal((await run(text(), world)).verdict, "yes");
  world.root.append({ v: 1, kind: "filler" });
  assert.equal((await run(text(), world)).last.word, "no_signature");
  world.root.key = later;
  assert.equal((await run(text(), world)).verdict, "yes");
});

test("content and page must say the same", async () => {
  const world = nation();
  const text = world.commune.proof(world.itemAt, world.extra());
  const word = async (options) => (await run(text, world, options)).last.word;
  assert.equal(await word({ content: { ok: true, bytes: Buffer.from("khác") } }), "content_other");
  assert.equal(await word({ shown: { ...page, title: "Tên khác" } }), "title_other");
  assert.equal(await word({ shown: { ...page, number: "13/TB-UBND" } }), "number_other");
});

test("a browser without Ed25519 comes to no conclusion and says so", async (t) => {
  const world = nation();
  const text = world.commune.proof(world.itemAt, world.extra());
  t.mock.method(crypto.subtle, "importKey", async () => {
    throw new DOMException("unknown", "NotSupportedError");
  });
  const { verdict, last } = await run(text, world);
  assert.deepEqual([verdict, last.word, last.step], ["open", "no_ed25519", "signature"]);
});

test("every place in trees of every size to 40 is proven, and no other", async () => {
  const leaves = [];
  for (let size = 1; size <= 40; size++) {
    leaves.push(leaf(`mục ${size}`));
    const root = rootOf(leaves);
    for (let index = 0; index < size; index++) {
      const hashes = path(index, leaves);
      await included(leaves[index], { index, size, hashes, root });
      const other = (index + 1) % size;
      if (other !== index) await assert.rejects(included(leaves[index], { index: other, size, hashes, root }));
    }
  }
  assert.deepEqual(Buffer.from(await leafHash("")), leaf(""));
});

test("the specification's own note and the published Merkle vectors are read", async (t) => {
  const text = "This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
  assert.deepEqual([note(text).text, note(text).signatures[0].id], ["This is an example message.\n", "530d903a"]);
  const folder = new URL("../../shared/vectors/merkle/inclusion/", import.meta.url);
  let names;
  try {
    names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".json"));
  } catch {
    return t.skip("shared/vectors is not here");
  }
  for (const name of names) {
    const v = JSON.parse(readFileSync(new URL(name, folder)));
    const bytes = (base64) => new Uint8Array(Buffer.from(base64 ?? "", "base64"));
    const head = { index: v.leafIdx, size: v.treeSize, hashes: (v.proof ?? []).map(bytes), root: bytes(v.root) };
    const ran = included(bytes(v.leafHash), head).then(() => true, () => false);
    assert.equal(await ran, !v.wantErr, name);
  }
});

test("a proof with Windows line ends is read all the same", () => {
  const world = nation();
  const text = world.commune.proof(world.itemAt, world.extra());
  assert.equal(proof(text.replaceAll("\n", "\r\n")).index, world.itemAt);
  assert.equal(new Log("a.vn/log").origin, "a.vn/log");
});

/** A nation whose commune got another key from size 9 on, and the proof of an item signed by the new one. */
function withAnotherKey(from = 9) {
  const world = nation();
  const { province, commune } = world;
  const next = signer(commune.origin);
  const changedAt = province.append({ v: 1, kind: "agency.changed", origin: commune.origin, key: next.vkey, from });
  commune.key = next;
  const at = commune.append(world.issued);
  const extra = { ...world.extra(), entry: commune.entries[at] };
  extra.enrolments[0].changes = [{ entry: province.entries[changedAt], proof: province.proof(changedAt) }];
  return { world, at, extra };
}

test("keys are valid by size, and a change of them is proven like an enrolment", async () => {
  const { world, at, extra } = withAnotherKey();
  assert.equal((await run(world.commune.proof(at, extra), world)).verdict, "yes");
  const without = structuredClone(extra);
  delete without.enrolments[0].changes;
  assert.equal((await run(world.commune.proof(at, without), world)).last.word, "no_signature");
  const late = withAnotherKey(10);
  assert.equal((await run(late.world.commune.proof(late.at, late.extra), late.world)).last.word, "no_signature");
  const forged = structuredClone(extra);
  forged.enrolments[0].changes[0].entry = forged.enrolments[0].changes[0].entry.replace('"from":9', '"from":8');
  assert.equal((await run(world.commune.proof(at, forged), world)).last.word, "not_included");
  const strange = structuredClone(extra);
  strange.enrolments[1].changes = strange.enrolments[0].changes;
  assert.equal((await run(world.commune.proof(at, strange), world)).verdict, "no");
});

test("a province may not enrol a province nor outside its domain, the root no second root", async () => {
  for (const change of [{ level: "province" }, { level: "central" }, { domain: "bache.laocai.gov.vn" }]) {
    const world = nation();
    const { province, commune } = world;
    const at = province.append({ ...world.enrol(commune, "commune", "Xã Ba Chẽ"), ...change });
    const extra = world.extra();
    extra.enrolments[0] = { entry: province.entries[at], proof: province.proof(at) };
    assert.equal((await run(commune.proof(world.itemAt, extra), world)).last.word, "no_power", JSON.stringify(change));
  }
  const world = nation();
  const at = world.root.append({ ...world.enrol(world.province, "central", "Tỉnh Quảng Ninh") });
  const extra = world.extra();
  extra.enrolments[1] = { entry: world.root.entries[at], proof: world.root.proof(at) };
  assert.equal((await run(world.commune.proof(world.itemAt, extra), world)).last.word, "no_power");
});
