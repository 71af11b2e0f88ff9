//! Captions as rows of a form: what was typed stays as it was typed, and every fault is named at its row. Pure.

use crate::files::cues::{self, Cue};
use crate::media::rules::Readable;
use crate::people::forms::Fields;
use crate::words::MediaWords;

/// The most rows of a form: the text of a clip has room for fewer.
const MOST: usize = 1_000;

/// A row as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// From when.
    pub from: String,
    /// Until when.
    pub until: String,
    /// What is said.
    pub words: String,
}

/// What is wrong with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A time cannot be read.
    Time,
    /// It ends before it begins.
    Backwards,
    /// It begins before the one above ends.
    Overlaps,
    /// It goes on after the clip has ended.
    Beyond,
    /// Nothing is said.
    Empty,
    /// It cannot be read so fast: characters a second.
    Fast(u64),
    /// It has more characters than two lines.
    Long(u64),
    /// It stands for too short a time.
    Short,
    /// It stands for so long that the words are read twice.
    Lasting,
}

impl Fault {
    /// True if what is typed cannot be saved so.
    pub fn is_grave(self) -> bool {
        matches!(self, Fault::Time | Fault::Backwards | Fault::Overlaps | Fault::Beyond | Fault::Empty)
    }

    /// What it says, and how to mend it.
    pub fn says(self, m: &MediaWords, rule: Readable) -> String {
        match self {
            Fault::Time => m.fault_time.to_owned(),
            Fault::Backwards => m.fault_backwards.to_owned(),
            Fault::Overlaps => m.fault_overlaps.to_owned(),
            Fault::Beyond => m.fault_beyond.to_owned(),
            Fault::Empty => m.fault_empty.to_owned(),
            Fault::Fast(speed) => m.fault_fast(rule.speed, speed),
            Fault::Long(chars) => m.fault_long(rule.chars, chars),
            Fault::Short => m.fault_short.to_owned(),
            Fault::Lasting => m.fault_lasting(rule.most / 1_000),
        }
    }
}

impl Row {
    fn of(cue: &Cue) -> Row {
        Row { from: cues::moment_of(cue.from), until: cues::moment_of(cue.until), words: cue.words.clone() }
    }

    fn times(&self) -> Option<(u64, u64)> {
        Some((cues::moment(self.from.trim())?, cues::moment(self.until.trim())?))
    }
}

/// The rows of a form.
pub fn read(form: &Fields) -> Vec<Row> {
    let words = form.all("loi").map(|words| words.split_whitespace().collect::<Vec<_>>().join(" "));
    let rows = form.all("tu").zip(form.all("den")).zip(words);
    rows.take(MOST)
        .map(|((from, until), words)| Row { from: from.to_owned(), until: until.to_owned(), words })
        .collect()
}

/// The rows of what is kept of a clip that lasts so many milliseconds; empty if none of its lines has a time.
pub fn kept(text: &str, lasts: u64) -> Vec<Row> {
    cues::whole(cues::of_lines(text), lasts).iter().map(Row::of).collect()
}

/// The rows of a caption file; empty if it is none.
pub fn of_file(text: &str) -> Vec<Row> {
    cues::of_file(text).iter().take(MOST).map(Row::of).collect()
}

/// What is wrong with each row.
pub fn faults(rows: &[Row], lasts: u64, rule: Readable) -> Vec<Vec<Fault>> {
    let mut ended = 0;
    rows.iter()
        .map(|row| {
            let mut faults = Vec::new();
            let chars = row.words.chars().count() as u64;
            if chars == 0 {
                faults.push(Fault::Empty);
            }
            let Some((from, until)) = row.times() else {
                faults.push(Fault::Time);
                return faults;
            };
            if until <= from {
                faults.push(Fault::Backwards);
                return faults;
            }
            if from < ended {
                faults.push(Fault::Overlaps);
            }
            if until > lasts {
                faults.push(Fault::Beyond);
            }
            ended = ended.max(until);
            let stands = until - from;
            let speed = (chars * 1_000).div_ceil(stands);
            if speed > rule.speed {
                faults.push(Fault::Fast(speed));
            }
            if chars > rule.chars {
                faults.push(Fault::Long(chars));
            }
            if stands < rule.least {
                faults.push(Fault::Short);
            } else if stands > rule.most {
                faults.push(Fault::Lasting);
            }
            faults
        })
        .collect()
}

/// The rows as they are kept with the clip; only of rows without grave faults.
pub fn text(rows: &[Row]) -> String {
    let cue = |row: &Row| {
        let (from, until) = row.times()?;
        Some(Cue { from, until, words: row.words.clone() }.line())
    };
    rows.iter().filter_map(cue).collect::<Vec<_>>().join("\n")
}

/// A row more, below another one or, without one, at the beginning: it begins where that ends.
pub fn add(rows: &mut Vec<Row>, below: Option<usize>) {
    let at = below.map_or(0, |below| (below + 1).min(rows.len()));
    if rows.len() >= MOST {
        return;
    }
    let from = below.and_then(|below| rows.get(below)?.times()).map_or(0, |(_, until)| until);
    let next = rows.get(at).and_then(Row::times).map(|(from, _)| from);
    let until = next.filter(|next| *next > from).unwrap_or(from + 3_000).min(from + 3_000);
    rows.insert(at, Row { from: cues::moment_of(from), until: cues::moment_of(until), words: String::new() });
}

/// Parts a row in two at the blank nearest to its middle, its time in proportion.
pub fn split(rows: &mut Vec<Row>, at: usize) {
    let Some(row) = rows.get(at) else { return };
    let (Some((from, until)), true) = (row.times(), rows.len() < MOST) else { return };
    let chars: Vec<char> = row.words.chars().collect();
    let blanks = chars.iter().enumerate().filter(|(_, sign)| sign.is_whitespace()).map(|(at, _)| at);
    let Some(blank) = blanks.min_by_key(|blank| blank.abs_diff(chars.len() / 2)) else { return };
    let half = from + until.saturating_sub(from) * blank as u64 / chars.len() as u64;
    let (first, second) = (chars[..blank].iter().collect(), chars[blank + 1..].iter().collect());
    let (row_from, row_until) = (row.from.clone(), row.until.clone());
    rows[at] = Row { from: row_from, until: cues::moment_of(half), words: first };
    rows.insert(at + 1, Row { from: cues::moment_of(half), until: row_until, words: second });
}

/// Moves all times by so many milliseconds; what would begin before the clip begins with it. What cannot be read stays.
pub fn shift(rows: &mut [Row], by: i64) {
    for row in rows {
        if let Some((from, until)) = row.times() {
            row.from = cues::moment_of(from.saturating_add_signed(by));
            row.until = cues::moment_of(until.saturating_add_signed(by));
        }
    }
}

/// Words without times as rows, spread over the clip by their length: a beginning, to be mended by ear.
pub fn spread(text: &str, lasts: u64, rule: Readable) -> Vec<Row> {
    let most = usize::try_from(rule.chars).unwrap_or(usize::MAX).max(20);
    let mut pieces: Vec<String> = Vec::new();
    let mut ended = true;
    for word in text.split_whitespace() {
        match pieces.last_mut().filter(|last| !ended && last.chars().count() + word.chars().count() < most) {
            Some(last) => {
                last.push(' ');
                last.push_str(word);
            }
            None => pieces.push(word.to_owned()),
        }
        ended = word.ends_with(['.', '!', '?', '…', ':', ';']);
    }
    pieces.truncate(MOST);
    let whole: usize = pieces.iter().map(|piece| piece.chars().count()).sum();
    let mut said = 0;
    let at = |said: usize| lasts * said as u64 / whole.max(1) as u64 / 10 * 10;
    pieces
        .into_iter()
        .map(|words| {
            let from = at(said);
            said += words.chars().count();
            Row { from: cues::moment_of(from), until: cues::moment_of(at(said)), words }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Readable = Readable { speed: 17, chars: 84, least: 833, most: 7_000 };

    fn row(from: &str, until: &str, words: &str) -> Row {
        Row { from: from.into(), until: until.into(), words: words.into() }
    }

    #[test]
    fn every_fault_is_named_at_its_row() {
        let long =
            "một hai ba bốn năm sáu bảy tám chín mười mười một mười hai mười ba mười bốn mười lăm mười sáu";
        let rows = [
            row("0:00", "0:02", "Kính thưa bà con."),
            row("0:01", "0:03", "Lũ đang lên."),
            row("0:03", "0:03", "x"),
            row("0:xx", "0:04", ""),
            row("0:04", "0:05", long),
            row("0:05", "0:05.5", "Hết."),
            row("0:06", "0:20", "Xin cảm ơn."),
        ];
        let told = faults(&rows, 15_000, RULE);
        assert_eq!(told[0], []);
        assert_eq!(told[1], [Fault::Overlaps]);
        assert_eq!(told[2], [Fault::Backwards]);
        assert_eq!(told[3], [Fault::Empty, Fault::Time]);
        let chars = long.chars().count() as u64;
        assert_eq!(told[4], [Fault::Fast(chars), Fault::Long(chars)]);
        assert_eq!(told[5], [Fault::Short]);
        assert_eq!(told[6], [Fault::Beyond, Fault::Lasting]);
    }

    #[test]
    fn rows_are_added_parted_moved_and_kept() {
        let mut rows = kept("0:01-0:05 Kính thưa bà con nhân dân\n0:06 Hết.", 8_000);
        assert_eq!(rows[1], row("0:06", "0:08", "Hết."));
        split(&mut rows, 0);
        assert_eq!(text(&rows[..2]), "0:01-0:02.92 Kính thưa bà\n0:02.92-0:05 con nhân dân");
        add(&mut rows, Some(1));
        assert_eq!(rows[2], row("0:05", "0:06", ""));
        add(&mut rows, None);
        assert_eq!((rows[0].from.as_str(), rows.len()), ("0:00", 5));
        shift(&mut rows, -500);
        assert_eq!((rows[1].from.as_str(), rows[0].from.as_str()), ("0:00.5", "0:00"));
        let spread = spread("Chào bà con. Lũ lên rồi!", 10_000, RULE);
        assert_eq!(text(&spread), "0:00-0:05.21 Chào bà con.\n0:05.21-0:10 Lũ lên rồi!");
        assert!(faults(&spread, 10_000, RULE).iter().flatten().all(|fault| !fault.is_grave()));
    }
}
