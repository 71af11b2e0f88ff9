//! What comes back: delivery status notifications (RFC 3464) in a Maildir, read once and removed.
//!
//! A mail comes back to an address that names it (`tin+<mail>@…`), so nothing of the report is believed but its
//! status; a report about a mail that we never sent changes nothing.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Bytes of a report that are read: the status stands near its beginning.
const READ: u64 = 256 << 10;

/// What a report says of one mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The mail.
    pub id: String,
    /// True if it did not arrive and will not: the address is not there, or takes nothing.
    pub hard: bool,
}

/// The reports that lie in a Maildir, with their files; those of no meaning have none.
///
/// # Errors
/// When the folder cannot be read.
pub fn waiting(maildir: &Path, most: usize) -> std::io::Result<Vec<(PathBuf, Option<Report>)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(maildir.join("new"))? {
        let path = entry?.path();
        // What is no file, or cannot be read, keeps nobody else's report back.
        let Ok(file) = File::open(&path) else { continue };
        let mut bytes = Vec::new();
        if file.take(READ).read_to_end(&mut bytes).is_err() {
            continue;
        }
        found.push((path, read(&String::from_utf8_lossy(&bytes))));
        if found.len() == most {
            break;
        }
    }
    Ok(found)
}

/// What a mail says, if it is a report of something of ours.
#[must_use]
pub fn read(text: &str) -> Option<Report> {
    let text = text.replace("\r\n", "\n");
    let (header, body) = text.split_once("\n\n")?;
    let header = unfolded(header);
    // OpenSMTPD calls its reports `multipart/mixed`; the part with the status is what makes one.
    if !field(&header, "content-type")?.to_ascii_lowercase().contains("multipart/") {
        return None;
    }
    // To whom it was delivered is what the relay says; `To` is what whoever reports says.
    let to = ["delivered-to", "x-original-to", "to"].iter().find_map(|name| named(field(&header, name)?))?;
    let at = body.to_ascii_lowercase().find("message/delivery-status")?;
    let mut action = None;
    let mut status = None;
    let told = unfolded(&body[at..]);
    for line in told.lines() {
        let Some((name, value)) = line.split_once(':') else { continue };
        match name.trim().to_ascii_lowercase().as_str() {
            "action" if action.is_none() => action = Some(value.trim().to_ascii_lowercase()),
            "status" if status.is_none() => status = value.split_whitespace().next().map(str::to_owned),
            _ => {}
        }
    }
    let hard = action? == "failed" && status.is_some_and(|status| status.starts_with("5."));
    Some(Report { id: to, hard })
}

/// The mail that an address names: `tin+0123…@a.vn`.
fn named(address: &str) -> Option<String> {
    let (_, rest) = address.split_once('+')?;
    let id = rest.split('@').next()?;
    (id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit())).then(|| id.to_ascii_lowercase())
}

fn unfolded(header: &str) -> String {
    header.replace("\n ", " ").replace("\n\t", " ")
}

fn field<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    let mut lines = header.lines().filter_map(|line| line.split_once(':'));
    lines.find(|(own, _)| own.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(action: &str, status: &str) -> String {
        format!(
            "Return-Path: <>\r\nDelivered-To: tin+00112233445566778899aabbccddeeff@a.vn\r\nFrom: MAILER-DAEMON@mx.b.vn\r\n\
             To: <tin+00112233445566778899aabbccddeeff@a.vn>\r\nContent-Type: multipart/report;\r\n report-type=delivery-status;\r\n boundary=\"x\"\r\n\r\n\
             --x\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\n\
             Reporting-MTA: dns; mx.b.vn\r\n\r\nFinal-Recipient: rfc822; an@b.vn\r\nAction: {action}\r\nStatus: {status}\r\n\r\n--x--\r\n"
        )
    }

    #[test]
    fn only_what_failed_for_good_is_hard() {
        let id = "00112233445566778899aabbccddeeff";
        let said = |action, status| read(&report(action, status)).unwrap();
        assert_eq!(said("failed", "5.1.1 (no such user)"), Report { id: id.into(), hard: true });
        assert!(!said("delayed", "4.4.1").hard && !said("failed", "4.4.7").hard);
        assert!(!said("delivered", "2.0.0").hard);
        let mixed = report("failed", "5.1.1")
            .replace("multipart/report;\r\n report-type=delivery-status;", "multipart/mixed;");
        assert!(read(&mixed).unwrap().hard, "as OpenSMTPD writes it");
    }

    #[test]
    fn what_is_no_report_says_nothing() {
        assert_eq!(read("Subject: hello\r\n\r\nStatus: 5.1.1\r\nAction: failed\r\n"), None);
        assert_eq!(read(&report("failed", "5.1.1").replace('+', "-")), None);
        assert_eq!(read("\n\n"), None);
    }
}
