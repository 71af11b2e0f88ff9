//! Open311 GeoReport v2 for servers (<http://wiki.open311.org/GeoReport_v2>), without sockets: any city's software may use it.
//!
//! [`Resource::parse`] reads which of the six methods a path means, and in which format. [`Submission::parse`] reads the form by
//! which somebody reports something, [`Query::parse`] what is looked for; both name every fault at once, in both languages. What is
//! answered ([`Service`], [`Definition`], [`Request`], [`Created`], [`TokenOf`], [`Discovery`], and [`Fault`]s) becomes a
//! [`Document`], which is the same in XML and JSON.
//!
//! The specification leaves open, or says in two ways, what is decided here:
//!
//! * codes and ids are strings in JSON, as the schema of version 2.1 has them (the examples of version 2 write `001` without
//!   quotes, which is no JSON);
//! * what "may not be returned" is left out if there is none; what is always returned and empty is `null`, or an empty element;
//! * an argument without value is one that is not given; the same argument twice is a fault, unless it is a list;
//! * a plus sign in a time that a client forgot to encode is understood.

mod discovery;
mod document;
mod fault;
mod form;
mod query;
mod request;
mod resource;
mod service;
mod submission;
mod when;

pub use discovery::{Discovery, Endpoint, GEOREPORT};
pub use document::{Document, Format};
pub use fault::{Fault, faults};
pub use query::{MAX_ASKED, MAX_DAYS, MAX_RESULTS, Query, jurisdiction};
pub use request::{Created, Request, Status, TokenOf, created, requests, tokens};
pub use resource::Resource;
pub use service::{Attribute, Choice, Datatype, Definition, Delivery, Service, services};
pub use submission::{MAX_BODY, MAX_DESCRIPTION, MAX_FIELDS, Place, Submission};
pub use when::When;
