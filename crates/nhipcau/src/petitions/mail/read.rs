//! A mail as it is read: who wrote it, what it answers, what it says, what is attached; and whether a machine wrote it. Pure.
//!
//! RFC 5322 and MIME by `mail-parser`; what machines write is recognised by RFC 3834 and by what they say of themselves since before it.

use lettre::Address;
use mail_parser::{HeaderValue, Message, MessageParser, MimeHeaders};
use network::names::ContentHash;

use crate::files::Upload;
use crate::petitions::asking::{MOST_FILE, MOST_FILES, upload};
use crate::problem::Fault;

/// Pictures of signatures: so small, and shown within the text.
const SMALL: usize = 20 << 10;
/// The most mails that one says it answers, and the longest name of one: more is no conversation.
const MOST_ANSWERED: usize = 50;
const LONGEST: usize = 300;

/// A mail that a person wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Came {
    /// Its Message-ID; a hash of the whole mail where it has none.
    pub id: String,
    /// Who wrote it.
    pub from: Address,
    /// What they call themselves.
    pub name: String,
    /// The addresses that it went to.
    pub to: Vec<String>,
    /// The Message-IDs of what it answers, the first of the conversation first.
    pub answers: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// What it says, as plain text.
    pub words: String,
    /// What is attached: names, media types, bytes.
    pub files: Vec<(String, String, Vec<u8>)>,
}

/// Why a mail is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dropped {
    /// It is none.
    NoMail,
    /// Nobody wrote it that could be answered.
    NoSender,
    /// A machine wrote it: an automatic answer, a list, a report.
    Machine,
}

/// Reads a mail.
///
/// # Errors
/// Why it is dropped.
pub fn read(bytes: &[u8]) -> Result<Came, Dropped> {
    let mail = MessageParser::default().parse(bytes).ok_or(Dropped::NoMail)?;
    if is_machine(&mail) {
        return Err(Dropped::Machine);
    }
    let from = mail.from().and_then(|from| from.first()).ok_or(Dropped::NoSender)?;
    let address: Address =
        from.address.as_deref().and_then(|at| at.trim().parse().ok()).ok_or(Dropped::NoSender)?;
    let user = address.user().to_ascii_lowercase();
    if [
        "mailer-daemon",
        "postmaster",
        "no-reply",
        "noreply",
        "donotreply",
        "do-not-reply",
        "bounce",
        "bounces",
    ]
    .contains(&user.as_str())
    {
        return Err(Dropped::Machine);
    }
    let id = mail.message_id().map(str::trim).filter(|id| !id.is_empty() && id.len() <= LONGEST);
    Ok(Came {
        id: id.map_or_else(|| ContentHash::of(bytes).to_string(), str::to_owned),
        name: from.name.as_deref().unwrap_or_default().to_owned(),
        from: address,
        to: recipients(&mail),
        answers: answers(&mail),
        subject: mail.subject().unwrap_or_default().to_owned(),
        words: words(&mail),
        files: files(&mail),
    })
}

fn raw(mail: &Message<'_>, name: &'static str) -> Option<String> {
    mail.header_raw(name).map(|value| value.trim().to_ascii_lowercase())
}

/// True for what says that no person wrote it (RFC 3834, 2 and 5), and for reports of what could not be delivered (RFC 3464).
fn is_machine(mail: &Message<'_>) -> bool {
    let says = |name| raw(mail, name);
    let first = |value: String| value.split([';', ' ', '(']).next().unwrap_or_default().to_owned();
    says("Auto-Submitted").map(first).is_some_and(|word| word != "no")
        || says("Precedence")
            .is_some_and(|word| ["bulk", "junk", "list", "auto_reply"].contains(&word.as_str()))
        || [
            "List-Id",
            "List-Unsubscribe",
            "X-Auto-Response-Suppress",
            "X-Autoreply",
            "X-Autorespond",
            "X-Loop",
        ]
        .into_iter()
        .any(|name| mail.header_raw(name).is_some())
        || says("Return-Path").is_some_and(|path| path == "<>")
        || says("Content-Type").is_some_and(|media| media.starts_with("multipart/report"))
}

fn recipients(mail: &Message<'_>) -> Vec<String> {
    let delivered = ["Delivered-To", "X-Original-To"].into_iter().filter_map(|name| raw(mail, name));
    let mut all: Vec<String> = delivered.map(|to| to.trim_matches(['<', '>']).to_owned()).collect();
    for addresses in [mail.to(), mail.cc()].into_iter().flatten() {
        let each = addresses.iter().filter_map(|one| one.address.as_deref());
        all.extend(each.map(str::to_ascii_lowercase));
    }
    all.truncate(MOST_ANSWERED);
    all
}

fn answers(mail: &Message<'_>) -> Vec<String> {
    let mut all = Vec::new();
    for value in [mail.references(), mail.in_reply_to()] {
        match value {
            HeaderValue::Text(id) => all.push(id.to_string()),
            HeaderValue::TextList(ids) => all.extend(ids.iter().map(|id| id.to_string())),
            _ => {}
        }
    }
    all.retain(|id| id.len() <= LONGEST);
    let many = all.len().saturating_sub(MOST_ANSWERED);
    all.split_off(many)
}

/// All that is said, without the signature behind its line of two hyphens (RFC 3676, 4.3).
fn words(mail: &Message<'_>) -> String {
    let parts = (0..mail.text_body_count()).filter_map(|at| mail.body_text(at));
    let whole = parts.map(|part| part.replace("\r\n", "\n")).collect::<Vec<_>>().join("\n");
    let lines = whole.lines().take_while(|line| *line != "-- " && *line != "--");
    lines.collect::<Vec<_>>().join("\n")
}

/// What somebody wrote anew, without what they answer.
pub fn without_quotations(words: &str) -> String {
    let begins = |line: &str| {
        let line = line.trim();
        line.starts_with("-----Original Message") || line.ends_with("wrote:") || line.ends_with("đã viết:")
    };
    let lines = words.lines().take_while(|line| !begins(line)).filter(|line| !line.starts_with('>'));
    lines.collect::<Vec<_>>().join("\n")
}

fn files(mail: &Message<'_>) -> Vec<(String, String, Vec<u8>)> {
    let mut files = Vec::new();
    for (n, part) in (1..).zip(mail.attachments()) {
        let media = part.content_type().map(|kind| match kind.subtype() {
            Some(subtype) => format!("{}/{subtype}", kind.ctype()),
            None => kind.ctype().to_owned(),
        });
        let bytes = part.contents();
        let within = part.content_id().is_some() && bytes.len() <= SMALL;
        if within && media.as_deref().is_some_and(|media| media.starts_with("image/")) {
            continue;
        }
        let name = part.attachment_name().map_or_else(|| format!("tep-{n}"), str::to_owned);
        files.push((name, media.unwrap_or_default(), bytes.to_vec()));
    }
    files
}

/// The files of a mail within the bounds of the page's form.
///
/// # Errors
/// There are too many, or one is too large.
pub fn checked(files: Vec<Upload>) -> Result<Vec<Upload>, Fault> {
    if files.len() > MOST_FILES {
        return Err(upload::fault(|p| p.fault_files));
    }
    match files.iter().find(|file| file.bytes.len() > MOST_FILE) {
        Some(file) => Err(upload::large(&file.name)),
        None => Ok(files),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn mail(headers: &str, body: &str) -> String {
        format!(
            "From: An <an@vidu.vn>\r\nTo: phan-anh@laocai.gov.vn\r\nMessage-ID: <1@vidu.vn>\r\n{headers}\r\n{body}"
        )
    }

    #[test]
    fn a_mail_says_who_wrote_it_what_it_answers_and_what_it_says() {
        let text = mail(
            "Subject: =?UTF-8?B?xJDDqG4gxJHGsOG7nW5nIGjhu49uZw==?=\r\nReferences: <a@x> <b@x>\r\nIn-Reply-To: <b@x>\r\n\
             Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n",
            "=C4=90=C3=A8n h=E1=BB=8Fng ba tu=E1=BA=A7n.\r\n-- \r\nAn, 0912\r\n",
        );
        let came = read(text.as_bytes()).unwrap();
        assert_eq!((came.id.as_str(), came.subject.as_str()), ("1@vidu.vn", "Đèn đường hỏng"));
        assert_eq!(came.words, "Đèn hỏng ba tuần.");
        assert_eq!(came.answers, ["a@x", "b@x", "b@x"]);
        assert_eq!(
            (came.name.as_str(), came.to.as_slice()),
            ("An", ["phan-anh@laocai.gov.vn".to_owned()].as_slice())
        );
    }

    #[test]
    fn what_machines_write_is_dropped() {
        for header in [
            "Auto-Submitted: auto-replied\r\n",
            "Auto-Submitted: auto-generated; x=y\r\n",
            "Precedence: bulk\r\n",
            "List-Id: <a.b>\r\n",
            "X-Auto-Response-Suppress: All\r\n",
            "Return-Path: <>\r\n",
            "Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n",
        ] {
            assert_eq!(read(mail(header, "Tôi đi vắng.").as_bytes()), Err(Dropped::Machine), "{header}");
        }
        assert!(read(mail("Auto-Submitted: no\r\n", "Đèn hỏng.").as_bytes()).is_ok());
        let daemon = mail("", "x").replace("an@vidu.vn", "MAILER-DAEMON@vidu.vn");
        assert_eq!(read(daemon.as_bytes()), Err(Dropped::Machine));
        assert_eq!(
            read(mail("", "x").replace("From: An <an@vidu.vn>\r\n", "").as_bytes()),
            Err(Dropped::NoSender)
        );
        assert!(read(b"").is_err());
    }

    #[test]
    fn an_answer_is_what_was_written_anew() {
        let words = "Cột số 17.\nVào 26/11, Xã A đã viết:\n> Xin cho biết số cột.";
        assert_eq!(without_quotations(words), "Cột số 17.");
        assert_eq!(without_quotations("> a\nMới"), "Mới");
    }
}
