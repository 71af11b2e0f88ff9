//! Cases like the one that somebody is writing, with their answers: found while they type, and on the page that looks before it sends.
//!
//! Only what is published is found, of every portal of this node. The index is the crate `search`'s, in a folder of its own; `keep` holds
//! it in step with what is published and can build it anew at any time. What it finds are pointers: whether a case is still published is
//! asked of the database. How alike two texts are is judged by the words that they share, as `routing::words` reads them, and by
//! `routing::duplicates`: what the index itself counts says nothing of words that it does not know.

mod keep;

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use routing::duplicates::Signature;
use routing::words;
use search::{Ask, Index};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::{Mutex, Semaphore};
use uuid::Uuid;

use super::asking::check::clean;
use super::following::name_of;
use super::place::{self, Meant, meant};
use super::store::draft::{self, Shown};
use super::{HOME, rules};
use crate::api::Sent;
use crate::app::App;
use crate::clock::instant;
use crate::config::Config;
use crate::problem::{Fault, Problem};
use crate::search::Limit;
use crate::web::answer::problem_json;
use crate::web::visitor::Visitor;
use crate::words::{Lang, date};

pub use keep::{look, run};

/// So many are shown.
pub const MOST: usize = 5;
/// So many candidates of the index are looked at.
const CANDIDATES: usize = 30;
/// So many letters must be there before anything is looked for.
const LEAST: usize = 12;
/// Two texts are alike if the shorter one has so many of its words in the other, and so many pairs of them; or if so much of their letters
/// is the same.
const WORDS: f32 = 0.5;
const PAIRS: usize = 2;
const OVERLAP: f32 = 0.3;
/// Of a text with fewer words than these each counts for no more.
const FEW: usize = 6;
/// How much it counts that the place is the same.
const SAME_PLACE: f32 = 0.15;
/// The most characters that are looked for.
const MOST_TYPED: usize = 8_000;
/// Looks that may be under way at once: each takes a processor for some milliseconds.
const TURNS: usize = 2;
/// Whoever types waits for a turn no longer than this.
const PATIENCE: Duration = Duration::from_millis(150);

/// What finds similar cases.
pub struct Similar {
    folder: PathBuf,
    open: ArcSwapOption<Index>,
    /// Held while the index's files are written.
    writing: Arc<Mutex<()>>,
    turns: Semaphore,
    limit: Limit,
    /// What was published until then is read, in microseconds.
    seen: AtomicI64,
    /// When it was last looked what is published no more.
    swept: AtomicI64,
}

impl Similar {
    /// That of a node that was not begun yet.
    pub fn new(config: &Config) -> Similar {
        Similar {
            folder: config.content.with_file_name("similar"),
            open: ArcSwapOption::empty(),
            writing: Arc::default(),
            turns: Semaphore::new(TURNS),
            limit: Limit::default(),
            seen: AtomicI64::new(0),
            swept: AtomicI64::new(0),
        }
    }
}

/// A published case that is like what somebody writes.
pub struct Like {
    /// Its page.
    pub href: String,
    /// Its code.
    pub code: String,
    /// How its question begins.
    pub question: String,
    /// How its answer begins.
    pub answer: String,
    /// Where it was, who answered, when.
    pub says: String,
}

/// Published cases like a text, the likest first; none where there is no index yet, or too much is looked for at once.
///
/// # Errors
/// The database's.
pub async fn find(app: &App, words: &str, commune: &str, lang: Lang) -> Result<Vec<Like>, Problem> {
    // A quotation mark would make a phrase of what stands between two.
    let words = clean(words).replace(['"', '“', '”', '«', '»'], " ");
    let Some(index) = app.similar.open.load_full() else { return Ok(Vec::new()) };
    let turn = tokio::time::timeout(PATIENCE, app.similar.turns.acquire()).await;
    let Ok(Ok(_turn)) = turn else { return Ok(Vec::new()) };
    if words.chars().filter(|c| c.is_alphanumeric()).count() < LEAST {
        return Ok(Vec::new());
    }
    let text = words.clone();
    let found = tokio::task::spawn_blocking(move || {
        index.search(&text, &Ask { most: CANDIDATES, ..Ask::default() }).map(|found| found.hits)
    });
    let hits = match found.await.map_err(anyhow::Error::from)? {
        Ok(hits) => hits,
        Err(error) => {
            tracing::warn!(%error, "the index of similar petitions is damaged; it is built anew");
            keep::damaged(app).await?;
            return Ok(Vec::new());
        }
    };
    let mut conn = app.db.read().await?;
    let mut cases = Vec::new();
    for hit in hits {
        let id = Uuid::from_u128(hit.key.item).to_string();
        cases.extend(draft::shown_of(&mut conn, &id).await?);
    }
    let mut all = Vec::new();
    for case in ranked(&words, commune, cases) {
        all.push(Like {
            href: lang.path(&format!("{HOME}/ho-so/{}", case.code)),
            question: begins(&case.question, 160),
            answer: begins(&case.reply, 200),
            says: says(app, &mut conn, &case, lang).await?,
            code: case.code,
        });
    }
    Ok(all)
}

/// What a text is compared by: its folded words, and the pairs of them.
struct Bag {
    words: HashSet<String>,
    pairs: HashSet<String>,
}

impl Bag {
    fn of(text: &str) -> Bag {
        let words: Vec<String> = words::of(text).into_iter().map(|word| word.text).collect();
        let pairs = words.windows(2).map(|two| two.join(" ")).collect();
        Bag { words: words.into_iter().collect(), pairs }
    }

    /// The shares of words and of pairs that the shorter one has in common with the other, 0 to 1, and how many pairs that are.
    fn shared(&self, other: &Bag) -> (f32, f32, usize) {
        let share = |a: &HashSet<String>, b: &HashSet<String>| {
            let both = a.intersection(b).count();
            (both as f32 / a.len().min(b.len()).max(FEW) as f32, both)
        };
        let ((words, _), (pairs, count)) =
            (share(&self.words, &other.words), share(&self.pairs, &other.pairs));
        (words, pairs, count)
    }
}

/// How alike two texts are, 0 to 1; nothing if they are not.
fn alike(typed: &Bag, signature: &Signature, question: &str) -> Option<f32> {
    let (words, pairs, count) = typed.shared(&Bag::of(question));
    let overlap = signature.overlap(&Signature::of(question, None, &[]));
    let fits = (words >= WORDS && count >= PAIRS) || overlap >= OVERLAP;
    fits.then(|| ((words + pairs) / 2.0).max(overlap))
}

/// Those that are alike, the likest first, each question once.
fn ranked(words: &str, commune: &str, cases: Vec<Shown>) -> Vec<Shown> {
    // The place counts by itself below: a case elsewhere is no less alike for somebody who looks for an answer.
    let (typed, signature) = (Bag::of(words), Signature::of(words, None, &[]));
    let judged = cases.into_iter().filter_map(|case| {
        let near = !commune.is_empty() && case.place == commune;
        let score = alike(&typed, &signature, &case.question)?;
        Some((score + if near { SAME_PLACE } else { 0.0 }, case))
    });
    let mut judged: Vec<(f32, Shown)> = judged.collect();
    // The newer answer first, of two that are as alike.
    judged.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.at.cmp(&a.1.at)));
    let mut seen = HashSet::new();
    judged.retain(|(_, case)| seen.insert((case.question.clone(), case.reply.clone())));
    judged.into_iter().take(MOST).map(|(_, case)| case).collect()
}

/// How a text begins, in one line of so many characters.
pub(super) fn begins(text: &str, most: usize) -> String {
    let text = text.replace('\n', " ");
    let mut begun: String = text.chars().take(most).collect();
    if begun.len() < text.len() {
        begun.push('…');
    }
    begun
}

async fn says(app: &App, conn: &mut crate::db::Conn, case: &Shown, lang: Lang) -> Result<String, Problem> {
    let parts = [
        rules::Kind::name_of(&case.sort, lang),
        place::name(&case.place, lang),
        name_of(app, conn, case.log, lang).await?,
        date::date(lang, date::day(instant(case.at))),
    ];
    Ok(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "))
}

/// The commune that a form names, where that is certain; else that of the portal.
pub fn commune_of(domain: &str, typed: &str) -> String {
    match meant(typed) {
        Meant::One(code, _) => code.to_string(),
        _ => place::at_domain(domain).map(|commune| commune.code.to_string()).unwrap_or_default(),
    }
}

/// What is being written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Typed {
    words: String,
    #[serde(default)]
    commune: String,
    #[serde(default)]
    lang: String,
}

/// `POST /api/v1/petitions/similar`: in a body, for what somebody writes stands in no address.
pub async fn api(State(app): State<App>, visitor: Visitor, Sent { said, .. }: Sent<Typed>) -> Response {
    let found = async {
        let portal = visitor.portal.as_ref().ok_or(Problem::NotFound("portal"))?;
        if !app.similar.limit.lets(visitor.client, &said.words, app.clock.micros()) {
            let says = |lang: Lang| lang.petition().similar_wait.to_owned();
            return Err(Problem::TooOften { vi: says(Lang::Vi), en: says(Lang::En) });
        }
        let length = said.words.chars().count();
        if length > MOST_TYPED {
            let says = |lang: Lang| lang.petition().fault_long(length, MOST_TYPED);
            let fault = Fault { field: "words".into(), vi: says(Lang::Vi), en: says(Lang::En) };
            return Err(Problem::Invalid(vec![fault]));
        }
        let commune = commune_of(&portal.domain, &said.commune);
        find(&app, &said.words, &commune, Lang::of_code(&said.lang)).await
    };
    match found.await {
        Ok(all) => {
            let all = all.into_iter().map(|like| {
                json!({
                    "code": like.code, "href": like.href, "question": like.question, "answer": like.answer,
                    "says": like.says,
                })
            });
            let all: Vec<_> = all.collect();
            ([("cache-control", "no-store")], Json(json!({ "similar": all }))).into_response()
        }
        Err(problem) => problem_json(&app, problem),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_one_matter_are_alike_however_they_are_typed_and_others_are_not() {
        let lamp = "Đèn đường trước trường tiểu học xã hỏng ba tuần nay, tối rất nguy hiểm cho các cháu.";
        let judge = |typed: &str| alike(&Bag::of(typed), &Signature::of(typed, None, &[]), lamp);
        for typed in [
            lamp,
            "den duong truoc truong tieu hoc hong",
            "Gần trường tiểu học có cái đèn đường hỏng mấy tuần",
            "Đèn đường hỏng ở trường tiểu học",
        ] {
            assert!(judge(typed).is_some_and(|score| score > 0.3), "{typed}: {:?}", judge(typed));
        }
        for typed in [
            "Xin hỏi thủ tục cấp đổi thẻ căn cước cho người già",
            "Rác chất đống ở đầu chợ, ba ngày không ai thu gom.",
            "Trường tiểu học thu tiền quỹ lớp quá cao",
            "đèn",
            "",
        ] {
            assert_eq!(judge(typed), None, "{typed}");
        }
        assert!(judge(lamp) > judge("den duong truoc truong tieu hoc hong"));
    }
}
