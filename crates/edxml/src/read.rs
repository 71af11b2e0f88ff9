//! A packet, read.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use jiff::civil::{Date, DateTime};

use crate::error::Error;
use crate::xml::{self, Element};
use crate::{
    Act, Attachment, Business, Code, Document, Message, Organ, Other, Reference, Replaced, Signer, Staff,
    Status, Trace, limits,
};

/// Some systems leave out what fills the last group.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Reads a packet.
///
/// # Errors
/// When the bytes are no packet, say something that nobody knows, or are more than [`limits`] allow.
pub fn read(bytes: &[u8]) -> Result<Message, Error> {
    if bytes.len() > limits::BYTES {
        return Err(Error::TooMuch);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Error::Encoding)?;
    let root = xml::read(text.trim_start_matches('\u{feff}'))?;
    if let Some(header) = root.find("MessageHeader") {
        // Some systems tell a status in a header of a document.
        return match header.first("StatusCode") {
            Some(_) => Ok(Message::Status(Box::new(status(header)?))),
            None => Ok(Message::Document(Box::new(document(&root, header)?))),
        };
    }
    match root.find("Status") {
        Some(said) => Ok(Message::Status(Box::new(status(said)?))),
        None => Err(Error::Other(root.name.chars().take(60).collect())),
    }
}

fn document(root: &Element, header: &Element) -> Result<Document, Error> {
    let none = Element::default();
    let part = |name: &str| header.first(name).unwrap_or(&none);
    let (code, issue, form) = (part("Code"), part("PromulgationInfo"), part("DocumentType"));
    let (signer, other) = (part("SignerInfo"), part("OtherInfo"));
    let traces = root.find("TraceHeaderList").unwrap_or(&none);
    let business = traces.first("Bussiness").or_else(|| traces.first("Business"));
    Ok(Document {
        from: organ(part("From")),
        to: many(header.all("To"), organ)?,
        id: header.said("DocumentId"),
        number: code.said("CodeNumber"),
        notation: code.said("CodeNotation"),
        place: issue.said("Place"),
        issued: day(issue, "PromulgationDate")?,
        form: form.said("Type"),
        form_name: form.said("TypeName"),
        form_detail: form.said("TypeDetail"),
        subject: header.said("Subject"),
        content: header.said("Content"),
        signer: Signer {
            competence: signer.said("Competence"),
            position: signer.said("Position"),
            name: signer.said("FullName"),
        },
        due: day(header, "DueDate")?,
        places: texts(part("ToPlaces").all("Place"))?,
        other: Other {
            priority: other.said("Priority"),
            sphere: other.said("SphereOfPromulgation"),
            typist: other.said("TyperNotation"),
            copies: other.said("PromulgationAmount"),
            pages: other.said("PageAmount"),
            appendixes: texts(other.first("Appendixes").unwrap_or(&none).all("Appendix"))?,
        },
        answers: many(header.all("ResponseFor"), |one| one)?
            .into_iter()
            .map(reference)
            .collect::<Result<_, Error>>()?,
        steering: header.said("SteeringType"),
        traces: many(traces.all("TraceHeader"), |one| one)?
            .into_iter()
            .map(|one| Ok(Trace { organ: one.said("OrganId"), at: time(one)? }))
            .collect::<Result<_, Error>>()?,
        business: business.map_or_else(|| Ok(Business::default()), done)?,
        attachments: attachments(root)?,
    })
}

fn status(said: &Element) -> Result<Status, Error> {
    let none = Element::default();
    let number = said.said("StatusCode");
    Ok(Status {
        of: reference(said.first("ResponseFor").unwrap_or(&none))?,
        from: organ(said.first("From").unwrap_or(&none)),
        code: Code::of(&number).ok_or(Error::Status(short(&number)))?,
        description: said.said("Description"),
        at: time(said)?,
        staff: staff(said.first("StaffInfo").unwrap_or(&none)),
    })
}

fn done(business: &Element) -> Result<Business, Error> {
    // The regulation spells it with one letter too many, and some systems do not.
    let either = |name: &str| {
        let said = business.said(&format!("Bussiness{name}"));
        if said.is_empty() { business.said(&format!("Business{name}")) } else { said }
    };
    let number = either("DocType");
    let none = Element::default();
    let list = business.first("ReplacementInfoList").unwrap_or(&none);
    let replaced = many(list.all("ReplacementInfo"), |one| one)?.into_iter().map(|one| {
        let organs = one.first("OrganIdList").unwrap_or(&none);
        Ok(Replaced { document: one.said("DocumentId"), organs: texts(organs.all("OrganId"))? })
    });
    Ok(Business {
        act: match number.as_str() {
            "" => Act::New,
            number => Act::of(number).ok_or(Error::Act(short(number)))?,
        },
        reason: either("DocReason"),
        document: business.said("DocumentId"),
        replaced: replaced.collect::<Result<_, Error>>()?,
        staff: staff(business.first("StaffInfo").unwrap_or(&none)),
        paper: business.said("Paper") == "1",
    })
}

fn organ(organ: &Element) -> Organ {
    Organ {
        id: organ.said("OrganId"),
        in_charge: organ.said("OrganizationInCharge"),
        name: organ.said("OrganName"),
        address: organ.said("OrganAdd"),
        email: organ.said("Email"),
        telephone: organ.said("Telephone"),
        fax: organ.said("Fax"),
        website: organ.said("Website"),
    }
}

fn staff(staff: &Element) -> Staff {
    Staff {
        department: staff.said("Department"),
        name: staff.said("Staff"),
        mobile: staff.said("Mobile"),
        email: staff.said("Email"),
    }
}

fn reference(of: &Element) -> Result<Reference, Error> {
    Ok(Reference {
        organ: of.said("OrganId"),
        code: of.said("Code"),
        issued: day(of, "PromulgationDate")?,
        id: of.said("DocumentId"),
    })
}

/// The files; what the manifest says of one is taken where it does not say so itself.
fn attachments(root: &Element) -> Result<Vec<Attachment>, Error> {
    let none = Element::default();
    let listed: Vec<&Element> = many(
        root.find("edXMLManifest").or_else(|| root.find("Manifest")).unwrap_or(&none).all("Reference"),
        |one| one,
    )?;
    let name = |id: &str| id.trim().strip_prefix("cid:").unwrap_or(id.trim()).to_owned();
    let encoded = many(root.find("AttachmentEncoded").unwrap_or(&none).all("Attachment"), |one| one)?;
    let file = |one: &Element| {
        let id = name(&one.said("ContentId"));
        let is_it = |listed: &&&Element| {
            let said = name(&listed.said("ContentId"));
            if said.is_empty() { name(&listed.href) == id } else { said == id }
        };
        let listed = listed.iter().find(is_it).copied().unwrap_or(&none);
        let either = |field: &str| {
            let said = one.said(field);
            if said.is_empty() { listed.said(field) } else { said }
        };
        let title = either("AttachmentName");
        let text = one.first("ContentTransferEncoded").map_or("", |encoded| encoded.text.as_str());
        let text: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let bytes = BASE64.decode(&text).map_err(|_| Error::Base64(short(&title)))?;
        Ok(Attachment {
            media: either("ContentType"),
            description: either("Description"),
            name: title,
            bytes,
            id,
        })
    };
    encoded.into_iter().map(file).collect()
}

fn many<'a, T>(
    all: impl Iterator<Item = &'a Element>,
    each: impl Fn(&'a Element) -> T,
) -> Result<Vec<T>, Error> {
    let mut taken = Vec::new();
    for one in all {
        if taken.len() >= limits::MANY {
            return Err(Error::TooMuch);
        }
        taken.push(each(one));
    }
    Ok(taken)
}

/// Texts that are not empty.
fn texts<'a>(all: impl Iterator<Item = &'a Element>) -> Result<Vec<String>, Error> {
    let all = many(all, |one| one.text.trim().to_owned())?;
    Ok(all.into_iter().filter(|text| !text.is_empty()).collect())
}

/// A day: `2026/11/27`, `2026-11-27` or `27/11/2026`, with a time behind it or none.
fn day(of: &Element, field: &'static str) -> Result<Option<Date>, Error> {
    let said = of.said(field);
    if said.is_empty() {
        return Ok(None);
    }
    let day = said.split([' ', 'T']).next().unwrap_or_default();
    let shapes = ["%Y/%m/%d", "%Y-%m-%d", "%d/%m/%Y"];
    let read = shapes.into_iter().find_map(|shape| Date::strptime(shape, day).ok());
    // A year of other than four digits is a slip, and is written in more than one way.
    let read = read.filter(|day| day.year() >= 1_000);
    read.map(Some).ok_or_else(|| Error::Time(field, short(&said)))
}

/// A time by the clock in Viet Nam: `2026/11/27 08:15:00`, also with `-`, with `T`, or as a day alone.
fn time(of: &Element) -> Result<Option<DateTime>, Error> {
    const FIELD: &str = "Timestamp";
    let said = of.said(FIELD);
    if said.is_empty() {
        return Ok(None);
    }
    let plain = said.replacen('T', " ", 1);
    let shapes = ["%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%d/%m/%Y %H:%M:%S", "%Y/%m/%d %H:%M"];
    let read = shapes.into_iter().find_map(|shape| DateTime::strptime(shape, &plain).ok());
    match read {
        Some(read) if read.year() >= 1_000 => Ok(Some(read)),
        _ if plain.contains(' ') => Err(Error::Time(FIELD, short(&said))),
        _ => Ok(day(of, FIELD)?.map(|day| day.to_datetime(jiff::civil::Time::midnight()))),
    }
}

fn short(text: &str) -> String {
    text.chars().take(60).collect()
}
