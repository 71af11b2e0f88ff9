//! Answers in XML, element by element as OAI-PMH.xsd has them.

use std::fmt::Write;

use jiff::Timestamp;
use network::directory::Directory;
use network::names::Origin;

use super::request::{Fault, Format};
use crate::clock::instant;
use crate::items::feeds::xml;
use crate::items::view::Kind;
use crate::open::store::Told;
use crate::words::Lang;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<OAI-PMH xmlns=\"http://www.openarchives.org/OAI/2.0/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"http://www.openarchives.org/OAI/2.0/ http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd\">";

/// An answer that is being written.
pub struct Writer {
    out: String,
    base: String,
    portal: String,
    /// The element that is open.
    open: Option<&'static str>,
}

/// A moment as datestamps are written: whole seconds in UTC.
fn second(micros: i64) -> String {
    instant(micros.div_euclid(1_000_000).saturating_mul(1_000_000)).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

impl Writer {
    /// Begins an answer. The arguments are repeated only where they could be read.
    pub fn begin(now: Timestamp, base: &str, portal: &str, said: Option<&[(String, String)]>) -> Writer {
        let mut out = String::from(HEAD);
        let said = said.unwrap_or_default().iter().fold(String::new(), |mut text, (name, value)| {
            let _ = write!(text, " {name}=\"{}\"", xml(&plain(value)));
            text
        });
        let at = now.strftime("%Y-%m-%dT%H:%M:%SZ");
        let _ = write!(out, "<responseDate>{at}</responseDate><request{said}>{}</request>", xml(base));
        Writer { out, base: base.to_owned(), portal: portal.to_owned(), open: None }
    }

    /// The whole answer.
    pub fn end(mut self) -> String {
        self.close();
        self.out.push_str("</OAI-PMH>\n");
        self.out
    }

    fn close(&mut self) {
        if let Some(open) = self.open.take() {
            let _ = write!(self.out, "</{open}>");
        }
    }

    fn within(&mut self, element: &'static str) {
        if self.open != Some(element) {
            self.close();
            self.open = Some(element);
            let _ = write!(self.out, "<{element}>");
        }
    }

    fn put(&mut self, element: &str, text: &str) {
        let _ = write!(self.out, "<{element}>{}</{element}>", xml(&plain(text)));
    }

    /// What is wrong.
    pub fn error(&mut self, fault: &Fault) {
        let _ = write!(self.out, "<error code=\"{}\">{}</error>", fault.code, xml(&plain(&fault.says)));
    }

    /// Who this is.
    pub fn identify(&mut self, name: &str, earliest: i64) {
        self.within("Identify");
        self.put("repositoryName", name);
        let base = self.base.clone();
        self.put("baseURL", &base);
        self.put("protocolVersion", "2.0");
        // The mailbox that RFC 2142 gives to every web site.
        let mail = format!("webmaster@{}", self.portal);
        self.put("adminEmail", &mail);
        self.put("earliestDatestamp", &second(earliest));
        self.put("deletedRecord", "persistent");
        self.put("granularity", "YYYY-MM-DDThh:mm:ssZ");
        let _ = write!(
            self.out,
            "<description><oai-identifier xmlns=\"http://www.openarchives.org/OAI/2.0/oai-identifier\" xsi:schemaLocation=\"http://www.openarchives.org/OAI/2.0/oai-identifier http://www.openarchives.org/OAI/2.0/oai-identifier.xsd\"><scheme>oai</scheme><repositoryIdentifier>{0}</repositoryIdentifier><delimiter>:</delimiter><sampleIdentifier>oai:{0}:00000000-00000000000000000000000000000000</sampleIdentifier></oai-identifier></description>",
            xml(&self.portal)
        );
    }

    /// The forms of records.
    pub fn formats(&mut self, formats: &[Format]) {
        self.within("ListMetadataFormats");
        for format in formats {
            let (schema, namespace) = match format {
                Format::Dc => (
                    "http://www.openarchives.org/OAI/2.0/oai_dc.xsd",
                    "http://www.openarchives.org/OAI/2.0/oai_dc/",
                ),
                Format::Akn => (
                    "https://docs.oasis-open.org/legaldocml/akn-core/v1.0/os/part2-specs/schemas/akomantoso30.xsd",
                    "http://docs.oasis-open.org/legaldocml/ns/akn/3.0",
                ),
            };
            self.out.push_str("<metadataFormat>");
            self.put("metadataPrefix", format.prefix());
            self.put("schema", schema);
            self.put("metadataNamespace", namespace);
            self.out.push_str("</metadataFormat>");
        }
    }

    /// The sets: by kind, by agency.
    pub fn sets(&mut self, directory: &Directory, issuers: &[Origin]) {
        self.within("ListSets");
        let mut set = |spec: &str, name: &str| {
            self.out.push_str("<set>");
            self.put("setSpec", spec);
            self.put("setName", name);
            self.out.push_str("</set>");
        };
        set("kind", "Theo loại");
        for kind in Kind::all() {
            set(&format!("kind:{}", kind.word()), kind.label(Lang::Vi));
        }
        set("agency", "Theo cơ quan");
        for agency in issuers.iter().filter_map(|origin| directory.agency(origin)) {
            set(&format!("agency:{}", agency.domain), &agency.name.vi);
        }
    }

    /// What a record is called, since when, in which sets, and whether it is gone.
    pub fn header(&mut self, directory: &Directory, told: &Told) {
        if self.open.is_none() {
            self.within("ListIdentifiers");
        }
        let gone = if told.stands.is_none() { " status=\"deleted\"" } else { "" };
        let _ = write!(self.out, "<header{gone}>");
        let id = format!("oai:{}:{}", self.portal, told.reference());
        self.put("identifier", &id);
        self.put("datestamp", &second(told.place.at));
        if let Some(item) = &told.stands {
            self.put("setSpec", &format!("kind:{}", item.kind));
        }
        if let Some(agency) = directory.agency(&told.origin) {
            self.put("setSpec", &format!("agency:{}", agency.domain));
        }
        self.out.push_str("</header>");
    }

    /// A whole record.
    pub fn record(&mut self, directory: &Directory, told: &Told, metadata: Option<&str>) {
        if self.open.is_none() {
            self.within("ListRecords");
        }
        self.out.push_str("<record>");
        self.header(directory, told);
        if let Some(metadata) = metadata {
            let bare = metadata.split_once("?>").map_or(metadata, |(_, rest)| rest);
            let _ = write!(self.out, "<metadata>{}</metadata>", bare.trim());
        }
        self.out.push_str("</record>");
    }

    /// Says that the record that follows answers GetRecord.
    pub fn one(&mut self) {
        self.within("GetRecord");
    }

    /// Where the list goes on; an empty token ends it.
    pub fn token(&mut self, token: Option<&str>, told: u64) {
        let _ = write!(
            self.out,
            "<resumptionToken cursor=\"{told}\">{}</resumptionToken>",
            token.unwrap_or_default()
        );
    }
}

/// Without the control characters that XML 1.0 has no way to write.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r')).collect()
}
