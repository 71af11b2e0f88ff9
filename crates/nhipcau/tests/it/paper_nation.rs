//! A nation on paper, for what judges proofs and logs: logs with keys, enrolments, heads and their quorum, no servers.

use std::collections::BTreeMap;

use network::content::ITEM_TYPE;
use network::entry::{
    Act, Change, ContentRef, Enrolment, Entry, ItemChange, Kind, Lane, Level, Name, NodeKeys, Withdrawal,
};
use network::names::{ContentHash, Origin};
use network::root::{RootNote, RootText};
use nhipcau::logs::proof::{Extra, Statement, Step};
use nhipcau::verify::nation::{Log, Nation};
use nhipcau::verify::{Fault, nation};
use tlog::{
    Checkpoint, Frontier, Hash, KeyKind, Note, SignerKey, TileId, TlogProof, cosign, inclusion_proof,
    leaf_hash, tiles_for,
};
use uuid::Uuid;

/// The log of the Government, of a province, of a commune.
pub const GOV: &str = "chinhphu.vn/log";
pub const PROVINCE: &str = "laocai.gov.vn/log";
pub const COMMUNE: &str = "xa-a.laocai.gov.vn/log";
pub const HEADS: &str = "chinhphu.vn/heads";
const COSIGNER: &str = "chinhphu.vn/node";

pub fn origin(text: &str) -> Origin {
    text.parse().unwrap()
}

/// A key that is the same in every run.
pub fn signer(name: &str, kind: KeyKind, seed: u8) -> SignerKey {
    let mut bytes = [seed; 32];
    let text = name.as_bytes();
    bytes[..text.len().min(30)].copy_from_slice(&text[..text.len().min(30)]);
    bytes[31] = kind.byte();
    SignerKey::from_seed(name, kind, bytes).unwrap()
}

fn log_key(name: &str) -> SignerKey {
    signer(name, KeyKind::Ed25519, 1)
}

/// What the holders sign, with a seed for the root's key.
pub fn root_note(seed: u8, holders: usize) -> String {
    let key = |name: &str, seed| network::entry::KeyChange {
        key: signer(name, KeyKind::Ed25519, seed).verifier(),
        from: 0,
    };
    let text = RootText {
        version: 1,
        root: vec![key(GOV, seed)],
        heads: vec![key(HEADS, 1)],
        quorum: 1,
        cosigners: vec![signer(COSIGNER, KeyKind::CosignatureEd25519, 1).verifier()],
        threshold: 2,
        holders: ["giu-1", "giu-2", "giu-3"]
            .map(|name| signer(name, KeyKind::Ed25519, 1).verifier())
            .to_vec(),
    };
    let mut note = Note::sign(&text.text(), &signer("giu-1", KeyKind::Ed25519, 1)).unwrap();
    for name in ["giu-2", "giu-3"].iter().take(holders - 1) {
        let more = Note::sign(&text.text(), &signer(name, KeyKind::Ed25519, 1)).unwrap();
        note.add(more.signatures[0].clone());
    }
    note.to_string()
}

/// An enrolment of the log `<domain>/log`.
pub fn enrolment(domain: &str, level: Level) -> Enrolment {
    let node = origin(&format!("{domain}/node"));
    Enrolment {
        origin: origin(&format!("{domain}/log")),
        domain: domain.parse().unwrap(),
        code: None,
        name: Name { vi: domain.into(), en: String::new() },
        level,
        log_key: log_key(&format!("{domain}/log")).verifier(),
        log_url: format!("https://{domain}"),
        node: NodeKeys {
            cosigner: signer(&node, KeyKind::CosignatureEd25519, 1).verifier(),
            reporter: signer(&node, KeyKind::Ed25519, 1).verifier(),
            url: format!("https://{domain}"),
            name: node,
        },
        sealing: None,
        predecessor: None,
        accountable: None,
        accountable_basis: None,
    }
}

/// A change of the log's key from a size on.
pub fn key_change(of: &str, seed: u8, from: u64) -> Kind {
    let key = network::entry::KeyChange { key: signer(of, KeyKind::Ed25519, seed).verifier(), from };
    Kind::AgencyChanged(Change {
        origin: origin(of),
        key: Some(key),
        domain: None,
        code: None,
        name: None,
        log_url: None,
        node: None,
        sealing: None,
        accountable: None,
        accountable_basis: None,
    })
}

fn content(what: &str) -> ContentRef {
    ContentRef { sha256: ContentHash::of(what.as_bytes()), size: what.len() as u64, media: ITEM_TYPE.into() }
}

/// An edition of item `id`; its content is the bytes `<id>.<edition>`.
pub fn issued(id: u128, edition: u32) -> Kind {
    let change = if edition == 1 { ItemChange::New } else { ItemChange::Correct };
    let content = content(&format!("{id}.{edition}"));
    Kind::ItemIssued {
        item: Uuid::from_u128(id),
        edition,
        change,
        lane: Lane::Normal,
        content,
        files: vec![],
    }
}

pub fn withdrawn(id: u128) -> Kind {
    Kind::ItemWithdrawn { item: Uuid::from_u128(id), mode: Withdrawal::Gone, lane: Lane::Normal, note: None }
}

pub fn ordered(of: &str, id: u128) -> Kind {
    Kind::ItemOrdered {
        origin: origin(of),
        item: Uuid::from_u128(id),
        act: Act::Erase,
        basis: content("basis"),
    }
}

/// Logs that say what they are told to say.
#[derive(Clone)]
pub struct Paper {
    logs: BTreeMap<String, Vec<Vec<u8>>>,
    /// Which key signs a log now; 1 unless it was changed.
    pub seeds: BTreeMap<String, u8>,
}

impl Paper {
    /// The Government, a province, a commune, each enrolled, each with an item.
    pub fn new() -> Paper {
        let mut paper = Paper { logs: BTreeMap::new(), seeds: BTreeMap::new() };
        paper.says(GOV, Kind::AgencyEnrolled(enrolment("laocai.gov.vn", Level::Province)));
        paper.says(PROVINCE, Kind::AgencyEnrolled(enrolment("xa-a.laocai.gov.vn", Level::Commune)));
        paper.says(GOV, issued(1, 1));
        paper.says(COMMUNE, issued(2, 1));
        paper
    }

    /// Appends an entry and its head. Returns its index.
    pub fn says(&mut self, log: &str, kind: Kind) -> u64 {
        let index = self.appends(log, kind);
        let checkpoint = self.checkpoint(log);
        let claim = Checkpoint::of(&checkpoint).unwrap();
        let head = Kind::Head {
            origin: origin(log),
            size: claim.size,
            root: claim.root,
            checkpoint: checkpoint.to_string(),
        };
        self.appends(HEADS, head);
        index
    }

    /// Appends an entry that no head tells of.
    pub fn appends(&mut self, log: &str, kind: Kind) -> u64 {
        let entry = Entry { at: "2026-11-23T08:15:02Z".parse().unwrap(), kind };
        let entries = self.logs.entry(log.to_owned()).or_default();
        entries.push(entry.encode().unwrap());
        entries.len() as u64 - 1
    }

    /// The last entry of a log is forgotten again.
    pub fn forgets(&mut self, log: &str) {
        self.logs.get_mut(log).unwrap().pop();
    }

    pub fn entry(&self, log: &str, index: u64) -> Vec<u8> {
        self.logs[log][index as usize].clone()
    }

    fn tree(&self, log: &str) -> (Frontier, BTreeMap<TileId, Vec<Hash>>) {
        let mut frontier = Frontier::new();
        let mut hashes: BTreeMap<(u8, u64), Hash> = BTreeMap::new();
        for entry in &self.logs[log] {
            frontier.push_with(leaf_hash(entry), |level, index, hash| {
                hashes.insert((level, index), hash);
            });
        }
        let row = |tile: TileId| {
            (0..u64::from(tile.width)).map(|at| hashes[&(tile.level * 8, tile.index * 256 + at)]).collect()
        };
        let tiles = tiles_for(frontier.size()).map(|tile| (tile, row(tile))).collect();
        (frontier, tiles)
    }

    /// The log's newest checkpoint, signed.
    pub fn checkpoint(&self, log: &str) -> Note {
        let (frontier, _) = self.tree(log);
        let checkpoint = Checkpoint {
            origin: log.into(),
            size: frontier.size(),
            root: frontier.root(),
            extensions: vec![],
        };
        let seed = self.seeds.get(log).copied().unwrap_or(1);
        checkpoint.sign(&signer(log, KeyKind::Ed25519, seed)).unwrap()
    }

    /// The heads checkpoint with its quorum.
    pub fn quorum(&self) -> Note {
        let mut note = self.checkpoint(HEADS);
        note.add(
            cosign(&note.text, &signer(COSIGNER, KeyKind::CosignatureEd25519, 1), 1_795_421_702).unwrap(),
        );
        note
    }

    /// A log as an honest node serves it.
    pub fn log(&self, log: &str) -> Log {
        Log { origin: origin(log), checkpoint: self.checkpoint(log), entries: self.logs[log].clone() }
    }

    /// What an honest node's logs give.
    pub fn read(&self) -> Result<Nation, Fault> {
        self.read_but(|_| {})
    }

    /// The same, after somebody in between has laid hands on each log.
    pub fn read_but(&self, hands: impl Fn(&mut Log)) -> Result<Nation, Fault> {
        let through = |name: &str| {
            let mut log = self.log(name);
            hands(&mut log);
            log
        };
        let root = RootNote::open(&root_note(1, 2)).unwrap();
        let mut nation = nation::Nation::begin(&root, &through(HEADS), &self.quorum())?;
        while let Some(next) = nation.wants(&origin(COMMUNE)).into_iter().next() {
            nation.take(through(next.as_str()))?;
        }
        Ok(nation)
    }

    /// An entry's place, without `extra`.
    pub fn place(&self, log: &str, index: u64) -> TlogProof {
        let (frontier, tiles) = self.tree(log);
        let proof = inclusion_proof(&tiles, index, frontier.size()).unwrap();
        TlogProof { extra: None, index, proof, checkpoint: self.checkpoint(log) }
    }

    /// An entry of the commune's log with all that leads to the root, before it is written down.
    pub fn extra(&self, index: u64) -> Extra {
        let text = |log: &str, index| String::from_utf8(self.entry(log, index)).unwrap();
        let step = |parent: &str, changes: Vec<u64>| Step {
            entry: text(parent, 0),
            proof: self.place(parent, 0).to_string(),
            changes: changes
                .into_iter()
                .map(|at| Statement { entry: text(parent, at), proof: self.place(parent, at).to_string() })
                .collect(),
        };
        let changes = (1..self.logs[PROVINCE].len() as u64).collect();
        Extra {
            v: 1,
            entry: text(COMMUNE, index),
            enrolments: vec![step(PROVINCE, changes), step(GOV, vec![])],
            root: root_note(1, 2),
            demo: false,
        }
    }

    /// A proof with this `extra`, read from its text.
    pub fn proof(&self, index: u64, extra: &Extra) -> TlogProof {
        let mut proof = self.place(COMMUNE, index);
        proof.extra = Some(serde_json::to_vec(extra).unwrap());
        proof.to_string().parse().unwrap()
    }
}
