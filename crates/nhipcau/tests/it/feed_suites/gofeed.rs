//! gofeed (Go): beside each file lies what its parsers of RSS, Atom and JSON, or the translation of these, make of it.

use std::path::Path;

use feeds::Hints;
use serde_json::Value;

use super::{About, Assertion, below, files, json, text, told, typed};

pub fn gather(suite: &Path) -> (usize, Vec<Assertion>) {
    let mut all = Vec::new();
    let mut counted = 0;
    for path in files(&suite.join("testdata"), &["xml", "json"]) {
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        let xml = path.extension().is_some_and(|ending| ending == "xml");
        let beside =
            path.with_file_name(if xml { format!("{stem}.json") } else { format!("{stem}_expected.json") });
        let Some(expected) = json(&beside) else { continue };
        let read = told(&std::fs::read(&path).unwrap(), &Hints::default()).unwrap_or(Value::Null);
        counted += 1;
        let name = below(&path, suite);
        let mut push = |about, expected: &Value, ours| {
            if let Some(expected) = text(expected) {
                all.push(Assertion { file: name.clone(), about, expected, ours });
            }
        };
        push(About::Title, &expected["title"], vec![typed(&read, "title")]);
        push(About::Link, &expected["link"], vec![(text(&read["link"]), None)]);
        let list = if expected["entries"].is_array() { &expected["entries"] } else { &expected["items"] };
        for (at, item) in list.as_array().into_iter().flatten().enumerate() {
            let ours = &read["items"][at];
            let plain = |name: &str| vec![(text(&ours[name]), None)];
            push(About::Title, &item["title"], vec![typed(ours, "title")]);
            push(About::Link, &item["link"], plain("link"));
            push(About::Link, &item["url"], plain("link"));
            push(About::Id, &item["guid"], plain("id"));
            push(About::Id, &item["guid"]["value"], plain("id"));
            push(About::Id, &item["id"], plain("id"));
            push(About::Date, &item["publishedParsed"], plain("published"));
            push(About::Date, &item["pubDateParsed"], plain("published"));
            push(About::Date, &item["date_published"], plain("published"));
            push(About::Date, &item["updatedParsed"], plain("updated"));
            push(About::Date, &item["date_modified"], plain("updated"));
            push(About::Content, &item["description"], vec![typed(ours, "summary")]);
            push(About::Content, &item["summary"], vec![typed(ours, "summary")]);
            push(About::Content, &item["content"], vec![typed(ours, "content")]);
            push(About::Content, &item["content"]["value"], vec![typed(ours, "content")]);
            push(About::Content, &item["content_html"], vec![typed(ours, "content")]);
            if let Some(link) = item["links"].as_array().into_iter().flatten().find(|link| {
                link["rel"].as_str().is_none_or(|rel| rel == "alternate") && link["href"].is_string()
            }) {
                push(About::Link, &link["href"], plain("link"));
            }
        }
    }
    (counted, all)
}
