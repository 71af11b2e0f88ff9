// A small nation for the tests: a root's log, a province's, a commune's, with keys, enrolments, holders and content.
// Signing and proving are written here a second time, from the specifications, on Node's own crypto.

import { createHash, generateKeyPairSync, sign } from "node:crypto";

const sha = (...parts) => createHash("sha256").update(Buffer.concat(parts.map((p) => Buffer.from(p)))).digest();
export const leaf = (entry) => sha([0], entry);
const parent = (left, right) => sha([1], left, right);

/** The largest power of two under n. */
const split = (n) => 2 ** Math.floor(Math.log2(n - 1));

/** RFC 6962, 2.1. */
export function rootOf(leaves) {
  if (leaves.length === 1) return leaves[0];
  const k = split(leaves.length);
  return parent(rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
}

/** RFC 6962, 2.1.1. */
export function path(index, leaves) {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  return index < k
    ? [...path(index, leaves.slice(0, k)), rootOf(leaves.slice(k))]
    : [...path(index - k, leaves.slice(k)), rootOf(leaves.slice(0, k))];
}

export function signer(name) {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ format: "der", type: "spki" }).subarray(-32);
  const id = sha(name + "\n", [1], raw).subarray(0, 4);
  return {
    name,
    vkey: `${name}+${id.toString("hex")}+${Buffer.concat([Buffer.from([1]), raw]).toString("base64")}`,
    line: (text) => `\u2014 ${name} ${Buffer.concat([id, sign(null, Buffer.from(text), privateKey)]).toString("base64")}\n`,
  };
}

export const signed = (text, ...signers) => `${text}\n${signers.map((s) => s.line(text)).join("")}`;

export class Log {
  constructor(origin) {
    this.key = signer(origin);
    this.entries = [];
  }
  get origin() {
    return this.key.name;
  }
  append(entry) {
    this.entries.push(typeof entry === "string" ? entry : JSON.stringify(entry));
    return this.entries.length - 1;
  }
  checkpoint(...others) {
    const root = rootOf(this.entries.map(leaf)).toString("base64");
    return signed(`${this.origin}\n${this.entries.length}\n${root}\n`, this.key, ...others);
  }
  proof(index, extra) {
    const hashes = path(index, this.entries.map(leaf)).map((h) => h.toString("base64") + "\n");
    const first = extra ? `extra ${Buffer.from(JSON.stringify(extra)).toString("base64")}\n` : "";
    return `c2sp.org/tlog-proof@v1\n${first}index ${index}\n${hashes.join("")}\n${this.checkpoint()}`;
  }
}

/** Three logs, each enrolled by the one above; the commune's has an item among others. */
export function nation() {
  const root = new Log("chinhphu.vn/log");
  const province = new Log("quangninh.gov.vn/log");
  const commune = new Log("bache.quangninh.gov.vn/log");
  const holders = [1, 2, 3].map((n) => signer(`giu-khoa-${n}`));
  const rootText = `nhipcau.root/v1\nversion 1\nroot 0 ${root.key.vkey}\nheads 0 ${signer("chinhphu.vn/heads").vkey}\nquorum 1\nthreshold 2\n${holders
    .map((h) => `holder ${h.vkey}\n`)
    .join("")}`;
  const enrol = (child, level, name) => ({
    v: 1,
    kind: "agency.enrolled",
    at: "2026-11-23T00:00:00.000Z",
    origin: child.origin,
    domain: child.origin.replace("/log", ""),
    name: { vi: name, en: "" },
    level,
    key: child.key.vkey,
  });
  const content = Buffer.from(JSON.stringify({ v: 1, salt: "AAAA", title: "Lịch trực khi mưa lũ", number: "12/TB-UBND" }));
  const issued = {
    v: 1,
    kind: "item.issued",
    at: "2026-11-23T08:15:02.123Z",
    item: "019ab3c2",
    edition: 1,
    content: { sha256: sha(content).toString("hex"), size: content.length, type: "application/vnd.nhipcau.item+json" },
  };
  for (let n = 0; n < 5; n++) root.append({ v: 1, kind: "filler", n });
  const provinceAt = root.append(enrol(province, "province", "Tỉnh Quảng Ninh"));
  root.append({ v: 1, kind: "filler" });
  const communeAt = province.append(enrol(commune, "commune", "Xã Ba Chẽ"));
  for (let n = 0; n < 6; n++) commune.append({ v: 1, kind: "filler", n });
  const itemAt = commune.append(issued);
  commune.append({ v: 1, kind: "filler" });

  const world = { root, province, commune, holders, rootText, enrol, content, issued, itemAt, provinceAt, communeAt };
  world.extra = () => ({
    v: 1,
    entry: commune.entries[itemAt],
    enrolments: [
      { entry: province.entries[communeAt], proof: province.proof(communeAt) },
      { entry: root.entries[provinceAt], proof: root.proof(provinceAt) },
    ],
    root: signed(rootText, holders[0], holders[2]),
  });
  return world;
}
