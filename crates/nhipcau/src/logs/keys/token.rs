//! Keys in tokens, through PKCS#11: smart cards, USB tokens, HSMs (CKM_EDDSA over Ed25519).
//!
//! All that is asked of one vendor's module is asked in one thread, for two reasons: a module knows one login for the whole
//! process (PKCS#11 2.40, §2.6), and one that hangs must not hang a node that goes on reading and following. Whoever asks
//! waits at most [`PATIENCE`]. A token that is away is looked for every [`AGAIN`], so nobody need restart anything when it
//! is back. A PIN that was refused is not tried again until it is another one, and never when one more would lock the token.

mod door;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use tlog::VerifierKey;

use super::away::Away;
use super::uri::{ObjectName, TokenUri};
use door::Door;

/// How long one question may take: a card signs within a second, an HSM at the other end of a line within a few.
const PATIENCE: Duration = Duration::from_secs(8);
/// How often a token that is away is looked for.
const AGAIN: Duration = Duration::from_secs(2);

/// What is asked of a module, in its thread.
type Ask = Box<dyn FnOnce(&mut Door) + Send>;
/// Why a token cannot be used now, as last seen; kept outside its thread so that a hanging one holds nobody up.
type Seen = Arc<Mutex<HashMap<TokenUri, Away>>>;

/// A module's thread.
#[derive(Clone)]
struct Module {
    asks: Sender<Ask>,
    seen: Seen,
}

/// The threads by module. They are the process's, as the modules' own state is: two nodes in one process share them.
static MODULES: Mutex<Option<HashMap<PathBuf, Module>>> = Mutex::new(None);

impl Module {
    fn of(uri: &TokenUri) -> anyhow::Result<Module> {
        let mut all = MODULES.lock().unwrap_or_else(PoisonError::into_inner);
        let all = all.get_or_insert_with(HashMap::new);
        if let Some(module) = all.get(&uri.token.module) {
            return Ok(module.clone());
        }
        let (asks, inbox) = mpsc::channel::<Ask>();
        let seen = Seen::default();
        let mut door = Door::of(uri.token.module.clone(), seen.clone());
        std::thread::Builder::new()
            .name("pkcs11".into())
            .spawn(move || {
                loop {
                    match inbox.recv_timeout(AGAIN) {
                        Ok(ask) => ask(&mut door),
                        Err(RecvTimeoutError::Timeout) => door.look_again(),
                        Err(RecvTimeoutError::Disconnected) => return,
                    }
                }
            })
            .context("start a thread for the PKCS#11 module")?;
        let module = Module { asks, seen };
        all.insert(uri.token.module.clone(), module.clone());
        Ok(module)
    }

    /// Why the key cannot sign, as last seen.
    fn away(&self, uri: &TokenUri) -> Option<Away> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).get(uri).cloned()
    }

    /// Asks in the module's thread, and waits for the answer.
    fn ask<T: Send + 'static>(
        &self,
        uri: &TokenUri,
        what: impl FnOnce(&mut Door, &TokenUri) -> Result<T, Away> + Send + 'static,
    ) -> Result<T, Away> {
        let (answer, wait) = mpsc::channel();
        let asked = uri.clone();
        let silent = || Away::Silent(uri.token.to_string());
        let ask: Ask = Box::new(move |door| {
            // Whoever has gone away does not want it any more: a signature nobody waits for is none.
            let _ = answer.send(what(door, &asked));
        });
        self.asks.send(ask).map_err(|_| silent())?;
        match wait.recv_timeout(PATIENCE) {
            Ok(done) => done,
            Err(_) => {
                self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(uri.clone(), silent());
                Err(silent())
            }
        }
    }
}

/// A key of ours in a token.
pub struct TokenKey {
    verifier: VerifierKey,
    uri: TokenUri,
    module: Module,
}

impl TokenKey {
    /// A key whose public half is known. The token may be away: that is seen when it is asked.
    ///
    /// # Errors
    /// When no thread can be started.
    pub fn open(uri: &TokenUri, verifier: VerifierKey) -> anyhow::Result<TokenKey> {
        Ok(TokenKey { verifier, uri: uri.clone(), module: Module::of(uri)? })
    }

    /// Has the token looked for, signed in to and its key compared, before the first head is due. Nobody waits for it.
    pub fn look(&self) {
        let (uri, expected) = (self.uri.clone(), self.verifier.clone());
        let _ = self.module.asks.send(Box::new(move |door| door.expect(&uri, &expected)));
    }

    /// Its public half.
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Why it cannot sign now, as last seen; `None` if it can.
    pub fn away(&self) -> Option<Away> {
        self.module.away(&self.uri)
    }

    /// The Ed25519 signature of `message`. Blocks, at most for [`PATIENCE`].
    ///
    /// # Errors
    /// Why the token does not sign.
    pub fn sign(&self, message: &[u8]) -> Result<[u8; 64], Away> {
        let message = message.to_vec();
        self.module.ask(&self.uri, move |door, uri| door.sign(uri, &message))
    }
}

/// The public half of a key in a token, as the token tells it.
///
/// # Errors
/// Why the token does not tell.
pub fn public(uri: &TokenUri) -> anyhow::Result<[u8; 32]> {
    Ok(Module::of(uri)?.ask(uri, |door, uri| door.public(uri))?)
}

/// Makes a key in a token, one that never leaves it, and returns its public half.
///
/// # Errors
/// Why the token does not make one; a key of that name that is there already stays.
pub fn make(uri: &TokenUri) -> anyhow::Result<[u8; 32]> {
    Ok(Module::of(uri)?.ask(uri, |door, uri| door.make(uri))?)
}

/// What a name finds in a token.
fn failed(uri: &TokenUri, why: impl ToString) -> Away {
    Away::Failed(uri.token.to_string(), why.to_string())
}

/// No such key.
fn none(uri: &TokenUri, object: &ObjectName) -> Away {
    Away::NoKey(uri.token.to_string(), object.to_string())
}
