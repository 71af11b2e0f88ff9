//! What a form asks to follow, read once: a topic that is there, and an address that can be written to.

use lettre::Address;
use network::directory::{Agency, Directory};
use network::entry::Level;
use vietnam::text::{fold, slug};

use super::super::Topic;
use crate::agencies::register::asked_for;
use crate::app::App;
use crate::items::kinds;
use crate::people::forms::Fields;
use crate::problem::{Fault, Problem};
use crate::words::{Lang, SubscriptionWords};

/// The longest address (RFC 5321, 4.5.3.1.3, without its brackets).
const LONGEST: usize = 254;
/// Places of one name that are told.
const CHOICES: usize = 4;

/// What is asked for.
#[derive(Debug)]
pub struct Asking {
    /// What is to be followed.
    pub topic: Topic,
    /// Who is to be told.
    pub address: Address,
}

/// Reads the form.
///
/// # Errors
/// A fault for each field that does not hold.
pub fn asking(app: &App, form: &Fields) -> Result<Asking, Problem> {
    let topic = topic(&app.directory.load(), form);
    let address = address(form.get("email"));
    match (topic, address) {
        (Ok(topic), Ok(address)) => Ok(Asking { topic, address }),
        (topic, address) => Err(Problem::Invalid(topic.err().into_iter().chain(address.err()).collect())),
    }
}

/// What a form asks to follow, whoever is to be told.
///
/// # Errors
/// A fault for what does not hold.
pub fn topic_of(app: &App, form: &Fields) -> Result<Topic, Problem> {
    topic(&app.directory.load(), form).map_err(|fault| Problem::Invalid(vec![fault]))
}

/// What a page was opened for: `?muc=…`, `?q=…`, `?loai=…`, `?nguon=…`, `?so=…`, `?linh-vuc=…`, `?noi-log=…`.
pub fn opened_for(form: &Fields) -> Option<Topic> {
    if let Some(word) = form.some("chu-de") {
        return Topic::of(&word);
    }
    if form.has("gi") {
        return None;
    }
    let word =
        |name: &str, sort: &str| form.some(name).and_then(|value| Topic::of(&format!("{sort}:{value}")));
    let kind = form.some("loai").and_then(|slug| Some(Topic::Kind(kinds::of_slug(&slug)?.id.clone())));
    word("muc", "item")
        .or_else(|| word("q", "search"))
        .or_else(|| word("nguon", "agency"))
        .or_else(|| word("noi-log", "place"))
        .or_else(|| word("so", "number"))
        .or_else(|| word("linh-vuc", "field"))
        .or(kind)
}

fn fault(field: &str, says: impl Fn(&'static SubscriptionWords) -> String) -> Fault {
    let (vi, en) = (says(Lang::Vi.subscription()), says(Lang::En.subscription()));
    Fault { field: field.into(), vi, en }
}

fn address(typed: &str) -> Result<Address, Fault> {
    let typed = typed.trim();
    let wrong = || fault("email", |w| w.bad_email.to_owned());
    let address: Address = typed.parse().map_err(|_| wrong())?;
    let sound = typed.is_ascii() && typed.len() <= LONGEST && address.domain().contains('.');
    if sound { Ok(address) } else { Err(wrong()) }
}

fn topic(directory: &Directory, form: &Fields) -> Result<Topic, Fault> {
    let nothing = || fault("gi", |w| w.bad_what.to_owned());
    if let Some(topic) = opened_for(form) {
        // An agency that nobody knows would be named in a mail as whoever asked wrote it.
        let known = match &topic {
            Topic::Agency(origin) | Topic::Place(origin) => directory.agency(origin).is_some(),
            _ => true,
        };
        return if known { Ok(topic) } else { Err(nothing()) };
    }
    let text = |name: &str| form.some(name).ok_or_else(nothing);
    match form.get("gi") {
        "tat-ca" => Ok(Topic::All),
        "loai" => kinds::of_slug(&text("loai")?).map(|kind| Topic::Kind(kind.id.clone())).ok_or_else(nothing),
        "linh-vuc" => Topic::of(&format!("field:{}", slug(&text("linh-vuc")?))).ok_or_else(nothing),
        "co-quan" => {
            let origin = text("co-quan")?.parse().map_err(|_| nothing())?;
            directory.agency(&origin).map(|agency| Topic::Agency(agency.origin.clone())).ok_or_else(nothing)
        }
        "noi" => place(directory, &text("noi")?),
        "van-ban" => Topic::of(&format!("number:{}", text("van-ban")?))
            .ok_or_else(|| fault("van-ban", |w| w.bad_document.to_owned())),
        "tim" => Topic::search(&text("tim")?).ok_or_else(nothing),
        _ => Err(nothing()),
    }
}

/// The agency of a place, by its name with or without what it is (`Xã Bản Lầu`, `ban lau`), or by its portal's address.
fn place(directory: &Directory, typed: &str) -> Result<Topic, Fault> {
    if let Some(agency) = asked_for(directory, &typed.to_lowercase()) {
        return Ok(Topic::Place(agency.origin.clone()));
    }
    let asked = fold(typed);
    let named = |agency: &&Agency| {
        let name = fold(&agency.name.vi);
        let bare = ["uy ban nhan dan ", "tinh ", "thanh pho ", "xa ", "phuong ", "dac khu "]
            .iter()
            .fold(name.as_str(), |name, what| name.strip_prefix(what).unwrap_or(name));
        matches!(agency.level, Level::Province | Level::Commune) && (name == asked || bare == asked)
    };
    let found: Vec<&Agency> = directory.agencies().filter(named).take(CHOICES).collect();
    match found.as_slice() {
        [] => Err(fault("noi", |w| w.bad_place(typed))),
        [one] => Ok(Topic::Place(one.origin.clone())),
        several => {
            let choices: Vec<&str> = several.iter().map(|agency| agency.domain.as_str()).collect();
            Err(fault("noi", |w| w.bad_places(typed, choices.join(", "))))
        }
    }
}
