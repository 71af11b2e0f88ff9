//! `POST /inbox`: letters that come, for a portal of ours or to be carried.
//!
//! Who writes is known from the first bytes, which it signed; a stranger's letter is not read on. The answer is a signed
//! receipt, and it leaves only when the letter and what it does are durable. The same letter gets the same receipt again
//! and does nothing; another of its name is refused, and people are told.

use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use network::directory::Directory;
use network::letter::{Address, Announced, Decision, LetterError, MAX_HEAD, Receipt, Says, Sealed, decide};
use network::names::Origin;
use tlog::VerifierKey;
use tokio::sync::SemaphorePermit;

use super::{kinds, relay, store, within};
use crate::agencies::Portal;
use crate::app::App;
use crate::db::Tx;
use crate::operate::alarms::{self, Alarm};
use crate::problem::Problem;
use crate::web::answer::{problem_json, problem_of};
use crate::web::routes::let_in;

/// So long the first bytes of a letter may take.
const HEAD: Duration = Duration::from_secs(20);

/// `POST /inbox`
pub async fn post(State(app): State<App>, headers: HeaderMap, body: Body) -> Response {
    if let Err(answer) = let_in(&app, &headers) {
        return *answer;
    }
    let taken = async {
        let (bytes, _room) = read(&app, body).await?;
        take(&app, &bytes).await
    };
    match taken.await {
        Ok(receipt) => ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], receipt).into_response(),
        // 503 is what stands before a node says when the node is away; this one is there.
        Err(Problem::NotNow { vi, en }) => problem_of(StatusCode::TOO_MANY_REQUESTS, &vi, &en),
        Err(problem) => problem_json(&app, problem),
    }
}

/// Reads a letter, once it is clear from its first bytes that somebody known sends it, and there is room for it. The room is
/// taken until the letter is dealt with.
async fn read(app: &App, body: Body) -> Result<(Vec<u8>, SemaphorePermit<'_>), Problem> {
    let (mut stream, mut bytes) = (body.into_data_stream(), Vec::new());
    let announced = match tokio::time::timeout(HEAD, head(&mut stream, &mut bytes)).await {
        Ok(announced) => announced?,
        Err(_) => return Err(Problem::invalid("body", "begins too slowly")),
    };
    welcome(app, &announced)?;
    let room = u32::try_from(announced.size / 1024 + 1).unwrap_or(u32::MAX);
    let room = app.post.reading.try_acquire_many(room).map_err(|_| Problem::NotNow {
        vi: "Máy chủ đang nhận nhiều thư khác; hãy gửi lại sau.".into(),
        en: "This node is reading many other letters; send it again later.".into(),
    })?;
    let most = MAX_HEAD + announced.size as usize;
    match tokio::time::timeout(within(announced.size), rest(&mut stream, &mut bytes, most)).await {
        Ok(read) => read.map(|()| (bytes, room)),
        Err(_) => Err(Problem::invalid("body", "comes too slowly")),
    }
}

/// Reads the rest, which is `most` bytes at most with what is there.
async fn rest(stream: &mut BodyDataStream, bytes: &mut Vec<u8>, most: usize) -> Result<(), Problem> {
    while let Some(piece) = piece(stream).await? {
        if bytes.len() + piece.len() > most {
            return Err(malformed(&LetterError::Shape));
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(())
}

/// Reads until it is clear who writes to whom.
async fn head(stream: &mut BodyDataStream, bytes: &mut Vec<u8>) -> Result<Announced, Problem> {
    while let Some(piece) = piece(stream).await? {
        bytes.extend_from_slice(&piece);
        if let Some(announced) = Sealed::announced(bytes).map_err(|e| malformed(&e))? {
            return Ok(announced);
        }
        if bytes.len() >= MAX_HEAD {
            break;
        }
    }
    Err(malformed(&LetterError::Shape))
}

async fn piece(stream: &mut BodyDataStream) -> Result<Option<Bytes>, Problem> {
    let cut = |error: axum::Error| Problem::invalid("body", format!("is cut off: {error}"));
    stream.next().await.transpose().map_err(cut)
}

/// Lets in whom the directory knows, as often as anybody may come.
fn welcome(app: &App, announced: &Announced) -> Result<(), Problem> {
    let from = &announced.address.from;
    let key = sender(&app.directory.load(), from)?;
    announced.verify(&key).map_err(|e| not_signed(from, &e))?;
    app.post.admit(from, announced.size).map_err(|seconds| Problem::NotNow {
        vi: format!("{from} gửi quá nhiều thư; thử lại sau {seconds} giây."),
        en: format!("{from} sends too many letters; try again in {seconds} seconds."),
    })
}

/// Takes a sealed letter, whoever brings it. Returns the receipt, signed, once it is durable.
///
/// # Errors
/// Malformed; of a stranger; for nobody here; sealed to another key; or another letter has its name.
pub async fn take(app: &App, bytes: &[u8]) -> Result<String, Problem> {
    let sealed = Sealed::parse(bytes).map_err(|e| malformed(&e))?;
    let directory = app.directory.load_full();
    let from = &sealed.address.from;
    let key = sender(&directory, from)?;
    sealed.verify(&key).map_err(|e| not_signed(from, &e))?;
    let portal = app.portals.load().find(|portal| portal.origin == sealed.address.to);
    match portal {
        Some(portal) => keep(app, &directory, &portal, &sealed, &key).await,
        None => {
            let to = &sealed.address.to;
            let carrier =
                relay::carrier(app, &directory, &sealed.address).ok_or_else(|| Problem::Forbidden {
                    vi: format!("{to} không ở máy chủ này, và không cổng nào ở đây chuyển hộ thư cho {to}."),
                    en: format!("{to} is not hosted here, and no portal here passes letters on to it."),
                })?;
            relay::take(app, &carrier, sealed).await
        }
    }
}

/// Opens a letter to a portal of ours and keeps it, with what it does.
async fn keep(
    app: &App,
    directory: &Directory,
    portal: &Portal,
    sealed: &Sealed,
    key: &VerifierKey,
) -> Result<String, Problem> {
    if directory.agency(&portal.origin).is_some_and(|agency| agency.closed.is_some()) {
        return Err(Problem::NotNow {
            vi: format!("{} đã đóng; gửi thư cho cơ quan kế thừa.", portal.origin),
            en: format!("{} is closed; write to its successor.", portal.origin),
        });
    }
    let secrets = app.keys.letters(&portal.origin, &app.dice)?;
    let letter = sealed.open(key, &secrets.opens).map_err(|e| match e {
        LetterError::OtherKey(_) => Problem::NotNow {
            vi: "Thư niêm phong bằng khóa khác với khóa hiện nay của cổng này.".into(),
            en: e.to_string(),
        },
        e => malformed(&e),
    })?;
    let Address { from, to, id, .. } = sealed.address.clone();
    let receipt =
        Receipt { by: to.clone(), from: from.clone(), to: to.clone(), id, says: Says::Holds(letter.hash()) };
    let (portal, within) = (portal.clone(), app.clone());
    let decision = app
        .db
        .write("letters.keep", async move |tx: &mut Tx| -> Result<Decision, Problem> {
            let held = store::held(tx.conn(), &letter.to, &letter.from, letter.id).await?;
            let decision = decide(held, letter.hash());
            if decision == Decision::Keep {
                store::keep(tx, &letter).await?;
                kinds::take(&within, tx, &portal, letter).await?;
            }
            Ok(decision)
        })
        .await?;
    if decision == Decision::Contradicts {
        let (peer, origin) = (from.to_string(), to.to_string());
        let detail = format!("letter {id}");
        alarms::tell(app, Alarm { about: "letter.contradicts".into(), peer, origin, detail }).await;
        return Err(Problem::refused(
            format!("Đã có một thư khác của {from} mang mã {id}."),
            format!("Another letter of {from} has the id {id}."),
        ));
    }
    Ok(receipt.sign(&secrets.signer).map_err(anyhow::Error::from)?.to_string())
}

/// The key of a sender that the directory knows and that is not closed.
fn sender(directory: &Directory, from: &Origin) -> Result<VerifierKey, Problem> {
    let agency = directory.agency(from).filter(|agency| agency.closed.is_none());
    let keys = agency.and_then(|agency| agency.sealing.as_ref()).and_then(|sealing| sealing.known());
    keys.and_then(|keys| keys.verifier(from).ok()).ok_or_else(|| Problem::Forbidden {
        vi: format!("{from} không có trong danh bạ, đã đóng, hoặc chưa công bố khóa thư."),
        en: format!("{from} is not in the directory, is closed, or has stated no letter key."),
    })
}

fn not_signed(from: &Origin, error: &LetterError) -> Problem {
    Problem::Forbidden {
        vi: format!("Thư không mang chữ ký đúng của {from}: {error}"),
        en: format!("The letter is not signed by {from}: {error}"),
    }
}

fn malformed(error: &LetterError) -> Problem {
    Problem::invalid("body", error.to_string())
}
