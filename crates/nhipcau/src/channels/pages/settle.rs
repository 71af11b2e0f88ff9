//! What a person says of a delivery: that it stands there, that it does not, that it is to be tried again.

use axum::extract::{Path, State as Given};
use axum::response::Response;
use channels::{Kind, Place, Stage};
use uuid::Uuid;

use super::{PAGE, ledger, one};
use crate::app::App;
use crate::channels::store;
use crate::channels::store::queue::{self, Wish};
use crate::db::Tx;
use crate::outlets::packets;
use crate::people::audit;
use crate::people::forms::{Fields, Filled, Wrong, told};
use crate::people::gate::Staff;
use crate::people::pages::{HOME, see};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::visitor::Visitor;
use crate::words::Lang;

/// The longest id or address of a post that is taken, in bytes.
const LONGEST: usize = 500;

/// `POST /ban-lam-viec/kenh/{id}/bai`
pub(super) async fn at_account(
    Given(app): Given<App>,
    staff: Staff,
    visitor: Visitor,
    Path(id): Path<String>,
    Filled(typed): Filled,
) -> Response {
    match settled(&app, &staff, &typed).await {
        Ok(word) => see(visitor.lang, &format!("{PAGE}/{id}?xong={word}")),
        Err(problem) => match Wrong::of(problem, visitor.lang) {
            Ok((status, wrong)) => one::refused(&app, &staff, &visitor, &id, (wrong, status)).await,
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}

/// `POST /ban-lam-viec/muc/{reference}/so-phat`
pub(super) async fn at_item(
    Given(app): Given<App>,
    staff: Staff,
    visitor: Visitor,
    Path(reference): Path<String>,
    Filled(typed): Filled,
) -> Response {
    let done = match typed.get("goi") {
        "" => settled(&app, &staff, &typed).await,
        _ => packets::ledger::settled(&app, &staff, &typed).await,
    };
    match done {
        Ok(word) => see(visitor.lang, &format!("{HOME}/muc/{reference}/so-phat?xong={word}")),
        Err(problem) => match told(problem, visitor.lang) {
            Ok((status, why)) => {
                ledger::page(&app, &staff, &visitor, &reference, None, (Some(why), status)).await
            }
            Err(problem) => failure(&app, &visitor, problem),
        },
    }
}

/// Carries out what somebody said; returns the word of what was done.
async fn settled(app: &App, staff: &Staff, typed: &Fields) -> Result<&'static str, Problem> {
    let id = Uuid::try_parse(typed.get("bai")).map_err(|_| Problem::NotFound("delivery"))?;
    let seen: i64 = typed.get("luc").parse().unwrap_or(0);
    let (act, word) = match typed.get("viec") {
        "co" | "khong" => ("channel.settle", "xong"),
        "lai" => ("channel.replay", "lai"),
        _ => return Err(Problem::invalid("viec", "co, khong, lai")),
    };
    let (says, written) = (typed.get("viec").to_owned(), typed.get("ma").trim().to_owned());
    let (log, line) = (staff.portal.log, staff.line(act, id.to_string()));
    app.db
        .write("channel.settle", async move |tx: &mut Tx| -> Result<(), Problem> {
            let sending = queue::of_id(tx.conn(), id).await?.filter(|sending| sending.log == log);
            let sending = sending.ok_or(Problem::NotFound("delivery"))?;
            let due = if says == "lai" { Stage::Failed } else { Stage::Unconfirmed };
            let waits = sending
                .wishes
                .iter()
                .any(|wish| matches!(wish, Wish::There { .. } | Wish::Absent | Wish::Replay));
            if sending.changed != seen || sending.machine.stage() != due || waits {
                return Err(Problem::refused(Lang::Vi.channel().moved, Lang::En.channel().moved));
            }
            let wish = match says.as_str() {
                "co" => {
                    let held = store::of_id(tx.conn(), sending.account).await?;
                    let target = held.map(|held| held.about.target).unwrap_or_default();
                    Wish::There { place: place(sending.machine.kind(), &target, &written) }
                }
                "khong" => Wish::Absent,
                _ => Wish::Replay,
            };
            // What a person says comes before what waits for it.
            queue::first(tx, &sending, wish).await?;
            Ok(audit::add(tx, line).await?)
        })
        .await?;
    Ok(word)
}

/// Where a post stands, of what somebody typed: its id, or an address that ends with it.
fn place(kind: Kind, target: &str, typed: &str) -> Option<Place> {
    if typed.is_empty() || typed.len() > LONGEST || typed.chars().any(char::is_control) {
        return None;
    }
    let url = typed.starts_with("https://").then(|| typed.to_owned());
    let path = typed.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let id = match (&url, typed.split_once("?v=")) {
        (Some(_), Some((_, id))) if kind == Kind::YouTube => id.split('&').next().unwrap_or_default(),
        (Some(_), _) => path.rsplit('/').next().unwrap_or_default(),
        (None, _) => typed,
    };
    // Facebook names a post by its Page and its own number.
    let id = match kind {
        Kind::Facebook if !id.contains('_') && !target.is_empty() => format!("{target}_{id}"),
        _ => id.to_owned(),
    };
    Some(Place { id, url })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_post_is_named_by_its_id_or_its_address() {
        let id = |kind, typed| place(kind, "77", typed).map(|place| place.id);
        assert_eq!(id(Kind::Telegram, "https://t.me/tinh_a/123"), Some("123".into()));
        assert_eq!(id(Kind::Telegram, "123"), Some("123".into()));
        assert_eq!(id(Kind::Facebook, "https://www.facebook.com/tinh/posts/5/?x=1"), Some("77_5".into()));
        assert_eq!(id(Kind::Facebook, "77_5"), Some("77_5".into()));
        assert_eq!(id(Kind::YouTube, "https://www.youtube.com/watch?v=abc&t=1"), Some("abc".into()));
        assert_eq!(id(Kind::YouTube, ""), None);
    }
}
