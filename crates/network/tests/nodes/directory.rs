//! The directory: who may speak of whom, when it counts, and that the order of arrival does not matter.

use std::collections::BTreeMap;

use network::directory::{Agency, Directory, Effect, NotConfirmed, Refusal};
use network::entry::{Change, ContentRef, Enrolment, Entry, KeyChange, Kind, Level, Name};
use network::names::Origin;
use network::root::{RootNote, RootText};
use network::scope::{IssuerRule, Scope};
use proptest::prelude::*;
use tlog::{Checkpoint, KeyKind, Note, cosign, leaf_hash};

use crate::fixtures::{node, signer};

const ROOT: &str = "chinhphu.vn/log";
const HEADS: &str = "chinhphu.vn/heads";
const QUORUM: [&str; 2] = ["moh.gov.vn/mirror", "tinh-a.gov.vn/mirror"];

fn origin(text: &str) -> Origin {
    text.parse().unwrap()
}

fn key(name: &str, from: u64) -> KeyChange {
    KeyChange { key: signer(name, KeyKind::Ed25519).verifier(), from }
}

fn root_note() -> RootNote {
    let text = RootText {
        version: 1,
        root: vec![key(ROOT, 0)],
        heads: vec![key(HEADS, 0)],
        quorum: 2,
        cosigners: QUORUM.map(|name| signer(name, KeyKind::CosignatureEd25519).verifier()).to_vec(),
        threshold: 1,
        holders: vec![signer("giu-khoa-1", KeyKind::Ed25519).verifier()],
    };
    let note = Note::sign(&text.text(), &signer("giu-khoa-1", KeyKind::Ed25519)).unwrap();
    RootNote::open(&note.to_string()).unwrap()
}

fn enrolment(domain: &str, log: &str, level: Level) -> Enrolment {
    Enrolment {
        origin: origin(log),
        domain: domain.parse().unwrap(),
        code: None,
        name: Name { vi: domain.into(), en: String::new() },
        level,
        log_key: key(log, 0).key,
        log_url: format!("https://{domain}/log"),
        node: node(domain),
        sealing: None,
        predecessor: None,
        accountable: None,
        accountable_basis: None,
    }
}

/// All that was stated, in the order of the heads log.
#[derive(Default)]
struct Nation {
    logs: BTreeMap<Origin, u64>,
    said: Vec<(Origin, u64, Entry)>,
}

impl Nation {
    fn says(&mut self, log: &str, kind: Kind) -> u64 {
        let size = self.logs.entry(origin(log)).or_default();
        let entry = Entry { at: "2026-11-23T08:15:02Z".parse().unwrap(), kind };
        self.said.push((origin(log), *size, entry));
        *size += 1;
        *size - 1
    }

    fn enrols(&mut self, parent: &str, domain: &str, level: Level) {
        self.says(parent, Kind::AgencyEnrolled(enrolment(domain, &format!("{domain}/log"), level)));
    }

    /// The directory of a node that got everything in this order of arrival; each statement has a head of its own.
    fn seen_in_order(&self, order: &[usize], heads_first: bool) -> Directory {
        let mut directory = Directory::new(&root_note()).unwrap();
        let heads = |directory: &mut Directory| {
            for (place, (log, index, _)) in self.said.iter().enumerate() {
                directory.head(place as u64, log, index + 1);
            }
            directory.confirm(&heads_note(self.said.len() as u64, &QUORUM)).unwrap();
        };
        if heads_first {
            heads(&mut directory);
        }
        for &at in order {
            let (log, index, entry) = &self.said[at];
            directory.note(log, *index, entry, None);
        }
        if !heads_first {
            heads(&mut directory);
        }
        directory
    }

    fn seen(&self) -> Directory {
        self.seen_in_order(&(0..self.said.len()).collect::<Vec<_>>(), false)
    }
}

fn heads_note(size: u64, by: &[&str]) -> Note {
    let checkpoint =
        Checkpoint { origin: HEADS.into(), size, root: leaf_hash(&size.to_be_bytes()), extensions: vec![] };
    let mut note = checkpoint.sign(&signer(HEADS, KeyKind::Ed25519)).unwrap();
    for name in by {
        note.add(cosign(&note.text, &signer(name, KeyKind::CosignatureEd25519), 1_795_421_702).unwrap());
    }
    note
}

fn refusals(directory: &Directory) -> Vec<String> {
    directory.refused().map(|((log, index), why)| format!("{log} {index}: {why}")).collect()
}

#[test]
fn an_enrolment_counts_once_a_quorum_has_its_head() {
    let mut nation = Nation::default();
    nation.enrols(ROOT, "tinh-a.gov.vn", Level::Province);
    let (log, index, entry) = &nation.said[0];
    let province = origin("tinh-a.gov.vn/log");

    let mut directory = Directory::new(&root_note()).unwrap();
    assert!(
        directory.keys_for(&origin(ROOT), 5).is_some() && directory.keys_for(&origin(HEADS), 5).is_some()
    );
    assert_eq!(directory.note(log, *index, entry, None), []);
    let placed = Effect::Placed { origin: origin(ROOT), index: 0, place: 0 };
    assert_eq!(directory.head(0, log, 1), [placed]);
    assert!(directory.agency(&province).is_none());
    assert!(directory.pending_node(&origin("tinh-a.gov.vn/mirror")).is_some(), "the root takes its receipts");

    let too_few = directory.confirm(&heads_note(1, &QUORUM[..1])).unwrap_err();
    assert_eq!(too_few, NotConfirmed::Quorum { got: 1, needed: 2 });
    assert!(directory.agency(&province).is_none());

    assert_eq!(directory.confirm(&heads_note(1, &QUORUM)).unwrap(), [Effect::Agency(province.clone())]);
    assert_eq!(directory.keys_for(&province, 0), Some(&key("tinh-a.gov.vn/log", 0).key));
    assert_eq!(directory.node(&origin("tinh-a.gov.vn/mirror")).unwrap().portals.len(), 1);
    assert!(directory.pending().is_empty());
}

#[test]
fn only_the_administration_above_may_enrol() {
    let mut nation = Nation::default();
    nation.enrols(ROOT, "tinh-a.gov.vn", Level::Province);
    nation.enrols("tinh-a.gov.vn/log", "xa-b.tinh-a.gov.vn", Level::Commune);
    nation.enrols("tinh-a.gov.vn/log", "tinh-c.gov.vn", Level::Commune);
    nation.enrols("tinh-a.gov.vn/log", "x.tinh-a.gov.vn", Level::Province);
    nation.enrols("xa-z.gov.vn/log", "xa-y.xa-z.gov.vn", Level::Unit);
    nation.enrols(ROOT, "xa-b.tinh-a.gov.vn", Level::Commune);
    let squat = enrolment("xa-d.tinh-a.gov.vn", "moh.gov.vn/log", Level::Commune);
    nation.says("tinh-a.gov.vn/log", Kind::AgencyEnrolled(squat));
    let mut alias = enrolment("xa-b.tinh-a.gov.vn", "xa-b.tinh-a.gov.vn/other", Level::Commune);
    nation.says("tinh-a.gov.vn/log", Kind::AgencyEnrolled(alias.clone()));
    alias.domain = "xa-e.tinh-a.gov.vn".parse().unwrap();
    alias.origin = origin("xa-e.tinh-a.gov.vn/log");
    alias.log_key = key("xa-e.tinh-a.gov.vn/log", 0).key;
    alias.node.reporter = signer("xa-b.tinh-a.gov.vn/mirror", KeyKind::Ed25519).verifier();
    alias.node.url = "https://evil.example".into();
    nation.says("tinh-a.gov.vn/log", Kind::AgencyEnrolled(alias));

    let directory = nation.seen();
    let names: Vec<&str> = directory.agencies().map(|agency| agency.origin.as_str()).collect();
    assert_eq!(names, ["chinhphu.vn/log", "tinh-a.gov.vn/log", "xa-b.tinh-a.gov.vn/log"]);
    assert_eq!(
        refusals(&directory),
        [
            "chinhphu.vn/log 1: the origin xa-b.tinh-a.gov.vn/log is taken",
            "tinh-a.gov.vn/log 1: tinh-c.gov.vn does not lie under tinh-a.gov.vn",
            "tinh-a.gov.vn/log 2: the level province is not lower than the level province of the parent",
            "tinh-a.gov.vn/log 3: moh.gov.vn does not lie under tinh-a.gov.vn",
            "tinh-a.gov.vn/log 4: the domain xa-b.tinh-a.gov.vn is held by xa-b.tinh-a.gov.vn/log",
            "tinh-a.gov.vn/log 5: the node xa-b.tinh-a.gov.vn/mirror belongs to xa-b.tinh-a.gov.vn/log \
             and has other keys",
            "xa-z.gov.vn/log 0: the log that states it is not enrolled",
        ]
    );
    let up: Vec<&str> =
        directory.ancestors(&origin("xa-b.tinh-a.gov.vn/log")).map(|agency| agency.origin.as_str()).collect();
    assert_eq!(up, ["tinh-a.gov.vn/log", "chinhphu.vn/log"]);
}

#[test]
fn keys_are_valid_for_sizes() {
    let mut nation = Nation::default();
    nation.enrols(ROOT, "tinh-a.gov.vn", Level::Province);
    let change = |from| Change {
        key: Some(KeyChange { key: signer("tinh-a.gov.vn/log", KeyKind::Ed25519).verifier(), from }),
        ..Change::of(origin("tinh-a.gov.vn/log"))
    };
    nation.says(ROOT, Kind::AgencyChanged(change(100)));
    nation.says(ROOT, Kind::AgencyChanged(change(100)));
    let directory = nation.seen();
    let keys = directory.keys(&origin("tinh-a.gov.vn/log")).unwrap();
    assert_eq!(keys.all().iter().map(|key| key.from).collect::<Vec<_>>(), [0, 100]);
    assert!(std::ptr::eq(keys.valid_for(99), &keys.all()[0].key));
    assert!(std::ptr::eq(keys.valid_for(100), &keys.all()[1].key));
    assert_eq!(
        refusals(&directory),
        ["chinhphu.vn/log 2: the new key must begin at a larger size than the one before"]
    );

    let by_stranger = Kind::AgencyChanged(change(500));
    nation.says("tinh-a.gov.vn/log", by_stranger);
    let said = refusals(&nation.seen());
    assert_eq!(said[1], "tinh-a.gov.vn/log 0: only chinhphu.vn/log may speak of tinh-a.gov.vn/log");
}

#[test]
fn a_compromised_log_loses_what_it_stated_beyond_its_last_honest_size() {
    let mut nation = Nation::default();
    nation.enrols(ROOT, "tinh-a.gov.vn", Level::Province);
    nation.enrols("tinh-a.gov.vn/log", "xa-b.tinh-a.gov.vn", Level::Commune);
    nation.enrols("tinh-a.gov.vn/log", "thief.tinh-a.gov.vn", Level::Commune);
    let province = origin("tinh-a.gov.vn/log");
    assert!(nation.seen().agency(&origin("thief.tinh-a.gov.vn/log")).is_some());

    let successor = Some(origin("tinh-a.gov.vn/log2"));
    nation.says(
        ROOT,
        Kind::AgencyClosed { origin: province.clone(), successor, also: Vec::new(), last_size: Some(1) },
    );
    let mut next = enrolment("tinh-a.gov.vn", "tinh-a.gov.vn/log2", Level::Province);
    next.predecessor = Some(province.clone());
    nation.says(ROOT, Kind::AgencyEnrolled(next));

    let directory = nation.seen();
    assert!(directory.agency(&origin("xa-b.tinh-a.gov.vn/log")).is_some());
    assert!(directory.agency(&origin("thief.tinh-a.gov.vn/log")).is_none());
    assert!(directory.is_honest(&province, 0) && !directory.is_honest(&province, 1));
    assert_eq!(directory.successor(&province).unwrap().origin, "tinh-a.gov.vn/log2");
    assert_eq!(directory.at_domain(&"tinh-a.gov.vn".parse().unwrap()).unwrap().origin, "tinh-a.gov.vn/log2");
    assert_eq!(refusals(&directory), ["tinh-a.gov.vn/log 1: the log that states it is closed"]);
}

#[test]
fn what_a_merged_agency_left_is_its_successors() {
    let mut nation = Nation::default();
    for province in ["hoabinh.gov.vn", "vinhphuc.gov.vn", "phutho.gov.vn"] {
        nation.enrols(ROOT, province, Level::Province);
    }
    nation.enrols("hoabinh.gov.vn/log", "xa-b.hoabinh.gov.vn", Level::Commune);
    let (old, new) = (origin("hoabinh.gov.vn/log"), origin("phutho.gov.vn/log"));
    let commune = origin("xa-b.hoabinh.gov.vn/log");
    let end = |origin: &Origin, successor: &Origin| Kind::AgencyClosed {
        origin: origin.clone(),
        successor: Some(successor.clone()),
        also: Vec::new(),
        last_size: Some(1),
    };
    // Over two steps: Hòa Bình into Vĩnh Phúc, and that into Phú Thọ.
    let between = origin("vinhphuc.gov.vn/log");
    nation.says(ROOT, end(&old, &between));
    nation.says(ROOT, end(&between, &new));
    let renamed =
        |code: &str| Kind::AgencyChanged(Change { code: Some(code.into()), ..Change::of(commune.clone()) });
    nation.says("phutho.gov.vn/log", renamed("H1.1"));
    nation.says("hoabinh.gov.vn/log", renamed("H1.2"));
    let directory = nation.seen();
    assert_eq!(directory.heirs(&old).iter().map(|heir| &heir.origin).collect::<Vec<_>>(), [&new]);
    let before: Vec<&str> = directory.predecessors(&new).iter().map(|one| one.domain.as_ref()).collect();
    assert_eq!(before, ["hoabinh.gov.vn", "vinhphuc.gov.vn"]);
    let child = directory.agency(&commune).unwrap();
    assert_eq!((&child.parent, &child.enroller), (&new, &old), "the proof stands where it was enrolled");
    assert_eq!(child.code.as_deref(), Some("H1.1"), "the successor speaks for it, the closed log does not");
    assert!(directory.is_ancestor(&new, &commune) && !directory.is_ancestor(&old, &commune));
    assert_eq!(directory.children(&new).count(), 1);
    assert!(directory.carries(&new, &old, "news", &[]) && !directory.carries(&old, &old, "news", &[]));
    assert!(directory.carriers_of(&old, "news", &[]).iter().any(|one| one.origin == new));
    assert!(directory.issuers_carried_by(&new).contains(&old));
}

#[test]
fn nobody_is_made_an_heir_by_who_does_not_speak_for_them() {
    let mut nation = Nation::default();
    for province in ["tinh-a.gov.vn", "tinh-c.gov.vn"] {
        nation.enrols(ROOT, province, Level::Province);
    }
    nation.enrols("tinh-a.gov.vn/log", "xa-b.tinh-a.gov.vn", Level::Commune);
    let (commune, parent) = (origin("xa-b.tinh-a.gov.vn/log"), origin("tinh-a.gov.vn/log"));
    // A province would have its commune's words taken for the Government's and for another province's.
    let into = |successor: &str, also: &[&str]| Kind::AgencyClosed {
        origin: commune.clone(),
        successor: Some(origin(successor)),
        also: also.iter().map(|log| origin(log)).collect(),
        last_size: None,
    };
    nation.says("tinh-a.gov.vn/log", into(ROOT, &["tinh-c.gov.vn/log"]));
    let directory = nation.seen();
    assert!(directory.heirs(&commune).is_empty());
    assert_eq!(directory.successor(&commune).unwrap().origin, commune, "it stands in nobody's place");
    for stranger in [ROOT, "tinh-c.gov.vn/log"] {
        assert!(directory.predecessors(&origin(stranger)).is_empty(), "{stranger}");
    }
    assert!(!directory.carries(&origin("tinh-c.gov.vn/log"), &commune, "news", &[]));
    // Its own parent takes it in, which is the parent's to say.
    nation.says("tinh-a.gov.vn/log", into("tinh-a.gov.vn/log", &[]));
    let directory = nation.seen();
    assert_eq!(directory.heirs(&commune).iter().map(|heir| &heir.origin).collect::<Vec<_>>(), [&parent]);
}

#[test]
fn a_successor_that_is_enrolled_after_the_closing_takes_what_stood_below() {
    let mut nation = Nation::default();
    nation.enrols(ROOT, "tinh-a.gov.vn", Level::Province);
    nation.enrols("tinh-a.gov.vn/log", "xa-b.tinh-a.gov.vn", Level::Commune);
    let (old, new) = (origin("tinh-a.gov.vn/log"), origin("tinh-a.gov.vn/log2"));
    let end = Kind::AgencyClosed {
        origin: old.clone(),
        successor: Some(new.clone()),
        also: Vec::new(),
        last_size: Some(1),
    };
    nation.says(ROOT, end);
    let mut next = enrolment("tinh-a.gov.vn", "tinh-a.gov.vn/log2", Level::Province);
    next.predecessor = Some(old);
    nation.says(ROOT, Kind::AgencyEnrolled(next));
    assert_eq!(nation.seen().agency(&origin("xa-b.tinh-a.gov.vn/log")).unwrap().parent, new);
}

#[test]
fn a_divided_agency_has_several_heirs_and_one_of_them_is_the_main() {
    let mut nation = Nation::default();
    nation.enrols(ROOT, "tinh-a.gov.vn", Level::Province);
    for commune in ["xa-b", "xa-c", "xa-d"] {
        nation.enrols("tinh-a.gov.vn/log", &format!("{commune}.tinh-a.gov.vn"), Level::Commune);
    }
    let log = |name: &str| origin(&format!("{name}.tinh-a.gov.vn/log"));
    let mut also = vec![log("xa-d")];
    for _ in 0..2 {
        let end = Kind::AgencyClosed {
            origin: log("xa-b"),
            successor: Some(log("xa-c")),
            also: also.clone(),
            last_size: None,
        };
        nation.says("tinh-a.gov.vn/log", end);
        also.clear();
    }
    let directory = nation.seen();
    let heirs = directory.heirs(&log("xa-b"));
    assert_eq!(heirs.iter().map(|heir| heir.origin.clone()).collect::<Vec<_>>(), [log("xa-c"), log("xa-d")]);
    assert_eq!(directory.successor(&log("xa-b")).unwrap().origin, log("xa-c"));
    for heir in ["xa-c", "xa-d"] {
        assert_eq!(directory.predecessors(&log(heir)).len(), 1, "{heir}: saying it again takes nothing away");
    }
    assert!(directory.heirs(&log("xa-c")).is_empty());
}

#[test]
fn the_root_states_its_own_name_but_not_its_keys() {
    let mut nation = Nation::default();
    let mut own = enrolment("chinhphu.vn", ROOT, Level::Central);
    own.code = Some("H01".into());
    nation.says(ROOT, Kind::AgencyEnrolled(own));
    let end = Kind::AgencyClosed { origin: origin(ROOT), successor: None, also: Vec::new(), last_size: None };
    nation.says(ROOT, end);
    let rekey = Change { key: Some(key(ROOT, 9)), ..Change::of(origin(ROOT)) };
    nation.says(ROOT, Kind::AgencyChanged(rekey));
    let directory = nation.seen();
    let root = directory.with_code("H01").unwrap();
    assert_eq!(
        (root.name.vi.as_str(), root.closed.is_none(), root.keys.all().len()),
        ("chinhphu.vn", true, 1)
    );
    assert!(directory.refused().all(|(_, why)| *why == Refusal::RootNoteOnly));
}

#[test]
fn a_scope_says_who_carries_what() {
    let mut nation = Nation::default();
    nation.enrols(ROOT, "moh.gov.vn", Level::Ministry);
    nation.enrols(ROOT, "tinh-a.gov.vn", Level::Province);
    nation.enrols(ROOT, "tinh-c.gov.vn", Level::Province);
    nation.enrols("tinh-a.gov.vn/log", "xa-b.tinh-a.gov.vn", Level::Commune);
    let scope = Scope {
        issuers: vec![IssuerRule::Level(Level::Ministry), IssuerRule::Origin(origin("tinh-a.gov.vn/log"))],
        kinds: vec!["directive".into()],
        fields: vec!["y-te".into()],
    };
    nation.says("tinh-c.gov.vn/log", Kind::PortalCarries(scope));
    let directory = nation.seen();
    let carriers = |issuer: &str, kind: &str, fields: &[&str]| -> Vec<String> {
        let fields: Vec<String> = fields.iter().map(|field| (*field).to_owned()).collect();
        directory.carriers_of(&origin(issuer), kind, &fields).iter().map(|a| a.domain.to_string()).collect()
    };
    let most = ["chinhphu.vn", "moh.gov.vn", "tinh-a.gov.vn", "xa-b.tinh-a.gov.vn"];
    assert_eq!(carriers("moh.gov.vn/log", "news", &[]), most);
    assert_eq!(carriers("moh.gov.vn/log", "directive", &["y-te"]).len(), 5);
    assert_eq!(carriers("moh.gov.vn/log", "directive", &["giao-duc"]), most);
    assert_eq!(
        carriers("tinh-a.gov.vn/log", "directive", &[]),
        ["tinh-a.gov.vn", "tinh-c.gov.vn", "xa-b.tinh-a.gov.vn"]
    );
    assert_eq!(carriers("xa-b.tinh-a.gov.vn/log", "news", &[]), ["xa-b.tinh-a.gov.vn"]);

    // Both ways of asking say the same.
    let all: Vec<Origin> = directory.agencies().map(|agency| agency.origin.clone()).collect();
    for (portal, issuer) in all.iter().flat_map(|portal| all.iter().map(move |issuer| (portal, issuer))) {
        let carried = directory.issuers_carried_by(portal).contains(issuer);
        let fields = ["y-te".to_owned()];
        assert_eq!(carried, directory.carries(portal, issuer, "directive", &fields), "{portal} of {issuer}");
        let carriers = directory.carriers_of(issuer, "directive", &fields);
        assert_eq!(carried, carriers.iter().any(|one| one.origin == *portal), "{issuer} at {portal}");
    }

    let needed = directory.logs_needed_by(&[origin("xa-b.tinh-a.gov.vn/log")]);
    let needed: Vec<&str> = needed.iter().map(|log| log.as_str()).collect();
    assert_eq!(needed, [HEADS, ROOT, "moh.gov.vn/log", "tinh-a.gov.vn/log", "xa-b.tinh-a.gov.vn/log"]);
}

#[test]
fn a_statement_that_comes_again_keeps_its_place() {
    let mut nation = Nation::default();
    nation.enrols(ROOT, "tinh-a.gov.vn", Level::Province);
    nation.enrols(ROOT, "tinh-c.gov.vn", Level::Province);
    let mut directory = nation.seen();
    let (log, index, entry) = nation.said[0].clone();
    let known: Vec<Agency> = directory.agencies().cloned().collect();
    directory.has_read(&log, index + 1);
    // Commits that a slow listener missed are read from the store, and may come once more.
    assert!(directory.note(&log, index, &entry, None).is_empty());
    let place = nation.said.len() as u64;
    assert!(directory.head(place, &log, place).is_empty());
    directory.confirm(&heads_note(place + 1, &QUORUM)).unwrap();
    assert_eq!(directory.agencies().cloned().collect::<Vec<_>>(), known);
    assert_eq!(refusals(&directory), Vec::<String>::new());
}

#[test]
fn many_late_statements_count_as_if_each_had_come_alone() {
    let mut nation = Nation::default();
    nation.enrols(ROOT, "tinh-a.gov.vn", Level::Province);
    for commune in ["xa-b", "xa-c", "xa-d"] {
        nation.enrols("tinh-a.gov.vn/log", &format!("{commune}.tinh-a.gov.vn"), Level::Commune);
    }
    let (first, communes): (Vec<_>, Vec<_>) =
        nation.said.iter().partition(|(log, _, _)| log.as_str() == ROOT);
    let mut directory = nation.seen_in_order(&[], true);
    let late = communes.iter().map(|(_, index, entry)| (*index, entry, None));
    directory.note_all(&origin("tinh-a.gov.vn/log"), late);
    for (log, index, entry) in first {
        directory.note(log, *index, entry, None);
    }
    let usual = nation.seen();
    assert_eq!(directory.agencies().collect::<Vec<_>>(), usual.agencies().collect::<Vec<_>>());
    assert_eq!(refusals(&directory), refusals(&usual));
}

#[test]
fn items_are_none_of_its_business() {
    let content =
        ContentRef { sha256: network::names::ContentHash([0; 32]), size: 0, media: "text/plain".into() };
    let mut nation = Nation::default();
    let erased =
        Kind::ItemErased { item: uuid::Uuid::nil(), lane: network::entry::Lane::Normal, basis: content };
    nation.says(ROOT, erased);
    assert!(nation.seen().pending().is_empty());
}

proptest! {
    #[test]
    fn every_order_of_arrival_gives_the_same_directory(
        order in Just((0..9).collect::<Vec<usize>>()).prop_shuffle(),
        heads_first: bool,
    ) {
        let mut nation = Nation::default();
        nation.enrols(ROOT, "tinh-a.gov.vn", Level::Province);
        nation.enrols(ROOT, "so-y-te.tinh-a.gov.vn", Level::Commune);
        nation.enrols("tinh-a.gov.vn/log", "so-y-te.tinh-a.gov.vn", Level::Commune);
        nation.enrols("tinh-a.gov.vn/log", "xa-b.tinh-a.gov.vn", Level::Commune);
        nation.enrols("xa-b.tinh-a.gov.vn/log", "tram.xa-b.tinh-a.gov.vn", Level::Unit);
        nation.enrols("tinh-a.gov.vn/log", "xa-c.tinh-a.gov.vn", Level::Commune);
        let renamed = Change { code: Some("H56.9".into()), ..Change::of(origin("xa-b.tinh-a.gov.vn/log")) };
        nation.says("tinh-a.gov.vn/log", Kind::AgencyChanged(renamed));
        nation.says("tinh-a.gov.vn/log", Kind::AgencyClosed { origin: origin("xa-b.tinh-a.gov.vn/log"), successor: None, also: Vec::new(), last_size: Some(0) });
        nation.says(ROOT, Kind::AgencyClosed { origin: origin("tinh-a.gov.vn/log"), successor: None, also: Vec::new(), last_size: Some(4) });
        let usual = nation.seen();
        prop_assert_eq!(usual.agencies().count(), 6);
        let shuffled = nation.seen_in_order(&order, heads_first);
        prop_assert_eq!(shuffled.agencies().collect::<Vec<_>>(), usual.agencies().collect::<Vec<_>>());
        prop_assert_eq!(refusals(&shuffled), refusals(&usual));
        prop_assert_eq!(shuffled.nodes().collect::<Vec<_>>(), usual.nodes().collect::<Vec<_>>());
    }
}
