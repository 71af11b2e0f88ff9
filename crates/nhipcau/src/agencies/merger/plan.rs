//! The plan of a merger or division: a pure function of the directory and of what this node counts.
//!
//! It names every step in its order, what moves and what stays, and what each person must still do at which node. What
//! would be refused later is refused here.

use std::collections::{BTreeMap, BTreeSet};

use network::directory::{Agency, Directory};
use network::entry::{Change, Kind, Name};
use network::names::Origin;
use serde::{Deserialize, Serialize};

use super::{Asked, origin};
use crate::problem::Fault;

/// What this node counts of an agency's log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counted {
    /// Entries that are here; empty if the log is not.
    pub size: Option<u64>,
    /// True if the portal is ours.
    pub ours: bool,
    /// Drafts of new items.
    pub drafts: u64,
    /// Drafts of next editions of items that the agency has issued.
    pub editions: u64,
    /// Open tasks.
    pub tasks: u64,
    /// People with a role there.
    pub people: u64,
    /// What lies sealed in its log until its hour: a log that has ended opens nothing.
    pub sealed: u64,
}

/// A step. Each is taken once, in its order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum Step {
    /// The parent states in its log that an agency has ended, at which size and who takes its place.
    Close {
        /// The agency's log.
        origin: String,
        /// The main successor.
        successor: String,
        /// Those that take over a part beside it.
        also: Vec<String>,
    },
    /// The nodes that confirm heads count the closing.
    Count {
        /// The agency's log.
        origin: String,
    },
    /// The parent states what is different of the main successor.
    Change {
        /// Its log.
        origin: String,
        /// Its new name in Vietnamese and English.
        name: Option<(String, String)>,
        /// Its new code.
        code: Option<String>,
        /// Its new accountable unit.
        accountable: Option<String>,
    },
    /// Drafts of new items move to the main successor, to be checked there again.
    Drafts {
        /// From which log.
        from: String,
        /// To which.
        to: String,
    },
    /// The old address leads to the new one.
    Redirect {
        /// The agency's log.
        origin: String,
    },
}

/// What becomes of one agency that ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// Its log.
    pub origin: String,
    /// Its domain.
    pub domain: String,
    /// Its name in Vietnamese and English.
    pub name: (String, String),
    /// Its code, which is free afterwards.
    pub code: Option<String>,
    /// Entries that its log has now.
    pub size: u64,
    /// True if its portal is on this node.
    pub ours: bool,
    /// The node that hosts it.
    pub node: String,
    /// Agencies below it, which stand below the main successor afterwards.
    pub below: u64,
    /// Drafts that move.
    pub drafts: u64,
    /// Drafts of next editions, which stay: an item is changed only by its own log, and that has ended.
    pub editions: u64,
    /// Open tasks, which the main successor is shown.
    pub tasks: u64,
    /// People with a role there, who need one at the successor.
    pub people: u64,
}

/// One who takes a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heir {
    /// Its log.
    pub origin: String,
    /// Its domain.
    pub domain: String,
    /// Its name in Vietnamese and English.
    pub name: (String, String),
    /// True if its portal is on this node.
    pub ours: bool,
}

/// Everything that will happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// What was asked for.
    pub asked: Asked,
    /// The log of the agency that states it.
    pub by: String,
    /// The agencies that end.
    pub ends: Vec<Ending>,
    /// Those that take their place, the main one first.
    pub heirs: Vec<Heir>,
    /// The steps.
    pub steps: Vec<Step>,
}

impl Plan {
    /// True for a division: one agency ends and several take its place.
    pub fn divides(&self) -> bool {
        self.heirs.len() > 1
    }

    /// Works out what will happen, or says everything that stands against it.
    ///
    /// # Errors
    /// A fault for each field that is wrong, with how to mend it.
    pub fn of(
        directory: &Directory,
        by: &Origin,
        asked: &Asked,
        counted: &BTreeMap<Origin, Counted>,
    ) -> Result<Plan, Vec<Fault>> {
        let mut faults = Vec::new();
        let from = named(&asked.from, "from", &mut faults);
        let into = named(&asked.into, "into", &mut faults);
        if asked.basis.trim().is_empty() {
            faults.push(fault(
                "basis",
                "Hãy ghi căn cứ pháp lý: số, ký hiệu nghị quyết hoặc quyết định sáp nhập, chia tách.",
                "Give the legal basis: the number of the resolution or decision.",
            ));
        }
        if into.len() > 1 && from.len() > 1 {
            faults.push(fault(
                "into",
                "Nhiều cơ quan kế thừa chỉ dùng khi chia một cơ quan; hãy làm từng cơ quan một.",
                "Several successors are for the division of one agency; divide them one by one.",
            ));
        }
        let ends: Vec<&Agency> =
            from.iter().filter_map(|origin| ending(directory, by, origin, &mut faults)).collect();
        let heirs: Vec<&Agency> =
            into.iter().filter_map(|origin| heir(directory, by, origin, &ends, &mut faults)).collect();
        for agency in &ends {
            let sealed = counted.get(&agency.origin).map_or(0, |counted| counted.sealed);
            if sealed > 0 {
                faults.push(fault(
                    "from",
                    &format!("{} còn {sealed} mục niêm phong chưa mở; sổ đã khóa thì không mở được nữa. Hãy đợi đến giờ mở hoặc hủy niêm phong trước.", agency.domain),
                    &format!("{} has {sealed} sealed items that are not open yet, and a closed log opens nothing: wait for their hour or call them off first.", agency.domain),
                ));
            }
            if counted.get(&agency.origin).and_then(|counted| counted.size).is_none() {
                faults.push(fault(
                    "from",
                    &format!("Sổ của {} chưa có ở máy chủ này nên chưa biết khóa tại mục nào; hãy chờ máy chủ nhận đủ sổ.", agency.domain),
                    &format!("The log of {} is not on this node, so nobody knows where it ends; wait until it has come.", agency.domain),
                ));
            }
        }
        let change = heirs.first().and_then(|main| change(directory, by, main, &ends, asked, &mut faults));
        if !faults.is_empty() || ends.is_empty() || heirs.is_empty() {
            return Err(faults);
        }
        let of = |origin: &Origin| counted.get(origin).copied().unwrap_or_default();
        Ok(Plan {
            asked: asked.clone(),
            by: by.to_string(),
            steps: steps(&ends, &heirs, change, of),
            ends: ends.iter().map(|agency| told(directory, agency, of(&agency.origin))).collect(),
            heirs: heirs
                .iter()
                .map(|agency| Heir {
                    origin: agency.origin.to_string(),
                    domain: agency.domain.to_string(),
                    name: (agency.name.vi.clone(), agency.name.en.clone()),
                    ours: of(&agency.origin).ours,
                })
                .collect(),
        })
    }
}

fn fault(field: &str, vi: &str, en: &str) -> Fault {
    Fault { field: field.to_owned(), vi: vi.to_owned(), en: en.to_owned() }
}

fn named(texts: &[String], field: &str, faults: &mut Vec<Fault>) -> Vec<Origin> {
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for text in texts {
        match origin(text) {
            Ok(one) if seen.insert(one.clone()) => all.push(one),
            Ok(_) => {}
            Err(why) => faults.push(fault(field, &format!("Tên sổ không đúng: {why}"), &why)),
        }
    }
    if texts.is_empty() {
        let (vi, en) = match field {
            "from" => ("Hãy chọn cơ quan kết thúc hoạt động.", "Choose the agencies that end."),
            _ => ("Hãy chọn cơ quan kế thừa.", "Choose who takes their place."),
        };
        faults.push(fault(field, vi, en));
    }
    all
}

/// An agency that may end: a child of `by` that stands.
fn ending<'a>(
    directory: &'a Directory,
    by: &Origin,
    origin: &Origin,
    faults: &mut Vec<Fault>,
) -> Option<&'a Agency> {
    let agency = directory.agency(origin).filter(|agency| agency.parent == *by && agency.origin != *by);
    let why = match agency {
        Some(agency) if agency.closed.is_none() => return Some(agency),
        Some(_) => ("đã kết thúc từ trước", "has ended before"),
        None => ("không phải cơ quan trực thuộc", "is no agency below this one"),
    };
    faults.push(fault("from", &format!("{origin} {}.", why.0), &format!("{origin} {}.", why.1)));
    None
}

/// An agency that may take the place of those that end: it stands, is none of them nor below one, not of a lower level,
/// and `by`, who states it, speaks for it.
fn heir<'a>(
    directory: &'a Directory,
    by: &Origin,
    origin: &Origin,
    ends: &[&Agency],
    faults: &mut Vec<Fault>,
) -> Option<&'a Agency> {
    let agency = directory.agency(origin).filter(|agency| agency.closed.is_none());
    let why = match agency {
        None => (
            "chưa được ghi danh hoặc đã kết thúc; hãy ghi danh cơ quan kế thừa trước (nhipcau enrol)",
            "is not enrolled, or has ended; enrol the successor first (nhipcau enrol)",
        ),
        Some(agency) if ends.iter().any(|end| end.origin == agency.origin) => (
            "vừa kết thúc vừa kế thừa; cơ quan kế thừa thì không chọn ở danh sách kết thúc",
            "would end and take its own place; leave the successor out of those that end",
        ),
        Some(agency) if ends.iter().any(|end| directory.is_ancestor(&end.origin, &agency.origin)) => {
            ("trực thuộc cơ quan kết thúc nên không thể kế thừa nó", "is below an agency that ends")
        }
        Some(agency) if ends.iter().any(|end| agency.level.is_below(end.level)) => {
            ("ở cấp thấp hơn cơ quan kết thúc", "is of a lower level than an agency that ends")
        }
        Some(agency) if !directory.may_inherit(by, &agency.origin) => (
            "không trực thuộc cơ quan xác nhận; việc này do cấp trên chung của hai bên làm",
            "is not below the agency that states it; an agency above both states it",
        ),
        Some(agency) => return Some(agency),
    };
    faults.push(fault("into", &format!("{origin} {}.", why.0), &format!("{origin} {}.", why.1)));
    None
}

/// What becomes different of the main successor, if anything.
fn change(
    directory: &Directory,
    by: &Origin,
    main: &Agency,
    ends: &[&Agency],
    asked: &Asked,
    faults: &mut Vec<Fault>,
) -> Option<Step> {
    let given = |text: &Option<String>| {
        text.as_ref().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
    };
    let (vi, en) = (given(&asked.name), given(&asked.name_en));
    let name = (vi.is_some() || en.is_some())
        .then(|| (vi.unwrap_or_else(|| main.name.vi.clone()), en.unwrap_or_else(|| main.name.en.clone())));
    let (code, accountable) = (given(&asked.code), given(&asked.accountable));
    if name.is_none() && code.is_none() && accountable.is_none() {
        return None;
    }
    // A code that an agency gives back by ending is free when its turn comes.
    let freed = code.as_ref().is_some_and(|code| ends.iter().any(|end| end.code.as_ref() == Some(code)));
    let statement = Kind::AgencyChanged(Change {
        name: name.clone().map(|(vi, en)| Name { vi, en }),
        code: code.clone().filter(|_| !freed),
        accountable: accountable.clone(),
        ..Change::of(main.origin.clone())
    });
    if let Some(why) = directory.refuses(by, &statement) {
        faults.push(fault("code", &format!("Danh bạ sẽ không nhận thay đổi này: {why}."), &why.to_string()));
    }
    Some(Step::Change { origin: main.origin.to_string(), name, code, accountable })
}

fn steps(
    ends: &[&Agency],
    heirs: &[&Agency],
    change: Option<Step>,
    of: impl Fn(&Origin) -> Counted,
) -> Vec<Step> {
    let Some((main, others)) = heirs.split_first() else { return Vec::new() };
    let also: Vec<String> = others.iter().map(|agency| agency.origin.to_string()).collect();
    let log = |agency: &&Agency| agency.origin.to_string();
    let close = |agency: &&Agency| Step::Close {
        origin: log(agency),
        successor: main.origin.to_string(),
        also: also.clone(),
    };
    // First all closings, so that no log goes on while others wait; what rests on them comes when they count.
    let mut steps: Vec<Step> = ends.iter().map(close).collect();
    steps.extend(ends.iter().map(|agency| Step::Count { origin: log(agency) }));
    steps.extend(change);
    let together = |agency: &&&Agency| of(&agency.origin).ours && of(&main.origin).ours;
    steps.extend(
        ends.iter()
            .filter(together)
            .map(|agency| Step::Drafts { from: log(agency), to: main.origin.to_string() }),
    );
    steps.extend(ends.iter().map(|agency| Step::Redirect { origin: log(agency) }));
    steps
}

fn told(directory: &Directory, agency: &Agency, counted: Counted) -> Ending {
    Ending {
        origin: agency.origin.to_string(),
        domain: agency.domain.to_string(),
        name: (agency.name.vi.clone(), agency.name.en.clone()),
        code: agency.code.clone(),
        size: counted.size.unwrap_or(0),
        ours: counted.ours,
        node: agency.node.as_ref().map(ToString::to_string).unwrap_or_default(),
        below: directory.children(&agency.origin).filter(|child| child.closed.is_none()).count() as u64,
        drafts: counted.drafts,
        editions: counted.editions,
        tasks: counted.tasks,
        people: counted.people,
    }
}

#[cfg(test)]
mod tests;
