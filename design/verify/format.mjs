// Reading what a proof is made of: base64, keys, signed notes, checkpoints, tlog-proofs (c2sp.org/signed-note,
// tlog-checkpoint, tlog-proof). Nothing is believed here; what is malformed ends in a Fault that names it.

/** Why a proof does not hold: a word of the table and what stands in it. */
export class Fault extends Error {
  constructor(word, values = {}) {
    super(word);
    this.word = word;
    this.values = values;
  }
}

const utf8 = new TextEncoder();

export const bytes = (text) => utf8.encode(text);

/** The bytes of standard base64 in its only spelling, or null. */
export function unbase64(text) {
  try {
    const raw = atob(text);
    return btoa(raw) === text ? Uint8Array.from(raw, (c) => c.charCodeAt(0)) : null;
  } catch {
    return null;
  }
}

export const hex = (data) => Array.from(data, (b) => b.toString(16).padStart(2, "0")).join("");

export const same = (a, b) => hex(a) === hex(b);

export async function sha256(...parts) {
  const whole = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
}

/** A number written in its only spelling and safe to count with, or null. */
const whole = (text) => (/^(0|[1-9]\d{0,15})$/.test(text) && Number.isSafeInteger(+text) ? +text : null);

/** An Ed25519 verifier key `name+id+base64`; its id must be the one that name and key give. */
export async function key(text) {
  const [, name, id, data] = /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? [];
  const raw = data && unbase64(data);
  if (!raw || raw.length !== 33 || raw[0] !== 1 || hex((await sha256(bytes(name + "\n"), raw)).slice(0, 4)) !== id)
    throw new Fault("bad_key", { key: String(text).slice(0, 120) });
  return { name, id, raw: raw.slice(1), text };
}

/** A signed note: its text with the last newline, and its signatures. */
export function note(whole) {
  const cut = whole.lastIndexOf("\n\n");
  const signatures = cut < 0 ? [] : whole.slice(cut + 2).split("\n");
  if (signatures.pop() !== "" || !signatures.length) throw new Fault("bad_note");
  return {
    text: whole.slice(0, cut + 1),
    signatures: signatures.map((line) => {
      const [, name, data] = /^\u2014 ([^+\s]+) (\S+)$/.exec(line) ?? [];
      const raw = data && unbase64(data);
      if (!raw || raw.length < 5) throw new Fault("bad_note");
      return { name, id: hex(raw.slice(0, 4)), raw: raw.slice(4) };
    }),
  };
}

/** A tlog-proof: extra, index, hashes, and the checkpoint with its note. */
export function proof(text) {
  const lines = text.replace(/\r\n/g, "\n").split("\n");
  if (lines.shift() !== "c2sp.org/tlog-proof@v1") throw new Fault("not_proof");
  const total = lines.length;
  const bad = () => new Fault("bad_line", { n: total - lines.length + 1 });
  let extra = null;
  if (lines[0]?.startsWith("extra ")) {
    extra = unbase64(lines.shift().slice(6));
    if (!extra) throw bad();
  }
  const index = whole(/^index (.*)$/.exec(lines.shift() ?? "")?.[1] ?? "");
  if (index === null) throw bad();
  const hashes = [];
  while (lines.length && lines[0] !== "") {
    const hash = unbase64(lines.shift());
    if (hash?.length !== 32 || hashes.length > 62) throw bad();
    hashes.push(hash);
  }
  lines.shift();
  const checkpoint = note(lines.join("\n"));
  const [origin, size, root] = checkpoint.text.split("\n");
  const head = { origin, size: whole(size ?? ""), root: unbase64(root ?? "") };
  if (!origin || head.size === null || head.root?.length !== 32) throw new Fault("bad_note");
  return { extra, index, hashes, note: checkpoint, ...head };
}

/** The root note: the keys of the root's log by size, its holders, and how many of them must have signed. */
export async function root(text) {
  const signed = note(text);
  const lines = signed.text.split("\n");
  if (lines[0] !== "nhipcau.root/v1") throw new Fault("root_bad");
  const found = { ...signed, keys: [], holders: [], threshold: 0 };
  for (const line of lines) {
    const [word, first, second] = line.split(" ");
    if (word === "root") found.keys.push({ from: whole(first), key: await key(second) });
    else if (word === "holder") found.holders.push(await key(first));
    else if (word === "threshold") found.threshold = whole(first);
  }
  if (!found.threshold || !found.keys.length || found.keys[0].from !== 0) throw new Fault("root_bad");
  return found;
}
