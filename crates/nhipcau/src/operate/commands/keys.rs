//! `keys`: where the keys of a node's logs lie, a new one in a token or a file, and how a log's key is changed.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use network::directory::Directory;
use network::names::Origin;
use network::root::RootNote;
use tlog::{KeyKind, VerifierKey};

use crate::agencies::fold;
use crate::clock::Dice;
use crate::config::{Config, FILE, LogKeyRow};
use crate::db::Reading;
use crate::logs::keys::uri::TokenUri;
use crate::logs::keys::{Keyring, token};
use crate::logs::store::{self, Head};

/// What `keys` takes.
#[derive(clap::Args)]
#[command(
    arg_required_else_help = true,
    after_help = "\
The key of a log signs everything that the portal says. It lies in the folder keys/, or in a token: a USB token, a smart
card, an HSM – anything with a PKCS#11 module that knows Ed25519 (CKM_EDDSA). A token is named by a URI (RFC 7512):

  pkcs11:token=LABEL;object=NAME?module-path=/path/to/module.so&pin-source=file:/etc/nhipcau/pin

  token=         the token's label (or serial=, its serial number)
  object=        the key's name in it (or id=)
  module-path=   the vendor's library; for SoftHSM /usr/lib/softhsm/libsofthsm2.so
  pin-source=    file:PATH or env:VARIABLE; the PIN itself stands nowhere else. The file belongs to the node's user,
                 mode 0600. Left out for a token that asks for no PIN, or at its own reader.

A new node:        nhipcau init … --log-key 'pkcs11:…'
A node that runs, to change a log's key (into a token, to another token, or back to a file):

  1. nhipcau keys make LOG --uri 'pkcs11:…' --dir DIR     makes the key, prints three lines for nhipcau.toml
     (without --uri: a new key in a file)
  2. add the lines to nhipcau.toml and restart the node: it signs with both keys
  3. nhipcau keys list --dir DIR                          prints what the parent's administrator runs:
     nhipcau change LOG --key KEY                         at the parent's node, after asking you whether it is yours
  4. nhipcau keys list says when the old key has retired; then take it away.

Nothing stops meanwhile, and readers see nothing of it. A key that was stolen is not changed like this: the parent closes
the log at its last honest size (nhipcau close --last-size). The root's own keys stand in the root note.
A token that is pulled out: the node goes on reading and following, says that it cannot sign, and signs again when the
token is back. A wrong PIN is tried once and not again until it is another one."
)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Show the keys of each log, which of them sign, and what comes next
    List(ListArgs),
    /// Make another key for a log: in a token, or in a file
    Make(MakeArgs),
}

#[derive(clap::Args)]
struct ListArgs {
    /// The node's folder
    #[arg(long)]
    dir: PathBuf,
    /// Only this log, for example laocai.gov.vn/log
    log: Option<Origin>,
}

#[derive(clap::Args)]
struct MakeArgs {
    /// The log, for example laocai.gov.vn/log
    log: Origin,
    /// Where the key is to lie: a PKCS#11 URI; without it, a file in keys/
    #[arg(long)]
    uri: Option<String>,
    /// Take the key that is there already under that name, made by the vendor's tool
    #[arg(long, requires = "uri")]
    there: bool,
    /// The node's folder
    #[arg(long)]
    dir: PathBuf,
}

/// Shows or makes keys.
///
/// # Errors
/// The token's refusal; a folder that is no node's.
pub async fn run(args: Args) -> anyhow::Result<()> {
    match args.what {
        What::List(args) => list(args).await,
        What::Make(args) => make(&args),
    }
}

/// The row of the configuration for a key in a token, which is made there, or is taken as it is if `there`.
///
/// # Errors
/// The URI's fault, the token's refusal.
pub fn placed(log: &Origin, uri: &str, there: bool) -> anyhow::Result<LogKeyRow> {
    let read: TokenUri = uri.parse().map_err(|e| anyhow::anyhow!("{uri}: {e}"))?;
    let public = if there { token::public(&read)? } else { token::make(&read)? };
    let key = VerifierKey::new(log.as_str(), KeyKind::Ed25519, &public)?;
    Ok(LogKeyRow { log: log.to_string(), key: key.to_string(), uri: uri.to_owned() })
}

fn make(args: &MakeArgs) -> anyhow::Result<()> {
    let config = Config::read(&args.dir)?;
    let keyring = Keyring::of(&config)?;
    ensure!(
        keyring.has(&args.log),
        "{} is no log of this node; `nhipcau keys list` names them, and `nhipcau init --log-key` begins a new node",
        args.log
    );
    let dir = args.dir.display();
    let (key, place) = match &args.uri {
        Some(uri) => {
            let row = placed(&args.log, uri, args.there)?;
            let lines = toml::to_string(&std::collections::BTreeMap::from([("log_key", vec![&row])]))?;
            println!("Thêm vào cuối {dir}/{FILE} · add at the end of {dir}/{FILE}:\n\n{lines}");
            (row.key, None)
        }
        None => {
            let key = keyring.make_next(&args.log, &Dice::system())?;
            (key.to_string(), Some(keyring.next_file(&args.log)))
        }
    };
    match place {
        Some(path) => println!("Khóa mới · the new key: {key}\n  trong · in {}\n", path.display()),
        None => println!("Khóa mới · the new key: {key}\n"),
    }
    println!(
        "Việc tiếp theo · next:\n  1. Khởi động lại máy chủ: từ đó ký bằng cả hai khóa · restart the node: it signs with both\n  \
         2. nhipcau keys list {} --dir {dir}   in lệnh cho cấp trên · prints what the parent's administrator runs",
        args.log
    );
    Ok(())
}

/// How a key stands.
enum Stands {
    Signs,
    Coming,
    Retired(u64),
}

/// How a key of ours stands, by what the directory says.
fn stands(directory: &Directory, origin: &Origin, size: u64, key: &VerifierKey) -> Stands {
    let Some(known) = directory.keys(origin) else { return Stands::Signs };
    let at = known.all().iter().position(|change| change.key == *key);
    match at.map(|at| known.all().get(at + 1).map(|next| next.from)) {
        None => Stands::Coming,
        Some(Some(next)) if next <= size => Stands::Retired(next),
        Some(_) if known.valid_for(size) == key => Stands::Signs,
        Some(_) => Stands::Coming,
    }
}

async fn list(args: ListArgs) -> anyhow::Result<()> {
    let config = Config::read(&args.dir)?;
    let keyring = Keyring::of(&config)?;
    let reading = Reading::open(&config.database).await?;
    let looked = async {
        let text = std::fs::read_to_string(&config.root)
            .with_context(|| format!("read {}", config.root.display()))?;
        let mut conn = reading.read().await?;
        let directory = fold::rebuild(&mut conn, &RootNote::open(&text)?).await?.0;
        let heads = store::every(&mut conn).await?.into_iter().filter(|head| head.own);
        let heads: Vec<Head> =
            heads.filter(|head| args.log.as_ref().is_none_or(|log| *log == head.origin)).collect();
        anyhow::Ok((directory, heads))
    };
    let looked = looked.await;
    reading.close().await;
    let (directory, heads) = looked?;
    if heads.is_empty() {
        bail!("không có sổ nào như vậy ở máy chủ này · no such log at this node");
    }
    for head in heads {
        show(&config, &keyring, &directory, &head, &args.dir)?;
    }
    Ok(())
}

fn show(
    config: &Config,
    keyring: &Keyring,
    directory: &Directory,
    head: &Head,
    dir: &Path,
) -> anyhow::Result<()> {
    let origin = &head.origin;
    println!("{origin}   {} mục · entries", head.size);
    let places = [keyring.file(origin), keyring.next_file(origin)].into_iter().filter(|path| path.exists());
    let places: Vec<String> = places.map(|path| path.display().to_string()).collect();
    for (at, key) in keyring.kept(origin)?.iter().enumerate() {
        let in_token = config.log_keys.iter().find(|placed| placed.log == *origin && placed.key == *key);
        let place = match (places.get(at), in_token) {
            (Some(path), _) => path.clone(),
            (None, Some(placed)) => token_line(placed),
            (None, None) => String::new(),
        };
        println!("  {key}\n    {place}");
        match stands(directory, origin, head.size + 1, key) {
            Stands::Signs => println!("    đang ký · signs"),
            Stands::Retired(from) => println!(
                "    đã thôi ký từ mục {from}; có thể gỡ khỏi máy chủ · retired from entry {from}; may be taken away"
            ),
            Stands::Coming => println!(
                "    chờ cấp trên: quản trị cấp trên chạy lệnh dưới đây · waits for the parent, whose administrator runs:\n    \
                 nhipcau change {origin} --key '{key}'"
            ),
        }
    }
    if keyring.kept(origin)?.len() == 1 {
        println!("    đổi khóa · to change it: nhipcau keys make {origin} --dir {}", dir.display());
    }
    Ok(())
}

/// A token as it is now.
fn token_line(placed: &crate::config::LogKeyPlace) -> String {
    let name = format!("token {} / {}", placed.uri.token, placed.uri.object);
    match token::public(&placed.uri) {
        Ok(public) if public == *placed.key.public_bytes() => name,
        Ok(_) => format!("{name}: ✗ khóa khác với cấu hình · another key than in the configuration"),
        Err(error) => format!("{name}: ✗ {error:#}"),
    }
}
