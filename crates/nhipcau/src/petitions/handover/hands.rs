//! What the machine asks for, done: letters posted, entries appended, the case's rows kept true.

use anyhow::Context;
use axum::body::Bytes;
use network::entry::Case as Named;
use network::handover::{Action, Desk, Event, Letter, Public, Refusal, Said, Stand, Taken, What};
use network::names::{ContentHash, Origin};

use super::super::life::State;
use super::super::record::{Said as Entry, append};
use super::super::store::draft;
use super::super::store::steps::{self, Step};
use super::super::store::{self as cases, Case};
use super::super::{facts, handling, route, ties, urgent};
use super::told::{About, Told};
use super::{Happening, Seat, dossier, files, mirror, seat, store};
use crate::app::App;
use crate::db::Tx;
use crate::logs::store as logs;
use crate::operate::alarms::{self, Alarm};
use crate::peers::letters::send::{Posting, post};
use crate::peers::letters::store as letters;
use crate::problem::Problem;

/// One portal's hands, for one event.
pub(super) struct Hands<'a> {
    pub app: &'a App,
    pub seat: &'a Seat,
    pub named: &'a Named,
    pub desk: &'a Desk,
    /// Who wrote the letter that came, if one did.
    pub from: Option<Origin>,
    pub dossier: Vec<u8>,
    pub follows: Vec<Happening>,
}

impl Hands<'_> {
    fn follows(&mut self, event: Event) {
        let seat = self.seat.clone();
        self.follows.push(Happening { seat, event, dossier: Vec::new(), wanted: false });
    }

    /// To the portal where it was asked, at another node.
    async fn tells_how_it_stands(&mut self, tx: &mut Tx, case: &Case) -> Result<(), Problem> {
        if seat(self.app, &self.named.origin).is_none() {
            let path = steps::of(tx.conn(), &case.id).await?;
            self.follows(Event::About(About::of(case, &path).said()?));
        }
        Ok(())
    }

    /// The case as it stands here.
    pub async fn case(&self, tx: &mut Tx) -> Result<Case, Problem> {
        let case = cases::find(tx.conn(), self.named.code.as_str()).await?;
        case.ok_or_else(|| anyhow::anyhow!("petition {} is handed over and not here", self.named.code).into())
    }

    async fn save(&self, tx: &mut Tx, case: &mut Case) -> Result<(), Problem> {
        case.count(&self.app.calendar.now(), tx.ledger.now());
        cases::save_within(tx, case).await?;
        case.version += 1;
        Ok(())
    }

    pub async fn does(&mut self, tx: &mut Tx, action: Action) -> Result<(), Problem> {
        match action {
            Action::Send { to, letter } => self.send(tx, to, letter).await,
            Action::Append(public) => self.append(tx, public).await,
            Action::Offered { epoch } => {
                if !self.dossier.is_empty() {
                    let bytes = std::mem::take(&mut self.dossier);
                    dossier::lay(self.app, tx, self.seat, self.named, &bytes).await?;
                }
                if matches!(self.desk.offers().get(&epoch), Some(Taken::Waiting { .. })) {
                    self.follows(Event::Accept { epoch });
                }
                Ok(())
            }
            Action::Ours { .. } => self.ours(tx).await,
            Action::Gone { to } => self.gone(tx, &to).await,
            Action::Back(refusal) => self.back(tx, refusal).await,
            Action::FindAbove => {
                self.find_above();
                Ok(())
            }
            // Whoever is asked takes the case, and decides by passing it on.
            Action::Asked { epoch } => {
                self.follows(Event::Decide { epoch, owner: self.seat.origin.clone() });
                Ok(())
            }
            Action::Show(said) => self.show(tx, said).await,
            Action::Changed => mirror::changed(self, tx).await,
            Action::Alarm(who) => {
                let alarm = Alarm {
                    about: "petition.claimed".into(),
                    peer: who.to_string(),
                    origin: self.seat.origin.to_string(),
                    detail: self.named.code.to_string(),
                };
                Ok(alarms::raise(tx, &alarm).await?)
            }
            Action::Stays | Action::Wake { .. } | Action::Not(_) => Ok(()),
        }
    }

    /// To a portal of this node within this transaction; to another as a letter. The same letter is posted once while it waits.
    async fn send(&mut self, tx: &mut Tx, to: Origin, letter: Letter) -> Result<(), Problem> {
        if let Some(seat) = seat(self.app, &to) {
            let event = Event::Came { from: self.seat.origin.clone(), letter };
            self.follows.push(Happening { seat, event, dossier: Vec::new(), wanted: false });
            return Ok(());
        }
        let dossier = match letter.has_dossier() {
            true => {
                let case = self.case(tx).await?;
                dossier::of(self.app, tx, &case).await?
            }
            false => Vec::new(),
        };
        let body: Bytes = letter.body(self.named, &dossier).map_err(anyhow::Error::from)?.into();
        // Steps may be added to a case that is offered; the offer stays the same one.
        let what = match &letter {
            Letter::Offer(offer) => offer.epoch.to_string(),
            Letter::Decide(question) => question.epoch.to_string(),
            _ => ContentHash::of(&body).to_string(),
        };
        let (origin, code) = (self.named.origin.to_string(), self.named.code.to_string());
        let name = |again: &str| {
            Posting::named(self.seat.log, &to, letter.kind(), body.clone(), &[&origin, &code, &what, again])
        };
        let first = name("");
        let posting = match letters::outcome(tx.conn(), first.id).await? {
            None => first,
            Some((outcome, _)) if outcome.is_empty() => return Ok(()),
            // It was held once; whoever held it may have lost it with its disk.
            Some(_) => name(&tx.ledger.now().to_string()),
        };
        match post(tx, posting.closed(self.app)?).await {
            Ok(_) => Ok(()),
            // Whoever wants to pass a case on is told at once; anything else is tried again later.
            Err(problem @ Problem::Refused { .. }) if matches!(letter, Letter::Offer(_)) => Err(problem),
            Err(Problem::Refused { .. }) => Ok(()),
            Err(problem) => Err(problem),
        }
    }

    async fn append(&mut self, tx: &mut Tx, public: Public) -> Result<(), Problem> {
        if public == Public::Registered {
            return Ok(());
        }
        let mut case = self.case(tx).await?;
        let said = match public {
            // It was appended with the row that it is about.
            Public::Registered => return Ok(()),
            Public::Passed { epoch, from, to, by } => {
                if to == self.seat.origin {
                    self.takes(tx, &mut case, epoch).await?;
                }
                case.epoch = i64::from(epoch);
                Entry::Passed { from, to, by }
            }
            Public::Answered { epoch } => {
                case.epoch = i64::from(epoch);
                let path = steps::of(tx.conn(), &case.id).await?;
                let answer =
                    path.iter().rev().find(|step| step.act == "answered").context("no answer is kept")?;
                Entry::Answered(handling::answer_commitment(&case, &answer.words))
            }
            Public::Reopened { epoch } => {
                let now = tx.ledger.now();
                // Whoever is not content with the answer of another gets one of their own.
                ties::store::end(tx, &case.id).await?;
                State::New.word().clone_into(&mut case.state);
                (case.reopened, case.clock_from, case.closed, case.paused) = (now, now, 0, 0);
                (case.added, case.extended) = (0, 0);
                case.handler.clear();
                case.rating.clear();
                case.epoch = i64::from(epoch);
                self.save(tx, &mut case).await?;
                self.tells_how_it_stands(tx, &case).await?;
                Entry::Reopened
            }
            Public::Closed { epoch, outcome } => {
                case.epoch = i64::from(epoch);
                Entry::Closed(outcome)
            }
        };
        append(self.app, tx, &case, self.seat.log, said).await.map(|_| ())
    }

    /// The case is this portal's from now: its clock begins anew, or has run on if it was given back.
    async fn takes(&self, tx: &mut Tx, case: &mut Case, epoch: u32) -> Result<(), Problem> {
        let now = tx.ledger.now();
        let path = steps::of(tx.conn(), &case.id).await?;
        let since = match path.iter().rev().find(|step| matches!(step.act.as_str(), "passed" | "returned")) {
            Some(step) if step.act == "returned" => {
                cases::held_since(tx.conn(), &case.id, self.seat.log).await?.unwrap_or(case.registered)
            }
            _ => now,
        };
        (case.owner, case.owned, case.clock_from) = (self.seat.log, now, since);
        (case.added, case.extended, case.paused) = (0, 0, 0);
        case.epoch = i64::from(epoch);
        State::New.word().clone_into(&mut case.state);
        case.handler.clear();
        case.handing.clear();
        cases::hold(tx, &case.id, self.seat.log).await?;
        self.save(tx, case).await?;
        urgent::tell(self.app, tx, self.seat, case).await
    }

    /// Told to everybody if it came from another node; within one node the passing on says it already.
    async fn ours(&mut self, tx: &mut Tx) -> Result<(), Problem> {
        let case = self.case(tx).await?;
        let path = steps::of(tx.conn(), &case.id).await?;
        let by = facts::passed_by(&path);
        let here = match by {
            Some(log) => logs::head(tx.conn(), log).await?.is_some_and(|head| head.own),
            None => true,
        };
        if here {
            return Ok(());
        }
        let mut step = Step { log: self.seat.log, act: "accepted".into(), shown: 1, ..Step::default() };
        step.seq = steps::add(tx, &case.id, &step).await?;
        step.at = tx.ledger.now();
        self.follows(Event::Tells {
            id: step.named(&case.id),
            words: super::words(tx.conn(), &step, &[]).await?,
        });
        self.tells_how_it_stands(tx, &case).await
    }

    /// Another has it. At another node: its files go there, and what is no business of this node any more is forgotten.
    async fn gone(&mut self, tx: &mut Tx, to: &Origin) -> Result<(), Problem> {
        let mut case = self.case(tx).await?;
        if seat(self.app, to).is_none() {
            let now = tx.ledger.now();
            case.owner = logs::ensure(tx.conn(), to, false, now).await?;
            case.owned = now;
            if let Stand::Former { epoch, .. } = self.desk.stand() {
                case.epoch = i64::from(*epoch);
            }
            State::New.word().clone_into(&mut case.state);
            case.handler.clear();
            case.handing.clear();
            self.save(tx, &mut case).await?;
            draft::done(tx, &case.id).await?;
            files::post(self.app, tx, self.seat, &case, to, None).await?;
            if seat(self.app, &self.named.origin).is_none() {
                let log = case.owner;
                steps::add(tx, &case.id, &Step { log, act: "accepted".into(), shown: 1, ..Step::default() })
                    .await?;
                cases::forget(tx, &case.id).await?;
                store::forget(tx, self.named).await?;
            }
        }
        // What was offered to us meanwhile can be decided now.
        let offers = self.desk.offers().iter();
        let epochs: Vec<u32> =
            offers.filter(|(_, t)| matches!(t, Taken::Waiting { .. })).map(|(e, _)| *e).collect();
        epochs.into_iter().for_each(|epoch| self.follows(Event::Accept { epoch }));
        Ok(())
    }

    /// It stays here.
    async fn back(&mut self, tx: &mut Tx, refusal: Refusal) -> Result<(), Problem> {
        let mut case = self.case(tx).await?;
        let now = tx.ledger.now();
        // What was given back and recalled was not given back.
        if matches!(refusal, Refusal::Cancelled) && self.gave_back(tx, &case).await? {
            case.bounced = (case.bounced - 1).max(0);
            self.save(tx, &mut case).await?;
        }
        let (act, log, words) = match refusal {
            Refusal::Cancelled => ("recalled", self.seat.log, String::new()),
            Refusal::NotOurs { reason, .. } => {
                let by = self.from.clone().unwrap_or_else(|| self.seat.origin.clone());
                ("declined", logs::ensure(tx.conn(), &by, false, now).await?, reason)
            }
        };
        let mut step = Step { log, act: act.into(), shown: 1, words, ..Step::default() };
        step.seq = steps::add(tx, &case.id, &step).await?;
        step.at = now;
        if seat(self.app, &self.named.origin).is_none() {
            self.follows(Event::Tells {
                id: step.named(&case.id),
                words: super::words(tx.conn(), &step, &[]).await?,
            });
        }
        Ok(())
    }

    /// True if the case was being given back: to who handed it over, or to who stands above both because it was the last time.
    async fn gave_back(&self, tx: &mut Tx, case: &Case) -> Result<bool, Problem> {
        let path = steps::of(tx.conn(), &case.id).await?;
        let ours =
            |step: &Step| matches!(step.act.as_str(), "passed" | "returned") && step.log == self.seat.log;
        let Some(at) = path.iter().rposition(ours) else { return Ok(false) };
        if path[at].act == "returned" {
            return Ok(true);
        }
        let (Some(from), Ok(to)) = (facts::handed_by(&path[..at]), path[at].detail.parse::<i64>()) else {
            return Ok(false);
        };
        let Some(from) = logs::head(tx.conn(), from).await? else { return Ok(false) };
        let Some(to) = logs::head(tx.conn(), to).await? else { return Ok(false) };
        let last = case.bounced == i64::from(facts::MOST_BOUNCES);
        let umpire = route::umpire(self.app, &self.seat.origin, &from.origin);
        Ok(last && umpire.is_some_and(|umpire| umpire.origin == to.origin))
    }

    /// The nearest agency above us and all who refused.
    fn find_above(&mut self) {
        let Stand::Owner(own) = self.desk.stand() else { return };
        let above = own.refusals.iter().try_fold(None::<Origin>, |above, bounce| {
            let from = above.clone().unwrap_or_else(|| self.seat.origin.clone());
            let next = route::umpire(self.app, &from, &bounce.by)?.origin;
            let directory = self.app.directory.load();
            Some(Some(above.filter(|above| directory.is_ancestor(above, &bounce.by)).unwrap_or(next)))
        });
        if let Some(Some(agency)) = above {
            self.follows(Event::Above { agency });
        }
    }

    /// Something new was said: by the sender here at its owner, by the owner here where it was asked.
    async fn show(&mut self, tx: &mut Tx, said: Said) -> Result<(), Problem> {
        let mut case = self.case(tx).await?;
        let told = Told::read(&said.words);
        let known = steps::of_name(tx.conn(), &case.id, said.id).await?.is_some();
        if said.by_owner() {
            if !known {
                mirror::told(self, tx, &case, &said, told).await?;
            }
            return Ok(());
        }
        let act = match said.what {
            What::Rates(_) => "rated",
            What::Reopens => "reopened",
            What::Withdraws => "withdrawn",
            _ if told.act == "forgotten" => "forgotten",
            _ => "replied",
        };
        if !known {
            let step =
                Step { act: act.into(), words: told.words.clone(), ..mirror::step_of(&case, &said, &told) };
            let seq = steps::add(tx, &case.id, &step).await?;
            files::list(tx, &case.id, seq, said.id, &told.files).await?;
        }
        let now = tx.ledger.now();
        match said.what {
            What::Rates(rating) => rating.word().clone_into(&mut case.rating),
            What::Reopens => {}
            What::Withdraws => {
                State::Withdrawn.word().clone_into(&mut case.state);
                case.closed = now;
            }
            _ if act == "forgotten" => return Ok(cases::forget_contact(tx, &case.id).await?),
            _ => {
                case.stop_waiting(&self.app.calendar.now(), now);
                if case.state() == State::Asked {
                    let next = if case.handler.is_empty() { State::New } else { State::Work };
                    next.word().clone_into(&mut case.state);
                }
            }
        }
        self.save(tx, &mut case).await?;
        self.tells_how_it_stands(tx, &case).await?;
        if said.what == What::Withdraws {
            ties::release(self.app, tx, self.seat, &case).await?;
            ties::store::end(tx, &case.id).await?;
            draft::unpublish(tx, &case.id).await?;
            cases::forget(tx, &case.id).await?;
            store::forget(tx, self.named).await?;
        }
        Ok(())
    }

    /// Keeps the row's word of a handing over as the machine has it.
    pub async fn shows_handing(&self, tx: &mut Tx) -> Result<(), Problem> {
        let Stand::Owner(own) = self.desk.stand() else { return Ok(()) };
        let to = own.out.as_ref().map(|out| out.to.to_string()).unwrap_or_default();
        let Some(mut case) = cases::find(tx.conn(), self.named.code.as_str()).await? else { return Ok(()) };
        if case.owner == self.seat.log && case.handing != to {
            case.handing = to;
            self.save(tx, &mut case).await?;
        }
        Ok(())
    }
}
