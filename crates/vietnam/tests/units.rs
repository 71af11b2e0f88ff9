//! The units that ship: complete, found by what people write, ambiguous ones reported as such.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::HashMap;

use vietnam::text::label;
use vietnam::units::{CommuneKind, Found, ProvinceKind, Tables, Units};

fn units() -> &'static Units {
    Units::shipped()
}

fn names<T>(found: Found<'_, T>, name: impl Fn(&T) -> String) -> Vec<String> {
    found.all().into_iter().map(name).collect()
}

#[test]
fn the_country_is_complete() {
    assert_eq!(units().provinces().len(), 34);
    let cities = units().provinces().iter().filter(|p| p.kind == ProvinceKind::City).count();
    assert_eq!((34 - cities, cities), (27, 7));
    assert_eq!(units().communes().len(), 3321);
    let of = |kind| units().communes().iter().filter(|c| c.kind == kind).count();
    assert_eq!(
        [of(CommuneKind::Commune), of(CommuneKind::Ward), of(CommuneKind::SpecialZone)],
        [2611, 697, 13]
    );
    let by_province: usize = units().provinces().iter().map(|p| units().communes_of(p.code).len()).sum();
    assert_eq!(by_province, 3321);
    assert_eq!(units().communes_of("01".parse().unwrap()).len(), 126, "Hà Nội");
    assert!(units().communes_of("99".parse().unwrap()).is_empty());
}

#[test]
fn a_commune_has_names_in_two_languages_and_a_domain() {
    let commune = units().commune_named("Mù Cang Chải").one().unwrap();
    assert_eq!(commune.full_name(), "Xã Mù Cang Chải");
    assert_eq!(commune.full_name_en(), "Mu Cang Chai Commune");
    let province = units().province(commune.province).unwrap();
    assert_eq!(
        (province.full_name(), province.full_name_en()),
        ("Tỉnh Lào Cai".into(), "Lao Cai Province".into())
    );
    assert_eq!(commune.domain_under(&province.domain()), "mucangchai.laocai.gov.vn");
    let zone = units().commune_named("Đặc khu Côn Đảo").one().unwrap();
    assert_eq!(zone.full_name_en(), "Con Dao Special Zone");
    let city = units().province(zone.province).unwrap();
    assert_eq!(zone.domain_under(&city.domain()), "condao.hochiminhcity.gov.vn");
}

#[test]
fn ten_labels_collide_and_those_communes_take_their_code_along() {
    let mut shared: HashMap<_, Vec<_>> = HashMap::new();
    for c in units().communes() {
        shared.entry((c.province, label(&c.name).unwrap())).or_default().push(c);
    }
    shared.retain(|_, communes| communes.len() > 1);
    assert_eq!(shared.len(), 10);
    let provinces: std::collections::HashSet<_> = shared.keys().map(|(p, _)| *p).collect();
    assert_eq!(provinces.len(), 8);
    for ((_, label), communes) in &shared {
        for c in communes {
            assert_eq!(c.label(), format!("{label}-{}", c.code));
            let province = &units().province(c.province).unwrap().name;
            assert_eq!(units().commune_named(&format!("{}, {province}", c.full_name())), Found::One(*c));
        }
    }
    let mut taken = std::collections::HashSet::new();
    for c in units().communes() {
        assert!(taken.insert((c.province, c.label())), "{} twice", c.label());
        assert!(c.label().len() <= 63 && !c.label().starts_with('-'));
        assert_eq!(units().commune_at(c.province, c.label()), Some(c));
    }
}

#[test]
fn ba_che_answers_to_both_of_its_codes() {
    let canonical = units().commune("06978".parse().unwrap()).unwrap();
    assert_eq!(canonical.full_name(), "Xã Ba Chẽ");
    assert_eq!(units().commune("06970".parse().unwrap()), Some(canonical));
    // The same digits were the old township's code; it went whole into the commune.
    let township = units().old_commune("06970".parse().unwrap()).unwrap();
    assert_eq!(township.full_name(), "Thị trấn Ba Chẽ");
    assert_eq!(units().successors_of(township).collect::<Vec<_>>(), [canonical]);
    assert!(units().communes().iter().all(|c| c.code != "06970".parse().unwrap()));
}

#[test]
fn a_name_is_found_however_it_is_typed() {
    let mu_cang_chai = units().commune_named("Mù Cang Chải").one().unwrap();
    for typed in [
        "mu cang chai",
        "XÃ MÙ CANG CHẢI",
        "xa mu cang chai",
        " Mù  Cang Chải ",
        "Mù Cang Chải, tỉnh Lào Cai",
    ] {
        assert_eq!(units().commune_named(typed), Found::One(mu_cang_chai), "{typed}");
    }
    assert_eq!(units().commune_named("Phường B’Lao").one().unwrap().name, "B'Lao");
    assert_eq!(units().commune_named("xa ea h'leo").one().unwrap().name, "Ea H'Leo");
    for typed in ["TP. Hồ Chí Minh", "tp ho chi minh", "Thành phố Hồ Chí Minh", "HO CHI MINH"] {
        assert_eq!(units().province_named(typed).one().unwrap().code.to_string(), "79", "{typed}");
    }
    assert_eq!(units().province_named("Khánh Hòa").one().unwrap().name, "Khánh Hoà");
}

#[test]
fn an_ambiguous_name_is_reported_as_ambiguous() {
    let found = names(units().commune_named("Hòa An"), |c| format!("{} ({})", c.full_name(), c.province));
    assert!(found.len() > 2, "{found:?}");
    // With diacritics only the names that bear them: Hóa An is another.
    assert!(found.iter().all(|name| name.contains("Hoà An")), "{found:?}");
    let one = units().commune_named("xã Hòa An, Cao Bằng").one().unwrap();
    assert_eq!(one.province.to_string(), "04");
    // Two in one province that differ in a diacritic alone: typed without, they are two; typed with, each is one.
    let found = names(units().commune_named("xa tan thanh, tay ninh"), |c| c.full_name());
    assert_eq!(found, ["Xã Tân Thành", "Xã Tân Thạnh"]);
    let one = |query| units().commune_named(query).one().map(|c| c.code.to_string());
    assert_eq!(one("Tân Thành, Tây Ninh").as_deref(), Some("25534"));
    assert_eq!(one("Tân Thạnh, Tây Ninh").as_deref(), Some("27826"));
    assert_eq!(units().commune_named("Hòa An, Atlantis"), Found::None);
    assert_eq!(units().commune_named("Atlantis"), Found::None);
    for empty in ["", " ", "xã", ",", "…", "xã ,Cao Bằng"] {
        assert_eq!(units().commune_named(empty).one(), None, "{empty}");
    }
}

#[test]
fn a_kind_narrows_and_a_kind_of_yesterday_does_no_harm() {
    // A commune whose whole name begins like a kind.
    assert_eq!(units().commune_named("Xa Dung").one().unwrap().full_name(), "Xã Xa Dung");
    // Ten communes of Đồng Nai became wards on 2026-04-30; people still write "xã".
    assert_eq!(units().commune_named("xã Long Thành, Đồng Nai").one().unwrap().kind, CommuneKind::Ward);
}

#[test]
fn old_communes_lead_to_new_ones() {
    assert_eq!(units().old_communes().len(), 10_040);
    let whole = units().old_commune_named("Phường Phúc Xá").one().unwrap();
    assert_eq!((whole.district.as_str(), whole.province.as_str()), ("Quận Ba Đình", "Thành phố Hà Nội"));
    assert!(!whole.is_divided() && !whole.is_disputed());
    assert_eq!(names_of(whole), ["Phường Hồng Hà"]);

    let divided = units().old_commune("00007".parse().unwrap()).unwrap();
    assert_eq!(divided.full_name(), "Phường Cống Vị");
    assert!(divided.is_divided());
    assert_eq!(names_of(divided), ["Phường Ngọc Hà", "Phường Giảng Võ"]);

    let island = units().old_commune_named("huyện Côn Đảo").one().unwrap();
    assert_eq!((island.code, names_of(island)), (None, vec!["Đặc khu Côn Đảo".to_owned()]));
}

#[test]
fn an_old_name_needs_its_district_and_takes_its_province() {
    assert!(units().old_commune_named("Phường 4").all().len() == 20);
    let here = units().old_commune_named("Phường 4, Tân An, Long An").one().unwrap();
    assert_eq!(here.code.unwrap().to_string(), "27691");
    let there = units().old_commune_named("phuong 4, tp. Tay Ninh").all();
    assert!(there.iter().any(|c| c.code.unwrap().to_string() == "25462"));
    let vinh_bao = units().old_commune_named("Xã Hoà Bình, huyện Vĩnh Bảo, Hải Phòng").one().unwrap();
    assert_eq!(vinh_bao.code.unwrap().to_string(), "11890");
}

#[test]
fn corrections_are_applied() {
    // Removed: the successor belonged to a namesake in another province.
    let tan_an = units().old_commune("27691".parse().unwrap()).unwrap();
    assert_eq!((tan_an.successors.len(), tan_an.is_divided()), (1, false));
    assert_eq!(units().commune(tan_an.successors[0].commune).unwrap().code.to_string(), "27694");
    // Disputed: two sources differ, both are offered.
    let hong_quang = units().old_commune("01615".parse().unwrap()).unwrap();
    assert!(hong_quang.is_disputed() && !hong_quang.is_divided());
    assert_eq!(hong_quang.successors.len(), 2);
    let disputed = units().old_communes().iter().filter(|c| c.is_disputed()).count();
    assert_eq!(disputed, 7);
}

#[test]
fn every_old_commune_has_a_successor_and_every_new_one_a_past() {
    let mut reached = std::collections::HashSet::new();
    for old in units().old_communes() {
        assert!(!old.successors.is_empty());
        reached.extend(old.successors.iter().map(|s| s.commune));
    }
    assert_eq!(reached.len(), 3321);
}

#[test]
fn a_broken_table_is_named_with_line_and_fault() {
    let tables = |communes: &'static str, old: &'static str| Tables {
        provinces: "code,kind,name,name_en\n04,tinh,Cao Bằng,Cao Bang\n",
        communes,
        code_aliases: "alias,code,reason\n",
        old_districts: "code,province_code,province,name\n040,04,Tỉnh Cao Bằng,Thành phố Cao Bằng\n",
        old_communes: old,
    };
    let (good, old) =
        ("code,province,kind,name\n01273,04,phuong,Thục Phán\n", "code,district,name,successors\n");
    assert!(Units::parse(&tables(good, old)).is_ok());
    for (communes, old, message) in [
        (
            "code,province,kind,name\n1273,04,phuong,A\n",
            old,
            "units/communes.csv, line 2: `1273` is not a unit code",
        ),
        (
            "code,province,kind,name\n01273,05,phuong,A\n",
            old,
            "line 2: province 05 is not in units/provinces.csv",
        ),
        ("code,province,kind,name\n01273,04,ward,A\n", old, "kind `ward`: xa, phuong or dac_khu expected"),
        ("code,province,kind,name\n01273,04,xa,A\n01273,04,xa,B\n", old, "line 3: code 01273 stands twice"),
        ("code,province,kind,name\n01273,04,xa,…\n", old, "`…` gives no domain label"),
        ("code,province,kind,name\n01273,04,xa\n", old, "units/communes.csv, line 2"),
        (good, "code,district,name,successors\n01273,040,Phường A,09999\n", "successor 09999 is not in"),
        (good, "code,district,name,successors\n01273,041,Phường A,01273\n", "district 041 is unknown"),
        (good, "code,district,name,successors\n01273,040,A,01273\n", "`A` begins with no kind"),
    ] {
        let error = Units::parse(&tables(communes, old)).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}

fn names_of(old: &vietnam::units::OldCommune) -> Vec<String> {
    units().successors_of(old).map(|c| c.full_name()).collect()
}
