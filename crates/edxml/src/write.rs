//! A packet, written: one form only, that of the packets which systems in use exchange.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::{Date, DateTime};

use crate::xml::is_allowed;
use crate::{Attachment, Business, Document, Message, NAMESPACE, Organ, Reference, Staff, Status};

/// Writes a packet. Letters that XML does not know are left out.
#[must_use]
pub fn write(message: &Message) -> String {
    let mut out =
        Out { text: String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"), prefix: "edXML:" };
    out.text
        .push_str(&format!("<edXML xmlns=\"{NAMESPACE}\"><edXML:edXMLEnvelope xmlns:edXML=\"{NAMESPACE}\">"));
    match message {
        Message::Document(one) => {
            out.within("edXMLHeader", |out| {
                out.within("MessageHeader", |out| header(out, one));
                out.within("TraceHeaderList", |out| traces(out, one));
            });
            out.within("edXMLBody", |out| manifest(out, &one.attachments));
        }
        Message::Status(one) => out.within("edXMLHeader", |out| out.within("Status", |out| status(out, one))),
    }
    out.text.push_str("</edXML:edXMLEnvelope>");
    if let Message::Document(one) = message
        && !one.attachments.is_empty()
    {
        // It stands outside the envelope, where only the namespace without a prefix is declared.
        out.prefix = "";
        encoded(&mut out, &one.attachments);
    }
    out.text.push_str("</edXML>\n");
    out.text
}

struct Out {
    text: String,
    /// What stands before the name of every element.
    prefix: &'static str,
}

impl Out {
    fn within(&mut self, name: &str, inner: impl FnOnce(&mut Out)) {
        self.text.push_str(&format!("<{}{name}>", self.prefix));
        inner(self);
        self.text.push_str(&format!("</{}{name}>", self.prefix));
    }

    /// An element with a text, also where that is empty: who reads by a schema looks for it.
    fn says(&mut self, name: &str, text: &str) {
        self.within(name, |out| out.text(text));
    }

    fn some(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.says(name, text);
        }
    }

    fn text(&mut self, text: &str) {
        for letter in text.chars().filter(|letter| is_allowed(*letter)) {
            match letter {
                '&' => self.text.push_str("&amp;"),
                '<' => self.text.push_str("&lt;"),
                '>' => self.text.push_str("&gt;"),
                '"' => self.text.push_str("&quot;"),
                // A reader makes an end of line of it unless it is named.
                '\r' => self.text.push_str("&#13;"),
                letter => self.text.push(letter),
            }
        }
    }
}

fn header(out: &mut Out, one: &Document) {
    out.within("From", |out| organ(out, &one.from));
    for to in &one.to {
        out.within("To", |out| organ(out, to));
    }
    out.within("Code", |out| {
        out.says("CodeNumber", &one.number);
        out.says("CodeNotation", &one.notation);
    });
    out.within("PromulgationInfo", |out| {
        out.says("Place", &one.place);
        out.says("PromulgationDate", &day(one.issued));
    });
    out.within("DocumentType", |out| {
        out.says("Type", &one.form);
        out.says("TypeName", &one.form_name);
        out.some("TypeDetail", &one.form_detail);
    });
    out.says("Subject", &one.subject);
    out.says("Content", &one.content);
    out.within("SignerInfo", |out| {
        out.some("Competence", &one.signer.competence);
        out.some("Position", &one.signer.position);
        out.says("FullName", &one.signer.name);
    });
    out.some("DueDate", &day(one.due));
    if !one.places.is_empty() {
        out.within("ToPlaces", |out| one.places.iter().for_each(|place| out.says("Place", place)));
    }
    out.within("OtherInfo", |out| {
        out.some("Priority", &one.other.priority);
        out.some("SphereOfPromulgation", &one.other.sphere);
        out.some("TyperNotation", &one.other.typist);
        out.some("PromulgationAmount", &one.other.copies);
        out.some("PageAmount", &one.other.pages);
        if !one.other.appendixes.is_empty() {
            out.within("Appendixes", |out| {
                one.other.appendixes.iter().for_each(|name| out.says("Appendix", name))
            });
        }
    });
    for answered in &one.answers {
        out.within("ResponseFor", |out| reference(out, answered));
    }
    out.some("SteeringType", &one.steering);
    out.says("DocumentId", &one.id);
}

fn traces(out: &mut Out, one: &Document) {
    for trace in &one.traces {
        out.within("TraceHeader", |out| {
            out.says("OrganId", &trace.organ);
            out.some("Timestamp", &time(trace.at));
        });
    }
    out.within("Bussiness", |out| business(out, &one.business));
}

fn business(out: &mut Out, business: &Business) {
    out.says("BussinessDocType", business.act.number());
    out.says("BussinessDocReason", &business.reason);
    out.some("DocumentId", &business.document);
    if business.staff != Staff::default() {
        out.within("StaffInfo", |out| staff(out, &business.staff));
    }
    out.says("Paper", if business.paper { "1" } else { "0" });
    if !business.replaced.is_empty() {
        out.within("ReplacementInfoList", |out| {
            for replaced in &business.replaced {
                out.within("ReplacementInfo", |out| {
                    out.says("DocumentId", &replaced.document);
                    out.within("OrganIdList", |out| {
                        replaced.organs.iter().for_each(|id| out.says("OrganId", id))
                    });
                });
            }
        });
    }
}

fn manifest(out: &mut Out, files: &[Attachment]) {
    out.text.push_str("<edXML:edXMLManifest version=\"1.0\">");
    for file in files {
        out.within("Reference", |out| {
            out.says("ContentId", &format!("cid:{}", file.id));
            out.says("ContentType", &file.media);
            out.some("Description", &file.description);
            out.says("AttachmentName", &file.name);
        });
    }
    out.text.push_str("</edXML:edXMLManifest>");
}

fn encoded(out: &mut Out, files: &[Attachment]) {
    out.within("AttachmentEncoded", |out| {
        for file in files {
            out.within("Attachment", |out| {
                out.says("ContentType", &file.media);
                out.says("ContentId", &format!("cid:{}", file.id));
                out.some("Description", &file.description);
                out.within("ContentTransferEncoded", |out| {
                    STANDARD.encode_string(&file.bytes, &mut out.text)
                });
                out.says("AttachmentName", &file.name);
            });
        }
    });
}

fn status(out: &mut Out, one: &Status) {
    out.within("ResponseFor", |out| reference(out, &one.of));
    out.within("From", |out| organ(out, &one.from));
    out.says("StatusCode", one.code.number());
    out.says("Description", &one.description);
    out.some("Timestamp", &time(one.at));
    out.within("StaffInfo", |out| staff(out, &one.staff));
}

fn organ(out: &mut Out, organ: &Organ) {
    out.says("OrganId", &organ.id);
    out.some("OrganizationInCharge", &organ.in_charge);
    out.says("OrganName", &organ.name);
    out.some("OrganAdd", &organ.address);
    out.some("Email", &organ.email);
    out.some("Telephone", &organ.telephone);
    out.some("Fax", &organ.fax);
    out.some("Website", &organ.website);
}

fn staff(out: &mut Out, staff: &Staff) {
    out.some("Department", &staff.department);
    out.some("Staff", &staff.name);
    out.some("Mobile", &staff.mobile);
    out.some("Email", &staff.email);
}

fn reference(out: &mut Out, of: &Reference) {
    out.says("OrganId", &of.organ);
    out.says("Code", &of.code);
    out.some("PromulgationDate", &day(of.issued));
    out.says("DocumentId", &of.id);
}

fn day(day: Option<Date>) -> String {
    day.map(|day| day.strftime("%Y/%m/%d").to_string()).unwrap_or_default()
}

fn time(at: Option<DateTime>) -> String {
    at.map(|at| at.strftime("%Y/%m/%d %H:%M:%S").to_string()).unwrap_or_default()
}
