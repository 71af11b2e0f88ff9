//! Why bytes are no packet.

use std::fmt;

use crate::limits;

/// Why a packet is not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// It has more than [`limits::BYTES`], or more elements, depth or text than any document has.
    TooMuch,
    /// It is not in UTF-8.
    Encoding,
    /// It is no well-formed XML, or declares a document type; where, in bytes.
    Xml(u64),
    /// It is XML and no packet: neither `MessageHeader` nor `Status` is in it. The root's name.
    Other(String),
    /// The act is none that is known.
    Act(String),
    /// The status is none that is known.
    Status(String),
    /// A day or a time is none: the element and what stands in it.
    Time(&'static str, String),
    /// A file is not written in base64: its name.
    Base64(String),
}

impl Error {
    /// What is wrong and how to mend it, in Vietnamese.
    #[must_use]
    pub fn vi(&self) -> String {
        match self {
            Error::TooMuch => format!(
                "gói tin quá lớn: tối đa {} MB kể cả tệp, {} phần tử, mỗi trường {} KB; hãy gửi tệp lớn bằng cách khác",
                limits::BYTES >> 20,
                limits::ELEMENTS,
                limits::TEXT >> 10
            ),
            Error::Encoding => "gói tin không viết bằng UTF-8; hãy xuất lại bằng UTF-8".into(),
            Error::Xml(at) => {
                format!(
                    "không phải XML đúng khuôn dạng (sai ở byte {at}), hoặc có khai báo DOCTYPE; hãy xuất lại gói tin"
                )
            }
            Error::Other(root) => format!(
                "không phải gói tin edXML: trong phần tử <{root}> không có MessageHeader hay Status; hãy chọn tệp .edxml"
            ),
            Error::Act(said) => {
                format!(
                    "nghiệp vụ “{said}” (BussinessDocType) không có trong quy chuẩn; phải là 0, 1, 2 hoặc 3"
                )
            }
            Error::Status(said) => format!(
                "trạng thái “{said}” (StatusCode) không có trong quy chuẩn; phải là 01 đến 06, 13, 15 hoặc 16"
            ),
            Error::Time(field, said) => {
                format!(
                    "{field}: “{said}” không phải ngày giờ; hãy viết như 2026/11/27 hoặc 2026/11/27 08:15:00"
                )
            }
            Error::Base64(name) => format!("tệp “{name}” không viết bằng base64; hãy xuất lại gói tin"),
        }
    }

    /// The same in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Error::TooMuch => format!(
                "the packet is too large: at most {} MB with its files, {} elements, {} KB in a field; send large files in another way",
                limits::BYTES >> 20,
                limits::ELEMENTS,
                limits::TEXT >> 10
            ),
            Error::Encoding => "the packet is not in UTF-8; export it again in UTF-8".into(),
            Error::Xml(at) => {
                format!(
                    "this is no well-formed XML (wrong at byte {at}), or declares a DOCTYPE; export the packet again"
                )
            }
            Error::Other(root) => {
                format!(
                    "this is no edXML packet: <{root}> holds neither MessageHeader nor Status; choose a file .edxml"
                )
            }
            Error::Act(said) => {
                format!(
                    "the act {said:?} (BussinessDocType) is none of the regulation's; it must be 0, 1, 2 or 3"
                )
            }
            Error::Status(said) => format!(
                "the status {said:?} (StatusCode) is none of the regulation's; it must be 01 to 06, 13, 15 or 16"
            ),
            Error::Time(field, said) => {
                format!(
                    "{field}: {said:?} is no day or time; write it like 2026/11/27 or 2026/11/27 08:15:00"
                )
            }
            Error::Base64(name) => format!("the file {name:?} is not in base64; export the packet again"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} · {}", self.vi(), self.en())
    }
}

impl std::error::Error for Error {}
