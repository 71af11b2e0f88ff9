//! Real phrases, against a small nation.

#![allow(clippy::unwrap_used)]

use jiff::civil::date;
use network::entry::Kind;

use super::*;
use crate::agencies::paper::Paper;

/// The Government, four ministries, two ministerial agencies, three provinces, four communes, a department, and a province that
/// was closed into another.
fn nation() -> Directory {
    let mut paper = Paper::default();
    let enrolled = Paper::enrolled;
    let mut says = |by: &str, kind| paper.says(by, kind);
    for (domain, name) in [
        ("mof.gov.vn", "Bộ Tài chính"),
        ("moh.gov.vn", "Bộ Y tế"),
        ("bvhttdl.gov.vn", "Bộ Văn hóa, Thể thao và Du lịch"),
        ("mae.gov.vn", "Bộ Nông nghiệp và Môi trường"),
        ("sbv.gov.vn", "Ngân hàng Nhà nước Việt Nam"),
        ("vpcp.chinhphu.vn", "Văn phòng Chính phủ"),
    ] {
        says("chinhphu.vn", enrolled(domain, name, Level::Ministry));
    }
    for (domain, name) in [
        ("laocai.gov.vn", "Tỉnh Lào Cai"),
        ("hanoi.gov.vn", "Thành phố Hà Nội"),
        ("sonla.gov.vn", "Ủy ban nhân dân tỉnh Sơn La"),
        ("yenbai.gov.vn", "Tỉnh Yên Bái"),
    ] {
        says("chinhphu.vn", enrolled(domain, name, Level::Province));
    }
    for (domain, name) in [("xa-a.laocai.gov.vn", "Xã Tân Tiến"), ("phuong-b.laocai.gov.vn", "Phường Sa Pa")]
    {
        says("laocai.gov.vn", enrolled(domain, name, Level::Commune));
    }
    says("laocai.gov.vn", enrolled("soyte.laocai.gov.vn", "Sở Y tế tỉnh Lào Cai", Level::Unit));
    for (domain, name) in [("xa-a.hanoi.gov.vn", "Xã Tân Tiến"), ("xa-c.hanoi.gov.vn", "Xã Sóc Sơn")] {
        says("hanoi.gov.vn", enrolled(domain, name, Level::Commune));
    }
    says(
        "chinhphu.vn",
        Kind::AgencyClosed {
            origin: "yenbai.gov.vn/log".parse().unwrap(),
            successor: Some("laocai.gov.vn/log".parse().unwrap()),
            also: Vec::new(),
            last_size: None,
        },
    );
    let directory = paper.directory();
    assert_eq!(directory.refused().count(), 0);
    directory
}

/// Whom a phrase means, as the first labels of the domains, and what stays unknown.
fn means(phrase: &str, issuer: &str, day: Date) -> (String, Vec<String>) {
    let directory = nation();
    let roll = Roll::new(&directory, date(2026, 11, 26));
    let addressed = roll.expand(phrase, &format!("{issuer}/log").parse().unwrap(), day);
    let short =
        |origin: &Origin| origin.as_str().trim_end_matches("/log").trim_end_matches(".gov.vn").to_owned();
    (addressed.agencies.iter().map(short).collect::<Vec<_>>().join(" "), addressed.unknown)
}

#[test]
fn every_row_of_the_groups_is_read_and_means_one_thing() {
    let table = include_str!("../../../../../data/directives/groups.csv");
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let rows: Vec<Row> = reader.deserialize().collect::<Result<_, _>>().unwrap();
    assert_eq!(GROUPS.len(), rows.len(), "a row that cannot be read, or two that mean the same phrase");
    for row in rows {
        assert_eq!(GROUPS[&key(&row.phrase)], group(&row).unwrap().1, "{}", row.phrase);
    }
}

#[test]
fn phrases_of_real_documents_mean_those_whom_readers_would_name() {
    const ALL: &str = "bvhttdl hanoi laocai mae mof moh sbv sonla vpcp.chinhphu.vn";
    const MINISTRIES: &str = "bvhttdl mae mof moh";
    const PROVINCES: &str = "hanoi laocai sonla";
    for (phrase, who, unknown) in [
        ("Chủ tịch Ủy ban nhân dân các tỉnh, thành phố trực thuộc Trung ương", PROVINCES, 0),
        ("UBND các tỉnh, thành phố trực thuộc trung ương", PROVINCES, 0),
        ("HĐND, UBND các tỉnh, thành phố trực thuộc trung ương", PROVINCES, 0),
        ("CHỦ TỊCH UBND CẤP TỈNH", PROVINCES, 0),
        ("các Bộ", MINISTRIES, 0),
        ("Các bộ, cơ quan ngang bộ, cơ quan thuộc Chính phủ", "bvhttdl mae mof moh sbv vpcp.chinhphu.vn", 0),
        (
            "Các Bộ trưởng, Thủ trưởng cơ quan ngang bộ, Thủ trưởng cơ quan thuộc Chính phủ, Chủ tịch Ủy ban nhân dân \
             tỉnh, thành phố trực thuộc trung ương",
            ALL,
            0,
        ),
        (
            "Bộ trưởng, Thủ trưởng cơ quan ngang bộ, Chủ tịch Ủy ban nhân dân tỉnh, thành phố và các cơ quan, tổ chức, \
             cá nhân có liên quan",
            ALL,
            3,
        ),
        ("Bộ trưởng, Chủ nhiệm Văn phòng Chính phủ", "vpcp.chinhphu.vn", 0),
        ("Bộ trưởng Bộ Văn hóa, Thể thao và Du lịch", "bvhttdl", 0),
        ("Bộ Tài chính, Bộ Văn hoá, Thể thao và Du lịch và Bộ Y tế", "bvhttdl mof moh", 0),
        ("Thống đốc Ngân hàng Nhà nước Việt Nam", "sbv", 0),
        ("Chủ tịch Ủy ban nhân dân các tỉnh, thành phố: Hà Nội, Lào Cai và Sơn La", PROVINCES, 0),
        ("Bộ trưởng các Bộ: Tài chính, Nông nghiệp và Môi trường", "mae mof", 0),
        ("UBND tỉnh Sơn La", "sonla", 0),
        ("Ủy ban nhân dân tỉnh Yên Bái", "laocai", 0),
        ("yenbai.gov.vn", "laocai", 0),
        ("mof.gov.vn", "mof", 0),
        ("UBND xã Sóc Sơn", "xa-c.hanoi", 0),
        ("Ủy ban nhân dân các xã, phường, đặc khu", "phuong-b.laocai xa-a.hanoi xa-a.laocai xa-c.hanoi", 0),
        ("Ủy ban nhân dân các tỉnh có mưa lũ", "", 1),
        ("Viện kiểm sát nhân dân tối cao", "", 1),
        ("", "", 0),
    ] {
        let (found, lost) = means(phrase, "chinhphu.vn", date(2026, 11, 20));
        assert_eq!((found.as_str(), lost.len()), (who, unknown), "{phrase}: {lost:?}");
    }
}

#[test]
fn a_province_means_its_own_and_a_ministry_all() {
    let on = date(2026, 11, 20);
    let communes = "Ủy ban nhân dân các xã, phường, đặc khu";
    assert_eq!(means(communes, "laocai.gov.vn", on).0, "phuong-b.laocai xa-a.laocai");
    assert_eq!(means("Các sở, ban, ngành", "laocai.gov.vn", on).0, "soyte.laocai");
    assert_eq!(means("Các sở, ban, ngành", "chinhphu.vn", on).0, "", "departments answer to their province");
    assert_eq!(means("UBND các tỉnh, thành phố", "mof.gov.vn", on).0, "hanoi laocai sonla");
    assert_eq!(
        means("các Bộ", "mof.gov.vn", on).0,
        "bvhttdl mae moh",
        "nobody gives a group's task to itself"
    );
    // Two communes have this name: each province means its own, the Government must say which.
    assert_eq!(means("Ủy ban nhân dân xã Tân Tiến", "hanoi.gov.vn", on).0, "xa-a.hanoi");
    assert_eq!(means("Ủy ban nhân dân xã Tân Tiến", "chinhphu.vn", on).1, ["Ủy ban nhân dân xã Tân Tiến"]);
}

#[test]
fn a_phrase_is_read_as_of_the_day_of_issue() {
    let (before, after) = (date(2024, 12, 1), date(2026, 11, 20));
    // The Ministry of Planning went into that of Finance on 1 March 2025 (Nghị quyết 176/2025/QH15).
    assert_eq!(means("Bộ Kế hoạch và Đầu tư", "chinhphu.vn", before).0, "mof");
    assert_eq!(means("Bộ Kế hoạch và Đầu tư", "chinhphu.vn", after).0, "");
    // That of Agriculture and Environment is of that day.
    assert_eq!(means("các Bộ", "chinhphu.vn", before).0, "bvhttdl mof moh");
}

#[test]
fn a_group_may_be_of_one_place_and_a_body_that_has_ended_is_told_whole() {
    let day = date(2026, 11, 26);
    for phrase in [
        "các xã, phường trên địa bàn tỉnh",
        "các xã, phường thuộc tỉnh Lào Cai",
        "Chủ tịch UBND các xã, phường trên địa bàn tỉnh (Lào Cai)",
    ] {
        let (who, unknown) = means(phrase, "laocai.gov.vn", day);
        assert_eq!((who.as_str(), unknown.len()), ("phuong-b.laocai xa-a.laocai", 0), "{phrase}");
    }
    let (who, _) = means("Ủy ban nhân dân các xã, phường thuộc thành phố Hà Nội", "chinhphu.vn", day);
    assert_eq!(who, "xa-a.hanoi xa-c.hanoi");
    let (who, unknown) = means("Bộ Tài chính, Bộ Kế hoạch và Đầu tư", "chinhphu.vn", day);
    assert_eq!((who.as_str(), unknown), ("mof", vec!["Bộ Kế hoạch và Đầu tư".to_owned()]));
}
