//! `application/x-www-form-urlencoded`, as bodies and queries have it.

use std::collections::BTreeMap;

use crate::fault::Fault;

/// The arguments by name, in the order of the names; those without value are left out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form {
    fields: BTreeMap<String, Vec<String>>,
}

impl Form {
    /// Reads at most `most` arguments; whatever cannot be read is a fault, and the others are read.
    pub(crate) fn parse(bytes: &[u8], most: usize, faults: &mut Vec<Fault>) -> Form {
        let mut form = Form::default();
        let pairs = || bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
        if pairs().count() > most {
            faults.push(Fault::bad(
                "",
                format!("Có quá nhiều trường; nhiều nhất {most}."),
                format!("There are too many arguments; at most {most}."),
            ));
            return form;
        }
        for pair in pairs() {
            let (name, value) = match pair.iter().position(|byte| *byte == b'=') {
                Some(at) => (&pair[..at], &pair[at + 1..]),
                None => (pair, &[][..]),
            };
            match (decoded(name), decoded(value)) {
                (Some(name), Some(value)) if !value.trim().is_empty() => {
                    form.fields.entry(name).or_default().push(value);
                }
                (Some(_), Some(_)) => {}
                (name, _) => faults.push(Fault::bad(
                    &shown(&name.unwrap_or_default()),
                    "không đọc được: phải là UTF-8, mã hóa theo %XX.",
                    "cannot be read: it must be UTF-8 in percent-encoding.",
                )),
            }
        }
        form
    }

    /// Takes the one value of an argument; a second one is a fault.
    pub(crate) fn one(&mut self, name: &str, faults: &mut Vec<Fault>) -> Option<String> {
        let mut values = self.fields.remove(name)?;
        if values.len() > 1 {
            faults.push(Fault::bad(name, "chỉ được có một giá trị.", "may have one value only."));
        }
        values.pop()
    }

    /// Takes the values of an argument that is a list, with commas in between or given several times.
    pub(crate) fn list(&mut self, name: &str) -> Vec<String> {
        let values = self.fields.remove(name).unwrap_or_default();
        let each = values.iter().flat_map(|value| value.split(',')).map(str::trim);
        each.filter(|value| !value.is_empty()).map(str::to_owned).collect()
    }

    /// What is left.
    pub(crate) fn rest(self) -> BTreeMap<String, Vec<String>> {
        self.fields
    }
}

/// A name that may stand in an answer: short, and of letters that do no harm.
pub(crate) fn shown(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_control()).take(60).collect()
}

fn decoded(bytes: &[u8]) -> Option<String> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter();
    while let Some(byte) = rest.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let high = char::from(*rest.next()?).to_digit(16)?;
                let low = char::from(*rest.next()?).to_digit(16)?;
                u8::try_from(high * 16 + low).ok()?
            }
            byte => *byte,
        });
    }
    String::from_utf8(out).ok()
}
