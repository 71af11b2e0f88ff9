//! In which language an item's page says its title, summary and text, and which others there are.

use network::content::{Item, Translation};

use crate::drafts::translated::own_name;
use crate::web::shell::Shell;
use crate::words::Lang;

/// The languages of an item on its page.
#[derive(Clone, Debug, Default)]
pub struct Tongues {
    /// The language of title, summary and text on this page (BCP 47).
    pub shown: String,
    /// What is said of a translation; nothing of the original.
    pub notice: Option<TongueNotice>,
    /// The languages in which it is not shown here.
    pub others: Vec<TongueLink>,
}

/// What is said of a translation before it is read.
#[derive(Clone, Debug)]
pub struct TongueNotice {
    /// Where the original stands, in the page's language.
    pub original: String,
    /// The edition of which it is, if it has fallen behind.
    pub behind: Option<u32>,
    /// True if only title and summary are translated.
    pub bare: bool,
}

/// The same item in another language.
#[derive(Clone, Debug)]
pub struct TongueLink {
    /// Its tag (BCP 47).
    pub tag: String,
    /// What the language calls itself.
    pub name: String,
    /// Its path, with the prefix of the page's language.
    pub href: String,
    /// True if it has fallen behind the original.
    pub behind: bool,
}

impl Tongues {
    /// The languages of an item whose page shows `said`, or the original.
    pub fn of(shell: &Shell, reference: &str, item: &Item, said: Option<&Translation>) -> Tongues {
        let shown = said.map_or(&item.lang, |said| &said.lang);
        let original = (&item.lang, false);
        let all = item.translations.iter().map(|other| (&other.lang, other.of < item.edition));
        let others = [original].into_iter().chain(all).filter(|(tag, _)| *tag != shown);
        Tongues {
            shown: shown.clone(),
            notice: said.map(|said| TongueNotice {
                original: href(shell.lang, reference, item, &item.lang),
                behind: Some(said.of).filter(|of| *of < item.edition),
                bare: said.text.trim().is_empty() && !item.body.text.trim().is_empty(),
            }),
            others: others
                .map(|(tag, behind)| TongueLink {
                    name: if tag == "vi" { "Tiếng Việt".to_owned() } else { own_name(tag).to_owned() },
                    href: href(shell.lang, reference, item, tag),
                    tag: tag.clone(),
                    behind,
                })
                .collect(),
        }
    }
}

/// Where an item stands in a language, within the pages of `lang`: English stands under `/en`, any other is asked for.
pub fn href(lang: Lang, reference: &str, item: &Item, tag: &str) -> String {
    let path = format!("/muc/{reference}");
    match tag {
        "en" => Lang::En.path(&path),
        // Where nothing is asked for, the original stands; but not on English pages, if there is an English translation.
        _ if tag == item.lang && (lang == Lang::Vi || item.translation("en").is_none()) => lang.path(&path),
        _ => lang.path(&format!("{path}?lang={tag}")),
    }
}
