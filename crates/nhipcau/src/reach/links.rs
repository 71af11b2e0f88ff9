//! Short links: `/n/{code}` leads from a post on a channel to its item on the same host, and is counted for that channel.
//!
//! A code is worked out from the item and the account, so that what is approved before the issue holds the very link that will stand
//! there. It leads somewhere only from the issue on, which is when it is kept; what it leads to is always the item's own page, which
//! says what a reader should see, also of what was withdrawn or erased. Nobody can make one that leads elsewhere.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use network::names::{ContentHash, Origin};
use uuid::Uuid;

use super::store;
use super::{Read, Way};
use crate::app::App;
use crate::db::Tx;
use crate::items::store::Reference;
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::routes::{Route, open_page};
use crate::web::visitor::Visitor;

/// Crockford's letters: none is taken for another.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Letters of a code: 50 bits. Of a million links at one node two are alike with a chance of 1 in 2,000; then both lead to the first.
const LONG: usize = 10;

/// The row of the route table.
pub(super) fn route() -> Route {
    open_page("/n/{code}", "a short link on a channel, leading to its item", get(follow))
}

/// Where the short link of an item on an account stands, at a portal's own address.
pub fn address(base: &str, item: Uuid, account: Uuid) -> String {
    format!("{base}/n/{}", code(&item.to_string(), account))
}

/// The code of an item on an account.
fn code(item: &str, account: Uuid) -> String {
    let hash = ContentHash::of(format!("short link\n{item}\n{account}").as_bytes()).0;
    let mut bits = u64::from_be_bytes(hash.first_chunk().copied().unwrap_or_default());
    let mut code = String::with_capacity(LONG);
    for _ in 0..LONG {
        code.push(char::from(LETTERS[(bits >> 59) as usize]));
        bits <<= 5;
    }
    code
}

/// Lets the short link of an item on an account lead there from now on.
///
/// # Errors
/// The database's.
pub async fn keep(tx: &mut Tx, log: i64, item: &str, account: Uuid) -> sqlx::Result<()> {
    store::keep_link(tx, &code(item, account), (log, item, account)).await
}

/// `GET /n/{code}`
async fn follow(State(app): State<App>, Path(code): Path<String>, visitor: Visitor) -> Response {
    match found(&app, &code, &visitor).await {
        Ok(to) => {
            // Each time it is followed it is asked for here, or it could not be counted; nobody else is to keep it.
            let headers =
                [(header::LOCATION, to), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
            (StatusCode::FOUND, headers).into_response()
        }
        Err(problem) => failure(&app, &visitor, problem),
    }
}

async fn found(app: &App, code: &str, visitor: &Visitor) -> Result<HeaderValue, Problem> {
    let unknown = || Problem::NotFound("short link");
    // People read codes aloud and type them in capitals.
    let code = code.to_ascii_lowercase();
    let portal = visitor.portal.as_ref().ok_or_else(unknown)?;
    if code.len() != LONG || !code.bytes().all(|letter| LETTERS.contains(&letter)) {
        return Err(unknown());
    }
    let link = store::link(&mut app.db.read().await?, &code).await?;
    let link = link.filter(|link| link.log == portal.log).ok_or_else(unknown)?;
    let damaged = |error: String| Problem::Ours(anyhow::anyhow!("a stored short link is damaged: {error}"));
    let origin: Origin = link.origin.parse().map_err(|error| damaged(format!("{error}")))?;
    let item = Uuid::try_parse(&link.item).map_err(|error| damaged(error.to_string()))?;
    let account = Uuid::try_parse(&link.account).map_err(|error| damaged(error.to_string()))?;
    let read = Read { portal: portal.log, log: link.log, item, way: Way::Link(account) };
    super::count(app, read, visitor);
    let to = visitor.lang.path(&format!("/muc/{}", Reference::of(&origin, item)));
    HeaderValue::try_from(to).map_err(|error| damaged(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_short_and_the_same_for_the_same_post() {
        let (item, account) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let one = code(&item.to_string(), account);
        assert_eq!(one, code(&item.to_string(), account));
        assert_ne!(one, code(&item.to_string(), Uuid::from_u128(3)));
        assert!(one.len() == LONG && one.bytes().all(|letter| LETTERS.contains(&letter)), "{one}");
        assert_eq!(address("https://xa-b.gov.vn", item, account), format!("https://xa-b.gov.vn/n/{one}"));
    }
}
