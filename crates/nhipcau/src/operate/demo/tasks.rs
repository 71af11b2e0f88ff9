//! The demonstration's directive: a task for the ministry, which acknowledges it, and one for the provinces.

use std::time::Duration;

use anyhow::{Context, anyhow};
use jiff::civil::Date;
use network::names::ContentHash;
use serde_json::{Value, json};
use vietnam::working_time::Calendar;

use super::{Demo, office};
use crate::app::App;
use crate::assignments::acts::{self, Telling};
use crate::assignments::board;
use crate::assignments::state::Act;
use crate::items::draft::Draft;
use crate::items::publish::{self, Once};
use crate::items::store::Reference;
use crate::people::{Role, store};
use crate::problem::Problem;
use crate::words::date;

/// The key under which it is issued once.
const NAME: &str = "nhiem-vu-mau";
/// Until when everything of a demonstration has come.
const MOST: Duration = Duration::from_secs(60);

/// Issues the directive at the first start; somebody of the ministry acknowledges its first task.
///
/// # Errors
/// What keeps it from being issued, or from reaching the ministry.
pub(super) async fn issue(demo: &Demo, login: &str, roles: &[Role]) -> Result<(), Problem> {
    let government = demo.government()?;
    let portal = government.portals.load().main().context("the Government's portal")?;
    // The days in it are those of the first start; a later one is told what the first was told.
    let once = Once { token: "demo".into(), name: NAME.into(), digest: ContentHash::of(NAME.as_bytes()).0 };
    let draft = directive(date::day(government.clock.now()));
    let done = publish::issue(government, portal.log, &portal.origin, draft?, Some(once)).await?;
    let reference: Reference = done.reference.parse().map_err(|e: &str| anyhow!(e))?;
    let ministry = demo.node("mof").context("the ministry's node")?;
    let portal = ministry.portals.load().main().context("the ministry's portal")?;
    let arrived = async {
        while board::find(ministry, &mut ministry.db.read().await?, &reference, &portal.origin)
            .await?
            .is_none()
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(MOST, arrived)
        .await
        .context("the directive did not reach the ministry in a minute")??;
    let by = office::by(portal.log, &portal.origin, account(ministry, login).await?, roles);
    acts::answer(ministry, &by, &reference, "1", Act::Acknowledged, Telling::default()).await
}

async fn account(app: &App, login: &str) -> Result<uuid::Uuid, Problem> {
    let account = store::by_login(&mut app.db.read().await?, login).await?;
    Ok(account.ok_or(Problem::NotFound("account"))?.id)
}

fn directive(today: Date) -> anyhow::Result<Draft> {
    let due = |days| -> anyhow::Result<String> {
        Ok(format!("{}T17:00", Calendar::shipped().add_working_days(today, days)?))
    };
    let details = json!({
        "addressees": [
            { "name": "Bộ Tài chính" },
            { "name": "Chủ tịch Ủy ban nhân dân các tỉnh, thành phố trực thuộc Trung ương" },
        ],
        "tasks": [
            {
                "number": "1",
                "task": "Bố trí kinh phí dự phòng để khắc phục hậu quả mưa lũ (mẫu).",
                "agency": "Bộ Tài chính",
                "due": due(3)?,
            },
            {
                "number": "2",
                "task": "Rà soát, di dời người dân khỏi khu vực có nguy cơ sạt lở (mẫu).",
                "agency": "Chủ tịch Ủy ban nhân dân các tỉnh, thành phố trực thuộc Trung ương",
                "due": due(1)?,
            },
        ],
    });
    Ok(Draft {
        kind: "directive".into(),
        title: "Tập trung ứng phó mưa lũ, bảo đảm an toàn cho nhân dân (mẫu)".into(),
        number: Some("00/CĐ-TTg".into()),
        form: Some("Công điện".into()),
        agency: Some("Thủ tướng Chính phủ".into()),
        issued: Some(today),
        text: "Văn bản mẫu, không phải chỉ đạo thật. Các cơ quan nêu tên thực hiện các nhiệm vụ sau đây."
            .into(),
        details: match details {
            Value::Object(details) => details,
            _ => serde_json::Map::new(),
        },
        sample: true,
        ..Draft::default()
    })
}
