//! Petitions by e-mail. The relay puts what is written to the petitions' address into a Maildir; each mail is read once and removed.
//!
//! A mail of a stranger becomes a petition by the same door as the page's form (`asking::intake`), waiting for its address to be proven
//! like one from there; its sender is mailed code and secret. One that answers a mail of ours, or names a code and comes from the proven
//! address of that petition, is a message to whoever has it. What is written by machines is dropped: no answer ever answers an answer.
//!
//! Its kind is the suggested one where that is sure; else it is registered as the kind that asks least of a sender, and the clerk is asked.
//! `notice` mails what happens to it later. A mail that cannot be taken now goes to a folder beside, so that it holds no later one up.

mod letter;
pub mod notice;
pub mod read;
mod store;

use std::path::{Path, PathBuf};
use std::time::Duration;

use lettre::Address;
use vietnam::petition_code::Code;

use self::read::{Came, Dropped};
use super::asking::intake::{self, ByMail, Sender};
use super::following::acts;
use super::store::{self as cases, Case, knocks};
use super::verify;
use crate::agencies::Portal;
use crate::app::App;
use crate::db::Tx;
use crate::files::Upload;
use crate::people::forms::Fields;
use crate::problem::{Fault, Problem};
use crate::subscriptions::door::new_id;
use crate::words::{Lang, date};

pub use letter::{ABOUT, compose};
pub use store::{became, forget, is_unsure, lost};

/// How often it is looked whether something came.
const EVERY: Duration = Duration::from_secs(10);
/// Mails of one look, and of those that could not be taken before.
const AT_ONCE: usize = 50;
const ONCE_MORE: usize = 5;
/// The folder of the Maildir in which a mail waits that could not be taken.
const WAITS: &str = ".cho";
/// The largest mail that is read: five files of 20 MB in base 64, and what stands around them.
const MOST: u64 = 145 << 20;
const DAY: i64 = 86_400_000_000;
/// Answers to one address in a day; what comes beyond is taken all the same.
pub const ANSWERS: i64 = 5;
/// The kind as which a mail is registered where nobody is sure: the one that asks nothing of its sender that a mail does not say.
const KIND: &str = "phan-anh";
/// The kind of proposals, as it is registered and as the suggestion names it.
const PROPOSAL: (&str, &str) = ("kien-nghi", "kien_nghi");
/// The suggestion's name of reports.
const REPORT: &str = "phan_anh";

/// Takes what comes until the node stops.
pub async fn run(app: &App) {
    loop {
        if let Err(problem) = look(app).await {
            tracing::warn!(%problem, "mails to the petitions' address could not be taken");
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Takes what lies in the Maildir, where there is one.
///
/// # Errors
/// The folder cannot be read.
pub async fn look(app: &App) -> Result<(), Problem> {
    notice::post(app).await?;
    let Some(maildir) = app.config.mail.as_ref().and_then(|mail| mail.petitions.clone()) else {
        return Ok(());
    };
    let folder = maildir.clone();
    let waiting = tokio::task::spawn_blocking(move || waiting(&folder)).await.map_err(anyhow::Error::from)?;
    let waiting =
        waiting.map_err(|error| anyhow::anyhow!("mail.petitions: {}: {error}", maildir.display()))?;
    for path in waiting {
        let file = path.clone();
        // A large one is decoded for a second.
        let came = tokio::task::spawn_blocking(move || -> std::io::Result<Result<Came, Dropped>> {
            Ok(read::read(&bytes(&file)?))
        });
        let done = match came.await {
            Ok(Ok(came)) => take(app, came).await,
            Ok(Err(error)) => Err(Problem::Ours(error.into())),
            Err(error) => Err(Problem::Ours(error.into())),
        };
        // One that cannot be taken now waits, and holds no other up.
        match done {
            Ok(()) => {
                if let Err(error) = std::fs::remove_file(&path) {
                    tracing::warn!(%error, path = %path.display(), "a mail that was taken could not be removed");
                }
            }
            Err(problem) => {
                tracing::warn!(%problem, path = %path.display(), "a mail waits");
                if let Err(error) = aside(&maildir, &path) {
                    tracing::warn!(%error, path = %path.display(), "a mail that waits could not be put aside");
                }
            }
        }
    }
    Ok(())
}

/// What came, and a few of those that could not be taken before, whichever were tried longest ago.
fn waiting(maildir: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = files_of(&maildir.join("new"))?;
    found.sort();
    found.truncate(AT_ONCE);
    let again = maildir.join(WAITS);
    if again.is_dir() {
        let mut tried: Vec<_> = files_of(&again)?
            .into_iter()
            .map(|path| (path.metadata().and_then(|meta| meta.modified()).ok(), path))
            .collect();
        tried.sort();
        found.extend(tried.into_iter().take(ONCE_MORE).map(|(_, path)| path));
    }
    Ok(found)
}

fn files_of(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_file() {
            found.push(path);
        }
    }
    Ok(found)
}

/// Puts a mail behind all others that wait: into the folder of such, or to that folder's end.
fn aside(maildir: &Path, path: &Path) -> std::io::Result<()> {
    let folder = maildir.join(WAITS);
    if path.parent() != Some(folder.as_path()) {
        std::fs::create_dir_all(&folder)?;
        let name = path.file_name().unwrap_or_default();
        std::fs::rename(path, folder.join(name))?;
        return Ok(());
    }
    let file = std::fs::File::options().append(true).open(path)?;
    let newest = files_of(&folder)?.iter().filter_map(|path| path.metadata().ok()?.modified().ok()).max();
    match newest {
        Some(newest) => file.set_modified(newest + Duration::from_millis(1)),
        None => Ok(()),
    }
}

fn bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(MOST + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Takes one mail as it was read.
///
/// # Errors
/// Not now: the log may not sign, the database's. What is wrong with the mail is told to who wrote it, and is no error.
async fn take(app: &App, came: Result<Came, Dropped>) -> Result<(), Problem> {
    let mut came = match came {
        Ok(came) => came,
        Err(why) => {
            tracing::info!(?why, "a mail to the petitions' address is dropped");
            return Ok(());
        }
    };
    let ours = app.config.mail.as_ref().map(|mail| mail.from.clone());
    if ours.as_ref().is_some_and(|own| is_ours(own, &came)) {
        tracing::info!("a mail of ours came back to the petitions' address, and is dropped");
        return Ok(());
    }
    let Some(portal) = portal(app, &came, ours.as_ref()) else {
        tracing::warn!("a mail names no portal of this node, and is dropped");
        return Ok(());
    };
    let key = app.people.seal.mark("petition.mail", &came.id).to_vec();
    if store::known(&mut app.db.read().await?, &key).await? {
        return Ok(());
    }
    let files = read::checked(uploads(std::mem::take(&mut came.files)));
    let done = match thread(app, &came).await? {
        Some(case) => message(app, &case, &came, files).await?,
        None => new(app, &portal, &came, &key, files).await?,
    };
    answer(app, &portal, &came.from, key, done).await
}

/// True for what we have sent ourselves: our address, or a Message-ID as we make them.
fn is_ours(own: &Address, came: &Came) -> bool {
    let by_id = came.id.split_once('@').is_some_and(|(id, domain)| {
        let made = id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit());
        made && domain.eq_ignore_ascii_case(own.domain())
    });
    let user = came.from.user().split('+').next().unwrap_or_default();
    let by_address =
        user.eq_ignore_ascii_case(own.user()) && came.from.domain().eq_ignore_ascii_case(own.domain());
    by_id || by_address
}

/// The portal to which a mail is written: that of the domain of an address that it went to, else that of our own address, else the first.
fn portal(app: &App, came: &Came, own: Option<&Address>) -> Option<std::sync::Arc<Portal>> {
    let portals = app.portals.load();
    let domains = came.to.iter().filter_map(|to| to.rsplit_once('@')).map(|(_, domain)| domain);
    let mut named = domains.chain(own.map(|own| own.domain())).filter_map(|domain| portals.by_host(domain));
    named.next().or_else(|| portals.all().first().cloned())
}

/// The petition that a mail belongs to: by what it answers, or by a code in its subject if it comes from the proven address.
async fn thread(app: &App, came: &Came) -> Result<Option<Case>, Problem> {
    let mut conn = app.db.read().await?;
    for id in came.answers.iter().rev() {
        let mark = app.people.seal.mark("petition.mail", id).to_vec();
        if let Some(case) = store::answered(&mut conn, &mark).await?
            && is_senders(app, &mut conn, &case, &came.from, false).await?
        {
            return Ok(Some(case));
        }
    }
    let words = came.subject.split(|c: char| c.is_whitespace() || ",;:()[]<>\"“”".contains(c));
    for word in words {
        let Ok(code) = word.trim_end_matches('.').to_uppercase().parse::<Code>() else { continue };
        if let Some(case) = cases::find(&mut conn, &code.to_string()).await?
            && is_senders(app, &mut conn, &case, &came.from, true).await?
        {
            return Ok(Some(case));
        }
    }
    Ok(None)
}

/// True if an address is that of a petition's sender. Whoever answers a mail of ours has read it; a code alone is known to everybody, and an
/// address is easily forged, so that one must be proven at least.
async fn is_senders(
    app: &App,
    conn: &mut crate::db::Conn,
    case: &Case,
    from: &Address,
    proven: bool,
) -> Result<bool, Problem> {
    let contact = cases::contact(app, conn, &case.id).await?;
    let mark = |address: &Address| verify::mark(app, address);
    let known: Option<Address> = contact.as_ref().and_then(|contact| contact.mail.parse().ok());
    if known.is_none_or(|known| mark(&known) != mark(from)) {
        return Ok(false);
    }
    let stands = verify::Stands::of(app, conn, case, contact.as_ref()).await?;
    Ok(!proven || stands == verify::Stands::Verified)
}

fn uploads(files: Vec<(String, String, Vec<u8>)>) -> Vec<Upload> {
    let one = |(name, media, bytes)| Upload { name, media, bytes, decorative: true, ..Upload::default() };
    files.into_iter().map(one).collect()
}

/// What came with a mail, or why that is not taken.
type Files = Result<Vec<Upload>, Fault>;

fn fields(pairs: &[(&str, &str)]) -> Fields {
    Fields::of(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
}

/// What went wrong, in sentences for who wrote it; what is not theirs to mend is passed on.
fn sentences(problem: Problem) -> Result<String, Problem> {
    match problem {
        Problem::Invalid(faults) => {
            let said: Vec<String> = faults.into_iter().map(|Fault { vi, .. }| vi).collect();
            Ok(said.join("\n"))
        }
        Problem::Refused { vi, .. } | Problem::TooOften { vi, .. } => Ok(vi),
        other => Err(other),
    }
}

/// What a mail became.
#[derive(Default)]
struct Became {
    /// The id of the petition that it is or belongs to; empty if there is none.
    petition: String,
    /// What is answered; empty where nothing is.
    told: String,
    /// True if nobody knows of which kind the petition is.
    unsure: bool,
}

/// A message to whoever has a petition; nothing is answered where all is well.
async fn message(app: &App, case: &Case, came: &Came, files: Files) -> Result<Became, Problem> {
    let words = read::without_quotations(&came.words);
    let typed = fields(&[("viec", "tra-loi"), ("loi-nhan", &words)]);
    match acts::act(app, case, &typed, files).await {
        Ok(_) => Ok(Became { petition: case.id.clone(), ..Became::default() }),
        Err(problem) => {
            Ok(Became { petition: case.id.clone(), told: sentences(problem)?, ..Became::default() })
        }
    }
}

/// The kind of what somebody wrote, and whether that is unsure: reading it takes about a millisecond, and longer once after the start.
async fn kind(app: &App, text: &str) -> Result<(&'static str, bool), Problem> {
    let (suggester, text, day) = (app.authority.suggester(), text.to_owned(), date::day(app.clock.now()));
    let read = tokio::task::spawn_blocking(move || suggester.suggest(&text, None, day).kind);
    let kind = read.await.map_err(anyhow::Error::from)?;
    let first = kind.candidates.first().map(|first| first.id.as_str());
    Ok(match first.filter(|_| !kind.abstain) {
        Some(first) if first == PROPOSAL.1 => (PROPOSAL.0, false),
        Some(first) if first == REPORT => (KIND, false),
        _ => (KIND, true),
    })
}

/// A petition of its own.
async fn new(app: &App, portal: &Portal, came: &Came, key: &[u8], files: Files) -> Result<Became, Problem> {
    let subject = came.subject.trim();
    let text = match subject.is_empty() || came.words.starts_with(subject) {
        true => came.words.clone(),
        false => format!("{subject}\n\n{}", came.words),
    };
    let address = came.from.to_string();
    let name = if came.name.trim().is_empty() { came.from.user() } else { came.name.trim() };
    let (kind, unsure) = kind(app, &text).await?;
    let typed = fields(&[
        ("loai", kind),
        ("chuyen-gi", &text),
        ("dinh-danh", "named"),
        ("ho-ten", name),
        ("email", &address),
    ]);
    let by = ByMail { once: once(app, key), mark: verify::mark(app, &came.from) };
    let sender = Sender { lang: Lang::Vi, client: None, via: None, mail: Some(by) };
    match intake::take(app, portal, &typed, files, sender).await {
        Ok(intake::Came::Registered(done)) => {
            Ok(Became { petition: done.case.id.clone(), told: letter::REGISTERED.to_owned(), unsure })
        }
        Ok(intake::Came::Outside(outside)) => {
            Ok(Became { told: intake::explained(&outside, Lang::Vi, ""), ..Became::default() })
        }
        Err(bad) => Ok(Became { told: sentences(bad.problem)?, ..Became::default() }),
    }
}

/// What stands for the form that a mail is none of: the same mail is one petition.
fn once(app: &App, key: &[u8]) -> [u8; 32] {
    app.people.seal.mark("petition.mail.once", &hex::encode(key))
}

/// Remembers that a mail was taken, and has its answer sent, if there is one and its address was not answered too often.
async fn answer(
    app: &App,
    portal: &Portal,
    to: &Address,
    key: Vec<u8>,
    became: Became,
) -> Result<(), Problem> {
    let Became { petition, told, unsure } = became;
    let (id, mailing) = (new_id(app)?, new_id(app)?);
    let mark = verify::mark(app, to);
    let own = app.config.mail.as_ref().map(|mail| mail.from.domain().to_owned()).unwrap_or_default();
    let ours = app.people.seal.mark("petition.mail", &format!("{mailing}@{own}")).to_vec();
    let sealed = letter::sealed(app, &id, to)?;
    let (mails, domain) = (app.mailer.is_some(), portal.domain.to_string());
    app.db
        .write("petition.mail", async move |tx: &mut Tx| -> Result<(), Problem> {
            let now = tx.ledger.now();
            let (_, often) = knocks::counted(tx, &mark, "mail", now - DAY).await?;
            let answers = mails && !told.is_empty() && often < ANSWERS;
            let registered = told == letter::REGISTERED;
            let row = store::Row {
                id: id.clone(),
                thread: if answers && registered { mailing.clone() } else { String::new() },
                unsure: i64::from(unsure),
                lost: match (answers || told.is_empty(), registered) {
                    (true, _) => 0,
                    (false, false) => 1,
                    (false, true) => 2,
                },
                mark: key,
                answer: if answers { ours } else { Vec::new() },
                portal: domain,
                petition,
                sealed: if answers { sealed } else { Vec::new() },
                told,
            };
            if !store::keep(tx, &row).await? || !answers {
                return Ok(());
            }
            knocks::add(tx, &id, mark, "mail").await?;
            Ok(store::mail(tx, mailing, &format!("{}{id}", letter::ABOUT)).await?)
        })
        .await
}
