//! What must hold in every world, and what must hold once everything has arrived.

use super::world::{Done, Stage, Told, World};
use super::{case, portal};
use crate::entry::{Answered, Case, Closed, Kind, Level, Passed, Registered, Reopened};
use crate::handover::{Own, Public, Stand, Taken};
use crate::names::{ContentHash, Origin};
use crate::petition::{Record, Statement};
use jiff::civil::date;

/// After so many rounds everything must have arrived.
const ROUNDS: usize = 30;

/// Who owns the case: whoever accepted it last.
fn owners<'a>(stage: &'a Stage, world: &World) -> Vec<(usize, &'a Own)> {
    let accepted = |epoch: u32| {
        let taken =
            |desk: &u32| matches!(stage.desks.get(*desk).offers().get(&epoch), Some(Taken::Accepted(_)));
        world.desks.iter().any(taken)
    };
    let mut owners = Vec::new();
    for (at, desk) in world.desks.iter().enumerate() {
        if world.inherited & (1 << at) != 0 {
            continue;
        }
        if let Stand::Owner(own) = stage.desks.get(*desk).stand()
            && !own.out.as_ref().is_some_and(|out| accepted(out.epoch))
        {
            owners.push((at, own));
        }
    }
    owners
}

/// Only the owner answers, ends and reopens, and not while it hands the case over; a refusal ends that, and then what the
/// asker said meanwhile takes effect in the same step.
pub fn may(stage: &Stage, world: &World, at: usize, done: &Done) -> Result<(), String> {
    let acts = done.public.iter().any(|public| !matches!(public, Public::Passed { .. } | Public::Registered));
    let owner = owners(stage, world);
    if acts && !owner.iter().any(|(owner, own)| *owner == at && (own.out.is_none() || done.back)) {
        return Err(format!("{} acts, and is not the owner: {:?}", portal(at), done.public));
    }
    Ok(())
}

/// What must hold at every moment.
pub fn always(stage: &Stage, world: &World) -> Result<(), String> {
    let owners = owners(stage, world);
    if owners.len() != 1 {
        return Err(format!("{} owners", owners.len()));
    }
    let mut answered = Vec::new();
    let mut taken = Vec::new();
    for (at, log) in world.logs.iter().enumerate() {
        for public in stage.logs.get(*log) {
            match public {
                Public::Answered { epoch } => answered.push(*epoch),
                Public::Passed { epoch, to, .. } if *to == portal(at) => taken.push(*epoch),
                _ => {}
            }
        }
    }
    for (what, mut epochs) in [("answered", answered), ("taken", taken)] {
        let all = epochs.len();
        epochs.sort_unstable();
        epochs.dedup();
        if epochs.len() != all {
            return Err(format!("{what} twice in one epoch"));
        }
    }
    Ok(())
}

/// Everything that can still arrive does, without any fault, until nothing is different any more.
pub fn settled(stage: &mut Stage, world: &World) -> Result<World, String> {
    let mut now = world.clone();
    for _ in 0..ROUNDS {
        let before = (now.desks.clone(), now.logs.clone());
        let portals = now.desks.len();
        let closing = stage.scenario.closes.filter(|(agency, _)| now.closed & (1 << agency) != 0);
        if let Some((agency, successor)) = closing {
            for at in (0..portals as u8).filter(|at| *at != agency) {
                now = stage.tell(&now, at, Told::Closed, false)?.unwrap_or(now);
            }
            now.heard = u8::MAX;
            if now.inherited & (1 << agency) == 0 {
                let left = now.desks[usize::from(agency)];
                now = stage.tell(&now, successor, Told::Inherits(left), false)?.unwrap_or(now);
                now.inherited |= 1 << agency;
            }
        }
        let open = |world: &World, at: u8| world.closed & (1 << at) == 0;
        for at in (0..portals as u8).filter(|at| open(world, *at)) {
            now = stage.tell(&now, at, Told::Woken, false)?.unwrap_or(now);
        }
        while let Some(posted) = now.post.pop_first() {
            if now.closed & (1 << posted.to) == 0 {
                let told = Told::Came { from: posted.from, letter: posted.letter };
                now = stage.tell(&now, posted.to, told, false)?.unwrap_or(now);
            }
        }
        if before == (now.desks.clone(), now.logs.clone()) {
            return Ok(now);
        }
    }
    Err("it never comes to rest".into())
}

/// What must hold once everything has arrived; `decided` if people have decided all that they were asked.
pub fn at_rest(stage: &Stage, world: &World, decided: bool) -> Result<(), String> {
    let (at, own) = match owners(stage, world)[..] {
        [one] => one,
        _ => return Err("not one owner at rest".into()),
    };
    let owner = stage.desks.get(world.desks[at]);
    if decided && (own.out.is_some() || own.asking.is_some()) {
        return Err(format!("stuck: {own:?}"));
    }
    let home = match stage.scenario.closes {
        Some((0, successor)) if world.inherited & 1 != 0 => usize::from(successor),
        _ => 0,
    };
    let home = stage.desks.get(world.desks[home]);
    let view = home.view().ok_or("nobody shows the case")?;
    let shown = (&view.owner, view.epoch, view.state, view.handing.as_ref());
    let true_one = (owner.me(), own.epoch, own.state, own.out.as_ref().map(|out| &out.to));
    if shown != true_one {
        return Err(format!("the asker is shown {shown:?} and not {true_one:?}"));
    }
    if !owner.owed.is_empty() || !own.told {
        return Err("the asker's portal lacks something".into());
    }
    for said in home.thread().chain(owner.thread()) {
        let waits = own.out.is_some() && owner.early.contains_key(&said.id);
        if !waits && world.shown & (1 << (said.id.as_u128() as u32)) == 0 {
            return Err(format!("{:?} was lost", said.what));
        }
        if !waits && !said.by_owner() && !owner.heard.contains(&said.id) {
            return Err(format!("the owner does not have it: {:?}", said.what));
        }
    }
    if home.unheard.iter().any(|id| !owner.early.contains_key(id)) {
        return Err("the asker is not heard".into());
    }
    public(stage, world, owner.me(), own)
}

/// The public record says the same.
fn public(stage: &Stage, world: &World, owner: &Origin, own: &Own) -> Result<(), String> {
    let mut told = Vec::new();
    for (at, log) in world.logs.iter().enumerate() {
        for (index, public) in stage.logs.get(*log).iter().enumerate() {
            told.push(Statement { log: portal(at), index: index as u64, kind: kind(&case(), public) });
        }
    }
    let closing = stage.scenario.closes.filter(|(agency, _)| world.closed & (1 << agency) != 0);
    let successor = |origin: &Origin| {
        let (agency, successor) = closing?;
        (portal(agency.into()) == *origin).then(|| portal(successor.into()))
    };
    let record = Record::of(&case(), &told, successor).ok_or("no record")?;
    let seat = successor(&record.owner).unwrap_or_else(|| record.owner.clone());
    if (&seat, record.epoch, record.state) != (owner, own.epoch, own.state) {
        return Err(format!(
            "the record says {seat} {} {:?}, true is {owner} {} {:?}",
            record.epoch, record.state, own.epoch, own.state
        ));
    }
    if !record.disputed.is_empty() {
        return Err(format!("disputed by {:?}", record.disputed));
    }
    let answers = told.iter().filter(|said| matches!(said.kind, Kind::PetitionAnswered(_))).count();
    if answers != record.answers.len() {
        return Err("an answer that does not count".into());
    }
    Ok(())
}

/// A public statement about a case as the entry that it becomes.
pub fn kind(case: &Case, public: &Public) -> Kind {
    let day = date(2026, 12, 21);
    match public.clone() {
        Public::Registered => Kind::PetitionRegistered(Registered {
            code: case.code.clone(),
            category: "y-te".into(),
            level: Level::Commune,
            received: day,
            due: day,
            commitment: ContentHash([0; 32]),
        }),
        Public::Passed { epoch, from, to, by } => Kind::PetitionPassed(Passed {
            case: case.clone(),
            epoch,
            from,
            to,
            by,
            category: "y-te".into(),
            level: Level::Province,
            due: day,
        }),
        Public::Answered { epoch } => {
            Kind::PetitionAnswered(Answered { case: case.clone(), epoch, content: None, commitment: None })
        }
        Public::Reopened { epoch } => {
            Kind::PetitionReopened(Reopened { case: case.clone(), epoch, due: day })
        }
        Public::Closed { epoch, outcome } => {
            Kind::PetitionClosed(Closed { case: case.clone(), epoch, outcome })
        }
    }
}

/// All that people were asked is decided: what is offered is accepted, what is asked above is answered.
pub fn decided(stage: &mut Stage, world: &World) -> Result<World, String> {
    let mut now = world.clone();
    for _ in 0..ROUNDS {
        let mut more = false;
        for at in (0..now.desks.len() as u8).filter(|at| world.closed & (1 << at) == 0) {
            let desk = stage.desks.get(now.desks[usize::from(at)]);
            let waiting: Vec<Told> = desk
                .offers()
                .iter()
                .filter(|(_, taken)| matches!(taken, Taken::Waiting { .. }))
                .map(|(epoch, _)| Told::Accept(*epoch))
                .chain(desk.docket().iter().filter(|(_, asked)| asked.decision.is_none()).map(
                    |(epoch, _)| Told::Decide(*epoch, stage.scenario.names.first().copied().unwrap_or(0)),
                ))
                .collect();
            for told in waiting {
                if let Some(next) = stage.tell(&now, at, told, false)? {
                    (now, more) = (next, true);
                }
            }
        }
        now = settled(stage, &now)?;
        if !more {
            return Ok(now);
        }
    }
    Err("people are asked without end".into())
}
