//! What documents say of the program is printed by the program: a table stands between
//! `<!-- name -->` and `<!-- /name -->`, and a test fails with the text that is due there when it is stale.
//!
//! `NHIPCAU_WRITE_DOCS=1 cargo test -p nhipcau --test it docs` writes what is due into the documents.

mod handover;

use std::fmt::Write;
use std::path::{Path, PathBuf};

use nhipcau::operate::cli;
use nhipcau::people;
use nhipcau::web::routes::{self, Role};

use super::works::WORKS;

/// The root of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Asserts that `due` stands in the document between the marks `name`; or writes it there.
#[track_caller]
pub fn stands(document: &str, name: &str, due: &str) {
    let path = repository().join(document);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{document}: {e}"));
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let (Some(from), Some(to)) = (text.find(&open).map(|at| at + open.len()), text.find(&close)) else {
        panic!("{document} lacks the marks <!-- {name} --> … <!-- /{name} -->, each on a line of its own");
    };
    assert!(from <= to, "{document}: <!-- /{name} --> stands before <!-- {name} -->");
    let due = format!("\n{}\n\n", due.trim());
    if text[from..to] == due {
        return;
    }
    if std::env::var_os("NHIPCAU_WRITE_DOCS").is_some() {
        std::fs::write(&path, [&text[..from], &due, &text[to..]].concat()).unwrap();
        return;
    }
    panic!("{document} is stale at <!-- {name} -->; NHIPCAU_WRITE_DOCS=1 writes what is due there:\n{due}");
}

/// A table in Markdown.
pub fn table<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut text = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(N));
    for row in rows {
        let _ = writeln!(text, "| {} |", row.map(|cell| cell.replace('|', "\\|")).join(" | "));
    }
    text
}

#[test]
fn the_route_table_is_that_of_the_program() {
    let who = |role: Role| match role {
        Role::Reader => "anybody".to_owned(),
        Role::Newcomer => "a form of the host's own page".to_owned(),
        Role::Node => "nodes".to_owned(),
        Role::Program => "programs".to_owned(),
        Role::Administrator => "the token".to_owned(),
        Role::Staff(duty) => duty.roles().iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    };
    let rows = routes::table().into_iter().map(|route| {
        [route.method.to_owned(), format!("`{}`", route.path), who(route.role), route.what.to_owned()]
    });
    stands("ARCHITECTURE.md", "routes", &table(["method", "path", "who", "what"], rows));
}

/// The life of an item as `drafts::life` decides it, asked for every stage, act and role.
#[test]
fn the_life_of_an_item_is_that_of_the_program() {
    use network::entry::ItemChange;
    use nhipcau::drafts::life::{Act, Actor, End, Facts, Stage, decide};
    let (writer, other) = (uuid::Uuid::from_u128(1), uuid::Uuid::from_u128(2));
    let ending = |role, end| Facts {
        actor: Actor::Person(other, [role].into()),
        writers: [writer].into(),
        approvals: [uuid::Uuid::from_u128(3)].into(),
        persons: 2,
        signed: false,
        sound: true,
        later: false,
        sealed: false,
        end: Some((end, writer)),
    };
    let facts = |role| ending(role, End::Withdraw);
    let mut rows = Vec::new();
    for stage in Stage::ALL {
        for act in Act::ALL.into_iter().filter(|act| *act != Act::Begin || stage != Stage::Draft) {
            let may: Vec<_> = people::Role::ALL
                .into_iter()
                .filter(|role| decide(stage, act, &facts(*role)).is_ok())
                .collect();
            let clock =
                decide(stage, act, &Facts { actor: Actor::Clock, ..facts(people::Role::Editor) }).is_ok();
            let Some(step) = may.first().map(|role| decide(stage, act, &facts(*role)).unwrap()) else {
                continue;
            };
            let mut who: Vec<_> = may.iter().map(ToString::to_string).collect();
            who.extend(clock.then(|| "the clock at its hour".to_owned()));
            // The API uses it to hand in and to propose; the other acts have no door for it.
            let token = Facts { actor: Actor::Token, ..facts(people::Role::Editor) };
            let handed = matches!(act, Act::Submit | Act::ProposeEnd) && decide(stage, act, &token).is_ok();
            who.extend(handed.then(|| "the token".to_owned()));
            let again = if step.asks_again { "yes" } else { "" }.to_owned();
            let mut row = |act: String, next: String| {
                rows.push([stage.word().to_owned(), act, who.join(", "), next, again.clone()]);
            };
            match act {
                // The item stays as it is until its new draft has gone the whole way.
                Act::Begin => {
                    for (change, stands) in [
                        (ItemChange::Correct, "issued, shown as corrected"),
                        (ItemChange::Update, "issued, shown as updated"),
                        (ItemChange::Replace, "issued, shown as replaced by its new edition"),
                    ] {
                        row(
                            format!("begin: {change}"),
                            format!("a {} beside it; once that is issued: {stands}", step.next.word()),
                        );
                    }
                }
                Act::ConfirmEnd => {
                    for (how, end) in
                        [("withdraw", End::Withdraw), ("gone", End::Gone), ("erase", End::Erase)]
                    {
                        let next = decide(stage, act, &ending(people::Role::Leader, end)).unwrap().next;
                        row(format!("confirm-end: {how}"), next.word().to_owned());
                    }
                }
                act => row(act.word().to_owned(), step.next.word().to_owned()),
            }
        }
    }
    let head = ["stage", "act", "who", "next", "asks again"];
    stands("ARCHITECTURE.md", "life", &table(head, rows));
}

#[test]
fn the_command_table_is_that_of_the_program() {
    let command = cli::command();
    let rows = command.get_subcommands().filter(|sub| !sub.is_hide_set()).map(|sub| {
        let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
        [format!("`nhipcau {}`", sub.get_name()), about]
    });
    stands("README.md", "commands", &table(["command", "what it does"], rows));
}

#[test]
fn what_works_today_has_its_test() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let rows = WORKS.iter().map(|(vi, en, file, test)| {
        let text = std::fs::read_to_string(tests.join(file).with_extension("rs")).unwrap();
        assert!(text.contains(&format!("fn {test}(")), "{file}.rs has no test {test}");
        [format!("{vi} · {en}"), format!("`{}` {}", file, test.replace('_', " "))]
    });
    stands("README.md", "works", &table(["what · điều gì", "shown by"], rows));
}
