//! A portal as plain files: for a stick, or a LAN without internet. Everything is read by a browser from `file://`, with or
//! without script; nothing in it asks anybody for anything, and each page says when it was made.
//!
//! What is in it is what stood at one moment (one read transaction): the newest items, and all that is looked up. Beside each
//! lie its proof and the signed original. [`make`] gives the files one by one, the caller keeps them.

pub mod archive;
mod index;
mod item;
mod links;
mod view;

use std::collections::{BTreeSet, HashMap};
use std::fs::File;
use std::io::{BufWriter, Seek};

use askama::Template;
use jiff::civil::Date;
use network::names::ContentHash;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use self::archive::Archive;
use self::index::Index;
use self::view::{Find, Frame, Home, How, List, Numbers};
use crate::agencies::{self, Portal};
use crate::app::App;
use crate::clock::instant;
use crate::items::store::{self, Filter, Standing};
use crate::items::view::Kind;
use crate::items::{State, kinds};
use crate::problem::Problem;
use crate::words::{Lang, date};

/// Items of the first page.
const NEWEST: usize = 30;
/// Items of one kind that is looked up.
const LOOKED_UP: i64 = 5_000;

/// What a copy is asked for.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The language of what stands around the items.
    pub lang: Lang,
    /// How many of the newest items.
    pub items: u32,
    /// The largest file that is taken, in bytes.
    pub per_file: u64,
    /// All files together, in bytes.
    pub files: u64,
}

/// A file of the copy: its path, its bytes.
pub type Given = (String, Vec<u8>);

/// What a copy came to hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// Items that are news.
    pub items: usize,
    /// Procedures and whatever else is looked up.
    pub looked_up: usize,
    /// Files of items.
    pub files: usize,
    /// Files that were too heavy.
    pub left_out: usize,
}

/// An item in a list.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its title.
    pub title: String,
    /// The title's language.
    pub lang: String,
    /// Its page, from the first page on.
    pub href: String,
    /// What it is, its number, its day, who says it.
    pub says: String,
    /// Its number; empty if it has none.
    pub number: String,
    /// Its day.
    pub day: Date,
    /// Its kind.
    pub kind: Kind,
    /// The field of a procedure.
    pub field: String,
}

/// A copy being made.
struct Maker<'a> {
    app: &'a App,
    ask: &'a Ask,
    frame: Frame,
    /// Where items of the copy are found: by their names in addresses, by the keys of their numbers.
    references: BTreeSet<String>,
    numbers: HashMap<String, String>,
    /// Files that lie in the copy already, and where.
    files: HashMap<ContentHash, Option<String>>,
    room: u64,
    index: Index,
    made: Made,
    give: mpsc::Sender<Given>,
}

/// Gives the files of a portal's copy, one by one; what it holds. Who no longer takes them ends it.
///
/// # Errors
/// The database's, or a damaged piece of content.
pub async fn make(app: &App, portal: &Portal, ask: &Ask, give: mpsc::Sender<Given>) -> Result<Made, Problem> {
    let mut conn = app.db.read().await?;
    let conn = &mut conn;
    let list = |kind: Option<String>, most| Filter { news: kind.is_none(), kind, most, ..Filter::default() };
    let newest = list(None, i64::from(ask.items));
    let mut items = store::list(conn, &portal.domain, portal.log, &newest).await?;
    for kind in kinds::all().iter().filter(|kind| kind.reference) {
        let looked_up = list(Some(kind.id.clone()), LOOKED_UP);
        items.extend(store::list(conn, &portal.domain, portal.log, &looked_up).await?);
    }
    // Whose text has not come yet has no page to lead to.
    items.retain(|item| item.state == State::Standing && item.content.is_some());
    let directory = app.directory.load_full();
    let mut maker = Maker {
        app,
        ask,
        frame: Frame {
            lang: ask.lang,
            up: "",
            title: None,
            portal: agencies::name(directory.agency(&portal.origin), ask.lang, &portal.domain),
            made: app.clock.now(),
            heard: app.status.load().synced.map(instant),
            sample: app.config.demo || app.config.rehearsal,
        },
        references: items.iter().map(|item| item.reference().to_string()).collect(),
        numbers: numbers(&items),
        files: HashMap::new(),
        room: ask.files,
        index: Index::default(),
        made: Made::default(),
        give,
    };
    let mut lines = Vec::with_capacity(items.len());
    for item in &items {
        lines.extend(maker.item(conn, item).await?);
    }
    maker.pages(portal, lines).await?;
    Ok(maker.made)
}

/// Where documents are found by the keys of their numbers; of two with one number the newer.
fn numbers(items: &[Standing]) -> HashMap<String, String> {
    let mut found = HashMap::new();
    for item in items.iter().filter(|item| crate::documents::is_document(&item.kind)) {
        let number =
            item.card.number.as_ref().and_then(|n| n.parse::<vietnam::number::DocumentNumber>().ok());
        if let Some(number) = number {
            found.entry(number.key()).or_insert_with(|| item.reference().to_string());
        }
    }
    found
}

/// The copy as one ZIP archive in a file of its own that has no name; what it holds, and its bytes.
///
/// # Errors
/// As for [`make`]; the disk's.
pub async fn packed(app: &App, portal: &Portal, ask: &Ask) -> Result<(File, Made, u64), Problem> {
    let (give, mut given) = mpsc::channel::<Given>(4);
    let packing = tokio::task::spawn_blocking(move || {
        let mut archive = Archive::new(BufWriter::new(tempfile::tempfile()?));
        while let Some((path, bytes)) = given.blocking_recv() {
            archive.add(&path, &bytes)?;
        }
        let (out, length) = archive.end()?;
        let mut file = out.into_inner()?;
        file.rewind()?;
        anyhow::Ok((file, length))
    });
    let made = make(app, portal, ask, give).await;
    // Where packing failed, that is why nobody took the rest.
    let (file, length) = packing.await.map_err(anyhow::Error::from)??;
    Ok((file, made?, length))
}

impl Maker<'_> {
    async fn gives(&self, path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Result<(), Problem> {
        let given = self.give.send((path.into(), bytes.into())).await;
        given.map_err(|_| Problem::Ours(anyhow::anyhow!("nobody takes the copy any more")))
    }

    async fn page(&self, path: &str, page: &impl Template) -> Result<(), Problem> {
        self.gives(path, page.render().map_err(anyhow::Error::from)?).await
    }

    /// The pages that lead to items, and what they need.
    async fn pages(&mut self, portal: &Portal, lines: Vec<Line>) -> Result<(), Problem> {
        let (o, frame) = (self.ask.lang.offline(), self.frame.clone());
        let is_news = |line: &&Line| !matches!(line.kind, Kind::Known(kind) if kind.reference);
        let news: Vec<Line> = lines.iter().filter(is_news).cloned().collect();
        let is_procedure = |line: &&Line| line.kind == Kind::of("procedure");
        self.page(
            "index.html",
            &Home { frame: frame.clone(), newest: news.iter().take(NEWEST).cloned().collect() },
        )
        .await?;
        let mut by_day: Vec<Line> = news.clone();
        by_day.sort_by_key(|line| std::cmp::Reverse(line.day));
        let days = grouped(&by_day, |line| date::long_date(frame.lang, line.day));
        let list = |title: &str, groups, jumps| List { frame: frame.of("", title), groups, jumps };
        self.page("ngay.html", &list(o.by_day, days, false)).await?;
        let mut by_kind: Vec<Line> = lines.iter().filter(|line| !is_procedure(line)).cloned().collect();
        // In the order in which other lists have them.
        by_kind.sort_by_key(|line| Kind::all().position(|kind| kind == line.kind));
        let by_kind = grouped(&by_kind, |line| line.kind.label(frame.lang).to_owned());
        self.page("loai.html", &list(o.by_kind, by_kind, true)).await?;
        let mut numbered: Vec<Line> = lines.iter().filter(|line| !line.number.is_empty()).cloned().collect();
        numbered.sort_by(|a, b| {
            let place = |line: &Line| (std::cmp::Reverse(line.day.year()), serial(&line.number));
            place(a).cmp(&place(b)).then_with(|| a.number.cmp(&b.number))
        });
        let years = grouped(&numbered, |line| line.day.year().to_string());
        self.page("so.html", &Numbers { frame: frame.of("", o.by_number), years }).await?;
        let mut procedures: Vec<Line> = lines.iter().filter(is_procedure).cloned().collect();
        procedures.sort_by(|a, b| {
            (a.field.is_empty(), &a.field, &a.title).cmp(&(b.field.is_empty(), &b.field, &b.title))
        });
        let fields = grouped(&procedures, |line| match line.field.is_empty() {
            true => o.field_other.to_owned(),
            false => line.field.clone(),
        });
        self.page("thu-tuc.html", &list(o.procedures, fields, true)).await?;
        self.page("tim.html", &Find { frame: frame.of("", o.find) }).await?;
        self.gives("chi-muc.js", self.index.script()).await?;
        let Made { items, looked_up, files, left_out } = self.made;
        let how = How {
            frame: frame.of("", o.how_title),
            domain: portal.domain.to_string(),
            counts: [items, looked_up, files, left_out],
            root: self.app.root_fingerprint.clone(),
        };
        self.page("kiem-chung.html", &how).await?;
        self.gives("root.note", self.app.root.note().to_string()).await?;
        self.gives("ban-sao.css", include_str!("../../../assets/copy.css")).await?;
        self.gives("ban-sao.js", include_str!("../../../assets/copy.js")).await
    }
}

/// Neighbours of one name together, in their order.
fn grouped(lines: &[Line], name: impl Fn(&Line) -> String) -> Vec<(String, Vec<Line>)> {
    let mut groups: Vec<(String, Vec<Line>)> = Vec::new();
    for line in lines {
        let name = name(line);
        match groups.last_mut().filter(|(last, _)| *last == name) {
            Some((_, lines)) => lines.push(line.clone()),
            None => groups.push((name, vec![line.clone()])),
        }
    }
    groups
}

/// The serial of a number, to sort by.
fn serial(number: &str) -> u32 {
    let digits = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    number[..digits].parse().unwrap_or(0)
}

/// A line for the tests of lists.
#[cfg(test)]
pub(crate) fn sample() -> Line {
    Line {
        title: String::new(),
        lang: "vi".to_owned(),
        href: String::new(),
        says: String::new(),
        number: String::new(),
        day: Date::default(),
        kind: Kind::Other,
        field: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_of_one_name_stand_together() {
        let line = |number: &str| Line { number: number.to_owned(), ..sample() };
        let lines = ["a", "a", "b", "a"].map(line);
        let groups = grouped(&lines, |line| line.number.clone());
        assert_eq!(
            groups.iter().map(|(name, lines)| (name.as_str(), lines.len())).collect::<Vec<_>>(),
            [("a", 2), ("b", 1), ("a", 1)]
        );
    }

    #[test]
    fn numbers_are_sorted_by_their_serial() {
        assert_eq!(["42/2022/NĐ-CP", "9-NQ/TW", "", "x"].map(serial), [42, 9, 0, 0]);
    }
}
