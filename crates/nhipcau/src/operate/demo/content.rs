//! What the demonstration publishes: real documents of the gazette, issued through the same door as any other.

use anyhow::Context;
use indicatif::ProgressBar;
use network::entry::ItemChange;
use network::names::{ContentHash, Origin};
use serde::Deserialize;
use serde_json::Value;

use super::Demo;
use crate::app::App;
use crate::documents::draft::DraftRelation;
use crate::documents::gazette;
use crate::items::draft::{Draft, DraftSource};
use crate::items::kinds;
use crate::items::publish::{self, Done, Once};
use crate::items::store::{self as items, Reference};
use crate::problem::Problem;
use crate::procedures::records;
use crate::words::{Lang, date};

const GAZETTE: &str = include_str!("../../../../../data/demo/gazette.jsonl");
const TEXTS: &str = include_str!("../../../../../data/demo/fulltext.jsonl");
const RELATIONS: &str = include_str!("../../../../../data/demo/relations.csv");
const PROCEDURES: &str = include_str!("../../../../../data/demo/procedures.jsonl");
const SAMPLES: &str = include_str!("../../../../../data/demo/samples.jsonl");

#[derive(Deserialize)]
struct Record {
    #[serde(default)]
    url: Option<String>,
    #[serde(rename = "type")]
    form: String,
    number: String,
    agency: String,
    issued: jiff::civil::Date,
    #[serde(default)]
    effective: Option<jiff::civil::Date>,
    #[serde(default)]
    expires: Option<jiff::civil::Date>,
    #[serde(rename = "abstract")]
    about: String,
    #[serde(default)]
    signer: Option<String>,
    #[serde(default)]
    text_source: Option<String>,
    #[serde(default)]
    text: String,
}

#[derive(Deserialize)]
struct Sample {
    slug: String,
    kind: String,
    title: String,
    #[serde(rename = "abstract")]
    about: String,
    text: String,
}

fn read<T: for<'a> Deserialize<'a>>(lines: &str) -> anyhow::Result<Vec<T>> {
    lines.lines().map(|line| serde_json::from_str(line).context("the shipped data are damaged")).collect()
}

impl Record {
    fn draft(self, text: Option<&Record>, relations: Vec<DraftRelation>) -> Draft {
        let mut title = self.about.trim().trim_end_matches('.').to_owned();
        if let Some(first) = title.chars().next() {
            title = first.to_uppercase().chain(title.chars().skip(1)).collect();
        }
        let body = text.map(|t| t.text.clone()).unwrap_or_else(|| self.text.clone());
        let digitised = !body.is_empty();
        // Who described the document, and who typed its text: both are named.
        let gazette = self.url.as_ref().map(|_| "Công báo nước CHXHCN Việt Nam".to_owned());
        let typed = text.unwrap_or(&self).text_source.as_deref().map(typed_by);
        let names: Vec<String> = gazette.into_iter().chain(typed).collect();
        let source = DraftSource { name: names.join("; "), url: self.url.clone(), taken: None };
        Draft {
            kind: "document".into(),
            title: title.chars().take(500).collect(),
            number: Some(self.number),
            form: Some(self.form),
            agency: Some(self.agency),
            signer: self.signer.filter(|s| !s.is_empty()),
            issued: Some(self.issued),
            effective: self.effective,
            expires: self.expires,
            layer: if digitised { "digitised".into() } else { "none".into() },
            text: body,
            source: Some(source),
            relations,
            ..Draft::default()
        }
    }
}

/// Who typed a text and when, from `somebody, 2026-07-23`.
fn typed_by(from: &str) -> String {
    let day = |text: &str| text.parse().ok().map(|day| date::date(Lang::Vi, day));
    match from.rsplit_once(", ").and_then(|(who, text)| Some((who, day(text)?))) {
        Some((who, day)) => format!("bản số hóa của {who}, ngày {day}"),
        None => format!("bản số hóa của {from}"),
    }
}

/// Issues what is not yet issued, and waits until it stands on every node.
pub(super) async fn issue(demo: &Demo, bar: &ProgressBar) -> anyhow::Result<()> {
    let texts: Vec<Record> = read(TEXTS)?;
    let mut documents: Vec<Record> = read(GAZETTE)?;
    let numbers: Vec<String> = documents.iter().map(|d| d.number.clone()).collect();
    // Texts whose gazette record is not among the newest stand on their own.
    documents.extend(read::<Record>(TEXTS)?.into_iter().filter(|t| !numbers.contains(&t.number)));
    let mut relations = gazette::relations(RELATIONS.as_bytes())?;
    // Oldest first, so that the newest stands on top.
    documents.sort_by(|a, b| (a.issued, &a.number).cmp(&(b.issued, &b.number)));
    bar.set_message("phát hành văn bản thật · issuing real documents");
    bar.set_position(0);
    bar.set_length(documents.len() as u64);
    for document in documents {
        let label = if document.agency == "Bộ Tài chính" { "mof" } else { "chinhphu" };
        let app = demo.node(label).context("a node")?;
        let portal = app.portals.load().main().context("a portal")?;
        let name = format!("{} {}", document.number, document.issued);
        let text = texts.iter().find(|t| t.number == document.number);
        let stated = relations.remove(&document.number).unwrap_or_default();
        one(app, portal.log, &portal.origin, name, document.draft(text, stated)).await?;
        bar.inc(1);
    }
    let province = demo.node("laocai").context("a node")?;
    let samples: Vec<Sample> = read(SAMPLES)?;
    let communes: Vec<_> = province.portals.load().all().into_iter().filter(|p| !p.main).collect();
    for portal in communes {
        for sample in samples.iter().take(2) {
            let draft = Draft {
                kind: sample.kind.clone(),
                title: sample.title.clone(),
                summary: sample.about.clone(),
                text: sample.text.clone(),
                sample: true,
                ..Draft::default()
            };
            one(province, portal.log, &portal.origin, format!("{} {}", portal.domain, sample.slug), draft)
                .await?;
        }
    }
    kinds_of_items(province).await?;
    corrected(province).await?;
    procedures(demo).await?;
    bar.set_message("đến mọi cổng · reaching every portal");
    everywhere(demo).await
}

/// One sample of each kind that the gazette and the communes have none of, at the province's own portal.
async fn kinds_of_items(province: &App) -> anyhow::Result<()> {
    let portal = province.portals.load().main().context("a portal")?;
    let today = date::day(province.clock.now());
    for kind in kinds::all().iter().filter(|kind| !kind.official && kind.id != "digest") {
        let name = format!("{} sample {}", portal.domain, kind.id);
        one(province, portal.log, &portal.origin, name, kind.example_draft(today)?).await?;
    }
    Ok(())
}

/// A notice of the province that was corrected, so that a reader meets a correction with its reason.
async fn corrected(province: &App) -> anyhow::Result<()> {
    let portal = province.portals.load().main().context("a portal")?;
    let notice = |hour: &str| Draft {
        kind: "notice".into(),
        title: "Lịch tạm ngừng cấp nước để sửa đường ống (mẫu)".into(),
        text: format!("Tạm ngừng cấp nước từ **{hour}** thứ Bảy tại phường Lào Cai."),
        sample: true,
        ..Draft::default()
    };
    let done = issued(province, portal.log, &portal.origin, "correction", notice("8 giờ")).await?;
    let reference: Reference = done.reference.parse().map_err(|e: &str| anyhow::anyhow!(e))?;
    let standing = items::find(&mut province.db.read().await?, &reference).await?;
    let Some(standing) = standing.filter(|standing| standing.edition == 1) else { return Ok(()) };
    let note = "Sửa giờ bắt đầu: 20 giờ, không phải 8 giờ.".to_owned();
    let draft = Draft { change_note: Some(note), ..notice("20 giờ") };
    match publish::change(province, &standing, ItemChange::Correct, draft, Some(once("correction 2"))).await {
        Ok(_) => Ok(()),
        Err(Problem::Ours(error)) => Err(error),
        Err(other) => Err(anyhow::anyhow!("the sample of a correction: {other}")),
    }
}

/// Procedures of daily life, each from the ministry that published it where the demonstration has that ministry.
async fn procedures(demo: &Demo) -> anyhow::Result<()> {
    for line in PROCEDURES.lines() {
        let records::Record { code, draft, .. } = records::record(line)?;
        let decision = draft.details.get("decision").and_then(Value::as_str).unwrap_or_default();
        let app = demo.node(if decision.ends_with("-BTC") { "mof" } else { "chinhphu" }).context("a node")?;
        let portal = app.portals.load().main().context("a portal")?;
        one(app, portal.log, &portal.origin, format!("procedure {code}"), draft).await?;
    }
    Ok(())
}

/// A second start asks for the same again and gets the same answer: nothing is issued twice.
fn once(name: &str) -> Once {
    Once { token: "demo".into(), name: name.to_owned(), digest: ContentHash::of(name.as_bytes()).0 }
}

async fn one(app: &App, log: i64, origin: &Origin, name: String, draft: Draft) -> anyhow::Result<()> {
    issued(app, log, origin, &name, draft).await.map(|_| ())
}

async fn issued(app: &App, log: i64, origin: &Origin, name: &str, draft: Draft) -> anyhow::Result<Done> {
    match publish::issue(app, log, origin, draft, Some(once(name))).await {
        Ok(done) => Ok(done),
        Err(Problem::Ours(error)) => Err(error),
        Err(other) => Err(anyhow::anyhow!("{name}: {other}")),
    }
}

/// Waits until each node has what the others issued, content and all.
async fn everywhere(demo: &Demo) -> anyhow::Result<()> {
    let mut sizes = std::collections::HashMap::new();
    for (_, app, _) in &demo.nodes {
        let mut conn = app.db.read().await?;
        for head in crate::logs::store::every(&mut conn).await? {
            if head.own {
                sizes.insert(head.origin.clone(), head.size);
            }
        }
    }
    let began = std::time::Instant::now();
    loop {
        let mut open = 0;
        for (_, app, _) in &demo.nodes {
            let mut conn = app.db.read().await?;
            for head in crate::logs::store::every(&mut conn).await? {
                // Heads grow on by themselves; what was issued is what is waited for.
                let due = sizes.get(&head.origin).copied().unwrap_or(0);
                open += due.saturating_sub(head.size);
            }
            let (wanted,): (i64,) = crate::one!(&mut conn, (i64,), "SELECT COUNT(*) FROM want")?;
            open += wanted as u64;
        }
        if open == 0 {
            return Ok(());
        }
        anyhow::ensure!(
            began.elapsed().as_secs() < 120,
            "{open} entries or contents have not come in two minutes"
        );
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}
