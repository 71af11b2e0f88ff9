//! The media of an item in a WordPress: its pictures and papers, each put there once under a name made of the item and the file. What the site
//! does not take stays a link to our portal.

use network::content::{Item, ItemFile};
use quick_xml::escape::escape;
use serde_json::Value;
use uuid::Uuid;

use super::api::{Failed, Press};
use crate::app::App;
use crate::items::store::Standing;
use crate::items::view::Picture;
use crate::problem::Problem;

/// The most files that are put there, and the most bytes of one: what is larger is linked.
const FILES: usize = 20;
const BYTES: u64 = 20 << 20;

/// What was put there.
#[derive(Default)]
pub(super) struct Media {
    /// The site's numbers for all of it.
    pub(super) all: Vec<i64>,
    /// Those of pictures.
    pub(super) pictures: Vec<i64>,
    /// How the post shows it.
    pub(super) html: String,
}

/// By what every file of an item begins.
fn stem(item: Uuid) -> String {
    format!("nhipcau-{}", item.simple())
}

/// The name of a file without its ending, which is its mark.
fn slug(item: Uuid, file: &ItemFile) -> String {
    format!("{}-{}", stem(item), &file.sha256.to_string()[..16])
}

fn ending(media: &str) -> &'static str {
    match media {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/webp" => "webp",
        "application/pdf" => "pdf",
        "text/plain" => "txt",
        "text/csv" => "csv",
        "audio/mpeg" => "mp3",
        "video/mp4" => "mp4",
        _ => "bin",
    }
}

/// Puts the files of an item there that are not yet.
///
/// # Errors
/// The site's, and the database's.
pub(super) async fn of(
    app: &App,
    press: &Press<'_>,
    item: &Standing,
    document: &Item,
    base: &str,
) -> Result<Result<Media, Failed>, Problem> {
    let (pictures, others) = Picture::of(&document.files);
    let shown =
        |file: &ItemFile| pictures.iter().find(|picture| picture.src.ends_with(&file.sha256.to_string()));
    let mut media = Media::default();
    let mut links = String::new();
    let mut count = 0;
    for file in &document.files {
        let picture = shown(file);
        if picture.is_none() && !others.iter().any(|other| other.sha256 == file.sha256) {
            continue;
        }
        let mut at = None;
        if count < FILES && file.size <= BYTES {
            count += 1;
            let bytes = app.folder.read(&mut app.db.read().await?, &file.sha256).await?;
            at = match one(press, item.item, file, bytes).await {
                Ok(at) => at,
                Err(failed) => return Ok(Err(failed)),
            };
        }
        let href = match &at {
            Some((id, href)) => {
                media.all.push(*id);
                href.clone()
            }
            None => format!("{base}/content/{}", file.sha256),
        };
        let href = escape(&href).into_owned();
        match picture {
            Some(picture) => {
                media.pictures.extend(at.map(|(id, _)| id));
                let alt = escape(&picture.alt).into_owned();
                media.html.push_str(&format!("<figure><img src=\"{href}\" alt=\"{alt}\"></figure>"));
            }
            None => links.push_str(&format!("<li><a href=\"{href}\">{}</a></li>", escape(&file.name))),
        }
    }
    if !links.is_empty() {
        media.html.push_str(&format!("<ul>{links}</ul>"));
    }
    Ok(Ok(media))
}

/// The site's number for a file and its address there; none if the site does not take it or it is not here.
async fn one(
    press: &Press<'_>,
    item: Uuid,
    file: &ItemFile,
    bytes: Option<Vec<u8>>,
) -> Result<Option<(i64, String)>, Failed> {
    let slug = slug(item, file);
    let at = |one: &Value| Some((one["id"].as_i64()?, one["source_url"].as_str()?.to_owned()));
    let there = press.get(&format!("/media?slug={slug}&context=edit&_fields=id,source_url")).await?;
    if let Some(found) = there.as_array().and_then(|all| all.first()).and_then(at) {
        return Ok(Some(found));
    }
    let Some(bytes) = bytes else { return Ok(None) };
    match press.upload(&format!("{slug}.{}", ending(&file.media)), &file.media, bytes).await {
        Ok(put) => Ok(at(&put)),
        // A kind of file, or a size, that the site does not take.
        Err(Failed::Said(400 | 413 | 415 | 500, _)) => Ok(None),
        Err(failed) => Err(failed),
    }
}

/// Deletes the files of an item that hang on a post.
pub(super) async fn delete(press: &Press<'_>, post: i64, item: Uuid) -> Result<(), Failed> {
    let there = press.get(&format!("/media?parent={post}&context=edit&per_page=100&_fields=id,slug")).await?;
    let stem = stem(item);
    let its = |one: &&Value| one["slug"].as_str().is_some_and(|slug| slug.starts_with(&stem));
    for id in there.as_array().into_iter().flatten().filter(its).filter_map(|one| one["id"].as_i64()) {
        press.delete(&format!("/media/{id}?force=true")).await?;
    }
    Ok(())
}
