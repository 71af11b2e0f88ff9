//! What somebody asks becomes a petition, by whichever door it came: a page, Open311, the API. The same fields, limits, refusals and
//! registration for all of them.

use std::net::IpAddr;

use network::names::ContentHash;
use vietnam::units::CommuneCode;

use super::check::{self, Place};
use super::{ONCE, taken};
use crate::agencies::Portal;
use crate::app::App;
use crate::files::Upload;
use crate::people::forms::Fields;
use crate::petitions::register::{self, Asked, Registered, Via};
use crate::petitions::rules::{Emergency, Outside};
use crate::problem::{Fault, Problem};
use crate::words::{Lang, date};

/// Who sends it, from where, by what.
pub struct Sender {
    /// In which language they asked.
    pub lang: Lang,
    /// From where.
    pub client: Option<IpAddr>,
    /// The program that sends it, if it is no page of ours.
    pub via: Option<Via>,
    /// How it came by mail, if it did.
    pub mail: Option<ByMail>,
}

/// A mail by which something came.
pub struct ByMail {
    /// What stands for the form: the same mail is one petition.
    pub once: [u8; 32],
    /// A hash of the address, by which floods are counted.
    pub mark: Vec<u8>,
}

/// What came of it.
pub enum Came {
    /// It is registered.
    Registered(Box<Registered>),
    /// It is no petition in the sense of the law, or may be none. Nothing of it was kept.
    Outside(Outside),
}

/// Why nothing came of it, and the communes to choose from where a name means several.
pub struct Bad {
    /// What is wrong.
    pub problem: Problem,
    /// The choices.
    pub choices: Vec<CommuneCode>,
}

impl From<Problem> for Bad {
    fn from(problem: Problem) -> Bad {
        Bad { problem, choices: Vec::new() }
    }
}

impl From<anyhow::Error> for Bad {
    fn from(error: anyhow::Error) -> Bad {
        Problem::Ours(error).into()
    }
}

/// Takes a message with the fields of the page's form.
///
/// # Errors
/// All that is wrong with its fields; that too much comes from this network; that the log may not sign now; the database's.
pub async fn take(
    app: &App,
    portal: &Portal,
    typed: &Fields,
    files: Result<Vec<Upload>, Fault>,
    sender: Sender,
) -> Result<Came, Bad> {
    let day = date::day(app.clock.now());
    // Before anything is checked: what is no petition is explained, and nothing of it is kept.
    let outside = Outside::read(typed.get("chuyen-gi"), day);
    if let Some(outside) = outside.filter(|outside| outside.sure() || !typed.has("van-la")) {
        return Ok(Came::Outside(outside));
    }
    let (mut faults, mut choices) = (Vec::new(), Vec::new());
    let checked = check::checked(typed, day, sender.mail.is_some(), &mut faults);
    let commune = match check::place(&portal.domain, typed) {
        Ok(Place(commune)) => commune,
        Err((fault, meant)) => {
            faults.push(fault);
            choices = meant;
            String::new()
        }
    };
    let files = match files {
        Ok(files) if faults.is_empty() => taken(app, files, &mut faults).await?,
        Ok(_) => Vec::new(),
        Err(fault) => {
            faults.push(fault);
            Vec::new()
        }
    };
    let Some(checked) = checked.filter(|_| faults.is_empty()) else {
        return Err(Bad { problem: Problem::Invalid(faults), choices });
    };
    let asked = Asked {
        once: match &sender.mail {
            Some(mail) => mail.once,
            None => once(app, typed, &files)?,
        },
        knock: sender.mail.map(|mail| mail.mark),
        urgent: !Emergency::read(&checked.words, day).is_empty(),
        sort: checked.sort,
        mode: checked.mode,
        commune,
        place: checked.place,
        words: checked.words,
        contact: checked.contact,
        files,
        lang: sender.lang,
        client: sender.client,
        via: sender.via,
    };
    Ok(Came::Registered(Box::new(register::register(app, portal, asked).await?)))
}

/// What is told of a message that is no petition, or may be none: why, who is competent, and `still`, how to insist where there is a
/// doubt.
pub fn explained(outside: &Outside, lang: Lang, still: &str) -> String {
    let p = lang.petition();
    let first = match (outside.sure(), outside.sort == "to-cao") {
        (true, true) => p.outside_denunciation,
        (true, false) => p.outside_complaint,
        (false, true) => p.maybe_denunciation,
        (false, false) => p.maybe_complaint,
    };
    let (body, law) = (outside.body(lang), outside.law(lang));
    let told = format!("{first} {} {}: {body} {law} {still}", p.outside_not_kept, p.outside_body);
    told.trim().to_owned()
}

/// The very form with all that it says, in 32 bytes; of chance where it has no number of its own.
fn once(
    app: &App,
    typed: &Fields,
    files: &[(network::content::ItemFile, Vec<u8>)],
) -> anyhow::Result<[u8; 32]> {
    let number = typed.get(ONCE);
    if number.len() != 32 || !number.bytes().all(|b| b.is_ascii_hexdigit()) {
        return app.dice.bytes();
    }
    let mut all = String::new();
    for (name, value) in typed.pairs() {
        all.push_str(&format!("{}:{name}{}:{value}", name.len(), value.len()));
    }
    for (file, _) in files {
        all.push_str(&file.sha256.to_string());
    }
    Ok(ContentHash::of(all.as_bytes()).0)
}
