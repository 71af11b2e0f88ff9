//! Kinds of items from end to end: a sample of every kind is issued through the API, and every fact of it stands at a
//! portal that carries it; its schema agrees; the command line teaches it.

use std::process::Command;

use jiff::civil::{Date, DateTime};
use nhipcau::items::kinds::{self, Field, Kind, Shape, example};
use nhipcau::words::{Lang, date, number};
use serde_json::{Value, json};

use super::schema::faults;
use super::world::{Answer, Item, World};

fn today(world: &World) -> Date {
    date::day(world.app("chinhphu").clock.now())
}

/// A text as a page prints it.
fn escaped(text: &str) -> String {
    text.replace('&', "&#38;")
        .replace('<', "&#60;")
        .replace('>', "&#62;")
        .replace('"', "&#34;")
        .replace('\'', "&#39;")
}

/// What a page must print of a value.
fn printed(field: &Field, value: &Value, lang: Lang) -> Vec<String> {
    let text = value.as_str().unwrap_or_default();
    match &field.shape {
        Shape::Group(fields) => printed_all(fields, value, lang),
        Shape::List { fields, .. } => {
            value.as_array().unwrap().iter().flat_map(|row| printed_all(fields, row, lang)).collect()
        }
        Shape::Choice(all) => vec![all.iter().find(|c| c.id == text).unwrap().name.of(lang).to_owned()],
        Shape::Number { .. } => vec![number::whole(lang, value.as_u64().unwrap())],
        Shape::Date => vec![date::date(lang, text.parse().unwrap())],
        Shape::DateTime => {
            let moment: DateTime = text.parse().unwrap();
            vec![moment.strftime("%H:%M").to_string(), date::date(lang, moment.date())]
        }
        Shape::Email => vec![format!("href=\"mailto:{text}\"")],
        Shape::Phone => vec![format!("href=\"tel:{}\"", text.replace(' ', "")), text.to_owned()],
        Shape::Address => vec![format!("href=\"{text}\" rel=\"external nofollow\"")],
        Shape::File => vec![format!("(CSV, {})", number::bytes(lang, example::FILE.1.len() as u64))],
        _ => vec![escaped(text)],
    }
}

fn printed_all(fields: &[Field], given: &Value, lang: Lang) -> Vec<String> {
    let given = given.as_object().unwrap();
    fields.iter().filter_map(|field| Some(printed(field, given.get(&field.id)?, lang))).flatten().collect()
}

/// The labels of fields that are filled in, but of rows with one column and of those that a link says.
fn labels(fields: &[Field], lang: Lang, given: &str) -> Vec<String> {
    let said = |field: &Field| fields.iter().any(|other| other.shown_as.as_ref() == Some(&field.id));
    let each = |field: &Field| {
        let inner = if field.inner().len() == 1 { vec![] } else { labels(field.inner(), lang, given) };
        [vec![escaped(field.label.of(lang))], inner].concat()
    };
    let filled = |field: &Field| given.contains(&format!("\"{}\":", field.id));
    fields.iter().filter(|field| !said(field) && filled(field)).flat_map(each).collect()
}

fn shows(page: &Answer, kind: &Kind, lang: Lang, item: &Value) {
    assert_eq!(page.status, 200, "{}: {}", kind.id, page.text());
    let due = [
        labels(&kind.fields, lang, &item["details"].to_string()),
        printed_all(&kind.fields, &item["details"], lang),
    ]
    .concat();
    for words in due {
        assert!(page.says(&words), "{} in {lang:?} does not show {words:?}:\n{}", kind.id, page.text());
    }
    assert!(page.says(&format!("\"@type\":\"{}\"", kind.schema_org)), "{}", kind.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_of_every_kind_shows_every_fact_wherever_it_is_carried() {
    let world = World::with(["chinhphu", "mof"]).await;
    let day = today(&world);
    let mut issued: Vec<(&Kind, Value, Item)> = Vec::new();
    for kind in kinds::all() {
        let sample = kind.example(day);
        issued.push((kind, sample.clone(), world.issues("chinhphu", sample).await));
    }
    world.settle().await;
    for (kind, sample, item) in &issued {
        for portal in ["chinhphu", "mof"] {
            shows(&world.page(portal, item).await, kind, Lang::Vi, sample);
            let english = world.get(portal, &format!("/en/muc/{}", item.reference)).await;
            shows(&english, kind, Lang::En, sample);
        }
        let list = world.get("mof", &format!("/thong-tin?loai={}", kind.slug)).await;
        assert!(list.says(&item.reference), "{} is not in its list", kind.id);
        assert!(list.says(&format!("<b aria-current=\"true\">{}</b>", kind.name.vi)), "{}", kind.id);
        let feed = world.get("mof", &format!("/feed.atom?loai={}", kind.slug)).await;
        let category = format!("<category term=\"{}\" label=\"{}\"/>", kind.slug, kind.name.vi);
        assert!(feed.says(&category), "{}: {}", kind.id, feed.text());
        let told = world.told("mof", item).await;
        assert_eq!(told["document"]["details"], sample["details"], "{}", kind.id);
    }
    let page = |kind: &str| world.page("mof", &issued.iter().find(|(k, ..)| k.id == kind).unwrap().2);
    let dataset = page("dataset").await;
    for words in
        ["\"@type\":\"DataDownload\"", "\"temporalCoverage\":\"Năm 2027\"", "\"encodingFormat\":\"text/csv\""]
    {
        assert!(dataset.says(words), "no {words}");
    }
    let calendar = page("calendar").await;
    assert!(calendar.says("name=\"DC.type\" content=\"Lịch làm việc của lãnh đạo\""));
    assert!(!calendar.says("Chỉ có thông tin mô tả"), "its facts are what it is");

    // The digest of the day leads to what was issued, at every portal.
    let told = world.get("chinhphu", &format!("/api/v1/digest?day={day}")).await.json();
    let digest = world.issues("chinhphu", told["item"].clone()).await;
    world.settle().await;
    let page = world.page("mof", &digest).await;
    for (kind, _, item) in &issued {
        assert_eq!(page.says(&format!("href=\"/muc/{}\"", item.reference)), kind.in_digest, "{}", kind.id);
    }
    assert!(page.says(&format!("Chỉ đạo, điều hành của {}", world_name(&world).await)));
}

/// The name of the first agency in the directory.
async fn world_name(world: &World) -> String {
    let all = world.get("chinhphu", "/api/v1/agencies").await.json();
    let root =
        all["agencies"].as_array().unwrap().iter().find(|a| a["domain"] == "chinhphu.localhost").unwrap();
    root["name"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_kind_lacks_is_refused_at_its_origin_and_named_in_both_languages() {
    let world = World::with(["chinhphu"]).await;
    for kind in kinds::all() {
        let mut sample = kind.example(today(&world));
        sample["details"] = json!({ "khong_co": "x" });
        let answer = world.post("chinhphu", "/api/v1/items", &json!({ "item": sample })).await;
        assert_eq!(answer.status, 422, "{}", kind.id);
        let found = answer.json()["faults"].clone();
        let of =
            |field: &str| found.as_array().unwrap().iter().find(|fault| fault["field"] == field).cloned();
        assert!(of("details.khong_co").is_some(), "{}: {found}", kind.id);
        for field in kind.fields.iter().filter(|field| field.required) {
            let fault =
                of(&format!("details.{}", field.id)).unwrap_or_else(|| panic!("{}: {found}", field.id));
            assert!(fault["vi"].as_str().unwrap().contains(&field.label.vi), "{fault}");
            assert!(fault["en"].as_str().unwrap().contains(&field.label.en), "{fault}");
        }
    }
    let list = world.get("chinhphu", "/api/v1/items").await.json();
    assert_eq!(list["total"], 0, "something was issued all the same");
}

#[test]
fn the_schema_of_every_kind_takes_its_example_and_nothing_else() {
    let day = jiff::civil::date(2026, 11, 26);
    for kind in kinds::all() {
        let schema = kind.json_schema("/api/v1/kinds");
        let sample = kind.example(day);
        let found = faults(&schema, &schema, &sample);
        assert!(found.is_empty(), "{}: {found:#?}", kind.id);
        let mut wrong = sample.clone();
        wrong["colour"] = "red".into();
        wrong["kind"] = "khac".into();
        assert_eq!(faults(&schema, &schema, &wrong).len(), 2, "{}", kind.id);
        for field in kind.fields.iter().filter(|field| field.required) {
            let mut lacking = sample.clone();
            lacking["details"].as_object_mut().unwrap().remove(&field.id);
            assert_eq!(faults(&schema, &schema, &lacking).len(), 1, "{} without {}", kind.id, field.id);
        }
    }
}

fn nhipcau(args: &[&str]) -> (i32, String, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_nhipcau")).args(args).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (ran.status.code().unwrap(), text(ran.stdout), text(ran.stderr))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_teaches_kinds_and_assembles_the_digest() {
    let (code, out, _) = nhipcau(&["kinds"]);
    assert_eq!(code, 0);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(example::FILE.0), example::FILE.1).unwrap();
    for kind in kinds::all() {
        assert!(out.contains(&kind.help.vi) && out.contains(&kind.name.en), "{}", kind.id);
        let (code, taught, _) = nhipcau(&["kinds", &kind.id]);
        assert!(code == 0 && kind.fields.iter().all(|field| taught.contains(&field.label.vi)), "{taught}");
        let (_, file, _) = nhipcau(&["kinds", &kind.id, "--example"]);
        let path = folder.path().join(format!("{}.md", kind.id));
        std::fs::write(&path, file).unwrap();
        let (code, said, why) = nhipcau(&["issue", path.to_str().unwrap(), "--dry-run"]);
        assert_eq!(code, 0, "{}: {said}{why}", kind.id);
        let (_, schema, _) = nhipcau(&["kinds", &kind.id, "--schema"]);
        let schema: Value = serde_json::from_str(&schema).unwrap();
        assert_eq!(schema["properties"]["kind"]["const"], kind.id);
    }
    let (code, _, why) = nhipcau(&["kinds", "video"]);
    assert!(code == 1 && why.contains("directive, document"), "{why}");

    let world = World::with(["chinhphu"]).await;
    let day = today(&world).to_string();
    let node = world.address("chinhphu", "");
    let of_day = async |args: Vec<String>| {
        tokio::task::spawn_blocking(move || nhipcau(&args.iter().map(String::as_str).collect::<Vec<_>>()))
            .await
            .unwrap()
    };
    let asked: Vec<String> = ["digest", "--day", &day, "--node", &node, "--portal", "chinhphu.localhost"]
        .map(str::to_owned)
        .into();
    let (code, _, why) = of_day(asked.clone()).await;
    assert!(code == 1 && why.contains("choose another day"), "{why}");
    let item = world.issues("chinhphu", kinds::of("directive").unwrap().example(today(&world))).await;
    let (code, out, why) = of_day(asked).await;
    assert_eq!(code, 0, "{why}");
    assert!(out.starts_with("+++\n") && out.contains("kind = \"digest\""), "{out}");
    assert!(out.contains(&format!("](/muc/{})", item.reference)), "{out}");
}
