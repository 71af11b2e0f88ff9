use super::*;

const WRITER: Uuid = Uuid::from_u128(1);
const OTHER: Uuid = Uuid::from_u128(2);

fn facts(who: Uuid, roles: &[Role]) -> Facts {
    Facts {
        actor: Actor::Person(who, roles.iter().copied().collect()),
        writers: [WRITER].into(),
        approvals: BTreeSet::new(),
        persons: 2,
        signed: false,
        sound: true,
        later: false,
        sealed: false,
        end: None,
    }
}

fn approved_by(who: Uuid, facts: Facts) -> Facts {
    Facts { approvals: [who].into(), ..facts }
}

#[test]
fn nobody_issues_alone_what_two_must() {
    let both = facts(WRITER, &[Role::Editor, Role::Publisher, Role::Leader, Role::Signer]);
    assert_eq!(decide(Stage::InReview, Act::Approve, &both), Err(Refused::SecondPerson));
    let mine = approved_by(WRITER, both);
    assert_eq!(decide(Stage::Approved, Act::Issue, &mine), Err(Refused::SecondPerson));
    let second = facts(OTHER, &[Role::Publisher]);
    assert_eq!(decide(Stage::InReview, Act::Approve, &second).map(|step| step.next), Ok(Stage::Approved));
    let issued = decide(Stage::Approved, Act::Issue, &approved_by(OTHER, facts(WRITER, &[Role::Publisher])));
    assert_eq!(issued.map(|step| step.next), Ok(Stage::Issued));
}

#[test]
fn one_person_issues_what_one_may() {
    let alone = Facts { persons: 1, ..facts(WRITER, &[Role::Editor, Role::Publisher]) };
    assert_eq!(decide(Stage::InReview, Act::Approve, &alone).map(|step| step.next), Ok(Stage::Approved));
    let approved = approved_by(WRITER, alone);
    assert_eq!(decide(Stage::Approved, Act::Issue, &approved).map(|step| step.next), Ok(Stage::Issued));
}

#[test]
fn three_people_are_three() {
    let three = |facts| Facts { persons: 3, ..facts };
    let first = three(facts(OTHER, &[Role::Publisher]));
    assert_eq!(decide(Stage::InReview, Act::Approve, &first).map(|step| step.next), Ok(Stage::InReview));
    let third = three(approved_by(OTHER, facts(Uuid::from_u128(3), &[Role::Leader])));
    assert_eq!(decide(Stage::InReview, Act::Approve, &third).map(|step| step.next), Ok(Stage::Approved));
}

#[test]
fn an_official_document_is_approved_by_a_signer() {
    let signed = |role| Facts { signed: true, ..facts(OTHER, &[role]) };
    assert_eq!(decide(Stage::InReview, Act::Approve, &signed(Role::Publisher)), Err(Refused::Signer));
    for role in [Role::Signer, Role::Leader] {
        assert!(decide(Stage::InReview, Act::Approve, &signed(role)).is_ok(), "{role}");
    }
}

#[test]
fn any_change_asks_again() {
    for stage in [Stage::Draft, Stage::InReview, Stage::Approved, Stage::Scheduled] {
        let step = decide(stage, Act::Save, &facts(OTHER, &[Role::Publisher])).map(|step| step.asks_again);
        assert_eq!(step, Ok(true), "{stage:?}");
    }
    let nothing = facts(OTHER, &[Role::Publisher]);
    assert_eq!(decide(Stage::Approved, Act::Issue, &nothing), Err(Refused::SecondPerson));
}

#[test]
fn the_clock_issues_what_is_scheduled_and_nothing_else() {
    let clock = |later| Facts { later, actor: Actor::Clock, ..approved_by(OTHER, facts(OTHER, &[])) };
    assert_eq!(decide(Stage::Scheduled, Act::Issue, &clock(true)), Err(Refused::TooEarly));
    assert_eq!(decide(Stage::Scheduled, Act::Issue, &clock(false)).map(|step| step.next), Ok(Stage::Issued));
    assert_eq!(decide(Stage::Sealed, Act::Issue, &clock(true)), Err(Refused::TooEarly));
    assert_eq!(decide(Stage::Sealed, Act::Issue, &clock(false)).map(|step| step.next), Ok(Stage::Issued));
    for act in Act::ALL {
        for stage in Stage::ALL {
            if act != Act::Issue || !matches!(stage, Stage::Scheduled | Stage::Sealed) {
                assert!(decide(stage, act, &clock(false)).is_err(), "{act:?} {stage:?}");
            }
        }
    }
}

#[test]
fn what_is_sealed_is_called_off_before_a_word_of_it_changes() {
    let second = Facts { later: true, sealed: true, ..facts(OTHER, &[Role::Publisher]) };
    assert_eq!(decide(Stage::InReview, Act::Approve, &second).map(|step| step.next), Ok(Stage::Sealed));
    let past = Facts { later: false, ..second.clone() };
    assert_eq!(decide(Stage::InReview, Act::Approve, &past).map(|step| step.next), Ok(Stage::Approved));
    assert_eq!(decide(Stage::Sealed, Act::Save, &second), Err(Refused::Stage));
    assert_eq!(
        decide(Stage::Sealed, Act::Issue, &approved_by(OTHER, second.clone())),
        Err(Refused::TooEarly)
    );
    let writer = facts(WRITER, &[Role::Editor]);
    for (act, next) in [(Act::SendBack, Stage::Draft), (Act::Discard, Stage::Discarded)] {
        assert_eq!(decide(Stage::Sealed, act, &writer), Err(Refused::Role), "{act:?}");
        let step = decide(Stage::Sealed, act, &second).map(|step| (step.next, step.asks_again));
        assert_eq!(step, Ok((next, true)), "{act:?}");
    }
}

#[test]
fn an_erasure_needs_another_person() {
    let end = |who| Facts { end: Some((End::Erase, WRITER)), ..facts(who, &[Role::Leader]) };
    assert_eq!(decide(Stage::Issued, Act::ConfirmEnd, &end(WRITER)), Err(Refused::SecondPerson));
    assert_eq!(decide(Stage::Issued, Act::ConfirmEnd, &end(OTHER)).map(|step| step.next), Ok(Stage::Erased));
}

#[test]
fn what_is_erased_stays_so_and_an_administrator_touches_nothing() {
    let all = facts(OTHER, &[Role::Editor, Role::Publisher, Role::Leader, Role::Signer]);
    let keeper = facts(OTHER, &[Role::Administrator, Role::Clerk]);
    for act in Act::ALL {
        assert_eq!(decide(Stage::Erased, act, &all), Err(Refused::Stage), "{act:?}");
        for stage in Stage::ALL {
            assert!(decide(stage, act, &keeper).is_err(), "{act:?} {stage:?}");
        }
    }
}

fn save(account: Uuid, version: i64, at: i64) -> SavedBy {
    SavedBy { account, version, at }
}

#[test]
fn who_saves_and_hands_in_what_was_sent_back_answers_for_all_of_it() {
    // The writer wrote, the other mended a comma, sent it back; the writer saved and handed it in again.
    let saves = [save(WRITER, 1, 10), save(OTHER, 2, 20), save(WRITER, 3, 40)];
    assert_eq!(writers(&saves, None, &[(WRITER, 15)]), [WRITER, OTHER].into());
    assert_eq!(writers(&saves, Some(30), &[(WRITER, 15), (WRITER, 50)]), [WRITER].into());
    // Handed in by the other: then these are two, as they are while nobody has handed it in.
    assert_eq!(writers(&saves, Some(30), &[(OTHER, 50)]), [WRITER, OTHER].into());
    assert_eq!(writers(&saves, Some(30), &[(WRITER, 15)]), [WRITER, OTHER].into());
    // Sent back and handed in without a save: nobody has taken the words over.
    assert_eq!(writers(&saves[..2], Some(30), &[(WRITER, 50)]), [WRITER, OTHER].into());
    // The clock was set back: the order is in doubt, and everybody counts.
    let back = [save(OTHER, 1, 100), save(WRITER, 2, 110), save(WRITER, 3, 12)];
    assert_eq!(writers(&back, Some(60), &[(WRITER, 13)]), [WRITER, OTHER].into());
}

/// A draft as the store keeps it, for a walk through every short life.
#[derive(Clone, Default)]
struct Walk {
    stage: Option<Stage>,
    now: i64,
    saves: Vec<SavedBy>,
    sent_back: Option<i64>,
    handed_in: Vec<(Uuid, i64)>,
    approvals: BTreeSet<Uuid>,
}

impl Walk {
    fn does(&self, who: Uuid, act: Act) -> Option<Walk> {
        let facts = Facts {
            writers: writers(&self.saves, self.sent_back, &self.handed_in),
            approvals: self.approvals.clone(),
            ..facts(who, &[Role::Editor, Role::Publisher])
        };
        let step = decide(self.stage?, act, &facts).ok()?;
        let mut next = Walk { stage: Some(step.next), now: self.now + 1, ..self.clone() };
        if step.asks_again {
            next.approvals.clear();
        }
        match act {
            Act::Save => next.saves.push(save(who, self.saves.len() as i64 + 1, next.now)),
            Act::Submit => next.handed_in.push((who, next.now)),
            Act::SendBack => next.sent_back = Some(next.now),
            Act::Approve => _ = next.approvals.insert(who),
            _ => {}
        }
        Some(next)
    }
}

#[test]
fn in_every_short_life_two_people_stand_behind_what_is_issued() {
    let acts = [Act::Save, Act::Submit, Act::SendBack, Act::Approve, Act::Issue];
    let begun = Walk { stage: Some(Stage::Draft), saves: vec![save(WRITER, 1, 0)], ..Walk::default() };
    let (mut walks, mut issued, mut afresh) = (vec![begun], 0, 0);
    for _ in 0..8 {
        let mut further = Vec::new();
        for walk in &walks {
            for who in [WRITER, OTHER] {
                for next in acts.iter().filter_map(|act| walk.does(who, *act)) {
                    if next.stage != Some(Stage::Issued) {
                        further.push(next);
                        continue;
                    }
                    issued += 1;
                    let last = next.saves.last().map(|save| save.account);
                    let handed = next.handed_in.last().map(|(who, _)| *who);
                    // Whoever lets it out has neither saved the last version nor handed it in anew; somebody else did.
                    let second = next.approvals.iter().find(|who| Some(**who) != last);
                    assert!(second.is_some(), "{last:?} alone saved and approved");
                    let back = next.sent_back.unwrap_or(-1);
                    let since = |who: &Uuid| next.saves.iter().any(|s| s.account == *who && s.at > back);
                    let ever = |who: &Uuid| next.saves.iter().any(|s| s.account == *who);
                    if let Some(second) = second.filter(|second| ever(second)) {
                        assert!(!since(second), "saved since it was sent back, and approved");
                        assert!(handed != Some(*second), "handed in its own words, and approved");
                        assert!(last.is_some_and(|last| since(&last)), "nobody has taken the words over");
                        afresh += 1;
                    }
                }
            }
        }
        walks = further;
    }
    assert!(issued > 100 && afresh > 10, "{issued} issued, {afresh} of them afresh");
}
