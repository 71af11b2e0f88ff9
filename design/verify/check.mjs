// The check itself, in the order in which it can be said: the entry, its place in the log, the log's signature, who
// enrolled the log, up to the root note; then the content. It proves that a text is authentic. It cannot prove that
// a portal is complete or that a text is in force.

import { Fault, bytes, hex, key, proof, root, same, sha256 } from "./format.mjs";

const LEVELS = ["central", "ministry", "province", "commune", "unit"];

/** Whether this browser can check signatures at all. */
export async function able() {
  try {
    await crypto.subtle.importKey("raw", new Uint8Array(32).fill(1), "Ed25519", false, ["verify"]);
    return true;
  } catch (error) {
    // A browser that knows Ed25519 but dislikes that key answers DataError.
    return error.name === "DataError";
  }
}

/** Checks a note's signature by a key: it must be there and fit. */
async function signed(by, { text, signatures }) {
  const mine = signatures.find((s) => s.name === by.name && s.id === by.id);
  if (!mine) throw new Fault("no_signature", { key: by.name });
  const imported = await crypto.subtle.importKey("raw", by.raw, "Ed25519", false, ["verify"]).catch(() => null);
  if (!imported || !(await crypto.subtle.verify("Ed25519", imported, mine.raw, bytes(text))))
    throw new Fault("bad_signature", { key: by.name });
}

/** The leaf hash of an entry (RFC 6962, 2.1). */
export const leafHash = (entry) => sha256([0], bytes(entry));

/** Checks that the leaf stands at the proof's index in the tree of its checkpoint (RFC 9162, 2.1.3.2). */
export async function included(leaf, { index, size, hashes, root: wanted }) {
  if (index >= size) throw new Fault("outside", { index, size });
  let [at, last, made] = [index, size - 1, leaf];
  const half = () => {
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  };
  for (const hash of hashes) {
    if (last === 0) throw new Fault("not_included");
    if (at % 2 || at === last) {
      made = await sha256([1], hash, made);
      while (at && at % 2 === 0) half();
    } else made = await sha256([1], made, hash);
    half();
  }
  if (last !== 0 || made.length !== 32 || !same(made, wanted)) throw new Fault("not_included");
}

function json(text, word) {
  try {
    const value = JSON.parse(text);
    if (value && typeof value === "object") return value;
  } catch {
    // answered below
  }
  throw new Fault(word);
}

const under = (domain, parent) => domain === parent || String(domain).endsWith("." + parent);

/**
 * Whether a parent may enrol a child: a lower level, and a domain and an origin under its own domain (protocol
 * §6). The root, `parent` absent, may name any domain.
 */
function mayEnrol(parent, child) {
  const [above, below] = [LEVELS.indexOf(parent?.level ?? "central"), LEVELS.indexOf(child.level)];
  const host = String(child.origin).split("/")[0];
  return above >= 0 && above < below && (!parent || (under(child.domain, parent.domain) && under(host, parent.domain)));
}

/** What the parent stated of a child after the enrolment: new keys from a size on, another domain. */
function changes(list) {
  if (list === undefined) return [];
  if (!Array.isArray(list)) throw new Fault("bad_extra");
  return list.map((one) => {
    const text = String(one?.entry);
    return { text, says: json(text, "bad_entry"), log: proof(String(one?.proof)) };
  });
}

/** The keys of a log, each from the size from which it signs: the enrolment's from 0, then those of the changes. */
async function keysOf({ named, changed, log }, rootNote) {
  if (!named) return rootNote.keys;
  const keys = [{ from: 0, key: await key(String(named.key ?? named.log_key)) }];
  for (const { says } of changed) {
    if (says.key === undefined) continue;
    if (!(says.from > keys.at(-1).from)) throw new Fault("not_enrolled", { origin: log.origin });
    keys.push({ from: says.from, key: await key(String(says.key)) });
  }
  return keys;
}

/** The key that signs a checkpoint of that size. */
const keyAt = (keys, { size }) => keys.filter(({ from }) => from <= size).at(-1).key;

/** `9f2c 41aa …`: SHA-256 of the root note's text, as it is printed. */
export const fingerprint = async (text) => hex(await sha256(bytes(text))).replace(/(.{4})(?=.)/g, "$1 ");

/**
 * Checks a proof and reports each step as `(step, "ok" | "bad" | "open", word, values)`.
 *
 * `page.root` is the fingerprint that the page was served with; `page.title` and `page.number` what it shows.
 * `fetchContent(sha256)` answers `{ ok, status, bytes }`. Answers `{ verdict: "yes" | "no" | "open", issuer }`.
 */
export async function check(text, { page = {}, fetchContent, report }) {
  let step = "parse";
  const good = (word, values) => report(step, "ok", word, values);
  try {
    const item = proof(text);
    if (!item.extra) throw new Fault("no_extra");
    const extra = json(new TextDecoder().decode(item.extra), "bad_extra");
    if (extra.v !== 1 || typeof extra.entry !== "string" || !Array.isArray(extra.enrolments)) throw new Fault("bad_extra");
    good("parse_ok", { index: item.index, origin: item.origin, size: item.size });

    step = "leaf";
    const entry = json(extra.entry, "bad_entry");
    const leaf = await leafHash(extra.entry);
    good("leaf_ok", { hash: hex(leaf) });

    step = "inclusion";
    await included(leaf, item);
    good("inclusion_ok", { n: item.hashes.length, size: item.size });

    step = "signature";
    if (!(await able())) throw new Fault("no_ed25519");
    // The chain: each log with the enrolment that names its key, the last one without.
    const chain = [{ log: item }];
    for (const link of extra.enrolments) {
      const child = chain.at(-1);
      child.named = json(String(link?.entry), "bad_entry");
      child.text = link.entry;
      child.changed = changes(link.changes);
      chain.push({ log: proof(String(link.proof)) });
    }
    const top = chain.at(-1);
    const rootNote = await root(String(extra.root));
    const signers = [];
    for (const link of chain) {
      const { log, named } = link;
      link.keys = await keysOf(link, rootNote);
      const known = keyAt(link.keys, log);
      if (known.name !== log.origin) throw new Fault(named ? "not_enrolled" : "root_key", { origin: log.origin });
      await signed(known, log.note);
      signers.push(known);
    }
    good("signature_ok", { key: signers[0].name, id: signers[0].id });

    for (const [at, child] of chain.slice(0, -1).entries()) {
      step = "enrolled" + at;
      const parent = chain[at + 1];
      const values = { child: child.log.origin, parent: parent.log.origin, index: parent.log.index };
      if (child.named.kind !== "agency.enrolled" || child.named.origin !== child.log.origin)
        throw new Fault("not_enrolled", { origin: child.log.origin });
      const domain = parent.changed?.filter(({ says }) => says.domain).at(-1)?.says.domain ?? parent.named?.domain;
      const above = parent.named && { ...parent.named, domain };
      if (!mayEnrol(above, child.named)) throw new Fault("no_power", values);
      await included(await leafHash(child.text), parent.log);
      for (const { text, says, log } of child.changed) {
        if (says.kind !== "agency.changed" || says.origin !== child.log.origin || log.origin !== parent.log.origin)
          throw new Fault("not_enrolled", { origin: child.log.origin });
        if (says.domain && above && !under(says.domain, above.domain)) throw new Fault("no_power", values);
        await signed(keyAt(parent.keys, log), log.note);
        await included(await leafHash(text), log);
      }
      good("enrolled_ok", values);
    }

    step = "root";
    if (keyAt(rootNote.keys, top.log).name !== top.log.origin) throw new Fault("root_key", { origin: top.log.origin });
    let holders = 0;
    for (const holder of rootNote.holders)
      if (rootNote.signatures.some((s) => s.name === holder.name && s.id === holder.id)) {
        await signed(holder, rootNote);
        holders++;
      }
    const print = await fingerprint(rootNote.text);
    if (holders < rootNote.threshold) throw new Fault("root_few", { n: holders, k: rootNote.threshold });
    if (page.root && page.root !== print) throw new Fault("root_other", { print });
    good("root_ok", { n: holders, of: rootNote.holders.length, k: rootNote.threshold, print });

    const issuer = chain[0].named?.name?.vi ?? item.origin.replace(/\/log\d*$/, "");
    step = "content";
    // The proof shows who carries it; whoever wrote it has signed nothing.
    if (entry.kind === "item.carried") throw new Fault("carried", { site: entry.site });
    if (entry.kind !== "item.issued" && entry.kind !== "item.opened") {
      good("content_none", { kind: entry.kind });
      return { verdict: "yes", issuer };
    }
    const wanted = entry.content ?? {};
    const got = /^[0-9a-f]{64}$/.test(wanted.sha256) ? await fetchContent(wanted.sha256) : { status: "?" };
    if (!got.ok) {
      const why = { 0: "content_offline", 410: "content_gone" }[got.status] ?? "content_away";
      report(step, "open", why, { status: got.status });
      return { verdict: "open", issuer };
    }
    if (hex(await sha256(got.bytes)) !== wanted.sha256) throw new Fault("content_other");
    good("content_ok", { size: got.bytes.length });

    step = "page";
    const content = json(new TextDecoder().decode(got.bytes), "bad_content");
    if (page.title === undefined) good("page_says", { title: content.title, number: content.number ?? "–" });
    else {
      if (page.title !== content.title && page.title !== content.title_en)
        throw new Fault("title_other", { title: content.title });
      if ((page.number ?? "") !== (content.number ?? "")) throw new Fault("number_other", { number: content.number ?? "–" });
      good("page_ok");
    }
    return { verdict: "yes", issuer };
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    const open = fault.word === "no_ed25519";
    report(step, open ? "open" : "bad", fault.word, fault.values);
    return { verdict: open ? "open" : "no" };
  }
}
