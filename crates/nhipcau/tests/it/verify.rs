//! Proofs and logs that were tampered with: each is refused at the step that was touched, and that step is named.

use network::entry::{Kind, Level};
use network::root::RootNote;
use nhipcau::items::State;
use nhipcau::logs::proof::{Extra, Statement};
use nhipcau::verify::nation::Log;
use nhipcau::verify::portal::{self, Listed};
use nhipcau::verify::{Fault, Step, Verdict, items, proof};
use tlog::{Checkpoint, KeyKind};

use super::paper_nation::{
    COMMUNE, GOV, HEADS, PROVINCE, Paper, enrolment, issued, key_change, ordered, origin, root_note, signer,
    withdrawn,
};

fn fault(paper: &Paper, index: u64, twist: impl FnOnce(&mut Extra)) -> Option<Step> {
    let mut extra = paper.extra(index);
    twist(&mut extra);
    proof::check(&paper.proof(index, &extra), None).err().map(|fault| fault.step)
}

/// The paper with another statement at the top of a log, as a parent that does not keep the rules would write it.
fn stating(log: &str, kind: Kind) -> Paper {
    let mut paper = Paper::new();
    let rest: Vec<Vec<u8>> = paper.log(log).entries;
    for _ in &rest {
        paper.forgets(log);
    }
    paper.appends(log, kind);
    paper
}

#[test]
fn an_honest_proof_says_who_and_where_and_what_a_file_cannot_know() {
    let paper = Paper::new();
    let proven = proof::check(&paper.proof(0, &paper.extra(0)), None).unwrap();
    assert_eq!((proven.origin, proven.index, proven.size), (origin(COMMUNE), 0, 1));
    assert_eq!((proven.agency.as_str(), proven.pinned), ("xa-a.laocai.gov.vn", false));
    let pinned = RootNote::open(&root_note(1, 3)).unwrap();
    let proven = proof::check(&paper.proof(0, &paper.extra(0)), Some(&pinned)).unwrap();
    let verdict = proof::verdict(&proven);
    assert!(proven.pinned && verdict.authentic.holds() && verdict.nothing_wrong() && !verdict.all_hold());
    assert_eq!((verdict.complete.known(), verdict.in_force.known()), (None, None));
}

#[test]
fn a_proof_that_was_touched_is_refused_at_the_step_that_was_touched() {
    let paper = Paper::new();
    let other = |extra: &mut Extra| extra.entry = extra.entry.replace("\"edition\":1", "\"edition\":2");
    assert_eq!(fault(&paper, 0, other), Some(Step::Place));
    assert_eq!(fault(&paper, 0, |extra| extra.v = 2), Some(Step::Format));
    assert_eq!(fault(&paper, 0, |extra| extra.root = root_note(1, 1)), Some(Step::Root));
    // Another nation's root: its key did not sign the Government's log.
    assert_eq!(fault(&paper, 0, |extra| extra.root = root_note(9, 2)), Some(Step::Signature));
    assert_eq!(fault(&paper, 0, |extra| extra.enrolments.clear()), Some(Step::Enrolment));
    assert_eq!(fault(&paper, 0, |extra| extra.enrolments.reverse()), Some(Step::Enrolment));
    assert_eq!(fault(&paper, 0, |extra| drop(extra.enrolments.remove(0))), Some(Step::Enrolment));
    assert_eq!(fault(&paper, 0, |extra| extra.enrolments[0].proof = "x".into()), Some(Step::Format));
    let lower = |extra: &mut Extra| {
        extra.enrolments[0].entry = extra.enrolments[0].entry.replace("\"commune\"", "\"unit\"");
    };
    assert_eq!(fault(&paper, 0, lower), Some(Step::Place));
    // An entry that is in the province's log and is no enrolment.
    let mut more = paper.clone();
    let at = more.says(PROVINCE, issued(3, 1));
    let no_enrolment = |extra: &mut Extra| {
        extra.enrolments[0].changes.clear();
        extra.enrolments[0].entry = String::from_utf8(more.entry(PROVINCE, at)).unwrap();
        extra.enrolments[0].proof = more.place(PROVINCE, at).to_string();
    };
    assert_eq!(fault(&more, 0, no_enrolment), Some(Step::Enrolment));
    // The checkpoint signed by a thief's key.
    let mut stolen = paper.clone();
    stolen.seeds.insert(COMMUNE.into(), 7);
    assert_eq!(fault(&stolen, 0, |_| {}), Some(Step::Signature));
    let mut stolen = paper.clone();
    stolen.seeds.insert(PROVINCE.into(), 7);
    assert_eq!(fault(&stolen, 0, |_| {}), Some(Step::Signature));
    let mut bare = paper.proof(0, &paper.extra(0));
    bare.extra = None;
    assert_eq!(proof::check(&bare, None).unwrap_err().step, Step::Format);
    // A pinned root note decides, whatever the proof brings.
    let pinned = RootNote::open(&root_note(9, 2)).unwrap();
    let refused = proof::check(&paper.proof(0, &paper.extra(0)), Some(&pinned)).unwrap_err();
    assert_eq!(refused.step, Step::Signature);
    assert!(refused.to_string().contains(GOV), "{refused}");
}

#[test]
fn a_parent_may_not_vouch_for_its_equal_or_for_a_strangers_domain() {
    // Validly signed by the province, and against the rules of protocol §2.
    let equal = stating(PROVINCE, Kind::AgencyEnrolled(enrolment("xa-a.laocai.gov.vn", Level::Province)));
    let refused = proof::check(&equal.proof(0, &equal.extra(0)), None).unwrap_err();
    assert!(refused.step == Step::Enrolment && refused.why.contains("level"), "{refused}");
    let mut abroad = enrolment("xa-a.laocai.gov.vn", Level::Commune);
    abroad.domain = "xa-a.yenbai.gov.vn".parse().unwrap();
    let abroad = stating(PROVINCE, Kind::AgencyEnrolled(abroad));
    let refused = proof::check(&abroad.proof(0, &abroad.extra(0)), None).unwrap_err();
    assert!(refused.step == Step::Enrolment && refused.why.contains("does not lie under"), "{refused}");
}

#[test]
fn keys_are_valid_by_size() {
    let mut paper = Paper::new();
    paper.says(PROVINCE, key_change(COMMUNE, 2, 2));
    // At size 1 the old key, from 2 on the new one, and neither for the other.
    assert_eq!(fault(&paper, 0, |_| {}), None);
    paper.appends(COMMUNE, issued(4, 1));
    assert_eq!(fault(&paper, 1, |_| {}), Some(Step::Signature));
    paper.seeds.insert(COMMUNE.into(), 2);
    assert_eq!(fault(&paper, 1, |_| {}), None);
    assert_eq!(fault(&paper, 1, |extra| extra.enrolments[0].changes.clear()), Some(Step::Signature));
    // A change of somebody else, and one that the parent did not make.
    let strange = |extra: &mut Extra| {
        extra.enrolments[1].changes = vec![Statement {
            entry: extra.enrolments[0].changes[0].entry.clone(),
            proof: extra.enrolments[0].changes[0].proof.clone(),
        }];
    };
    assert_eq!(fault(&paper, 1, strange), Some(Step::Enrolment));
    assert_eq!(paper.read().map(|_| ()), Ok(()));
    paper.seeds.remove(COMMUNE);
    assert_eq!(paper.read().map(|_| ()).unwrap_err().step, Step::Signature, "the old key beyond its sizes");
}

#[test]
fn logs_that_were_read_whole_say_what_is_in_force() {
    let mut paper = Paper::new();
    let says = |paper: &Paper, log: &str, index: u64| {
        let nation = paper.read().unwrap();
        items::in_force(&nation, &origin(log), index, &paper.entry(log, index))
            .map(|(said, fault)| (said.known(), fault))
    };
    assert_eq!(says(&paper, COMMUNE, 0), Ok((Some(true), None)));
    paper.says(COMMUNE, issued(2, 2));
    let (known, ended) = says(&paper, COMMUNE, 0).unwrap();
    assert_eq!(known, Some(false));
    assert!(ended.unwrap().why.contains("entry 1 of xa-a.laocai.gov.vn/log corrects it"));
    assert_eq!(says(&paper, COMMUNE, 1), Ok((Some(true), None)));
    // An order of a stranger is nothing, one of an ancestor ends the item.
    let mut ordered_away = paper.clone();
    ordered_away.says(COMMUNE, ordered(GOV, 1));
    assert_eq!(says(&ordered_away, GOV, 1), Ok((Some(true), None)));
    ordered_away.says(GOV, ordered(COMMUNE, 2));
    let (_, ended) = says(&ordered_away, COMMUNE, 1).unwrap();
    assert!(ended.unwrap().why.contains("entry 2 of chinhphu.vn/log orders its erasure"));
    let mut gone = paper.clone();
    gone.says(COMMUNE, withdrawn(2));
    let (_, ended) = says(&gone, COMMUNE, 1).unwrap();
    assert!(ended.unwrap().why.contains("withdraws it"));
    // Stands again with the next edition.
    gone.says(COMMUNE, issued(2, 3));
    assert_eq!(says(&gone, COMMUNE, 3), Ok((Some(true), None)));
    // The key was stolen after entry 1: what comes later is evidence and stands nowhere.
    let mut closed = paper.clone();
    closed.says(COMMUNE, issued(5, 1));
    closed.says(
        PROVINCE,
        Kind::AgencyClosed { origin: origin(COMMUNE), successor: None, also: Vec::new(), last_size: Some(2) },
    );
    assert_eq!(says(&closed, COMMUNE, 1).unwrap().0, Some(true));
    assert_eq!(says(&closed, COMMUNE, 2).unwrap_err().step, Step::Closed);
}

#[test]
fn a_node_that_lies_about_logs_is_refused_at_the_step_of_the_lie() {
    let mut paper = Paper::new();
    paper.says(COMMUNE, issued(2, 2));
    let lie = |name: &'static str, hands: &dyn Fn(&mut Log)| {
        let found = paper.read_but(|log| {
            if log.origin == *name {
                hands(log);
            }
        });
        found.map(|_| ()).unwrap_err().step
    };
    let older = |paper: &Paper, name: &str| {
        let mut older = paper.clone();
        older.forgets(name);
        older.log(name)
    };
    // Validly signed, but older than heads knows.
    assert_eq!(lie(COMMUNE, &|log| *log = older(&paper, COMMUNE)), Step::Withheld);
    assert_eq!(lie(HEADS, &|log| *log = older(&paper, HEADS)), Step::Withheld);
    let forged = |log: &mut Log| {
        let text = String::from_utf8(log.entries[0].clone()).unwrap();
        log.entries[0] = text.replace("\"edition\":1", "\"edition\":9").into_bytes();
    };
    assert_eq!(lie(COMMUNE, &forged), Step::Entries);
    let last = |log: &mut Log| {
        log.entries.pop();
    };
    assert_eq!(lie(COMMUNE, &last), Step::Entries);
    assert_eq!(lie(PROVINCE, &|log| log.checkpoint = paper.checkpoint(COMMUNE)), Step::Signature);
    let thief = |log: &mut Log| {
        let claim = Checkpoint::of(&log.checkpoint).unwrap();
        log.checkpoint = claim.sign(&signer(COMMUNE, KeyKind::Ed25519, 7)).unwrap();
    };
    assert_eq!(lie(COMMUNE, &thief), Step::Signature);
    // A second history, signed by the log's own key.
    let mut fork = Paper::new();
    fork.forgets(COMMUNE);
    fork.appends(COMMUNE, issued(9, 1));
    fork.appends(COMMUNE, issued(9, 2));
    assert_eq!(lie(COMMUNE, &|log| *log = fork.log(COMMUNE)), Step::Split);
    // Heads without its quorum.
    let root = RootNote::open(&root_note(1, 2)).unwrap();
    let alone = nhipcau::verify::nation::Nation::begin(&root, &paper.log(HEADS), &paper.checkpoint(HEADS));
    assert_eq!(alone.map(|_| ()).unwrap_err().step, Step::Heads);
    // A log that nobody serves, though heads knows it.
    let mut nation =
        nhipcau::verify::nation::Nation::begin(&root, &paper.log(HEADS), &paper.quorum()).unwrap();
    assert_eq!(nation.take_empty(origin(GOV)).unwrap_err().step, Step::Withheld);
    nation.take(paper.log(GOV)).unwrap();
    assert_eq!(
        nation.take(paper.log(COMMUNE)).unwrap_err().step,
        Step::Enrolment,
        "before its parent was read"
    );
}

#[test]
fn what_a_portal_shows_is_held_against_what_stands() {
    let mut paper = Paper::new();
    paper.says(COMMUNE, issued(3, 1));
    paper.says(COMMUNE, issued(3, 2));
    paper.says(COMMUNE, issued(4, 1));
    paper.says(COMMUNE, withdrawn(4));
    let nation = paper.read().unwrap();
    let portal = origin(COMMUNE);
    assert_eq!(portal::carried(&nation, &portal), [COMMUNE, GOV, PROVINCE].map(origin));
    let due = portal::due(&nation, &portal);
    assert_eq!(due.len(), 4);
    let honest: Vec<Listed> = due
        .iter()
        .filter(|(_, stand)| stand.state == State::Standing)
        .map(|(reference, stand)| Listed {
            reference: reference.clone(),
            origin: stand.origin.to_string(),
            shown_edition: stand.edition,
            content: Some(stand.content.sha256.to_string()),
            kind: "notice".into(),
        })
        .collect();
    let of = |listed: Vec<Listed>| -> Vec<Step> {
        portal::compare(&nation, &portal, &due, &listed).into_iter().map(|fault| fault.step).collect()
    };
    assert_eq!(of(honest.clone()), []);
    let at = honest.iter().position(|one| one.shown_edition == 2).unwrap();
    let twisted = |twist: &dyn Fn(&mut Vec<Listed>)| {
        let mut listed = honest.clone();
        twist(&mut listed);
        of(listed)
    };
    assert_eq!(twisted(&|all| drop(all.remove(at))), [Step::Missing]);
    assert_eq!(twisted(&|all| all[at].shown_edition = 1), [Step::Shown]);
    assert_eq!(twisted(&|all| all[at].content = Some("00".repeat(32))), [Step::Content]);
    let ended = due.iter().find(|(_, stand)| stand.state == State::Gone).unwrap().0;
    let shown = |reference: &str| Listed { reference: reference.to_owned(), ..honest[at].clone() };
    assert_eq!(twisted(&|all| all.push(shown(ended))), [Step::Shown]);
    assert_eq!(twisted(&|all| all.push(shown("00000000-00000000000000000000000000000000"))), [Step::Shown]);

    let stand = &due[&honest[at].reference];
    assert_eq!(portal::content(stand, b"3.2"), None);
    assert_eq!(portal::content(stand, b"3.1").map(|fault| fault.step), Some(Step::Content));
    assert_eq!(portal::page(stand, Some("A & B"), 200, "<h1>A &#38; B</h1>"), None);
    assert!(portal::page(stand, Some("A & B"), 200, "<h1>A</h1>").is_some());
    assert!(
        portal::page(stand, None, 404, "").is_some() && portal::page(&due[ended], None, 200, "").is_some()
    );
    assert_eq!(portal::page(&due[ended], None, 410, ""), None);

    let verdict = Verdict::of(vec![Fault::at(Step::Missing, "x")], ["a", "b", "c"].map(String::from));
    assert_eq!(
        (verdict.authentic.known(), verdict.complete.known(), verdict.in_force.known()),
        (Some(true), Some(false), Some(true))
    );
    assert!(!verdict.all_hold());
}
