//! A document as an edXML packet (QCVN 102:2016/BTTTT), for systems that take documents in no other form: new at its first edition, or in the
//! place of documents of the same agency that it replaces; an update at each further one; a revocation once it is withdrawn.
//!
//! A packet that is fetched names no receiver; what `outlets::packets` pushes does, and its act follows from what that receiver was sent.

use edxml::{Act, Attachment, Business, Document, Message, Organ, Other, Replaced, Signer, Trace};
use network::content::{Item, Urgency};
use uuid::Uuid;
use vietnam::documents::Effect;
use vietnam::number::DocumentNumber;

use super::store;
use crate::app::App;
use crate::clock::instant;
use crate::db::Conn;
use crate::items::State;
use crate::items::body::{Text, blocks};
use crate::items::pages::{explained, publisher};
use crate::items::store::Standing;
use crate::problem::Problem;
use crate::words::{Lang, date};

/// The most bytes of all files in one packet; the others are named with their addresses.
const FILES: u64 = 8 << 20;
/// The most letters of the text.
const LETTERS: usize = 15_000;
/// What stands before an item's id in the name by which packets speak of it.
const NAME: &str = "urn:uuid:";

/// What is to be done with a document, and who is told.
#[derive(Clone, Debug, Default)]
pub struct Doing {
    /// What.
    pub act: Act,
    /// To whom it is sent.
    pub to: Vec<Organ>,
    /// The items that it replaces.
    pub replaced: Vec<Uuid>,
}

/// By what packets name an item.
pub fn name(item: Uuid) -> String {
    format!("{NAME}{item}")
}

/// The item of a name; none if it is no name of ours.
pub fn named(name: &str) -> Option<Uuid> {
    Uuid::try_parse(name.strip_prefix(NAME)?).ok()
}

/// The packet of a document for whoever fetches it.
///
/// # Errors
/// Not found where the item has no number; the database's.
pub async fn packet(
    app: &App,
    conn: &mut Conn,
    standing: &Standing,
    text: &Text,
    home: &str,
) -> Result<String, Problem> {
    text.document.number.as_deref().ok_or(Problem::NotFound("document"))?;
    let replaced = match standing.shown {
        1 => replaced(conn, standing, &text.document).await?,
        _ => Vec::new(),
    };
    let act = match (standing.state, standing.shown) {
        (State::Standing, 1) if !replaced.is_empty() => Act::Replace,
        (State::Standing, 1) => Act::New,
        (State::Standing, _) => Act::Update,
        _ => Act::Revoke,
    };
    let doing = Doing { act, to: Vec::new(), replaced };
    let document = document(app, conn, standing, Some(text), home, doing).await?;
    Ok(edxml::write(&Message::Document(Box::new(document))))
}

/// The items of the same log that a document replaces as a whole, as it says itself.
///
/// # Errors
/// The database's.
pub async fn replaced(conn: &mut Conn, standing: &Standing, item: &Item) -> Result<Vec<Uuid>, Problem> {
    let (mut found, mut numbers) = (Vec::new(), Vec::new());
    let whole = |kind: &str| kind == Effect::Replaces.as_str();
    for relation in item.relations.iter().filter(|one| whole(&one.kind) && !one.done_to && one.part.is_none())
    {
        match &relation.item {
            Some((origin, id)) if *origin == standing.origin => found.push(*id),
            Some(_) => {}
            None => numbers.extend(relation.number.parse::<DocumentNumber>().map(|number| number.key())),
        }
    }
    for row in store::of_numbers(conn, &numbers).await? {
        if row.log == standing.log
            && let Ok(id) = Uuid::try_parse(&row.item)
        {
            found.push(id);
        }
    }
    found.retain(|id| *id != standing.item);
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// A document as a packet says it. Of one that is revoked no text is needed: of what was erased only the name is known.
///
/// # Errors
/// The database's.
pub async fn document(
    app: &App,
    conn: &mut Conn,
    standing: &Standing,
    text: Option<&Text>,
    home: &str,
    doing: Doing,
) -> Result<Document, Problem> {
    let own = name(standing.item);
    let publisher = publisher(app, standing, Lang::Vi);
    let code = {
        let directory = app.directory.load();
        directory.agency(&standing.origin).and_then(|agency| agency.code.clone()).unwrap_or_default()
    };
    let reason = match (doing.act, text) {
        (Act::Revoke, _) => {
            explained(app, conn, standing.note).await?.map(|note| note.text).unwrap_or_default()
        }
        (_, Some(text)) => text.document.change_note.clone().unwrap_or_default(),
        (_, None) => String::new(),
    };
    let receivers: Vec<String> = doing.to.iter().map(|organ| organ.id.clone()).collect();
    let replaced = doing.replaced.iter();
    let business = Business {
        act: doing.act,
        reason,
        document: if matches!(doing.act, Act::Update | Act::Revoke) { own.clone() } else { String::new() },
        replaced: replaced.map(|id| Replaced { document: name(*id), organs: receivers.clone() }).collect(),
        ..Business::default()
    };
    let at = instant(standing.changed).to_zoned_datetime(date::zone()).datetime();
    let mut document = Document {
        from: Organ {
            id: code.clone(),
            name: standing.card.agency.clone().unwrap_or_else(|| publisher.clone()),
            in_charge: publisher,
            website: home.to_owned(),
            ..Organ::default()
        },
        to: doing.to,
        id: own,
        issued: standing.card.issued,
        form_name: standing.card.form.clone().unwrap_or_default(),
        // What is gone is named by its number alone.
        subject: if standing.state == State::Gone { String::new() } else { standing.card.title.clone() },
        traces: vec![Trace { organ: code, at: Some(at) }],
        business,
        ..Document::default()
    };
    let printed = standing.card.number.clone().unwrap_or_default();
    let (number, notation) = printed.split_once('/').unwrap_or((&printed, ""));
    (document.number, document.notation) = (number.to_owned(), notation.to_owned());
    if let Some(text) = text {
        says(app, conn, &mut document, text, home).await?;
    }
    Ok(document)
}

/// Lays into a packet what the document itself says; a revocation carries neither its text nor its files.
async fn says(
    app: &App,
    conn: &mut Conn,
    document: &mut Document,
    text: &Text,
    home: &str,
) -> Result<(), Problem> {
    let item = &text.document;
    document.subject.clone_from(&item.title);
    document.signer = Signer { name: item.signer.clone().unwrap_or_default(), ..Signer::default() };
    document.other.priority = match item.urgency {
        None => "0",
        Some(Urgency::Urgent) => "1",
        Some(Urgency::VeryUrgent) => "2",
        Some(Urgency::Express) => "3",
    }
    .into();
    if document.business.act == Act::Revoke {
        return Ok(());
    }
    let lines = blocks::lines(&text.rendered.html);
    let plain = lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n");
    document.content = match plain.is_empty() {
        true => item.summary.clone(),
        false => plain.chars().take(LETTERS).collect(),
    };
    let (attachments, appendixes) = files(app, conn, item, home).await?;
    document.attachments = attachments;
    document.other = Other { appendixes, ..std::mem::take(&mut document.other) };
    Ok(())
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
