//! What was reported, and how it stands.

use crate::document::{Document, Node, fraction, text};
use crate::when::When;

/// A request, as anybody may see it. Nothing of who made it stands here.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Its number.
    pub id: String,
    /// How it stands.
    pub status: Status,
    /// Why, or more than that.
    pub status_notes: Option<String>,
    /// What it is about, for people.
    pub service_name: String,
    /// What it is about, for machines.
    pub service_code: String,
    /// What was reported, as far as it is published.
    pub description: Option<String>,
    /// Who must answer.
    pub agency_responsible: Option<String>,
    /// What is going to be done.
    pub service_notice: Option<String>,
    /// When it was made.
    pub requested: When,
    /// When anything about it was last different; when it was closed.
    pub updated: When,
    /// When an answer is due.
    pub expected: Option<When>,
    /// Where.
    pub address: Option<String>,
    /// Where, by a register.
    pub address_id: Option<String>,
    /// The postal code.
    pub zipcode: Option<String>,
    /// Latitude and longitude in degrees (WGS 84).
    pub position: Option<(f64, f64)>,
    /// A picture of it.
    pub media_url: Option<String>,
}

/// How a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// It was reported.
    Open,
    /// It is done.
    Closed,
}

impl Status {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Status::Open => "open",
            Status::Closed => "closed",
        }
    }

    pub(crate) fn of(word: &str) -> Option<Status> {
        match word {
            "open" => Some(Status::Open),
            "closed" => Some(Status::Closed),
            _ => None,
        }
    }
}

/// What whoever made a request is given: a number, or a token for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Created {
    /// The number.
    Number {
        /// It.
        id: String,
        /// What is going to be done.
        notice: Option<String>,
    },
    /// The number comes later.
    Token {
        /// By which it is asked for.
        token: String,
        /// What is going to be done.
        notice: Option<String>,
    },
}

/// The number that belongs to a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenOf {
    /// The number, if it was given by now.
    pub id: Option<String>,
    /// The token.
    pub token: String,
}

fn maybe(text: &Option<String>) -> Node {
    Node::Text(text.clone().filter(|text| !text.is_empty()))
}

/// The answer to "GET Service Requests" and to "GET Service Request".
#[must_use]
pub fn requests(all: &[Request]) -> Document {
    let one = |request: &Request| {
        let when = |when: When| text(when.to_string());
        let degrees = |number: Option<f64>| number.map_or(Node::Text(None), fraction);
        let mut parts =
            vec![("service_request_id", text(&request.id)), ("status", text(request.status.word()))];
        parts.push(("status_notes", maybe(&request.status_notes)));
        parts.push(("service_name", text(&request.service_name)));
        parts.push(("service_code", text(&request.service_code)));
        parts.push(("description", maybe(&request.description)));
        parts.push(("agency_responsible", maybe(&request.agency_responsible)));
        parts.push(("service_notice", maybe(&request.service_notice)));
        parts.push(("requested_datetime", when(request.requested)));
        parts.push(("updated_datetime", when(request.updated)));
        parts.push(("expected_datetime", request.expected.map_or(Node::Text(None), when)));
        parts.push(("address", maybe(&request.address)));
        parts.push(("address_id", maybe(&request.address_id)));
        parts.push(("zipcode", maybe(&request.zipcode)));
        parts.push(("lat", degrees(request.position.map(|at| at.0))));
        parts.push(("long", degrees(request.position.map(|at| at.1))));
        parts.push(("media_url", maybe(&request.media_url)));
        Node::Object(parts)
    };
    Document::new("service_requests", Node::List("request", all.iter().map(one).collect()))
}

/// The answer to "POST Service Request".
#[must_use]
pub fn created(created: &Created) -> Document {
    let (name, value, notice) = match created {
        Created::Number { id, notice } => ("service_request_id", id, notice),
        Created::Token { token, notice } => ("token", token, notice),
    };
    let one = vec![(name, text(value)), ("service_notice", maybe(notice)), ("account_id", Node::Text(None))];
    Document::new("service_requests", Node::List("request", vec![Node::Object(one)]))
}

/// The answer to "GET service_request_id from a token".
#[must_use]
pub fn tokens(of: &TokenOf) -> Document {
    let one = vec![("service_request_id", maybe(&of.id)), ("token", text(&of.token))];
    Document::new("service_requests", Node::List("request", vec![Node::Object(one)]))
}
