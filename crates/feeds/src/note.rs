/// Something that was mended or left out while a feed was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// Text stood before the document and was passed over.
    TextBefore,
    /// The document is not read in the encoding that it names, but in this one.
    Encoding {
        /// What it says.
        said: String,
        /// What it is.
        found: String,
    },
    /// Some bytes are no letters in its encoding.
    Unreadable,
    /// The XML is not well-formed; it was read as far as it has a sensible meaning.
    IllFormed,
    /// It ends before its elements are closed.
    CutOff,
    /// It is larger or deeper than what is read; the rest was left out.
    TooMuch,
}

impl Note {
    /// Its word in output.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Note::TextBefore => "text-before",
            Note::Encoding { .. } => "encoding",
            Note::Unreadable => "unreadable",
            Note::IllFormed => "ill-formed",
            Note::CutOff => "cut-off",
            Note::TooMuch => "too-much",
        }
    }

    /// What was done, in Vietnamese.
    #[must_use]
    pub fn vi(&self) -> String {
        match self {
            Note::TextBefore => "có chữ đứng trước tài liệu; đã bỏ qua".into(),
            Note::Encoding { said, found } => {
                format!("ghi bảng mã {said} nhưng nội dung là {found}; đã đọc theo {found}")
            }
            Note::Unreadable => "có byte không thuộc bảng mã; đã thay bằng dấu �".into(),
            Note::IllFormed => "XML viết sai; đã đọc phần hiểu được".into(),
            Note::CutOff => "tài liệu bị cắt giữa chừng; mục cuối có thể thiếu".into(),
            Note::TooMuch => "tài liệu quá lớn hoặc lồng quá sâu; đã bỏ phần vượt mức".into(),
        }
    }

    /// What was done, in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Note::TextBefore => "text stands before the document; it was passed over".into(),
            Note::Encoding { said, found } => {
                format!("it names the encoding {said} but is {found}; read as {found}")
            }
            Note::Unreadable => "some bytes are no letters in its encoding; they became �".into(),
            Note::IllFormed => "its XML is not well-formed; what can be understood was read".into(),
            Note::CutOff => "it ends in the middle; its last item may lack something".into(),
            Note::TooMuch => "it is too large or too deep; what goes beyond was left out".into(),
        }
    }
}
