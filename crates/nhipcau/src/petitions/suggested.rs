//! Who must answer a case, as the shipped table and model see it: shown to a clerk beside the choice, never acted upon.
//!
//! It is made when the page is asked for and stored nowhere: table and day change, a case is opened far more seldom than cases
//! come in, and it takes milliseconds. Nothing leaves the machine for it, and nothing of the text is kept.

use jiff::civil::Date;
use routing::table::{Level, Place};
use routing::{Suggester, Suggestion};
use vietnam::units::{Commune, CommuneCode, Units};

use super::place;
use super::route::{self, Target};
use super::rules::Emergency;
use super::store::choice::Offered;
use crate::agencies::Portal;
use crate::app::App;
use crate::words::{Lang, PetitionPassWords};

/// Danger to life, among the degrees of urgency.
const GRAVEST: &str = "5";

/// A body that may have to answer.
pub struct Candidate {
    /// Its name, at the place where that is known.
    pub name: String,
    /// How sure, in words.
    pub sure: &'static str,
    /// Its portal in the network, if it has one and is not the own agency.
    pub target: Option<Target>,
    /// True for the very agency that asks.
    pub own: bool,
    /// The documents that give it the task.
    pub basis: String,
}

/// What is suggested for a case.
pub struct Suggested {
    /// True where a person must decide from the words alone.
    pub unsure: bool,
    /// The topic, how sure, and up to two others.
    pub field: String,
    /// How sure that is, in words.
    pub field_sure: &'static str,
    /// The level that must answer.
    pub level: String,
    /// The place that was assumed; empty if none is known.
    pub place: String,
    /// Bodies, the likeliest first.
    pub candidates: Vec<Candidate>,
    /// Why, each a sentence in Vietnamese.
    pub reasons: Vec<String>,
    /// What to know or check beside it.
    pub note: String,
    /// Where it belongs instead, if it is none that is handled here.
    pub outside: Option<String>,
    /// Whom to call, where somebody may be in danger of life; empty otherwise.
    pub call: Vec<Emergency>,
    /// What of it is kept beside the clerk's choice.
    pub offered: Offered,
}

/// What a case says.
pub struct Told<'a> {
    /// The words.
    pub words: &'a str,
    /// The code of the commune; empty if none was named.
    pub commune: &'a str,
}

fn sure(confidence: f32, w: &'static PetitionPassWords) -> &'static str {
    match confidence {
        c if c >= 0.95 => w.sure_very,
        c if c >= 0.8 => w.sure_quite,
        c if c >= 0.5 => w.sure_maybe,
        _ => w.sure_hardly,
    }
}

impl Suggested {
    /// For a case at a portal on a day.
    pub fn of(app: &App, portal: &Portal, told: &Told<'_>, day: Date, lang: Lang) -> Suggested {
        let w = lang.petition_pass();
        let commune =
            told.commune.parse::<CommuneCode>().ok().and_then(|code| Units::shipped().commune(code));
        let commune = commune.or_else(|| place::at_domain(&portal.domain));
        let named = commune.map(|commune| place::name(&commune.code.to_string(), Lang::Vi));
        let suggester = app.authority.suggester();
        let made = suggester.suggest(told.words, named.as_deref(), day);
        let seen = Seen { app, portal, suggester: &suggester, made: &made, commune, day, lang };
        let candidates = seen.candidates();
        let grave = made.urgency.candidates.first().is_some_and(|first| first.id == GRAVEST);
        let call = match made.danger || grave {
            true => {
                let read = Emergency::read(told.words, day);
                if read.is_empty() { Emergency::all(day) } else { read }
            }
            false => Vec::new(),
        };
        let first = made.field.candidates.first();
        let offered = Offered {
            topic: first.map(|first| first.id.clone()).unwrap_or_default(),
            agency: made.agency.candidates.first().map(|first| first.id.clone()).unwrap_or_default(),
            origin: candidates.first().map(|first| match (&first.target, first.own) {
                (_, true) => portal.origin.to_string(),
                (Some(target), _) => target.origin.to_string(),
                (None, _) => String::new(),
            }),
            sure: made.agency.candidates.first().map_or(0, |first| (first.confidence * 1_000.0) as i64),
            unsure: made.agency.abstain,
        };
        Suggested {
            unsure: made.agency.abstain || candidates.is_empty(),
            field: first.map(|first| first.name.clone()).unwrap_or_default(),
            field_sure: first.map_or(w.sure_hardly, |first| sure(first.confidence, w)),
            level: made.level.candidates.first().map(|first| first.name.clone()).unwrap_or_default(),
            place: named.unwrap_or_default(),
            note: made.answerer.as_ref().map(|answerer| answerer.note.clone()).unwrap_or_default(),
            outside: made.answerer.as_ref().and_then(|answerer| answerer.outside.clone()),
            reasons: made.reasons.clone(),
            candidates,
            call,
            offered,
        }
    }
}

impl Suggested {
    /// Why a case goes to an agency, for the form of passing on: in Vietnamese, as it goes to its sender.
    pub fn because(&self, target: &Target) -> String {
        let w = Lang::Vi.petition_pass();
        let body =
            self.candidates.iter().find(|one| one.target.as_ref().is_some_and(|t| t.origin == target.origin));
        match body.map(|body| body.basis.as_str()).filter(|basis| !basis.is_empty()) {
            _ if self.field.is_empty() => String::new(),
            Some(basis) => w.because(&self.field, basis),
            None => w.because_field(&self.field),
        }
    }
}

struct Seen<'a> {
    app: &'a App,
    portal: &'a Portal,
    suggester: &'a Suggester,
    made: &'a Suggestion,
    commune: Option<&'static Commune>,
    day: Date,
    lang: Lang,
}

impl Seen<'_> {
    fn place(&self) -> Option<Place<'static>> {
        let commune = self.commune?;
        let province = Units::shipped().province(commune.province)?;
        Some(Place { province, commune: Some(commune) })
    }

    fn candidates(&self) -> Vec<Candidate> {
        let w = self.lang.petition_pass();
        let answers = &self.made.agency.candidates;
        let each = answers.iter().map(|answer| {
            let (name, level, basis) = self.body(&answer.name);
            let seat = self.seat(&name, level);
            let own = seat.as_ref().is_some_and(|seat| seat.origin == self.portal.origin);
            Candidate { sure: sure(answer.confidence, w), target: seat.filter(|_| !own), own, name, basis }
        });
        each.collect()
    }

    /// A generic body at the place: its name there, its level, what gives it the task.
    fn body(&self, generic: &str) -> (String, Option<Level>, String) {
        let table = self.suggester.table();
        for field in &self.made.field.candidates {
            let Some(topic) = table.topic(&field.id) else { continue };
            let Some((row, _)) = table.leads(topic, self.day).find(|(_, row)| row.agency == generic) else {
                continue;
            };
            if let Ok(answer) = table.resolve(topic, Some(row), self.place(), self.day) {
                let name = answer.here.unwrap_or_else(|| answer.agency.to_owned());
                return (name, Some(answer.level), answer.legal_basis.to_owned());
            }
        }
        (generic.to_owned(), None, String::new())
    }

    /// The portal of a body: that of its very name, else that of the unit whose body it is.
    fn seat(&self, name: &str, level: Option<Level>) -> Option<Target> {
        let directory = self.app.directory.load();
        let body = name.split(" – ").next().unwrap_or(name);
        let by_name = || route::named(self.app, body).and_then(|origin| directory.agency(&origin));
        let by_unit = || match level? {
            Level::Commune => {
                let province = Units::shipped().province(self.commune?.province)?;
                directory.at_domain(&self.commune?.domain_under(&province.domain()).parse().ok()?)
            }
            Level::Province => directory
                .at_domain(&Units::shipped().province(self.commune?.province)?.domain().parse().ok()?),
            Level::Central => None,
        };
        by_name().or_else(by_unit).and_then(|agency| route::target(self.app, agency, self.lang))
    }
}
