//! Alarms in words: what happened, with whom, and what to do, by the code under which an alarm is remembered.

use jiff::Timestamp;

use super::Alarm;
use crate::words::Lang;

impl Alarm {
    /// An alarm from its code (`network::follower::Trouble::remedy` and the product's own: `write`, `refused`), the
    /// neighbour and the log it is about (empty if none), and facts in English. A code without words of its own is
    /// said with its facts.
    pub fn of(lang: Lang, about: &str, peer: &str, log: &str, detail: &str, since: Timestamp) -> Alarm {
        let (w, e, letter) = (lang.words(), lang.embargo(), lang.letter());
        let peer = if peer.is_empty() { w.some_peer } else { peer };
        let log = if log.is_empty() { w.some_log } else { log };
        let code = about.strip_prefix("follower.").unwrap_or(about);
        let (says, remedy) = match code {
            "malformed" => (w.malformed_says(peer), w.malformed_do(peer)),
            "bad_signature" => (w.bad_signature_says(peer, log), w.wrong_do(peer)),
            "wrong_entries" => (w.wrong_entries_says(peer, log), w.wrong_do(peer)),
            "wrong_tiles" => (w.wrong_tiles_says(peer, log), w.wrong_do(peer)),
            "withholding" => (w.withholding_says(peer, log), w.withholding_do(peer)),
            "unknown_key" => (w.unknown_key_says(log), w.unknown_key_do.to_owned()),
            "split" => (w.split_says(log), w.split_do.to_owned()),
            "unavailable" => (w.unavailable_says(log), w.unavailable_do.to_owned()),
            "unreachable" => (w.unreachable_says(peer), w.unreachable_do.to_owned()),
            "own_store" => (w.own_store_says(log), w.own_store_do.to_owned()),
            "cannot_apply" => (w.cannot_apply_says(log), w.write_do(detail)),
            "write" => (w.write_says.to_owned(), w.write_do(detail)),
            "clock" => (w.clock_says(peer, detail.split(' ').next().unwrap_or(detail)), w.clock_do(peer)),
            "disk.full" => (w.disk_full_says.to_owned(), w.disk_full_do.to_owned()),
            "issue.late" => (w.issue_late_says.to_owned(), w.issue_late_do.to_owned()),
            "embargo.unsealed" => (e.unsealed_says(log), e.issuer_do(log, detail)),
            "embargo.other" => (e.other_says(log), e.issuer_do(log, detail)),
            "embargo.damaged" => (e.damaged_says(log), e.issuer_do(log, detail)),
            "embargo.late" => (e.late_says(log), e.late_do(detail)),
            "disk.low" => (w.disk_low_says(detail), w.disk_low_do.to_owned()),
            "database.damaged" => (w.damaged_says.to_owned(), w.damaged_do(detail)),
            "key.away" => {
                let words = lang.log_key();
                (words.alarm_says(log), words.away_do.to_owned())
            }
            "letters.late" => {
                let n = detail.split(' ').next().unwrap_or(detail);
                (letter.late_says(n), letter.late_do.to_owned())
            }
            "letter.refused" => (letter.refused_says(log, peer), letter.refused_do.to_owned()),
            "letter.contradicts" => (letter.contradicts_says(peer, log), letter.contradicts_do(peer)),
            "petition.claimed" => {
                let words = lang.petition_pass();
                (words.claimed_says(log, peer), words.claimed_do(detail))
            }
            "sighting.drift" => {
                let words = lang.sighting();
                (words.alarm_says(peer, detail), words.alarm_do.to_owned())
            }
            "sighting.below" => {
                let words = lang.sighting();
                (words.below_alarm_says(peer, detail), words.below_alarm_do.to_owned())
            }
            "petition.forward" => {
                let (words, n) = (lang.petition_forward(), detail.split(' ').next().unwrap_or(detail));
                (words.alarm_says(n, log, peer), words.alarm_do.to_owned())
            }
            "petition.estate" => {
                let words = lang.petition_pass();
                (words.estate_says(log, peer, detail), words.estate_do.to_owned())
            }
            "authority.unreadable" => {
                let words = lang.authority();
                (words.unreadable_says.to_owned(), words.unreadable_do(detail))
            }
            "refused" => (w.refused_says(log), w.refused_do(detail)),
            other => (w.trouble_says(other), w.trouble_do(detail)),
        };
        let pressing = matches!(
            code,
            "split" | "own_store" | "cannot_apply" | "write" | "key.away" | "disk.full" | "database.damaged"
        );
        Alarm { says, remedy: remedy.trim_end().to_owned(), since, pressing }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trouble_names_the_peer_and_the_remedy() {
        let at = Timestamp::UNIX_EPOCH;
        let alarm =
            Alarm::of(Lang::Vi, "follower.withholding", "moh.gov.vn/mirror", "moh.gov.vn/log", "", at);
        assert!(alarm.says.contains("moh.gov.vn/mirror") && alarm.says.contains("moh.gov.vn/log"));
        assert!(alarm.remedy.contains("moh.gov.vn/mirror") && !alarm.pressing);
        assert!(Alarm::of(Lang::En, "follower.split", "", "a.vn/log", "", at).pressing);
    }

    #[test]
    fn an_unknown_trouble_is_said_with_its_facts() {
        let alarm = Alarm::of(Lang::En, "weather", "", "", "26 hours slow", Timestamp::UNIX_EPOCH);
        assert_eq!(alarm.remedy, "Run nhipcau doctor. 26 hours slow");
    }
}
