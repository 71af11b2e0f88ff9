//! What must hold for any text that somebody sends, and for any table that somebody loads: nothing panics, a suggestion is one, and a table is
//! read whole or refused with file and line. One function per fuzz target; `tests/corpus.rs` of `routing` runs them too.

use jiff::civil::date;
use routing::duplicates::Signature;
use routing::table::{Table, Tables};
use routing::{Answers, Suggester};

/// A message.
pub fn suggest(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let made = Suggester::shipped().suggest(&text, None, date(2026, 11, 26));
    for answers in [&made.field, &made.level, &made.agency] {
        sound(answers, 0);
    }
    // What may be danger or a complaint stands first, however sure that is.
    for answers in [&made.kind, &made.urgency] {
        sound(answers, 1);
    }
    assert!(
        made.places.iter().all(|place| place.range.start <= place.range.end && place.range.end <= text.len())
    );
    let own = Signature::of(&text, None, &[]);
    assert!((0.0..=1.0).contains(&own.overlap(&own)));
}

fn sound(answers: &Answers, from: usize) {
    let all = &answers.candidates;
    assert!(
        all.len() <= 3 && all.iter().all(|one| (0.0..=1.0).contains(&one.confidence) && !one.name.is_empty())
    );
    assert!(
        all.iter()
            .skip(from)
            .collect::<Vec<_>>()
            .windows(2)
            .all(|two| two[0].confidence >= two[1].confidence),
        "the likeliest first"
    );
}

/// An authority table, beside the other files as they ship.
pub fn table(bytes: &[u8]) {
    let authorities = String::from_utf8_lossy(bytes);
    match Table::parse(&Tables { authorities: &authorities, ..Table::SHIPPED }, Table::AS_OF) {
        Ok(table) => {
            assert!(
                table.rows().iter().all(|row| row.topic < table.topics().len() && !row.agency.is_empty())
            );
        }
        Err(fault) => assert!(!fault.to_string().is_empty()),
    }
}
