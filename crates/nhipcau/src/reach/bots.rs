//! Programs that read pages and say so: dated rows of `data/reach/bots.csv`, looked for in what a browser calls itself.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use jiff::civil::Date;
use serde::Deserialize;

/// A word by which a program is known.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bot {
    /// The word, wherever it stands, in whatever case.
    word: String,
    /// The first day on which it is taken for one.
    since: Date,
    /// The last day.
    until: Option<Date>,
    /// Who says so.
    #[allow(dead_code, reason = "the row is read whole; people read the source")]
    source: String,
}

struct Bots {
    rows: Vec<Bot>,
    finder: Option<AhoCorasick>,
}

static BOTS: LazyLock<Bots> = LazyLock::new(|| {
    let table = include_str!("../../../../data/reach/bots.csv");
    let rows: Vec<Bot> = csv::Reader::from_reader(table.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .unwrap_or_default();
    let words = rows.iter().map(|row| &row.word);
    // It is asked at each reading: a table of transitions takes some memory more and a third of the time.
    let kind = Some(AhoCorasickKind::DFA);
    let finder = AhoCorasick::builder().kind(kind).ascii_case_insensitive(true).build(words).ok();
    Bots { rows, finder }
});

/// True if what somebody calls themselves is the name of a program on a day.
pub(super) fn is_bot(agent: &str, day: Date) -> bool {
    let holds = |row: &Bot| row.since <= day && row.until.is_none_or(|until| day <= until);
    let Some(finder) = &BOTS.finder else { return false };
    // Most that read are browsers, of which no word is found at all.
    finder.is_match(agent)
        && finder
            .find_overlapping_iter(agent)
            .any(|found| BOTS.rows.get(found.pattern().as_usize()).is_some_and(holds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_that_say_so_are_known_and_browsers_are_not() {
        assert!(BOTS.rows.len() > 20 && BOTS.finder.is_some(), "every row of the table is read");
        let day = jiff::civil::date(2026, 11, 27);
        for bot in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
            "curl/8.9.1",
            "python-requests/2.32",
            "TelegramBot (like TwitterBot)",
            "Mozilla/5.0 (compatible; coccocbot-web/1.0; +http://help.coccoc.com/searchengine)",
        ] {
            assert!(is_bot(bot, day), "{bot}");
        }
        for browser in [
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Safari/537.36",
            "Mozilla/5.0 (Linux; Android 14; CUBOT X90) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Mobile Safari/537.36",
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Zalo iOS/644",
        ] {
            assert!(!is_bot(browser, day), "{browser}");
        }
        assert!(!is_bot("curl/8.9.1", jiff::civil::date(1990, 1, 1)), "a row holds from its day on");
    }
}
