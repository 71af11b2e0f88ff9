//! Items as files: Markdown with front matter, JSON, a folder of them, JSON lines, or standard input.
//! Attachments are named in the item and lie beside it.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use base64::Engine;
use serde_json::{Map, Value, json};
use vietnam::text::legacy::{self, Encoding};

use crate::items::draft::{Draft, MOST_FILE, markdown_fields};
use crate::problem::{self, Fault};

/// One item and where it stands; read when its turn comes.
pub struct Place {
    /// For people: a file, or a file and a line.
    pub name: String,
    /// Where its attachments lie.
    folder: PathBuf,
    text: Text,
}

enum Text {
    File(PathBuf),
    Markdown(String),
    Json(String),
}

/// The items behind a path: a file, a folder, a `.jsonl` file, or `-` for standard input.
///
/// # Errors
/// When it cannot be read, or holds nothing.
pub fn places(path: &Path) -> anyhow::Result<Vec<Place>> {
    let here = || path.parent().unwrap_or(Path::new("")).to_owned();
    if path == Path::new("-") {
        let text = std::io::read_to_string(std::io::stdin()).context("read standard input")?;
        return Ok(from_text("standard input", &text));
    }
    if path.is_dir() {
        let listed = std::fs::read_dir(path).with_context(|| format!("read {}", path.display()))?;
        let mut files: Vec<PathBuf> = listed.flatten().map(|e| e.path()).filter(|p| is_item(p)).collect();
        files.sort();
        if files.is_empty() {
            bail!("{} holds no .md and no .json file", path.display());
        }
        return Ok(files
            .into_iter()
            .map(|file| Place {
                name: file.display().to_string(),
                folder: path.to_owned(),
                text: Text::File(file),
            })
            .collect());
    }
    if path.extension().is_some_and(|e| e == "jsonl") {
        let text = std::fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
        return Ok(lines(&path.display().to_string(), &here(), &text));
    }
    if !path.is_file() {
        bail!("there is no file {} (không có tệp này)", path.display());
    }
    Ok(vec![Place { name: path.display().to_string(), folder: here(), text: Text::File(path.to_owned()) }])
}

/// The one item in a file, or in standard input.
///
/// # Errors
/// When there are more, or none, or it is no item.
pub fn one(path: &Path) -> anyhow::Result<Draft> {
    let mut places = places(path)?;
    match (places.pop(), places.is_empty()) {
        (Some(place), true) => place.draft(),
        _ => bail!("{} must hold one item", path.display()),
    }
}

fn from_text(name: &str, text: &str) -> Vec<Place> {
    let folder = PathBuf::new();
    let whole = text.trim_start_matches('\u{feff}').trim();
    if !whole.starts_with('{') {
        return vec![Place { name: name.to_owned(), folder, text: Text::Markdown(text.to_owned()) }];
    }
    // One object over many lines, or an object a line.
    if serde_json::from_str::<Value>(whole).is_ok() {
        return vec![Place { name: name.to_owned(), folder, text: Text::Json(whole.to_owned()) }];
    }
    lines(name, &folder, text)
}

fn lines(name: &str, folder: &Path, text: &str) -> Vec<Place> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(at, line)| Place {
            name: format!("{name}:{}", at + 1),
            folder: folder.to_owned(),
            text: Text::Json(line.to_owned()),
        })
        .collect()
}

fn is_item(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "md" || e == "json")
}

impl Place {
    /// Reads the item and its attachments.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn draft(&self) -> anyhow::Result<Draft> {
        let mut fields = match &self.text {
            Text::Json(text) => object(text)?,
            Text::Markdown(text) => markdown_fields(text).map_err(|problem| anyhow::anyhow!("{problem}"))?,
            Text::File(path) => {
                let text = unicode(path)?;
                match path.extension().is_some_and(|e| e == "json") {
                    true => object(&text)?,
                    false => markdown_fields(&text).map_err(|problem| anyhow::anyhow!("{problem}"))?,
                }
            }
        };
        if let Some(files) = fields.remove("files") {
            fields.insert("files".into(), attach(&self.folder, files)?);
        }
        let item = problem::json::value(Value::Object(fields), "item");
        item.map_err(|fault| told(&fault)).context("not an item; see `nhipcau issue --help`")
    }
}

fn object(text: &str) -> anyhow::Result<Map<String, Value>> {
    problem::json::read(text.as_bytes(), "item").map_err(|fault| told(&fault)).context("not an item in JSON")
}

fn told(fault: &Fault) -> anyhow::Error {
    anyhow::anyhow!("{}: {}\n{}: {}", fault.field, fault.vi, fault.field, fault.en)
}

/// The text of a file. What was written in an encoding of before Unicode is not taken over unseen: people look at it first.
fn unicode(path: &Path) -> anyhow::Result<String> {
    let bytes = std::fs::read(path).with_context(|| format!("read {}", path.display()))?;
    let read = legacy::read(&bytes);
    match (read.encoding, String::from_utf8(bytes)) {
        (Some(Encoding::Unicode) | None, Ok(text)) => Ok(text),
        (found, _) => {
            let (file, named) = (path.display(), found.map_or("?", Encoding::as_str));
            let sample = read.samples.first();
            let sample = sample.map_or(String::new(), |(before, after)| format!(" ({before} → {after})"));
            bail!(
                "{file}: viết bằng {named}, không phải Unicode{sample}. Hãy chuyển bằng `nhipcau clean {file} > tệp-mới.md`, xem lại rồi \
                 ban hành tệp mới.\n{file}: written in {named}, not in Unicode{sample}. Convert it by `nhipcau clean {file} > \
                 new-file.md`, read it, and issue the new file."
            )
        }
    }
}

/// Puts the bytes of attachments in the place of their names: `"bieu-mau.pdf"`, or
/// `"cau.jpg | Cầu mới bắc qua sông"`, or `{"path":"cau.jpg","name":"Cầu mới.jpg","alt":"Cầu mới bắc qua sông"}`; what it says in
/// words is its `text`, or lies beside it (`cau.jpg.txt`). What has its bytes stays.
fn attach(folder: &Path, files: Value) -> anyhow::Result<Value> {
    let Value::Array(files) = files else { bail!("files must be a list of file names") };
    let one = |file: Value| -> anyhow::Result<Value> {
        let mut said = file.as_object().cloned().unwrap_or_default();
        let (path, name, media) = match &file {
            Value::String(text) => match text.split_once('|') {
                Some((path, alt)) => {
                    said.insert("alt".into(), alt.trim().into());
                    (path.trim().to_owned(), None, None)
                }
                None => (text.clone(), None, None),
            },
            Value::Object(map) if map.contains_key("path") => {
                let text = |key: &str| map.get(key).and_then(Value::as_str).map(str::to_owned);
                (text("path").context("files: path must be text")?, text("name"), text("type"))
            }
            _ => return Ok(file),
        };
        let place = folder.join(&path);
        let bytes =
            std::fs::read(&place).with_context(|| format!("read the attachment {}", place.display()))?;
        if bytes.len() > MOST_FILE {
            bail!("the attachment {} is larger than 64 MB; make it smaller or split it", place.display());
        }
        // What a picture or a clip says in words may lie beside it: `hop-bao.mp4.txt`.
        let beside =
            place.with_file_name(format!("{}.txt", place.file_name().unwrap_or_default().to_string_lossy()));
        let text = match said.get("text") {
            Some(text) => text.clone(),
            None if beside.exists() => {
                let read = std::fs::read_to_string(&beside);
                read.with_context(|| format!("read {} as UTF-8", beside.display()))?.into()
            }
            None => Value::Null,
        };
        let last = Path::new(&path).file_name().map(|n| n.to_string_lossy().into_owned());
        Ok(json!({
            "name": name.or(last).unwrap_or(path),
            // Without a word the bytes say what it is.
            "type": media.unwrap_or_default(),
            "alt": said.get("alt").cloned().unwrap_or_default(),
            "text": text,
            "decorative": said.get("decorative").and_then(Value::as_bool).unwrap_or_default(),
            "base64": base64::engine::general_purpose::STANDARD.encode(bytes),
        }))
    };
    files.into_iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attachments_lie_beside_the_item() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("bieu-mau.pdf"), b"%PDF").unwrap();
        std::fs::write(
            folder.path().join("a.md"),
            "---\ntitle: Biểu mẫu\nfiles: bieu-mau.pdf\n---\nXem tệp.",
        )
        .unwrap();
        let draft = one(&folder.path().join("a.md")).unwrap();
        assert_eq!((draft.files[0].name.as_str(), draft.files[0].media.as_str()), ("bieu-mau.pdf", ""));
        assert_eq!(draft.files[0].base64, "JVBERg==");
        std::fs::write(folder.path().join("cau.jpg"), b"pixels").unwrap();
        let pictured = "---\ntitle: Cầu\nfiles: bieu-mau.pdf, cau.jpg | Cầu mới bắc qua sông\n---\n";
        std::fs::write(folder.path().join("c.md"), pictured).unwrap();
        let draft = one(&folder.path().join("c.md")).unwrap();
        assert_eq!(
            (draft.files[1].name.as_str(), draft.files[1].alt.as_deref()),
            ("cau.jpg", Some("Cầu mới bắc qua sông"))
        );
        assert_eq!(draft.files[1].text, None);
        std::fs::write(folder.path().join("cau.jpg.txt"), "Dài 120 m.").unwrap();
        assert_eq!(one(&folder.path().join("c.md")).unwrap().files[1].text.as_deref(), Some("Dài 120 m."));
        std::fs::write(folder.path().join("b.json"), r#"{"title":"x","files":[{"path":"khong-co.pdf"}]}"#)
            .unwrap();
        assert!(format!("{:#}", one(&folder.path().join("b.json")).unwrap_err()).contains("khong-co.pdf"));
    }

    #[test]
    fn what_comes_from_standard_input_is_told_by_its_first_character() {
        assert_eq!(from_text("-", "---\ntitle: x\n---\nx").len(), 1);
        assert_eq!(from_text("-", "{\n \"title\": \"x\"\n}").len(), 1);
        let two = from_text("-", "{\"title\":\"x\"}\n\n{\"title\":\"y\"}\n");
        assert_eq!(two.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["-:1", "-:3"]);
    }
}
