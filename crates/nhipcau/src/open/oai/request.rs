//! What a harvester asks, read strictly: the protocol names each way to be wrong.

use jiff::Timestamp;
use jiff::civil::Date;
use network::directory::Directory;

use crate::items::store::Reference;
use crate::items::view::Kind;
use crate::open::cursor::{Cursor, Place};

/// What is wrong, by the protocol's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The code.
    pub code: &'static str,
    /// What to do.
    pub says: String,
}

impl Fault {
    fn new(code: &'static str, says: impl Into<String>) -> Fault {
        Fault { code, says: says.into() }
    }

    fn argument(says: impl Into<String>) -> Fault {
        Fault::new("badArgument", says)
    }

    /// No record has this identifier.
    pub fn no_such_id() -> Fault {
        Fault::new("idDoesNotExist", "No item of this portal has this identifier: oai:<portal>:<reference>.")
    }

    /// The record has no such form.
    pub fn no_format() -> Fault {
        Fault::new(
            "cannotDisseminateFormat",
            "This item has no record in this format; see ListMetadataFormats.",
        )
    }

    /// Nothing fits.
    pub fn none_match() -> Fault {
        Fault::new("noRecordsMatch", "No record fits from, until and set.")
    }

    /// The token is none of ours.
    pub fn bad_token() -> Fault {
        Fault::new("badResumptionToken", "This token was not given out here; begin the list again.")
    }
}

/// A form of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Dublin Core, the one that every repository has.
    Dc,
    /// Akoma Ntoso 3.0: the whole text of an official document with its parts and relations.
    Akn,
}

impl Format {
    /// Both.
    pub const ALL: [Format; 2] = [Format::Dc, Format::Akn];

    /// Its prefix.
    pub fn prefix(self) -> &'static str {
        match self {
            Format::Dc => "oai_dc",
            Format::Akn => "akn",
        }
    }

    fn of(prefix: &str) -> Result<Format, Fault> {
        Format::ALL.into_iter().find(|format| format.prefix() == prefix).ok_or_else(|| {
            Fault::new(
                "cannotDisseminateFormat",
                "There are the formats oai_dc and akn; see ListMetadataFormats.",
            )
        })
    }
}

/// A list of records or headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// Which items, and how far.
    pub walk: Cursor,
    /// In which form.
    pub format: Format,
    /// True for headers alone.
    pub headers: bool,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Who this is.
    Identify,
    /// Which forms there are, of all or of one record.
    Formats(Option<Reference>),
    /// Which sets there are.
    Sets,
    /// One record.
    Get(Reference, Format),
    /// Many.
    List(List),
}

/// A request that can be answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// What is to be done.
    pub verb: Verb,
    /// The arguments as they were given, for the answer to repeat.
    pub said: Vec<(String, String)>,
}

impl Ask {
    /// Reads the arguments; `now` is in microseconds.
    pub fn read(query: &[u8], now: i64, portal: &str, directory: &Directory) -> Result<Ask, Fault> {
        let said: Vec<(String, String)> = form_urlencoded::parse(query)
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        let verbs: Vec<&str> =
            said.iter().filter(|(name, _)| name == "verb").map(|(_, v)| v.as_str()).collect();
        let [verb] = verbs[..] else {
            return Err(Fault::new(
                "badVerb",
                "Give one verb: Identify, ListMetadataFormats, ListSets, ListIdentifiers, ListRecords or GetRecord.",
            ));
        };
        let (must, may): (&[&str], &[&str]) = match verb {
            "Identify" => (&[], &[]),
            "ListMetadataFormats" => (&[], &["identifier"]),
            "ListSets" => (&[], &["resumptionToken"]),
            "GetRecord" => (&["identifier", "metadataPrefix"], &[]),
            "ListIdentifiers" | "ListRecords" => {
                (&[], &["metadataPrefix", "from", "until", "set", "resumptionToken"])
            }
            _ => return Err(Fault::new("badVerb", "There is no such verb.")),
        };
        let one =
            |wanted: &str| said.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
        for (at, (name, value)) in said.iter().enumerate() {
            let known = name == "verb" || must.contains(&name.as_str()) || may.contains(&name.as_str());
            if !known || said[..at].iter().any(|(before, _)| before == name) || value.len() > 1_024 {
                let name: String = name.chars().take(40).collect();
                return Err(Fault::argument(format!(
                    "The argument {name:?} is unknown here, repeated or too long."
                )));
            }
        }
        if let Some(missing) = must.iter().find(|name| one(name).is_none()) {
            return Err(Fault::argument(format!("The argument {missing} is missing.")));
        }
        let verb = match verb {
            "Identify" => Verb::Identify,
            "ListMetadataFormats" => {
                Verb::Formats(one("identifier").map(|id| identified(id, portal)).transpose()?)
            }
            "ListSets" if one("resumptionToken").is_some() => return Err(Fault::bad_token()),
            "ListSets" => Verb::Sets,
            "GetRecord" => {
                let format = Format::of(one("metadataPrefix").unwrap_or_default())?;
                Verb::Get(identified(one("identifier").unwrap_or_default(), portal)?, format)
            }
            verb => Verb::List(list(&said, verb == "ListIdentifiers", now, directory)?),
        };
        Ok(Ask { verb, said })
    }
}

fn identified(text: &str, portal: &str) -> Result<Reference, Fault> {
    let name = text.strip_prefix("oai:").and_then(|rest| rest.strip_prefix(portal)?.strip_prefix(':'));
    name.and_then(|name| name.parse().ok()).ok_or_else(Fault::no_such_id)
}

fn list(said: &[(String, String)], headers: bool, now: i64, directory: &Directory) -> Result<List, Fault> {
    let one = |wanted: &str| said.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    if let Some(token) = one("resumptionToken") {
        if said.len() > 2 {
            return Err(Fault::argument("resumptionToken stands alone beside the verb."));
        }
        let walk = Cursor::read(token).filter(|walk| walk.told > 0).ok_or_else(Fault::bad_token)?;
        let format = Format::of(&walk.form).map_err(|_| Fault::bad_token())?;
        return Ok(List { walk, format, headers });
    }
    let prefix =
        one("metadataPrefix").ok_or_else(|| Fault::argument("The argument metadataPrefix is missing."))?;
    let format = Format::of(prefix)?;
    let (from, until) = (one("from").map(moment).transpose()?, one("until").map(moment).transpose()?);
    if let (Some(from), Some(until)) = (from, until) {
        if from.1 != until.1 {
            return Err(Fault::argument("from and until must have the same granularity."));
        }
        if from.0 > until.0 {
            return Err(Fault::argument("from lies after until."));
        }
    }
    let mut walk = Cursor {
        from: from.map_or(0, |(at, _)| at),
        // The whole second, or the whole day, belongs to it. Without one the list ends at what is there now.
        until: until
            .map_or(now, |(at, day)| at.saturating_add(if day { 86_400_000_000 } else { 1_000_000 }) - 1),
        form: prefix.to_owned(),
        after: Place { at: i64::MIN, ..Place::default() },
        ..Cursor::default()
    };
    match one("set").map(|set| set.split_once(':').unwrap_or((set, ""))) {
        None => {}
        Some(("kind", "")) | Some(("agency", "")) => {}
        Some(("kind", word)) if Kind::all().any(|kind| kind.word() == word) => walk.kind = word.to_owned(),
        Some(("agency", host)) => {
            let agency = directory.agencies().find(|agency| agency.domain.as_str() == host);
            let agency = agency.ok_or_else(|| Fault::new("noRecordsMatch", "There is no such set."))?;
            walk.issuer = agency.origin.to_string();
        }
        Some(_) => return Err(Fault::new("noRecordsMatch", "There is no such set; see ListSets.")),
    }
    Ok(List { walk, format, headers })
}

/// A day, or a second in UTC; true for a day.
fn moment(text: &str) -> Result<(i64, bool), Fault> {
    let wrong = || Fault::argument("Dates are written 2026-07-01 or 2026-07-01T00:00:00Z.");
    let second = text.len() == 20 && text.ends_with('Z') && !text.contains(['.', '+', ' ']);
    if second {
        return text.parse::<Timestamp>().map(|at| (at.as_microsecond(), false)).map_err(|_| wrong());
    }
    let day: Date =
        Some(text).filter(|text| text.len() == 10).and_then(|text| text.parse().ok()).ok_or_else(wrong)?;
    let at = day.to_zoned_datetime(jiff::tz::TimeZone::UTC).map_err(|_| wrong())?;
    Ok((at.timestamp().as_microsecond(), true))
}
