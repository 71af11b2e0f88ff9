//! What a page says of an item: shown, an earlier edition, altered, missing; or of one that no longer stands, that it is gone or still there.
//! Facts in, one verdict out.

use super::page::{Page, lines, plainly};

/// Of one edition so many lines are looked for that are not there.
const MISSES: usize = 50;
/// By these words a page says that what stood there was taken away.
const GONE: [&str; 8] =
    ["đã gỡ", "đã được gỡ", "đã xóa", "đã được xóa", "thu hồi", "không còn", "không tìm thấy", "not found"];

/// What was seen of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// It was not looked at yet.
    Unseen,
    /// The newest edition stands there.
    Shown,
    /// It no longer stands, and it is not there.
    Absent,
    /// An earlier edition stands there.
    Old,
    /// It stands there, and says something else than any edition.
    Altered,
    /// It is not there.
    Missing,
    /// It no longer stands, and it is still there.
    Lingers,
}

impl Verdict {
    /// All of them, the worst last.
    pub const ALL: [Verdict; 7] = [
        Verdict::Unseen,
        Verdict::Shown,
        Verdict::Absent,
        Verdict::Old,
        Verdict::Altered,
        Verdict::Missing,
        Verdict::Lingers,
    ];

    /// The word that is stored and told.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Unseen => "unseen",
            Verdict::Shown => "shown",
            Verdict::Absent => "absent",
            Verdict::Old => "old",
            Verdict::Altered => "altered",
            Verdict::Missing => "missing",
            Verdict::Lingers => "lingers",
        }
    }

    /// That of a word.
    pub fn of(word: &str) -> Option<Verdict> {
        Verdict::ALL.into_iter().find(|verdict| verdict.word() == word)
    }

    /// True if it stands otherwise than it should.
    pub fn drifts(self) -> bool {
        matches!(self, Verdict::Old | Verdict::Altered | Verdict::Missing | Verdict::Lingers)
    }
}

/// An edition as it is looked for.
#[derive(Clone, Debug)]
pub struct Said {
    /// Counts from 1.
    pub edition: i64,
    title: String,
    lines: Vec<String>,
}

impl Said {
    /// An edition by its title and its text as HTML.
    pub fn of(edition: i64, title: &str, html: &str) -> Said {
        let lines = lines(html).iter().map(|line| plainly(line)).filter(|line| !line.is_empty()).collect();
        Said { edition, title: plainly(title).to_lowercase(), lines }
    }

    fn weight(&self) -> usize {
        self.lines.iter().map(String::len).sum()
    }
}

/// What stands at the address.
pub enum Seen<'a> {
    /// Nothing: 404 or 410, or no such address in what the site lists.
    Nothing,
    /// A page.
    Page(&'a Page),
}

/// How far a page is an edition.
struct Fit {
    title: bool,
    found: usize,
    of: usize,
    /// True if all of it stands there in its order, and nothing else where the page marks it.
    whole: bool,
}

/// A page in the form in which it is compared: all of it, and where the item's text must stand.
struct Compared {
    all: String,
    text: String,
    marked: bool,
}

impl Compared {
    fn of(page: &Page) -> Compared {
        let spaced = |lines: &[String]| format!(" {} ", plainly(&lines.join(" ")));
        let all = spaced(&page.lines);
        let text = page.marked().map_or_else(|| all.clone(), spaced);
        Compared { all: all.to_lowercase(), text, marked: page.marked().is_some() }
    }

    /// How far an edition stands there: its lines one after the other, whatever the site has put between them.
    fn fit(&self, said: &Said) -> Fit {
        let (mut at, mut found, mut missed) = (0, 0, 0);
        for line in &said.lines {
            match self.text.get(at..).and_then(|rest| rest.find(&format!(" {line} "))) {
                // The space behind a line may be the one before the next.
                Some(begins) => (at, found) = (at + begins + line.len() + 1, found + 1),
                None => missed += 1,
            }
            if missed == MISSES {
                break;
            }
        }
        let words = |text: &str| text.split(' ').filter(|word| !word.is_empty()).count();
        let alone =
            !self.marked || words(&self.text) == said.lines.iter().map(|line| words(line)).sum::<usize>();
        let title = !said.title.is_empty() && self.all.contains(&said.title);
        Fit { title, found, of: said.lines.len(), whole: title && found == said.lines.len() && alone }
    }
}

/// What is seen of an item: `editions` are those whose text is known, the newest first.
pub fn judge(stands: bool, editions: &[Said], seen: &Seen<'_>) -> Verdict {
    let page = match seen {
        Seen::Nothing if stands => return Verdict::Missing,
        Seen::Nothing => return Verdict::Absent,
        Seen::Page(page) => page,
    };
    let compared = Compared::of(page);
    let fits: Vec<(&Said, Fit)> = editions.iter().map(|said| (said, compared.fit(said))).collect();
    if !stands {
        let much = |fit: &Fit| fit.title && fit.of == 0 || fit.of > 0 && fit.found * 2 >= fit.of;
        let there = match fits.is_empty() {
            // What was erased is known to nobody any more: the page must say so itself.
            true => !GONE.iter().any(|words| compared.all.contains(words)),
            false => fits.iter().any(|(_, fit)| much(fit)),
        };
        return if page.marked().is_some() || there { Verdict::Lingers } else { Verdict::Absent };
    }
    // An edition that says less stands within one that says more; of two the same, the newest.
    let whole =
        fits.iter().filter(|(_, fit)| fit.whole).max_by_key(|(said, _)| (said.weight(), said.edition));
    match whole {
        Some((said, _)) if editions.first().is_some_and(|newest| newest.edition == said.edition) => {
            Verdict::Shown
        }
        Some(_) => Verdict::Old,
        None if page.edition.is_some() => Verdict::Altered,
        None if fits.iter().any(|(_, fit)| fit.title || fit.of > 0 && fit.found * 5 >= fit.of) => {
            Verdict::Altered
        }
        None => Verdict::Missing,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::page::MARK;
    use super::*;

    const ID: Uuid = Uuid::from_u128(7);

    fn editions() -> [Said; 2] {
        [
            Said::of(2, "Lịch cắt điện", "<p>Ngày 28, từ 8 giờ.</p><p>Gọi 1900.</p>"),
            Said::of(1, "Lịch cắt điện", "<p>Ngày 27, từ 8 giờ.</p><p>Gọi 1900.</p>"),
        ]
    }

    fn seen(stands: bool, html: &str) -> Verdict {
        judge(stands, &editions(), &Seen::Page(&Page::read(html, ID)))
    }

    #[test]
    fn each_page_has_its_verdict() {
        let page = |text: &str| {
            format!("<title>Sở</title><nav>Trang chủ</nav><article><h1>LỊCH CẮT ĐIỆN</h1>{text}</article>")
        };
        let shown = "Ngày\n 28,\u{a0}từ <b>8 giờ</b>.<div>Chia sẻ</div><p>Gọi 1900.</p>";
        assert_eq!(seen(true, &page(shown)), Verdict::Shown, "what a site puts between lines is its own");
        assert_eq!(seen(true, &page("<p>Ngày 27, từ 8 giờ.</p><p>Gọi 1900.</p>")), Verdict::Old);
        assert_eq!(seen(true, &page("<p>Ngày 29, từ 8 giờ.</p><p>Gọi 1900.</p>")), Verdict::Altered);
        assert_eq!(
            seen(true, &page("<p>Gọi 1900.</p><p>Ngày 28, từ 8 giờ.</p>")),
            Verdict::Altered,
            "in another order"
        );
        assert_eq!(seen(true, "<h1>Tin khác</h1><p>Không liên quan.</p>"), Verdict::Missing);
        assert_eq!(judge(true, &editions(), &Seen::Nothing), Verdict::Missing);
    }

    #[test]
    fn where_the_text_is_marked_nothing_may_be_added() {
        let page = |text: &str| {
            format!(
                "<h1>Lịch cắt điện</h1><div {MARK}='{ID} 2'><p>Ngày 28, từ 8 giờ.</p><p>Gọi 1900.</p>{text}</div><p>Chia sẻ"
            )
        };
        assert_eq!(seen(true, &page("")), Verdict::Shown);
        assert_eq!(seen(true, &page("<p>Đã hoãn.</p>")), Verdict::Altered);
        assert_eq!(seen(false, &page("")), Verdict::Lingers);
    }

    #[test]
    fn what_was_withdrawn_must_be_gone_and_a_word_that_it_is_may_stay() {
        assert_eq!(judge(false, &editions(), &Seen::Nothing), Verdict::Absent);
        assert_eq!(seen(false, "<h1>Đã gỡ: Lịch cắt điện</h1><p>Theo yêu cầu.</p>"), Verdict::Absent);
        assert_eq!(seen(false, "<h1>Lịch cắt điện</h1><p>Ngày 27, từ 8 giờ.</p>"), Verdict::Lingers);
        // Of an erased one no text is known.
        let erased = |html: &str| judge(false, &[], &Seen::Page(&Page::read(html, ID)));
        assert_eq!(erased("<h1>Nội dung đã được xóa</h1>"), Verdict::Absent);
        assert_eq!(erased("<h1>Chuyện của ông A</h1>"), Verdict::Lingers);
    }

    #[test]
    fn an_edition_that_was_shortened_is_not_taken_for_the_longer_one() {
        let editions = [
            Said::of(2, "Phí", "<p>Phí là 5 đồng.</p>"),
            Said::of(1, "Phí", "<p>Phí là 5 đồng.</p><p>Từ mai.</p>"),
        ];
        let page = |html: &str| judge(true, &editions, &Seen::Page(&Page::read(html, ID)));
        assert_eq!(page("<h1>Phí</h1><p>Phí là 5 đồng.</p><p>Từ mai.</p>"), Verdict::Old);
        assert_eq!(page("<h1>Phí</h1><p>Phí là 5 đồng.</p>"), Verdict::Shown);
    }
}
