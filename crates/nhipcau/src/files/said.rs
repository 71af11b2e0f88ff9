//! What is said in a clip, as people type it: lines that may begin with their time, or a caption file pasted whole.
//!
//! Pure. From lines with times WebVTT captions are made; the same words stand below the clip for those who read.

/// A line of captions.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Cue {
    /// From and until when, in milliseconds.
    at: (u64, u64),
    words: String,
}

/// No line stands longer than this, in milliseconds.
const LONGEST: u64 = 7_000;

/// The words as they are kept: of a caption file (WebVTT, SubRip) its lines with their times (`1:05 …`), else as typed.
pub(super) fn tidied(text: &str) -> String {
    let cues = pasted(text);
    if cues.is_empty() {
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        return lines.join("\n").trim().to_owned();
    }
    let lines = cues.iter().map(|cue| format!("{} {}", clock(cue.at.0 / 1_000), cue.words));
    lines.collect::<Vec<_>>().join("\n")
}

/// Captions in WebVTT (W3C) of what is said in a clip of so many seconds; `None` where no line has a time.
pub(super) fn captions(text: &str, seconds: u32) -> Option<String> {
    let end = u64::from(seconds) * 1_000;
    let mut cues: Vec<Cue> = Vec::new();
    for line in text.lines() {
        match timed(line) {
            Some((at, words)) if at < end => cues.push(Cue { at: (at, end), words: words.to_owned() }),
            Some(_) => {}
            None => {
                if let Some(last) = cues.last_mut().filter(|_| !line.trim().is_empty()) {
                    last.words = format!("{} {}", last.words, line.trim());
                }
            }
        }
    }
    cues.sort_by_key(|cue| cue.at.0);
    cues.dedup_by_key(|cue| cue.at.0);
    let begins: Vec<u64> = cues.iter().map(|cue| cue.at.0).skip(1).chain([end]).collect();
    let cues = cues.iter().zip(begins).filter(|(cue, _)| !cue.words.is_empty()).map(|(cue, next)| {
        let until = next.min(cue.at.0 + LONGEST).min(end);
        format!("\n{} --> {}\n{}\n", stamp(cue.at.0), stamp(until), escaped(&cue.words))
    });
    let cues: String = cues.collect();
    (!cues.is_empty()).then(|| format!("WEBVTT\n{cues}"))
}

/// The lines of a caption file; empty if it is none.
fn pasted(text: &str) -> Vec<Cue> {
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
            cues.push(Cue { at: (from, until), words });
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

/// A line that begins with its time, and its words.
fn timed(line: &str) -> Option<(u64, &str)> {
    let line = line.trim();
    let (time, words) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    Some((moment(time.trim_matches(['[', ']', '(', ')']))?, words.trim()))
}

/// `1:05`, `0:01:05`, `00:01:05.250` or `00:01:05,250` in milliseconds.
fn moment(text: &str) -> Option<u64> {
    let (clock, part) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let part: u64 = format!("{part:0<3}").get(..3)?.parse().ok()?;
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

/// `1:05`, `1:01:05`.
pub(super) fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours == 0 { format!("{minutes}:{seconds:02}") } else { format!("{hours}:{minutes:02}:{seconds:02}") }
}

fn stamp(at: u64) -> String {
    let (seconds, rest) = (at / 1_000, at % 1_000);
    format!("{:02}:{:02}:{:02}.{rest:03}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

fn escaped(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lines_with_times_become_captions_and_others_do_not() {
        let text =
            "0:00 Kính thưa bà con.\n0:05 Lũ <đang> lên,\ntừ chiều nay.\n0:40 Hết.\n9:00 Không bao giờ tới.";
        assert_eq!(
            captions(text, 42).as_deref(),
            Some(
                "WEBVTT\n\n00:00:00.000 --> 00:00:05.000\nKính thưa bà con.\n\n00:00:05.000 --> 00:00:12.000\nLũ &lt;đang&gt; lên, từ chiều nay.\n\n00:00:40.000 --> 00:00:42.000\nHết.\n"
            )
        );
        assert_eq!(captions("Không có lời; cảnh nước dâng.", 42), None);
        assert_eq!(captions("", 42), None);
    }

    #[test]
    fn a_caption_file_is_taken_as_lines() {
        let file = "WEBVTT\n\n1\n00:00:01.500 --> 00:00:04.000 align:start\n<v Lan>Chào\nbà con\n\n01:02:03,250 --> 01:02:05,000\nHết &amp; xin cảm ơn\n";
        assert_eq!(tidied(file), "0:01 Chào bà con\n1:02:03 Hết & xin cảm ơn");
        assert_eq!(tidied("  Một dòng  \r\nhai \n\n"), "Một dòng\nhai");
        for bad in ["1:75", "a:05", "1", "::", "0:5:99", "99999:00", "1:05:"] {
            assert_eq!(moment(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_typed_gives_captions_that_run_forward(text in "(([0-9]{1,2}:[0-9]{2} )?[a-zư<>&\\-]{0,9}\n){0,12}", seconds in 1u32..4_000) {
            let kept = tidied(&text);
            let made = captions(&kept, seconds).unwrap_or_default();
            let mut last = 0;
            for line in made.lines().filter(|line| line.contains(" --> ")) {
                let (from, until) = line.split_once(" --> ").unwrap();
                let (from, until) = (moment(from).unwrap(), moment(until).unwrap());
                prop_assert!(last <= from && from < until && until <= u64::from(seconds) * 1_000, "{}", made);
                last = until;
            }
            prop_assert!(!made.replace(" --> ", "").contains("-->"), "{}", made);
        }
    }
}
