//! The daily digest: what a portal issued on a day, by kind, each with its link, as a draft that an editor goes over.

use jiff::civil::Date;
use sqlx::FromRow;
use uuid::Uuid;

use super::Card;
use super::draft::Draft;
use super::kinds;
use super::store::Reference;
use crate::all;
use crate::db::Conn;
use crate::problem::Problem;
use crate::words::{Lang, date};

/// Items that a digest takes at most; a day has hundreds in a whole ministry.
const MOST: i64 = 500;
/// Characters of a summary that are told.
const SUMMARY: usize = 300;

/// One item of the day.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its address without the portal: `/muc/<reference>`.
    pub path: String,
    /// The word of its kind.
    pub kind: String,
    /// What lists show of it.
    pub card: Card,
}

#[derive(FromRow)]
struct Row {
    origin: String,
    item: String,
    kind: String,
    card: String,
}

/// What stands of all that a log issued on a day of Viet Nam, in order.
///
/// # Errors
/// The database's.
pub async fn of_day(conn: &mut Conn, log: i64, day: Date) -> anyhow::Result<Vec<Entry>> {
    let start = |day: Date| -> anyhow::Result<i64> {
        Ok(day.to_zoned_datetime(date::zone())?.timestamp().as_microsecond())
    };
    let rows = all!(
        conn,
        Row,
        "SELECT l.origin, i.item, i.kind, i.card FROM item i JOIN log l ON l.id = i.log
         WHERE i.log = $1 AND i.state = 'standing' AND i.shown > 0 AND i.issued >= $2 AND i.issued < $3
         ORDER BY i.issued, i.item LIMIT $4",
        log,
        start(day)?,
        start(day.tomorrow()?)?,
        MOST
    )?;
    let entry = |row: Row| {
        let reference = Reference::of(&row.origin.parse()?, Uuid::try_parse(&row.item)?);
        let card = serde_json::from_str(&row.card)?;
        Ok(Entry { path: format!("/muc/{reference}"), kind: row.kind, card })
    };
    rows.into_iter().map(entry).collect()
}

/// The digest of what `publisher` issued on a day: its kinds that a digest takes, in their order.
///
/// # Errors
/// Refused if there is nothing to tell.
pub fn digest(publisher: &str, day: Date, entries: &[Entry]) -> Result<Draft, Problem> {
    let mut text = String::new();
    let mut counts = Vec::new();
    for kind in kinds::all().iter().filter(|kind| kind.in_digest) {
        let of_kind: Vec<&Entry> = entries.iter().filter(|entry| entry.kind == kind.id).collect();
        if of_kind.is_empty() {
            continue;
        }
        counts.push(format!("{} {}", of_kind.len(), kind.name.vi.to_lowercase()));
        text.push_str(&format!("## {}\n\n", kind.name.vi));
        of_kind.iter().for_each(|entry| text.push_str(&line(entry)));
        text.push('\n');
    }
    let said = date::date(Lang::Vi, day);
    if counts.is_empty() {
        return Err(Problem::refused(
            format!("Ngày {said} không có mục nào để tổng hợp; hãy chọn ngày khác."),
            format!(
                "Nothing was issued on {} that a digest takes; choose another day.",
                date::date(Lang::En, day)
            ),
        ));
    }
    let details = [("day".to_owned(), day.to_string().into())];
    Ok(Draft {
        kind: "digest".into(),
        title: format!("Chỉ đạo, điều hành của {publisher} ngày {said}").chars().take(500).collect(),
        summary: format!("Trong ngày {said}, {publisher} đăng {}.", counts.join(", ")),
        text: text.trim_end().to_owned(),
        details: details.into_iter().collect(),
        ..Draft::default()
    })
}

/// `- [Công điện 46/CĐ-TTg: ứng phó mưa lũ](/muc/…)`, and the summary under it.
fn line(entry: &Entry) -> String {
    let Card { title, number, form, summary, .. } = &entry.card;
    let name = match (form, number) {
        (Some(form), Some(number)) => format!("{form} {number}: {title}"),
        (None, Some(number)) => format!("{number}: {title}"),
        _ => title.clone(),
    };
    let mut line = format!("- [{}]({})\n", plain(&name), entry.path);
    if !summary.is_empty() && summary != title {
        let mut said: String = summary.chars().take(SUMMARY).collect();
        if said.len() < summary.len() {
            said.push('…');
        }
        line.push_str(&format!("\n  {}\n\n", plain(&said)));
    }
    line
}

/// A text in which Markdown reads no marks, on one line.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_control() => plain.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '#' | '|' | '~' => plain.extend(['\\', c]),
            c => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::civil::date;
    use network::content::{Body, Format, Layer};

    use super::*;

    fn entry(kind: &str, title: &str, number: Option<&str>) -> Entry {
        let card = Card {
            title: title.into(),
            number: number.map(str::to_owned),
            form: number.map(|_| "Công điện".into()),
            ..Card::default()
        };
        Entry { path: format!("/muc/{title}"), kind: kind.into(), card }
    }

    #[test]
    fn a_day_is_told_by_kind_with_a_link_to_each_item() {
        let mut news = entry("news", "tin", None);
        news.card.summary = "x".repeat(400);
        let day = [news, entry("directive", "mưa-lũ", Some("46/CĐ-TTg")), entry("calendar", "lịch", None)];
        let draft = digest("Chính phủ", date(2026, 11, 25), &day).unwrap();
        assert_eq!(draft.title, "Chỉ đạo, điều hành của Chính phủ ngày 25/11/2026");
        assert_eq!(draft.summary, "Trong ngày 25/11/2026, Chính phủ đăng 1 văn bản chỉ đạo, 1 tin, bài.");
        let due = "## Văn bản chỉ đạo\n\n- [Công điện 46/CĐ-TTg: mưa-lũ](/muc/mưa-lũ)\n\n## Tin, bài\n\n- [tin](/muc/tin)\n";
        assert!(draft.text.starts_with(due), "{}", draft.text);
        assert!(draft.text.ends_with("x…") && !draft.text.contains("lịch"));
        assert!(draft.check(Uuid::nil(), 1, [0; 16], date(2026, 11, 26)).is_ok());
        assert!(digest("Chính phủ", date(2026, 11, 25), &day[2..]).is_err());
    }

    #[test]
    fn a_title_stays_a_title() {
        let evil = entry("news", "](https://x) <script> *a* & `b` #1", None);
        let draft = digest("xã", date(2026, 11, 25), &[Entry { path: "/muc/1".into(), ..evil }]).unwrap();
        let body = Body { format: Format::Markdown, text: draft.text, layer: Layer::Official };
        let html = super::super::body::render(&body).html;
        assert!(html.contains("](https://x) &lt;script&gt; *a* &amp; `b` #1</a>"), "{html}");
        assert_eq!(html.matches("<a ").count(), 1, "{html}");
    }
}
