//! feedparser (Python): a comment in each file says what is expected, and which headers came with it.

use std::path::Path;

use feeds::Hints;
use serde_json::Value;

use super::python::{Literal, comparisons};
use super::{About, Assertion, below, files, text, told, typed};

pub fn gather(suite: &Path) -> (usize, Vec<Assertion>) {
    let mut all = Vec::new();
    let files = files(&suite.join("tests"), &["xml"]);
    let mut counted = 0;
    for path in &files {
        let bytes = std::fs::read(path).unwrap();
        let head = String::from_utf8_lossy(&bytes).into_owned();
        let field = |name: &str| {
            let line = head
                .lines()
                .find_map(|line| line.trim().strip_prefix(name).and_then(|rest| rest.strip_prefix(':')));
            line.map(|line| line.trim().to_owned())
        };
        let Some(expected) = field("Expect") else { continue };
        if !expected.contains("not bozo") {
            // What is not well-formed is not asked for here.
            continue;
        }
        let header = |name: &str| {
            let lines = head.lines().filter_map(|line| line.trim().strip_prefix("Header:"));
            let mut found = lines
                .filter_map(|line| line.split_once(':'))
                .filter(|(one, _)| one.trim().eq_ignore_ascii_case(name));
            found.next().map(|(_, value)| value.trim().to_owned())
        };
        let name = below(path, suite);
        let url = format!("http://127.0.0.1:8097/{name}");
        let (content_type, content_location) = (header("Content-type"), header("Content-Location"));
        let hints = Hints {
            url: Some(&url),
            content_type: content_type.as_deref(),
            content_location: content_location.as_deref(),
        };
        let read = told(&bytes, &hints).unwrap_or(Value::Null);
        counted += 1;
        for (path, value) in comparisons(&expected) {
            let Some((about, ours)) = ours(&read, &path) else { continue };
            let expected = match value {
                Literal::Text(text) => text,
                Literal::Numbers(numbers) if about == About::Date && numbers.len() == 9 => format!(
                    "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
                    numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]
                ),
                Literal::Numbers(_) => continue,
            };
            all.push(Assertion { file: name.clone(), about, expected, ours });
        }
    }
    (counted, all)
}

/// What we read of what a path names; nothing if it is about something else.
#[allow(clippy::type_complexity)]
fn ours(read: &Value, path: &str) -> Option<(About, Vec<(Option<String>, Option<String>)>)> {
    let keys: Vec<&str> = path.split(['[', ']', '.', '\'', '"']).filter(|key| !key.is_empty()).collect();
    let plain = |of: &Value, name: &str| vec![(text(&of[name]), None)];
    match keys.as_slice() {
        ["feed", "title"] | ["feed", "title_detail", "value"] => {
            Some((About::Title, vec![typed(read, "title")]))
        }
        ["feed", "link"] => Some((About::Link, plain(read, "link"))),
        ["feed", "updated_parsed" | "modified_parsed"] => Some((About::Date, plain(read, "updated"))),
        ["entries", at, rest @ ..] => {
            let item = &read["items"][at.parse::<usize>().ok()?];
            match rest {
                ["link"] => Some((About::Link, plain(item, "link"))),
                ["id" | "guid"] => Some((About::Id, plain(item, "id"))),
                ["title"] | ["title_detail", "value"] => Some((About::Title, vec![typed(item, "title")])),
                // There, the content stands for a summary that is missing.
                ["description" | "summary"] | ["summary_detail", "value"] => {
                    let summary = typed(item, "summary");
                    let summary = if summary.0.is_some() { summary } else { typed(item, "content") };
                    Some((About::Content, vec![summary]))
                }
                ["content", "0", "value"] => Some((About::Content, vec![typed(item, "content")])),
                ["published" | "published_parsed" | "issued_parsed" | "created_parsed" | "created"] => {
                    Some((About::Date, plain(item, "published")))
                }
                ["updated" | "updated_parsed" | "modified_parsed"] => {
                    Some((About::Date, plain(item, "updated")))
                }
                _ => None,
            }
        }
        _ => None,
    }
}
