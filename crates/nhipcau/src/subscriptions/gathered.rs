//! What a mail or a notice tells of items, as they stand when it leaves.

use sqlx::FromRow;

use crate::app::App;
use crate::db::Conn;
use crate::items::State;
use crate::items::pages::{label, publisher, title};
use crate::items::store::{Row, Standing};
use crate::items::view::Kind;
use crate::problem::Problem;
use crate::words::Lang;
use crate::{all, one};

/// Items that one mail tells; more are counted.
pub const MOST: i64 = 50;
/// Characters of a paragraph.
const PARAGRAPH: usize = 500;

/// One item as it is told.
pub struct Told {
    /// What has become of it, if it was sent before.
    pub what: Option<String>,
    /// Its title; what is erased has none.
    pub title: String,
    /// What there is to say of it, in one paragraph.
    pub paragraph: String,
    /// Its path in the language of the reader.
    pub path: String,
    /// The path of its proof.
    pub proof: String,
    /// Who published it.
    pub by: String,
    /// The number of its entry.
    pub entry: u64,
    /// The log of that entry.
    pub log: String,
}

/// What is told at once.
pub struct Gathered {
    /// The first of the items.
    pub items: Vec<Told>,
    /// How many there are.
    pub total: usize,
}

#[derive(FromRow)]
struct Pointer {
    #[sqlx(flatten)]
    row: Row,
    again: i64,
}

impl Gathered {
    /// What one mailing tells: items that still look as when it was gathered. What has changed since is told by another.
    ///
    /// # Errors
    /// The database's.
    pub async fn of(app: &App, conn: &mut Conn, mailing: &str, lang: Lang) -> Result<Gathered, Problem> {
        let (total,) = one!(
            conn,
            (i64,),
            "SELECT COUNT(*) FROM telling t JOIN item i ON i.log = t.log AND i.item = t.item
             WHERE t.mailing = $1 AND i.state = t.state",
            mailing.to_owned()
        )?;
        let rows = all!(
            conn,
            Pointer,
            "SELECT i.log, l.origin, i.item, i.state, i.edition, i.shown, i.idx, i.first_idx, i.issued, i.changed,
                    i.urgent, i.sha256, i.note, i.kind, i.card, e.change, t.again
             FROM telling t JOIN item i ON i.log = t.log AND i.item = t.item JOIN log l ON l.id = i.log
             LEFT JOIN edition e ON e.log = i.log AND e.item = i.item AND e.edition = i.shown
             WHERE t.mailing = $1 AND i.state = t.state ORDER BY t.again DESC, t.at, t.item LIMIT $2",
            mailing.to_owned(),
            MOST
        )?;
        let told = |pointer: Pointer| Ok(told(app, &pointer.row.try_into()?, pointer.again != 0, lang));
        let items = rows.into_iter().map(told).collect::<anyhow::Result<Vec<Told>>>()?;
        Ok(Gathered { items, total: usize::try_from(total).unwrap_or_default() })
    }

    /// True if anything of it was told before and is told again because it changed.
    pub fn again(&self) -> bool {
        self.items.iter().any(|item| item.what.is_some())
    }
}

fn told(app: &App, item: &Standing, again: bool, lang: Lang) -> Told {
    let w = lang.subscription();
    let reference = item.reference().to_string();
    let what = match (item.state, item.change.as_str()) {
        (State::Standing, _) if !again => None,
        (State::Standing, "correct") => Some(w.mail_corrected),
        (State::Standing, _) => Some(w.mail_updated),
        (State::Withdrawn | State::Gone, _) => Some(w.mail_withdrawn),
        (State::Erased, _) => Some(w.mail_erased),
    };
    let said = match item.state {
        // What the law has ordered removed is not repeated.
        State::Erased => w.mail_erased_title.to_owned(),
        _ => title(&item.card, lang).text,
    };
    let paragraph = match item.state {
        State::Standing if item.card.summary.is_empty() => {
            let kind = Kind::of(&item.kind).label(lang);
            let named = label(&item.card, lang);
            if named == said { kind.to_owned() } else { format!("{kind}: {named}") }
        }
        State::Standing => short(&item.card.summary, PARAGRAPH),
        State::Withdrawn => w.mail_withdrawn_says.to_owned(),
        State::Gone => w.mail_gone_says.to_owned(),
        State::Erased => w.mail_erased_says.to_owned(),
    };
    Told {
        what: what.map(str::to_owned),
        title: said,
        paragraph,
        path: lang.path(&format!("/muc/{reference}")),
        proof: format!("/proof/{reference}"),
        by: publisher(app, item, lang),
        entry: item.index,
        log: item.origin.to_string(),
    }
}

/// The beginning of a text of at most so many characters, in one paragraph.
pub fn short(text: &str, most: usize) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", &words[..at]),
        None => words,
    }
}
