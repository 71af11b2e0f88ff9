//! The ledger of an item: where it stands on portals, by the network's receipts, on pages outside, by what was seen there, and on channels,
//! by what services have said; never merged. And how it was read, by each way that is counted.

use askama::Template;
use axum::extract::{Path, Query, State as Given};
use axum::http::StatusCode;
use axum::response::Response;

use super::line::Line;
use crate::app::App;
use crate::channels::store::queue;
use crate::channels::{insights, store};
use crate::items::pages::label;
use crate::items::publish;
use crate::items::store::Standing;
use crate::logs::coverage;
use crate::outlets::packets;
use crate::people::Duty;
use crate::people::gate::Staff;
use crate::people::pages::{Desk, Done, HOME, ISSUED, drawn, shell};
use crate::problem::Problem;
use crate::reach::{
    self,
    shown::{Network, Own},
};
use crate::sightings::{self, Verdict};
use crate::web::answer::failure;
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::ChannelWords;

#[derive(Template)]
#[template(path = "channels/ledger.html")]
struct LedgerPage {
    shell: Shell,
    desk: Desk,
    reference: String,
    back: String,
    title: String,
    /// Portals whose receipts say that they show it, of all.
    portals: (u32, u32),
    /// Pages outside the network on which it was seen as it should be, of all that are looked at.
    sites: (usize, usize),
    /// True of what was taken over from somebody who has not signed it.
    carried: bool,
    lines: Vec<Line>,
    /// What was pushed of it as edXML, by receiver and packet.
    packets: Vec<packets::ledger::Line>,
    /// Where what is said of a packet is sent.
    here: String,
    read: Own,
    reach: Network,
    /// True if this person may settle and send again.
    acts: bool,
    wrong: Option<String>,
}

impl LedgerPage {
    fn c(&self) -> &'static ChannelWords {
        self.shell.lang.channel()
    }
}

/// An item of this person's agency.
pub(super) async fn own(app: &App, staff: &Staff, reference: &str) -> Result<Standing, Problem> {
    let standing = publish::own(app, reference).await?;
    if standing.log == staff.portal.log { Ok(standing) } else { Err(Problem::NotFound("item")) }
}

/// `GET /ban-lam-viec/muc/{reference}/so-phat`
pub(super) async fn show(
    Given(app): Given<App>,
    staff: Staff,
    visitor: Visitor,
    Path(reference): Path<String>,
    Query(done): Query<Done>,
) -> Response {
    let w = visitor.lang.channel();
    let said = match done.word() {
        "lai" => Some(w.said_replayed.to_owned()),
        "xong" => Some(w.said_settled.to_owned()),
        _ => None,
    };
    page(&app, &staff, &visitor, &reference, said, (None, StatusCode::OK)).await
}

pub(super) async fn page(
    app: &App,
    staff: &Staff,
    visitor: &Visitor,
    reference: &str,
    said: Option<String>,
    (wrong, status): (Option<String>, StatusCode),
) -> Response {
    let drawn_up = async {
        let lang = visitor.lang;
        let w = lang.channel();
        let item = own(app, staff, reference).await?;
        let mut conn = app.db.read().await?;
        let (_, portals) = coverage::of_item(app, &mut conn, &item).await?;
        let here = lang.path(&format!("{HOME}/muc/{}/so-phat", item.reference()));
        let mut lines = Vec::new();
        for sending in queue::of_item(&mut conn, item.log, &item.item.to_string()).await? {
            let held = store::of_id(&mut conn, sending.account).await?;
            let mut line = Line::of(app, &sending, Some(&item), lang);
            line.title =
                held.map_or_else(String::new, |held| format!("{} · {}", held.about.kind.name(), held.name));
            line.href = Some(lang.path(&format!("{}/{}", super::PAGE, sending.account)));
            line.to = here.clone();
            line.reach.extend(reach::shown::link(&mut conn, &item, sending.account, lang).await?);
            line.reach.extend(insights::told(&mut conn, sending.id, lang).await?);
            lines.push(line);
        }
        let packets = packets::ledger::lines(app, &mut conn, &item, lang).await?;
        let title = label(&item.card, lang);
        let seen = sightings::store::of_item(&mut conn, item.log, item.item).await?;
        let good =
            seen.iter().filter(|(_, one)| matches!(one.verdict, Verdict::Shown | Verdict::Absent)).count();
        let read = reach::shown::own(&mut conn, staff.portal.log, &item, lang).await?;
        let reach = reach::shown::network(app, &mut conn, &item, lang).await?;
        Ok::<_, Problem>(LedgerPage {
            shell: shell(app, visitor, &staff.portal, w.ledger),
            desk: Desk::of(staff, lang, ISSUED, said),
            reference: item.reference().to_string(),
            back: lang.path(&format!("{HOME}/muc/{}", item.reference())),
            title,
            portals,
            sites: (good, seen.len()),
            carried: item.card.carried.is_some(),
            lines,
            packets,
            here,
            read,
            reach,
            acts: staff.may(Duty::Approve),
            wrong,
        })
    };
    match drawn_up.await {
        Ok(page) => drawn(app, visitor, status, &page),
        Err(problem) => failure(app, visitor, problem),
    }
}
