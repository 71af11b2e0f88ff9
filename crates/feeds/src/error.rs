use std::fmt;

/// Why bytes are no feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// There is nothing, or nothing but spaces.
    Empty,
    /// More than [`crate::limits::BYTES`].
    TooLarge,
    /// There is no tag and no brace in it.
    NoMarkup,
    /// An HTML page, with its title.
    Html(String),
    /// An XML document of another kind, with the name of its root.
    OtherXml(String),
    /// JSON that is no JSON Feed, with what is wrong.
    Json(String),
}

impl Error {
    /// What is wrong and how to mend it, in Vietnamese.
    #[must_use]
    pub fn vi(&self) -> String {
        match self {
            Error::Empty => "nguồn tin trống; hãy mở địa chỉ ấy bằng trình duyệt xem máy chủ trả về gì".into(),
            Error::TooLarge => format!(
                "nguồn tin lớn hơn {} MB; hãy dùng nguồn tin theo chuyên mục, hoặc giảm số tin trong nguồn",
                crate::limits::BYTES >> 20
            ),
            Error::NoMarkup => {
                "đây là văn bản thường, không phải RSS, Atom hay JSON Feed; hãy kiểm tra lại địa chỉ nguồn tin".into()
            }
            Error::Html(title) => format!(
                "đây là một trang HTML{}, không phải nguồn tin; hãy lấy địa chỉ RSS ghi trên trang ấy (thường ở cuối trang), hoặc xem máy chủ có chặn chương trình tự động không",
                named(title)
            ),
            Error::OtherXml(root) => format!(
                "đây là tài liệu XML có phần tử gốc <{root}>, không phải RSS, RDF, Atom hay CDF; hãy kiểm tra lại địa chỉ nguồn tin"
            ),
            Error::Json(why) => format!(
                "đây không phải JSON Feed ({why}); JSON Feed là một đối tượng có `version` và danh sách `items`"
            ),
        }
    }

    /// What is wrong and how to mend it, in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Error::Empty => {
                "the feed is empty; open its address in a browser to see what the server sends".into()
            }
            Error::TooLarge => format!(
                "the feed is larger than {} MB; take the feed of a category, or let it hold fewer items",
                crate::limits::BYTES >> 20
            ),
            Error::NoMarkup => {
                "this is plain text and no RSS, Atom or JSON Feed; check the feed's address".into()
            }
            Error::Html(title) => format!(
                "this is an HTML page{} and no feed; take the address of the feed that is named on that page (often at its foot), or see whether the server keeps programs out",
                named(title)
            ),
            Error::OtherXml(root) => format!(
                "this is an XML document with the root <{root}> and no RSS, RDF, Atom or CDF; check the feed's address"
            ),
            Error::Json(why) => {
                format!(
                    "this is no JSON Feed ({why}); a JSON Feed is an object with `version` and a list `items`"
                )
            }
        }
    }
}

fn named(title: &str) -> String {
    if title.is_empty() { String::new() } else { format!(" (“{title}”)") }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} · {}", self.vi(), self.en())
    }
}

impl std::error::Error for Error {}
