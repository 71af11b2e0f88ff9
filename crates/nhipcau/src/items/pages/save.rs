//! An item in one file: its text, its pictures, how it stood when it was saved, and its proof.

use askama::Template;
use axum::extract::{Path, State as Given};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use network::content::ItemFile;
use vietnam::text::slug;

use super::beside::readable;
use super::item::qr_href;
use super::{label, portal, publisher, read, speaker, title};
use crate::api::proof_of;
use crate::app::App;
use crate::db::Conn;
use crate::documents::panel;
use crate::items::State;
use crate::items::store::Standing;
use crate::items::view::{Saved, SavedPicture, qr_svg};
use crate::problem::Problem;
use crate::web::answer::failure;
use crate::web::pages::HTML;
use crate::web::shell::Section;
use crate::web::visitor::Visitor;
use crate::words::date;

/// Bytes of pictures in one file.
const MOST_PICTURES: u64 = 1 << 20;
/// What the file forbids itself where a browser still shows it from here: everything but its own style and pictures.
const CSP: HeaderValue =
    HeaderValue::from_static("sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:");

/// `/muc/{reference}/ban-luu.html`
pub async fn save(Given(app): Given<App>, Path(name): Path<String>, visitor: Visitor) -> Response {
    match saved(&app, &name, &visitor).await {
        Ok((file, html)) => {
            let mut answer = html.into_response();
            let headers = answer.headers_mut();
            let attached = HeaderValue::from_str(&format!("attachment; filename=\"{file}.html\""));
            headers.extend(attached.ok().map(|value| (header::CONTENT_DISPOSITION, value)));
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(HTML));
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
            headers.insert(header::CONTENT_SECURITY_POLICY, CSP);
            headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
            answer
        }
        Err(problem) => failure(&app, &visitor, problem),
    }
}

async fn saved(app: &App, name: &str, visitor: &Visitor) -> Result<(String, String), Problem> {
    let here = portal(app, visitor).map_err(|_| Problem::NotFound("portal"))?;
    let mut conn = app.db.read().await?;
    let item = readable(&mut conn, name).await?;
    let hash = item.content.ok_or(Problem::NotFound("text"))?;
    let text = app.pages.text(hash, async || read(app, &mut conn, &hash).await).await?;
    let shell = here.shell(app, visitor, Section::Elsewhere);
    let (lang, today) = (visitor.lang, date::day(shell.now));
    let panel = panel::of(app, &mut conn, lang, &item, today, None).await?;
    let code = qr_href(app, visitor, &item);
    let (pictures, left_out) = pictures(app, &mut conn, &text.document.files).await?;
    // A text that was issued a moment ago may stand before the checkpoint that proves it.
    let proof = match proof_of(app, &mut conn, &item).await {
        Ok(proof) => Some(proof.to_string()),
        Err(Problem::NotFound(_)) => None,
        Err(problem) => return Err(problem),
    };
    let label = label(&item.card, lang);
    let page = Saved {
        title: title(&item.card, lang),
        document: text.document.clone(),
        agency: speaker(app, &item, lang),
        publisher: publisher(app, &item, lang),
        withdrawn: item.state == State::Withdrawn,
        law: panel.law,
        body: complete(&text.rendered.html, &visitor.base),
        pictures,
        left_out,
        address: format!("{}/muc/{}", visitor.base, item.reference()),
        content: format!("{}/content/{hash}", visitor.base),
        hash: hash.to_string(),
        qr: qr_svg(&code).unwrap_or_default(),
        code,
        proof,
        shell,
    };
    Ok((file_name(&label, &item), page.render().map_err(anyhow::Error::from)?))
}

/// `nghi-dinh-42-2022-nd-cp-8865acee`
fn file_name(label: &str, item: &Standing) -> String {
    let words: String = slug(label).chars().take(60).collect();
    let id = item.item.simple().to_string();
    format!("{}-{}", words.trim_end_matches('-'), &id[id.len() - 8..])
}

/// Links of this host become complete addresses: the file is read elsewhere.
fn complete(html: &str, base: &str) -> String {
    html.replace("href=\"/", &format!("href=\"{base}/"))
}

/// The pictures that fit, each in its smallest JPEG, and how many do not.
async fn pictures(
    app: &App,
    conn: &mut Conn,
    files: &[ItemFile],
) -> Result<(Vec<SavedPicture>, usize), Problem> {
    let (mut taken, mut left_out, mut room) = (Vec::new(), 0, MOST_PICTURES);
    for main in
        files.iter().filter(|file| file.of.is_none() && file.alt.is_some() && file.media == "image/jpeg")
    {
        let copies = files.iter().filter(|copy| {
            copy.media == "image/jpeg" && (copy.sha256 == main.sha256 || copy.of == Some(main.sha256))
        });
        let Some(copy) = copies.min_by_key(|copy| copy.size).filter(|copy| copy.size <= room) else {
            left_out += 1;
            continue;
        };
        let Some(bytes) = app.folder.read(conn, &copy.sha256).await? else {
            left_out += 1;
            continue;
        };
        room -= copy.size;
        taken.push(SavedPicture {
            alt: main.alt.clone().unwrap_or_default(),
            src: format!("data:image/jpeg;base64,{}", STANDARD.encode(&bytes)),
        });
    }
    Ok((taken, left_out))
}
