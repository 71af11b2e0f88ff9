//! One `.tlog-proof`: the entry's place in its log, the log's signature, who enrolled the log, up to the root note.
//!
//! As strict as a node's directory (protocol §2, §6): levels, domains and keys by size are judged by
//! `network::directory`. What a file cannot tell: whether the entry was followed by others, whether the
//! log was closed since.

use network::directory::Chain;
use network::entry::{Entry, Kind};
use network::names::Origin;
use network::root::RootNote;
use tlog::{Checkpoint, TlogProof, VerifierKey, leaf_hash};

use super::{Fault, Said, Step, Verdict};
use crate::logs::proof::{Extra, Statement};
use crate::logs::view::fingerprint;

/// More levels than any administration has.
const MOST_LEVELS: usize = 16;

/// What a proof proves.
#[derive(Clone, Debug)]
pub struct Proven {
    /// The entry's log.
    pub origin: Origin,
    /// The entry's index.
    pub index: u64,
    /// The size of the checkpoint under which it was proven.
    pub size: u64,
    /// The entry.
    pub entry: Entry,
    /// Its exact bytes.
    pub bytes: Vec<u8>,
    /// The agency's name, as its parent enrolled it; the origin for the root.
    pub agency: String,
    /// The root note on which it rests.
    pub root: RootNote,
    /// The root note's fingerprint.
    pub fingerprint: String,
    /// True if the root note was given by the caller.
    pub pinned: bool,
    /// True if the keys are those of a demonstration.
    pub demo: bool,
}

/// What stands in the proof's `extra`.
///
/// # Errors
/// When there is none, or of another version.
pub fn extra(proof: &TlogProof) -> Result<Extra, Fault> {
    let bytes = proof
        .extra
        .as_deref()
        .ok_or_else(|| Fault::at(Step::Format, "the proof has no extra line, so its entry is unknown"))?;
    let extra: Extra = serde_json::from_slice(bytes)
        .map_err(|e| Fault::at(Step::Format, format!("the proof's extra line cannot be read: {e}")))?;
    if extra.v != 1 {
        return Err(Fault::at(
            Step::Format,
            format!("the proof's extra line has version {}; this program knows 1", extra.v),
        ));
    }
    Ok(extra)
}

/// Checks a proof under a trusted root note, or under the one that it brings.
///
/// # Errors
/// The step that fails, and why.
pub fn check(proof: &TlogProof, trusted: Option<&RootNote>) -> Result<Proven, Fault> {
    let extra = extra(proof)?;
    let root = match trusted {
        Some(root) => root.clone(),
        None => RootNote::open(&extra.root).map_err(|e| Fault::at(Step::Root, e))?,
    };
    let mut chain = Chain::new(&root).map_err(|e| Fault::at(Step::Root, e))?;
    if extra.enrolments.len() > MOST_LEVELS {
        return Err(Fault::at(Step::Enrolment, format!("{} levels are too many", extra.enrolments.len())));
    }
    // From the root downwards: each enrolment names the next log, its level, its domain and its key.
    let mut origin = root.text().root_origin().map_err(|e| Fault::at(Step::Root, e))?;
    for step in extra.enrolments.iter().rev() {
        let (index, kind) = stated(&chain, &origin, &step.entry, &step.proof)?;
        let Kind::AgencyEnrolled(enrolment) = &kind else {
            return Err(Fault::at(
                Step::Enrolment,
                format!("entry {index} of {origin} is {}, not an enrolment", kind.word()),
            ));
        };
        let child = enrolment.origin.clone();
        take(&mut chain, &origin, index, &kind)?;
        for Statement { entry, proof } in &step.changes {
            let (index, kind) = stated(&chain, &origin, entry, proof)?;
            match &kind {
                Kind::AgencyChanged(change) if change.origin == child => {
                    take(&mut chain, &origin, index, &kind)?;
                }
                _ => {
                    return Err(Fault::at(
                        Step::Enrolment,
                        format!("entry {index} of {origin} does not change {child}"),
                    ));
                }
            }
        }
        origin = child;
    }
    let (size, _) = placed(&chain, &origin, extra.entry.as_bytes(), proof)?;
    let entry = Entry::decode(extra.entry.as_bytes()).map_err(|e| Fault::at(Step::Format, e))?;
    let agency = chain.agency(&origin).map(|agency| agency.name.vi.clone()).unwrap_or_default();
    Ok(Proven {
        index: proof.index,
        size,
        entry,
        bytes: extra.entry.into_bytes(),
        agency: if agency.is_empty() { origin.to_string() } else { agency },
        fingerprint: fingerprint(&root.text().text()),
        pinned: trusted.is_some(),
        demo: extra.demo,
        origin,
        root,
    })
}

fn take(chain: &mut Chain, by: &Origin, index: u64, kind: &Kind) -> Result<(), Fault> {
    chain
        .take(by, index, kind)
        .map_err(|why| Fault::at(Step::Enrolment, format!("entry {index} of {by} has no effect: {why}")))
}

/// A statement of the log `by`, proven to stand there.
fn stated(chain: &Chain, by: &Origin, entry: &str, proof: &str) -> Result<(u64, Kind), Fault> {
    let proof: TlogProof =
        proof.parse().map_err(|e| Fault::at(Step::Format, format!("a proof of an entry of {by}: {e}")))?;
    placed(chain, by, entry.as_bytes(), &proof)?;
    let entry = Entry::decode(entry.as_bytes())
        .map_err(|e| Fault::at(Step::Format, format!("entry {} of {by}: {e}", proof.index)))?;
    Ok((proof.index, entry.kind))
}

/// Checks that the entry stands in the log `origin`, signed by the key that is valid for the checkpoint's size.
fn placed<'a>(
    chain: &'a Chain,
    origin: &Origin,
    entry: &[u8],
    proof: &TlogProof,
) -> Result<(u64, &'a VerifierKey), Fault> {
    let claim = Checkpoint::of(&proof.checkpoint).map_err(|e| Fault::at(Step::Format, e))?;
    if claim.origin != *origin.as_str() {
        return Err(Fault::at(
            Step::Enrolment,
            format!("a checkpoint of {} stands where one of {origin} is due", claim.origin),
        ));
    }
    let key = chain
        .keys_for(origin, claim.size)
        .ok_or_else(|| Fault::at(Step::Enrolment, format!("nobody vouches for {origin}")))?;
    Checkpoint::open(&proof.checkpoint, key).map_err(|e| {
        Fault::at(Step::Signature, format!("the checkpoint of {origin} at {} entries: {e}", claim.size))
    })?;
    proof
        .verify(&leaf_hash(entry), key)
        .map_err(|e| Fault::at(Step::Place, format!("entry {} of {origin}: {e}", proof.index)))?;
    Ok((claim.size, key))
}

/// What a file alone tells.
pub fn verdict(proven: &Proven) -> Verdict {
    let unknown = || Said::Unknown("không biết được từ tệp này · not knowable from this file".into());
    let place = |said: String| match &proven.entry.kind {
        // The proof shows who carries it; whoever wrote it has signed nothing.
        Kind::ItemCarried { site, .. } => Said::No(format!(
            "đăng lại từ {site}; cơ quan ban hành chưa ký · carried from {site}; its issuing agency has not signed it ({said})"
        )),
        _ => Said::Yes(said),
    };
    Verdict {
        authentic: place(format!(
            "mục số {} ({}) trong sổ {}, ký ở {} mục · entry {} of {}, signed at {} entries",
            proven.index,
            proven.entry.kind.word(),
            proven.origin,
            proven.size,
            proven.index,
            proven.origin,
            proven.size
        )),
        complete: unknown(),
        in_force: unknown(),
        exceptions: Vec::new(),
    }
}
