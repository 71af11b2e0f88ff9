//! What is followed: everything, a kind, a field, an agency, a place, one item, one document by its number, a search.
//!
//! A topic is one word, `kind:news`, and an item names the words under which it is looked for; only searches are read one
//! by one.

use ::search::{Query, Word, fold};
use network::content::Item;
use network::directory::Directory;
use network::names::Origin;
use vietnam::number::DocumentNumber;
use vietnam::text::{canonical, slug};

use crate::agencies;
use crate::items::store::Reference;
use crate::items::view::Kind;
use crate::items::{Card, kinds};
use crate::search::text;
use crate::words::Lang;

/// The longest search that can be followed, in characters.
pub const LONGEST: usize = 200;

/// What is followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Topic {
    /// Everything that the portal shows.
    All,
    /// A kind of items, by its word.
    Kind(String),
    /// A field of administration.
    Field(String),
    /// An agency.
    Agency(Origin),
    /// An agency of a place and all below it.
    Place(Origin),
    /// One item.
    Item(Reference),
    /// A document, and what is done to it, by the key of its number.
    Number(String),
    /// A search.
    Search(String),
}

impl Topic {
    /// The word that is stored.
    pub fn word(&self) -> String {
        match self {
            Topic::All => "all".into(),
            Topic::Kind(kind) => format!("kind:{kind}"),
            Topic::Field(field) => format!("field:{field}"),
            Topic::Agency(origin) => format!("agency:{origin}"),
            Topic::Place(origin) => format!("place:{origin}"),
            Topic::Item(reference) => format!("item:{reference}"),
            Topic::Number(key) => format!("number:{key}"),
            Topic::Search(text) => format!("search:{text}"),
        }
    }

    /// The topic behind a word.
    pub fn of(word: &str) -> Option<Topic> {
        let (sort, value) = word.split_once(':').unwrap_or((word, ""));
        let known = |value: &str| !value.is_empty() && value.len() <= 400;
        Some(match sort {
            "all" => Topic::All,
            "kind" => Topic::Kind(kinds::of(value)?.id.clone()),
            "field" if known(value) && slug(value) == value => Topic::Field(value.into()),
            "agency" => Topic::Agency(value.parse().ok()?),
            "place" => Topic::Place(value.parse().ok()?),
            "item" => Topic::Item(value.parse().ok()?),
            "number" => Topic::Number(value.parse::<DocumentNumber>().ok()?.key()),
            "search" => Topic::search(value)?,
            _ => return None,
        })
    }

    /// A search, if it looks for anything.
    pub fn search(typed: &str) -> Option<Topic> {
        let typed: Vec<&str> = typed.split_whitespace().collect();
        let typed: String = typed.join(" ").chars().take(LONGEST).collect();
        (!Query::read(&typed).words.is_empty()).then_some(Topic::Search(typed))
    }

    /// What it is called: `Tin của Bộ Tài chính`.
    pub fn says(&self, directory: &Directory, lang: Lang) -> String {
        let w = lang.subscription();
        let named = |origin: &Origin| agencies::name(directory.agency(origin), lang, origin.as_str());
        match self {
            Topic::All => w.topic_all.to_owned(),
            Topic::Kind(kind) => w.topic_kind(Kind::of(kind).label(lang)),
            Topic::Field(field) => w.topic_field(field.replace('-', " ")),
            Topic::Agency(origin) => w.topic_agency(named(origin)),
            Topic::Place(origin) => w.topic_place(named(origin)),
            Topic::Item(_) => w.topic_item.to_owned(),
            Topic::Number(key) => w.topic_number(key),
            Topic::Search(text) => w.topic_search(text),
        }
    }

    /// What it is called to somebody who has not asked for anything yet: no word of it is a stranger's.
    pub fn says_to_a_stranger(&self, directory: &Directory, lang: Lang) -> String {
        match self {
            Topic::Search(_) => lang.subscription().topic_search_asked.to_owned(),
            known => known.says(directory, lang),
        }
    }

    /// What of the portal's feeds tells the same, as their query has it (`?nguon=…`). None where no feed does.
    pub fn feed(&self) -> Option<String> {
        let (name, value) = match self {
            Topic::All => return Some(String::new()),
            Topic::Kind(kind) => ("loai", kinds::of(kind)?.slug.clone()),
            Topic::Agency(origin) => return Some(format!("?nguon={origin}")),
            Topic::Place(origin) => return Some(format!("?noi-log={origin}")),
            Topic::Item(reference) => ("muc", reference.to_string()),
            Topic::Number(key) => ("so", key.clone()),
            Topic::Search(text) => ("q", text.clone()),
            Topic::Field(_) => return None,
        };
        let pair = form_urlencoded::Serializer::new(String::new()).append_pair(name, &value).finish();
        Some(format!("?{pair}"))
    }

    /// The feeds that tell the same: what they are called, and their paths.
    pub fn feeds(&self) -> Vec<(&'static str, String)> {
        let forms = [("Atom", "/feed.atom"), ("RSS", "/feed.rss"), ("JSON Feed", "/feed.json")];
        let query = self.feed();
        query.iter().flat_map(|query| forms.map(|(form, path)| (form, format!("{path}{query}")))).collect()
    }
}

/// True for the word of a topic that is followed wherever it is published: at one portal all of the nation can be followed.
pub fn reaches_all(word: &str) -> bool {
    !["all", "kind", "field"].contains(&word.split(':').next().unwrap_or_default())
}

/// The words of all topics but searches to which an item belongs.
pub fn words(item: &Item, reference: &Reference, origin: &Origin, directory: &Directory) -> Vec<String> {
    let mut topics = vec![
        Topic::All,
        Topic::Kind(item.kind.to_string()),
        Topic::Item(reference.clone()),
        Topic::Agency(origin.clone()),
        Topic::Place(origin.clone()),
    ];
    topics.extend(item.fields.iter().cloned().map(Topic::Field));
    topics.extend(directory.ancestors(origin).map(|above| Topic::Place(above.origin.clone())));
    // A document's own number, and those of the documents to which it does something.
    let named = item.relations.iter().map(|relation| relation.number.as_str()).chain(item.number.as_deref());
    let keys = named.filter_map(|number| number.parse::<DocumentNumber>().ok()).map(|number| number.key());
    topics.extend(keys.map(Topic::Number));
    let mut words: Vec<String> = topics.iter().map(Topic::word).collect();
    words.sort();
    words.dedup();
    words
}

/// Everything that an item says, folded once, to be asked of many searches.
pub struct Said {
    padded: String,
    /// The same with its marks: who types a word with marks means that word.
    marked: String,
    whole: String,
}

impl Said {
    /// What an item says.
    pub fn of(item: &Item) -> Said {
        let names = [&item.number, &item.form, &item.agency, &item.title_en, &item.signer];
        let mut whole = format!("{}\n{}\n", item.title, item.summary);
        for name in names.into_iter().flatten() {
            whole.push_str(name);
            whole.push('\n');
        }
        whole.push_str(&text(&item.body));
        Said::new(whole)
    }

    /// What lists show of an item: all that is left of one that ended.
    pub fn of_card(card: &Card) -> Said {
        let names = [&card.number, &card.form, &card.agency, &card.title_en].into_iter().flatten();
        let whole = names.fold(format!("{}\n{}\n", card.title, card.summary), |all, name| all + name + "\n");
        Said::new(whole)
    }

    fn new(whole: String) -> Said {
        let padded = format!(" {} ", fold::folded(&whole).replace('\n', " "));
        Said { padded, marked: marked(&whole), whole }
    }

    /// True if it has every word of a search, and each quoted phrase as it stands.
    pub fn answers(&self, query: &Query) -> bool {
        let word = |word: &Word| {
            let typed = marked(&word.typed);
            let plain = typed.trim() == word.folded;
            self.padded.contains(&format!(" {} ", word.folded)) && (plain || self.marked.contains(&typed))
        };
        !query.words.is_empty()
            && query.words.iter().all(word)
            && query.phrases.iter().all(|phrase| phrase.stands(&[&self.whole], None))
    }
}

/// A text's words in lower case, with their marks, a blank around each.
fn marked(text: &str) -> String {
    let lower = canonical(text).to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(" ".to_owned(), |all, word| all + word + " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_read_as_it_was_written() {
        for word in
            ["all", "kind:news", "field:ho-tich", "agency:a.vn/log", "place:a.vn/log", "search:khai sinh"]
        {
            assert_eq!(Topic::of(word).unwrap().word(), word);
        }
        assert_eq!(Topic::of("number:042/2022/NĐ-CP").unwrap().word(), "number:42/2022/NĐ-CP");
        for bad in ["", "kind:bao", "field:", "agency:a b", "item:x", "number:không", "search:  ", "whom:x"]
        {
            assert_eq!(Topic::of(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_search_is_answered_by_all_its_words_and_by_phrases_as_they_stand() {
        let said = Said::new("Miễn lệ phí đăng ký khai sinh. Từ tháng Hai.".to_owned());
        let answers = |search| said.answers(&Query::read(search));
        assert!(answers("khai sinh le phi") && answers("\"lệ phí đăng ký\""));
        assert!(!answers("khai tử") && !answers("\"phí lệ\"") && !answers("…"));
    }
}
