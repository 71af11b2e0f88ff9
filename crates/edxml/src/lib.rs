//! Reads and writes edXML: the packets in which systems of Vietnamese agencies exchange documents and tell what became of them
//! (QCVN 102:2016/BTTTT, issued by Circular 10/2016/TT-BTTTT, amended by SĐ1:2022).
//!
//! Pure: bytes in, a [`Message`] out, and back; no socket, no clock. The regulation's own text was not at hand when this was written: names and
//! codes are those that systems in use agree on (see `docs/edxml.md`, which says what could not be verified). [`read`] is
//! therefore liberal in what does not change the meaning (prefixes, namespaces, order, spelling `Bussiness`), and
//! strict in what does: an act or a status that nobody knows is refused, never guessed. [`write`] writes one form only.
//!
//! Work is bounded whatever comes ([`limits`]). Attachments are as they were put in; whoever takes them looks what they are.
//!
//! ```
//! use edxml::{Act, Document, Message};
//! let mut document = Document { subject: "V/v phòng, chống lụt bão".into(), ..Document::default() };
//! (document.number, document.notation) = ("46".into(), "CĐ-TTg".into());
//! let message = Message::Document(Box::new(document));
//! let Ok(Message::Document(again)) = edxml::read(edxml::write(&message).as_bytes()) else { panic!() };
//! assert_eq!((again.code(), again.business.act), ("46/CĐ-TTg".to_owned(), Act::New));
//! ```

mod error;
pub mod limits;
mod read;
mod write;
mod xml;

use jiff::civil::{Date, DateTime};

pub use error::Error;
pub use read::read;
pub use write::write;

/// The namespace of the regulation's packets.
pub const NAMESPACE: &str = "http://www.mic.gov.vn/TBT/QCVN_102_2016";

/// A packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A document, or what is to be done with one that was sent before.
    Document(Box<Document>),
    /// What became of a document at who received it.
    Status(Box<Status>),
}

/// An agency or organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Organ {
    /// Its identifier (`OrganId`): `000.00.15.H41`, or by Decision 20/2020/QĐ-TTg `H41.15`.
    pub id: String,
    /// The one above it (`OrganizationInCharge`).
    pub in_charge: String,
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: String,
    /// Its e-mail.
    pub email: String,
    /// Its telephone.
    pub telephone: String,
    /// Its fax.
    pub fax: String,
    /// Its site.
    pub website: String,
}

/// A document with its files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// Who sends it.
    pub from: Organ,
    /// To whom.
    pub to: Vec<Organ>,
    /// By what systems name it (`DocumentId`).
    pub id: String,
    /// Its number (`CodeNumber`): `46`.
    pub number: String,
    /// Its symbol (`CodeNotation`): `CĐ-TTg`.
    pub notation: String,
    /// Where it was issued.
    pub place: String,
    /// The day on which it was issued.
    pub issued: Option<Date>,
    /// Its form, as a number of the sender's list.
    pub form: String,
    /// Its form in words (`TypeName`): `Công điện`.
    pub form_name: String,
    /// More of the form (`TypeDetail`).
    pub form_detail: String,
    /// What it is about.
    pub subject: String,
    /// What it says, or what is said of it (`Content`).
    pub content: String,
    /// Who signed it.
    pub signer: Signer,
    /// By when it is to be answered.
    pub due: Option<Date>,
    /// To what places it goes (`ToPlaces`).
    pub places: Vec<String>,
    /// What else is said of it.
    pub other: Other,
    /// Documents that it answers.
    pub answers: Vec<Reference>,
    /// Whether it gives orders (`SteeringType`), as a number.
    pub steering: String,
    /// By whom it was handed on, and when.
    pub traces: Vec<Trace>,
    /// What is to be done.
    pub business: Business,
    /// Its files.
    pub attachments: Vec<Attachment>,
}

impl Document {
    /// Its number and symbol as they are printed: `46/CĐ-TTg`; one of both where the other lacks.
    #[must_use]
    pub fn code(&self) -> String {
        match (self.number.as_str(), self.notation.as_str()) {
            ("", notation) => notation.to_owned(),
            (number, "") => number.to_owned(),
            // Some systems put the whole number into one of the fields.
            (number, notation) if number.ends_with(notation) => number.to_owned(),
            (number, notation) if notation.starts_with(&format!("{number}/")) => notation.to_owned(),
            (number, notation) => format!("{number}/{notation}"),
        }
    }
}

/// Who signed a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signer {
    /// By what right (`Competence`): `TM.`, `KT.`
    pub competence: String,
    /// As what.
    pub position: String,
    /// The name.
    pub name: String,
}

/// What else is said of a document (`OtherInfo`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Other {
    /// How urgent it is, as a number.
    pub priority: String,
    /// How far it may go.
    pub sphere: String,
    /// Who typed it.
    pub typist: String,
    /// How many copies were issued.
    pub copies: String,
    /// How many pages it has.
    pub pages: String,
    /// Its appendices by name.
    pub appendixes: Vec<String>,
}

/// A document that is spoken of (`ResponseFor`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reference {
    /// Whose it is.
    pub organ: String,
    /// Its number and symbol.
    pub code: String,
    /// The day on which it was issued.
    pub issued: Option<Date>,
    /// By what systems name it.
    pub id: String,
}

/// Who handed a document on, and when by the clock in Viet Nam.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// Who.
    pub organ: String,
    /// When.
    pub at: Option<DateTime>,
}

/// What is to be done (`Bussiness`, as the regulation spells it).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Business {
    /// What.
    pub act: Act,
    /// Why (`BussinessDocReason`).
    pub reason: String,
    /// The document that is revoked or updated (`DocumentId`); empty for a new one.
    pub document: String,
    /// The documents that are replaced, with those who received them.
    pub replaced: Vec<Replaced>,
    /// Who did it.
    pub staff: Staff,
    /// True if paper follows.
    pub paper: bool,
}

/// A document that is replaced (`ReplacementInfo`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replaced {
    /// By what systems name it.
    pub document: String,
    /// Who received it.
    pub organs: Vec<String>,
}

/// A person at an agency.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Staff {
    /// The unit.
    pub department: String,
    /// The name.
    pub name: String,
    /// The mobile phone.
    pub mobile: String,
    /// The e-mail.
    pub email: String,
}

/// What is to be done with a document (`BussinessDocType`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Act {
    /// 0: it is new.
    #[default]
    New,
    /// 1: one that was sent is taken back.
    Revoke,
    /// 2: what was said of one that was sent is changed.
    Update,
    /// 3: this one stands in the place of others.
    Replace,
}

impl Act {
    /// All of them, by number.
    pub const ALL: [Act; 4] = [Act::New, Act::Revoke, Act::Update, Act::Replace];

    /// Its number.
    #[must_use]
    pub fn number(self) -> &'static str {
        match self {
            Act::New => "0",
            Act::Revoke => "1",
            Act::Update => "2",
            Act::Replace => "3",
        }
    }

    /// That of a number.
    #[must_use]
    pub fn of(number: &str) -> Option<Act> {
        Act::ALL.into_iter().find(|act| act.number() == number)
    }
}

/// A file of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attachment {
    /// Its name within the packet, without `cid:`.
    pub id: String,
    /// Its file name.
    pub name: String,
    /// Its media type, as it is written there.
    pub media: String,
    /// What is said of it.
    pub description: String,
    /// Its bytes. Systems in use put them into a ZIP archive of one member first; so they may be one.
    pub bytes: Vec<u8>,
}

/// What became of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The document.
    pub of: Reference,
    /// Who says so.
    pub from: Organ,
    /// What.
    pub code: Code,
    /// In words.
    pub description: String,
    /// When, by the clock in Viet Nam.
    pub at: Option<DateTime>,
    /// Who did it.
    pub staff: Staff,
}

/// What became of a document, as a code (`StatusCode`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// 01: it has arrived.
    Arrived,
    /// 02: it was refused.
    Refused,
    /// 03: it was taken into the register.
    Received,
    /// 04: somebody was given it.
    Assigned,
    /// 05: it is worked upon.
    InWork,
    /// 06: what it asks for is done.
    Done,
    /// 13: its sender asks for it back.
    RecallAsked,
    /// 15: it was given back, or changed as asked.
    RecallAgreed,
    /// 16: it is not given back, or not changed.
    RecallRefused,
}

impl Code {
    /// All of them, by number.
    pub const ALL: [Code; 9] = [
        Code::Arrived,
        Code::Refused,
        Code::Received,
        Code::Assigned,
        Code::InWork,
        Code::Done,
        Code::RecallAsked,
        Code::RecallAgreed,
        Code::RecallRefused,
    ];

    /// Its number, of two digits.
    #[must_use]
    pub fn number(self) -> &'static str {
        match self {
            Code::Arrived => "01",
            Code::Refused => "02",
            Code::Received => "03",
            Code::Assigned => "04",
            Code::InWork => "05",
            Code::Done => "06",
            Code::RecallAsked => "13",
            Code::RecallAgreed => "15",
            Code::RecallRefused => "16",
        }
    }

    /// That of a number, also written without the zero before it.
    #[must_use]
    pub fn of(number: &str) -> Option<Code> {
        Code::ALL
            .into_iter()
            .find(|code| code.number() == number || code.number().strip_prefix('0') == Some(number))
    }
}
