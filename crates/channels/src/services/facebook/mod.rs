//! Facebook: a Page (Graph API). Posts with a link, photos, videos, reels.
//!
//! Photos are put down unseen and then attached to the post, so that the post is the one call that is never repeated. A lost post is
//! looked for in the Page's own lists by its link; a reel by its id, which is known before it is published.

mod read;

use serde_json::json;

use super::{base, medium, need, own_address, piece, posted, query, simple, standing, unknown};
use crate::account::Account;
use crate::answer::{Cause, What};
use crate::call::{Body, Call, Method, Part};
use crate::delivery::{Delivery, Step};
use crate::form::{Form, Role};
use crate::kind::Kind;
use crate::mac;
use crate::secrets::{Secret, Secrets};

pub(super) use read::read;

const HOST: &str = "https://graph.facebook.com";

/// The version of the Graph API whose contract is written here.
const VERSION: &str = "v26.0";

/// Where an upload may be sent to.
const UPLOADS: [&str; 2] = ["facebook.com", "fbcdn.net"];

/// What is looked through for a lost post.
const LISTED: &str = "50";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Words,
    Photos,
    Video,
    Reel,
}

fn shape(form: &Form) -> Shape {
    match form.clip() {
        Some(_) if form.reel => Shape::Reel,
        Some(_) => Shape::Video,
        None if form.pictures().next().is_some() => Shape::Photos,
        None => Shape::Words,
    }
}

/// The name of an upload, which has a query of its own (`upload:…?sig=…`).
fn session_path(session: &str) -> Result<&str, Cause> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b":-_.=?&%".contains(&byte);
    let named = session.starts_with("upload:") && session.bytes().all(plain);
    named.then_some(session).ok_or_else(|| Cause::new(What::Unreadable, "session"))
}

fn clip(form: &Form) -> usize {
    form.media.iter().position(|medium| medium.role == Role::Clip).unwrap_or_default()
}

pub(super) fn next(delivery: &Delivery) -> Option<Step> {
    let publish = posted(delivery)?;
    let form = delivery.written();
    match shape(form) {
        Shape::Words => Some(publish),
        Shape::Photos => {
            let missing = |(at, medium): (usize, &crate::form::Media)| {
                let wanted = medium.role == Role::Picture && delivery.fact(&format!("photo.{at}")).is_none();
                wanted.then_some(Step::Upload(at))
            };
            form.media.iter().enumerate().find_map(missing).or(Some(publish))
        }
        Shape::Video | Shape::Reel => {
            let at = clip(form);
            Some(match (delivery.fact("session"), delivery.fact("uploaded")) {
                (_, Some(_)) => publish,
                (None, _) => Step::Open(at),
                (Some(_), _) if delivery.tries > 0 => Step::Ask(at),
                (Some(_), _) => Step::Upload(at),
            })
        }
    }
}

/// True if the lost post has a mark.
pub(super) fn findable(delivery: &Delivery) -> bool {
    let form = delivery.written();
    shape(form) == Shape::Reel || form.link.as_deref().is_some_and(|link| !link.is_empty())
}

pub(super) fn call(
    delivery: &Delivery,
    step: Step,
    account: &Account,
    secrets: &Secrets,
) -> Result<Call, Cause> {
    let asking = Asking { root: format!("{}/{VERSION}", base(account, HOST)), secrets };
    need(Some(secrets.tokens.access.reveal()), "access")?;
    let page = piece(need(Some(&account.target), "target")?);
    let form = delivery.written();
    let wire = form.wire(Kind::Facebook);
    let text = wire.as_str();
    let id = || standing(delivery).map(piece);
    match (step, shape(form)) {
        (Step::Upload(at), Shape::Photos) => {
            let medium = medium(delivery, at)?;
            let file = Part::Medium {
                name: "source".into(),
                file: format!("{at}"),
                hash: medium.hash.clone(),
                media_type: medium.media_type.clone(),
            };
            let fields =
                [("published", "false"), ("temporary", "true"), ("alt_text_custom", medium.alt.as_str())];
            Ok(asking.multipart(&format!("{page}/photos"), &fields, file))
        }
        (Step::Open(at), Shape::Video) => {
            let medium = medium(delivery, at)?;
            let app = piece(need(Some(&account.app), "app")?);
            let bytes = medium.bytes.to_string();
            let fields = [("file_length", bytes.as_str()), ("file_type", medium.media_type.as_str())];
            Ok(asking.post(&format!("{app}/uploads"), &fields))
        }
        (Step::Open(_), Shape::Reel) => {
            Ok(asking.post(&format!("{page}/video_reels"), &[("upload_phase", "start")]))
        }
        (Step::Upload(at), Shape::Video | Shape::Reel) => asking.upload(delivery, at, account),
        (Step::Ask(_), Shape::Video) => {
            let session = need(delivery.fact("session"), "session")?;
            Ok(asking.get(session_path(session)?, &[]))
        }
        (Step::Ask(_), Shape::Reel) => {
            let video = piece(need(delivery.fact("video"), "video")?);
            Ok(asking.get(&video, &[("fields", "status")]))
        }
        (Step::Publish, Shape::Words) => {
            let mut fields = vec![("message", text)];
            fields.extend(form.link.as_deref().map(|link| ("link", link)));
            Ok(asking.post(&format!("{page}/feed"), &fields))
        }
        (Step::Publish, Shape::Photos) => {
            let photo = |at: usize| delivery.fact(&format!("photo.{at}"));
            let list: Vec<_> =
                (0..form.media.len()).filter_map(photo).map(|id| json!({"media_fbid": id})).collect();
            let list = serde_json::Value::from(list).to_string();
            Ok(asking.post(&format!("{page}/feed"), &[("message", text), ("attached_media", list.as_str())]))
        }
        (Step::Publish, Shape::Video) => {
            let handle = need(delivery.fact("uploaded"), "uploaded")?;
            let fields = [
                ("title", form.title.as_str()),
                ("description", text),
                ("fbuploader_video_file_chunk", handle),
            ];
            Ok(asking.post(&format!("{page}/videos"), &fields))
        }
        (Step::Publish, Shape::Reel) => {
            let video = need(delivery.fact("video"), "video")?;
            let fields = [
                ("upload_phase", "finish"),
                ("video_id", video),
                ("video_state", "PUBLISHED"),
                ("title", form.title.as_str()),
                ("description", text),
            ];
            Ok(asking.post(&format!("{page}/video_reels"), &fields))
        }
        (Step::Look, Shape::Reel) => {
            let video = piece(need(delivery.fact("video"), "video")?);
            Ok(asking.get(&video, &[("fields", "status,permalink_url")]))
        }
        (Step::Look, shape) => {
            let (list, fields) = match shape {
                Shape::Video => ("videos", "id,description,permalink_url"),
                _ => ("feed", "id,message,permalink_url,attachments{unshimmed_url}"),
            };
            // Clocks differ: a little before the work was begun.
            let since = delivery.since.map_or(0, |since| since.as_second().saturating_sub(600)).to_string();
            let pairs = [("fields", fields), ("limit", LISTED), ("since", since.as_str())];
            Ok(asking.get(&format!("{page}/{list}"), &pairs))
        }
        (Step::See, Shape::Words | Shape::Photos) => {
            Ok(asking.get(&id()?, &[("fields", "is_published,permalink_url")]))
        }
        (Step::See, _) => Ok(asking.get(&id()?, &[("fields", "status,published,permalink_url")])),
        (Step::Edit, shape) => {
            let name = if matches!(shape, Shape::Words | Shape::Photos) { "message" } else { "description" };
            Ok(asking.post(&id()?, &[(name, text)]))
        }
        (Step::Remove, _) => {
            let url = asking.address(&id()?, &[]);
            Ok(simple(Method::Delete, url, asking.headers(), Body::Empty))
        }
        _ => Err(unknown()),
    }
}

/// What is asked of a post. Of videos and reels the metrics of posts say nothing.
pub(super) fn insights(
    delivery: &Delivery,
    account: &Account,
    secrets: &Secrets,
    names: &[&str],
) -> Result<Option<Call>, Cause> {
    need(Some(secrets.tokens.access.reveal()), "access")?;
    if !matches!(shape(delivery.form()), Shape::Words | Shape::Photos) {
        return Ok(None);
    }
    let asking = Asking { root: format!("{}/{VERSION}", base(account, HOST)), secrets };
    let path = format!("{}/insights", piece(standing(delivery)?));
    Ok(Some(asking.get(&path, &[("metric", &names.join(",")), ("period", "lifetime")])))
}

/// How the Graph API is asked: the token in a header, and the proof that we hold the app's secret where we do.
struct Asking<'a> {
    root: String,
    secrets: &'a Secrets,
}

impl Asking<'_> {
    fn headers(&self) -> Vec<(&'static str, Secret)> {
        vec![("authorization", Secret::new(format!("OAuth {}", self.secrets.tokens.access.reveal())))]
    }

    fn proof(&self) -> Option<String> {
        let app = self.secrets.app.as_ref().filter(|app| !app.is_empty())?;
        Some(mac::hmac(app.reveal().as_bytes(), self.secrets.tokens.access.reveal().as_bytes()))
    }

    fn address(&self, path: &str, pairs: &[(&str, &str)]) -> String {
        let proof = self.proof();
        let mut all = pairs.to_vec();
        all.extend(proof.as_deref().map(|proof| ("appsecret_proof", proof)));
        let address = format!("{}/{path}", self.root);
        match (all.is_empty(), path.contains('?')) {
            (true, _) => address,
            (false, false) => query(&address, &all),
            (false, true) => {
                query(&address, &all).replacen(&format!("{address}?"), &format!("{address}&"), 1)
            }
        }
    }

    fn get(&self, path: &str, pairs: &[(&str, &str)]) -> Call {
        simple(Method::Get, self.address(path, pairs), self.headers(), Body::Empty)
    }

    fn post(&self, path: &str, fields: &[(&'static str, &str)]) -> Call {
        let mut body: Vec<(&'static str, Secret)> = fields
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (*name, Secret::new(*value)))
            .collect();
        body.extend(self.proof().map(|proof| ("appsecret_proof", Secret::new(proof))));
        simple(Method::Post, format!("{}/{path}", self.root), self.headers(), Body::Form(body))
    }

    fn multipart(&self, path: &str, fields: &[(&str, &str)], file: Part) -> Call {
        let proof = self.proof();
        let proof = proof.as_deref().map(|proof| ("appsecret_proof", proof));
        let field = |(name, value): (&str, &str)| Part::Text { name: name.into(), value: Secret::new(value) };
        let all = fields.iter().copied().chain(proof).filter(|(_, value)| !value.is_empty());
        let parts = all.map(field).chain([file]).collect();
        simple(Method::Post, format!("{}/{path}", self.root), self.headers(), Body::Multipart(parts))
    }

    /// The rest of a clip, from where it was left.
    fn upload(&self, delivery: &Delivery, at: usize, account: &Account) -> Result<Call, Cause> {
        let medium = medium(delivery, at)?;
        let session = need(delivery.fact("session"), "session")?;
        let from =
            delivery.fact("offset").and_then(|offset| offset.parse().ok()).unwrap_or(0u64).min(medium.bytes);
        let mut headers = self.headers();
        let address = if delivery.fact("video").is_some() {
            headers.push(("offset", Secret::new(from.to_string())));
            headers.push(("file_size", Secret::new(medium.bytes.to_string())));
            own_address(session, account, &UPLOADS)
                .ok_or_else(|| Cause::new(What::Unreadable, "upload_url"))?
        } else {
            headers.push(("file_offset", Secret::new(from.to_string())));
            format!("{}/{}", self.root, session_path(session)?)
        };
        let body = Body::Bytes {
            hash: medium.hash.clone(),
            media_type: medium.media_type.clone(),
            from,
            until: medium.bytes,
        };
        Ok(simple(Method::Post, address, headers, body))
    }
}
