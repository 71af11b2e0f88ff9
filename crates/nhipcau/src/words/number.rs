//! Numbers as people write them: `3.373` and `0,4 giây` in Vietnamese, `3,373` and `0.4 s` in English.

use super::Lang;

/// A whole number with its thousands parted: `3.373` (vi), `3,373` (en).
pub fn whole(lang: Lang, n: u64) -> String {
    let digits = n.to_string();
    let mut parted = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            parted.push(match lang {
                Lang::Vi => '.',
                Lang::En => ',',
            });
        }
        parted.push(digit);
    }
    parted
}

/// A number of tenths with one decimal, or none when it is whole: `4` → `0,4`; `20` → `2`.
pub fn tenths(lang: Lang, tenths: u64) -> String {
    let whole_part = whole(lang, tenths / 10);
    match (tenths % 10, lang) {
        (0, _) => whole_part,
        (rest, Lang::Vi) => format!("{whole_part},{rest}"),
        (rest, Lang::En) => format!("{whole_part}.{rest}"),
    }
}

/// A size in bytes in the unit that keeps it short: `812 byte`, `44 KB`, `2,1 MB` (1 KB = 1,000 bytes).
pub fn bytes(lang: Lang, n: u64) -> String {
    let w = lang.words();
    match n {
        0..1_000 => w.unit_bytes(n),
        1_000..1_000_000 => format!("{} KB", whole(lang, (n + 500) / 1_000)),
        1_000_000..1_000_000_000 => format!("{} MB", tenths(lang, (n + 50_000) / 100_000)),
        _ => format!("{} GB", tenths(lang, n / 100_000_000)),
    }
}

/// How long something took, from milliseconds: `40 mili giây`, `0,4 giây`, `12 giây`, `3 phút`, `5 giờ`, `2 ngày`.
pub fn duration(lang: Lang, millis: u64) -> String {
    let w = lang.words();
    let seconds = millis / 1_000;
    match millis {
        0..100 => w.unit_milliseconds(millis),
        100..10_000 => w.unit_seconds(tenths(lang, (millis + 50) / 100)),
        _ if seconds < 120 => w.unit_seconds(seconds),
        _ if seconds < 7_200 => w.unit_minutes(seconds / 60),
        _ if seconds < 172_800 => w.unit_hours(seconds / 3_600),
        _ => w.unit_days(whole(lang, seconds / 86_400)),
    }
}

/// How long ago something was, from seconds: `vừa xong`, `12 giây trước`, `3 phút trước`.
pub fn ago(lang: Lang, seconds: u64) -> String {
    match seconds {
        0..2 => lang.words().ago_now.to_owned(),
        _ => lang.words().ago(duration(lang, seconds * 1_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_parted_as_each_language_does() {
        assert_eq!(whole(Lang::Vi, 0), "0");
        assert_eq!(whole(Lang::Vi, 373), "373");
        assert_eq!(whole(Lang::Vi, 3_373), "3.373");
        assert_eq!(whole(Lang::En, 1_234_567), "1,234,567");
    }

    #[test]
    fn durations_take_the_unit_that_reads_best() {
        assert_eq!(duration(Lang::Vi, 0), "0 mili giây");
        assert_eq!(duration(Lang::Vi, 400), "0,4 giây");
        assert_eq!(duration(Lang::Vi, 9_960), "10 giây");
        assert_eq!(duration(Lang::Vi, 119_999), "119 giây");
        assert_eq!(duration(Lang::Vi, 120_000), "2 phút");
        assert_eq!(duration(Lang::En, 400), "0.4 s");
        assert_eq!(duration(Lang::Vi, 86_400_000), "24 giờ");
        assert_eq!(duration(Lang::Vi, 30 * 86_400_000), "30 ngày");
    }

    #[test]
    fn ages_end_in_the_past() {
        assert_eq!(ago(Lang::Vi, 1), "vừa xong");
        assert_eq!(ago(Lang::Vi, 12), "12 giây trước");
        assert_eq!(ago(Lang::En, 12), "12 s ago");
    }

    #[test]
    fn sizes_are_short() {
        assert_eq!(bytes(Lang::Vi, 812), "812 byte");
        assert_eq!(bytes(Lang::Vi, 182_044), "182 KB");
        assert_eq!(bytes(Lang::Vi, 2_149_000), "2,1 MB");
    }
}
