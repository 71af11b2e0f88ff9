//! What must hold for any bytes that a client may send: nothing panics, what is accepted lies within its bounds, and what is
//! refused is named in an answer that is well-formed. One function per fuzz target; `tests/corpus.rs` of `open311` runs them too.

use open311::{
    Fault, Format, MAX_BODY, MAX_DAYS, MAX_DESCRIPTION, Query, Resource, Submission, When, faults,
    jurisdiction,
};

/// The form by which somebody reports something.
pub fn submission(bytes: &[u8]) {
    match Submission::parse(bytes) {
        Ok(read) => {
            assert!(bytes.len() <= MAX_BODY && !read.service_code.is_empty());
            let place = &read.place;
            assert!(place.position.is_some() || place.address.is_some() || place.address_id.is_some());
            if let Some((lat, long)) = place.position {
                assert!(lat.abs() <= 90.0 && long.abs() <= 180.0);
            }
            let lines = [&read.api_key, &read.email, &read.first_name, &read.phone, &read.media_url];
            assert!(lines.into_iter().flatten().all(|line| !line.chars().any(char::is_control)));
            assert!(
                read.description
                    .is_none_or(|text| text.chars().count() <= MAX_DESCRIPTION && !text.contains('\r'))
            );
            assert!(read.attributes.iter().all(|(code, values)| !code.is_empty() && !values.is_empty()));
        }
        Err(all) => named(&all),
    }
}

/// What is looked for, and by which path.
pub fn query(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let now = "2026-11-23T00:00:00Z".parse().expect("a constant that is an instant");
    match Query::parse(text) {
        Ok(query) => {
            let (start, end) = query.span(now);
            assert!(start <= end, "{start} {end}");
            let most = jiff::SignedDuration::from_hours(24 * MAX_DAYS);
            assert!(end.duration_since(start) <= most, "{start} {end}");
            assert!(query.statuses.len() <= 2);
        }
        Err(all) => named(&all),
    }
    if let Err(all) = jurisdiction(text) {
        named(&all);
    }
    if let Some(when) = When::parse(text) {
        let again = When::parse(&when.to_string()).expect("what is written is read");
        assert_eq!((again.offset, again.at.as_second()), (when.offset, floor(when.at)));
    }
    match Resource::parse(text) {
        Ok((Resource::Definition(id) | Resource::Request(id) | Resource::Token(id), _)) => {
            assert!(!id.is_empty() && !id.contains('/'));
        }
        Ok(_) => {}
        Err((fault, _)) => named(&[fault]),
    }
}

/// The second in which an instant lies, also before 1970.
fn floor(at: jiff::Timestamp) -> i64 {
    let nanos = at.as_nanosecond();
    i64::try_from(nanos.div_euclid(1_000_000_000)).expect("within the years that there are")
}

/// A refusal names at least one fault, in both languages, and not without end; its answer is well-formed.
fn named(all: &[Fault]) {
    assert!((1..2_000).contains(&all.len()));
    assert!(all.iter().all(|fault| !fault.vi.is_empty() && !fault.en.is_empty() && fault.field.len() <= 300));
    let (status, document) = faults(all);
    assert!([400, 403, 404].contains(&status));
    let json: serde_json::Value = serde_json::from_str(&document.write(Format::Json)).expect("JSON");
    assert_eq!(json.as_array().map(Vec::len), Some(all.len()));
    let xml = document.write(Format::Xml);
    assert_eq!(xml.matches("<error>").count(), all.len());
    assert!(!xml.chars().any(|letter| letter.is_control() && !"\n\t".contains(letter) && letter < ' '));
}
