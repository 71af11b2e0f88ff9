//! The demonstration's petitions: one that was asked and answered at a commune, and one that waits for somebody.

use uuid::Uuid;

use super::Demo;
use super::office::{CLERK, PUBLISHER, account};
use crate::agencies::Portal;
use crate::app::App;
use crate::people::forms::Fields;
use crate::petitions::Mode;
use crate::petitions::handling::{Actor, take};
use crate::petitions::life::By;
use crate::petitions::register::{Asked, register};
use crate::petitions::store;
use crate::problem::Problem;
use crate::words::Lang;

/// The commune at which they are asked.
const COMMUNE: &str = "mucangchai.";
const ANSWERED: &str = "Đèn đường ở đầu bản Kim Nọi hỏng từ tuần trước, buổi tối học sinh đi học về rất tối. Đề nghị xã cho sửa (mẫu).";
const ANSWER: &str = "Xã đã kiểm tra và thay ba bóng đèn ở đầu bản Kim Nọi. Nếu còn chỗ hỏng, mời phản ánh tiếp qua cổng này (mẫu).";
const WAITS: &str =
    "Cống thoát nước cạnh chợ bị tắc, mưa là nước tràn ra đường. Đề nghị xã cho nạo vét trước mùa mưa (mẫu).";

/// Asks both, and answers the first by two people.
///
/// # Errors
/// The database's.
pub(super) async fn ask(demo: &Demo) -> Result<(), Problem> {
    for (_, app, _) in &demo.nodes {
        let portals = app.portals.load().all();
        let Some(portal) = portals.iter().find(|portal| portal.domain.starts_with(COMMUNE)) else { continue };
        let answered = asked(app, portal, ANSWERED, 1).await?;
        asked(app, portal, WAITS, 2).await?;
        let (clerk, publisher) = (account(app, CLERK).await?, account(app, PUBLISHER).await?);
        let clerk = actor(portal, clerk, true);
        step(app, &clerk, &answered, &[("viec", "nhan")]).await?;
        let fields = [("viec", "trinh"), ("tra-loi", ANSWER), ("cau-hoi", ANSWERED), ("cong-khai", "on")];
        step(app, &clerk, &answered, &fields).await?;
        step(app, &actor(portal, publisher, false), &answered, &[("viec", "duyet")]).await?;
    }
    Ok(())
}

async fn asked(app: &App, portal: &Portal, words: &str, number: u8) -> Result<String, Problem> {
    let asked = Asked {
        via: None,
        knock: None,
        sort: "phan-anh".into(),
        mode: Mode::Anonymous,
        commune: String::new(),
        place: String::new(),
        words: words.into(),
        contact: Default::default(),
        files: Vec::new(),
        urgent: false,
        lang: Lang::Vi,
        once: [number; 32],
        client: None,
    };
    Ok(register(app, portal, asked).await?.code)
}

fn actor(portal: &Portal, account: Uuid, handles: bool) -> Actor {
    let by = By { account, handles, approves: !handles, leads: false };
    Actor { by, log: portal.log, origin: portal.origin.clone() }
}

/// A step upon what stands there.
async fn step(app: &App, actor: &Actor, code: &str, fields: &[(&str, &str)]) -> Result<(), Problem> {
    let case = store::find(&mut app.db.read().await?, code).await?.ok_or(Problem::NotFound("petition"))?;
    let version = case.version.to_string();
    let mut pairs: Vec<(String, String)> = vec![("ban".into(), version)];
    pairs.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    take(app, actor, code, &Fields::of(pairs)).await
}
