//! The answer in words: one sentence first, what it means, and the proof behind it.

use askama::Template;
use serde_json::{Value, json};
use vietnam::hosts::Likeness;

use super::{About, Address, Answer, Held, Verdict};
use crate::clock::instant;
use crate::documents::view::{Said, status};
use crate::items::State;
use crate::items::pages::label;
use crate::web::shell::Shell;
use crate::words::{CheckWords, Lang, date};

/// `/kiem-tra`
#[derive(Template)]
#[template(path = "checks/check.html")]
pub struct CheckPage {
    /// The frame.
    pub shell: Shell,
    /// What was typed.
    pub typed: String,
    /// What is wrong with it.
    pub wrong: Option<String>,
    /// The answer, if something was asked.
    pub told: Option<Told>,
    /// The fingerprint of the root note that this node was installed with.
    pub root_fingerprint: String,
    /// The root note's version.
    pub root_version: u32,
    /// Its path.
    pub root_href: String,
    /// What the page adds where there is a script.
    pub script: &'static str,
}

impl CheckPage {
    fn c(&self) -> &'static CheckWords {
        self.shell.lang.checks()
    }
}

/// The answer.
pub struct Told {
    /// In one sentence.
    pub says: String,
    /// True if it is real and stands; false makes the sentence a warning.
    pub good: bool,
    /// What it means, and what to do.
    pub more: Vec<String>,
    /// The items behind it.
    pub lines: Vec<Line>,
    /// The signatures in the file, and whether each is wrong.
    pub seals: Vec<(String, bool)>,
    /// The file's hash.
    pub hash: Option<String>,
}

/// One item behind an answer.
pub struct Line {
    /// Its own sentence, where there are several.
    pub says: Option<String>,
    /// What other documents did to it.
    pub reasons: Vec<Said>,
    /// Its page.
    pub href: String,
    /// Its proof.
    pub proof: String,
    /// Where it stands in which log.
    pub behind: String,
}

impl Told {
    /// A verdict in a language.
    pub fn of(verdict: &Verdict, lang: Lang) -> Told {
        let c = lang.checks();
        let at = verdict.as_of.map_or_else(
            || c.never.to_owned(),
            |at| format!("{} {}", date::hour(at), date::date(lang, date::day(at))),
        );
        let mut told = Told {
            says: String::new(),
            good: false,
            more: Vec::new(),
            lines: Vec::new(),
            seals: verdict.seals.iter().map(|seal| (seal.says.clone(), seal.wrong)).collect(),
            hash: verdict.hash.as_ref().map(|hash| c.hash(hash)),
        };
        match &verdict.answer {
            Answer::Known(all) => known(&mut told, all, lang),
            Answer::Altered { of, compared } => {
                known(&mut told, of, lang);
                let (says, means) = match compared {
                    true => (c.altered, Some(c.altered_means)),
                    false => (c.uncompared, None),
                };
                told.good = false;
                if let [line] = &mut told.lines[..] {
                    line.says = Some(std::mem::take(&mut told.says));
                }
                told.says = says.to_owned();
                told.more = means.into_iter().map(str::to_owned).collect();
            }
            Answer::Unknown { number, named } => {
                told.says = c.unknown(at);
                told.more.extend(number.as_ref().filter(|_| *named).map(|number| c.unknown_named(number)));
                told.more.push(c.unknown_means.to_owned());
                told.more.extend(verdict.hash.as_ref().map(|_| c.unknown_file.to_owned()));
            }
            Answer::ErasedBytes { at } => told.says = c.erased(day(lang, *at)),
            Answer::Petition { code, step, agency, index, at } => {
                let p = lang.petition();
                let step = match step.as_str() {
                    "petition.registered" => p.proven_registered,
                    "petition.answered" => p.proven_answered,
                    _ => p.proven_other,
                };
                let at = lang.words().at_day(date::hour(*at), date::date(lang, date::day(*at)));
                told.good = true;
                told.says = p.proven(agency, step, code, at, index);
                told.more = vec![p.proven_means.to_owned()];
            }
            Answer::BadProof { why } => told.says = c.bad_proof(why),
            Answer::Address { host, is } => address(&mut told, lang, host, is, &at),
        }
        if let (true, Answer::Address { host, .. }) = (verdict.hidden, &verdict.answer) {
            told.more.insert(0, c.hidden(host));
        }
        told
    }
}

fn day(lang: Lang, micros: i64) -> String {
    date::date(lang, date::day(instant(micros)))
}

fn known(told: &mut Told, all: &[About], lang: Lang) {
    let c = lang.checks();
    let several = all.len() > 1;
    told.lines = all
        .iter()
        .map(|about| Line {
            says: several.then(|| sentence(about, lang)),
            reasons: about.reasons.clone(),
            href: format!("/muc/{}", about.item.reference()),
            proof: format!("/proof/{}", about.item.reference()),
            behind: c.behind(about.item.index, &about.item.origin),
        })
        .collect();
    match all {
        [one] => {
            told.says = sentence(one, lang);
            told.good = matches!(one.word(), "in-force" | "real");
            if one.item.state != State::Erased {
                told.more.push(
                    match one.held {
                        Held::Name => c.name_only,
                        Held::Bytes { .. } => c.bytes_same,
                        Held::Proof => c.proof_holds,
                    }
                    .to_owned(),
                );
            }
        }
        [first, ..] if matches!(first.held, Held::Bytes { .. }) => told.says = c.several_bytes(all.len()),
        _ => told.says = c.several(all.len()),
    }
}

/// What is said of an item. Nothing of one that was erased is named.
fn sentence(about: &About, lang: Lang) -> String {
    let (c, item) = (lang.checks(), &about.item);
    let what = match (&item.card.agency, about.issued()) {
        (Some(agency), Some(issued)) => {
            format!("{} ({agency}, {})", label(&item.card, lang), date::date(lang, issued))
        }
        (Some(agency), None) => format!("{} ({agency})", label(&item.card, lang)),
        _ => label(&item.card, lang),
    };
    let (by, at) = (&about.publisher, day(lang, item.issued));
    match (about.word(), about.held) {
        ("erased", _) => c.erased(day(lang, item.changed)),
        ("gone" | "withdrawn", _) => c.withdrawn(what, by, day(lang, item.changed)),
        ("carried", _) => c.carried(what, by),
        ("earlier-edition", Held::Bytes { edition, newest }) => c.earlier(edition, what, by, newest),
        ("in-force", _) => c.in_force(what, by, at),
        ("not-yet", _) => c.not_yet(what, by, at),
        ("not-in-force", _) => {
            let word = about.law.map_or("", |law| status(lang, law));
            c.not_in_force(word, what, by, at)
        }
        _ => c.real(what, by, at),
    }
}

fn address(told: &mut Told, lang: Lang, host: &str, is: &Address, at: &str) {
    let c = lang.checks();
    match is {
        Address::Official { agency } => {
            told.says = c.official(host, agency);
            told.good = true;
        }
        Address::Closed { agency, successor } => {
            told.says = c.closed(host, agency);
            told.more.extend(successor.as_ref().map(|next| c.successor(next)));
        }
        Address::Below { real, agency } => told.says = c.below_real(host, real, agency),
        Address::Like { real, agency, how } => {
            told.says = c.like(host, real, agency);
            let how = match how {
                Likeness::Wrapped => c.like_wrapped,
                Likeness::Hyphen => c.like_hyphen,
                Likeness::Letters => c.like_letters,
                Likeness::Ending => c.like_ending,
                Likeness::Slip => c.like_slip,
            };
            told.more = vec![how.to_owned(), c.like_do(real)];
        }
        Address::Strange => {
            told.says = c.strange(host, at);
            told.more = vec![c.strange_means.to_owned()];
        }
    }
}

/// The answer for programs.
pub fn data(verdict: &Verdict) -> Value {
    let (vi, en) = (Told::of(verdict, Lang::Vi), Told::of(verdict, Lang::En));
    let items = match &verdict.answer {
        Answer::Known(all) | Answer::Altered { of: all, .. } => all.iter().map(item).collect(),
        _ => Vec::new(),
    };
    let mut said = json!({
        "verdict": verdict.word(), "vi": vi.says, "en": en.says,
        "as_of": verdict.as_of.map(|at| at.to_string()), "items": items,
    });
    if let Answer::Address { host, is } = &verdict.answer {
        said["host"] = json!(host);
        if let Address::Like { real, .. } | Address::Below { real, .. } = is {
            said["official_host"] = json!(real);
        }
        if let Address::Like { how, .. } = is {
            said["likeness"] = json!(how.word());
        }
    }
    said
}

fn item(about: &About) -> Value {
    let (item, shown) = (&about.item, about.item.state < State::Erased);
    let edition = match about.held {
        Held::Bytes { edition, .. } => Some(edition),
        _ => None,
    };
    json!({
        "reference": item.reference().to_string(), "verdict": about.word(), "state": item.state.word(),
        "title": shown.then_some(&item.card.title), "number": item.card.number, "agency": item.card.agency,
        "issued_on": item.card.issued, "publisher": about.publisher, "legal_status": about.law.map(|law| law.as_str()),
        "held_edition": edition, "edition": item.edition, "origin": item.origin.to_string(), "entry": item.index,
        "path": format!("/muc/{}", item.reference()), "proof": format!("/proof/{}", item.reference()),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::logs::view::fingerprint;
    use crate::web::shell::{assert_page, sample};

    #[test]
    fn the_check_page_works_as_a_page_without_script() {
        for lang in [Lang::Vi, Lang::En] {
            let html = CheckPage {
                shell: sample(lang),
                typed: "<script>alert(1)</script>".into(),
                wrong: Some("Chưa đọc được.".into()),
                told: None,
                root_fingerprint: fingerprint("nhipcau.root/v1\n"),
                root_version: 1,
                root_href: "/.well-known/nhipcau/root/1".into(),
                script: "/assets/check.js",
            }
            .render()
            .unwrap();
            assert_page(&html);
            assert!(html.contains("data-check hidden") && html.contains("<noscript>"));
            assert!(html.contains("method=\"post\"") && !html.contains("<script>alert"));
        }
    }
}
