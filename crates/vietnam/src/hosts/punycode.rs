//! Punycode (RFC 3492), the one way back: what letters a label `xn--…` stands for.

const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const FIRST_BIAS: u32 = 72;
const FIRST: u32 = 0x80;

/// The letters behind a label without its `xn--`; nothing if it is not punycode.
pub(super) fn decode(label: &str) -> Option<String> {
    let (plain, rest) = label.rsplit_once('-').unwrap_or(("", label));
    if !plain.is_ascii() || rest.is_empty() {
        return None;
    }
    let mut letters: Vec<char> = plain.chars().collect();
    let (mut next, mut at, mut bias) = (FIRST, 0_u32, FIRST_BIAS);
    let mut digits = rest.bytes();
    while digits.len() > 0 {
        let (before, mut weight, mut step) = (at, 1_u32, BASE);
        loop {
            let digit = digit(digits.next()?)?;
            at = at.checked_add(digit.checked_mul(weight)?)?;
            let threshold = step.saturating_sub(bias).clamp(T_MIN, T_MAX);
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(BASE - threshold)?;
            step += BASE;
        }
        let count = u32::try_from(letters.len()).ok()? + 1;
        bias = adapt(at - before, count, before == 0);
        next = next.checked_add(at / count)?;
        at %= count;
        letters.insert(usize::try_from(at).ok()?, char::from_u32(next)?);
        at += 1;
    }
    Some(letters.into_iter().collect())
}

fn digit(byte: u8) -> Option<u32> {
    match byte {
        b'a'..=b'z' => Some(u32::from(byte - b'a')),
        b'0'..=b'9' => Some(u32::from(byte - b'0') + 26),
        _ => None,
    }
}

fn adapt(delta: u32, count: u32, first: bool) -> u32 {
    let mut delta = delta / if first { DAMP } else { 2 };
    delta += delta / count;
    let mut steps = 0;
    while delta > (BASE - T_MIN) * T_MAX / 2 {
        delta /= BASE - T_MIN;
        steps += BASE;
    }
    steps + (BASE - T_MIN + 1) * delta / (delta + SKEW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_come_back() {
        // RFC 3492, 7.1 (G): the Vietnamese sample; and names as registries write them.
        assert_eq!(
            decode("tisaohkhngthchnitingvit-kjcr8268qyxafd2f1b9g").as_deref(),
            Some("tạisaohọkhôngthểchỉnóitiếngviệt")
        );
        assert_eq!(decode("mnchen-3ya").as_deref(), Some("münchen"));
        for bad in ["", "a-", "é-1", "99999999999999", "a b"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }
}
