//! What the pages about the network promise, in both languages.
#![allow(clippy::unwrap_used)]

use askama::Template;
use jiff::Timestamp;

use super::*;
use crate::items::view::Title;
use crate::reach::shown::Network;
use crate::web::shell::{assert_page, sample};
use crate::words::Lang;

const BOTH: [Lang; 2] = [Lang::Vi, Lang::En];

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn coverage(lang: Lang, summary: Summary) -> CoveragePage {
    let account = Account {
        of: AccountOf::Correction,
        at: at("2026-11-24T01:20:00Z"),
        reached: (3_370, 3_373),
        half_ms: Some(200),
        most_ms: Some(800),
        closed_at: None,
    };
    let issue = Account {
        of: AccountOf::Issue,
        reached: (3_373, 3_373),
        closed_at: Some(account.at),
        ..account.clone()
    };
    let holder = HolderRow {
        name: "quangninh.gov.vn/mirror".into(),
        agency: "Tỉnh Quảng Ninh".into(),
        stored_at: Some(account.at),
        size: Some(815),
        portals: (54, 55),
        shown_at: None,
    };
    CoveragePage {
        shell: sample(lang),
        reference: "019ab3f0".into(),
        label: "Nghị định 154/2026/NĐ-CP".into(),
        title: Some(Title { text: "Quy định chi tiết".into(), lang: "vi".into() }),
        summary,
        reach: Network::default(),
        portals: (3_370, 3_373),
        accounts: vec![account, issue],
        exceptions: vec![Exception {
            node: "Tỉnh Lào Cai".into(),
            portals: ["Xã Mù Cang Chải", "Xã Bát Xát", "Xã Y Tý"].map(|name| (name.into(), None)).into(),
            since: Some(at("2026-11-24T02:58:00Z")),
            cut_off: true,
            shows: Shows::Earlier { synced: at("2026-11-24T02:58:00Z") },
            carer: "Tỉnh Lào Cai".into(),
            told_at: Some(at("2026-11-24T02:59:00Z")),
        }],
        provinces: vec![ProvinceRow {
            name: "Lào Cai".into(),
            cells: vec![Cell::Good, Cell::Behind, Cell::Good],
        }],
        holders: vec![HolderRow { stored_at: None, size: None, ..holder.clone() }, holder],
        sites: Vec::new(),
        ledger: None,
    }
}

#[test]
fn coverage_says_how_far_how_fast_and_who_cares() {
    let html = coverage(Lang::Vi, Summary::Shown).render().unwrap();
    for said in [
        "<b>3.370</b> trên 3.373 cổng đang hiển thị đúng bản mới nhất",
        "Đính chính lúc 08:20 hôm nay đã đến 3.370/3.373 cổng; nửa số cổng trong 0,2 giây, 99 % trong 0,8 giây. Còn 3 cổng.",
        "Đã đến đủ lúc 08:20 hôm nay.",
        "3 cổng chưa hiển thị bản mới nhất",
        "Máy chủ của Tỉnh Lào Cai: 3 cổng",
        "<li>Xã Bát Xát</li>",
        "mất kết nối 09:58",
        "Tỉnh Lào Cai, đã báo 09:59",
        "<i></i><b></b><i></i>",
        "2/3",
        "1/2 máy chủ đang lưu",
    ] {
        assert!(html.contains(said), "{said}");
    }
    for lang in BOTH {
        for summary in [Summary::Shown, Summary::Withdrawn, Summary::Erased] {
            assert_page(&coverage(lang, summary).render().unwrap());
        }
    }
}

#[test]
fn the_network_page_first_says_whether_anything_must_be_done() {
    let page = |lang, alarms| NetworkPage {
        sealed: Vec::new(),
        shell: sample(lang),
        node: NodeFacts {
            at_once: Vec::new(),
            name: "quangninh.gov.vn/mirror".into(),
            portals: 55,
            version: "0.1.0".into(),
            started: at("2026-11-24T00:00:00Z"),
        },
        alarms,
        neighbours: vec![Neighbour {
            name: "chinhphu.vn/mirror".into(),
            agency: "Văn phòng Chính phủ".into(),
            role: NeighbourRole::Both,
            state: NeighbourState::Down { since: at("2026-11-24T02:41:00Z") },
            lag_ms: None,
            receipt_at: None,
            behind: 0,
        }],
        logs: vec![LogRow {
            origin: "chinhphu.vn/log".into(),
            agency: "Chính phủ".into(),
            size: 3_527,
            lacking: 0,
            at: None,
            state: LogState::Behind(17),
            this_portal: false,
        }],
        heads: Heads { at: Some(at("2026-11-24T02:59:55Z")), size: 10_412, quorum: (1, 2) },
        letters: crate::peers::letters::store::Counts::default(),
        splits: vec![],
    };
    let mut calm = page(Lang::Vi, vec![]);
    calm.neighbours[0].state = NeighbourState::InStep;
    calm.logs[0].state = LogState::InStep;
    assert!(calm.render().unwrap().contains("Mọi thứ đang chạy tốt. Bạn không phải làm gì."));
    let busy = page(Lang::Vi, vec![]).render().unwrap();
    assert!(!busy.contains("Mọi thứ đang chạy tốt"), "a line is down");
    assert!(
        busy.contains("Chưa chắc. Sổ mốc chung cập nhật 09:59 hôm nay mới có 1 chữ ký chứng kiến (cần 2)")
    );
    for lang in BOTH {
        assert_page(&page(lang, vec![]).render().unwrap());
        let alarm = Alarm::of(lang, "follower.split", "", "a.vn/log", "", at("2026-11-24T02:41:00Z"));
        assert_page(&page(lang, vec![alarm]).render().unwrap());
    }
}
