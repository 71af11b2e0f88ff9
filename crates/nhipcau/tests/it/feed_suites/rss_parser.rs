//! rss-parser (JavaScript): for each file what it makes of it as JSON.

use std::path::Path;

use feeds::Hints;
use serde_json::Value;

use super::{About, Assertion, below, files, json, text, told, typed};

pub fn gather(suite: &Path) -> (usize, Vec<Assertion>) {
    let mut all = Vec::new();
    let mut counted = 0;
    for path in files(&suite.join("test/input"), &["rss", "atom"]) {
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        let Some(expected) = json(&suite.join(format!("test/output/{stem}.json"))) else { continue };
        let expected = &expected["feed"];
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
        for (at, item) in expected["items"].as_array().into_iter().flatten().enumerate() {
            let ours = &read["items"][at];
            let plain = |name: &str| vec![(text(&ours[name]), None)];
            push(About::Title, &item["title"], vec![typed(ours, "title")]);
            push(About::Link, &item["link"], plain("link"));
            push(About::Id, &item["guid"], plain("id"));
            push(About::Id, &item["id"], plain("id"));
            push(About::Date, &item["isoDate"], [plain("published"), plain("updated")].concat());
            // There, the description of RSS is the content, and what Atom says in short is the summary.
            push(About::Content, &item["content"], vec![typed(ours, "content"), typed(ours, "summary")]);
            push(About::Content, &item["content:encoded"], vec![typed(ours, "content")]);
            push(About::Content, &item["summary"], vec![typed(ours, "summary")]);
        }
    }
    (counted, all)
}
