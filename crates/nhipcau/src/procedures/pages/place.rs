//! Where one lives: a commune found by its name, by one that it had before July 2025, or through its province. No script, no cookie.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use vietnam::units::{Commune, CommuneCode, OldCommune, Units};

use super::fields;
use crate::agencies::Portal;
use crate::app::App;
use crate::items::pages::{LONG, html, kept};
use crate::procedures::HOME;
use crate::procedures::place::{ASKED, names, province_name};
use crate::web::pages::Tag;
use crate::web::shell::{Section, Shell};
use crate::web::visitor::Visitor;
use crate::words::{Lang, ProcedureWords};

/// Places that a page offers; more are counted.
const MOST: usize = 60;

#[derive(Template)]
#[template(path = "procedures/place.html")]
struct Page {
    shell: Shell,
    p: &'static ProcedureWords,
    back: String,
    name: String,
    found: Vec<Found>,
    more: Option<String>,
    none: Option<String>,
    /// The heading of a province's communes, and these.
    within: Option<String>,
    communes: Vec<Found>,
    provinces: Vec<(String, String)>,
}

struct Found {
    href: String,
    name: String,
    note: String,
}

/// `/dich-vu/noi-o?ten=…&ve=/muc/…`
pub async fn place(State(app): State<App>, visitor: Visitor) -> Response {
    kept(&app, &visitor, vec![Tag::Directory], LONG, async |portal: &Portal| {
        let mut shell = portal.shell(&app, &visitor, Section::Procedures);
        let (lang, p) = (shell.lang, shell.lang.procedures());
        let given = fields(&visitor);
        let back = back(given.get("ve")).unwrap_or(HOME).to_owned();
        let name = given.some("ten").unwrap_or_default();
        let leads = |code: CommuneCode| shell.to(&format!("{back}?{ASKED}={code}"));
        let mut found = if name.is_empty() { Vec::new() } else { matching(&name, lang, &leads) };
        let more = found.len().saturating_sub(MOST);
        found.truncate(MOST);
        let units = Units::shipped();
        let of_province = given.get("tinh").parse().ok().and_then(|code| units.province(code));
        // A province's name leads to its communes, too.
        let named = units.province_named(&name).one();
        let province = of_province.or(named);
        let communes = province.map(|province| {
            let each = units.communes_of(province.code).iter().map(|commune| {
                let (name, _) = names(commune, lang);
                Found { href: leads(commune.code), name, note: String::new() }
            });
            each.collect()
        });
        let provinces = units.provinces().iter().map(|province| {
            let path = format!("{HOME}/noi-o?tinh={}&ve={back}#xa", province.code);
            (shell.to(&path), province_name(province, lang))
        });
        let provinces = provinces.collect();
        shell.title = Some(p.place_title.to_owned());
        html(&Page {
            p,
            none: (!name.is_empty() && found.is_empty() && province.is_none()).then(|| p.place_none(&name)),
            more: (more > 0).then(|| p.place_many(more)),
            within: province.map(|province| p.place_communes(province_name(province, lang))),
            communes: communes.unwrap_or_default(),
            provinces,
            found,
            back,
            name,
            shell,
        })
    })
    .await
}

/// A page of the catalogue to go back to; anything else is none, so that no link of ours leads elsewhere.
fn back(path: &str) -> Option<&str> {
    let plain = path.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'.'));
    let ours = path == HOME || path.strip_prefix("/muc/").is_some_and(|rest| !rest.contains('/'));
    (plain && ours).then_some(path)
}

/// Communes of that name, and what became of those that had it before; each once.
fn matching(name: &str, lang: Lang, leads: &dyn Fn(CommuneCode) -> String) -> Vec<Found> {
    let units = Units::shipped();
    let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
    let mut add = |commune: &Commune, note: Option<String>| {
        if seen.insert(commune.code) {
            let (name, province) = names(commune, lang);
            let note = [Some(province), note].into_iter().flatten().collect::<Vec<_>>().join("; ");
            found.push(Found { href: leads(commune.code), name, note });
        }
    };
    for commune in units.commune_named(name).all() {
        add(commune, None);
    }
    for old in units.old_commune_named(name).all() {
        for commune in units.successors_of(old) {
            add(commune, Some(before(old, lang)));
        }
    }
    found
}

/// What a place was, and that only a part of it may be.
fn before(old: &OldCommune, lang: Lang) -> String {
    let p = lang.procedures();
    let name = [old.full_name(), old.district.clone(), old.province.clone()].join(", ");
    match old.is_divided() || old.is_disputed() {
        true => p.place_part(name),
        false => p.place_before(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_link_of_ours_leads_elsewhere() {
        for path in ["/dich-vu", "/muc/0011aabb-00112233445566778899aabbccddeeff"] {
            assert_eq!(back(path), Some(path));
        }
        for path in [
            "",
            "//evil.vn",
            "https://evil.vn",
            "/muc//evil.vn",
            "/muc/a/../..",
            "/muc/a?b",
            "/muc/\"",
            "/dich-vu/../x",
        ] {
            assert_eq!(back(path), None, "{path}");
        }
    }

    #[test]
    fn old_names_lead_to_what_became_of_them() {
        let leads = |code: CommuneCode| code.to_string();
        let found = matching("Phường Phúc Xá, Quận Ba Đình", Lang::Vi, &leads);
        assert!(!found.is_empty() && found.iter().all(|one| one.note.contains("Phúc Xá")));
        let now = matching("mu cang chai", Lang::Vi, &leads);
        assert!(now.iter().any(|one| one.name == "Xã Mù Cang Chải" && one.note.contains("Lào Cai")));
        assert!(matching("khong co noi nao ten nay", Lang::Vi, &leads).is_empty());
    }
}
