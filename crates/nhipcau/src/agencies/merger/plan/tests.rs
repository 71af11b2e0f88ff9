//! The reform of 2025 as the law made it: 63 provinces became 34, and communes were divided among several.

#![allow(clippy::unwrap_used)]

use network::entry::Level;
use vietnam::text;
use vietnam::units::{ProvinceCode, Units};

use super::*;
use crate::agencies::paper::Paper;

const ROOT: &str = "chinhphu.vn";

fn log(domain: &str) -> Origin {
    format!("{domain}/log").parse().unwrap()
}

/// Every log is here, with a few entries.
fn counted(directory: &Directory) -> BTreeMap<Origin, Counted> {
    let here = Counted { size: Some(7), ours: true, drafts: 2, people: 3, ..Counted::default() };
    directory.agencies().map(|agency| (agency.origin.clone(), here)).collect()
}

fn asked(from: &[String], into: &[String]) -> Asked {
    let logs = |all: &[String]| all.iter().map(|domain| format!("{domain}/log")).collect();
    Asked {
        from: logs(from), into: logs(into), basis: "Nghị quyết 202/2025/QH15".into(), ..Asked::default()
    }
}

/// States what the closings of a plan say.
fn carry_out(paper: &mut Paper, by: &str, plan: &Plan) {
    for step in &plan.steps {
        let Step::Close { origin, successor, also } = step else { continue };
        let closed = Kind::AgencyClosed {
            origin: origin.parse().unwrap(),
            successor: Some(successor.parse().unwrap()),
            also: also.iter().map(|log| log.parse().unwrap()).collect(),
            last_size: Some(7),
        };
        paper.says(by, closed);
    }
}

/// The 63 provinces before July 2025 by name, each with the code of the one that most of its communes are in now.
fn old_provinces() -> BTreeMap<String, ProvinceCode> {
    let units = Units::shipped();
    let mut counts: BTreeMap<String, BTreeMap<ProvinceCode, usize>> = BTreeMap::new();
    for old in units.old_communes() {
        for commune in units.successors_of(old) {
            *counts.entry(old.province.clone()).or_default().entry(commune.province).or_default() += 1;
        }
    }
    let most = |codes: BTreeMap<ProvinceCode, usize>| codes.into_iter().max_by_key(|(_, n)| *n).unwrap().0;
    counts.into_iter().map(|(name, codes)| (name, most(codes))).collect()
}

#[test]
fn sixty_three_provinces_become_thirty_four() {
    let units = Units::shipped();
    let old = old_provinces();
    assert_eq!((old.len(), units.provinces().len()), (63, 34));
    let bare = |name: &str| name.replacen("Tỉnh ", "", 1).replacen("Thành phố ", "", 1);
    let label = |name: &str| format!("{}.gov.vn", text::slug(&bare(name)).replace('-', ""));
    let mut paper = Paper::default();
    for name in old.keys() {
        paper.says(ROOT, Paper::enrolled(&label(name), name, Level::Province));
    }
    let mut ended = 0;
    for province in units.provinces() {
        let of: Vec<&String> =
            old.iter().filter(|(_, code)| **code == province.code).map(|(n, _)| n).collect();
        let (stays, from): (Vec<&String>, Vec<&String>) =
            of.into_iter().partition(|name| text::same(&bare(name), &province.name));
        if from.is_empty() {
            continue;
        }
        let from: Vec<String> = from.into_iter().map(|name| label(name)).collect();
        let into: Vec<String> = stays.into_iter().map(|name| label(name)).collect();
        let directory = paper.directory();
        let plan = Plan::of(&directory, &log(ROOT), &asked(&from, &into), &counted(&directory)).unwrap();
        assert_eq!(plan.steps.len(), from.len() * 4, "close, count, drafts, redirect: {:?}", plan.steps);
        assert!(!plan.divides());
        ended += from.len();
        carry_out(&mut paper, ROOT, &plan);
    }
    let directory = paper.directory();
    assert_eq!((ended, directory.refused().count()), (29, 0));
    let open = directory.agencies().filter(|a| a.closed.is_none() && a.level == Level::Province);
    assert_eq!(open.count(), 34);
    let heir = |name: &str| directory.heirs(&log(name))[0].domain.to_string();
    assert_eq!(heir("yenbai.gov.vn"), "laocai.gov.vn");
    assert_eq!(heir("hagiang.gov.vn"), "tuyenquang.gov.vn");
    assert_eq!(directory.predecessors(&log("phutho.gov.vn")).len(), 2, "Vĩnh Phúc and Hòa Bình");
}

#[test]
fn communes_that_were_divided_name_every_successor() {
    let units = Units::shipped();
    let divided = units.old_communes().iter().filter(|old| old.is_divided() && old.code.is_some());
    let mut seen = 0;
    for old in divided.take(60) {
        let of: Vec<_> = units.successors_of(old).collect();
        let province = of[0].province;
        if of.iter().any(|commune| commune.province != province) {
            continue;
        }
        seen += 1;
        let above = units.province(province).unwrap().domain();
        let before = format!("cu-{}.{above}", old.code.unwrap());
        let mut paper = Paper::default();
        paper.says(ROOT, Paper::enrolled(&above, "Tỉnh", Level::Province));
        paper.says(&above, Paper::enrolled(&before, &old.full_name(), Level::Commune));
        let into: Vec<String> = of.iter().map(|commune| commune.domain_under(&above)).collect();
        for (commune, domain) in of.iter().zip(&into) {
            paper.says(&above, Paper::enrolled(domain, &commune.full_name(), Level::Commune));
        }
        let directory = paper.directory();
        let wanted = asked(std::slice::from_ref(&before), &into);
        let plan = Plan::of(&directory, &log(&above), &wanted, &counted(&directory)).unwrap();
        assert!(plan.divides());
        carry_out(&mut paper, &above, &plan);
        let directory = paper.directory();
        let heirs: Vec<String> =
            directory.heirs(&log(&before)).iter().map(|heir| heir.domain.to_string()).collect();
        assert_eq!(heirs, into, "{}", old.full_name());
        assert!(into.iter().all(|domain| directory.predecessors(&log(domain)).len() == 1));
    }
    assert!(seen > 30, "{seen} communes");
}

#[test]
fn everything_that_stands_against_a_plan_is_told_at_once() {
    let mut paper = Paper::default();
    for province in ["laocai.gov.vn", "yenbai.gov.vn", "sonla.gov.vn"] {
        paper.says(ROOT, Paper::enrolled(province, province, Level::Province));
    }
    paper.says("yenbai.gov.vn", Paper::enrolled("xa-a.yenbai.gov.vn", "Xã A", Level::Commune));
    let directory = paper.directory();
    let here = counted(&directory);
    let told = |by: &str, asked: &Asked, here: &BTreeMap<Origin, Counted>| -> String {
        let faults = Plan::of(&directory, &log(by), asked, here).unwrap_err();
        faults.iter().map(|fault| format!("{}: {}\n", fault.field, fault.en)).collect()
    };
    let many = |all: &[&str]| -> Vec<String> { all.iter().map(|one| (*one).to_owned()).collect() };
    let of = |from: &[&str], into: &[&str]| asked(&many(from), &many(into));
    let nothing = told(ROOT, &Asked::default(), &here);
    for words in ["from: Choose the agencies that end", "into: Choose who", "basis: Give the legal basis"] {
        assert!(nothing.contains(words), "{nothing}");
    }
    for (by, from, into, words) in [
        (ROOT, &["yenbai.gov.vn"][..], &["yenbai.gov.vn"][..], "take its own place"),
        (ROOT, &["yenbai.gov.vn"], &["xa-a.yenbai.gov.vn"], "below an agency that ends"),
        (ROOT, &["xa-a.yenbai.gov.vn"], &["laocai.gov.vn"], "is no agency below this one"),
        ("laocai.gov.vn", &["yenbai.gov.vn"], &["sonla.gov.vn"], "is no agency below this one"),
        (ROOT, &["yenbai.gov.vn"], &["moi.gov.vn"], "enrol the successor first"),
        (ROOT, &["yenbai.gov.vn", "sonla.gov.vn"], &["laocai.gov.vn", "chinhphu.vn"], "one by one"),
        (ROOT, &["chinhphu.vn"], &["laocai.gov.vn"], "is no agency below this one"),
    ] {
        let said = told(by, &of(from, into), &here);
        assert!(said.contains(words), "{said}");
    }
    let absent = told(ROOT, &of(&["yenbai.gov.vn"], &["laocai.gov.vn"]), &BTreeMap::new());
    assert!(absent.contains("is not on this node"), "{absent}");
    let sealed = here.iter().map(|(log, count)| (log.clone(), Counted { sealed: 1, ..*count })).collect();
    let waits = told(ROOT, &of(&["yenbai.gov.vn"], &["laocai.gov.vn"]), &sealed);
    assert!(waits.contains("a closed log opens nothing"), "{waits}");
    let broken = Asked { from: vec!["<script>".into()], ..of(&[], &["laocai.gov.vn"]) };
    assert!(told(ROOT, &broken, &here).contains("from:"), "a name that is none is told, not followed");
}

#[test]
fn a_code_that_is_given_back_can_be_taken_and_another_cannot() {
    let mut paper = Paper::default();
    for (province, code) in [("laocai.gov.vn", "H38"), ("yenbai.gov.vn", "H65"), ("sonla.gov.vn", "H52")] {
        paper.says(ROOT, Paper::enrolled(province, province, Level::Province));
        let named = Change { code: Some(code.into()), ..Change::of(log(province)) };
        paper.says(ROOT, Kind::AgencyChanged(named));
    }
    let directory = paper.directory();
    let with = |code: &str| Asked {
        code: Some(code.into()),
        ..asked(&["yenbai.gov.vn".to_owned()], &["laocai.gov.vn".to_owned()])
    };
    let plan = Plan::of(&directory, &log(ROOT), &with("H65"), &counted(&directory)).unwrap();
    let at = |wanted: fn(&Step) -> bool| plan.steps.iter().position(wanted).unwrap();
    assert!(
        at(|step| matches!(step, Step::Count { .. })) < at(|step| matches!(step, Step::Change { .. })),
        "the code is free only when the closing counts"
    );
    let faults = Plan::of(&directory, &log(ROOT), &with("H52"), &counted(&directory)).unwrap_err();
    assert_eq!(faults[0].field, "code");
}
