//! The words of the house in both languages, and the forms of its numbers and dates.
//!
//! Every sentence that the interface says stands in `words/vi.toml` and `words/en.toml`. The tables are read while the
//! crate is compiled: a missing, misplaced or unnamed word and a wrong placeholder stop the build (`table`), and a word
//! that no page uses is a dead-code warning, which the build of record treats as an error.

mod agency;
mod annex;
mod authority;
mod breach;
mod brief;
pub mod browser;
mod bulletin;
mod calendar;
mod channel;
mod checks;
pub mod date;
mod desk;
mod doors;
mod embargo;
mod georeport;
mod kept;
mod keys;
mod letter;
mod log_key;
mod media;
pub mod number;
mod offline;
mod open;
mod opinion;
mod outlet;
mod packet;
mod petition;
mod petition_bulk;
mod petition_desk;
mod petition_forward;
mod petition_mail;
mod petition_pass;
mod petition_tie;
mod petition_urgent;
mod preview;
mod procedures;
mod reach;
mod reading;
mod recommend;
mod rehearsal;
mod search;
mod sighting;
mod source;
mod subscription;
mod table;
mod task;
mod translation;
mod websub;
mod word_file;

pub use agency::Words as AgencyWords;
pub use annex::Words as AnnexWords;
pub use authority::Words as AuthorityWords;
pub use breach::Words as BreachWords;
pub use brief::Words as BriefWords;
pub use bulletin::Words as BulletinWords;
pub use calendar::Words as CalendarWords;
pub use channel::Words as ChannelWords;
pub use checks::Words as CheckWords;
pub use desk::Words as DeskWords;
pub use doors::Words as DoorWords;
pub use embargo::Words as EmbargoWords;
pub use georeport::Words as GeoreportWords;
pub use kept::Words as KeptWords;
pub use keys::Words;
pub use letter::Words as LetterWords;
pub use log_key::Words as LogKeyWords;
pub use media::Words as MediaWords;
pub use offline::Words as OfflineWords;
pub use open::Words as OpenWords;
pub use opinion::Words as OpinionWords;
pub use outlet::Words as OutletWords;
pub use packet::Words as PacketWords;
pub use petition::Words as PetitionWords;
pub use petition_bulk::Words as PetitionBulkWords;
pub use petition_desk::Words as PetitionDeskWords;
pub use petition_forward::Words as PetitionForwardWords;
pub use petition_mail::Words as PetitionMailWords;
pub use petition_pass::Words as PetitionPassWords;
pub use petition_tie::Words as PetitionTieWords;
pub use petition_urgent::Words as PetitionUrgentWords;
pub use preview::Words as PreviewWords;
pub use procedures::Words as ProcedureWords;
pub use reach::Words as ReachWords;
pub use reading::Words as ReadingWords;
pub use recommend::Words as RecommendWords;
pub use rehearsal::Words as RehearsalWords;
pub use search::Words as SearchWords;
pub use sighting::Words as SightingWords;
pub use source::Words as SourceWords;
pub use subscription::Words as SubscriptionWords;
pub use task::Words as TaskWords;
pub use translation::Words as TranslationWords;
pub use websub::Words as WebsubWords;
pub use word_file::Words as WordFileWords;

/// A language of the interface.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Lang {
    /// Vietnamese, the first.
    Vi,
    /// English, beside it under the path prefix `/en`.
    En,
}

impl Lang {
    /// Its BCP 47 tag.
    pub fn code(self) -> &'static str {
        match self {
            Lang::Vi => "vi",
            Lang::En => "en",
        }
    }

    /// The language of a tag; Vietnamese if it is none of ours.
    pub fn of_code(code: &str) -> Lang {
        if code == Lang::En.code() { Lang::En } else { Lang::Vi }
    }

    /// The other language.
    pub fn other(self) -> Lang {
        match self {
            Lang::Vi => Lang::En,
            Lang::En => Lang::Vi,
        }
    }

    /// Its words.
    pub fn words(self) -> &'static Words {
        match self {
            Lang::Vi => &keys::VI,
            Lang::En => &keys::EN,
        }
    }

    /// The words of the console.
    pub fn desk(self) -> &'static DeskWords {
        match self {
            Lang::Vi => &desk::VI,
            Lang::En => &desk::EN,
        }
    }

    /// The words of the second pair of hands.
    pub fn doors(self) -> &'static DoorWords {
        match self {
            Lang::Vi => &doors::VI,
            Lang::En => &doors::EN,
        }
    }

    /// The words of embargoes.
    pub fn embargo(self) -> &'static EmbargoWords {
        match self {
            Lang::Vi => &embargo::VI,
            Lang::En => &embargo::EN,
        }
    }

    /// The words of what was typed and could not be taken.
    pub fn kept(self) -> &'static KeptWords {
        match self {
            Lang::Vi => &kept::VI,
            Lang::En => &kept::EN,
        }
    }

    /// The words of search.
    pub fn search(self) -> &'static SearchWords {
        match self {
            Lang::Vi => &search::VI,
            Lang::En => &search::EN,
        }
    }

    /// The words of bulletins for loudspeakers.
    pub fn bulletin(self) -> &'static BulletinWords {
        match self {
            Lang::Vi => &bulletin::VI,
            Lang::En => &bulletin::EN,
        }
    }

    /// The words of a portal's copy.
    pub fn offline(self) -> &'static OfflineWords {
        match self {
            Lang::Vi => &offline::VI,
            Lang::En => &offline::EN,
        }
    }

    /// The words of subscriptions.
    pub fn subscription(self) -> &'static SubscriptionWords {
        match self {
            Lang::Vi => &subscription::VI,
            Lang::En => &subscription::EN,
        }
    }

    /// The words of letters.
    pub fn letter(self) -> &'static LetterWords {
        match self {
            Lang::Vi => &letter::VI,
            Lang::En => &letter::EN,
        }
    }

    /// The words of opinions.
    pub fn opinion(self) -> &'static OpinionWords {
        match self {
            Lang::Vi => &opinion::VI,
            Lang::En => &opinion::EN,
        }
    }

    /// The words of the catalogue of procedures.
    pub fn procedures(self) -> &'static ProcedureWords {
        match self {
            Lang::Vi => &procedures::VI,
            Lang::En => &procedures::EN,
        }
    }

    /// The words of petitions.
    pub fn petition(self) -> &'static PetitionWords {
        match self {
            Lang::Vi => &petition::VI,
            Lang::En => &petition::EN,
        }
    }

    /// The words of suggestions and of handing over petitions.
    pub fn petition_pass(self) -> &'static PetitionPassWords {
        match self {
            Lang::Vi => &petition_pass::VI,
            Lang::En => &petition_pass::EN,
        }
    }

    /// The words of petitions that hang together.
    pub fn petition_tie(self) -> &'static PetitionTieWords {
        match self {
            Lang::Vi => &petition_tie::VI,
            Lang::En => &petition_tie::EN,
        }
    }

    /// The words of several petitions at once, and of templates.
    pub fn petition_bulk(self) -> &'static PetitionBulkWords {
        match self {
            Lang::Vi => &petition_bulk::VI,
            Lang::En => &petition_bulk::EN,
        }
    }

    /// The words of passing every petition on.
    pub fn petition_forward(self) -> &'static PetitionForwardWords {
        match self {
            Lang::Vi => &petition_forward::VI,
            Lang::En => &petition_forward::EN,
        }
    }

    /// The words of urgent briefs on petitions.
    pub fn petition_urgent(self) -> &'static PetitionUrgentWords {
        match self {
            Lang::Vi => &petition_urgent::VI,
            Lang::En => &petition_urgent::EN,
        }
    }

    /// The words of answers to mails.
    pub fn petition_mail(self) -> &'static PetitionMailWords {
        match self {
            Lang::Vi => &petition_mail::VI,
            Lang::En => &petition_mail::EN,
        }
    }

    /// The words of the authority table.
    pub fn authority(self) -> &'static AuthorityWords {
        match self {
            Lang::Vi => &authority::VI,
            Lang::En => &authority::EN,
        }
    }

    /// The words of recommendations of agencies.
    pub fn recommend(self) -> &'static RecommendWords {
        match self {
            Lang::Vi => &recommend::VI,
            Lang::En => &recommend::EN,
        }
    }

    /// The words of petitions in the console.
    pub fn petition_desk(self) -> &'static PetitionDeskWords {
        match self {
            Lang::Vi => &petition_desk::VI,
            Lang::En => &petition_desk::EN,
        }
    }

    /// The words of rehearsals.
    pub fn rehearsal(self) -> &'static RehearsalWords {
        match self {
            Lang::Vi => &rehearsal::VI,
            Lang::En => &rehearsal::EN,
        }
    }

    /// The words of the calendar of working days.
    pub fn calendar(self) -> &'static CalendarWords {
        match self {
            Lang::Vi => &calendar::VI,
            Lang::En => &calendar::EN,
        }
    }

    /// The words of reading.
    pub fn reading(self) -> &'static ReadingWords {
        match self {
            Lang::Vi => &reading::VI,
            Lang::En => &reading::EN,
        }
    }

    /// The words of the directory.
    pub fn agency(self) -> &'static AgencyWords {
        match self {
            Lang::Vi => &agency::VI,
            Lang::En => &agency::EN,
        }
    }

    /// The words of what portals say beside others' items.
    pub fn annex(self) -> &'static AnnexWords {
        match self {
            Lang::Vi => &annex::VI,
            Lang::En => &annex::EN,
        }
    }

    /// The words of tasks and their evidence.
    pub fn task(self) -> &'static TaskWords {
        match self {
            Lang::Vi => &task::VI,
            Lang::En => &task::EN,
        }
    }

    /// The words of translations.
    pub fn translation(self) -> &'static TranslationWords {
        match self {
            Lang::Vi => &translation::VI,
            Lang::En => &translation::EN,
        }
    }

    /// The words of the answers to "is this paper real?".
    pub fn checks(self) -> &'static CheckWords {
        match self {
            Lang::Vi => &checks::VI,
            Lang::En => &checks::EN,
        }
    }

    /// The words of the pages of open data.
    pub fn open(self) -> &'static OpenWords {
        match self {
            Lang::Vi => &open::VI,
            Lang::En => &open::EN,
        }
    }

    /// The words of logs' keys in tokens.
    pub fn log_key(self) -> &'static LogKeyWords {
        match self {
            Lang::Vi => &log_key::VI,
            Lang::En => &log_key::EN,
        }
    }

    /// The words of Word files that become a text.
    pub fn word_file(self) -> &'static WordFileWords {
        match self {
            Lang::Vi => &word_file::VI,
            Lang::En => &word_file::EN,
        }
    }

    /// The words of the Open311 interface.
    pub fn georeport(self) -> &'static GeoreportWords {
        match self {
            Lang::Vi => &georeport::VI,
            Lang::En => &georeport::EN,
        }
    }

    /// The words of preview links.
    pub fn preview(self) -> &'static PreviewWords {
        match self {
            Lang::Vi => &preview::VI,
            Lang::En => &preview::EN,
        }
    }

    /// A path in this language: `/mang` → `/mang` (vi), `/en/mang` (en).
    pub fn path(self, path: &str) -> String {
        match self {
            Lang::Vi => path.to_owned(),
            Lang::En => format!("/en{path}"),
        }
    }

    /// The words of a draft's media.
    pub fn media(self) -> &'static MediaWords {
        match self {
            Lang::Vi => &media::VI,
            Lang::En => &media::EN,
        }
    }

    /// The words of channels.
    pub fn channel(self) -> &'static ChannelWords {
        match self {
            Lang::Vi => &channel::VI,
            Lang::En => &channel::EN,
        }
    }

    /// The words of how often something is read.
    pub fn reach(self) -> &'static ReachWords {
        match self {
            Lang::Vi => &reach::VI,
            Lang::En => &reach::EN,
        }
    }

    /// The words of sites that are sent what changes.
    pub fn outlet(self) -> &'static OutletWords {
        match self {
            Lang::Vi => &outlet::VI,
            Lang::En => &outlet::EN,
        }
    }

    /// The words of documents that are pushed.
    pub fn packet(self) -> &'static PacketWords {
        match self {
            Lang::Vi => &packet::VI,
            Lang::En => &packet::EN,
        }
    }

    /// Those of who subscribes to feeds.
    pub fn websub(self) -> &'static WebsubWords {
        match self {
            Lang::Vi => &websub::VI,
            Lang::En => &websub::EN,
        }
    }

    /// The words of the watch over pages of other sites.
    pub fn sighting(self) -> &'static SightingWords {
        match self {
            Lang::Vi => &sighting::VI,
            Lang::En => &sighting::EN,
        }
    }

    /// The words of existing sites that are joined.
    pub fn source(self) -> &'static SourceWords {
        match self {
            Lang::Vi => &source::VI,
            Lang::En => &source::EN,
        }
    }

    /// The words of breaches of personal data.
    pub fn breach(self) -> &'static BreachWords {
        match self {
            Lang::Vi => &breach::VI,
            Lang::En => &breach::EN,
        }
    }

    /// The words of the weekly brief on petitions.
    pub fn brief(self) -> &'static BriefWords {
        match self {
            Lang::Vi => &brief::VI,
            Lang::En => &brief::EN,
        }
    }

    /// The home page of a portal elsewhere in this language.
    pub fn path_at(self, address: &str) -> String {
        format!("{address}{}", self.path("/"))
    }

    /// The language of a request's path, and the path without its prefix: `/en/mang` → English, `/mang`; `/en` → `/`.
    pub fn of_path(path: &str) -> (Lang, &str) {
        match path.strip_prefix("/en") {
            Some("") => (Lang::En, "/"),
            Some(rest) if rest.starts_with(['/', '?']) => (Lang::En, rest),
            _ => (Lang::Vi, path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_knows_its_language() {
        assert_eq!(Lang::of_path("/en/mang"), (Lang::En, "/mang"));
        assert_eq!(Lang::of_path("/en"), (Lang::En, "/"));
        assert_eq!(Lang::of_path("/enrol"), (Lang::Vi, "/enrol"));
        assert_eq!(Lang::En.path("/"), "/en/");
    }

    #[test]
    fn sentences_are_filled_in_both_languages() {
        assert_eq!(Lang::Vi.words().span_stored(3, 3), "3/3 máy chủ đang lưu");
        assert_eq!(Lang::En.words().span_stored(2, 3), "Stored on 2 of 3 nodes");
    }
}
