//! The API's description as people read it: one page that lists what there is, one for each operation. All of it is read from the
//! description that programs get, so that neither can say what the other does not.

use std::sync::LazyLock;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::Value;

use crate::agencies::Portal;
use crate::api::openapi;
use crate::app::App;
use crate::items::pages::{LONG, html, kept};
use crate::web::pages::Tag;
use crate::web::shell::{Section, Shell};
use crate::web::visitor::Visitor;
use crate::words::{Lang, OpenWords};

static API: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(openapi::text()).unwrap_or_default());

/// An operation, as the description has it.
#[derive(Clone, Copy)]
struct Operation {
    method: &'static str,
    path: &'static str,
    said: &'static Value,
}

/// All operations, in the order of their paths.
fn operations() -> impl Iterator<Item = Operation> {
    let paths = API["paths"].as_object().into_iter().flatten();
    paths.flat_map(|(path, methods)| {
        let methods = methods.as_object().into_iter().flatten();
        methods.map(|(method, said)| Operation { method, path, said })
    })
}

/// What stands at the place that a reference names, or the value itself.
fn followed(value: &'static Value) -> &'static Value {
    let place = value.get("$ref").and_then(Value::as_str).and_then(|place| place.strip_prefix('#'));
    place.and_then(|place| API.pointer(place)).unwrap_or(value)
}

fn text(said: &'static Value, name: &str) -> &'static str {
    said.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn all(said: &'static Value, name: &str) -> &'static [Value] {
    said.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

impl Operation {
    fn name(self) -> &'static str {
        text(self.said, "operationId")
    }

    fn says(self) -> &'static str {
        text(self.said, "description")
    }

    fn summary(self, lang: &Lang) -> &'static str {
        text(self.said, if *lang == Lang::Vi { "x-summary-vi" } else { "summary" })
    }

    /// True if it asks for the node's token.
    fn by_token(self) -> bool {
        !all(self.said, "security").is_empty()
    }

    /// True if whoever runs the node gives each program that asks a key of its own.
    fn by_key(self) -> bool {
        self.fields().iter().any(|field| field.name == "api_key" && field.must)
    }

    fn body(self) -> Option<(&'static str, &'static Value)> {
        let content = self.said.get("requestBody")?.get("content")?.as_object()?;
        content.iter().next().map(|(media, body)| (media.as_str(), body))
    }

    fn parameters(self) -> Vec<Field> {
        let parameter = |said: &'static Value| Field {
            name: text(said, "name"),
            place: text(said, "in"),
            must: said["required"] == true,
            takes: takes(&said["schema"]),
            says: text(said, "description"),
        };
        all(self.said, "parameters").iter().map(|said| parameter(followed(said))).collect()
    }

    /// The fields of its body.
    fn fields(self) -> Vec<Field> {
        let Some((_, body)) = self.body() else { return Vec::new() };
        let Some(schema) = body.get("schema").map(followed) else { return Vec::new() };
        let fields = schema["properties"].as_object().into_iter().flatten();
        let field = |(name, said): (&'static String, &'static Value)| Field {
            name,
            place: "",
            must: all(schema, "required").iter().any(|one| one == name),
            takes: takes(said),
            // What a field says of itself comes before what its type says.
            says: [said, followed(said)]
                .map(|said| text(said, "description"))
                .into_iter()
                .find(|says| !says.is_empty())
                .unwrap_or_default(),
        };
        fields.map(field).collect()
    }

    fn answers(self) -> Vec<(&'static str, &'static str)> {
        let answers = self.said["responses"].as_object().into_iter().flatten();
        answers.map(|(status, answer)| (status.as_str(), text(followed(answer), "description"))).collect()
    }

    /// How it is asked from a terminal.
    fn asked(self, base: &str) -> String {
        let url = format!("{base}{}", self.path);
        let mut words = vec!["curl".to_owned()];
        if self.method != "get" {
            words.push(format!("-X {}", self.method.to_uppercase()));
        }
        if self.by_token() {
            words.push("-H \"Authorization: Bearer $TOKEN\"".to_owned());
        }
        if let Some((media, _)) = self.body() {
            words.push(format!("-H \"Content-Type: {media}\" --data @-"));
        }
        words.push(format!("\"{url}\""));
        words.join(" ")
    }

    fn example(self) -> Option<String> {
        let example = self.body()?.1.get("example")?;
        serde_json::to_string_pretty(example).ok()
    }
}

/// A parameter, or a field of a body.
struct Field {
    name: &'static str,
    /// `query`, `path` or `header`; nothing for a field.
    place: &'static str,
    must: bool,
    takes: String,
    says: &'static str,
}

/// What a value may be, in the words of JSON Schema: `integer 1–200 = 50`.
fn takes(schema: &'static Value) -> String {
    let whole = followed(schema);
    let shown = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut words = Vec::new();
    match whole.get("enum").or(whole.get("type")) {
        Some(Value::Array(values)) => {
            let values = values.iter().filter(|value| !value.is_null() && *value != "null");
            words.push(values.map(shown).collect::<Vec<_>>().join(" | "));
        }
        Some(kind) => words.push(shown(kind)),
        None => {}
    }
    words.extend(whole.get("format").map(shown));
    match (whole.get("minimum"), whole.get("maximum")) {
        (Some(least), Some(most)) => words.push(format!("{least}–{most}")),
        (Some(least), None) => words.push(format!("≥ {least}")),
        (None, Some(most)) => words.push(format!("≤ {most}")),
        (None, None) => {}
    }
    words.extend(whole.get("maxLength").map(|most| format!("≤ {most}")));
    words.extend(whole.get("default").map(|default| format!("= {}", shown(default))));
    words.join(" ")
}

/// What belongs together, with its name and its operations.
struct Group {
    name: &'static str,
    says: &'static str,
    rows: Vec<Operation>,
}

fn groups(lang: Lang) -> Vec<Group> {
    let group = |tag: &'static Value| {
        let (name, both) = (text(tag, "name"), text(tag, "description"));
        let (vi, en) = both.split_once(" · ").unwrap_or((both, both));
        let of = |operation: &Operation| all(operation.said, "tags").iter().any(|tag| tag == name);
        Group { name, says: if lang == Lang::Vi { vi } else { en }, rows: operations().filter(of).collect() }
    };
    all(&API, "tags").iter().map(group).collect()
}

#[derive(Template)]
#[template(path = "open/api.html")]
struct ListPage {
    shell: Shell,
    groups: Vec<Group>,
}

impl ListPage {
    fn o(&self) -> &'static OpenWords {
        self.shell.lang.open()
    }
}

/// `/du-lieu/api`
pub async fn list(State(app): State<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Directory], LONG, async |portal: &Portal| {
        let mut shell = portal.shell(&app, &visitor, Section::Elsewhere);
        let lang = shell.lang;
        shell.title = Some(lang.open().api.to_owned());
        html(&ListPage { groups: groups(lang), shell })
    })
    .await
}

#[derive(Template)]
#[template(path = "open/operation.html")]
struct OperationPage {
    shell: Shell,
    operation: Operation,
    asked: String,
    parameters: Vec<Field>,
    fields: Vec<Field>,
    example: Option<String>,
    answers: Vec<(&'static str, &'static str)>,
}

impl OperationPage {
    fn o(&self) -> &'static OpenWords {
        self.shell.lang.open()
    }

    fn tables(&self) -> [(&'static str, &[Field]); 2] {
        [(self.o().api_parameters, &self.parameters), (self.o().api_body, &self.fields)]
    }

    /// Words of the description, what stands between backquotes told apart.
    fn spans<'a>(&self, text: &'a str) -> impl Iterator<Item = (bool, &'a str)> {
        text.split('`').enumerate().map(|(at, part)| (at % 2 == 1, part))
    }

    /// What marks the description's own words, which are English, on a page that is not.
    fn english(&self) -> &'static str {
        if self.shell.lang == Lang::En { "" } else { " lang=\"en\"" }
    }
}

/// `/du-lieu/api/{name}`
pub async fn one(State(app): State<App>, Path(name): Path<String>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Directory], LONG, async |portal: &Portal| {
        let operation = operations()
            .find(|operation| operation.name() == name)
            .ok_or(crate::problem::Problem::NotFound("operation"))?;
        let mut shell = portal.shell(&app, &visitor, Section::Elsewhere);
        shell.title = Some(operation.summary(&shell.lang).to_owned());
        html(&OperationPage {
            asked: operation.asked(&visitor.base),
            parameters: operation.parameters(),
            fields: operation.fields(),
            example: operation.example(),
            answers: operation.answers(),
            operation,
            shell,
        })
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_operation_stands_in_one_group_under_a_name_and_says_in_both_languages_what_it_is() {
        let listed: Vec<&str> =
            groups(Lang::Vi).iter().flat_map(|group| &group.rows).map(|one| one.name()).collect();
        assert_eq!(listed.len(), operations().count());
        assert_eq!(listed.iter().collect::<BTreeSet<_>>().len(), listed.len());
        for operation in operations() {
            let (vi, en) = (operation.summary(&Lang::Vi), operation.summary(&Lang::En));
            assert!(!vi.is_empty() && !en.is_empty() && vi != en, "{}", operation.path);
            assert!(!operation.answers().is_empty(), "{}", operation.path);
            for field in operation.parameters().iter().chain(&operation.fields()) {
                assert!(!field.name.is_empty(), "{}", operation.path);
            }
        }
    }

    #[test]
    fn an_operation_says_how_it_is_asked() {
        let of = |name: &str| operations().find(|operation| operation.name() == name).unwrap();
        let (records, issue) = (of("records"), of("issue"));
        assert_eq!(records.asked("https://a.vn"), "curl \"https://a.vn/api/v1/records\"");
        assert!(issue.by_token() && !records.by_token() && issue.example().is_some());
        assert_eq!(
            issue.asked("https://a.vn"),
            "curl -X POST -H \"Authorization: Bearer $TOKEN\" -H \"Content-Type: application/json\" --data @- \
             \"https://a.vn/api/v1/items\""
        );
        let limit = records.parameters().into_iter().find(|one| one.name == "limit").unwrap();
        assert_eq!((limit.takes.as_str(), limit.place, limit.must), ("integer 1–200 = 50", "query", false));
        let item = issue.fields().into_iter().find(|one| one.name == "item").unwrap();
        assert!(item.must);
        assert!(of("open311SendJson").by_key() && !of("askPetition").by_key());
    }
}
