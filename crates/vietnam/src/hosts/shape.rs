//! A host as an eye in a hurry takes it: signs that look alike are one.

use crate::text;

/// Endings under which anybody, or the State, registers names; the longest first.
const ENDINGS: [&str; 9] =
    [".gov.vn", ".com.vn", ".net.vn", ".org.vn", ".edu.vn", ".info.vn", ".name.vn", ".id.vn", ".vn"];
/// What imitators put beside a name to make it look like the State's.
const BESIDE: [&str; 3] = ["gov", "vn", "www"];
/// Signs that are taken for others, after letter case and marks are gone.
const SIGNS: [(char, char); 14] = [
    ('0', 'o'),
    ('1', 'l'),
    ('i', 'l'),
    ('2', 'z'),
    ('3', 'e'),
    ('4', 'a'),
    ('5', 's'),
    ('6', 'b'),
    ('7', 't'),
    ('8', 'b'),
    ('9', 'g'),
    ('q', 'g'),
    ('ı', 'l'),
    ('ł', 'l'),
];
/// Two letters that are taken for one.
const PAIRS: [(&str, &str); 3] = [("rn", "m"), ("vv", "w"), ("cl", "d")];

/// A host name in the forms in which it is compared.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    /// Without hyphens, as written.
    pub written: String,
    /// As seen, with a dot before, after and for each hyphen: a name inside another is found by its dots.
    pub parts: String,
    /// As seen, without hyphens.
    pub seen: String,
    /// The same without what it is registered under.
    pub name: String,
}

impl Shape {
    pub(super) fn of(host: &str) -> Shape {
        let seen = seen(host);
        let name = name(host).split(['-', '.']).filter(|part| !BESIDE.contains(part)).collect::<String>();
        let name =
            ["gov", "vn"].iter().fold(name.as_str(), |name, end| name.strip_suffix(end).unwrap_or(name));
        Shape {
            written: host.replace('-', ""),
            parts: format!(".{}.", seen.replace('-', ".")),
            name: self::seen(name),
            seen: seen.replace('-', ""),
        }
    }
}

/// The part of a host that is somebody's own: `laocai` of `laocai.gov.vn`.
fn name(host: &str) -> &str {
    let known = ENDINGS.iter().find_map(|end| host.strip_suffix(end));
    known.or_else(|| host.rsplit_once('.').map(|(name, _)| name)).unwrap_or(host)
}

fn seen(host: &str) -> String {
    let latin: String = host.chars().map(|c| text::latin_twin(c).unwrap_or(c)).collect();
    let one = |c| SIGNS.iter().find(|(sign, _)| *sign == c).map_or(c, |(_, like)| *like);
    let signs: String = text::fold(&latin).chars().map(one).collect();
    PAIRS.iter().fold(signs, |text, (pair, like)| text.replace(pair, like))
}

/// True if one text becomes the other by one letter more, fewer or other, or by changing two neighbours about.
pub(super) fn one_slip(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (short, long) = if a.len() <= b.len() { (&a, &b) } else { (&b, &a) };
    if short == long || long.len() - short.len() > 1 {
        return false;
    }
    let start = short.iter().zip(long.iter()).take_while(|(a, b)| a == b).count();
    let (short, long) = (&short[start..], &long[start..]);
    if short.len() < long.len() {
        return short == &long[1..];
    }
    let turned = short.len() > 1 && short[0] == long[1] && short[1] == long[0] && short[2..] == long[2..];
    short[1..] == long[1..] || turned
}
