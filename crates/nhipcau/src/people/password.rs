//! Passwords: what is good enough, and how it is kept (Argon2id, RFC 9106; parameters after the OWASP cheat sheet).

use anyhow::anyhow;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;
use vietnam::text::fold;

use crate::clock::Dice;

/// Fewest characters.
pub const FEWEST: usize = 10;
/// Most bytes: a longer text costs us and protects nobody.
pub const MOST: usize = 256;
/// Memory in KiB, passes, lanes.
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);
/// How many passwords are worked on at once; each takes 19 MiB and some 30 ms.
const AT_ONCE: usize = 2;

/// Works on passwords, a few at a time and off the threads that serve.
pub struct Hasher {
    turns: Semaphore,
    /// What a login that does not exist is checked against, so that it takes as long.
    nobody: String,
}

impl Hasher {
    /// One that is ready.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn new(dice: &Dice) -> anyhow::Result<Hasher> {
        let nobody = hash("nobody has this password", dice.bytes()?)?;
        Ok(Hasher { turns: Semaphore::new(AT_ONCE), nobody })
    }

    /// The hash to keep, as a PHC string.
    ///
    /// # Errors
    /// When there is no randomness, or the node is stopping.
    pub async fn hash(&self, password: String, dice: &Dice) -> anyhow::Result<String> {
        let _turn = self.turns.acquire().await?;
        let salt = dice.bytes()?;
        tokio::task::spawn_blocking(move || hash(&password, salt)).await?
    }

    /// True if `password` is the one behind `kept`; `None` or an empty hash is nobody's.
    ///
    /// # Errors
    /// When a kept hash is damaged, or the node is stopping.
    pub async fn verify(&self, password: String, kept: Option<String>) -> anyhow::Result<bool> {
        let _turn = self.turns.acquire().await?;
        let kept = kept.filter(|kept| !kept.is_empty());
        let real = kept.is_some();
        let kept = kept.unwrap_or_else(|| self.nobody.clone());
        let fits = tokio::task::spawn_blocking(move || verify(&password, &kept)).await??;
        Ok(real && fits)
    }
}

fn hasher() -> anyhow::Result<Argon2<'static>> {
    let (memory, passes, lanes) = COST;
    let params = Params::new(memory, passes, lanes, None).map_err(|e| anyhow!("argon2: {e}"))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn hash(password: &str, salt: [u8; 16]) -> anyhow::Result<String> {
    let hash =
        hasher()?.hash_password_with_salt(password.as_bytes(), &salt).map_err(|e| anyhow!("argon2: {e}"))?;
    Ok(hash.to_string())
}

fn verify(password: &str, kept: &str) -> anyhow::Result<bool> {
    let kept = PasswordHash::new(kept).map_err(|e| anyhow!("a kept password hash is damaged: {e}"))?;
    Ok(hasher()?.verify_password(password.as_bytes(), &kept).is_ok())
}

/// Why a password is not good enough, in Vietnamese and in English; `about` are words that others know (login, name, domain).
pub fn weak(password: &str, about: &[&str]) -> Option<(&'static str, &'static str)> {
    if password.chars().count() < FEWEST {
        return Some((
            "Mật khẩu cần ít nhất 10 ký tự. Một câu ngắn chỉ riêng bạn nghĩ ra là tốt nhất.",
            "A password needs 10 characters. A short sentence of your own is best.",
        ));
    }
    if password.len() > MOST {
        return Some(("Mật khẩu dài quá 256 byte.", "A password has 256 bytes at most."));
    }
    // Whoever guesses tries a name and a place without diacritics and blanks, and the parts of a domain.
    let plain = about.iter().map(|text| fold(text));
    let mut known: Vec<String> = plain
        .flat_map(|text| {
            let parts = text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect::<Vec<_>>();
            [parts.concat()].into_iter().chain(parts).collect::<Vec<_>>()
        })
        .filter(|part| part.len() > 2)
        .collect();
    known.dedup();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    // A longer text is not guessed sooner; the estimate's time grows with the square.
    let head: String = password.chars().take(72).collect();
    if zxcvbn::zxcvbn(&head, &known).score() < zxcvbn::Score::Three {
        return Some((
            "Mật khẩu này dễ đoán (từ thông dụng, tên, ngày tháng hoặc dãy phím liền nhau). Hãy thêm vài từ không liên quan đến nhau.",
            "This password is easily guessed (common words, names, dates, neighbouring keys). Add a few unrelated words.",
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_again_and_no_other() {
        let hasher = Hasher::new(&Dice::seeded(1)).unwrap();
        let kept = hasher.hash("mưa trên phố Lào Cai".into(), &Dice::seeded(2)).await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(hasher.verify("mưa trên phố Lào Cai".into(), Some(kept.clone())).await.unwrap());
        assert!(!hasher.verify("mua tren pho Lao Cai".into(), Some(kept)).await.unwrap());
        for nobody in [None, Some(String::new())] {
            assert!(!hasher.verify("nobody has this password".into(), nobody).await.unwrap());
        }
    }

    #[test]
    fn what_is_easily_guessed_is_refused() {
        for bad in ["ngan", "1234567890", "qwertyuiop", "quangninh2026", "nguyenvanan1990"] {
            assert!(weak(bad, &["nguyenvanan", "quangninh.gov.vn"]).is_some(), "{bad}");
        }
        assert!(weak(&"x".repeat(300), &[]).is_some());
        assert_eq!(weak("ba con mèo đen ăn phở sáng", &[]), None);
    }
}
