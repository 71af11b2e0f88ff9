//! The attachments of an item: papers, pictures, clips.

use serde_json::{Map, Value};

use super::check::{Check, Limit};
use crate::json::Writer;
use crate::names::ContentHash;

const MAX_FILES: usize = 400;
const MAX_SIDE: u32 = 65_535;
const MAX_FILE_TEXT: usize = 8_000;
const MAX_SECONDS: u32 = 86_400;

/// An attachment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemFile {
    /// SHA-256 of its bytes.
    pub sha256: ContentHash,
    /// Their number.
    pub size: u64,
    /// Media type, `type` in JSON.
    pub media: String,
    /// File name as readers see it, 1 to 255, without slashes.
    pub name: String,
    /// Of a picture: what it shows, for those who do not see it, one line of at most 500; empty if it only decorates.
    pub alt: Option<String>,
    /// Of a picture: its width and height in pixels, each 1 to 65,535; both or neither in JSON.
    pub pixels: Option<(u32, u32)>,
    /// The file of this item of which this one is a smaller or other copy.
    pub of: Option<ContentHash>,
    /// What a picture full of figures says, or what is said in a clip, in words: at most 8,000.
    pub text: Option<String>,
    /// Of a clip or a recording: how long it lasts, 1 to 86,400.
    pub seconds: Option<u32>,
}

pub(super) fn write_file(file: &ItemFile) -> String {
    let mut json = Writer::new();
    json.text("sha256", file.sha256).whole("size", file.size).text("type", &file.media);
    json.text("name", &file.name).text_if("alt", file.alt.as_ref());
    if let Some((width, height)) = file.pixels {
        json.whole("width", width.into()).whole("height", height.into());
    }
    json.text_if("of", file.of).text_if("text", file.text.as_ref());
    if let Some(seconds) = file.seconds {
        json.whole("seconds", seconds.into());
    }
    json.end()
}

pub(super) fn read_files(map: &Map<String, Value>, check: &mut Check) -> Vec<ItemFile> {
    let mut files = Vec::new();
    for (at, value) in check.list(map, "files", MAX_FILES).iter().enumerate() {
        check.within(&format!("files[{at}]"), |check| match value {
            Value::Object(map) => files.push(read_file(map, check)),
            _ => check.fault("", "Phải là một đối tượng JSON.", "Must be a JSON object."),
        });
    }
    files
}

fn read_file(map: &Map<String, Value>, check: &mut Check) -> ItemFile {
    let file = ItemFile {
        sha256: check.parsed(
            map,
            "sha256",
            "Phải là SHA-256 gồm 64 chữ số thập lục phân viết thường.",
            ContentHash([0; 32]),
        ),
        size: check.whole(map, "size", 0),
        media: check.text(map, "type", Limit::line(127)),
        name: check.text(map, "name", Limit::line(255)),
        alt: check.text_if(map, "alt", Limit::line_or_nothing(500)),
        pixels: read_pixels(map, check),
        of: check.parsed_if(map, "of", "Phải là SHA-256 gồm 64 chữ số thập lục phân viết thường."),
        text: check.text_if(map, "text", Limit::text(MAX_FILE_TEXT)),
        seconds: read_seconds(map, check),
    };
    if file.name.contains(['/', '\\']) {
        check.fault("name", "Tên tệp không được có dấu gạch chéo.", "A file name must not have slashes.");
    }
    file
}

fn read_pixels(map: &Map<String, Value>, check: &mut Check) -> Option<(u32, u32)> {
    let given = |key: &str| map.get(key).is_some_and(|value| !value.is_null());
    if !given("width") && !given("height") {
        return None;
    }
    let mut side = |key: &str| match u32::try_from(check.whole(map, key, 1)) {
        Ok(side) if side <= MAX_SIDE => side,
        _ => {
            check.fault(key, "Ảnh quá lớn.", "The picture is too large.");
            MAX_SIDE
        }
    };
    Some((side("width"), side("height")))
}

fn read_seconds(map: &Map<String, Value>, check: &mut Check) -> Option<u32> {
    map.get("seconds").filter(|value| !value.is_null())?;
    let seconds = u32::try_from(check.whole(map, "seconds", 1)).unwrap_or(u32::MAX);
    if seconds > MAX_SECONDS {
        check.fault("seconds", "Không quá 86.400 giây (một ngày).", "At most 86,400 seconds (a day).");
    }
    Some(seconds.min(MAX_SECONDS))
}
