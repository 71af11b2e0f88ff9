//! Looks at every world that can come about.

use std::collections::HashSet;
use std::collections::VecDeque;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use super::broken::Broken;
use super::check;
use super::world::{Posted, Scenario, Stage, Told, World};
use crate::handover::Taken;

/// What was looked at.
pub struct Seen {
    pub worlds: usize,
    pub steps: usize,
    pub at_rest: usize,
    /// True if the bound was met before everything was seen.
    pub cut: bool,
    /// What was found wrong, with the way that leads there.
    pub wrong: Option<String>,
}

/// A move, as it is printed.
#[derive(Clone, Copy, Debug)]
#[allow(dead_code, reason = "printed by Debug")]
pub enum Move {
    Begin,
    Arrives(Posted),
    ArrivesAndStays(Posted),
    Lost(Posted),
    /// The portal stops between its commit and its letters.
    ArrivesAndStops(Posted),
    Does(u8, Told),
    DoesAndStops(u8, Told),
    Closes,
    Hears(u8),
    Inherits,
}

/// The name of a world; that two have the same is as likely as a forged hash by chance.
fn name(world: &World) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        salt.hash(&mut hasher);
        world.hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}

/// Looks at every world of a scenario, at most so many. Each one in `rest` is brought to rest, where everything must be right.
pub fn explore(scenario: Scenario, broken: Option<Broken>, most: usize, rest: u128) -> Seen {
    let mut stage = Stage::new(scenario, broken);
    let first = stage.beginning();
    let mut known = HashSet::from([name(&first)]);
    let mut way: Vec<(u32, Move)> = vec![(0, Move::Begin)];
    let mut queue = VecDeque::from([(first, 0_u32)]);
    let mut seen = Seen { worlds: 0, steps: 0, at_rest: 0, cut: false, wrong: None };
    while let Some((world, at)) = queue.pop_front() {
        seen.worlds += 1;
        let mut looked = || -> Result<Vec<(Move, World)>, String> {
            check::always(&stage, &world)?;
            if name(&world).is_multiple_of(rest) {
                seen.at_rest += 1;
                let settled = check::settled(&mut stage, &world)?;
                check::at_rest(&stage, &settled, false)?;
                let decided = check::decided(&mut stage, &settled)?;
                check::always(&stage, &decided)?;
                check::at_rest(&stage, &decided, true)?;
            }
            moves(&mut stage, &world)
        };
        match looked() {
            Ok(next) => {
                for (step, world) in next {
                    seen.steps += 1;
                    if known.len() >= most {
                        seen.cut = true;
                    } else if known.insert(name(&world)) {
                        way.push((at, step));
                        queue.push_back((world, way.len() as u32 - 1));
                    }
                }
            }
            Err(wrong) => {
                seen.wrong = Some(told(&stage, &way, at, &wrong));
                return seen;
            }
        }
    }
    seen
}

/// All that can happen next.
fn moves(stage: &mut Stage, world: &World) -> Result<Vec<(Move, World)>, String> {
    let mut next = Vec::new();
    let open = |at: u8| world.closed & (1 << at) == 0;
    for posted in world.post.iter().copied() {
        let mut without = world.clone();
        without.post.remove(&posted);
        if !open(posted.to) {
            next.push((Move::Lost(posted), without));
            continue;
        }
        let told = Told::Came { from: posted.from, letter: posted.letter };
        let arrived = stage.tell(&without, posted.to, told, false)?.unwrap_or_else(|| without.clone());
        next.push((Move::Arrives(posted), arrived));
        if world.twice > 0 {
            let stays = World { twice: world.twice - 1, ..world.clone() };
            if let Some(stays) = stage.tell(&stays, posted.to, told, false)? {
                next.push((Move::ArrivesAndStays(posted), stays));
            }
        }
        if world.crashes > 0 {
            let stops = World { crashes: world.crashes - 1, ..without.clone() };
            if let Some(stops) = stage.tell(&stops, posted.to, told, true)? {
                next.push((Move::ArrivesAndStops(posted), stops));
            }
        }
        if world.losses > 0 {
            next.push((Move::Lost(posted), World { losses: world.losses - 1, ..without }));
        }
    }
    for (at, told, bit) in people(stage, world) {
        let base = World { done: world.done | bit, ..world.clone() };
        // Who is refused has done nothing.
        let before = stage.step(world.desks[usize::from(at)], told);
        if before.refused {
            continue;
        }
        if let Some(after) = stage.tell(&base, at, told, false)? {
            next.push((Move::Does(at, told), after));
        }
        if world.crashes > 0 && bit != 0 {
            let base = World { crashes: world.crashes - 1, ..base };
            if let Some(after) = stage.tell(&base, at, told, true)? {
                next.push((Move::DoesAndStops(at, told), after));
            }
        }
    }
    if let Some((agency, successor)) = stage.scenario.closes {
        if open(agency) {
            let closed = World { closed: world.closed | 1 << agency, ..world.clone() };
            next.push((Move::Closes, closed));
        } else {
            for at in
                (0..stage.scenario.portals as u8).filter(|at| *at != agency && world.heard & (1 << at) == 0)
            {
                let heard = World { heard: world.heard | 1 << at, ..world.clone() };
                let heard = stage.tell(&heard, at, Told::Closed, false)?.unwrap_or(heard);
                next.push((Move::Hears(at), heard));
            }
            if world.inherited & (1 << agency) == 0 {
                let left = world.desks[usize::from(agency)];
                let heir = World { inherited: world.inherited | 1 << agency, ..world.clone() };
                let heir = stage.tell(&heir, successor, Told::Inherits(left), false)?.unwrap_or(heir);
                next.push((Move::Inherits, heir));
            }
        }
    }
    Ok(next)
}

/// What people and clocks may do, each with the bit that says that it was done.
fn people(stage: &Stage, world: &World) -> Vec<(u8, Told, u32)> {
    let mut all = Vec::new();
    for (number, (at, _)) in stage.scenario.acts.iter().enumerate() {
        if world.done & (1 << number) == 0 {
            all.push((*at, Told::Act(number as u8), 1 << number));
        }
    }
    for at in 0..stage.scenario.portals as u8 {
        let desk = stage.desks.get(world.desks[usize::from(at)]);
        for (epoch, taken) in desk.offers() {
            if matches!(taken, Taken::Waiting { .. }) {
                if stage.scenario.accepts.contains(&at) {
                    all.push((at, Told::Accept(*epoch), 0));
                }
                if stage.scenario.refuses.contains(&at) {
                    all.push((at, Told::Refuse(*epoch), 0));
                }
            }
        }
        for (epoch, asked) in desk.docket() {
            if asked.decision.is_none() {
                all.extend(stage.scenario.names.iter().map(|name| (at, Told::Decide(*epoch, *name), 0)));
            }
        }
        if stage.scenario.hasty || world.post.is_empty() {
            all.push((at, Told::Woken, 0));
        }
    }
    all.retain(|(at, _, _)| world.closed & (1 << at) == 0);
    all
}

/// The way to a world, in words.
fn told(stage: &Stage, way: &[(u32, Move)], mut at: u32, wrong: &str) -> String {
    let mut lines = vec![format!("{}: {wrong}", stage.scenario.name)];
    let mut steps = Vec::new();
    while at != 0 {
        let (before, step) = way[at as usize];
        let letter = match step {
            Move::Arrives(posted)
            | Move::ArrivesAndStays(posted)
            | Move::ArrivesAndStops(posted)
            | Move::Lost(posted) => format!(" {:?}", stage.letters.get(posted.letter)),
            Move::Does(_, Told::Act(act)) | Move::DoesAndStops(_, Told::Act(act)) => {
                format!(" {:?}", stage.scenario.acts[usize::from(act)].1)
            }
            _ => String::new(),
        };
        steps.push(format!("  {step:?}{letter}"));
        at = before;
    }
    steps.reverse();
    lines.extend(steps);
    lines.join("\n")
}
