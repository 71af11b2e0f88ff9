//! `verify`: is it authentic, is it complete, is it in force? Three statements, never one "valid".

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use network::content::Item;
use network::entry::{Entry, Kind};
use network::names::{ContentHash, Origin};
use network::root::RootNote;
use tlog::{TlogProof, VerifierKey, leaf_hash};

use crate::logs::proof::Extra;
use crate::logs::view::fingerprint;

/// What `verify` takes.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  nhipcau verify nghi-dinh.tlog-proof --root-note root.note\n  \
    nhipcau verify http://mucangchai.laocai.localhost:8002/muc/8865acee-01a2…\n\n\
    Without --root-note the root that the proof brings is used, and its fingerprint is printed: compare it with the printed one.\n\
    Exit code 0 only if the item is authentic.")]
pub struct Args {
    /// A .tlog-proof file, or an item's address
    what: String,
    /// The root note that you trust
    #[arg(long)]
    root_note: Option<PathBuf>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// What a proof proves.
pub struct Proven {
    /// The entry's log.
    pub origin: Origin,
    /// The entry's index.
    pub index: u64,
    /// The size of the checkpoint under which it was proven.
    pub size: u64,
    /// The entry.
    pub entry: Entry,
    /// The root note's fingerprint.
    pub fingerprint: String,
    /// True if the root was given by the caller.
    pub pinned: bool,
    /// True if the keys are those of a demonstration.
    pub demo: bool,
}

/// Checks a proof: place in the log, the log's signature, the enrolments up to the root note.
///
/// # Errors
/// Names the step that fails, and why.
pub fn check(proof: &TlogProof, trusted: Option<&RootNote>) -> anyhow::Result<Proven> {
    let extra = proof.extra.as_deref().context("the proof has no extra line, so its entry is unknown")?;
    let extra: Extra =
        serde_json::from_slice(extra).context("the proof's extra line is not what this program writes")?;
    let brought = RootNote::open(&extra.root).context("root note")?;
    let root = trusted.unwrap_or(&brought);
    let root_origin = root.text().root_origin()?;
    // From the root downwards: each enrolment names the next log's key.
    let mut key: VerifierKey = root.text().root.last().context("root note: no key")?.key.clone();
    let mut origin = root_origin;
    for step in extra.enrolments.iter().rev() {
        let parent: TlogProof =
            step.proof.parse().with_context(|| format!("the enrolment's proof in {origin}"))?;
        let checkpoint = parent
            .verify(&leaf_hash(step.entry.as_bytes()), &key)
            .with_context(|| format!("the enrolment in {origin} is not proven"))?;
        ensure!(
            checkpoint.origin == *origin.as_str(),
            "the enrolment stands in {}, not in {origin}",
            checkpoint.origin
        );
        let Entry { kind: Kind::AgencyEnrolled(enrolment), .. } = Entry::decode(step.entry.as_bytes())?
        else {
            bail!("an entry on the way to the root is no enrolment");
        };
        (origin, key) = (enrolment.origin, enrolment.log_key);
    }
    let checkpoint = proof
        .verify(&leaf_hash(extra.entry.as_bytes()), &key)
        .with_context(|| format!("the entry is not proven to stand in {origin}"))?;
    ensure!(
        checkpoint.origin == *origin.as_str(),
        "the checkpoint is of {}, not of {origin}",
        checkpoint.origin
    );
    Ok(Proven {
        index: proof.index,
        size: checkpoint.size,
        entry: Entry::decode(extra.entry.as_bytes()).context("the entry")?,
        fingerprint: fingerprint(&root.text().text()),
        pinned: trusted.is_some(),
        demo: extra.demo,
        origin,
    })
}

/// Checks and prints.
///
/// # Errors
/// When it is not authentic, naming the step.
pub async fn run(args: Args) -> anyhow::Result<()> {
    let trusted = match &args.root_note {
        Some(path) => Some(RootNote::open(
            &std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?,
        )?),
        None => None,
    };
    let (proof, text) = if args.what.starts_with("http://") || args.what.starts_with("https://") {
        fetch(&args.what).await?
    } else {
        let path = Path::new(&args.what);
        (std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?.parse()?, None)
    };
    let proven = check(&proof, trusted.as_ref()).context("NOT authentic (KHÔNG đúng bản)")?;
    let title = match (&proven.entry.kind, &text) {
        (Kind::ItemIssued { content, .. }, Some(bytes)) => {
            ensure!(
                ContentHash::of(bytes) == content.sha256,
                "NOT authentic: the content has another hash than the entry says"
            );
            Item::parse(bytes).ok().map(|item| item.title)
        }
        _ => None,
    };
    let key = if proven.demo { "khóa trình diễn · demonstration key" } else { "" };
    let trust = match proven.pinned {
        true => "the root note that you gave".to_owned(),
        false => format!("root note {} – compare it with the printed one", proven.fingerprint),
    };
    if args.json {
        println!(
            "{}",
            serde_json::json!({ "authentic": true, "complete": null, "in_force": null, "origin": proven.origin.to_string(), "entry": proven.index,
                "size": proven.size, "kind": proven.entry.kind.word(), "at": proven.entry.at.to_string(), "title": title,
                "root_fingerprint": proven.fingerprint, "root_pinned": proven.pinned, "demo": proven.demo, "content_checked": text.is_some() })
        );
        return Ok(());
    }
    if let Some(title) = title {
        println!("{title}");
    }
    println!(
        "Đúng bản · authentic      có · yes: entry {} ({}) of {}, signed at {} entries {key}",
        proven.index,
        proven.entry.kind.word(),
        proven.origin,
        proven.size
    );
    println!("                          trust: {trust}");
    println!(
        "Nội dung · content        {}",
        if text.is_some() {
            "khớp dấu vân tay · matches its hash"
        } else {
            "không có trong tệp này · not in this file"
        }
    );
    println!("Đủ · complete             không biết được từ tệp này · not knowable from this file");
    println!("Còn hiệu lực · in force   không biết được từ tệp này · not knowable from this file");
    Ok(())
}

/// The proof of an item's address, and the content that its entry names.
async fn fetch(address: &str) -> anyhow::Result<(TlogProof, Option<Vec<u8>>)> {
    let reference = super::call::reference(address)?;
    let (scheme, rest) = address.split_once("://").context("not an address")?;
    let host = rest.split('/').next().unwrap_or_default();
    let mut client = reqwest::Client::builder().no_proxy();
    // `*.localhost` is this machine (RFC 6761), though the C library does not know it.
    let (name, port) = host.rsplit_once(':').unwrap_or((host, "80"));
    if name.ends_with(".localhost") {
        client =
            client.resolve(name, std::net::SocketAddr::from(([127, 0, 0, 1], port.parse().unwrap_or(80))));
    }
    let client = client.build()?;
    let get = async |path: String| -> anyhow::Result<Vec<u8>> {
        let answer = client.get(format!("{scheme}://{host}{path}")).send().await?;
        ensure!(answer.status().is_success(), "{path} answered {}", answer.status());
        Ok(answer.bytes().await?.to_vec())
    };
    let proof: TlogProof = String::from_utf8(get(format!("/proof/{reference}")).await?)?.parse()?;
    let entry = proof.extra.as_deref().and_then(|extra| serde_json::from_slice::<Extra>(extra).ok());
    let content = entry.and_then(|extra| Entry::decode(extra.entry.as_bytes()).ok()).and_then(|entry| {
        match entry.kind {
            Kind::ItemIssued { content, .. } => Some(content.sha256),
            _ => None,
        }
    });
    let text = match content {
        Some(hash) => Some(get(format!("/content/{hash}")).await?),
        None => None,
    };
    Ok((proof, text))
}
