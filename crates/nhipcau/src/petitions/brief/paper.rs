//! A brief as an official paper, in Vietnamese, in the form of Decree 30/2020/NĐ-CP.

use jiff::civil::Date;
use network::directory::Directory;
use network::names::Origin;
use papers::{Block, Paper, Run, Signer, Table};

use super::figures::{Brief, Recommended};
use super::{HOME, Term};
use crate::agencies;
use crate::petitions::DESK;
use crate::petitions::public::{LEAST, is_small, published};
use crate::petitions::recommend::LEVELS;
use crate::petitions::rules::Kind;
use crate::problem::Problem;
use crate::words::{BriefWords, Lang, date, number};

/// Where an officer writes in what this software does not know: spaces that stay.
pub const BLANK: &str = "\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}";

/// The agency above, as a paper names it; empty if there is none.
pub fn above(directory: &Directory, origin: &Origin) -> String {
    let above = directory.ancestors(origin).next();
    above.map(|agency| agencies::name(Some(agency), Lang::Vi, "")).unwrap_or_default()
}

/// A paper as `pdf` or `docx`; nothing for any other word.
///
/// # Errors
/// It cannot be set.
pub fn bytes(paper: &Paper, form: &str) -> Result<Option<Vec<u8>>, Problem> {
    let set = match form {
        "pdf" => papers::pdf(paper).map_err(anyhow::Error::from)?,
        "docx" => papers::docx(paper).map_err(anyhow::Error::from)?,
        _ => return Ok(None),
    };
    Ok(Some(set))
}

/// What stands around the figures.
pub struct Around<'a> {
    /// The agency above; empty if there is none.
    pub above: &'a str,
    /// Who approved it and on which day; a draft without.
    pub approved: Option<(&'a str, Date)>,
    /// The day on which a draft is made.
    pub today: Date,
    /// The portal's address, for what leads there.
    pub home: &'a str,
    /// True for readers: small counts are not told, and no single case.
    pub public: bool,
}

/// A count, as it may be told.
pub fn told(count: i64, public: bool) -> String {
    if public && is_small(count) {
        return published(count);
    }
    number::whole(Lang::Vi, count.unsigned_abs())
}

/// A share of a whole in per cent with one decimal; nothing of nothing, and nothing of few where all may read it.
pub fn share(part: i64, whole: i64, public: bool) -> Option<String> {
    let few = public && (whole < LEAST || is_small(part) || is_small(whole - part));
    let tenths = u64::try_from(part.checked_mul(1000)?.checked_div(whole)?).ok()?;
    (!few).then(|| format!("{} %", number::tenths(Lang::Vi, tenths)))
}

/// Sets a brief.
pub fn of(brief: &Brief, week: Term, around: &Around<'_>) -> Paper {
    let w: &BriefWords = Lang::Vi.brief();
    let (from, until) = week.days();
    let day = |day: Date| date::date(Lang::Vi, day);
    let (_, in_year) = week.numbers();
    let about = match week {
        Term::Week(_) => w.about(in_year, until.year(), day(from), day(until)),
        Term::Quarter(..) => w.about_quarter(in_year, until.year(), day(from), day(until)),
    };
    let place_and_day = match around.approved {
        Some((_, on)) => w.on_day(on.day(), on.month(), on.year()),
        None => w.on_day(BLANK, BLANK, around.today.year()),
    };
    let mut recipients = vec![w.to.to_owned()];
    if !around.above.is_empty() {
        recipients.push(w.to_above(around.above));
    }
    recipients.push(w.to_archive.to_owned());
    Paper {
        lang: "vi".into(),
        name: about.clone(),
        nation: [w.nation.to_owned(), w.motto.to_owned()],
        above: around.above.to_uppercase(),
        agency: brief.agency.to_uppercase(),
        number: w.number(BLANK),
        place_and_day,
        mark: if around.approved.is_some() { String::new() } else { w.draft.to_owned() },
        kind: w.kind.to_owned(),
        about,
        blocks: blocks(brief, week, around, w),
        signer: Some(match around.approved {
            Some((name, on)) => Signer {
                capacity: w.approver.to_owned(),
                says: w.approved_says(day(on)),
                name: name.to_owned(),
            },
            None => Signer { capacity: w.signer.to_owned(), ..Signer::default() },
        }),
        recipients,
        foot: if around.approved.is_some() {
            w.foot(format!("{}{HOME}/{week}", around.home))
        } else {
            String::new()
        },
    }
}

/// What a level is called.
pub fn level(word: &str) -> &'static str {
    LEVELS.into_iter().find(|level| level.id() == word).map_or("", |level| level.name())
}

/// What to know of figures of other nodes, in sentences; nothing where none are counted.
pub fn elsewhere(brief: &Brief, lang: Lang) -> Vec<String> {
    let w = lang.brief();
    let mut said = Vec::new();
    if brief.elsewhere > 0 {
        said.push(w.elsewhere(brief.elsewhere));
    }
    for behind in &brief.behind {
        said.push(match behind.since.parse() {
            Ok(day) => w.behind(&behind.node, behind.agencies, date::date(lang, day)),
            Err(_) => w.behind_never(&behind.node, behind.agencies),
        });
    }
    if brief.behind_more > 0 {
        said.push(w.behind_more(brief.behind_more));
    }
    if brief.waiting > 0 {
        said.push(w.waiting(brief.waiting));
    }
    said
}

fn blocks(brief: &Brief, week: Term, around: &Around<'_>, w: &BriefWords) -> Vec<Block> {
    let term = if week.is_week() { w.term_week } else { w.term_quarter };
    let public = around.public;
    let (c, told) = (brief.counts, |count| told(count, public));
    let mut out = vec![Block::Heading(w.part_all.to_owned())];
    let mut all = vec![
        Run::plain(w.all_says(term, told(brief.agencies), told(c.received), told(c.answered))),
        Run::plain(" "),
    ];
    all.push(Run::bold(match share(c.in_time, c.answered, public) {
        Some(share) => w.in_time_share(told(c.in_time), share),
        None => w.in_time_only(told(c.in_time)),
    }));
    all.push(Run::plain(format!(" {}", w.open_says(term, told(c.open), told(c.overdue)))));
    out.push(Block::Text(all));
    out.push(Block::Text(vec![Run::plain(w.rated_says(term, told(c.yes), told(c.partly), told(c.no)))]));
    out.extend(elsewhere(brief, Lang::Vi).into_iter().map(|said| Block::Text(vec![Run::plain(said)])));
    out.push(Block::Heading(w.part_kinds.to_owned()));
    if brief.kinds.is_empty() {
        out.push(Block::Text(vec![Run::plain(w.kinds_none(term))]));
    }
    for (sort, many) in &brief.kinds {
        out.push(Block::Item(vec![Run::plain(w.kind_line(Kind::name_of(sort, Lang::Vi), told(*many)))]));
    }
    out.push(Block::Heading(w.part_late.to_owned()));
    if brief.late.is_empty() {
        out.push(Block::Text(vec![Run::plain(w.late_none)]));
    } else {
        out.push(Block::Table(Table {
            head: [w.col_agency, w.col_overdue, w.col_days].map(str::to_owned).into(),
            parts: vec![5, 2, 2],
            numbers: vec![false, true, true],
            rows: brief
                .late
                .iter()
                .map(|late| vec![late.agency.clone(), told(late.overdue), late.days.to_string()])
                .collect(),
        }));
    }
    if !brief.recommended.is_empty() {
        out.push(Block::Heading(w.part_recommended.to_owned()));
        let row = |sum: &Recommended| {
            vec![level(&sum.level).to_owned(), told(sum.filed), told(sum.answered), told(sum.open)]
        };
        out.push(Block::Table(Table {
            head: [w.col_level, w.col_filed, w.col_answered, w.col_open].map(str::to_owned).into(),
            parts: vec![4, 2, 2, 2],
            numbers: vec![false, true, true, true],
            rows: brief.recommended.iter().map(row).collect(),
        }));
    }
    if !public {
        out.push(Block::Heading(w.part_urgent.to_owned()));
        if brief.urgent.is_empty() {
            out.push(Block::Text(vec![Run::plain(w.urgent_none)]));
        }
        for urgent in &brief.urgent {
            let due: Option<Date> = urgent.due.parse().ok();
            let due = due.map(|due| date::date(Lang::Vi, due)).unwrap_or_else(|| w.no_due.to_owned());
            let to = format!("{}{DESK}/{}", around.home, urgent.code);
            out.push(Block::Item(vec![
                Run::link(urgent.code.clone(), to),
                Run::plain(w.urgent_line(&urgent.agency, due)),
            ]));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jiff::civil::date;

    use super::*;
    use crate::petitions::brief::far::Behind;
    use crate::petitions::brief::figures::{Counts, Late, Urgent};

    fn brief() -> Brief {
        Brief {
            week: "2026-W48".into(),
            agency: "Tỉnh Lào Cai".into(),
            agencies: 99,
            counts: Counts {
                received: 120,
                answered: 80,
                in_time: 72,
                open: 31,
                overdue: 4,
                yes: 40,
                partly: 3,
                no: 7,
            },
            late: vec![Late { agency: "Xã Mù Cang Chải".into(), overdue: 4, days: 12 }],
            kinds: vec![("phan-anh".into(), 118), ("kien-nghi".into(), 2)],
            urgent: vec![Urgent {
                code: "PAKN.20261126.0001.XE008DC51-0".into(),
                agency: "Xã Mù Cang Chải".into(),
                due: String::new(),
            }],
            recommended: vec![Recommended { level: "central".into(), filed: 6, answered: 2, open: 9 }],
            elsewhere: 12,
            behind: vec![Behind { node: "Bộ Xây dựng".into(), agencies: 1, since: "2026-11-20".into() }],
            behind_more: 0,
            waiting: 0,
        }
    }

    fn words(paper: &Paper) -> String {
        format!("{paper:?}")
    }

    #[test]
    fn a_draft_says_that_it_is_one_and_tells_the_agency_everything() {
        let around = Around {
            above: "Chính phủ",
            approved: None,
            today: date(2026, 11, 30),
            home: "https://laocai.gov.vn",
            public: false,
        };
        let paper = of(&brief(), Term::parse("2026-W48").unwrap(), &around);
        assert_eq!(paper.mark, "DỰ THẢO");
        let said = words(&paper);
        for part in [
            "tuần 48 năm 2026",
            "120",
            "90 %",
            "https://laocai.gov.vn/ban-lam-viec/phan-anh/PAKN.20261126.0001",
            "\"12\"",
            "TỈNH LÀO CAI",
            "CHÍNH PHỦ",
            "Bộ Xây dựng",
            "20/11/2026",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }

    #[test]
    fn readers_get_no_small_count_and_no_single_case() {
        let around = Around {
            above: "",
            approved: Some(("Hà (mẫu)", date(2026, 11, 30))),
            today: date(2026, 12, 5),
            home: "https://laocai.gov.vn",
            public: true,
        };
        let paper = of(&brief(), Term::parse("2026-W48").unwrap(), &around);
        let said = words(&paper);
        assert!(
            paper.mark.is_empty() && said.contains("Hà (mẫu)") && said.contains("ngày 30 tháng 11 năm 2026")
        );
        assert!(!said.contains("PAKN.") && said.contains("<5") && paper.foot.contains("2026-W48"));
        assert_eq!(told(4, true), "<5");
        assert_eq!((share(4, 80, true), share(72, 80, true)), (None, Some("90 %".into())));
        assert_eq!(share(0, 0, false), None);
    }
}
