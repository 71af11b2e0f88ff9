//! Letters of other scripts that look like Latin ones.

/// Greek and Cyrillic letters that cannot be told from a Latin letter, and that letter.
const TWINS: [(char, char); 56] = [
    ('А', 'A'),
    ('В', 'B'),
    ('С', 'C'),
    ('Е', 'E'),
    ('Н', 'H'),
    ('І', 'I'),
    ('Ј', 'J'),
    ('К', 'K'),
    ('М', 'M'),
    ('О', 'O'),
    ('Р', 'P'),
    ('Ѕ', 'S'),
    ('Т', 'T'),
    ('Х', 'X'),
    ('У', 'Y'),
    ('а', 'a'),
    ('с', 'c'),
    ('ԁ', 'd'),
    ('е', 'e'),
    ('һ', 'h'),
    ('і', 'i'),
    ('ј', 'j'),
    ('о', 'o'),
    ('р', 'p'),
    ('ѕ', 's'),
    ('х', 'x'),
    ('у', 'y'),
    ('ѵ', 'v'),
    ('ԛ', 'q'),
    ('ԝ', 'w'),
    ('Α', 'A'),
    ('Β', 'B'),
    ('Ε', 'E'),
    ('Ζ', 'Z'),
    ('Η', 'H'),
    ('Ι', 'I'),
    ('Κ', 'K'),
    ('Μ', 'M'),
    ('Ν', 'N'),
    ('Ο', 'O'),
    ('Ρ', 'P'),
    ('Τ', 'T'),
    ('Υ', 'Y'),
    ('Χ', 'X'),
    ('ο', 'o'),
    ('ν', 'v'),
    ('ι', 'i'),
    ('κ', 'k'),
    ('ρ', 'p'),
    ('υ', 'u'),
    ('Ӏ', 'I'),
    ('ӏ', 'l'),
    ('Ԁ', 'D'),
    ('ѐ', 'è'),
    ('Ð', 'Đ'),
    ('Ɖ', 'Đ'),
];

/// The Latin letter that a letter of another script looks like; nothing for a letter that is Latin or looks like none.
/// `Ð` and `Ɖ` are Latin letters of other languages and stand here for the Vietnamese `Đ`.
#[must_use]
pub fn latin_twin(letter: char) -> Option<char> {
    if letter.is_ascii() {
        return None;
    }
    TWINS.iter().find(|(twin, _)| *twin == letter).map(|(_, latin)| *latin)
}
