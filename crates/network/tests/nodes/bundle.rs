//! Bundles: one log in a file, whole, cut, altered, and forked.

use std::collections::BTreeMap;
use std::sync::Arc;

use network::bridge::{bridge, contradict};
use network::bundle::{Header, Intake, Listed, Reader, Record, Step, Unfit, Writer, Wrong};
use network::keys::Keys;
use network::names::{ContentHash, Origin};
use proptest::prelude::*;
use tlog::{Checkpoint, Frontier, Hash, KeyKind, Note, TILE_WIDTH, TileId, leaf_hash};

use super::fixtures::{assert_fixture, fixture, signer};

const LOG: &str = "a.vn/log";

fn origin() -> Origin {
    LOG.parse().unwrap()
}

fn keys() -> Keys {
    Keys::single(signer(LOG, KeyKind::Ed25519).verifier())
}

/// Entry `index` of the history `twist`; histories agree up to entry `same`.
fn entry(index: u64, twist: u64, same: u64) -> Vec<u8> {
    format!("{{\"n\":{index},\"t\":{}}}", if index < same { 0 } else { twist }).into_bytes()
}

struct History {
    entries: Vec<Vec<u8>>,
    tiles: BTreeMap<TileId, Vec<Hash>>,
}

impl History {
    fn of(size: u64, twist: u64, same: u64) -> History {
        let entries: Vec<Vec<u8>> = (0..size).map(|index| entry(index, twist, same)).collect();
        let mut frontier = Frontier::new();
        let mut levels = BTreeMap::new();
        for entry in &entries {
            frontier.push_with(leaf_hash(entry), |level, index, hash| {
                levels.insert((level, index), hash);
            });
        }
        let row = |tile: TileId| {
            (0..u64::from(tile.width)).map(|at| levels[&(tile.level * 8, tile.index * 256 + at)]).collect()
        };
        History { entries, tiles: tlog::tiles_for(size).map(|tile| (tile, row(tile))).collect() }
    }

    fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    fn frontier(&self, size: u64) -> Frontier {
        let mut frontier = Frontier::new();
        self.entries[..size as usize].iter().for_each(|entry| frontier.push(leaf_hash(entry)));
        frontier
    }

    fn note(&self, size: u64) -> Note {
        let head =
            Checkpoint { origin: LOG.into(), size, root: self.frontier(size).root(), extensions: vec![] };
        head.sign(&signer(LOG, KeyKind::Ed25519)).unwrap()
    }

    fn bundle(&self, from: u64) -> Vec<u8> {
        let size = self.size();
        let header = Header {
            node: "b.vn/node".into(),
            made: "2026-11-25T08:00:00Z".into(),
            root: origin(),
            logs: vec![Listed { origin: origin(), from, size }],
        };
        let (mut writer, mut bytes) = Writer::open(&header);
        bytes.extend(writer.log(&origin(), &self.frontier(from), size, &self.note(size).to_string()));
        let mut at = from;
        while at < size {
            let to = ((at / TILE_WIDTH + 1) * TILE_WIDTH).min(size);
            let rest = bridge(&self.tiles, to, size, size).unwrap();
            bytes.extend(writer.part(at, &self.entries[at as usize..to as usize], &rest).unwrap());
            at = to;
        }
        let content = "Nội dung.".as_bytes();
        bytes.extend(writer.content(&ContentHash::of(content), content));
        bytes.extend(writer.close());
        bytes
    }
}

/// What a file gives before its end or its damage.
fn read(bytes: &[u8], piece: usize) -> (Vec<Record>, Option<Wrong>) {
    let (mut reader, mut records) = (Reader::new(), Vec::new());
    for piece in bytes.chunks(piece.max(1)) {
        if let Err(damage) = reader.push(piece, &mut records) {
            return (records, Some(damage.what));
        }
    }
    (records, reader.finish().err().map(|damage| damage.what))
}

/// Takes a file in on top of a history of which `have` entries are here. What was handed out, and how it ended.
fn take(bytes: &[u8], ours: &History, have: u64) -> (Vec<Vec<u8>>, Result<(), Unfit>) {
    let mut applied = Vec::new();
    let mut intake = None;
    for record in read(bytes, 1000).0 {
        let step = match record {
            Record::Log { frontier, size, note, .. } => {
                let held = (have > 0).then(|| Arc::new(ours.note(have)));
                match Intake::open(
                    &origin(),
                    (frontier, size, &note),
                    &keys(),
                    &[],
                    (ours.frontier(have), held),
                ) {
                    Ok(opened) => intake = Some(opened),
                    Err(unfit) => return (applied, Err(unfit)),
                }
                continue;
            }
            Record::Part { from, entries, bridge } => {
                intake.as_mut().map(|intake| intake.part(from, &entries, &bridge))
            }
            _ => continue,
        };
        match step {
            Some(Ok(Step::Apply(batch))) => {
                assert_eq!(batch.from, have + applied.len() as u64, "in order, without gaps");
                applied.extend(batch.entries.iter().map(|entry| entry.to_vec()));
                assert_eq!(batch.frontier.size(), have + applied.len() as u64);
            }
            Some(Ok(Step::Known)) | None => {}
            Some(Err(unfit)) => return (applied, Err(unfit)),
        }
    }
    let ended = intake.map_or(Ok(()), |intake| intake.close().map(|_| ()));
    (applied, ended)
}

#[test]
fn the_bytes_of_a_bundle_are_these() {
    let history = History::of(3, 0, 0);
    let bytes = history.bundle(1);
    assert_fixture("bundle.bin", &bytes);
    let mut kept = fixture("bundle.bin");
    kept.push(b'\n');
    assert_eq!(kept, bytes, "the same logs give the same bytes");
    let (records, damage) = read(&bytes, 7);
    assert_eq!(damage, None);
    let [
        Record::Header(header),
        Record::Log { size: 3, .. },
        Record::Part { from: 1, entries, .. },
        Record::Content { .. },
        Record::End,
    ] = &records[..]
    else {
        panic!("{records:?}")
    };
    assert_eq!((header.logs[0].from, entries.len()), (1, 2));
}

#[test]
fn what_is_not_a_bundle_or_too_long_is_said_at_once() {
    assert_eq!(read(b"a:{}", 1).1, Some(Wrong::CutOff));
    assert_eq!(read(b"{\"a\":1}\n", 3).1, Some(Wrong::NotABundle));
    assert_eq!(read(&[b'x'; 2000], 9).1, Some(Wrong::NotABundle));
    assert_eq!(read(b"nhipcau-bundle 2 4\n", 9).1, Some(Wrong::NotABundle));
    assert_eq!(read(b"nhipcau-bundle 1 99999999999\n", 9).1, Some(Wrong::TooLong));
    assert_eq!(read(b"nhipcau-bundle 1 2\n{}\n", 9).1, Some(Wrong::Header));
    let whole = History::of(3, 0, 0).bundle(0);
    assert_eq!(read(&[&whole[..], b"more"].concat(), 50).1, Some(Wrong::AfterEnd));
}

#[test]
fn a_log_is_taken_up_from_any_size_that_is_here() {
    let history = History::of(1000, 0, 0);
    for (from, have) in
        [(0, 0), (0, 1), (0, 256), (0, 999), (0, 1000), (300, 300), (300, 301), (512, 700), (1000, 1000)]
    {
        let (applied, ended) = take(&history.bundle(from), &history, have);
        assert!(ended.is_ok(), "{from} on {have}: {ended:?}");
        assert_eq!(applied, history.entries[have as usize..], "{from} on {have}");
    }
    let (applied, ended) = take(&history.bundle(300), &history, 200);
    assert!(applied.is_empty() && matches!(ended, Err(Unfit::Gap { have: 200, from: 300 })));
}

#[test]
fn another_key_or_log_proves_nothing() {
    let history = History::of(10, 0, 0);
    let other = Keys::single(signer("b.vn/log", KeyKind::Ed25519).verifier());
    let (theirs, note) = (Frontier::new(), history.note(10));
    let open = |keys: &Keys, name: &str, size| {
        Intake::open(
            &name.parse().unwrap(),
            (theirs.clone(), size, &note),
            keys,
            &[],
            (Frontier::new(), None),
        )
    };
    assert!(matches!(open(&other, LOG, 10), Err(Unfit::Signature)));
    assert!(matches!(open(&keys(), "b.vn/log", 10), Err(Unfit::Claim)));
    assert!(matches!(open(&keys(), LOG, 11), Err(Unfit::Claim)));
    assert!(open(&keys(), LOG, 10).is_ok());
}

/// Every way in which two histories can part: at, before and after the bundle's beginning and the parts' edges.
#[test]
fn a_signed_bundle_of_another_history_is_evidence() {
    for (size, from, have, same) in [
        (1000, 0, 10, 5),
        (1000, 0, 256, 5),
        (1000, 0, 300, 299),
        (700, 256, 256, 3),
        (700, 256, 400, 300),
        (600, 512, 512, 511),
        (513, 512, 512, 0),
        (1025, 768, 768, 700),
        (40, 40, 40, 39),
        (300, 300, 300, 1),
    ] {
        let (ours, theirs) = (History::of(have, 1, same), History::of(size, 2, same));
        let (applied, ended) = take(&theirs.bundle(from), &ours, have);
        assert!(applied.is_empty(), "{size} {from} {have} {same}");
        let Err(Unfit::Forked(split)) = ended else { panic!("{size} {from} {have} {same}: {ended:?}") };
        let (a, b) = (Checkpoint::of(&split.a).unwrap(), Checkpoint::of(&split.b).unwrap());
        assert_eq!((a.size, b.size), (have, size));
        assert!(
            contradict(&a, &b, &split.bridge),
            "the evidence of {size} {from} {have} {same} proves nothing"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn a_cut_file_gives_a_beginning_and_says_so(cut in 0.0..1.0_f64, piece in 1..3000_usize) {
        let history = History::of(600, 0, 0);
        let whole = history.bundle(100);
        let at = (whole.len() as f64 * cut) as usize;
        let (records, damage) = read(&whole[..at], piece);
        prop_assert_eq!(damage, Some(Wrong::CutOff));
        prop_assert_eq!(&records[..], &read(&whole, 5000).0[..records.len()]);
        let (applied, _) = take(&whole[..at], &history, 150);
        prop_assert_eq!(&applied[..], &history.entries[150..150 + applied.len()]);
    }

    #[test]
    fn an_altered_file_gives_nothing_that_is_not_proven(at in 0.0..1.0_f64, with in 1..255_u8) {
        let history = History::of(600, 0, 0);
        let mut bytes = history.bundle(0);
        let at = ((bytes.len() - 1) as f64 * at) as usize;
        bytes[at] ^= with;
        let (applied, ended) = take(&bytes, &history, 0);
        prop_assert_eq!(&applied[..], &history.entries[..applied.len()]);
        prop_assert!(read(&bytes, 777).1.is_some() || ended.is_err() || applied.len() < 600, "nobody noticed byte {}", at);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), piece in 1..50_usize) {
        let _ = read(&bytes, piece);
        let _ = read(&[&History::of(2, 0, 0).bundle(0)[..], &bytes].concat(), piece);
    }
}
