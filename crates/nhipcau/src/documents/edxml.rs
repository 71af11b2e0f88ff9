//! A document as an edXML packet (QCVN 102:2016/BTTTT), for systems that take documents in no other form: new at its first edition, an update
//! at each further one, a revocation once it is withdrawn. It names no receiver: whoever fetches it is one.

use edxml::{Act, Attachment, Business, Document, Message, Organ, Other, Signer, Trace};
use network::content::{Item, Urgency};

use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::items::State;
use crate::items::pages::explained;
use crate::items::store::Standing;
use crate::problem::Problem;
use crate::words::date;

/// The most bytes of all files in one packet; the others are named with their addresses.
const FILES: u64 = 8 << 20;
/// The most letters of the text.
const LETTERS: usize = 15_000;

/// What is said of a document beside itself.
pub struct Head {
    /// Where it stands, as a complete address of the portal: `https://a.gov.vn`.
    pub home: String,
    /// Who published it.
    pub publisher: String,
    /// That agency's code.
    pub code: String,
    /// Its text without markup.
    pub text: String,
}

/// By what packets name an item.
fn name(standing: &Standing) -> String {
    format!("urn:uuid:{}", standing.item)
}

/// A document's packet.
///
/// # Errors
/// Not found where the item has no number; the database's.
pub async fn packet(
    app: &App,
    conn: &mut Conn,
    standing: &Standing,
    item: &Item,
    head: Head,
) -> Result<String, Problem> {
    let printed = item.number.as_deref().ok_or(Problem::NotFound("document"))?;
    let (number, notation) = printed.split_once('/').unwrap_or((printed, ""));
    let withdrawn = standing.state != State::Standing;
    let act = match (withdrawn, standing.shown) {
        (true, _) => Act::Revoke,
        (false, 1) => Act::New,
        (false, _) => Act::Update,
    };
    let reason = match act {
        Act::Revoke => explained(app, conn, standing.note).await?.map(|note| note.text).unwrap_or_default(),
        _ => item.change_note.clone().unwrap_or_default(),
    };
    let (attachments, appendixes) = match act {
        Act::Revoke => (Vec::new(), Vec::new()),
        _ => files(app, conn, item, &head.home).await?,
    };
    let text: String = head.text.chars().take(LETTERS).collect();
    let document = Document {
        from: Organ {
            id: head.code.clone(),
            name: item.agency.clone().unwrap_or_else(|| head.publisher.clone()),
            in_charge: head.publisher,
            website: head.home.clone(),
            ..Organ::default()
        },
        id: name(standing),
        number: number.to_owned(),
        notation: notation.to_owned(),
        issued: item.issued,
        form_name: item.form.clone().unwrap_or_default(),
        subject: item.title.clone(),
        content: match act {
            Act::Revoke => String::new(),
            _ if text.is_empty() => item.summary.clone(),
            _ => text,
        },
        signer: Signer { name: item.signer.clone().unwrap_or_default(), ..Signer::default() },
        other: Other {
            priority: match item.urgency {
                None => "0",
                Some(Urgency::Urgent) => "1",
                Some(Urgency::VeryUrgent) => "2",
                Some(Urgency::Express) => "3",
            }
            .into(),
            appendixes,
            ..Other::default()
        },
        traces: vec![Trace {
            organ: head.code,
            at: Some(instant(standing.changed).to_zoned_datetime(date::zone()).datetime()),
        }],
        business: Business {
            act,
            reason,
            document: if act == Act::New { String::new() } else { name(standing) },
            ..Business::default()
        },
        attachments,
        ..Document::default()
    };
    Ok(edxml::write(&Message::Document(Box::new(document))))
}

/// The files that fit, and the names of all with the addresses of the others.
async fn files(
    app: &App,
    conn: &mut Conn,
    item: &Item,
    home: &str,
) -> Result<(Vec<Attachment>, Vec<String>), Problem> {
    let (mut taken, mut named, mut room) = (Vec::new(), Vec::new(), FILES);
    // A smaller copy of a picture is no file of the document.
    for file in item.files.iter().filter(|file| file.of.is_none()) {
        let bytes = match file.size <= room {
            true => app.folder.read(conn, &file.sha256).await?,
            false => None,
        };
        let Some(bytes) = bytes else {
            named.push(format!("{} ({home}/content/{})", file.name, file.sha256));
            continue;
        };
        room -= file.size;
        named.push(file.name.clone());
        taken.push(Attachment {
            id: file.sha256.to_string(),
            name: file.name.clone(),
            media: file.media.clone(),
            description: file.alt.clone().unwrap_or_default(),
            bytes,
        });
    }
    Ok((taken, named))
}
