//! feed-rs (Rust): beside each file lies its model of it as JSON.

use std::path::Path;

use feeds::Hints;
use serde_json::Value;

use super::{About, Assertion, below, files, json, text, told, typed};

pub fn gather(suite: &Path) -> (usize, Vec<Assertion>) {
    let mut all = Vec::new();
    let mut counted = 0;
    for path in files(suite, &["xml", "json"]) {
        let name = below(&path, suite);
        if name.ends_with(".serde.json") {
            continue;
        }
        let Some(expected) = json(&path.with_extension("serde.json")) else { continue };
        let read = told(&std::fs::read(&path).unwrap(), &Hints::default()).unwrap_or(Value::Null);
        counted += 1;
        let mut push = |about, expected: &Value, ours| {
            if let Some(expected) = text(expected) {
                all.push(Assertion { file: name.clone(), about, expected, ours });
            }
        };
        push(About::Title, &expected["title"]["content"], vec![typed(&read, "title")]);
        if let Some(link) = page(&expected) {
            push(About::Link, link, vec![(text(&read["link"]), None)]);
        }
        for (at, item) in expected["entries"].as_array().into_iter().flatten().enumerate() {
            let ours = &read["items"][at];
            let plain = |name: &str| vec![(text(&ours[name]), None)];
            push(About::Title, &item["title"]["content"], vec![typed(ours, "title")]);
            if let Some(link) = page(item) {
                push(About::Link, link, plain("link"));
            }
            if !item["id"].as_str().is_some_and(is_made_up) {
                push(About::Id, &item["id"], plain("id"));
            }
            push(About::Date, &item["published"], plain("published"));
            // There, what was only published counts as updated then.
            let updated = if ours["updated"].is_null() { plain("published") } else { plain("updated") };
            push(About::Date, &item["updated"], updated);
            push(About::Content, &item["summary"]["content"], vec![typed(ours, "summary")]);
            push(About::Content, &item["content"]["body"], vec![typed(ours, "content")]);
        }
    }
    (counted, all)
}

fn page(of: &Value) -> Option<&Value> {
    let links = of["links"].as_array()?;
    let link = links.iter().find(|link| link["rel"].as_str().is_none_or(|rel| rel == "alternate"))?;
    Some(&link["href"])
}

/// An id that the library makes, of a hash or by chance, because the feed says none.
fn is_made_up(id: &str) -> bool {
    (30..=36).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-')
}
