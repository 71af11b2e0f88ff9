//! What opens a petition to whoever sent it: 128 bits, shown once, kept as a hash.
//!
//! It is written in Crockford's base 32, which has no I, L, O and U, and read however it was typed.

use network::names::ContentHash;

const SIGNS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Characters of 128 bits.
const LENGTH: usize = 26;

/// A secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 16]);

impl Secret {
    /// One of these random bytes.
    pub fn of(bytes: [u8; 16]) -> Secret {
        Secret(bytes)
    }

    /// One that is worked out from a mark under the node's key instead of being kept.
    pub fn marked(mark: [u8; 32]) -> Secret {
        Secret(std::array::from_fn(|at| mark[at]))
    }

    /// As it is shown: `7ZZZ-…`, groups of four.
    pub fn shown(&self) -> String {
        let bits = u128::from_be_bytes(self.0);
        let mut text = String::new();
        for at in 0..LENGTH {
            if at > 0 && at % 4 == 0 {
                text.push('-');
            }
            let value = (bits >> (5 * (LENGTH - 1 - at))) & 31;
            text.push(char::from(SIGNS[value as usize]));
        }
        text
    }

    /// What was typed; nothing if it is none.
    pub fn read(typed: &str) -> Option<Secret> {
        let joins = |c: &char| !(c.is_whitespace() || "-–‐.".contains(*c));
        let (mut bits, mut count) = (0_u128, 0);
        for sign in typed.chars().filter(joins) {
            let sign = match sign.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let value = SIGNS.iter().position(|known| char::from(*known) == sign)?;
            count += 1;
            if count > LENGTH || (count == 1 && value > 7) {
                return None;
            }
            bits = (bits << 5) | value as u128;
        }
        (count == LENGTH).then(|| Secret(bits.to_be_bytes()))
    }

    /// What is kept of it, for a petition.
    pub fn kept(&self, code: &str) -> ContentHash {
        ContentHash::of(&[b"nhipcau petition secret\n", code.as_bytes(), b"\n", self.0.as_slice()].concat())
    }
}

/// True if both are the same; whichever byte differs, it takes as long.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_secret_is_read_however_it_is_typed(bytes in any::<[u8; 16]>()) {
            let secret = Secret::of(bytes);
            let shown = secret.shown();
            let typed = shown.to_lowercase().replace('0', "o").replace('1', "l").replace('-', "  ");
            prop_assert!(Secret::read(&shown) == Some(secret.clone()) && Secret::read(&typed) == Some(secret));
        }

        #[test]
        fn whatever_is_typed_is_answered(typed in "\\PC{0,60}") {
            let _ = Secret::read(&typed);
        }
    }

    #[test]
    fn a_secret_of_another_case_keeps_another_hash() {
        let secret = Secret::of([7; 16]);
        assert_ne!(secret.kept("A"), secret.kept("B"));
        assert!(same(b"ab", b"ab") && !same(b"ab", b"ac") && !same(b"a", b"ab"));
        assert!(Secret::read("8ZZZZZZZZZZZZZZZZZZZZZZZZZ").is_none(), "more than 128 bits");
    }
}
