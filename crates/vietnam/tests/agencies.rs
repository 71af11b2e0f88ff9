//! The bodies that ship, day by day, and the domains that Decree 224/2026 wants.

#![allow(clippy::unwrap_used, clippy::panic)]

use jiff::civil::{Date, date};
use vietnam::agencies::{
    Agencies, AgencyCode, DomainFault, DomainPattern, Level, PatternRule, domain_pattern, of_commune,
};
use vietnam::units::Units;

const TODAY: Date = date(2026, 11, 23);

fn agencies() -> &'static Agencies {
    Agencies::shipped()
}

#[test]
fn the_government_of_today_is_complete() {
    let count = |level| agencies().in_force(TODAY).filter(|a| a.level == level).count();
    assert_eq!([count(Level::Central), count(Level::Ministry), count(Level::Province)], [2, 17, 34]);
    let with_domain = agencies().in_force(TODAY).filter(|a| a.domain.is_some()).count();
    assert_eq!(with_domain, 52, "one node each: the Government, 17, 34");
    for province in Units::shipped().provinces() {
        let body = agencies().of_province(province.code, TODAY).unwrap();
        assert!(!body.domain_verified, "{}: the list of province domains is unverified", body.name);
    }
    for body in agencies().all() {
        assert!(
            !body.name_en.is_empty() && !body.legal_basis.is_empty() && !body.source.is_empty(),
            "{}",
            body.id
        );
        assert!(body.until.is_none() || body.successor.is_some(), "{} ended into nothing", body.id);
    }
}

#[test]
fn the_root_portal_is_the_governments() {
    let root = agencies().by_domain("chinhphu.vn", TODAY).unwrap();
    assert_eq!((root.name.as_str(), root.name_en.as_str()), ("Chính phủ", "Government of Viet Nam"));
    assert_eq!(root.portal_name(), "Cổng Thông tin điện tử Chính phủ");
    assert_eq!(root.portal_name_en(), "Government Portal");
    assert_eq!((root.level, root.parent.as_deref(), root.domain_verified), (Level::Central, None, true));
}

#[test]
fn a_body_is_found_by_the_spellings_of_the_gazette() {
    let finance = agencies().named("BỘ TÀI CHÍNH", TODAY).unwrap();
    assert_eq!(finance.domain.as_deref(), Some("mof.gov.vn"));
    assert_eq!(finance.portal_name_en(), "Portal of the Ministry of Finance");
    let code: AgencyCode = "000.00.00.G12".parse().unwrap();
    assert_eq!(agencies().by_code(&code, TODAY), Some(finance));
    let khanh_hoa = agencies().named("UBND tỉnh Khánh Hòa", TODAY).unwrap();
    assert_eq!(khanh_hoa.portal_name(), "Cổng Thông tin điện tử tỉnh Khánh Hoà");
    assert_eq!(khanh_hoa.portal_name_en(), "Portal of Khanh Hoa Province");
    assert_eq!(agencies().named("Bộ Tài chánh", TODAY), None);
}

#[test]
fn a_body_that_ended_has_a_successor() {
    let before = date(2025, 2, 28);
    let planning = agencies().named("Bộ Kế hoạch và Đầu tư", before).unwrap();
    assert_eq!(agencies().named("Bộ Kế hoạch và Đầu tư", TODAY), None);
    assert_eq!(agencies().today(&planning.id, TODAY).unwrap().name, "Bộ Tài chính");
    assert_eq!(agencies().today(&planning.id, before), Some(planning));
    assert_eq!(agencies().named("Bộ Nông nghiệp và Môi trường", before), None);
    assert!(agencies().named("Bộ Nông nghiệp và Môi trường", date(2025, 3, 1)).is_some());
    assert_eq!(agencies().today("khong-co", TODAY), None);
}

#[test]
fn dong_nai_is_a_city_since_the_30th_of_april_2026() {
    let code = "75".parse().unwrap();
    let on = |day| agencies().of_province(code, day).unwrap().name.as_str();
    assert_eq!(on(date(2026, 4, 29)), "Ủy ban nhân dân tỉnh Đồng Nai");
    assert_eq!(on(date(2026, 4, 30)), "Ủy ban nhân dân thành phố Đồng Nai");
}

#[test]
fn a_commune_has_its_body_under_the_province() {
    let commune = Units::shipped().commune_named("xã Mù Cang Chải").one().unwrap();
    let body = of_commune(commune, agencies().of_province(commune.province, TODAY).unwrap());
    assert_eq!(body.name, "Ủy ban nhân dân xã Mù Cang Chải");
    assert_eq!(body.name_en, "Mu Cang Chai Commune People's Committee");
    assert_eq!(body.domain.as_deref(), Some("mucangchai.laocai.gov.vn"));
    assert_eq!(body.portal_name(), "Trang thông tin điện tử xã Mù Cang Chải");
    assert_eq!(body.portal_name_en(), "Portal of Mu Cang Chai Commune");
    assert_eq!(body.parent.as_deref(), Some("uy-ban-nhan-dan-tinh-lao-cai"));
    assert!(body.level.is_below(Level::Province));
}

#[test]
fn every_commune_of_the_country_has_a_domain_of_its_own() {
    let mut domains = std::collections::HashSet::new();
    for commune in Units::shipped().communes() {
        let body = of_commune(commune, agencies().of_province(commune.province, TODAY).unwrap());
        let domain = body.domain.unwrap();
        assert_eq!(pattern(&domain), Ok(DomainPattern::Commune(commune.code)), "{domain}");
        assert!(domains.insert(domain));
    }
    assert_eq!(domains.len(), 3321);
}

fn pattern(domain: &str) -> Result<DomainPattern, DomainFault> {
    domain_pattern(domain, Units::shipped(), agencies(), TODAY)
}

#[test]
fn the_six_patterns_are_told_apart() {
    let lao_cai = "15".parse().unwrap();
    let mu_cang_chai = Units::shipped().commune_named("Mù Cang Chải").one().unwrap().code;
    for (domain, expected) in [
        ("mof.gov.vn", DomainPattern::Ministry),
        ("customs.mof.gov.vn", DomainPattern::UnitOfMinistry),
        ("laocai.gov.vn", DomainPattern::Province(lao_cai)),
        ("LaoCai.gov.vn.", DomainPattern::Province(lao_cai)),
        ("hochiminhcity.gov.vn", DomainPattern::HoChiMinhCity),
        ("sotaichinh.laocai.gov.vn", DomainPattern::DepartmentOfProvince(lao_cai)),
        ("mucangchai.laocai.gov.vn", DomainPattern::Commune(mu_cang_chai)),
        ("vpcp.chinhphu.vn", DomainPattern::Government),
    ] {
        assert_eq!(pattern(domain), Ok(expected), "{domain}");
    }
}

#[test]
fn every_shipped_domain_fits_a_pattern() {
    for body in agencies().in_force(TODAY) {
        if let Some(domain) = &body.domain {
            assert!(pattern(domain).is_ok(), "{domain}: {:?}", pattern(domain));
        }
    }
}

#[test]
fn a_domain_that_fits_none_is_told_why() {
    for (domain, message) in [
        (
            "hochiminh.gov.vn",
            "`hochiminh.gov.vn` must be `hochiminhcity.gov.vn` (Decree 224/2026, Art. 11(4))",
        ),
        ("huecity.gov.vn", "`huecity.gov.vn` must be `hue.gov.vn` (Decree 224/2026, Art. 11(4))"),
        ("lao-cai.gov.vn", "`lao-cai.gov.vn` must be `laocai.gov.vn` (Decree 224/2026, Art. 11(4))"),
        (
            "a.b.laocai.gov.vn",
            "`a.b.laocai.gov.vn` has more parts than any pattern of Decree 224/2026, Art. 11(4)",
        ),
        ("laocai.vn", "`laocai.vn` is not under gov.vn (Decree 224/2026, Art. 11(4))"),
        ("botuongtuong.gov.vn", "`botuongtuong.gov.vn` is neither a province nor a known ministry"),
    ] {
        assert_eq!(pattern(domain).unwrap_err().to_string(), message);
    }
    for broken in ["", "gov", ".gov.vn", "lào-cai.gov.vn", "-a.gov.vn", "a..gov.vn", "http://laocai.gov.vn"]
    {
        assert!(matches!(pattern(broken), Err(DomainFault::Malformed(_))), "{broken}");
    }
    assert_eq!(pattern("gov.vn"), Err(DomainFault::NotGov("gov.vn".into())));
}

#[test]
fn a_broken_table_is_named_with_line_and_fault() {
    let head = "id,level,kind,name,name_en,domain,domain_verified,code,parent,province,from,until,successor,legal_basis,source";
    for (row, message) in [
        ("a,high,ministry,A,A,,0,,,,,,,x,y", "agencies/agencies.csv, line 2: level `high`"),
        ("a,unit,club,A,A,,0,,,,,,,x,y", "kind `club` is unknown"),
        ("a,unit,office,A,A,,0,g1,,,,,,x,y", "group `g1` of an agency code"),
        ("a,unit,office,A,A,,0,,b,,,,,x,y", "parent `b` is not in the table"),
        ("a,unit,office,A,A,,0,,,,2025-13-01,,,x,y", "`2025-13-01` is not a day such as 2025-07-01"),
        ("a,unit,office,A,A,,0,,,,2025-07-01,2025-07-01,,x,y", "`from` must be before `until`"),
        ("a,unit,office,A,A,,0,,,,,,,x,y\na,unit,office,B,B,,0,,,,,,,x,y", "line 3: id `a` stands twice"),
    ] {
        let error = Agencies::parse(&format!("{head}\n{row}\n")).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn a_pattern_holds_for_its_days_and_names_its_basis() {
    let rules = PatternRule::shipped();
    assert_eq!(rules.iter().map(|rule| rule.id.as_str()).collect::<Vec<_>>(), DomainPattern::IDS);
    let of = |domain: &str, day| {
        let pattern = domain_pattern(domain, Units::shipped(), Agencies::shipped(), day).unwrap();
        PatternRule::of(rules, &pattern, day).map(|rule| rule.id.as_str())
    };
    let day = date(2026, 11, 26);
    assert_eq!(of("laocai.gov.vn", day), Some("province"));
    assert_eq!(of("hochiminhcity.gov.vn", day), Some("ho_chi_minh_city"));
    assert_eq!(of("mof.gov.vn", day), Some("ministry"));
    assert_eq!(of("chinhphu.vn", day), None, "older than the patterns");
    assert_eq!(of("laocai.gov.vn", date(2026, 6, 30)), None, "the rule was not in force yet");
    assert!(rules.iter().all(|rule| rule.legal_basis.contains("224/2026/NĐ-CP")));

    let ended = "id,pattern,name,name_en,from,until,legal_basis\nprovince,<tỉnh>.gov.vn,Tỉnh,Province,2026-07-01,2027-01-01,A\n";
    let rules = PatternRule::parse(ended).unwrap();
    assert!(rules[0].in_force(date(2026, 12, 31)) && !rules[0].in_force(date(2027, 1, 1)));
    for (from, to, why) in
        [("province", "city", "none of"), ("2026-07-01", "", "must be a day"), (",A", ",", "empty")]
    {
        let error = PatternRule::parse(&ended.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(error.contains("domain_patterns.csv") && error.contains(why), "{error}");
    }
}
