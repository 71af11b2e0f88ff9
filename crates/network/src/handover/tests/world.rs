//! A world that is small enough to be looked at whole: a few portals, the letters under way, what was said in public. What is
//! equal has one number, and each step of a portal is worked out once.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;

use super::broken::{Broken, step};
use super::portal;
use crate::handover::{Action, Desk, Event, Letter, Public};

/// Things that are equal have one number.
pub struct Numbered<T> {
    numbers: HashMap<T, u32>,
    things: Vec<T>,
}

impl<T: Clone + Eq + Hash> Numbered<T> {
    fn new() -> Numbered<T> {
        Numbered { numbers: HashMap::new(), things: Vec::new() }
    }

    pub fn number(&mut self, thing: T) -> u32 {
        if let Some(number) = self.numbers.get(&thing) {
            return *number;
        }
        let number = u32::try_from(self.things.len()).unwrap();
        self.numbers.insert(thing.clone(), number);
        self.things.push(thing);
        number
    }

    pub fn get(&self, number: u32) -> &T {
        &self.things[number as usize]
    }
}

/// A letter under way.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Posted {
    pub to: u8,
    pub from: u8,
    pub letter: u32,
}

/// One state of everything.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct World {
    /// The desk of each portal.
    pub desks: Vec<u32>,
    /// What each has said in public, as the number of a list.
    pub logs: Vec<u32>,
    pub post: BTreeSet<Posted>,
    /// Acts of people that were done, as bits.
    pub done: u32,
    /// Things said that were shown, as bits of their ids.
    pub shown: u32,
    /// Who is closed, whose desk was inherited, and who has heard of the closing, as bits.
    pub closed: u8,
    pub inherited: u8,
    pub heard: u8,
    /// What the agency above has said: of which epoch, and whose the case is.
    pub ruled: Option<(u32, u8)>,
    /// How much may still go wrong.
    pub losses: u8,
    pub twice: u8,
    pub crashes: u8,
}

/// What a portal is told, in numbers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Told {
    Came {
        from: u8,
        letter: u32,
    },
    /// An act of the scenario.
    Act(u8),
    Accept(u32),
    Refuse(u32),
    Decide(u32, u8),
    Closed,
    Inherits(u32),
    Woken,
}

/// What a portal does then.
pub struct Done {
    pub desk: u32,
    pub posts: Vec<(u8, u32)>,
    pub public: Vec<Public>,
    pub shown: Vec<u32>,
    pub ruled: Option<(u32, u8)>,
    pub refused: bool,
    /// The case is its own again.
    pub back: bool,
    pub alarm: bool,
}

/// What people may do, and what may go wrong.
#[derive(Clone, Default)]
pub struct Scenario {
    pub name: &'static str,
    pub portals: usize,
    /// Each is done at most once, by that portal.
    pub acts: Vec<(u8, Event)>,
    /// Who may accept and who may refuse what is offered.
    pub accepts: Vec<u8>,
    pub refuses: Vec<u8>,
    /// Whom the agency above may name.
    pub names: Vec<u8>,
    /// Who may be closed, and who takes its place.
    pub closes: Option<(u8, u8)>,
    pub losses: u8,
    pub twice: u8,
    pub crashes: u8,
    /// What was not answered is sent again at any moment. Otherwise once nothing is under way: that a letter may come twice, and
    /// late, is what `twice` is for.
    pub hasty: bool,
}

/// The scenario with all that was worked out.
pub struct Stage {
    pub scenario: Scenario,
    pub broken: Option<Broken>,
    pub desks: Numbered<Desk>,
    pub letters: Numbered<Letter>,
    pub logs: Numbered<Vec<Public>>,
    steps: HashMap<(u32, Told), std::rc::Rc<Done>>,
    places: BTreeMap<crate::names::Origin, u8>,
}

impl Stage {
    pub fn new(scenario: Scenario, broken: Option<Broken>) -> Stage {
        let places = (0..scenario.portals).map(|at| (portal(at), at as u8)).collect();
        Stage {
            scenario,
            broken,
            desks: Numbered::new(),
            letters: Numbered::new(),
            logs: Numbered::new(),
            steps: HashMap::new(),
            places,
        }
    }

    /// The case is registered; nothing else has happened.
    pub fn beginning(&mut self) -> World {
        let mut desks = Vec::new();
        let mut logs = Vec::new();
        for at in 0..self.scenario.portals {
            let mut desk = Desk::new(portal(at), super::case());
            let mut said = Vec::new();
            if at == 0 {
                let (next, actions) = step(&desk, Event::Registered, None);
                desk = next;
                said.extend(actions.into_iter().filter_map(|action| match action {
                    Action::Append(public) => Some(public),
                    _ => None,
                }));
            }
            desks.push(self.desks.number(desk));
            logs.push(self.logs.number(said));
        }
        let Scenario { losses, twice, crashes, .. } = self.scenario;
        World {
            desks,
            logs,
            post: BTreeSet::new(),
            done: 0,
            shown: 0,
            closed: 0,
            inherited: 0,
            heard: 0,
            ruled: None,
            losses,
            twice,
            crashes,
        }
    }

    fn event(&self, told: Told) -> Event {
        match told {
            Told::Came { from, letter } => {
                Event::Came { from: portal(usize::from(from)), letter: self.letters.get(letter).clone() }
            }
            Told::Act(act) => self.scenario.acts[usize::from(act)].1.clone(),
            Told::Accept(epoch) => Event::Accept { epoch },
            Told::Refuse(epoch) => Event::Refuse { epoch, reason: "no".into(), proposed: None },
            Told::Decide(epoch, owner) => Event::Decide { epoch, owner: portal(usize::from(owner)) },
            Told::Closed => {
                let (agency, successor) = self.scenario.closes.unwrap();
                Event::Closed { agency: portal(agency.into()), successor: portal(successor.into()) }
            }
            Told::Inherits(desk) => Event::Inherits(Box::new(self.desks.get(desk).clone())),
            Told::Woken => Event::Woken,
        }
    }

    /// What a desk does when it is told something.
    pub fn step(&mut self, desk: u32, told: Told) -> std::rc::Rc<Done> {
        if let Some(done) = self.steps.get(&(desk, told)) {
            return done.clone();
        }
        let before = self.desks.get(desk).clone();
        // What is durable is all: a desk that is read again goes on as if it had never been away.
        let again = Desk::decode(&before.encode().unwrap()).unwrap();
        assert_eq!(again, before, "a desk that is not read back as it was");
        let (after, actions) = step(&again, self.event(told), self.broken);
        let mut done = Done {
            desk: self.desks.number(after),
            posts: Vec::new(),
            public: Vec::new(),
            shown: Vec::new(),
            ruled: None,
            refused: false,
            back: false,
            alarm: false,
        };
        for action in actions {
            match action {
                Action::Send { to, letter } => {
                    // To who is none of these portals nobody writes here.
                    let to = self.places[&to];
                    if let Letter::Decided { epoch, owner } = &letter {
                        done.ruled = Some((*epoch, self.places[owner]));
                    }
                    done.posts.push((to, self.letters.number(letter)));
                }
                Action::Append(public) => done.public.push(public),
                Action::Show(said) => done.shown.push(said.id.as_u128() as u32),
                Action::Back(_) => done.back = true,
                Action::Not(_) => done.refused = true,
                Action::Alarm(_) => done.alarm = true,
                _ => {}
            }
        }
        let done = std::rc::Rc::new(done);
        self.steps.insert((desk, told), done.clone());
        done
    }

    /// The world after a portal was told something; `None` if a person was refused, or nothing is different. With
    /// `crash` the portal stops after its commit and before any letter is posted.
    ///
    /// # Errors
    /// What must never happen.
    pub fn tell(&mut self, world: &World, at: u8, told: Told, crash: bool) -> Result<Option<World>, String> {
        let place = usize::from(at);
        let done = self.step(world.desks[place], told);
        if done.alarm {
            return Err(format!("{} alarms", portal(place)));
        }
        if done.refused {
            return Ok(None);
        }
        super::check::may(self, world, place, &done)?;
        let mut next = world.clone();
        next.desks[place] = done.desk;
        if !done.public.is_empty() {
            let mut log = self.logs.get(next.logs[place]).clone();
            log.extend(done.public.iter().cloned());
            next.logs[place] = self.logs.number(log);
        }
        if let (Some(before), Some(now)) = (next.ruled, done.ruled)
            && before.0 == now.0
            && before.1 != now.1
        {
            return Err("the agency above has decided twice".into());
        }
        next.ruled = done.ruled.or(next.ruled);
        for id in &done.shown {
            if next.shown & (1 << id) != 0 {
                return Err(format!("what was said as {id} is heard twice"));
            }
            next.shown |= 1 << id;
        }
        if !crash {
            for (to, letter) in &done.posts {
                next.post.insert(Posted { to: *to, from: at, letter: *letter });
            }
        }
        Ok((next != *world).then_some(next))
    }
}
