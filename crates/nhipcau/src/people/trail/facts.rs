//! The facts beside a line of the trail in the reader's words. The file that is taken away keeps them as they are stored.

use serde_json::{Map, Value};

use crate::drafts::life::Stage;
use crate::drafts::pages::{change_name, kind_name, stage_name};
use crate::people::Role;
use crate::people::session::Way;
use crate::words::{DeskWords, Lang};

/// `{"roles":["editor"],"below":false}` as `biên tập viên`: what is false, empty, or said by the subject already, says nothing. Whose
/// account an id is, `named` knows.
pub(super) fn facts(
    detail: &str,
    subject: &str,
    lang: Lang,
    named: impl Fn(&str) -> Option<String>,
) -> String {
    let Ok(Value::Object(facts)) = serde_json::from_str::<Value>(detail) else { return String::new() };
    let said = |(key, value): (&String, &Value)| match value {
        Value::Null | Value::Bool(false) => None,
        Value::String(text) if text.is_empty() || text == subject => None,
        _ => Some(known(key, value, lang).unwrap_or_else(|| plain(key, value, &named))),
    };
    ordered(&facts).filter_map(said).collect::<Vec<_>>().join(" · ")
}

/// What is said in words comes before what only adds to it.
fn ordered(facts: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    let (rest, words): (Vec<_>, Vec<_>) =
        facts.iter().partition(|(_, value)| value.is_number() || value.is_boolean());
    words.into_iter().chain(rest)
}

/// A fact that has words of its own.
fn known(key: &str, value: &Value, lang: Lang) -> Option<String> {
    let w: &DeskWords = lang.desk();
    let text = value.as_str();
    match key {
        "roles" => {
            let roles = value.as_array()?.iter().map(|role| Some(Role::of(role.as_str()?)?.name(lang)));
            Some(roles.collect::<Option<Vec<_>>>()?.join(", "))
        }
        "below" => Some(w.fact_below.to_owned()),
        "stage" => Some(stage_name(Stage::of(text?)?, lang).to_owned()),
        "kind" => Some(kind_name(text?, lang)),
        "change" if text? == "new" => Some(w.fact_new.to_owned()),
        "change" => change_name(text?, lang).map(str::to_owned),
        "way" if text? == "command" => Some(w.trail_token.to_owned()),
        "way" => Some(Way::of(text?).name(lang).to_owned()),
        "by" => match text? {
            "link" => Some(w.fact_by_link.to_owned()),
            "change" => Some(w.fact_by_change.to_owned()),
            _ => None,
        },
        "version" => Some(w.fact_version(value.as_i64()?)),
        "entry" => Some(w.fact_entry(value.as_i64()?)),
        "failures" => Some(w.fact_failures(value.as_i64()?)),
        "left" => Some(w.fact_left(value.as_i64()?)),
        _ => None,
    }
}

/// A fact as it is stored.
fn plain(key: &str, value: &Value, named: impl Fn(&str) -> Option<String>) -> String {
    let text = match value {
        Value::String(text) => named(text).unwrap_or_else(|| text.clone()),
        Value::Array(all) => {
            all.iter().map(|one| one.as_str().unwrap_or_default()).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    };
    format!("{key}: {text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vi(detail: &str) -> String {
        facts(detail, "d-1", Lang::Vi, |id| (id == "a-1").then(|| "Lan (lan)".to_owned()))
    }

    #[test]
    fn facts_are_said_in_the_readers_words() {
        assert_eq!(vi(r#"{"roles":["editor","signer"],"below":false}"#), "biên tập viên, người ký");
        assert_eq!(vi(r#"{"below":true,"roles":["clerk"]}"#), "cán bộ tiếp nhận · cả các cơ quan trực thuộc");
        assert_eq!(vi(r#"{"draft":"d-1","stage":"review","version":2}"#), "Chờ duyệt · bản 2");
        assert_eq!(vi(r#"{"way":"password"}"#), "mật khẩu");
        assert_eq!(facts(r#"{"failures":3}"#, "", Lang::En, |_| None), "failed attempt 3");
    }

    #[test]
    fn what_has_no_words_yet_stands_as_it_is_kept() {
        assert_eq!(vi(r#"{"proposer":"a-1","parts":3}"#), "proposer: Lan (lan) · parts: 3");
        assert_eq!(vi(r#"{"roles":["of-tomorrow"]}"#), "roles: of-tomorrow");
        assert_eq!((vi("{}"), vi("[")), (String::new(), String::new()));
    }
}
