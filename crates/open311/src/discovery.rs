//! Where the interface is (<http://wiki.open311.org/Service_Discovery>).

use crate::document::{Document, Format, Node, text};
use crate::when::When;

/// The name of the specification of this crate.
pub const GEOREPORT: &str = "http://wiki.open311.org/GeoReport_v2";

/// What a server offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovery {
    /// When this was last different.
    pub changeset: When,
    /// Whom to ask.
    pub contact: String,
    /// Where to get a key.
    pub key_service: String,
    /// What there is.
    pub endpoints: Vec<Endpoint>,
}

/// One interface, of [`GEOREPORT`] in both formats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its address, without slash at the end.
    pub url: String,
    /// When it was last different.
    pub changeset: When,
    /// False if it is for trying out.
    pub production: bool,
}

impl Discovery {
    /// The document at `discovery.xml` and `discovery.json`.
    #[must_use]
    pub fn document(&self) -> Document {
        let format = |format: Format| {
            let media = format.content_type().split(';').next().unwrap_or_default();
            text(media)
        };
        let one = |endpoint: &Endpoint| {
            Node::Object(vec![
                ("specification", text(GEOREPORT)),
                ("url", text(&endpoint.url)),
                ("changeset", text(endpoint.changeset.to_string())),
                ("type", text(if endpoint.production { "production" } else { "test" })),
                ("formats", Node::List("format", vec![format(Format::Xml), format(Format::Json)])),
            ])
        };
        let parts = vec![
            ("changeset", text(self.changeset.to_string())),
            ("contact", text(&self.contact)),
            ("key_service", text(&self.key_service)),
            ("endpoints", Node::List("endpoint", self.endpoints.iter().map(one).collect())),
        ];
        Document::new("discovery", Node::Object(parts))
    }
}
