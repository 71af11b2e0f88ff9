//! Restricted tasks: a task of a directive that only those read who are given it, and whoever gave it.
//!
//! In the directive's document such a task is a number and sealed words ([`network::restricted`]); they are sealed as the
//! edition is drawn up (`closed`), to the sealing keys that the directory has on that day, and opened for each console with the
//! keys of its own agency (`Reader`). In the newsroom of the issuer the words stand as they were typed: `revealed` brings
//! them back for the next edition. Nothing of what is opened is stored, so no other page, export or index can have it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use network::content::Item;
use network::directory::Directory;
use network::letter::{LetterKeys, SealingId};
use network::names::{ContentHash, Origin};
use network::restricted::{Place, Unread};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;
use vietnam::text::fold;

use super::addressees::Roll;
use super::directive::{self, Directive};
use crate::app::App;
use crate::items::draft::Checked;
use crate::logs::keys::LetterSecrets;
use crate::problem::{Fault, Problem};
use crate::words::date;

/// The word of a task that is restricted, in its field `access`.
const RESTRICTED: &str = "restricted";
/// The most agencies that a restricted task is given to.
const MOST_READERS: usize = 500;
/// What is as short as this is no repetition of a task's words.
const SHORT: usize = 20;
/// So many opened words are kept in memory; then it begins anew.
const MOST_OPENED: usize = 4_096;
/// What is larger is opened each time.
const LARGE: usize = 64 << 10;

/// The words of a restricted task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// What is to be done.
    pub task: String,
    /// Who is to do it, as printed; empty for every addressee.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub agency: String,
    /// Until when, as the draft has it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub due: String,
    /// Or in how many working days from the day of issue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub working_days: Option<u32>,
    /// The logs of the agencies to which it was sealed.
    pub to: Vec<String>,
    /// Which sealing key of each, in the same order; older editions do not say.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<String>,
}

/// What was opened lately, by what was tried; `None` for what is for others.
#[derive(Default)]
pub struct Opened(Mutex<HashMap<Tried, Option<Arc<Vec<u8>>>>>);

/// The hash of a place and the sealed words there, and the key that was tried.
type Tried = (ContentHash, SealingId);

/// Who reads: an agency with its keys.
pub struct Reader {
    secrets: Vec<Arc<LetterSecrets>>,
}

impl Reader {
    /// An agency of this node, with its own keys and those of the agencies that it succeeded here.
    ///
    /// # Errors
    /// When a key cannot be read.
    pub fn of(app: &App, agency: &Origin) -> anyhow::Result<Reader> {
        let mut secrets = Vec::from_iter(app.keys.letters_held(agency, &app.dice)?);
        let directory = app.directory.load();
        for other in directory.predecessors(agency) {
            if directory.successor(&other.origin).is_some_and(|heir| heir.origin == *agency) {
                secrets.extend(app.keys.letters_held(&other.origin, &app.dice)?);
            }
        }
        Ok(Reader { secrets })
    }

    /// Sealed words of a place, if they are for this agency and whole.
    pub fn open(&self, app: &App, at: &Place, sealed: &[u8]) -> Option<Arc<Vec<u8>>> {
        // The place too: words that were opened at one place are not read at another.
        let hash = ContentHash::of(&[format!("{at:?}\n").as_bytes(), sealed].concat());
        self.secrets.iter().find_map(|secret| {
            let name = (hash, secret.opens.id());
            let known = app.restricted.0.lock().unwrap_or_else(PoisonError::into_inner).get(&name).cloned();
            if let Some(known) = known {
                return known;
            }
            let opened = match at.open(sealed, &secret.opens) {
                Ok(plain) => Some(Arc::new(plain)),
                Err(Unread::NotForUs) => None,
                Err(Unread::Broken) => {
                    tracing::warn!(by = %at.by, item = %at.item, "sealed words are damaged, or of another place");
                    None
                }
            };
            if sealed.len() <= LARGE {
                let mut all = app.restricted.0.lock().unwrap_or_else(PoisonError::into_inner);
                if all.len() >= MOST_OPENED {
                    all.clear();
                }
                all.insert(name, opened.clone());
            }
            opened
        })
    }
}

/// Where a restricted task of an edition stands.
pub fn place(origin: &Origin, item: Uuid, edition: u32, number: &str) -> Place {
    let (by, part) = (origin.clone(), format!("task {number}"));
    Place { by, origin: origin.clone(), item, edition, part }
}

/// True for a row of tasks that is marked as restricted.
pub fn is_marked(row: &Map<String, Value>) -> bool {
    row.get("access").and_then(Value::as_str) == Some(RESTRICTED)
}

/// The sealed words of a row.
pub fn sealed(row: &Map<String, Value>) -> Option<Vec<u8>> {
    BASE64_STANDARD.decode(row.get("sealed")?.as_str()?).ok()
}

/// The keys to which something for agencies is sealed, and which of them have none that is known.
pub fn keys<'a>(
    directory: &Directory,
    agencies: impl IntoIterator<Item = &'a Origin>,
) -> (Vec<(Origin, LetterKeys)>, Vec<Origin>) {
    let (mut keys, mut without) = (Vec::new(), Vec::new());
    for origin in agencies {
        let known = directory.agency(origin).and_then(|agency| agency.sealing.as_ref());
        match known.and_then(|sealing| sealing.known()) {
            Some(key) => keys.push((origin.clone(), *key)),
            None => without.push(origin.clone()),
        }
    }
    (keys, without)
}

/// Of those to whom a task was sealed, who has another key of letters by now: the older one may be lost.
pub fn rekeyed<'a>(directory: &Directory, readers: &'a [(Origin, Option<String>)]) -> Vec<&'a Origin> {
    let changed = |(origin, sealed): &&(Origin, Option<String>)| {
        let (now, _) = keys(directory, [origin]);
        sealed.as_ref().zip(now.first()).is_some_and(|(sealed, (_, now))| *sealed != now.id().to_string())
    };
    readers.iter().filter(changed).map(|(origin, _)| origin).collect()
}

/// An edition whose restricted tasks are sealed: what leaves the newsroom.
///
/// # Errors
/// Given to too many, or too large; a key of ours that cannot be read.
pub fn closed(app: &App, origin: &Origin, mut checked: Checked) -> Result<Checked, Problem> {
    let item = &checked.item;
    let Some(details) = item.details.as_ref().filter(|_| has_marked(item)) else { return Ok(checked) };
    let today = date::day(app.clock.now());
    // What is marked never leaves as it is, whatever else is wrong with it.
    let directive = Directive::read(&details.0, item.edition, item.issued, &|_, _| None)
        .ok_or_else(|| anyhow::anyhow!("{} has a restricted task that cannot be read", item.id))?;
    let directory = app.directory.load_full();
    let roll = Roll::new(&directory, today);
    let ours = app.keys.letters(origin, &app.dice)?.public;
    let mut details = details.clone();
    for (at, row) in rows(&mut details.0).enumerate().filter(|(_, row)| is_marked(row)) {
        let text = |field: &str| directive::text(row, field);
        let (number, agency) = (text("number"), text("agency"));
        let to = directive.whom(&roll, origin, item.issued.unwrap_or(today), &agency).agencies;
        if to.len() > MOST_READERS {
            return Err(too_many(at, to.len()));
        }
        let (readers, _) = keys(&directory, &to);
        let mut sealing: Vec<LetterKeys> = readers.iter().map(|(_, key)| *key).collect();
        sealing.push(ours);
        let (to, keys) =
            readers.iter().map(|(origin, key)| (origin.to_string(), key.id().to_string())).unzip();
        let working_days = directive::days(row);
        let words = Words { task: text("task"), agency, due: text("due"), working_days, to, keys };
        let plain = serde_json::to_vec(&words).map_err(anyhow::Error::from)?;
        let at = place(origin, item.id, item.edition, &number);
        let sealed = at.seal(&plain, &sealing, app.dice.bytes()?).map_err(anyhow::Error::from)?;
        *row = Map::from_iter([
            ("number".to_owned(), number.into()),
            ("access".to_owned(), RESTRICTED.into()),
            ("sealed".to_owned(), BASE64_STANDARD.encode(sealed).into()),
        ]);
    }
    checked.item.details = Some(details);
    checked.bytes = checked.item.encode().map_err(|faults| {
        let told = faults.into_iter();
        Problem::Invalid(told.map(|f| Fault { field: f.field, vi: f.problem_vi, en: f.problem_en }).collect())
    })?;
    Ok(checked)
}

/// Brings the words of restricted tasks back into details that were taken from edition `edition` of an item of ours.
///
/// # Errors
/// Refused if our keys do not open one.
pub fn revealed(
    app: &App,
    origin: &Origin,
    (item, edition): (Uuid, u32),
    details: &mut Map<String, Value>,
) -> Result<(), Problem> {
    if !rows(details).any(|row| row.contains_key("sealed")) {
        return Ok(());
    }
    let reader = Reader::of(app, origin)?;
    for (at, row) in rows(details).enumerate().filter(|(_, row)| row.contains_key("sealed")) {
        let number = directive::text(row, "number");
        let opened =
            sealed(row).and_then(|sealed| reader.open(app, &place(origin, item, edition, &number), &sealed));
        let words: Option<Words> = opened.and_then(|plain| serde_json::from_slice(&plain).ok());
        let words = words.ok_or_else(|| not_opened(at, &number))?;
        row.remove("sealed");
        row.insert("access".into(), RESTRICTED.into());
        row.insert("task".into(), words.task.into());
        for (name, value) in [("agency", words.agency), ("due", words.due)] {
            if !value.is_empty() {
                row.insert(name.into(), value.into());
            }
        }
        if let Some(days) = words.working_days {
            row.insert("working_days".into(), days.into());
        }
    }
    Ok(())
}

/// Takes the words of restricted tasks out of a draft's details: that there is one stays.
pub fn hide(details: &mut Map<String, Value>) {
    for row in rows(details).filter(|row| is_marked(row)) {
        row.retain(|name, _| name == "number" || name == "access");
    }
}

/// What is wrong with the restricted tasks of what is handed in: their words stand in what everybody reads, too.
pub fn faults(item: &Item) -> Vec<Fault> {
    let Some(details) = item.details.as_ref().filter(|_| has_marked(item)) else { return Vec::new() };
    let mut details = details.clone();
    let (mut open, mut marked) = (Vec::new(), Vec::new());
    for (at, row) in rows(&mut details.0).enumerate() {
        let words = directive::text(row, "task");
        if is_marked(row) { marked.push((at, key(&words))) } else { open.push(words) }
    }
    let said = item.translations.iter().flat_map(|said| [&said.title, &said.summary, &said.text]);
    let public = [&item.title, &item.summary, &item.body.text].into_iter().chain(&item.title_en);
    let public = public.chain(said).chain(&item.change_note).chain(&open).map(|text| key(text));
    let public: Vec<String> = public.collect();
    let repeated = marked.into_iter().filter(|(_, words)| {
        words.chars().count() > SHORT && public.iter().any(|text| text.contains(words.as_str()))
    });
    let told = repeated.map(|(at, _)| Fault {
        field: format!("details.tasks[{at}].task"),
        vi: "Nhiệm vụ này được đánh dấu hạn chế nhưng nội dung còn nằm trong phần công khai (văn bản, tóm tắt, bản dịch hoặc nhiệm vụ khác). Hãy bỏ ở đó, hoặc bỏ đánh dấu hạn chế.".into(),
        en: "This task is marked as restricted, but its words also stand in what everybody reads (text, summary, translation or another task). Take them out there, or take the mark off.".into(),
    });
    told.collect()
}

fn key(text: &str) -> String {
    fold(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// True if a task of an item is marked as restricted.
fn has_marked(item: &Item) -> bool {
    let rows = item.details.as_ref().and_then(|details| details.0.get("tasks")?.as_array());
    item.kind == network::content::ItemKind::Directive
        && rows.into_iter().flatten().filter_map(Value::as_object).any(is_marked)
}

fn rows(details: &mut Map<String, Value>) -> impl Iterator<Item = &mut Map<String, Value>> {
    let rows = details.get_mut("tasks").and_then(Value::as_array_mut);
    rows.into_iter().flatten().filter_map(Value::as_object_mut)
}

fn too_many(at: usize, count: usize) -> Problem {
    Problem::Invalid(vec![Fault {
        field: format!("details.tasks[{at}].agency"),
        vi: format!(
            "Nhiệm vụ hạn chế này giao cho {count} cơ quan; nhiều nhất là {MOST_READERS}. Hãy chia thành nhiều nhiệm vụ, hoặc bỏ đánh dấu hạn chế."
        ),
        en: format!(
            "This restricted task is given to {count} agencies; at most {MOST_READERS} are possible. Divide it, or take the mark off."
        ),
    }])
}

fn not_opened(at: usize, number: &str) -> Problem {
    Problem::Invalid(vec![Fault {
        field: format!("details.tasks[{at}].task"),
        vi: format!(
            "Khóa nhận thư của cơ quan không mở được nhiệm vụ hạn chế số {number} của lần ban hành đang đứng. Hãy ghi lại nội dung nhiệm vụ (task, agency, due) và bỏ trường sealed; hoặc khôi phục khóa từ bản sao lưu."
        ),
        en: format!(
            "The agency's letter key does not open restricted task {number} of the edition that stands. Write its words again (task, agency, due) without the field sealed, or restore the key from the backup."
        ),
    }])
}
