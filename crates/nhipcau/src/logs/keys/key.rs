//! One key of a log: a file's, or one in a token. Which of several sign is decided here, by what the directory says.

use std::sync::Arc;

use anyhow::Context;
use network::keys::Keys;
use tlog::{Checkpoint, Note, SignerKey, VerifierKey};

use super::away::Away;
use super::token::TokenKey;

/// A key that signs heads.
pub enum LogKey {
    /// Its secret came from a file.
    File(Box<SignerKey>),
    /// Its secret never leaves a token.
    Token(Box<TokenKey>),
}

impl LogKey {
    /// Its public half.
    pub fn verifier(&self) -> VerifierKey {
        match self {
            LogKey::File(key) => key.verifier(),
            LogKey::Token(key) => key.verifier().clone(),
        }
    }

    /// Looks for its token, if it lies in one.
    pub fn look(&self) {
        if let LogKey::Token(key) = self {
            key.look();
        }
    }

    /// Why it cannot sign now; `None` if it can, as far as is known.
    pub fn away(&self) -> Option<Away> {
        match self {
            LogKey::File(_) => None,
            LogKey::Token(key) => key.away(),
        }
    }

    /// Signs a head. What a token gives is verified before it is believed.
    ///
    /// # Errors
    /// The token's; a head that cannot be signed.
    pub fn sign(&self, head: &Checkpoint) -> anyhow::Result<Note> {
        match self {
            LogKey::File(key) => Ok(head.sign(key)?),
            LogKey::Token(key) => {
                let signature = key.sign(head.text().as_bytes())?;
                head.signed(key.verifier(), &signature)
                    .context("the token made a signature that its own key does not verify")
            }
        }
    }
}

/// Those of our keys that sign a head of `size`: first the one that the directory calls valid for it, then those that it
/// does not know yet. One that it has replaced by then signs no more. `None` if the valid one is not here.
pub fn signing<'a>(ours: &'a [Arc<LogKey>], known: Option<&Keys>, size: u64) -> Option<Vec<&'a Arc<LogKey>>> {
    let Some(known) = known else { return (!ours.is_empty()).then(|| ours.iter().collect()) };
    let valid = known.valid_for(size);
    let first = ours.iter().find(|key| key.verifier() == *valid)?;
    let coming = |key: &&Arc<LogKey>| {
        let verifier = key.verifier();
        known.all().iter().find(|known| known.key == verifier).is_none_or(|known| known.from > size)
    };
    Some([first].into_iter().chain(ours.iter().filter(coming)).collect())
}

#[cfg(test)]
mod tests {
    use network::entry::KeyChange;
    use tlog::KeyKind;

    use super::*;

    fn key(seed: u8) -> Arc<LogKey> {
        Arc::new(LogKey::File(Box::new(
            SignerKey::from_seed("a.vn/log", KeyKind::Ed25519, [seed; 32]).unwrap(),
        )))
    }

    fn seeds(found: Option<Vec<&Arc<LogKey>>>) -> Option<Vec<VerifierKey>> {
        found.map(|keys| keys.into_iter().map(|key| key.verifier()).collect())
    }

    #[test]
    fn both_sign_until_the_directory_has_changed_and_then_only_the_new_one() {
        let ours = [key(1), key(2)];
        let (old, new) = (ours[0].verifier(), ours[1].verifier());
        assert_eq!(seeds(signing(&ours, None, 3)), Some(vec![old.clone(), new.clone()]), "not enrolled yet");
        let before = Keys::single(old.clone());
        assert_eq!(seeds(signing(&ours, Some(&before), 9)), Some(vec![old.clone(), new.clone()]));
        let after = before.with(KeyChange { key: new.clone(), from: 10 }).unwrap();
        assert_eq!(seeds(signing(&ours, Some(&after), 9)), Some(vec![old.clone(), new.clone()]));
        assert_eq!(seeds(signing(&ours, Some(&after), 10)), Some(vec![new.clone()]));
        assert_eq!(seeds(signing(&ours[1..], Some(&after), 10)), Some(vec![new]));
        assert_eq!(seeds(signing(&ours[..1], Some(&after), 10)), None, "the old one is believed no more");
        assert_eq!(seeds(signing(&[], None, 0)), None);
    }
}
