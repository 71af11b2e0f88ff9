//! How far we read feeds as the readers of others do: feedparser, gofeed, feed-rs and rss-parser come with some 3,000 files and what
//! they expect of them. They lie beside the repository (`../shared/data/feeds`) and are no part of it.
//!
//! Every assertion about an id, link, title, time or text of an item, and about title, link and time of a feed, is counted. A
//! text agrees if both are the same once cleaned: what our cleaning takes out it takes out of what they expect, too. What
//! does not agree is named in `DIFFERENCES` with the reason, or the test fails.

mod differences;
mod feed_rs;
mod feedparser;
mod gofeed;
mod python;
mod rss_parser;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use feeds::{Hints, Kind};
use nhipcau::items::body;
use nhipcau::sources::read;
use serde_json::Value;

use super::docs;

/// What an assertion is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum About {
    Id,
    Link,
    Title,
    Date,
    Content,
}

/// One assertion of a suite about one file.
struct Assertion {
    /// The file, below the suite.
    file: String,
    about: About,
    expected: String,
    /// All that would agree, as the command prints it: with the type of a text.
    ours: Vec<(Option<String>, Option<String>)>,
}

/// The suites' folder, if it lies beside the repository.
fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/feeds");
    folder.is_dir().then_some(folder)
}

/// Every file below a folder with one of the endings, in order.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| endings.iter().any(|one| ending == *one)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// A feed as the command prints it; what it says is wrong if it is none.
fn told(bytes: &[u8], hints: &Hints<'_>) -> Result<Value, String> {
    read::read(bytes, hints).map(|feed| read::told(&feed)).map_err(|error| error.en())
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// A field with its type.
fn typed(of: &Value, name: &str) -> (Option<String>, Option<String>) {
    (text(&of[name]), text(&of[format!("{name}_type")]))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn cleaned(html: &str) -> String {
    one_line(&body::carried(html, None)).replace("> ", ">").replace(" <", "<")
}

/// `http://a.vn` and `http://a.vn/` are one address.
fn same_address(ours: &str, expected: &str) -> bool {
    match (ammonia::Url::parse(ours), ammonia::Url::parse(expected)) {
        (Ok(ours), Ok(expected)) => ours == expected,
        _ => false,
    }
}

/// A file of JSON. One of them is in ISO 8859-1, like the feed that it is about.
fn json(path: &Path) -> Option<Value> {
    let bytes = std::fs::read(path).ok()?;
    let text = String::from_utf8(bytes)
        .unwrap_or_else(|error| error.as_bytes().iter().map(|byte| char::from(*byte)).collect());
    serde_json::from_str(&text).ok()
}

impl Assertion {
    fn agrees(&self) -> bool {
        self.ours.iter().any(|(ours, kind)| match (ours, self.about) {
            (None, About::Title | About::Content) => cleaned(&self.expected).is_empty(),
            (None, _) => self.expected.is_empty(),
            (Some(ours), About::Date) => feeds::date(ours) == feeds::date(&self.expected),
            (Some(ours), About::Id) => *ours == self.expected,
            (Some(ours), About::Link) => *ours == self.expected || same_address(ours, &self.expected),
            (Some(ours), About::Title | About::Content) => {
                let plain = kind.as_deref() == Some("text") && one_line(ours) == one_line(&self.expected);
                plain || cleaned(ours) == cleaned(&self.expected)
            }
        })
    }

    fn verbatim(&self) -> bool {
        self.ours.iter().any(|(ours, _)| ours.as_deref().unwrap_or_default() == self.expected)
    }
}

/// What was counted of one suite.
struct Count {
    suite: &'static str,
    files: usize,
    all: usize,
    agree: usize,
    verbatim: usize,
    /// How many differ for each reason.
    reasons: BTreeMap<&'static str, usize>,
    /// What differs without a reason, and reasons for which nothing differs.
    faults: Vec<String>,
}

/// Counts and prints one suite.
fn count(suite: &'static str, files: usize, all: &[Assertion]) -> Count {
    let mut counts: BTreeMap<About, (usize, usize)> = BTreeMap::new();
    let mut count = Count {
        suite,
        files,
        all: all.len(),
        agree: 0,
        verbatim: 0,
        reasons: BTreeMap::new(),
        faults: Vec::new(),
    };
    let mut used = BTreeSet::new();
    for one in all {
        let of = counts.entry(one.about).or_default();
        of.1 += 1;
        if one.agrees() {
            of.0 += 1;
            count.agree += 1;
            count.verbatim += usize::from(one.verbatim());
            continue;
        }
        match differences::reason(suite, &one.file, one.about) {
            Some((rule, reason)) => {
                used.insert(rule);
                *count.reasons.entry(reason).or_default() += 1;
            }
            None => count.faults.push(format!(
                "{} {:?}: expected {:?}, read {:?}",
                one.file, one.about, one.expected, one.ours
            )),
        }
    }
    let idle = differences::rules(suite).filter(|(rule, _)| !used.contains(rule));
    count.faults.extend(idle.map(|(_, file)| format!("nothing differs any more in {file}")));
    println!(
        "{suite}: {} of {} assertions in {files} files agree ({:.1} %)",
        count.agree,
        count.all,
        count.share()
    );
    for (about, (agree, all)) in &counts {
        println!("  {about:?}: {agree} of {all}");
    }
    for fault in &count.faults {
        println!("  ! {fault}");
    }
    count
}

impl Count {
    fn share(&self) -> f64 {
        100.0 * self.agree as f64 / self.all as f64
    }
}

/// A name of a file below its suite.
fn below(path: &Path, suite: &Path) -> String {
    path.strip_prefix(suite).unwrap().display().to_string()
}

#[test]
fn feeds_are_read_as_feedparser_gofeed_feed_rs_and_rss_parser_read_them() {
    let Some(folder) = folder() else {
        println!("skipped: the suites of feeds do not lie beside the repository (../shared/data/feeds)");
        return;
    };
    let gathered = [
        ("feedparser", feedparser::gather as fn(&Path) -> (usize, Vec<Assertion>)),
        ("gofeed", gofeed::gather),
        ("feed-rs", feed_rs::gather),
        ("rss-parser", rss_parser::gather),
    ];
    let counts = gathered.map(|(suite, gather)| {
        let (files, all) = gather(&folder.join(suite));
        count(suite, files, &all)
    });
    for count in &counts {
        assert!(
            count.faults.is_empty(),
            "{}: {} assertions or reasons do not fit",
            count.suite,
            count.faults.len()
        );
        assert!(count.share() >= 95.0, "{}: {:.1} %", count.suite, count.share());
    }
    let rows = counts.iter().map(|count| {
        let share = format!("{:.1} %", count.share());
        [
            count.suite.to_owned(),
            count.files.to_string(),
            count.all.to_string(),
            count.agree.to_string(),
            share,
            count.verbatim.to_string(),
        ]
    });
    let head = ["suite", "files", "assertions", "agree", "share", "of them letter by letter"];
    docs::stands("docs/feeds.md", "agreement", &docs::table(head, rows));
    let reasons = counts.iter().flat_map(|count| {
        count
            .reasons
            .iter()
            .map(|(reason, number)| [count.suite.to_owned(), number.to_string(), (*reason).to_owned()])
    });
    docs::stands("docs/feeds.md", "differences", &docs::table(["suite", "differ", "because"], reasons));
}

/// Whatever lies there is read or refused in words; what is read holds nothing that acts.
#[test]
fn no_file_of_the_suites_brings_in_anything_that_acts() {
    let Some(folder) = folder() else {
        println!("skipped: the suites of feeds do not lie beside the repository (../shared/data/feeds)");
        return;
    };
    let all = files(&folder, &["xml", "rss", "atom", "json"]);
    let mut read = 0;
    for path in &all {
        let Ok(feed) = read::read(&std::fs::read(path).unwrap(), &Hints::default()) else { continue };
        read += 1;
        for item in &feed.items {
            for text in [&item.title, &item.summary, &item.content].into_iter().flatten() {
                if text.kind == Kind::Html {
                    let lower = text.value.to_lowercase();
                    for bad in [
                        "<script", "<style", "<iframe", "<object", "<embed", "<form", "<svg", " style=",
                        " on",
                    ] {
                        // What stands in an attribute's value is no name of one.
                        let outside = |tag: &str| tag.split('"').step_by(2).collect::<String>();
                        let tags = lower.split('<').skip(1).map(|tag| tag.split('>').next().unwrap());
                        let found =
                            tags.map(|tag| format!("<{}", outside(tag))).find(|tag| tag.contains(bad));
                        assert_eq!(found, None, "{}: {bad}", path.display());
                    }
                    assert!(!lower.contains("=\"javascript:"), "{}", path.display());
                }
            }
            assert!(
                item.link.as_deref().is_none_or(|link| !link.to_lowercase().starts_with("javascript")),
                "{}",
                path.display()
            );
        }
    }
    println!("{read} of {} files are feeds", all.len());
    assert!(read > 2_500);
}
