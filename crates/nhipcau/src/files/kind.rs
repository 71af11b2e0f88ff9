//! The closed list of files that agencies publish, and whether a file is what it is called.

use super::Refusal;
use super::sniff::kind_of;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "each is called as everybody calls it")]
pub enum Kind {
    Jpeg,
    Png,
    WebP,
    Heic,
    Avif,
    Gif,
    Pdf,
    Doc,
    Docx,
    Xls,
    Xlsx,
    Ppt,
    Pptx,
    Odt,
    Ods,
    Odp,
    Mp4,
    Mp3,
    Text,
    Csv,
    Json,
    Xml,
    Html,
    Svg,
    /// A ZIP archive that is no document.
    Zip,
    /// A document with macros.
    Macros,
    /// A program or a script.
    Program,
    /// None of these.
    Unknown,
}

/// A kind, how people call it, its media type, the other types that programs give it, its endings.
type Known = (Kind, &'static str, &'static str, &'static [&'static str], &'static [&'static str]);

/// What is taken; the first ending is the usual one.
const TAKEN: [Known; 20] = [
    (Kind::Jpeg, "JPEG", "image/jpeg", &["image/jpg", "image/pjpeg"], &["jpg", "jpeg", "jfif"]),
    (Kind::Png, "PNG", "image/png", &["image/apng"], &["png", "apng"]),
    (Kind::WebP, "WebP", "image/webp", &[], &["webp"]),
    (Kind::Heic, "HEIC", "image/heic", &["image/heif"], &["heic", "heif"]),
    (Kind::Pdf, "PDF", "application/pdf", &["application/x-pdf"], &["pdf"]),
    (Kind::Doc, "Word (.doc)", "application/msword", &[], &["doc"]),
    (
        Kind::Docx,
        "Word (.docx)",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        &["application/msword"],
        &["docx"],
    ),
    (Kind::Xls, "Excel (.xls)", "application/vnd.ms-excel", &[], &["xls"]),
    (
        Kind::Xlsx,
        "Excel (.xlsx)",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        &["application/vnd.ms-excel"],
        &["xlsx"],
    ),
    (Kind::Ppt, "PowerPoint (.ppt)", "application/vnd.ms-powerpoint", &[], &["ppt"]),
    (
        Kind::Pptx,
        "PowerPoint (.pptx)",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        &["application/vnd.ms-powerpoint"],
        &["pptx"],
    ),
    (Kind::Odt, "OpenDocument (.odt)", "application/vnd.oasis.opendocument.text", &[], &["odt"]),
    (Kind::Ods, "OpenDocument (.ods)", "application/vnd.oasis.opendocument.spreadsheet", &[], &["ods"]),
    (Kind::Odp, "OpenDocument (.odp)", "application/vnd.oasis.opendocument.presentation", &[], &["odp"]),
    (Kind::Mp4, "MP4", "video/mp4", &["application/mp4"], &["mp4", "m4v"]),
    (Kind::Mp3, "MP3", "audio/mpeg", &["audio/mp3"], &["mp3"]),
    (Kind::Text, "văn bản thuần (.txt)", "text/plain", &[], &["txt", "md"]),
    (Kind::Csv, "CSV", "text/csv", &["text/plain", "application/vnd.ms-excel"], &["csv"]),
    (Kind::Json, "JSON", "application/json", &["text/plain"], &["json"]),
    (Kind::Xml, "XML", "application/xml", &["text/xml", "text/plain"], &["xml"]),
];

/// What is known and not taken.
const REFUSED: [(Kind, &str, &[&str]); 7] = [
    (Kind::Avif, "AVIF", &["avif"]),
    (Kind::Gif, "GIF", &["gif"]),
    (Kind::Html, "HTML", &["html", "htm", "xhtml", "mht"]),
    (Kind::Svg, "SVG", &["svg", "svgz"]),
    (Kind::Zip, "ZIP", &["zip", "rar", "7z"]),
    (Kind::Macros, "macro", &["docm", "xlsm", "pptm", "dotm", "xltm"]),
    (
        Kind::Program,
        "chương trình",
        &[
            "exe", "dll", "com", "scr", "bat", "cmd", "ps1", "js", "vbs", "jar", "apk", "msi", "sh", "php",
            "lnk", "hta",
        ],
    ),
];

impl Kind {
    /// Its media type; `application/octet-stream` for what is not taken.
    pub fn media(self) -> &'static str {
        if self == Kind::Avif {
            return "image/avif";
        }
        TAKEN.iter().find(|known| known.0 == self).map_or("application/octet-stream", |known| known.2)
    }

    /// How people call it.
    pub fn name(self) -> &'static str {
        let taken = TAKEN.iter().find(|known| known.0 == self).map(|known| known.1);
        let refused = || REFUSED.iter().find(|(kind, ..)| *kind == self).map(|(_, name, _)| *name);
        taken.or_else(refused).unwrap_or("không rõ loại")
    }

    /// True for pictures that are decoded and made anew.
    pub fn is_picture(self) -> bool {
        matches!(self, Kind::Jpeg | Kind::Png | Kind::WebP | Kind::Heic)
    }

    /// The kind that an ending stands for.
    fn of_ending(ending: &str) -> Option<Kind> {
        let taken = TAKEN.iter().find(|known| known.4.contains(&ending)).map(|known| known.0);
        taken.or_else(|| REFUSED.iter().find(|(.., ends)| ends.contains(&ending)).map(|(kind, ..)| *kind))
    }
}

/// The ending of a name in small letters: one to five letters and digits, not digits alone.
fn ending(name: &str) -> Option<String> {
    let end = name.rsplit_once('.')?.1;
    let fine = (1..=5).contains(&end.len())
        && end.bytes().all(|b| b.is_ascii_alphanumeric())
        && end.bytes().any(|b| b.is_ascii_alphabetic());
    fine.then(|| end.to_ascii_lowercase())
}

/// What a file is by its bytes; of plain text, what its name says, as far as that is text at all.
pub fn named_kind(name: &str, bytes: &[u8]) -> Kind {
    match (kind_of(bytes), ending(name).as_deref().and_then(Kind::of_ending)) {
        (Kind::Text, Some(named @ (Kind::Csv | Kind::Json | Kind::Xml))) => named,
        (Kind::Xml, Some(Kind::Text)) => Kind::Text,
        (kind, _) => kind,
    }
}

/// What a file is, if it is taken and is what its name and type say.
pub(super) fn checked(name: &str, media: &str, bytes: &[u8]) -> Result<Kind, Refusal> {
    let ending = ending(name);
    let called = ending.as_deref().map(Kind::of_ending);
    let kind = named_kind(name, bytes);
    if let Some(refusal) = not_taken(kind) {
        return Err(refusal);
    }
    match (called, ending) {
        (Some(named), Some(ending)) if named != Some(kind) => {
            let as_said = named.map_or(format!(".{ending}"), |named| named.name().to_owned());
            let usual = TAKEN.iter().find(|known| known.0 == kind).map_or("", |known| known.4[0]);
            return Err(Refusal {
                part: "name",
                vi: format!(
                    "Tên tệp là .{ending} ({as_said}) nhưng nội dung là {}. Hãy đổi đuôi tên thành .{usual}, hoặc chọn đúng tệp.",
                    kind.name()
                ),
                en: format!(
                    "The name says .{ending} ({as_said}), but the bytes are {}. Name it .{usual}, or choose the right file.",
                    kind.name()
                ),
            });
        }
        _ => {}
    }
    let media = media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let fits =
        TAKEN.iter().any(|known| known.0 == kind && (known.2 == media || known.3.contains(&media.as_str())));
    // A text without an ending is as its type says.
    let kind = match kind {
        Kind::Text if !fits => match TAKEN.iter().find(|known| known.2 == media).map(|known| known.0) {
            Some(said @ (Kind::Csv | Kind::Json | Kind::Xml)) => said,
            _ => kind,
        },
        _ => kind,
    };
    if fits || kind.media() == media || matches!(media.as_str(), "" | "application/octet-stream") {
        return Ok(kind);
    }
    Err(Refusal {
        part: "type",
        vi: format!(
            "Loại khai là {media} nhưng nội dung là {}. Hãy khai {} hoặc chọn đúng tệp.",
            kind.name(),
            kind.media()
        ),
        en: format!(
            "The type says {media}, but the bytes are {}. Say {} or choose the right file.",
            kind.name(),
            kind.media()
        ),
    })
}

/// Why a kind is not taken, and what to hand in instead.
fn not_taken(kind: Kind) -> Option<Refusal> {
    let (vi, en) = match kind {
        Kind::Avif => (
            "Ảnh AVIF do cổng tự tạo; hãy gửi ảnh gốc JPEG, PNG, WebP hoặc HEIC.",
            "The portal makes AVIF itself; hand in the picture as JPEG, PNG, WebP or HEIC.",
        ),
        Kind::Gif => (
            "Không nhận ảnh GIF. Ảnh tĩnh hãy lưu thành PNG hoặc JPEG; ảnh động hãy lưu thành MP4.",
            "GIF is not taken. Save a still picture as PNG or JPEG, a moving one as MP4.",
        ),
        Kind::Html => (
            "Không nhận tệp HTML vì có thể chứa mã chạy trong trình duyệt người đọc. Hãy dán nội dung vào bài viết, hoặc in ra PDF.",
            "HTML files are not taken: they can run code in a reader's browser. Paste the text into the item, or print it to PDF.",
        ),
        Kind::Svg => (
            "Không nhận ảnh SVG vì có thể chứa mã. Hãy xuất ra PNG.",
            "SVG is not taken: it can hold code. Export it as PNG.",
        ),
        Kind::Zip => (
            "Không nhận tệp nén vì không kiểm tra được bên trong. Hãy giải nén và gửi từng tệp.",
            "Archives are not taken: what is inside cannot be checked. Unpack it and hand in its files.",
        ),
        Kind::Macros => (
            "Tệp có macro (mã lệnh) nên không nhận. Hãy lưu lại dạng .docx, .xlsx, .pptx không macro, hoặc PDF.",
            "The file has macros and is not taken. Save it as .docx, .xlsx or .pptx without macros, or as PDF.",
        ),
        Kind::Program => (
            "Đây là chương trình hoặc tập lệnh, không phải tài liệu; không nhận.",
            "This is a program or a script and no document; it is not taken.",
        ),
        Kind::Unknown => (
            "Không nhận ra loại tệp (có thể tệp hỏng hoặc đang mã hóa). Nhận: JPEG, PNG, WebP, HEIC, PDF, Word, Excel, PowerPoint, OpenDocument, CSV, TXT, JSON, XML, MP4, MP3.",
            "The file's type is not known (it may be damaged or encrypted). Taken are JPEG, PNG, WebP, HEIC, PDF, Word, Excel, PowerPoint, OpenDocument, CSV, TXT, JSON, XML, MP4, MP3.",
        ),
        _ => return None,
    };
    Some(Refusal::of_bytes(vi, en))
}
