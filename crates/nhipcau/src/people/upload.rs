//! Forms with files, as browsers send them. The key of the session comes first, so that a stranger's file is not read.

use axum::extract::Multipart;

use super::forms::{Fields, KEY};
use super::gate::Staff;
use crate::problem::{Fault, Problem};

/// A form with files, as it came.
pub struct Sent {
    /// What was typed.
    pub fields: Fields,
    /// The files, in their order; an empty part, which a browser sends where no file was chosen, is one without a name.
    pub files: Vec<Handed>,
}

/// A file of a form.
#[derive(Clone)]
pub struct Handed {
    /// The field.
    pub field: String,
    /// The file's name.
    pub name: String,
    /// The type that the browser says it has.
    pub media: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Sent {
    /// The file of a field, if one was chosen.
    pub fn file(&self, field: &str) -> Option<&Handed> {
        self.files.iter().find(|file| file.field == field && !(file.name.is_empty() && file.bytes.is_empty()))
    }
}

/// Reads a form; `None` if it does not carry the key of the session.
///
/// # Errors
/// It did not come whole.
pub async fn read(staff: &Staff, mut form: Multipart) -> Result<Option<Sent>, Problem> {
    let broken = |_| {
        Problem::Invalid(vec![Fault {
            field: "tep".into(),
            vi: "Tệp chưa tới nơi trọn vẹn (mất kết nối, hoặc lớn hơn 64 MB). Hãy gửi lại.".into(),
            en: "The file did not come whole (a lost line, or more than 64 MB). Send it again.".into(),
        }])
    };
    let (mut pairs, mut files) = (Vec::new(), Vec::new());
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        if pairs.is_empty() && name != KEY {
            return Ok(None);
        }
        match field.file_name().map(str::to_owned) {
            Some(file) => {
                let media = field.content_type().unwrap_or_default().to_owned();
                let bytes = field.bytes().await.map_err(broken)?.to_vec();
                files.push(Handed { field: name, name: file, media, bytes });
            }
            None => {
                let text = field.text().await.map_err(broken)?;
                if name == KEY && text != staff.form_key {
                    return Ok(None);
                }
                pairs.push((name, text));
            }
        }
    }
    Ok((!pairs.is_empty()).then_some(Sent { fields: Fields::of(pairs), files }))
}
