//! What stands in a new rehearsal: a draft of every kind to go on with, and a directive of the agency above with a task to answer.

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use crate::agencies::Portal;
use crate::app::App;
use crate::drafts::Hour;
use crate::drafts::acts::{self, By, Saved};
use crate::drafts::life::Act;
use crate::items::draft::Draft;
use crate::items::kinds;
use crate::operate::demo::office::{EDITOR, SIGNER, person};
use crate::problem::Problem;
use crate::words::date;

/// Writes the drafts of the agency and issues the directive from above, by the same steps that people take.
///
/// # Errors
/// The database's.
pub(super) async fn write(app: &App, own: &Portal, above: &Portal) -> anyhow::Result<()> {
    drafts(app, own, above).await.map_err(|problem| anyhow::anyhow!("the rehearsal's drafts: {problem}"))
}

async fn drafts(app: &App, own: &Portal, above: &Portal) -> Result<(), Problem> {
    let today = date::day(app.clock.now());
    let lan = person(app, own, EDITOR).await?;
    for kind in kinds::all() {
        let draft = Draft { files: Vec::new(), ..kind.example_draft(today)? };
        begun(app, &lan, &kind.id, draft).await?;
    }
    let (lan, ha) = (person(app, above, EDITOR).await?, person(app, above, SIGNER).await?);
    let names = app.directory.load().agency(&own.origin).map(|agency| agency.name.vi.clone());
    let (id, version) = begun(app, &lan, "directive", directive(&names.unwrap_or_default(), today)).await?;
    acts::act(app, &lan, id, version, Act::Submit, None).await?;
    acts::act(app, &ha, id, version, Act::Approve, None).await?;
    acts::act(app, &ha, id, version, Act::Issue, None).await?;
    Ok(())
}

/// A draft with this text; its id and version.
async fn begun(app: &App, by: &By, kind: &str, draft: Draft) -> Result<(uuid::Uuid, i64), Problem> {
    let id = acts::create(app, by, kind).await?;
    let mut work = acts::find(&mut app.db.read().await?, by.log, id).await?;
    work.written.draft = Draft { sample: true, ..draft };
    match acts::save(app, by, id, work.version, work.written, Hour::default()).await? {
        Saved::As(version, _) => Ok((id, version)),
        Saved::Clash(..) => Err(Problem::NotFound("draft")),
    }
}

fn directive(agency: &str, today: Date) -> Draft {
    let task = |number: &str, text: &str, days: u32| json!({ "number": number, "task": text, "agency": agency, "working_days": days });
    let tasks = [
        task("1", "Xác nhận đã nhận nhiệm vụ này, rồi báo cáo một lần (tập dượt).", 3),
        task("2", "Đăng một thông báo trên cổng của cơ quan (tập dượt).", 5),
    ];
    let details = Map::from_iter([("tasks".to_owned(), Value::from(tasks.to_vec()))]);
    Draft {
        kind: "directive".into(),
        title: "Tập dượt tiếp nhận và báo cáo nhiệm vụ (mẫu)".into(),
        form: Some("Công văn".into()),
        issued: Some(today),
        text: "Văn bản tập dượt, không có giá trị. Hãy vào mục Nhiệm vụ của bàn làm việc.".into(),
        details,
        ..Draft::default()
    }
}
