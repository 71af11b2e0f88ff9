//! What may be reported: each topic of the authority table that is handled as a petition is a service.

use jiff::civil::Date;
use open311::{Attribute, Choice, Datatype, Definition, Delivery, Service};
use routing::table::{Table, Topic};

use super::both;
use crate::petitions::Mode;
use crate::petitions::rules::Kind;
use crate::words::{GeoreportWords, Lang};

/// The names of what is asked for beside the specification's own arguments.
pub const KIND: &str = "loai";
/// How the sender appears.
pub const MODE: &str = "dinh-danh";
/// Where the sender lives.
pub const ADDRESS: &str = "dia-chi";
/// That it is a petition, though its words make one think of a complaint.
pub const STILL: &str = "van-la";
/// The number of the very report.
pub const ONCE: &str = "lan";
/// The answer to [`STILL`].
const YES: &str = "co";

/// All topics, those that are told and not handled among them.
pub fn topics() -> &'static [Topic] {
    Table::shipped().topics()
}

/// The topic of a service's code.
pub fn topic(code: &str) -> Option<&'static Topic> {
    topics().iter().find(|topic| topic.id == code)
}

/// The services, in the order of the table.
pub fn all() -> Vec<Service> {
    topics().iter().filter(|topic| topic.outside.is_none()).map(service).collect()
}

fn service(topic: &Topic) -> Service {
    // A comma stands between keywords and in none.
    let words = std::iter::once(&topic.name_en).chain(&topic.words);
    let keywords =
        words.map(|word| word.replace(',', " ").split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    Service {
        code: topic.id.clone(),
        name: topic.name.clone(),
        description: topic.includes.clone(),
        metadata: true,
        delivery: Delivery::Realtime,
        keywords,
        group: topic.group.clone(),
    }
}

/// What a service asks for on a day: the same of all.
pub fn definition(code: &str, day: Date) -> Definition {
    let choice = |key: &str, name: String| Choice { key: key.to_owned(), name };
    let kinds = Kind::all(day)
        .into_iter()
        .map(|kind| choice(&kind.kind, format!("{} · {}", kind.name(Lang::Vi), kind.name(Lang::En))));
    let modes = Mode::ALL
        .map(|mode| choice(mode.word(), format!("{} · {}", mode.name(Lang::Vi), mode.name(Lang::En))));
    let still = both(|w| w.still_yes.to_owned());
    Definition {
        service_code: code.to_owned(),
        attributes: vec![
            asks(KIND, Datatype::SingleValueList, |w| (w.kind, w.kind_how), kinds.collect()),
            asks(MODE, Datatype::SingleValueList, |w| (w.mode, w.mode_how), modes.into()),
            asks(ADDRESS, Datatype::String, |w| (w.address, w.address_how), Vec::new()),
            asks(STILL, Datatype::SingleValueList, |w| (w.still, w.still_how), vec![choice(YES, still)]),
            asks(ONCE, Datatype::String, |w| (w.once, w.once_how), Vec::new()),
        ],
    }
}

fn asks(
    code: &str,
    datatype: Datatype,
    says: fn(&'static GeoreportWords) -> (&'static str, &'static str),
    values: Vec<Choice>,
) -> Attribute {
    Attribute {
        variable: true,
        code: code.to_owned(),
        datatype,
        required: false,
        datatype_description: both(|w| says(w).1.to_owned()),
        description: both(|w| says(w).0.to_owned()),
        values,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_that_is_a_petition_is_a_service_and_no_other() {
        let all = all();
        assert!(all.len() > 140 && all.len() < topics().len(), "{}", all.len());
        for service in &all {
            assert!(!service.name.is_empty() && !service.description.is_empty(), "{}", service.code);
            assert!(service.keywords.iter().all(|word| !word.contains(',')), "{:?}", service.keywords);
        }
        assert!(all.iter().all(|service| service.code != "ngoai.to-cao"));
        assert!(topic("ngoai.to-cao").is_some_and(|topic| topic.outside.is_some()));
        assert!(all.iter().any(|service| service.code == routing::table::CATCH_ALL));
    }
}
