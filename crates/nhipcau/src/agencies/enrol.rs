//! Enrolment: a child hands in a join request, an administrator of its parent approves it, the parent vouches in its log.

use network::entry::{Enrolment, Entry, Kind, Level, Name, NodeKeys};
use network::names::Origin;
use serde::{Deserialize, Serialize};
use tlog::VerifierKey;

use crate::app::App;
use crate::clock::instant;
use crate::db::Tx;
use crate::items::once::Once;
use crate::logs::ledger;
use crate::problem::{Fault, Problem};

/// What a child asks its parent to vouch for: the file that `nhipcau init` writes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoinRequest {
    /// Where the portal answers.
    pub domain: String,
    /// Its log.
    pub origin: String,
    /// The agency's name in Vietnamese.
    pub name: String,
    /// And in English.
    #[serde(default)]
    pub name_en: String,
    /// `central`, `ministry`, `province`, `commune`, `unit`.
    pub level: String,
    /// Its code, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The unit accountable for the portal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accountable: Option<String>,
    /// The key of its log.
    pub log_key: String,
    /// Where its log is served.
    pub log_url: String,
    /// The node that hosts it.
    pub node: JoinNode,
    /// The log that this one continues.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predecessor: Option<String>,
}

/// The node of a join request.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoinNode {
    /// Its name.
    pub name: String,
    /// Where it answers.
    pub url: String,
    /// The key of its cosignatures.
    pub cosigner: String,
    /// The key of its receipts.
    pub reporter: String,
}

impl JoinRequest {
    /// The request as the enrolment that a parent would write.
    ///
    /// # Errors
    /// Every field that is wrong.
    pub fn check(&self) -> Result<Enrolment, Problem> {
        let mut faults = Vec::new();
        let domain = read(&self.domain, "domain", &mut faults);
        let origin: Option<Origin> = read(&self.origin, "origin", &mut faults);
        let level: Option<Level> = read(&self.level, "level", &mut faults);
        let log_key: Option<VerifierKey> = read(&self.log_key, "log_key", &mut faults);
        let name: Option<Origin> = read(&self.node.name, "node.name", &mut faults);
        let cosigner: Option<VerifierKey> = read(&self.node.cosigner, "node.cosigner", &mut faults);
        let reporter: Option<VerifierKey> = read(&self.node.reporter, "node.reporter", &mut faults);
        let predecessor = match &self.predecessor {
            Some(text) => read(text, "predecessor", &mut faults).map(Some),
            None => Some(None),
        };
        match (domain, origin, level, log_key, name, cosigner, reporter, predecessor) {
            (
                Some(domain),
                Some(origin),
                Some(level),
                Some(log_key),
                Some(node),
                Some(cosigner),
                Some(reporter),
                Some(predecessor),
            ) => Ok(Enrolment {
                origin,
                domain,
                code: self.code.clone(),
                name: Name { vi: self.name.clone(), en: self.name_en.clone() },
                level,
                log_key,
                log_url: self.log_url.clone(),
                node: NodeKeys { name: node, cosigner, reporter, url: self.node.url.clone() },
                sealing: None,
                predecessor,
                accountable: self.accountable.clone(),
            }),
            _ => Err(Problem::Invalid(faults)),
        }
    }
}

fn read<T: std::str::FromStr<Err: std::fmt::Display>>(
    text: &str,
    field: &str,
    faults: &mut Vec<Fault>,
) -> Option<T> {
    match text.parse() {
        Ok(value) => Some(value),
        Err(error) => {
            faults.push(Fault {
                field: field.to_owned(),
                vi: format!("Giá trị {text:?} không đúng: {error}"),
                en: format!("{text:?}: {error}"),
            });
            None
        }
    }
}

/// The join request of a portal of ours.
///
/// # Errors
/// When its key is not here.
pub fn request_of(
    app: &App,
    origin: &Origin,
    domain: &str,
    name: (&str, &str),
    level: Level,
) -> anyhow::Result<JoinRequest> {
    let key = app.keys.own(origin, &app.dice)?;
    Ok(JoinRequest {
        domain: domain.to_owned(),
        origin: origin.to_string(),
        name: name.0.to_owned(),
        name_en: name.1.to_owned(),
        level: level.to_string(),
        code: None,
        accountable: None,
        log_key: key.to_string(),
        log_url: app.config.url.clone(),
        node: JoinNode {
            name: app.config.name.to_string(),
            url: app.config.url.clone(),
            cosigner: app.keys.cosigner().verifier().to_string(),
            reporter: app.keys.reporter().verifier().to_string(),
        },
        predecessor: None,
    })
}

/// Vouches for a child in the log `by`. The directory decides whether it has effect (protocol §2).
///
/// # Errors
/// As [`may_enrol`]; or when the log may not sign now.
pub async fn enrol(app: &App, by: i64, parent: &Origin, enrolment: Enrolment) -> Result<u64, Problem> {
    may_enrol(app, parent, &enrolment)?;
    write(app, by, Kind::AgencyEnrolled(enrolment)).await
}

/// Whether `parent` may vouch for that child, as far as is known here.
///
/// # Errors
/// Refused if the child's level is not lower, or its domain is not under the parent's.
pub fn may_enrol(app: &App, parent: &Origin, enrolment: &Enrolment) -> Result<(), Problem> {
    let directory = app.directory.load();
    let itself = enrolment.origin == *parent;
    if !itself && let Some(above) = directory.agency(parent) {
        if !enrolment.level.is_below(above.level) {
            return Err(Problem::refused(
                format!("Cấp {} không thấp hơn cấp {} của cơ quan ghi danh.", enrolment.level, above.level),
                format!("The level {} is not below the parent's, {}.", enrolment.level, above.level),
            ));
        }
        if parent != directory.root() && !enrolment.domain.lies_under(&above.domain) {
            return Err(Problem::refused(
                format!("Tên miền {} không nằm dưới {}.", enrolment.domain, above.domain),
                format!("The domain {} does not lie under {}.", enrolment.domain, above.domain),
            ));
        }
    }
    Ok(())
}

/// Whether `parent` may close that child.
///
/// # Errors
/// Refused if it is not a child of that log.
pub fn may_close(app: &App, parent: &Origin, origin: &Origin) -> Result<(), Problem> {
    let directory = app.directory.load();
    let known = directory.agency(origin);
    if known.is_none_or(|agency| agency.parent != *parent || agency.origin == agency.parent) {
        return Err(Problem::refused(
            format!("{origin} không phải do {parent} ghi danh."),
            format!("{origin} was not enrolled by {parent}."),
        ));
    }
    Ok(())
}

/// Writes one statement into a log of ours. Returns its index.
///
/// # Errors
/// When the log may not sign now.
pub async fn write(app: &App, log: i64, kind: Kind) -> Result<u64, Problem> {
    write_once(app, log, kind, None).await
}

/// As [`write`]; a request that is repeated gets the same index.
///
/// # Errors
/// As [`write`]; refused if the idempotency key was used for another request.
pub async fn write_once(app: &App, log: i64, kind: Kind, once: Option<Once>) -> Result<u64, Problem> {
    app.db
        .write("agencies.write", async move |tx: &mut Tx| -> Result<u64, Problem> {
            if let Some(once) = &once
                && let Some(index) = once.answered(tx.conn()).await?
            {
                return Ok(index);
            }
            let at = instant(tx.ledger.now());
            let index = ledger::append(tx, log, &Entry { at, kind }).await?;
            if let Some(once) = once {
                once.remember(tx, &index).await?;
            }
            Ok(index)
        })
        .await
}
