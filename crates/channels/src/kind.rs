//! The services, and words in both languages.

use serde::{Deserialize, Serialize};

/// Words for whoever reads a page, in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Words {
    /// In Vietnamese.
    pub vi: String,
    /// In English.
    pub en: String,
}

impl Words {
    /// Both together.
    #[must_use]
    pub fn new(vi: impl Into<String>, en: impl Into<String>) -> Words {
        Words { vi: vi.into(), en: en.into() }
    }
}

/// A service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A Page of Facebook (Graph API).
    Facebook,
    /// An Official Account of Zalo.
    Zalo,
    /// A channel of Viber.
    Viber,
    /// A channel of YouTube.
    YouTube,
    /// A channel of Telegram.
    Telegram,
    /// Text messages through a gateway.
    Sms,
}

impl Kind {
    /// All of them, in the order in which a page lists them.
    pub const ALL: [Kind; 6] =
        [Kind::Facebook, Kind::Zalo, Kind::Viber, Kind::YouTube, Kind::Telegram, Kind::Sms];

    /// Its word in data: `facebook`, `zalo`, `viber`, `youtube`, `telegram`, `sms`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Kind::Facebook => "facebook",
            Kind::Zalo => "zalo",
            Kind::Viber => "viber",
            Kind::YouTube => "youtube",
            Kind::Telegram => "telegram",
            Kind::Sms => "sms",
        }
    }

    /// Its name as people know it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Kind::Facebook => "Facebook",
            Kind::Zalo => "Zalo",
            Kind::Viber => "Viber",
            Kind::YouTube => "YouTube",
            Kind::Telegram => "Telegram",
            Kind::Sms => "SMS",
        }
    }

    /// True if what stands there can be changed; otherwise a correction is a post of its own.
    #[must_use]
    pub fn edits(self) -> bool {
        !matches!(self, Kind::Viber | Kind::Sms)
    }

    /// True if what stands there can be taken away; otherwise a withdrawal is a post of its own.
    #[must_use]
    pub fn deletes(self) -> bool {
        !matches!(self, Kind::Viber | Kind::Sms)
    }

    /// True if the service tells us of itself what becomes of a post, at [`Account::webhook`].
    #[must_use]
    pub fn reports(self) -> bool {
        matches!(self, Kind::Zalo | Kind::Viber | Kind::Sms)
    }
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.word())
    }
}

impl std::str::FromStr for Kind {
    type Err = String;
    fn from_str(text: &str) -> Result<Kind, String> {
        Kind::ALL.into_iter().find(|kind| kind.word() == text).ok_or_else(|| {
            let words: Vec<&str> = Kind::ALL.iter().map(|kind| kind.word()).collect();
            format!("must be one of {}", words.join(", "))
        })
    }
}
