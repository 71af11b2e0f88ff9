//! Which resource a path means.

use crate::document::Format;
use crate::fault::Fault;

/// What a path below the endpoint means. "GET" and "POST" of `requests` are told apart by the caller.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Resource {
    /// `services.xml`
    Services,
    /// `services/033.xml`
    Definition(String),
    /// `requests.xml`
    Requests,
    /// `requests/638344.xml`
    Request(String),
    /// `tokens/123456.xml`
    Token(String),
}

/// The most characters of a code, an id or a token.
const MAX_ID: usize = 200;

impl Resource {
    /// Reads a path, without slash at its beginning and already percent-decoded. An id may have dots: the format is what comes
    /// after the last one.
    ///
    /// # Errors
    /// With the format in which to say so: that of the path, or XML.
    pub fn parse(path: &str) -> Result<(Resource, Format), (Fault, Format)> {
        let (path, format) = match path.rsplit_once('.') {
            Some((front, ending)) => (front, Format::of(ending)),
            None => (path, None),
        };
        let Some(format) = format else {
            let fault = Fault::bad(
                "",
                "Đường dẫn phải kết thúc bằng .xml hoặc .json.",
                "The path must end with .xml or .json.",
            );
            return Err((Fault { code: 404, ..fault }, Format::Xml));
        };
        let unknown = || {
            let fault = Fault::bad(
                "",
                "Không có tài nguyên này; có services, requests và tokens.",
                "There is no such resource; there are services, requests and tokens.",
            );
            (Fault { code: 404, ..fault }, format)
        };
        let (name, id) = match path.split_once('/') {
            Some((name, id)) => (name, Some(id)),
            None => (path, None),
        };
        let fits = |id: &str| {
            !id.is_empty()
                && id.chars().count() <= MAX_ID
                && !id.contains('/')
                && !id.chars().any(char::is_control)
        };
        let resource = match (name, id) {
            ("services", None) => Resource::Services,
            ("requests", None) => Resource::Requests,
            ("services", Some(id)) if fits(id) => Resource::Definition(id.to_owned()),
            ("requests", Some(id)) if fits(id) => Resource::Request(id.to_owned()),
            ("tokens", Some(id)) if fits(id) => Resource::Token(id.to_owned()),
            _ => return Err(unknown()),
        };
        Ok((resource, format))
    }
}
