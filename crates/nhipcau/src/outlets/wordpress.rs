//! Items put into a WordPress by its REST API (developer.wordpress.org/rest-api), by an account with an application password.
//!
//! What was put is known again by its mark: the post's `slug` is the item's id. It is looked for before anything is created, and once more
//! after, so that an answer that was lost leaves no second post. A correction changes that post, a withdrawal puts it into the trash, an
//! erasure deletes it with its revisions and its media.

mod api;
mod media;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use self::api::{Failed, Press};
use super::store::Post;
use super::{Outlet, about};
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::items::State;
use crate::items::body::Text;
use crate::items::kinds::Both;
use crate::items::pages::parsed;
use crate::items::store::{Reference, Standing, find};
use crate::open::store::Told;
use crate::problem::Problem;
use crate::sightings::page::MARK;
use crate::sources::fetch::Fetcher;

/// What is set of a WordPress beside the account.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// As what a post is put: `publish`, `pending` or `draft`.
    pub status: String,
    /// Kinds of items with the name of the site's category.
    pub categories: Vec<(String, String)>,
}

/// The account.
#[derive(Serialize, Deserialize)]
pub struct Account {
    /// Its name.
    pub login: String,
    /// Its application password.
    pub password: String,
}

/// What came of an item.
pub(super) enum Put {
    /// The post that stands there, or that was taken away.
    Post(Post),
    /// It was never put there and must not be.
    Nothing,
    /// Its text is not here yet.
    Waits,
}

/// Whether the account may do what is asked of it.
///
/// # Errors
/// Why not, in both languages.
pub async fn tries(fetcher: &Fetcher, url: &str, account: &Account, settings: &Settings) -> Result<(), Both> {
    let press = Press::new(fetcher, url, account);
    let me = press.get("/users/me?context=edit&_fields=capabilities").await.map_err(Failed::told)?;
    let may = |what: &str| me["capabilities"][what].as_bool() == Some(true);
    if !may("edit_posts") || settings.status == "publish" && !may("publish_posts") {
        return Err(crate::sources::both(
            "tài khoản này không được đăng bài; hãy dùng tài khoản có vai trò Tác giả hoặc Biên tập viên · this account may not publish \
             posts; use one with the role Author or Editor",
        ));
    }
    for (_, name) in &settings.categories {
        category(&press, name).await.map_err(Failed::told)?;
    }
    Ok(())
}

/// Puts an item where it should be, or takes it away.
///
/// # Errors
/// Why it could not be, in both languages; and the database's.
pub(super) async fn put(
    app: &App,
    fetcher: &Fetcher,
    outlet: &Outlet,
    one: &Told,
    known: Option<Post>,
    base: &str,
) -> Result<Result<Put, Both>, Problem> {
    let account: Account =
        serde_json::from_slice(&app.people.seal.reveal(&about(outlet.id), &outlet.secret)?)
            .map_err(anyhow::Error::from)?;
    let settings: Settings = serde_json::from_str(&outlet.settings).map_err(anyhow::Error::from)?;
    let press = Press::new(fetcher, &outlet.url, &account);
    let mut conn = app.db.read().await?;
    let Some(item) = &one.stands else {
        let item = find(&mut conn, &Reference::of(&one.origin, one.item)).await?;
        let erased = item.is_none_or(|item| item.state == State::Erased);
        drop(conn);
        return Ok(gone(&press, one.item, known, erased).await.map_err(Failed::told));
    };
    let Some(written) = Written::of(app, &mut conn, item, base).await? else { return Ok(Ok(Put::Waits)) };
    drop(conn);
    Ok(stands(app, &press, &settings, item, written, known).await?.map_err(Failed::told))
}

/// What is written of an item.
struct Written {
    text: Text,
    page: String,
    base: String,
}

impl Written {
    async fn of(app: &App, conn: &mut Conn, item: &Standing, base: &str) -> Result<Option<Written>, Problem> {
        let Some(hash) = item.content else { return Ok(None) };
        let Some(bytes) = app.folder.read(conn, &hash).await? else { return Ok(None) };
        let text = Text::of(parsed(&hash, &bytes)?);
        Ok(Some(Written { text, page: format!("{base}/muc/{}", item.reference()), base: base.to_owned() }))
    }

    /// The text as it stands in the post: marked, then its media, then where it comes from.
    fn html(&self, item: &Standing, media: &str) -> String {
        let own = |attribute: &str| format!("{attribute}=\"{}/", self.base);
        let html = self.text.rendered.html.replace("href=\"/", &own("href")).replace("src=\"/", &own("src"));
        let page = quick_xml::escape::escape(&self.page);
        format!(
            "<div {MARK}=\"{} {}\">{html}</div>{media}<p class=\"nhipcau-nguon\"><a href=\"{page}\">{page}</a></p>",
            item.item, item.shown
        )
    }
}

/// The site's number for a category.
async fn category(press: &Press<'_>, name: &str) -> Result<i64, Failed> {
    let asked: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
    let found = press.get(&format!("/categories?search={asked}&per_page=100&_fields=id,name,slug")).await?;
    let same = |one: &&Value| {
        let told = one["name"].as_str().unwrap_or_default();
        let told = feeds::Text { value: told.to_owned(), kind: feeds::Kind::Html, base: None }.plain();
        told.eq_ignore_ascii_case(name) || one["slug"] == *name
    };
    let id = found.as_array().into_iter().flatten().find(same).and_then(|one| one["id"].as_i64());
    id.ok_or_else(|| Failed::Category(name.to_owned()))
}

/// The posts of an item that are there, its first one first: more than one only after an answer that was lost.
async fn there(press: &Press<'_>, item: Uuid) -> Result<Vec<Value>, Failed> {
    let slugs = [format!("{item}"), format!("{item}-2"), format!("{item}-3")].join(",");
    let status = "publish,future,draft,pending,private";
    let found = press
        .get(&format!("/posts?slug={slugs}&status={status}&context=edit&per_page=20&orderby=id&order=asc&_fields=id,link,slug"))
        .await?;
    Ok(found.as_array().cloned().unwrap_or_default())
}

async fn stands(
    app: &App,
    press: &Press<'_>,
    settings: &Settings,
    item: &Standing,
    written: Written,
    known: Option<Post>,
) -> Result<Result<Put, Failed>, Problem> {
    let media = match media::of(app, press, item, &written.text.document, &written.base).await? {
        Ok(media) => media,
        Err(failed) => return Ok(Err(failed)),
    };
    let done = async {
        let chosen = settings.categories.iter().find(|(kind, _)| *kind == item.kind);
        let categories = match chosen {
            Some((_, name)) => vec![category(press, name).await?],
            None => Vec::new(),
        };
        let mut said = json!({
            "title": item.card.title, "content": written.html(item, &media.html), "excerpt": item.card.summary,
            "slug": item.item.to_string(),
        });
        // What waits for the site's own editors is theirs to publish, and stays published when it is corrected.
        if settings.status == "publish" {
            said["status"] = json!("publish");
        }
        if !categories.is_empty() {
            said["categories"] = json!(categories);
        }
        if let Some(first) = media.pictures.first() {
            said["featured_media"] = json!(first);
        }
        let mut here = there(press, item.item).await?;
        // One whose slug somebody changed is known by its number.
        if here.is_empty()
            && let Some(known) = known.filter(|known| known.edition > 0)
            && let Some(post) =
                press.find(&format!("/posts/{}?context=edit&_fields=id,link,slug,status", known.post)).await?
            && post["status"] != "trash"
        {
            here.push(post);
        }
        if here.is_empty() {
            let mut new = said.clone();
            new["status"] = json!(settings.status);
            new["date_gmt"] = json!(instant(item.issued).strftime("%Y-%m-%dT%H:%M:%S").to_string());
            press.post("/posts?_fields=id", &new).await?;
            here = there(press, item.item).await?;
        }
        let first = here.first().and_then(|post| post["id"].as_i64()).ok_or(Failed::Lost)?;
        for twin in here.iter().skip(1).filter_map(|post| post["id"].as_i64()) {
            press.delete(&format!("/posts/{twin}?force=true")).await?;
        }
        let fields = format!("/posts/{first}?context=edit&_fields=id,link,status,modified_gmt");
        let mut post = press.post(&fields, &said).await?;
        // A site whose clock is behind ours holds a post back until its time has come there; it is told its own time instead.
        if post["status"] == "future" {
            let now = json!({ "status": "publish", "date_gmt": post["modified_gmt"] });
            post = press.post(&fields, &now).await?;
        }
        for id in &media.all {
            press.post(&format!("/media/{id}?_fields=id"), &json!({ "post": first })).await?;
        }
        let url = post["link"].as_str().unwrap_or_default().to_owned();
        Ok(Put::Post(Post { post: first, url, edition: item.shown }))
    };
    Ok(done.await)
}

/// Takes an item away, wherever it is.
async fn gone(press: &Press<'_>, item: Uuid, known: Option<Post>, erased: bool) -> Result<Put, Failed> {
    let mut ids: Vec<i64> = there(press, item).await?.iter().filter_map(|post| post["id"].as_i64()).collect();
    ids.extend(known.iter().map(|known| known.post));
    ids.sort_unstable();
    ids.dedup();
    for id in &ids {
        if erased {
            media::delete(press, *id, item).await?;
        }
        press.takes_away(*id, erased).await?;
    }
    Ok(match (known, ids.first()) {
        (Some(known), _) => Put::Post(Post { edition: 0, ..known }),
        (None, Some(id)) => Put::Post(Post { post: *id, url: String::new(), edition: 0 }),
        (None, None) => Put::Nothing,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn settings_are_read_as_they_are_kept() {
        let settings = Settings {
            status: "publish".into(),
            categories: vec![("directive".into(), "Chỉ đạo".into())],
        };
        let kept = serde_json::to_string(&settings).unwrap();
        assert_eq!(serde_json::from_str::<Settings>(&kept).unwrap(), settings);
    }
}
