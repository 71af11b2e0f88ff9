//! What the pages of items promise, in both languages.
#![allow(clippy::unwrap_used)]

use askama::Template;
use jiff::Timestamp;
use jiff::civil::date;
use vietnam::documents::Status;

use super::*;
use crate::annexes::view::Beside;
use crate::documents::view::{Group, Law, Line, Said, SealLine};
use crate::web::shell::{assert_page, sample};
use crate::words::Lang;

const BOTH: [Lang; 2] = [Lang::Vi, Lang::En];

fn version(name: &str, bytes: u64) -> Version {
    Version { href: format!("/content/{name}"), name: name.into(), bytes }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn titled(text: &str) -> Title {
    Title { text: text.into(), lang: "vi".into() }
}

fn row() -> ItemRow {
    ItemRow {
        href: "/muc/019ab3f0".into(),
        title: titled("Ứng phó mưa lũ <script>alert(1)</script>"),
        kind: Kind::of("directive"),
        form: Some("Công điện".into()),
        number: Some("46/CĐ-TTg".into()),
        agency: "Thủ tướng Chính phủ".into(),
        issued: Some(date(2026, 11, 24)),
        at: at("2026-11-24T00:40:00Z"),
        urgency: Urgency::Flash,
        legal: Some(Status::InForce),
        change: RowChange::Corrected(at("2026-11-24T01:20:00Z")),
        sample: true,
    }
}

fn item(lang: Lang) -> ItemPage {
    ItemPage {
        lead: None,
        shell: sample(lang),
        reference: "019ab3f0".into(),
        title: "Quy định \"chi tiết\" <b>".into(),
        title_en: Some("Detailing".into()),
        lang: "vi".into(),
        tongues: Tongues { shown: "vi".into(), ..Tongues::default() },
        kind: Kind::of("document"),
        form: Some("Nghị định".into()),
        number: Some("154/2026/NĐ-CP".into()),
        agency: "Chính phủ".into(),
        signer: None,
        issued_on: Some(date(2026, 5, 15)),
        effective_on: Some(date(2026, 7, 1)),
        expires_on: None,
        law: Some(Law {
            status: Status::Repealed,
            on: date(2026, 11, 24),
            today: true,
            reasons: vec![Said {
                before: "bị bãi bỏ bởi ".into(),
                link: Some(("/muc/0a".into(), "9/2026/NĐ-CP".into())),
                after: " từ ngày 01/08/2026".into(),
            }],
            doubts: vec![],
            wrong: Some("<hôm qua>".into()),
        }),
        related: vec![Group {
            label: "Bị bãi bỏ bởi".into(),
            lines: vec![Line {
                number: "9/2026/NĐ-CP".into(),
                href: Some("/muc/0a".into()),
                title: Some(titled("Bãi bỏ <b>")),
                note: Some("Điều 5".into()),
                beside: Some("/muc/019ab3f0/so-sanh?voi=77bb".into()),
            }],
            more: 3,
        }],
        urgency: Urgency::Ordinary,
        sample: false,
        layer: Layer::Digitised,
        source: Some(Source {
            name: "Công báo nước CHXHCN Việt Nam".into(),
            original: Some(Original {
                href: "https://congbao.chinhphu.vn/van-ban/154.htm".into(),
                site: "congbao.chinhphu.vn".into(),
                attribution: true,
            }),
        }),
        facts: vec![],
        files: vec![FileLink {
            href: "/content/41aa".into(),
            name: "154.pdf".into(),
            format: "PDF".into(),
            bytes: 2_149_000,
        }],
        seals: vec![SealLine { says: "154.pdf: <Cổng>, ký lúc 08:00".into(), wrong: true }],
        annexes: vec![Beside {
            says: "Cơ quan xã A <b> viết thêm".into(),
            not_the_issuer: "Không phải lời của cơ quan ban hành.".into(),
            stale: Some("Viết khi đọc bản 1".into()),
            title: "Ở xã ta <script>".into(),
            lang: "vi".into(),
            body: "<p>Nộp tại xã.</p>".into(),
            signed: "Đăng hôm nay".into(),
        }],
        pictures: vec![Picture {
            alt: "Cầu \"mới\" <b>".into(),
            src: "/content/77bb".into(),
            bytes: 84_000,
            width: 640,
            height: 480,
            avif: "/content/88cc 640w".into(),
            avif_narrow: true,
            jpeg: "/content/77bb 640w".into(),
            text: Some("Mực nước <b>31,2 m</b>".into()),
        }],
        clips: vec![Clip {
            name: "hop-bao.mp4".into(),
            seconds: 61,
            is_sound: false,
            pixels: (854, 480),
            best: version("hop-bao.mp4", 3_100_000),
            light: Some(version("hop-bao-240.mp4", 790_000)),
            others: Vec::new(),
            sound: Some(version("hop-bao.m4a", 240_000)),
            poster: Some("/content/hop-bao.jpg".into()),
            captions: Some("/content/hop-bao.vtt".into()),
            text: Some("0:00 Xin chào & <b>".into()),
        }],
        span: Span {
            issued: Issued {
                by: "Văn phòng Chính phủ".into(), at: at("2026-11-23T08:15:02Z"), entry: 812
            },
            stored: Stored { nodes: 3, of: 3, last_after_ms: Some(400), lacking: 0 },
            shown: Shown::Since(at("2026-11-23T08:15:02Z")),
        },
        provenance: Provenance::Signed {
            by: "Văn phòng Chính phủ".into(),
            at: at("2026-11-23T08:15:02Z"),
            entry: 812,
            origin: "chinhphu.vn/log".into(),
            nodes: (3, 3),
            demo_key: true,
        },
        notices: vec![Notice::Corrected {
            at: at("2026-11-24T01:20:00Z"), note: Some("tại mục 3".into())
        }],
        summary: None,
        toc: vec![
            TocLine { level: 1, href: "#chuong-i".into(), text: "Chương I".into() },
            TocLine { level: 2, href: "/muc/019ab3f0?phan=2#dieu-9".into(), text: "Điều 9".into() },
        ],
        parts: None,
        coverage: Some((3_370, 3_373)),
        editions: 2,
        has_body: true,
        verify: Verify {
            proof: "/proof/019ab3f0".into(),
            qr: "/qr/019ab3f0".into(),
            qr_href: "https://chinhphu.vn/kiem-tra#/proof/019ab3f0".into(),
            root_fingerprint: "9f2c 41aa".into(),
        },
        meta: Meta {
            languages: vec![("zh".into(), "https://chinhphu.vn/muc/019ab3f0?lang=zh".into())],
            canonical: "https://chinhphu.vn/muc/019ab3f0".into(),
            dc: vec![("DC.title".into(), "Quy định \"chi tiết\"".into())],
            eli_about: "https://chinhphu.vn/vb/nghi-dinh/2026/154-nd-cp".into(),
            eli: vec![("http://data.europa.eu/eli/ontology#id_local".into(), "154/2026/NĐ-CP".into())],
            alternates: vec![("/muc/019ab3f0/akn.xml".into(), "application/akn+xml", "Akoma Ntoso")],
            json_ld: r#"{"@context":"https://schema.org"}"#.into(),
        },
    }
}

#[test]
fn an_item_is_drawn_around_its_body() {
    for lang in BOTH {
        let page = item(lang);
        let around = page.around().unwrap();
        assert!(around.before.trim_end().ends_with("<article class=\"state-text\" lang=\"vi\">"));
        assert!(around.after.trim_start().starts_with("</article>"));
        let whole = format!("{}<p>Điều 1</p>{}", around.before, around.after);
        assert_page(&whole);
        assert!(
            whole.contains("Quy định &#34;chi tiết&#34; &#60;b&#62;") && !whole.contains("chi tiết\" <b>")
        );
        assert!(whole.contains(r#"<meta name="DC.title" content="Quy định &#34;chi tiết&#34;">"#));
        assert!(whole.contains("data-proof=\"/proof/019ab3f0\""));
    }
}

#[test]
fn an_item_says_who_when_and_where_in_plain_sentences() {
    let html = item(Lang::Vi).render().unwrap();
    for said in [
        "Do Văn phòng Chính phủ đăng lúc 15:15 ngày 23/11/2026, mục số 812; 3/3 máy chủ đang lưu.",
        "Ký bằng khóa trình diễn, không phải khóa của cơ quan.",
        "Đã đính chính lúc 08:20 hôm nay.",
        "Bản số hóa, không có giá trị pháp lý. Căn cứ vào bản gốc có chữ ký.",
        "Công báo nước CHXHCN Việt Nam</span>. <span class=\"soft\">Khi dùng lại, ghi rõ nguồn congbao.chinhphu.vn.</span>",
        "Nơi đang hiển thị: 3.370/3.373",
        "máy cuối cùng sau 0,4 giây",
        "(PDF, 2,1 MB)",
        "Bản trình diễn – không phải trang chính thức.",
    ] {
        assert!(html.contains(said), "{said}");
    }
    let html = item(Lang::En).render().unwrap();
    for said in [
        "href=\"/en/muc/019ab3f0/lich-su\"",
        "href=\"/en/muc/019ab3f0?phan=2#dieu-9\"",
        "href=\"#chuong-i\"",
        ">Detailing<",
    ] {
        assert!(html.contains(said), "{said}");
    }
}

#[test]
fn a_withdrawn_item_counts_where_it_is_gone_and_not_where_it_is_shown() {
    let mut page = item(Lang::Vi);
    page.notices.push(Notice::Withdrawn { at: at("2026-11-24T02:12:00Z"), reason: None, by: None });
    let html = page.render().unwrap();
    assert!(html.contains("Nơi đã gỡ: 3.370/3.373") && !html.contains("Nơi đang hiển thị:"));
}

#[test]
fn an_item_without_text_says_so_and_a_carried_one_offers_no_check() {
    let mut page = item(Lang::Vi);
    page.layer = Layer::MetadataOnly;
    page.has_body = false;
    page.provenance = Provenance::Carried {
        site: "bache.quangninh.gov.vn".into(),
        href: "https://bache.quangninh.gov.vn/x".into(),
        at: at("2026-11-23T08:15:02Z"),
    };
    let html = page.render().unwrap();
    assert_page(&html);
    assert!(html.contains("Chỉ có thông tin mô tả; toàn văn xem tại bản gốc.") && !html.contains("<article"));
    assert!(
        html.contains("cơ quan ban hành chưa ký")
            && !html.contains("data-proof")
            && !html.contains("/assets/verify.")
    );
}

#[test]
fn the_span_never_says_more_than_is_proven() {
    let mut span = item(Lang::Vi).span;
    let states = |span: &Span| span.stops(Lang::Vi).map(|stop| (stop.state, stop.leads_on));
    assert_eq!(states(&span), [(StopState::Proven, true); 3]);
    span.stored.nodes = 2;
    span.shown = Shown::Awaited;
    assert_eq!(
        states(&span),
        [(StopState::Proven, false), (StopState::Awaited, false), (StopState::Awaited, true)]
    );
    assert_eq!(span.stops(Lang::Vi)[1].note, "chờ 1 máy chủ xác nhận");
    span.stored = Stored { nodes: 0, of: 0, last_after_ms: None, lacking: 0 };
    span.shown = Shown::Failed;
    assert_eq!(states(&span)[1].0, StopState::Awaited);
    assert_eq!(states(&span)[2].0, StopState::Failed);
}

#[test]
fn a_row_says_what_happened_last() {
    let shell = sample(Lang::Vi);
    let said = row().line(&shell).replace('\u{a0}', " ");
    assert_eq!(
        said,
        "Thủ tướng Chính phủ · (mẫu) Công điện 46/CĐ-TTg ngày 24/11/2026 · đính chính lúc 08:20 hôm nay · còn hiệu lực"
    );
    assert_eq!(row().when(&shell), "07:40");
}

#[test]
fn home_answers_also_when_there_is_nothing_yet() {
    for lang in BOTH {
        let page = |directions: Vec<ItemRow>, alarms| HomePage {
            shell: sample(lang),
            own: directions.clone(),
            above: Some(("Tỉnh Lào Cai <script>alert(1)</script>".into(), directions.clone())),
            services: vec![("/dich-vu/danh-sach?su-kien=khai-sinh".into(), "Có con nhỏ".into())],
            directions,
            day_note: Some("ngày nghỉ lễ".into()),
            portals: 3_373,
            alarms,
        };
        let html = page(vec![row()], 0).render().unwrap();
        assert_page(&html);
        assert!(!html.contains("alert(1)</script>"));
        assert_page(&page(vec![], 2).render().unwrap());
    }
    let shell = sample(Lang::Vi);
    let page = HomePage {
        shell,
        directions: vec![],
        above: None,
        own: vec![],
        services: vec![],
        day_note: None,
        portals: 0,
        alarms: 0,
    };
    assert_eq!(page.today(), "Thứ Ba, 24/11/2026");
}

#[test]
fn filters_and_pages_keep_each_other() {
    for lang in BOTH {
        let page = ListPage {
            shell: sample(lang),
            days: vec![Day { date: date(2026, 11, 24), rows: vec![row()] }],
            kind: Some(Kind::of("document")),
            origin: Some(Origin::Network),
            page: 2,
            pages: 141,
            total: 3_525,
        };
        assert_page(&page.render().unwrap());
        let prefix = if lang == Lang::En { "/en" } else { "" };
        assert_eq!(page.newer().unwrap(), format!("{prefix}/thong-tin?loai=van-ban&cua=mang"));
        assert_eq!(page.older().unwrap(), format!("{prefix}/thong-tin?loai=van-ban&cua=mang&trang=3"));
        assert_eq!(page.origins()[0].href, format!("{prefix}/thong-tin?loai=van-ban"));
        assert!(page.origins()[2].current && page.kinds()[2].current);
    }
    for kind in Kind::all() {
        assert_eq!(Kind::from_slug(kind.slug()), Some(kind));
    }
    assert_eq!(Origin::from_slug("khac"), None);
}

#[test]
fn what_is_erased_is_never_named() {
    for lang in BOTH {
        let page = |why| GonePage {
            shell: sample(lang),
            reference: "019ab3f0".into(),
            title: Some(titled("Tên bí mật")),
            agency: "Chính phủ".into(),
            why,
            entry: 816,
        };
        let gone =
            page(GoneWhy::Withdrawn { at: at("2026-11-24T02:12:00Z"), reason: None }).render().unwrap();
        assert_page(&gone);
        assert!(gone.contains("Tên bí mật"));
        let basis = Some("khoản 2 Điều 16".to_owned());
        let erased = page(GoneWhy::Erased { at: at("2026-11-24T02:12:00Z"), basis }).render().unwrap();
        assert_page(&erased);
        assert!(!erased.contains("Tên bí mật") && erased.contains("khoản 2 Điều 16"));
    }
}

#[test]
fn editions_and_feeds_are_pages_too() {
    for lang in BOTH {
        let edition = Edition {
            number: Some(2),
            change: Change::Correct,
            at: at("2026-11-24T01:20:00Z"),
            entry: 814,
            log: None,
            note: None,
            href: Some("/muc/019ab3f0".into()),
        };
        let history = HistoryPage {
            shell: sample(lang),
            reference: "019ab3f0".into(),
            title: None,
            label: "Nghị định 154/2026/NĐ-CP".into(),
            log: "chinhphu.vn/log".into(),
            editions: vec![
                Edition { number: None, log: Some("a.vn/log".into()), ..edition.clone() },
                edition,
            ],
        };
        assert_page(&history.render().unwrap());
        let feed = FeedRow { name: "Tất cả".into(), atom: "/a.atom".into(), rss: "/a.rss".into() };
        let feeds = FeedsPage { shell: sample(lang), feeds: vec![feed], sitemap: "/sitemap.xml".into() };
        assert_page(&feeds.render().unwrap());
    }
}
