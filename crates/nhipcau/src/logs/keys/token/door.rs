//! A vendor's module as its own thread sees it: begun, tokens found by name, signed in to, and found again when one was
//! pulled out.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::PoisonError;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use tlog::{KeyKind, VerifierKey};

use super::{Away, Seen, failed, none};
use crate::logs::keys::uri::{ObjectName, PinSource, TokenName, TokenUri};

/// Ed25519 as curve parameters: by name (PKCS#11 3.0 §2.3.10), which SoftHSM takes, and by number (RFC 8410), which others do.
const CURVES: [&[u8]; 2] = [b"\x13\x0cedwards25519", b"\x06\x03\x2b\x65\x70"];

/// A session that is signed in, and the keys found in it.
struct Open {
    session: Session,
    keys: HashMap<ObjectName, ObjectHandle>,
}

/// A module and the tokens that were asked for in it.
pub(super) struct Door {
    path: PathBuf,
    module: Option<Pkcs11>,
    open: HashMap<TokenName, Open>,
    /// PINs that a token has refused, by their hash: they are not tried again.
    refused: HashSet<(TokenName, [u8; 32])>,
    /// The keys that nodes here sign with.
    expected: HashMap<TokenUri, [u8; 32]>,
    seen: Seen,
}

impl Door {
    pub(super) fn of(path: PathBuf, seen: Seen) -> Door {
        Door {
            path,
            module: None,
            open: HashMap::new(),
            refused: HashSet::new(),
            expected: HashMap::new(),
            seen,
        }
    }

    /// From now on a node signs with the key, which must be this one.
    pub(super) fn expect(&mut self, uri: &TokenUri, key: &VerifierKey) {
        if let (KeyKind::Ed25519, Ok(public)) = (key.kind(), <[u8; 32]>::try_from(key.public_bytes())) {
            self.expected.insert(uri.clone(), public);
            let _ = self.held(uri);
        }
    }

    /// Looks for what was away when it was last asked for.
    pub(super) fn look_again(&mut self) {
        let away: Vec<TokenUri> =
            self.seen.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect();
        for uri in away {
            let _ = self.held(&uri);
        }
    }

    /// Finds the key, and that it is the expected one.
    fn held(&mut self, uri: &TokenUri) -> Result<ObjectHandle, Away> {
        let expected = self.expected.get(uri).copied();
        let found = self.with(uri, |open, uri| {
            let found = open.keys.get(&uri.object).copied();
            if let Some(key) = found {
                return Ok(Ok(key));
            }
            let key = match one(&open.session, uri, ObjectClass::PRIVATE_KEY)? {
                Ok(key) => key,
                Err(away) => return Ok(Err(away)),
            };
            if let Some(expected) = expected {
                match public_of(&open.session, uri)? {
                    Ok(public) if public == expected => {}
                    Ok(_) => {
                        let (token, object) = (uri.token.to_string(), uri.object.to_string());
                        return Ok(Err(Away::OtherKey(token, object)));
                    }
                    Err(away) => return Ok(Err(away)),
                }
            }
            open.keys.insert(uri.object.clone(), key);
            Ok(Ok(key))
        });
        // Only what would sign says whether the key is there: a public half that can be read proves nothing.
        self.noted(uri, found)
    }

    /// Signs with the key.
    pub(super) fn sign(&mut self, uri: &TokenUri, message: &[u8]) -> Result<[u8; 64], Away> {
        // A session may have been lost since the key was found: then it is found again, once.
        for again in [true, false] {
            let key = self.held(uri)?;
            let eddsa = Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Pure));
            let signed = self.open.get(&uri.token).map(|open| open.session.sign(&eddsa, key, message));
            match signed {
                Some(Ok(signature)) => {
                    let length = signature.len();
                    return signature.try_into().map_err(|_| {
                        failed(uri, format!("a signature of {length} bytes is none of Ed25519"))
                    });
                }
                Some(Err(error)) if !again => return self.noted(uri, Err(failed(uri, error))),
                _ => self.forget(),
            }
        }
        Err(none(uri, &uri.object))
    }

    /// The public half of the key.
    pub(super) fn public(&mut self, uri: &TokenUri) -> Result<[u8; 32], Away> {
        self.with(uri, |open, uri| public_of(&open.session, uri))
    }

    /// Makes a key; its secret half is made not to leave the token.
    pub(super) fn make(&mut self, uri: &TokenUri) -> Result<[u8; 32], Away> {
        self.with(uri, |open, uri| {
            let writes = open.session.get_session_info()?.read_write();
            let there = open.session.find_objects(&wanted(&uri.object, ObjectClass::PRIVATE_KEY))?;
            if !there.is_empty() {
                let says = format!("a key {} is there already; choose another object=", uri.object);
                return Ok(Err(failed(uri, says)));
            }
            if !writes {
                return Ok(Err(failed(uri, "it is write-protected")));
            }
            let name = |mut template: Vec<Attribute>| {
                template.extend(uri.object.label.iter().map(|l| Attribute::Label(l.clone().into_bytes())));
                template.extend(uri.object.id.iter().map(|id| Attribute::Id(id.clone())));
                template
            };
            let mut last = None;
            for curve in CURVES {
                let public = name(vec![
                    Attribute::Token(true),
                    Attribute::Private(false),
                    Attribute::Verify(true),
                    Attribute::EcParams(curve.to_vec()),
                ]);
                let secret = name(vec![
                    Attribute::Token(true),
                    Attribute::Private(true),
                    Attribute::Sensitive(true),
                    Attribute::Extractable(false),
                    Attribute::Sign(true),
                ]);
                let made = open.session.generate_key_pair(&Mechanism::EccEdwardsKeyPairGen, &public, &secret);
                match made {
                    Ok(_) => return public_of(&open.session, uri),
                    Err(error) => last = Some(error),
                }
            }
            let why = last.map_or_else(String::new, |error| error.to_string());
            Ok(Err(failed(uri, format!("makes no Ed25519 key: {why}"))))
        })
    }

    /// Does something in a session that is signed in. If the module fails, everything is begun anew and it is done once more:
    /// a session may be lost, and a token that was plugged in again is seen by some modules only from their beginning.
    fn with<T>(
        &mut self,
        uri: &TokenUri,
        what: impl Fn(&mut Open, &TokenUri) -> cryptoki::error::Result<Result<T, Away>>,
    ) -> Result<T, Away> {
        let found = self.once(uri, &what);
        let anew = match &found {
            Err(Away::Failed(..)) => true,
            // Whoever is signed in to another token of the module stays so.
            Err(Away::Gone(_)) => self.open.keys().all(|open| *open == uri.token),
            _ => false,
        };
        if !anew {
            return found;
        }
        self.forget();
        self.once(uri, &what)
    }

    fn once<T>(
        &mut self,
        uri: &TokenUri,
        what: impl Fn(&mut Open, &TokenUri) -> cryptoki::error::Result<Result<T, Away>>,
    ) -> Result<T, Away> {
        if !self.open.contains_key(&uri.token) {
            let open = self.enter(uri)?;
            self.open.insert(uri.token.clone(), open);
        }
        let open = self.open.get_mut(&uri.token).ok_or_else(|| Away::Gone(uri.token.to_string()))?;
        what(open, uri).map_err(|error| failed(uri, error)).flatten()
    }

    /// Remembers how it went, for whoever asks without waiting.
    fn noted<T>(&self, uri: &TokenUri, found: Result<T, Away>) -> Result<T, Away> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match &found {
            Ok(_) => {
                if seen.remove(uri).is_some() {
                    tracing::info!(token = %uri.token, "the token is back and signs again");
                }
            }
            Err(away) => {
                if seen.insert(uri.clone(), away.clone()).as_ref() != Some(away) {
                    tracing::error!(%away, "a log's key cannot sign; run nhipcau doctor");
                }
            }
        }
        found
    }

    /// Lets every session go and ends the module, so that it begins anew.
    fn forget(&mut self) {
        self.open.clear();
        if let Some(module) = &self.module {
            // What it says to its end does not matter; it stays loaded and is begun again.
            let _ = module.clone().finalize();
            let _ = module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK));
        }
    }

    fn module(&mut self) -> Result<&Pkcs11, Away> {
        if self.module.is_none() {
            let path = self.path.display().to_string();
            let fault = |error: Error| Away::Module(path.clone(), error.to_string());
            let module = Pkcs11::new(&self.path).map_err(fault)?;
            match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
                Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
                Err(error) => return Err(fault(error)),
            }
            self.module = Some(module);
        }
        let path = self.path.display().to_string();
        self.module.as_ref().ok_or_else(|| Away::Module(path, "it is not there".into()))
    }

    /// Finds the token and signs in.
    fn enter(&mut self, uri: &TokenUri) -> Result<Open, Away> {
        let name = uri.token.to_string();
        let module = self.module()?.clone();
        let slot = slot_of(&module, &uri.token).map_err(|error| failed(uri, error))?;
        let Some(slot) = slot else { return Err(Away::Gone(name)) };
        let about = module.get_token_info(slot).map_err(|error| failed(uri, error))?;
        if about.user_pin_locked() {
            return Err(Away::Locked(name));
        }
        let session =
            if about.write_protected() { module.open_ro_session(slot) } else { module.open_rw_session(slot) };
        let session = session.map_err(|error| failed(uri, error))?;
        if about.login_required() && !about.protected_authentication_path() {
            let pin = uri.pin.as_ref().ok_or_else(|| Away::NoPin(name.clone(), "no pin-source".into()))?;
            let pin = read(pin).map_err(|why| Away::NoPin(name.clone(), why))?;
            let tried = (uri.token.clone(), network::names::ContentHash::of(pin.as_bytes()).0);
            if self.refused.contains(&tried) {
                return Err(Away::WrongPin(name));
            }
            if about.user_pin_final_try() {
                return Err(Away::LastPin(name));
            }
            match session.login(UserType::User, Some(&AuthPin::from(pin))) {
                Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
                Err(Error::Pkcs11(RvError::PinIncorrect | RvError::PinInvalid | RvError::PinLenRange, _)) => {
                    self.refused.insert(tried);
                    return Err(Away::WrongPin(name));
                }
                Err(Error::Pkcs11(RvError::PinLocked, _)) => return Err(Away::Locked(name)),
                Err(error) => return Err(failed(uri, error)),
            }
        } else if about.login_required() {
            // The PIN is typed at the reader itself.
            match session.login(UserType::User, None) {
                Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
                Err(error) => return Err(failed(uri, error)),
            }
        }
        Ok(Open { session, keys: HashMap::new() })
    }
}

/// The PIN. The text is given to the module and wiped with what holds it there.
fn read(source: &PinSource) -> Result<String, String> {
    let mut pin = match source {
        PinSource::File(path) => {
            std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?
        }
        PinSource::Environment(name) => std::env::var(name).map_err(|_| format!("${name} is not set"))?,
    };
    pin.truncate(pin.trim_end_matches(['\r', '\n']).len());
    if pin.is_empty() { Err(format!("{source} is empty")) } else { Ok(pin) }
}

fn slot_of(module: &Pkcs11, token: &TokenName) -> cryptoki::error::Result<Option<Slot>> {
    for slot in module.get_slots_with_initialized_token()? {
        let about = module.get_token_info(slot)?;
        let fits =
            |wanted: &Option<String>, is: &str| wanted.as_ref().is_none_or(|wanted| wanted == is.trim_end());
        if fits(&token.label, about.label()) && fits(&token.serial, about.serial_number()) {
            return Ok(Some(slot));
        }
    }
    Ok(None)
}

fn wanted(object: &ObjectName, class: ObjectClass) -> Vec<Attribute> {
    let mut template = vec![Attribute::Class(class), Attribute::KeyType(KeyType::EC_EDWARDS)];
    template.extend(object.label.iter().map(|label| Attribute::Label(label.clone().into_bytes())));
    template.extend(object.id.iter().map(|id| Attribute::Id(id.clone())));
    template
}

/// The one object of a name.
fn one(
    session: &Session,
    uri: &TokenUri,
    class: ObjectClass,
) -> cryptoki::error::Result<Result<ObjectHandle, Away>> {
    let found = session.find_objects(&wanted(&uri.object, class))?;
    Ok(match found[..] {
        [one] => Ok(one),
        [] => Err(none(uri, &uri.object)),
        _ => Err(Away::Several(uri.token.to_string(), uri.object.to_string())),
    })
}

/// The public half: 32 bytes, which some tokens wrap as an octet string of DER (04 20).
fn public_of(session: &Session, uri: &TokenUri) -> cryptoki::error::Result<Result<[u8; 32], Away>> {
    let key = match one(session, uri, ObjectClass::PUBLIC_KEY)? {
        Ok(key) => key,
        Err(away) => return Ok(Err(away)),
    };
    for attribute in session.get_attributes(key, &[AttributeType::EcPoint])? {
        if let Attribute::EcPoint(point) = attribute {
            let bare = point.strip_prefix(&[0x04, 0x20]).filter(|bare| bare.len() == 32).unwrap_or(&point);
            if let Ok(bare) = <[u8; 32]>::try_from(bare) {
                return Ok(Ok(bare));
            }
        }
    }
    Ok(Err(none(uri, &uri.object)))
}
