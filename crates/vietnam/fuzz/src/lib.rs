//! What must hold for any text that the crate may be given. One function per fuzz target; `tests/corpus.rs` of `vietnam`
//! runs them too.

use jiff::civil::date;
use unicode_normalization::UnicodeNormalization;
use vietnam::agencies::{Agencies, AgencyCode, domain_pattern};
use vietnam::documents::{self, Part, RelationWords};
use vietnam::number::{Abbreviations, DocumentNumber, Mentioned, mentions};
use vietnam::plain;
use vietnam::procedures::{self, Channel, Cost, Term, Time};
use vietnam::secret;
use vietnam::text::legacy::{self, Encoding, SAMPLES};
use vietnam::text::{self, nfc, same};
use vietnam::units::{Found, Tables, Units};
use vietnam::working_time::{Calendar, OfficeHours};

/// An agency's code: what is read is canonical.
pub fn agency_code(text: &str) {
    if let Ok(code) = text.parse::<AgencyCode>() {
        assert_eq!(code.as_str().parse::<AgencyCode>().as_ref(), Ok(&code));
    }
}

/// Canonical spelling: twice is once, and no search finds another text.
pub fn canonical(text: &str) {
    let spelled = text::canonical(text);
    assert_eq!(text::canonical(&spelled), spelled);
    assert_eq!(text::slug(&spelled), text::slug(text));
    assert!(same(&spelled, text));
}

/// A domain: a pattern or a fault, whatever it is.
pub fn domain(text: &str) {
    let _ = domain_pattern(text, Units::shipped(), Agencies::shipped(), date(2026, 11, 23));
    let _ = Agencies::shipped().named(text, date(2026, 11, 23));
}

/// Folding: never fails, and twice is once.
pub fn fold(text: &str) {
    let folded = text::fold(text);
    assert_eq!(text::fold(&folded), folded);
    assert_eq!(text::fold(&nfc(text)), folded);
}

/// Text from before Unicode: a reading in NFC, and text that is Unicode already stays.
pub fn legacy_text(bytes: &[u8]) {
    let reading = legacy::read(bytes);
    assert_eq!(nfc(&reading.text), reading.text);
    assert!(reading.confidence <= 100 && reading.samples.len() <= SAMPLES);
    for encoding in [Encoding::Tcvn3, Encoding::Vni, Encoding::Viqr, Encoding::Windows1258, Encoding::Unicode]
    {
        let _ = legacy::read_as(bytes, encoding);
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let unicode = format!("{text} được");
        assert_eq!(legacy::read_text(&unicode).text, nfc(&unicode));
    }
}

/// Names: looking one up never fails, and an answer of several has several.
pub fn name_lookup(text: &str) {
    let units = Units::shipped();
    if let Found::Many(many) = units.commune_named(text) {
        assert!(many.len() > 1);
    }
    if let Found::Many(many) = units.old_commune_named(text) {
        assert!(many.len() > 1);
    }
    let _ = units.province_named(text);
}

/// A document's number: what is read prints, what is printed reads the same, and no normal form matters.
pub fn number(text: &str) {
    let Ok(number) = text.parse::<DocumentNumber>() else { return };
    let printed = number.to_string();
    let again: DocumentNumber = printed.parse().unwrap_or_else(|e| panic!("{printed}: {e}"));
    assert_eq!((&again, again.to_string()), (&number, printed.clone()));
    assert_eq!(printed.nfd().collect::<String>().parse().as_ref(), Ok(&number));
    assert!(!number.tokens().is_empty());
    let known = Abbreviations::shipped();
    let _ = (known.forms_of(&number, None), known.issuers_of(&number, Some(date(2026, 7, 1))));
    let _ = number.unique_key("Chính phủ", "Nghị định", date(2026, 7, 1)).to_string();
}

/// Numbers inside a text: places in order, inside the text, and each found number reads as itself.
pub fn number_in_text(text: &str) {
    let mut end = 0;
    for mention in mentions(text) {
        assert!(mention.range.start >= end && mention.range.start < mention.range.end);
        end = mention.range.end;
        let written = &text[mention.range];
        if let Mentioned::Number(number) = &mention.what {
            assert_eq!(written.parse::<DocumentNumber>().as_ref(), Ok(number));
        }
        assert!(!mention.what.tokens().is_empty());
    }
}

/// The outline of a text: parts stand only in larger ones, and nothing is lost but the words that name the parts.
pub fn outline(text: &str) {
    fn letters(text: &str) -> usize {
        text.chars().filter(|c| c.is_ascii_alphanumeric()).count()
    }
    fn count(part: &Part, parts: &mut usize) -> usize {
        assert!(part.parts.iter().all(|inner| inner.level > part.level));
        *parts += 1;
        let own = part.lines.iter().map(|line| letters(line)).sum::<usize>();
        let inner = part.parts.iter().map(|inner| count(inner, parts)).sum::<usize>();
        own + inner + letters(&part.heading) + letters(&part.number)
    }
    let (outline, mut parts) = (documents::outline(text.lines()), 0);
    let kept = outline.parts.iter().map(|part| count(part, &mut parts)).sum::<usize>()
        + outline.before.iter().map(|line| letters(line)).sum::<usize>();
    assert!(kept <= letters(text) && letters(text) <= kept + parts * "chuong".len());
}

/// Cells of a procedure that ran together: no letter is lost but the names of cells that were understood; a period that was
/// read reads back as itself; broken lines are mended once and for all.
pub fn procedure(text: &str) {
    /// Letters of the longest way, time and fee, and the heads of the table.
    const CELLS: usize = 45;
    const HEADS: usize = 34;
    fn letters(text: &str) -> usize {
        nfc(text).chars().filter(|c| c.is_alphabetic()).count()
    }
    let read = procedures::ways(text);
    let kept = read.ways.iter().map(|way| {
        let time = if let Time::Text(text) = &way.time { letters(text) } else { 0 };
        let cost = if let Cost::Text(text) = &way.cost { letters(text) } else { 0 };
        if let Time::Term(term) = way.time {
            assert_eq!(Term::read(&term.to_string()), Some(term));
        }
        assert_eq!(Channel::of(way.channel.id()), Some(way.channel));
        time + cost + letters(&way.cost_note) + letters(&way.note)
    });
    let kept = letters(&read.rest) + kept.sum::<usize>();
    assert!(kept <= letters(text) && letters(text) <= kept + HEADS + read.ways.len() * CELLS);
    let papers: usize = procedures::papers(text).iter().map(|paper| letters(&paper.name)).sum();
    assert!(papers <= letters(text));
    let mended = procedures::lines(text);
    assert_eq!((procedures::lines(&mended), letters(&mended)), (mended.clone(), letters(text)));
    assert!(procedures::outside_brackets(text).all(|part| !part.is_empty()));
}

/// Marks of secrecy: inside the text; and a line of its own is found wherever it stands.
pub fn secret(text: &str) {
    let found = secret::in_text(text);
    if let Some(mark) = &found {
        assert!(text.get(mark.range.clone()).is_some());
    }
    assert!(secret::in_text(&format!("{text}\n-->\nTUYỆT MẬT\n")).is_some());
    let _ = (secret::in_line(text), secret::in_name(text));
}

/// Plain language: findings in order, inside the text, none empty.
pub fn plain(text: &str) {
    let mut last = 0;
    for finding in plain::check(text, date(2026, 11, 26)) {
        assert!(finding.range.start >= last && finding.range.start < finding.range.end);
        assert!(text.get(finding.range.clone()).is_some());
        assert!(!finding.vi.is_empty() && !finding.en.is_empty());
        last = finding.range.start;
    }
}

/// Texts read aloud: no digit is left, nothing grows without bound.
pub fn spoken(text: &str) {
    let said = vietnam::spoken::spoken(text, date(2026, 11, 26));
    assert!(!said.contains(|c: char| c.is_ascii_digit()), "{said}");
    assert!(said.len() <= text.len() * 60 + 60);
}

/// Slugs and domain labels are safe in an address.
pub fn slug(text: &str) {
    let slug = text::slug(text);
    assert!(slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
    assert!(!slug.starts_with('-') && !slug.ends_with('-') && !slug.contains("--"));
    assert_eq!(text::slug(&slug), slug);
    if let Some(label) = text::label(text) {
        assert!((1..=63).contains(&label.len()) && label.bytes().all(|b| b.is_ascii_alphanumeric()));
    }
}

/// Each of the tables: data or an error, never a panic.
pub fn tables(text: &str) {
    let _ = Agencies::parse(text);
    let _ = Calendar::parse(text);
    let _ = Calendar::shipped().amended(text);
    let _ = OfficeHours::parse(text);
    let _ = RelationWords::parse(text);
    let _ = plain::parse_abbreviations(text);
    let _ = vietnam::spoken::Sayings::parse(text);
    let _ = Abbreviations::parse(text, "code,also,name,from,until,source\n");
    let _ = Abbreviations::parse("code,kind,name,name_en,from,until,legal_basis\n", text);
    let tables = Tables {
        provinces: "code,kind,name,name_en\n04,tinh,Cao Bằng,Cao Bang\n",
        communes: "code,province,kind,name\n01273,04,phuong,Thục Phán\n",
        code_aliases: "alias,code,reason\n",
        old_districts: "code,province_code,province,name\n040,04,Tỉnh Cao Bằng,Thành phố Cao Bằng\n",
        old_communes: "code,district,name,successors\n",
    };
    let _ = Units::parse(&Tables { provinces: text, ..tables });
    let _ = Units::parse(&Tables { communes: text, ..tables });
    let _ = Units::parse(&Tables { code_aliases: text, ..tables });
    let _ = Units::parse(&Tables { old_districts: text, ..tables });
    let _ = Units::parse(&Tables { old_communes: text, ..tables });
}
