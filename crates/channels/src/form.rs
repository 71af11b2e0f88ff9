//! What is written for one service.

use serde::{Deserialize, Serialize};

use crate::kind::Kind;

/// What is written for one service. Whatever a field says that the service has no place for is a fault, not left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Form {
    /// The title: Zalo and YouTube have one; empty elsewhere.
    #[serde(default)]
    pub title: String,
    /// The text: the description at Zalo and YouTube, the words of a post elsewhere.
    #[serde(default)]
    pub text: String,
    /// The address of the item's page. It is also the mark by which a lost post is found again, so it is best one of its own for each
    /// delivery (a short link).
    #[serde(default)]
    pub link: Option<String>,
    /// Pictures and clips in the order in which they are shown.
    #[serde(default)]
    pub media: Vec<Media>,
    /// A clip is published as a reel (Facebook).
    #[serde(default)]
    pub reel: bool,
    /// People are told at once: Zalo broadcasts the article, Telegram lets telephones sound.
    #[serde(default)]
    pub notify: bool,
}

/// What a medium is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// A picture.
    Picture,
    /// A clip.
    Clip,
    /// The still picture of the clip before it.
    Poster,
    /// Captions of the clip before them (WebVTT).
    Captions,
}

/// A picture or a clip, named by its hash: the bytes are with whoever makes the calls.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Media {
    /// What it is for.
    pub role: Role,
    /// SHA-256 of its bytes, in hexadecimal.
    pub hash: String,
    /// Its media type: `image/jpeg`, `video/mp4`, `text/vtt`.
    pub media_type: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// How long a clip runs, in milliseconds.
    #[serde(default)]
    pub millis: Option<u64>,
    /// Its width and height in pixels.
    #[serde(default)]
    pub pixels: Option<(u32, u32)>,
    /// A public address at which it lies: Zalo and Viber fetch it themselves.
    #[serde(default)]
    pub url: Option<String>,
    /// What it shows, in words.
    #[serde(default)]
    pub alt: String,
    /// SHA-256 of the file of which this is a copy that the service takes, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<String>,
}

impl Form {
    /// Its pictures.
    pub fn pictures(&self) -> impl Iterator<Item = &Media> {
        self.of(Role::Picture)
    }

    /// Its first clip.
    #[must_use]
    pub fn clip(&self) -> Option<&Media> {
        self.of(Role::Clip).next()
    }

    /// Its media of a role.
    pub fn of(&self, role: Role) -> impl Iterator<Item = &Media> {
        self.media.iter().filter(move |medium| medium.role == role)
    }

    /// The text as it goes over the line, which is what is counted: where the service has no place for a link, it stands behind the text
    /// on a line of its own, unless the text holds it already.
    #[must_use]
    pub fn wire(&self, kind: Kind) -> String {
        let apart = match kind {
            // A link post has its own field; a photo and a clip have none.
            Kind::Facebook => self.media.is_empty(),
            // The article's body ends with the link.
            Kind::Zalo => true,
            // A picture is posted with its words alone: Viber gives it no link, so it stands in them.
            Kind::Viber | Kind::YouTube | Kind::Telegram | Kind::Sms => false,
        };
        match &self.link {
            Some(link) if !apart && !self.text.contains(link.as_str()) => {
                let between = match kind {
                    _ if self.text.is_empty() => "",
                    Kind::Sms => " ",
                    _ => "\n",
                };
                format!("{}{between}{link}", self.text)
            }
            _ => self.text.clone(),
        }
    }

    /// Forgets the words and the media, and keeps the link as the mark.
    pub fn forget(&mut self) {
        *self = Form { link: self.link.take(), ..Form::default() };
    }
}
