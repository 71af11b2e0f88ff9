//! What may be reported: services and the fields that each asks for.

use crate::document::{Document, Node, text, truth, whole};

/// One kind of thing that may be reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Its name for machines.
    pub code: String,
    /// Its name for people.
    pub name: String,
    /// What it is.
    pub description: String,
    /// It asks for more fields: there is a [`Definition`].
    pub metadata: bool,
    /// When a number is given.
    pub delivery: Delivery,
    /// Words by which people find it.
    pub keywords: Vec<String>,
    /// What it belongs to.
    pub group: String,
}

/// When the number of a request is given, `type` in the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// At once.
    Realtime,
    /// Later; a token is given at once.
    Batch,
    /// Never.
    Blackbox,
}

/// What a service asks for beside what all do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Of which service.
    pub service_code: String,
    /// The fields, in the order in which they are shown.
    pub attributes: Vec<Attribute>,
}

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// False if it only tells people something.
    pub variable: bool,
    /// Its name for machines.
    pub code: String,
    /// What is filled in.
    pub datatype: Datatype,
    /// It must be filled in.
    pub required: bool,
    /// How it is filled in.
    pub datatype_description: String,
    /// What is asked.
    pub description: String,
    /// What may be chosen, of a list.
    pub values: Vec<Choice>,
}

/// What is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Datatype {
    /// One line.
    String,
    /// A number.
    Number,
    /// A time.
    Datetime,
    /// Lines.
    Text,
    /// One of a list.
    SingleValueList,
    /// Any of a list.
    MultiValueList,
}

/// One that may be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its name for machines.
    pub key: String,
    /// Its name for people.
    pub name: String,
}

impl Delivery {
    fn word(self) -> &'static str {
        match self {
            Delivery::Realtime => "realtime",
            Delivery::Batch => "batch",
            Delivery::Blackbox => "blackbox",
        }
    }
}

impl Datatype {
    fn word(self) -> &'static str {
        match self {
            Datatype::String => "string",
            Datatype::Number => "number",
            Datatype::Datetime => "datetime",
            Datatype::Text => "text",
            Datatype::SingleValueList => "singlevaluelist",
            Datatype::MultiValueList => "multivaluelist",
        }
    }
}

/// The answer to "GET Service List".
#[must_use]
pub fn services(all: &[Service]) -> Document {
    let one = |service: &Service| {
        Node::Object(vec![
            ("service_code", text(&service.code)),
            ("service_name", text(&service.name)),
            ("description", text(&service.description)),
            ("metadata", truth(service.metadata)),
            ("type", text(service.delivery.word())),
            ("keywords", text(service.keywords.join(", "))),
            ("group", text(&service.group)),
        ])
    };
    Document::new("services", Node::List("service", all.iter().map(one).collect()))
}

impl Definition {
    /// The answer to "GET Service Definition".
    #[must_use]
    pub fn document(&self) -> Document {
        let one = |(at, attribute): (usize, &Attribute)| {
            let choice = |choice: &Choice| {
                Node::Object(vec![("key", text(&choice.key)), ("name", text(&choice.name))])
            };
            let mut parts = vec![
                ("variable", truth(attribute.variable)),
                ("code", text(&attribute.code)),
                ("datatype", text(attribute.datatype.word())),
                ("required", truth(attribute.required)),
                ("datatype_description", text(&attribute.datatype_description)),
                ("order", whole(at as u64 + 1)),
                ("description", text(&attribute.description)),
            ];
            if matches!(attribute.datatype, Datatype::SingleValueList | Datatype::MultiValueList) {
                parts.push(("values", Node::List("value", attribute.values.iter().map(choice).collect())));
            }
            Node::Object(parts)
        };
        let attributes = self.attributes.iter().enumerate().map(one).collect();
        let parts = vec![
            ("service_code", text(&self.service_code)),
            ("attributes", Node::List("attribute", attributes)),
        ];
        Document::new("service_definition", Node::Object(parts))
    }
}
