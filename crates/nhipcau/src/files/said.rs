//! What is said in a clip, as people type it: lines that may begin with their time, or a caption file pasted whole.
//!
//! Pure. From lines with times WebVTT captions are made (`cues`); the same words stand below the clip for those who read.

use super::cues;

/// The words as they are kept: of a caption file (WebVTT, SubRip) its lines with their times (`1:05.2-1:08 …`), else as typed.
pub(super) fn tidied(text: &str) -> String {
    let cues = cues::of_file(text);
    if cues.is_empty() {
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        return lines.join("\n").trim().to_owned();
    }
    cues.iter().map(cues::Cue::line).collect::<Vec<_>>().join("\n")
}

/// Captions in WebVTT (W3C) of what is said in a clip of so many seconds; `None` where no line has a time.
pub(super) fn captions(text: &str, seconds: u32) -> Option<String> {
    let cues = cues::whole(cues::of_lines(text), u64::from(seconds) * 1_000);
    (!cues.is_empty()).then(|| cues::vtt(&cues))
}

/// `1:05`, `1:01:05`.
pub(super) fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours == 0 { format!("{minutes}:{seconds:02}") } else { format!("{hours}:{minutes:02}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::cues::moment;
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
        assert_eq!(tidied(file), "0:01.5-0:04 Chào bà con\n1:02:03.25-1:02:05 Hết & xin cảm ơn");
        assert_eq!(tidied("  Một dòng  \r\nhai \n\n"), "Một dòng\nhai");
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
