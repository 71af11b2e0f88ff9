//! What a visitor sees when something fails: what it was, and a way on. Never a reason that belongs in our own log.

use askama::Template;
use jiff::Timestamp;

use super::shell::{Portal, PortalKind, Section, Shell, Synced};
use crate::words::Lang;

/// A page for a failure. Pages for items that are gone are `items::view::GonePage`.
#[derive(Template)]
#[template(path = "web/error.html")]
pub struct ErrorPage {
    /// The frame; `bare_shell` where no portal speaks.
    pub shell: Shell,
    /// What failed.
    pub fault: Fault,
}

/// What failed.
#[derive(Clone, Debug)]
pub enum Fault {
    /// 404.
    NotFound,
    /// 400: what was wrong with the request, in the shell's language.
    Bad {
        /// For example `Trang phải là một số từ 1.`
        what: String,
    },
    /// 403: not for this visitor, or not in this way; in the shell's language.
    Forbidden {
        /// Why, and what is to be done.
        what: String,
    },
    /// 421: no portal of this node has the host name.
    UnknownHost {
        /// The name that was asked for.
        host: String,
    },
    /// 503: the node is starting, waits for another node's word, or its disk or database is in trouble.
    NotNow {
        /// Why, and what is to be done, in the shell's language.
        what: String,
    },
    /// 429: this network asks too often.
    TooOften {
        /// Why, and what is to be done, in the shell's language.
        what: String,
        /// True if the same address may be asked for again in a moment.
        again: bool,
    },
    /// 413: more was sent than is taken.
    TooLarge {
        /// What, how much is taken, and what is to be done, in the shell's language.
        what: String,
        /// The path from which it was sent.
        back: Option<String>,
    },
    /// 503: the item is issued and its content has not come yet.
    Awaited,
    /// 500: it is ours; the code finds it in our log.
    Ours {
        /// What the visitor may quote.
        code: String,
    },
}

impl Fault {
    /// The status of the answer (RFC 9110).
    pub fn status(&self) -> u16 {
        match self {
            Fault::NotFound => 404,
            Fault::Bad { .. } => 400,
            Fault::Forbidden { .. } => 403,
            Fault::UnknownHost { .. } => 421,
            Fault::NotNow { .. } | Fault::Awaited => 503,
            Fault::TooOften { .. } => 429,
            Fault::TooLarge { .. } => 413,
            Fault::Ours { .. } => 500,
        }
    }
}

impl ErrorPage {
    /// The page's name for the shell's title.
    pub fn title_of(fault: &Fault, lang: Lang) -> &'static str {
        let w = lang.words();
        match fault {
            Fault::NotFound => w.error_not_found,
            Fault::Bad { .. } => w.error_bad,
            Fault::Forbidden { .. } => w.error_forbidden,
            Fault::UnknownHost { .. } => w.error_host,
            Fault::NotNow { .. } => w.error_not_now,
            Fault::TooOften { .. } => w.error_too_often,
            Fault::TooLarge { .. } => lang.kept().large_title,
            Fault::Awaited => w.error_awaited,
            Fault::Ours { .. } => w.error_ours,
        }
    }

    fn heading(&self) -> &'static str {
        ErrorPage::title_of(&self.fault, self.shell.lang)
    }

    fn says(&self) -> String {
        let w = self.shell.w();
        match &self.fault {
            Fault::NotFound => w.error_not_found_says.to_owned(),
            Fault::Bad { what } | Fault::Forbidden { what } => what.clone(),
            Fault::UnknownHost { host } => w.error_host_says(host),
            Fault::NotNow { what } | Fault::TooOften { what, .. } | Fault::TooLarge { what, .. } => {
                what.clone()
            }
            Fault::Awaited => w.error_awaited_says.to_owned(),
            Fault::Ours { .. } => w.error_ours_says.to_owned(),
        }
    }

    fn back(&self) -> Option<&str> {
        match &self.fault {
            Fault::TooLarge { back, .. } => back.as_deref(),
            _ => None,
        }
    }

    fn again(&self) -> bool {
        matches!(self.fault, Fault::TooOften { again: true, .. })
    }

    fn code(&self) -> Option<&str> {
        match &self.fault {
            Fault::Ours { code } => Some(code),
            _ => None,
        }
    }
}

/// A frame where no portal speaks: an unknown host, a node that has none yet.
pub fn bare_shell(lang: Lang, now: Timestamp, path: &str, demo: bool, rehearsal: bool) -> Shell {
    Shell {
        lang,
        now,
        portal: Portal {
            name: lang.words().house.to_owned(),
            parent: None,
            kind: PortalKind::Unit,
            domain: String::new(),
            unit: String::new(),
            contacts: Vec::new(),
            mark: None,
            theme: None,
        },
        home: String::new(),
        path: path.to_owned(),
        title: None,
        description: None,
        section: Section::Elsewhere,
        demo,
        rehearsal,
        synced: Synced::Never,
        nodes: (0, 0),
        feeds: None,
        moved: Vec::new(),
        light: false,
        mails: false,
    }
}
