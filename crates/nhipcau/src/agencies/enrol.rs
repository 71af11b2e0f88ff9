//! Enrolment: a child hands in a join request, an administrator of its parent approves it, the parent vouches in its log.

use network::directory::{Directory, Refusal};
use network::entry::{Change, Enrolment, Entry, Kind, Level, Name, NodeKeys};
use network::names::Origin;
use serde::{Deserialize, Serialize};
use tlog::VerifierKey;

use crate::app::App;
use crate::clock::instant;
use crate::db::Tx;
use crate::items::once::Once;
use crate::logs::ledger;
use crate::operate::rehearsal;
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
    /// The act that makes it accountable: a decision's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accountable_basis: Option<String>,
    /// The key of its log.
    pub log_key: String,
    /// Where its log is served.
    pub log_url: String,
    /// The node that hosts it.
    pub node: JoinNode,
    /// The keys of its letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealing: Option<String>,
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
        let sealing = match &self.sealing {
            Some(text) => read(text, "sealing", &mut faults).map(Some),
            None => Some(None),
        };
        match (domain, origin, level, log_key, name, cosigner, reporter, predecessor, sealing) {
            (
                Some(domain),
                Some(origin),
                Some(level),
                Some(log_key),
                Some(node),
                Some(cosigner),
                Some(reporter),
                Some(predecessor),
                Some(sealing),
            ) => Ok(Enrolment {
                origin,
                domain,
                code: self.code.clone(),
                name: Name { vi: self.name.clone(), en: self.name_en.clone() },
                level,
                log_key,
                log_url: self.log_url.clone(),
                node: NodeKeys { name: node, cosigner, reporter, url: self.node.url.clone() },
                sealing,
                predecessor,
                accountable: self.accountable.clone(),
                accountable_basis: self.accountable_basis.clone(),
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
    let first = app.keys.own(origin, &app.dice)?;
    let key = app.keys.current(origin, &app.directory.load()).unwrap_or(first);
    let letters = app.keys.letters(origin, &app.dice)?.public;
    Ok(JoinRequest {
        domain: domain.to_owned(),
        origin: origin.to_string(),
        name: name.0.to_owned(),
        name_en: name.1.to_owned(),
        level: level.to_string(),
        code: None,
        accountable: None,
        accountable_basis: None,
        log_key: key.to_string(),
        log_url: app.config.url.clone(),
        node: JoinNode {
            name: app.config.name.to_string(),
            url: app.config.url.clone(),
            cosigner: app.keys.cosigner().verifier().to_string(),
            reporter: app.keys.reporter().verifier().to_string(),
        },
        sealing: Some(letters.to_string()),
        predecessor: None,
    })
}

/// Vouches for a child in the log `by`.
///
/// # Errors
/// As [`state`].
pub async fn enrol(app: &App, by: i64, parent: &Origin, enrolment: Enrolment) -> Result<u64, Problem> {
    state(app, by, parent, Kind::AgencyEnrolled(enrolment), None).await
}

/// What a fresh join request of an enrolled agency says that its directory entry does not: it moved to
/// another node, has another name. Its log and the log's key stay.
///
/// # Errors
/// Refused if the request is of another log key, or nothing is different.
pub fn difference(app: &App, asked: &Enrolment) -> Result<Change, Problem> {
    let directory = app.directory.load();
    let known = directory.agency(&asked.origin).ok_or(Problem::NotFound("agency"))?;
    if *known.keys.valid_for(u64::MAX) != asked.log_key {
        return Err(Problem::refused(
            format!("Yêu cầu này mang khóa sổ khác với khóa đã ghi danh của {}.", asked.origin),
            format!(
                "This request has another log key than the one enrolled for {}; move the node with its keys/ folder, or close the log and enrol a successor.",
                asked.origin
            ),
        ));
    }
    let node = known.node.as_ref().and_then(|name| directory.node(name)).map(|node| &node.keys);
    let other = |asked: &Option<String>, known: &Option<String>| asked.clone().filter(|_| asked != known);
    let change = Change {
        domain: (asked.domain != known.domain).then(|| asked.domain.clone()),
        code: other(&asked.code, &known.code),
        name: (asked.name != known.name).then(|| asked.name.clone()),
        log_url: (asked.log_url != known.log_url).then(|| asked.log_url.clone()),
        node: (node != Some(&asked.node)).then(|| asked.node.clone()),
        sealing: asked.sealing.clone().filter(|sealing| known.sealing.as_ref() != Some(sealing)),
        accountable: other(&asked.accountable, &known.accountable),
        accountable_basis: other(&asked.accountable_basis, &known.accountable_basis),
        ..Change::of(asked.origin.clone())
    };
    if change == Change::of(asked.origin.clone()) {
        return Err(Problem::refused(
            "Không có gì khác với danh bạ.",
            "Nothing in it differs from the directory.",
        ));
    }
    Ok(change)
}

/// Writes a statement of `parent` about a child into its log `by`; a request that is repeated gets the same
/// index. What counts is decided by the directory (protocol §2), which is asked first.
///
/// # Errors
/// Refused, with the rule, what the directory would keep without effect; or if the idempotency key was used for
/// another request, or the log may not sign now.
pub async fn state(
    app: &App,
    by: i64,
    parent: &Origin,
    kind: Kind,
    once: Option<Once>,
) -> Result<u64, Problem> {
    let (directory, parent) = (app.directory.load_full(), parent.clone());
    written(app, by, kind, once, move |kind| may_state(&directory, &parent, kind)).await
}

/// Writes a statement of `parent` into its log `by` within a step of ours, by the same rules. Returns its index.
///
/// # Errors
/// As [`state`].
pub async fn state_in(tx: &mut Tx, by: i64, parent: &Origin, kind: Kind) -> Result<u64, Problem> {
    may_state(&tx.ledger.directory, parent, &kind)?;
    let at = instant(tx.ledger.now());
    ledger::append(tx, by, &Entry { at, kind }).await
}

/// Whether a statement of `parent` would count, as far as is known here.
fn may_state(directory: &Directory, parent: &Origin, kind: &Kind) -> Result<(), Problem> {
    if let Kind::AgencyEnrolled(child) = kind
        && rehearsal::named(&child.origin) != rehearsal::named(parent)
    {
        return Err(Problem::refused(
            format!(
                "{} là cơ quan của bản tập dượt; bản tập dượt và mạng thật không ghi danh cho nhau.",
                child.origin
            ),
            format!(
                "{} is of a rehearsal; a rehearsal and the real network do not enrol each other.",
                child.origin
            ),
        ));
    }
    let above = directory.agency(parent);
    match (kind, above) {
        (Kind::AgencyEnrolled(child), Some(above)) if child.origin != *parent => {
            if !child.level.is_below(above.level) {
                return Err(Problem::refused(
                    format!("Cấp {} không thấp hơn cấp {} của cơ quan ghi danh.", child.level, above.level),
                    format!("The level {} is not below the parent's, {}.", child.level, above.level),
                ));
            }
            if parent != directory.root() && !child.domain.lies_under(&above.domain) {
                return Err(Problem::refused(
                    format!("Tên miền {} không nằm dưới {}.", child.domain, above.domain),
                    format!("The domain {} does not lie under {}.", child.domain, above.domain),
                ));
            }
        }
        (Kind::AgencyClosed { origin, successor, also, .. }, _) => {
            let known = directory.agency(origin);
            if known.is_none_or(|agency| agency.parent != *parent || agency.origin == agency.parent) {
                return Err(Problem::refused(
                    format!("{origin} không phải do {parent} ghi danh."),
                    format!("{origin} was not enrolled by {parent}."),
                ));
            }
            let stands = |next: &Origin| {
                next != origin && directory.agency(next).is_some_and(|agency| agency.closed.is_none())
            };
            if let Some(next) = successor.iter().chain(also).find(|next| !stands(next)) {
                return Err(Problem::refused(
                    format!("{next} chưa được ghi danh hoặc đã đóng; hãy ghi danh cơ quan kế thừa trước."),
                    format!("{next} is not enrolled, or is closed; enrol the successor first."),
                ));
            }
            if let Some(next) = successor.iter().chain(also).find(|next| !directory.may_inherit(parent, next))
            {
                return Err(Problem::refused(
                    format!("{next} không trực thuộc {parent}; việc này do cấp trên chung của hai bên làm."),
                    format!("{next} is not below {parent}; an agency above both states it."),
                ));
            }
        }
        _ => {}
    }
    match directory.refuses(parent, kind) {
        None => Ok(()),
        Some(Refusal::StaterNotEnrolled) => Err(Problem::NotNow {
            vi: format!(
                "{parent} chưa được cấp trên ghi danh, nên lời của nó chưa có hiệu lực. Chờ việc ghi danh có hiệu lực (xem trang Mạng) rồi làm lại."
            ),
            en: format!(
                "{parent} is not enrolled by its own parent yet, so what it states has no effect. Wait until it is (see the network page), then repeat."
            ),
        }),
        Some(Refusal::OriginTaken(origin)) => Err(Problem::refused(
            format!("{origin} đã được ghi danh; để sửa, dùng nhipcau change."),
            format!("{origin} is enrolled already; to change something use nhipcau change."),
        )),
        Some(why) => Err(Problem::refused(
            format!("Danh bạ sẽ không nhận điều này: {why}."),
            format!("The directory would not take this: {why}."),
        )),
    }
}

/// Writes one statement into a log of ours, whatever the directory will say to it. Returns its index.
///
/// # Errors
/// When the log may not sign now.
pub async fn write(app: &App, log: i64, kind: Kind) -> Result<u64, Problem> {
    written(app, log, kind, None, |_| Ok(())).await
}

async fn written(
    app: &App,
    log: i64,
    kind: Kind,
    once: Option<Once>,
    may: impl FnOnce(&Kind) -> Result<(), Problem> + Send + 'static,
) -> Result<u64, Problem> {
    app.db
        .write("agencies.write", async move |tx: &mut Tx| -> Result<u64, Problem> {
            if let Some(once) = &once
                && let Some(index) = once.answered(tx.conn()).await?
            {
                return Ok(index);
            }
            may(&kind)?;
            let at = instant(tx.ledger.now());
            let index = ledger::append(tx, log, &Entry { at, kind }).await?;
            if let Some(once) = once {
                once.remember(tx, &index).await?;
            }
            Ok(index)
        })
        .await
}
