//! OAI-PMH 2.0 (openarchives.org): records as Dublin Core, from the day of the newest that was seen, with those that were deleted.

use std::collections::HashSet;

use feeds::{Deleted, Item, Kind, Text};
use form_urlencoded::Serializer;
use network::names::ContentHash;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde::{Deserialize, Serialize};

use super::super::fetch::{Answer, Validators};
use super::super::plan::Extent;
use super::{Ask, Got, Trouble, apart, both, meant, together};
use crate::items::kinds::Both;

/// The most pages of one reading.
const CALLS: usize = 100;
/// So often everything is asked for: repositories may forget what they deleted. In microseconds.
const WHOLE: i64 = 24 * 3_600_000_000;
/// The most records of one reading.
const RECORDS: usize = 10_000;

/// How far a repository was read.
#[derive(Default, Serialize, Deserialize)]
struct Place {
    /// The day of the newest record of the last list that was read to its end.
    day: String,
    /// When everything was asked for last, in microseconds.
    whole: i64,
    /// The token by which a longer list goes on, with the day of its newest record so far: a list is in no order, so what was not read of
    /// it may be older than what was.
    rest: Option<(String, String)>,
}

/// One page of records.
#[derive(Default)]
struct Page {
    records: Vec<Record>,
    token: Option<String>,
    error: Option<String>,
}

#[derive(Default)]
struct Record {
    name: String,
    stamp: String,
    deleted: bool,
    /// Elements of Dublin Core with their texts.
    dc: Vec<(String, String)>,
}

/// Reads a repository.
pub(super) async fn read(ask: &Ask<'_>) -> Result<Got, Trouble> {
    let before: Place = ask.before();
    let whole = before.rest.is_none() && (before.day.is_empty() || ask.now - before.whole >= WHOLE);
    let base = ask.url.split(['?', '#']).next().unwrap_or(ask.url);
    let mut next = before.rest.as_ref().map(|(token, _)| token.clone());
    let (mut records, mut hashed) = (Vec::new(), Vec::new());
    for _ in 0..CALLS {
        let mut asked = vec![("verb", "ListRecords")];
        match &next {
            Some(token) => asked.push(("resumptionToken", token)),
            None => asked.push(("metadataPrefix", "oai_dc")),
        }
        if next.is_none() && !whole && !before.day.is_empty() {
            asked.push(("from", &before.day));
        }
        let query = Serializer::new(String::new()).extend_pairs(asked).finish();
        let answer = ask.fetcher.fetch(&format!("{base}?{query}"), &Validators::default()).await?;
        let Answer::Fetched(fetched) = answer else { return Ok(Got::Unchanged) };
        hashed.extend(ContentHash::of(&fetched.bytes).0);
        let page = apart(move || page(&fetched.bytes)).await?;
        match page.error.as_deref() {
            None | Some("noRecordsMatch") => {}
            // The repository has forgotten how far it was read: from the beginning.
            Some("badResumptionToken") if before.rest.is_some() && records.is_empty() => {
                next = None;
                continue;
            }
            Some(code) => {
                return Err(both(&format!(
                    "kho OAI-PMH trả lỗi {code}; hãy kiểm tra địa chỉ gốc · the OAI-PMH repository answers {code}; check its base address"
                ))
                .into());
            }
        }
        records.extend(page.records);
        next = page.token.filter(|token| !token.is_empty());
        if next.is_none() || records.len() >= RECORDS {
            break;
        }
    }
    let since = before.rest.as_ref().map_or(&before.day, |(_, day)| day);
    let days = records.iter().filter_map(|record| record.stamp.get(..10));
    let newest = days.chain([since.as_str()]).max().unwrap_or_default().to_owned();
    let extent = if whole && next.is_none() { Extent::All } else { Extent::Some };
    let (day, rest) = match next {
        None => (newest, None),
        Some(token) => (before.day, Some((token, newest))),
    };
    let place = Place { day, whole: if whole { ask.now } else { before.whole }, rest };
    let base = base.to_owned();
    together(move || items(records, &base), &hashed, extent, HashSet::new(), &place).await
}

/// Records as items. One that names no page stands at its own address in the repository.
fn items(records: Vec<Record>, base: &str) -> (Vec<Item>, Vec<Deleted>) {
    let (mut items, mut deleted) = (Vec::new(), Vec::new());
    for record in records {
        if record.deleted {
            deleted.push(Deleted { id: record.name, at: record.stamp.parse().ok() });
            continue;
        }
        let all = |name: &str| {
            record.dc.iter().filter(|(of, _)| of == name).map(|(_, text)| text.clone()).collect::<Vec<_>>()
        };
        let text = |name: &str| {
            let value = all(name).into_iter().find(|text| !text.is_empty())?;
            Some(Text { value, kind: Kind::Plain, base: None })
        };
        let page =
            all("identifier").into_iter().find(|id| id.starts_with("http://") || id.starts_with("https://"));
        let at = || {
            let query =
                [("verb", "GetRecord"), ("metadataPrefix", "oai_dc"), ("identifier", record.name.as_str())];
            format!("{base}?{}", Serializer::new(String::new()).extend_pairs(query).finish())
        };
        items.push(Item {
            link: Some(page.unwrap_or_else(at)),
            title: text("title"),
            published: all("date").iter().find_map(|date| feeds::date(date)),
            updated: record.stamp.parse().ok(),
            summary: text("description"),
            categories: all("subject").into_iter().chain(all("type")).collect(),
            id: Some(record.name),
            ..Item::default()
        });
    }
    (items, deleted)
}

/// Reads a page of records.
fn page(bytes: &[u8]) -> Result<Page, Both> {
    let wrong = |why: String| {
        both(&format!(
            "không đọc được câu trả lời OAI-PMH ({why}) · the answer of the OAI-PMH repository cannot be read ({why})"
        ))
    };
    let text = std::str::from_utf8(bytes).map_err(|error| wrong(error.to_string()))?;
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let (mut page, mut path, mut said): (Page, Vec<String>, String) = Default::default();
    let mut root = false;
    loop {
        match reader.read_event().map_err(|error| wrong(error.to_string()))? {
            Event::Start(tag) => {
                let name = tag.local_name().as_ref().to_owned();
                let value = |key: &str| {
                    let found =
                        tag.attributes().flatten().find(|one| one.key.local_name().as_ref() == key)?;
                    Some(found.value.into_owned())
                };
                match name.as_str() {
                    "OAI-PMH" => root = true,
                    "record" => page.records.push(Record::default()),
                    "header" => {
                        if let (Some(record), Some("deleted")) =
                            (page.records.last_mut(), value("status").as_deref())
                        {
                            record.deleted = true;
                        }
                    }
                    "error" => page.error = Some(value("code").unwrap_or_default()),
                    _ => {}
                }
                said.clear();
                path.push(name);
            }
            Event::Text(part) => said.push_str(&part),
            Event::GeneralRef(name) => said.push_str(&meant(&name)),
            Event::CData(part) => said.push_str(&part),
            Event::End(_) => {
                let name = path.pop().unwrap_or_default();
                let text = said.trim().to_owned();
                let header = path.last().is_some_and(|above| above == "header");
                let dc = path.last().is_some_and(|above| above == "dc");
                match (page.records.last_mut(), name.as_str()) {
                    (Some(record), "identifier") if header => record.name = text,
                    (Some(record), "datestamp") if header => record.stamp = text,
                    (Some(record), _) if dc => record.dc.push((name, text)),
                    (_, "resumptionToken") => page.token = Some(text),
                    _ => {}
                }
                said.clear();
            }
            Event::Empty(tag) if tag.local_name().as_ref() == "error" => page.error = Some(String::new()),
            Event::Eof => break,
            _ => {}
        }
    }
    page.records.retain(|record| !record.name.is_empty());
    match root {
        true => Ok(page),
        false => Err(both(
            "địa chỉ này không phải kho OAI-PMH; hãy ghi địa chỉ gốc của kho · this is no OAI-PMH repository; give its base address",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_deletions_and_the_way_on_are_read() {
        let text = r#"<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>
            <record><header><identifier>oai:a:1</identifier><datestamp>2026-11-23T01:00:00Z</datestamp></header>
            <metadata><oai_dc:dc xmlns:oai_dc="o" xmlns:dc="d"><dc:title>Họp &amp; bàn</dc:title><dc:identifier>oai</dc:identifier>
            <dc:identifier>https://a.gov.vn/1</dc:identifier><dc:date>2026-11-22</dc:date></oai_dc:dc></metadata></record>
            <record><header status="deleted"><identifier>oai:a:2</identifier><datestamp>2026-11-24T01:00:00Z</datestamp></header></record>
            <resumptionToken cursor="0">x y</resumptionToken></ListRecords></OAI-PMH>"#;
        let page = page(text.as_bytes()).unwrap();
        assert_eq!(page.token.as_deref(), Some("x y"));
        let (items, deleted) = items(page.records, "https://a.gov.vn/oai");
        assert_eq!(items[0].title.as_ref().unwrap().value, "Họp & bàn");
        assert_eq!(items[0].link.as_deref(), Some("https://a.gov.vn/1"));
        assert_eq!(deleted[0].id, "oai:a:2");
        assert!(super::page(b"<html></html>").is_err() && super::page(b"\xff").is_err());
    }
}
