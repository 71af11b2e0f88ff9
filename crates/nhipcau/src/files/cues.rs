//! Captions: lines of words with the time from and until which they stand; read from and written as the lines in which people type them
//! (`1:05 …`, `1:05.2-1:08 …`), as WebVTT (W3C) and as SubRip. Pure.

/// A line of captions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cue {
    /// From when, in milliseconds.
    pub from: u64,
    /// Until when, in milliseconds; 0 where only the beginning is known.
    pub until: u64,
    /// What is said, on one line.
    pub words: String,
}

/// A caption whose end nobody said stands no longer than this, in milliseconds.
const LONGEST: u64 = 7_000;

impl Cue {
    /// As a line that people type: `1:05.2-1:08 Chào bà con`.
    #[must_use]
    pub fn line(&self) -> String {
        match self.until {
            0 => format!("{} {}", moment_of(self.from), self.words),
            until => format!("{}-{} {}", moment_of(self.from), moment_of(until), self.words),
        }
    }
}

/// The cues of lines that begin with their time; a line without one goes on with what stands above it.
#[must_use]
pub fn of_lines(text: &str) -> Vec<Cue> {
    let mut cues: Vec<Cue> = Vec::new();
    for line in text.lines() {
        match timed(line) {
            Some(cue) => cues.push(cue),
            None => {
                if let Some(last) = cues.last_mut().filter(|_| !line.trim().is_empty()) {
                    last.words = format!("{} {}", last.words, line.trim()).trim().to_owned();
                }
            }
        }
    }
    cues
}

/// The same lines as readers read them below a clip: with the second at which each begins.
#[must_use]
pub fn for_readers(text: &str) -> String {
    let lines = text.lines().map(|line| match timed(line) {
        Some(cue) if cue.until > 0 || cue.from % 1_000 > 0 => {
            format!("{} {}", super::said::clock(cue.from / 1_000), cue.words)
        }
        _ => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// In the order in which they stand, each with its end: the one that was said, or the beginning of the next, at most seven seconds later.
/// What begins after the clip's end, or says nothing, is left out.
#[must_use]
pub fn whole(mut cues: Vec<Cue>, lasts: u64) -> Vec<Cue> {
    cues.retain(|cue| cue.from < lasts && !cue.words.is_empty());
    cues.sort_by_key(|cue| cue.from);
    cues.dedup_by_key(|cue| cue.from);
    let begins: Vec<u64> = cues.iter().map(|cue| cue.from).skip(1).chain([lasts]).collect();
    for (cue, next) in cues.iter_mut().zip(begins) {
        let said = if cue.until > cue.from { cue.until } else { cue.from + LONGEST };
        cue.until = said.min(next).min(lasts);
    }
    cues
}

/// Captions as WebVTT.
#[must_use]
pub fn vtt(cues: &[Cue]) -> String {
    let escaped = |words: &str| words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let cues = cues
        .iter()
        .map(|cue| format!("\n{} --> {}\n{}\n", stamp(cue.from), stamp(cue.until), escaped(&cue.words)));
    format!("WEBVTT\n{}", cues.collect::<String>())
}

/// The cues of a caption file (WebVTT, SubRip), in its order; empty if it is none.
#[must_use]
pub fn of_file(text: &str) -> Vec<Cue> {
    let mut cues = Vec::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let Some((from, rest)) = line.split_once("-->") else { continue };
        let until = rest.split_whitespace().next().unwrap_or_default();
        let (Some(from), Some(until)) = (moment(from.trim()), moment(until)) else { continue };
        let mut words = Vec::new();
        while let Some(line) = lines.next_if(|line| !line.trim().is_empty()) {
            words.push(untagged(line.trim()));
        }
        let words = words.join(" ");
        if !words.is_empty() && from < until {
            cues.push(Cue { from, until, words });
        }
    }
    cues
}

/// The words of a caption without its tags: `<v Lan>Chào` is `Chào`.
fn untagged(line: &str) -> String {
    let mut inside = false;
    let kept = line.chars().filter(|c| match c {
        '<' => {
            inside = true;
            false
        }
        '>' if inside => {
            inside = false;
            false
        }
        _ => !inside,
    });
    kept.collect::<String>().replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// A line that begins with its time.
fn timed(line: &str) -> Option<Cue> {
    let line = line.trim();
    let (time, words) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let time = time.trim_matches(['[', ']', '(', ')']);
    let (from, until) = time.split_once(['-', '–']).map_or((time, None), |(from, until)| (from, Some(until)));
    let until = until.map_or(Some(0), moment)?;
    Some(Cue { from: moment(from)?, until, words: words.trim().to_owned() })
}

/// `1:05`, `0:01:05`, `00:01:05.250` or `00:01:05,250` in milliseconds.
#[must_use]
pub fn moment(text: &str) -> Option<u64> {
    let (clock, part) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let part: u64 =
        part.bytes().all(|b| b.is_ascii_digit()).then(|| format!("{part:0<3}"))?.get(..3)?.parse().ok()?;
    let fields: Vec<u64> = clock
        .split(':')
        .map(|field| (1..=3).contains(&field.len()).then(|| field.parse().ok()).flatten())
        .collect::<Option<_>>()?;
    let seconds = match fields.as_slice() {
        [m, s] if *s < 60 => m * 60 + s,
        [h, m, s] if *m < 60 && *s < 60 => h * 3_600 + m * 60 + s,
        _ => return None,
    };
    Some(seconds * 1_000 + part)
}

/// Milliseconds as people type them, as short as they are exact: `1:05`, `1:05.25`, `1:01:05`.
#[must_use]
pub fn moment_of(at: u64) -> String {
    let whole = super::said::clock(at / 1_000);
    match at % 1_000 {
        0 => whole,
        rest => format!("{whole}.{}", format!("{rest:03}").trim_end_matches('0')),
    }
}

fn stamp(at: u64) -> String {
    let (seconds, rest) = (at / 1_000, at % 1_000);
    format!("{:02}:{:02}:{:02}.{rest:03}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_written_as_people_type_them() {
        for (text, at) in [("1:05", 65_000), ("1:05.25", 65_250), ("1:01:05.007", 3_665_007), ("0:00", 0)] {
            assert_eq!((moment(text), moment_of(at).as_str()), (Some(at), text));
        }
        assert_eq!(moment("00:01:05,5"), Some(65_500));
        for bad in ["1:75", "a:05", "1", "::", "0:5:99", "99999:00", "1:05:", "1:05.x"] {
            assert_eq!(moment(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_typed_and_what_is_in_a_file_is_the_same() {
        let text = "0:01.5-0:04 Chào bà con\n0:05 Lũ đang lên";
        let cues = of_lines(text);
        assert_eq!(cues.iter().map(Cue::line).collect::<Vec<_>>().join("\n"), text);
        let ended = whole(cues, 9_000);
        assert_eq!(of_file(&vtt(&ended)), ended);
        assert_eq!(ended[1].until, 9_000);
        assert_eq!(for_readers(text), "0:01 Chào bà con\n0:05 Lũ đang lên");
        assert_eq!(for_readers("Không có lời."), "Không có lời.");
    }
}
