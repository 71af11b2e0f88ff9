//! What stands around every page: who speaks, where one is, the other language, how fresh the page is, who answers.
//!
//! `Shell` holds plain facts; the template `web/shell.html` says them. A portal's own colour comes as one style sheet
//! of its own (`theme_css`), because the content security policy allows no style inside a page.

mod accent;

use jiff::{SignedDuration, Timestamp};

pub use accent::{Accent, AccentError, theme_css};

use crate::petitions;
use crate::procedures;
use crate::web::assets;
use crate::words::{AgencyWords, DeskWords, Lang, ReadingWords, Words, date, number};

/// What a page's frame needs to know.
#[derive(Clone, Debug)]
pub struct Shell {
    /// The language of the interface; titles and bodies of items stay in theirs.
    pub lang: Lang,
    /// The instant for which the page is drawn.
    pub now: Timestamp,
    /// Whose portal this is.
    pub portal: Portal,
    /// Scheme and authority as the visitor wrote them, for what must be an absolute address; empty where no portal speaks.
    pub home: String,
    /// The page's address without the language's prefix, with its query: `/thong-tin?trang=2`.
    pub path: String,
    /// The page's name, first in the browser's title; `None` on the home page.
    pub title: Option<String>,
    /// One sentence for search engines; without one, the page's title and what a portal is for.
    pub description: Option<String>,
    /// Which entry of the navigation is the current one.
    pub section: Section,
    /// Whether this is a demonstration: every page then says so at its top.
    pub demo: bool,
    /// Whether this is a rehearsal: every page says so at its top, in its title and on paper.
    pub rehearsal: bool,
    /// How fresh what the page shows is.
    pub synced: Synced,
    /// How many of the nodes that this one follows or is followed by are in step, and of how many.
    pub nodes: (u32, u32),
    /// The paths of the portal's main feed as Atom and as RSS.
    pub feeds: Option<(String, String)>,
    /// Who has taken the portal's place, if its agency has ended: names and addresses.
    pub moved: Vec<(String, String)>,
    /// Whether pictures are links with their size.
    pub light: bool,
    /// Whether the node can send mails to those who follow something.
    pub mails: bool,
}

/// The portal that speaks.
#[derive(Clone, Debug)]
pub struct Portal {
    /// Its name in the shell's language: `Xã Ba Chẽ`.
    pub name: String,
    /// The line above the name: `Tỉnh Quảng Ninh`.
    pub parent: Option<String>,
    /// What kind of body it is: the navigation speaks of "tin của xã" or "tin của bộ".
    pub kind: PortalKind,
    /// Its domain: `bache.quangninh.gov.vn`.
    pub domain: String,
    /// The unit that answers for the portal: `Văn phòng HĐND và UBND xã`.
    pub unit: String,
    /// Where the unit sits, how to call it and write to it; empty lines are left out.
    pub contacts: Vec<String>,
    /// The address of its own mark (an SVG or PNG of this host); `None` shows the bridge.
    pub mark: Option<String>,
    /// The address of its style sheet made by `theme_css`; `None` leaves the house's lacquer red.
    pub theme: Option<String>,
}

/// What kind of body a portal belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PortalKind {
    /// The Government.
    Government,
    /// A ministry or ministerial-level agency.
    Ministry,
    /// A province (tỉnh).
    Province,
    /// A centrally run city (thành phố).
    City,
    /// A rural commune (xã).
    Commune,
    /// An urban ward (phường).
    Ward,
    /// A special zone (đặc khu).
    SpecialZone,
    /// A component unit or any other body.
    Unit,
}

/// The entries of the navigation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Section {
    /// The home page.
    Home,
    /// What the Government and others direct: `/thong-tin?cua=mang`.
    Directions,
    /// What this portal itself publishes: `/thong-tin?cua=cong`.
    Own,
    /// Administrative procedures: `/dich-vu`.
    Procedures,
    /// Petitions: `/phan-anh`.
    Petitions,
    /// Feeds: `/nguon-tin`.
    Feeds,
    /// Checking a paper or a file: `/kiem-tra`.
    Check,
    /// The network's state: `/mang`.
    Network,
    /// None of them.
    Elsewhere,
}

/// How fresh a page is. A page that is kept and served again must say `At`: an age would go stale.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Synced {
    /// So many seconds ago.
    Ago(u64),
    /// At this instant.
    At(Timestamp),
    /// Nothing has been received yet.
    Never,
}

/// One link of the navigation.
pub struct NavLink {
    /// Where it leads, with the language's prefix.
    pub href: String,
    /// What it says.
    pub label: &'static str,
    /// Whether the page belongs to it.
    pub current: bool,
}

impl Shell {
    /// The words of the page's language.
    pub fn w(&self) -> &'static Words {
        self.lang.words()
    }

    /// The words of the console in the page's language.
    pub fn t(&self) -> &'static DeskWords {
        self.lang.desk()
    }

    /// The words of the directory in the page's language.
    pub fn a(&self) -> &'static AgencyWords {
        self.lang.agency()
    }

    /// A path of this portal in the page's language: `/mang` → `/en/mang`.
    pub fn to(&self, path: &str) -> String {
        self.lang.path(path)
    }

    /// The path of an item's page.
    pub fn item(&self, reference: &str) -> String {
        self.to(&format!("/muc/{reference}"))
    }

    /// The path of an item's editions.
    pub fn history(&self, reference: &str) -> String {
        self.to(&format!("/muc/{reference}/lich-su"))
    }

    /// The path of where an item is shown.
    pub fn coverage(&self, reference: &str) -> String {
        self.to(&format!("/muc/{reference}/noi-hien-thi"))
    }

    /// The same page in the other language.
    pub fn other_href(&self) -> String {
        self.lang.other().path(&self.path)
    }

    /// The page in both languages, each by its whole address, as search engines ask for (`hreflang`).
    pub fn tongues(&self) -> [(&'static str, String); 2] {
        [self.lang, self.lang.other()]
            .map(|lang| (lang.code(), format!("{}{}", self.home, lang.path(&self.path))))
    }

    /// What a search engine shows under the title.
    pub fn described(&self) -> String {
        match &self.description {
            Some(text) => text.clone(),
            None => format!("{}. {}", self.full_title(), self.w().site_says),
        }
    }

    /// The browser's title: the page, then the portal.
    pub fn full_title(&self) -> String {
        let mark = if self.rehearsal { self.lang.rehearsal().title } else { "" };
        match &self.title {
            Some(title) => format!("{mark}{title} – {}", self.portal.name),
            None => format!("{mark}{}", self.portal.name),
        }
    }

    /// The line above the portal's name.
    pub fn parent(&self) -> &str {
        self.portal.parent.as_deref().unwrap_or_default()
    }

    /// The navigation in its order.
    pub fn nav(&self) -> [NavLink; 6] {
        let w = self.w();
        let link = |section, path: &str, label| NavLink {
            href: self.to(path),
            label,
            current: self.section == section,
        };
        [
            link(Section::Directions, "/thong-tin?cua=mang", w.nav_directions),
            link(Section::Own, "/thong-tin?cua=cong", self.own_news()),
            link(Section::Procedures, procedures::HOME, self.lang.procedures().nav),
            link(Section::Petitions, petitions::HOME, self.lang.petition().nav),
            link(Section::Check, "/kiem-tra", w.check_title),
            link(Section::Network, "/mang", w.network_title),
        ]
    }

    /// What this portal's own items are called: `Tin của xã`.
    pub fn own_news(&self) -> &'static str {
        let w = self.w();
        match self.portal.kind {
            PortalKind::Government => w.own_government,
            PortalKind::Ministry => w.own_ministry,
            PortalKind::Province => w.own_province,
            PortalKind::City => w.own_city,
            PortalKind::Commune => w.own_commune,
            PortalKind::Ward => w.own_ward,
            PortalKind::SpecialZone => w.own_zone,
            PortalKind::Unit => w.own_unit,
        }
    }

    /// Whether no portal speaks: then there is no navigation and nobody to name in the footer.
    pub fn bare(&self) -> bool {
        self.portal.domain.is_empty()
    }

    /// The contacts of the accountable unit on one line.
    pub fn contacts(&self) -> String {
        let said: Vec<&str> =
            self.portal.contacts.iter().map(String::as_str).filter(|c| !c.is_empty()).collect();
        said.join(" · ")
    }

    /// How fresh the page is and with how many nodes this one is in step.
    pub fn sync_sentence(&self) -> String {
        let w = self.w();
        let (now, of) =
            (number::whole(self.lang, self.nodes.0.into()), number::whole(self.lang, self.nodes.1.into()));
        match self.synced {
            Synced::Never => w.sync_never.to_owned(),
            Synced::Ago(seconds) => w.sync_ago(number::ago(self.lang, seconds), now, of),
            Synced::At(at) => {
                w.sync_at(date::hour_to_second(at), date::date(self.lang, date::day(at)), now, of)
            }
        }
    }

    /// What stands above every page while no other node can be reached: a correction may be on its way.
    pub fn stale_sentence(&self) -> Option<String> {
        let at = match self.synced {
            Synced::At(at) => at,
            Synced::Ago(seconds) => self.now - SignedDuration::from_secs(i64::try_from(seconds).ok()?),
            Synced::Never => return None,
        };
        let cut_off = self.nodes.0 == 0 && self.nodes.1 > 0;
        cut_off.then(|| self.w().stale(date::hour(at), date::date(self.lang, date::day(at))))
    }

    /// The style sheet's address.
    pub fn css(&self) -> &'static str {
        assets::css()
    }

    /// The verifier's address in the page's language.
    pub fn verify_js(&self) -> &'static str {
        assets::verify(self.lang)
    }

    /// The console's style sheet's address.
    pub fn desk_css(&self) -> &'static str {
        assets::desk_css()
    }

    /// The console's script's address in the page's language.
    pub fn desk_js(&self) -> &'static str {
        assets::desk_js(self.lang)
    }

    /// The address of the script that suggests titles while one types.
    pub fn search_js(&self) -> &'static str {
        assets::search()
    }

    /// The address of what reading gains by script: reading aloud, sharing, what is kept for hours without a line.
    pub fn reading_js(&self) -> &'static str {
        assets::reading()
    }

    /// The words of reading in the page's language.
    pub fn r(&self) -> &'static ReadingWords {
        self.lang.reading()
    }

    /// What was searched for, on the page that answers it.
    pub fn query(&self) -> String {
        let (page, query) = self.path.split_once('?').unwrap_or((&self.path, ""));
        let mut pairs = form_urlencoded::parse(query.as_bytes()).filter(|_| page == crate::search::HERE);
        pairs
            .find(|(name, _)| name == "q")
            .map(|(_, text)| text.chars().take(1_000).collect())
            .unwrap_or_default()
    }

    /// The tab icon's address.
    pub fn favicon(&self) -> &'static str {
        assets::favicon()
    }
}

/// A commune's frame for the tests of pages, at 10:00 on 24 November 2026 in Viet Nam.
#[cfg(test)]
pub(crate) fn sample(lang: Lang) -> Shell {
    Shell {
        lang,
        now: Timestamp::constant(1_795_489_200, 0),
        portal: Portal {
            name: "Xã Ba Chẽ".into(),
            parent: Some("Tỉnh Quảng Ninh".into()),
            kind: PortalKind::Commune,
            domain: "bache.quangninh.gov.vn".into(),
            unit: "Văn phòng HĐND và UBND xã".into(),
            contacts: vec!["Thôn Nam Kim".into(), String::new()],
            mark: None,
            theme: Some("/theme.css".into()),
        },
        home: "https://bache.quangninh.gov.vn".into(),
        path: "/muc/019ab3f0".into(),
        title: Some("Tên <b>trang</b>".into()),
        description: None,
        section: Section::Directions,
        demo: true,
        rehearsal: false,
        synced: Synced::Ago(12),
        nodes: (3, 3),
        feeds: Some(("/nguon-tin/tat-ca.atom".into(), "/nguon-tin/tat-ca.rss".into())),
        moved: Vec::new(),
        light: false,
        mails: true,
    }
}

/// Checks what every page promises: nothing that the content security policy forbids, nothing from elsewhere, one
/// heading of the first level, no placeholder left, and a title.
#[cfg(test)]
pub(crate) fn assert_page(html: &str) {
    assert!(!html.contains(" style=") && !html.contains("<style"), "a style inside the page");
    for script in html.split("<script").skip(1) {
        let tag = script.split('>').next().unwrap_or_default();
        let data = tag.contains("type=\"application/ld+json\"");
        assert!(data || tag.contains("src=\"/assets/"), "a script inside the page: {tag}");
    }
    for handler in [" onclick", " onload", " onerror", "javascript:"] {
        assert!(!html.contains(handler), "{handler}");
    }
    for from in ["src=\"http", "rel=\"stylesheet\" href=\"http"] {
        assert!(!html.contains(from), "something from elsewhere");
    }
    assert_eq!(html.matches("<h1").count(), 1, "one heading of the first level");
    let said = html.split("<script").next().unwrap_or_default();
    assert!(!said.contains('{') && !said.contains('}'), "a placeholder is left");
    assert!(html.contains("<title>") && html.contains("id=\"noi-dung\""));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_page_says_when_its_node_has_lost_all_others() {
        let said = |nodes, synced| Shell { nodes, synced, ..sample(Lang::Vi) }.stale_sentence();
        let as_of = said((0, 2), Synced::Ago(3_600)).unwrap();
        assert!(as_of.contains("đúng như lúc 09:00 ngày 24/11/2026"), "{as_of}");
        let now = sample(Lang::Vi).now;
        assert!(said((0, 2), Synced::At(now)).unwrap().contains("10:00"));
        assert_eq!(said((1, 2), Synced::At(now)), None);
        assert_eq!(said((0, 0), Synced::At(now)), None, "a node alone has nobody to lose");
        assert_eq!(said((0, 2), Synced::Never), None);
    }
}
