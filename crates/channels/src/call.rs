//! A request that somebody else makes, and its answer.

use crate::secrets::Secret;

/// The method of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `DELETE`
    Delete,
}

impl Method {
    /// As it is written in a request.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Delete => "DELETE",
        }
    }
}

/// A request. It holds secrets in its address, headers and body: it is made, sent and dropped, never kept nor logged. `Debug` shows the
/// method and the host alone. A redirect is not followed: no service answers these calls with one.
#[derive(Clone, PartialEq)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// The whole address.
    pub url: Secret,
    /// Headers beside those of the body, names in lower case.
    pub headers: Vec<(&'static str, Secret)>,
    /// The body.
    pub body: Body,
    /// So long, in milliseconds, an answer may take before the call counts as lost.
    pub patience: u64,
    /// Bytes of the answer that are read at most; what is longer counts as lost.
    pub most: usize,
}

/// The body of a call.
#[derive(Clone, PartialEq)]
pub enum Body {
    /// None.
    Empty,
    /// `application/json`
    Json(serde_json::Value),
    /// `application/x-www-form-urlencoded`
    Form(Vec<(&'static str, Secret)>),
    /// `multipart/form-data`
    Multipart(Vec<Part>),
    /// `multipart/related` (RFC 2387): JSON, then a medium.
    Related {
        /// The first part.
        json: serde_json::Value,
        /// The hash of the medium.
        hash: String,
        /// Its media type.
        media_type: String,
    },
    /// Bytes of a medium, from the first to before the end, as they are.
    Bytes {
        /// The hash of the medium.
        hash: String,
        /// Its media type.
        media_type: String,
        /// The first byte.
        from: u64,
        /// The byte behind the last one.
        until: u64,
    },
}

/// A part of a body.
#[derive(Clone, PartialEq)]
pub enum Part {
    /// A field.
    Text {
        /// Its name.
        name: String,
        /// What it says.
        value: Secret,
    },
    /// A file.
    Medium {
        /// Its name.
        name: String,
        /// The name of the file.
        file: String,
        /// The hash of the medium.
        hash: String,
        /// Its media type.
        media_type: String,
    },
}

/// What a service has answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The status: `200`.
    pub status: u16,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// The first header of a name, which is given in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(at, _)| at == name).map(|(_, value)| value.as_str())
    }
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let host = url::Url::parse(self.url.reveal()).ok().and_then(|url| url.host_str().map(String::from));
        write!(f, "{} {}", self.method.as_str(), host.unwrap_or_default())
    }
}
