//! What is needed to reach an account at a service, apart from its secrets.

use serde::{Deserialize, Serialize};

use crate::kind::Kind;

/// An account of an agency at a service. What of it a service needs, [`Account::needs`] says.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Account {
    /// The service.
    pub kind: Kind,
    /// Its name, as people see it there; the author of articles at Zalo.
    pub name: String,
    /// Whose it is at the service: the id of the Page, of the Official Account, of the YouTube channel, of the Telegram chat
    /// (`@name` or a number), the group of recipients at the SMS gateway. Empty at Viber, where the token says it.
    pub target: String,
    /// The id of the app (Facebook, Zalo) or of the OAuth client (YouTube); empty elsewhere.
    pub app: String,
    /// Viber: the id of the member in whose name is posted. SMS: the registered brand name. Empty elsewhere.
    pub sender: String,
    /// Where the service is reached instead of at its own hosts, without a slash at its end: a test, or the address of the SMS gateway.
    pub base: Option<String>,
    /// Where the service reaches us; Viber does not post without it.
    pub webhook: Option<String>,
}

/// A field of an account or of its secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// [`Account::target`]
    Target,
    /// [`Account::app`]
    App,
    /// [`Account::sender`]
    Sender,
    /// [`Account::base`]
    Base,
    /// [`Account::webhook`]
    Webhook,
    /// [`crate::Tokens::access`]
    Access,
    /// [`crate::Tokens::refresh`]
    Refresh,
    /// [`crate::Secrets::app`]
    AppSecret,
    /// [`crate::Secrets::webhook`]
    WebhookSecret,
}
