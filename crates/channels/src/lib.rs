//! What is said to the services on which people read: Facebook, Zalo, Viber, YouTube, Telegram, and SMS through a gateway.
//!
//! Pure: no socket, no clock, no database. [`Form`] is what is written for one service, [`faults`] says what it would refuse,
//! [`Delivery`] brings one form to one account and keeps it true there: a timeout leaves it *unconfirmed* and never makes a second
//! post. [`Call`] is a request that somebody else makes; the answer is read here. [`Keys`] holds what opens an account, and renews
//! it without losing it.
//!
//! One round of whoever has the socket, the database and the clock:
//!
//! ```text
//! let actions = delivery.on(event, now, &settings);
//! for action in actions {
//!     match action {
//!         Action::Save => keep serde_json::to_string(&delivery), durable before anything that follows,
//!         Action::Call { attempt, step } => {
//!             let call = delivery.call(step, &account, &secrets, now)?;   // holds secrets: never keep or log it
//!             event = match the call {
//!                 answered => Event::Answer { attempt, answer: delivery.read(step, &account, &response, now) },
//!                 not a byte has left => Event::NotSent { attempt },
//!                 anything else => Event::Lost { attempt },
//!             }
//!         }
//!         Action::Renew => renew the account's keys (Keys), then Event::Renewed or Event::NotRenewed,
//!         Action::Wake { at } => Event::Tick at that time,
//!     }
//! }
//! ```
//!
//! After a restart every kept delivery is told [`Event::Restarted`].

mod account;
mod answer;
mod call;
mod delivery;
#[cfg(feature = "fakes")]
pub mod fakes;
mod form;
pub mod insights;
pub mod keys;
mod kind;
pub mod limits;
mod mac;
pub mod metrics;
pub mod quotas;
mod secrets;
mod services;
mod table;
pub mod webhook;

pub use account::{Account, Field};
pub use answer::{Answer, Cause, Reached, What};
pub use call::{Body, Call, Method, Part, Response};
pub use delivery::{Action, Delivery, Event, News, Place, Report, Settings, Stage, Stands, Step, Work};
pub use form::{Form, Media, Role};
pub use keys::Keys;
pub use kind::{Kind, Words};
pub use limits::{Fault, draft, faults};
pub use secrets::{Secret, Secrets, Tokens};
