//! Where an item is: how many portals show its latest edition, which do not and who takes care of them, which nodes
//! store it, and the closed account of every correction and withdrawal.

use askama::Template;
use jiff::Timestamp;

use crate::items::view::Title;
use crate::reach::shown::Network;
use crate::sightings::{Verdict, pages};
use crate::web::shell::Shell;
use crate::words::{SightingWords, Words, date, number};

/// The coverage of an item: `/muc/<ref>/noi-hien-thi`.
#[derive(Template)]
#[template(path = "logs/coverage.html")]
pub struct CoveragePage {
    /// The frame.
    pub shell: Shell,
    /// The item's name in addresses.
    pub reference: String,
    /// What leads back: `Nghị định 154/2026/NĐ-CP`.
    pub label: String,
    /// The item's title; `None` once it is erased.
    pub title: Option<Title>,
    /// What the page counts.
    pub summary: Summary,
    /// Portals that are as they should be, of all that should.
    pub portals: (u32, u32),
    /// The issue and every later step, newest first: when, how far, how fast.
    pub accounts: Vec<Account>,
    /// Portals that are not as they should be, by node.
    pub exceptions: Vec<Exception>,
    /// The portals by province (and the central ones), in the order of the directory.
    pub provinces: Vec<ProvinceRow>,
    /// The nodes that follow the log.
    pub holders: Vec<HolderRow>,
    /// What this node has seen on pages of others; no receipts.
    pub sites: Vec<SiteRow>,
    /// How portals report that it was read.
    pub reach: Network,
    /// Where its agency's staff see on which channels it stands; none for items of others.
    pub ledger: Option<String>,
}

/// What was seen of the item on a public page of somebody else's site.
#[derive(Clone, Debug)]
pub struct SiteRow {
    /// What the site is called.
    pub name: String,
    /// Its page; none of what no longer stands, for nobody is led there.
    pub url: Option<String>,
    /// What was seen.
    pub verdict: Verdict,
    /// Since when that is so.
    pub since: Timestamp,
    /// When it was looked at last, if ever.
    pub looked: Option<Timestamp>,
}

/// What the page counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Summary {
    /// Portals that show the latest edition.
    Shown,
    /// Portals that have withdrawn it.
    Withdrawn,
    /// Portals that have erased it.
    Erased,
}

/// One step of an item and how far it came.
#[derive(Clone, Debug)]
pub struct Account {
    /// What the step was.
    pub of: AccountOf,
    /// When its entry was written.
    pub at: Timestamp,
    /// Portals it has reached, of all that must take it.
    pub reached: (u32, u32),
    /// Milliseconds until half of the portals had it.
    pub half_ms: Option<u64>,
    /// Milliseconds until 99 of 100 had it.
    pub most_ms: Option<u64>,
    /// The first instant at which every portal had it, if it is known: the account is closed.
    pub closed_at: Option<Timestamp>,
}

/// What a step was.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AccountOf {
    /// The issue.
    Issue,
    /// An update.
    Update,
    /// A correction.
    Correction,
    /// A replacement.
    Replacement,
    /// A withdrawal.
    Withdrawal,
    /// An erasure.
    Erasure,
}

/// Portals of one node that are not as they should be, all in the same way.
#[derive(Clone, Debug)]
pub struct Exception {
    /// Whose the node is: `Tỉnh Lào Cai`.
    pub node: String,
    /// The portals, each with the complete address of the item there; at least one.
    pub portals: Vec<(String, Option<String>)>,
    /// Since when.
    pub since: Option<Timestamp>,
    /// Whether the reason is that its node cannot be reached.
    pub cut_off: bool,
    /// What a reader sees there.
    pub shows: Shows,
    /// Who takes care of it: `Tỉnh Lào Cai`.
    pub carer: String,
    /// When that one was told.
    pub told_at: Option<Timestamp>,
}

/// What a reader sees at a portal that is behind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shows {
    /// An earlier edition, with a line saying when the portal was last in step.
    Earlier {
        /// When it was last in step.
        synced: Timestamp,
    },
    /// An earlier edition, without such a line (a site of its own).
    EarlierUnmarked,
    /// Nothing yet.
    Nothing,
    /// Nobody knows: there has been no receipt.
    Unknown,
}

/// The portals of a province, one square each.
#[derive(Clone, Debug)]
pub struct ProvinceRow {
    /// The province, or what joins the central ones: `Trung ương`.
    pub name: String,
    /// Its portals in the order of the directory.
    pub cells: Vec<Cell>,
}

/// One portal's square.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cell {
    /// As it should be.
    Good,
    /// Not yet.
    Behind,
}

/// A node that follows the item's log.
#[derive(Clone, Debug)]
pub struct HolderRow {
    /// Its name: `quangninh.gov.vn/mirror`.
    pub name: String,
    /// Whose it is: `Tỉnh Quảng Ninh`.
    pub agency: String,
    /// Since when the entry is stored there; `None` while there is no receipt.
    pub stored_at: Option<Timestamp>,
    /// The size of the log up to which its receipt goes.
    pub size: Option<u64>,
    /// Portals on it that are as they should be, of those that should.
    pub portals: (u32, u32),
    /// Since when all of them are.
    pub shown_at: Option<Timestamp>,
}

impl ProvinceRow {
    fn good(&self) -> usize {
        self.cells.iter().filter(|cell| **cell == Cell::Good).count()
    }
}

impl CoveragePage {
    fn w(&self) -> &'static Words {
        self.shell.w()
    }

    fn n(&self, n: &u32) -> String {
        number::whole(self.shell.lang, (*n).into())
    }

    fn size(&self, n: &u64) -> String {
        number::whole(self.shell.lang, *n)
    }

    fn heading(&self) -> &'static str {
        match self.summary {
            Summary::Shown => self.w().coverage_title,
            Summary::Withdrawn => self.w().coverage_title_withdrawn,
            Summary::Erased => self.w().coverage_title_erased,
        }
    }

    /// What follows the big number.
    fn of_portals(&self) -> String {
        let of = self.n(&self.portals.1);
        match self.summary {
            Summary::Shown => self.w().coverage_shown(of),
            Summary::Withdrawn => self.w().coverage_withdrawn(of),
            Summary::Erased => self.w().coverage_erased(of),
        }
    }

    /// One step's account in a sentence, as `Đính chính lúc 14:20 hôm nay đã đến 3.370 cổng; nửa số cổng trong 0,2 giây`.
    fn account(&self, account: &Account) -> String {
        let (w, lang) = (self.w(), self.shell.lang);
        let what = match account.of {
            AccountOf::Issue => w.account_issue,
            AccountOf::Update => w.account_update,
            AccountOf::Correction => w.account_correction,
            AccountOf::Replacement => w.account_replacement,
            AccountOf::Withdrawal => w.account_withdrawal,
            AccountOf::Erasure => w.account_erasure,
        };
        let at = date::in_sentence(lang, account.at, self.shell.now);
        let (reached, of) = (self.n(&account.reached.0), self.n(&account.reached.1));
        let mut said = w.account_reached(what, at, reached, of);
        if let Some(half) = account.half_ms {
            said.push_str(&w.account_half(number::duration(lang, half)));
        }
        if let Some(most) = account.most_ms {
            said.push_str(&w.account_most(number::duration(lang, most)));
        }
        said.push_str(". ");
        match account.closed_at {
            Some(at) => said.push_str(&w.account_closed(date::in_sentence(lang, at, self.shell.now))),
            None if account.reached.0 == account.reached.1 => said.push_str(w.account_closed_all),
            None => {
                let open = account.reached.1.saturating_sub(account.reached.0);
                said.push_str(&w.account_open(self.n(&open)));
            }
        }
        said
    }

    fn exceptions_heading(&self) -> String {
        let n = number::whole(self.shell.lang, self.exceptions.iter().map(|e| e.portals.len() as u64).sum());
        match self.summary {
            Summary::Shown => self.w().exceptions_shown(n),
            Summary::Withdrawn | Summary::Erased => self.w().exceptions_removed(n),
        }
    }

    /// The node of an exception and how many of its portals it is about.
    fn node(&self, exception: &Exception) -> String {
        let n = number::whole(self.shell.lang, exception.portals.len() as u64);
        self.w().exception_node(&exception.node, n)
    }

    fn since(&self, exception: &Exception) -> String {
        let w = self.w();
        match (exception.since, exception.cut_off) {
            (None, _) => w.since_unknown.to_owned(),
            (Some(at), true) => w.since_cut(date::short(self.shell.lang, at, self.shell.now)),
            (Some(at), false) => date::short(self.shell.lang, at, self.shell.now),
        }
    }

    fn sees(&self, exception: &Exception) -> String {
        let w = self.w();
        match exception.shows {
            Shows::Earlier { synced } => w.sees_earlier(date::short(self.shell.lang, synced, self.shell.now)),
            Shows::EarlierUnmarked => w.sees_earlier_unmarked.to_owned(),
            Shows::Nothing => w.sees_nothing.to_owned(),
            Shows::Unknown => w.sees_unknown.to_owned(),
        }
    }

    fn care(&self, exception: &Exception) -> String {
        match exception.told_at {
            Some(at) => {
                self.w().care_told(&exception.carer, date::short(self.shell.lang, at, self.shell.now))
            }
            None => exception.carer.clone(),
        }
    }

    fn g(&self) -> &'static SightingWords {
        self.shell.lang.sighting()
    }

    fn verdict(&self, site: &SiteRow) -> &'static str {
        pages::name(site.verdict, self.g())
    }

    fn since_of(&self, site: &SiteRow) -> String {
        self.moment(&Some(site.since))
    }

    fn moment(&self, at: &Option<Timestamp>) -> String {
        let lang = self.shell.lang;
        match at {
            Some(at) => format!("{}, {}", date::hour_to_second(*at), date::date(lang, date::day(*at))),
            None => self.w().not_yet.to_owned(),
        }
    }

    fn ratio(&self, good: usize, of: usize) -> String {
        let lang = self.shell.lang;
        format!("{}/{}", number::whole(lang, good as u64), number::whole(lang, of as u64))
    }

    fn stored_heading(&self) -> String {
        let stored = self.holders.iter().filter(|holder| holder.stored_at.is_some()).count();
        let lang = self.shell.lang;
        self.w().holders_heading(
            number::whole(lang, stored as u64),
            number::whole(lang, self.holders.len() as u64),
        )
    }

    /// Squares of a province as markup: runs of `i` (as it should be) and `b` (not yet). Decoration only: the table
    /// beside it says the same to those who do not see it.
    fn squares(&self, row: &ProvinceRow) -> String {
        row.cells.iter().map(|cell| if *cell == Cell::Good { "<i></i>" } else { "<b></b>" }).collect()
    }
}
