//! Whose it is stays with few: in no log, trace, page or table that others read; guessing learns nothing; taking back erases.

use std::process::Stdio;

use super::super::crash::{Program, signs};
use super::super::erasure::files_with;
use super::*;

/// What a sender says of themselves; it stands in none of their words.
const CONTACT: [(&str, &str); 4] = [
    ("ho-ten", "Hoàng Thị Mận Tím"),
    ("dien-thoai", "0977 313 131"),
    ("email", "man.tim@vidu-rieng.vn"),
    ("dia-chi", "ngõ Hoa Gạo số 77"),
];

fn known(mode: &'static str) -> Vec<(&'static str, &'static str)> {
    let mut fields = vec![("dinh-danh", mode)];
    fields.extend(CONTACT);
    fields
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_survives_kill_9_and_no_trace_repeats_who_sent_it() {
    let mut world = World::with(["chinhphu", "mof"]).await;
    world.stop("chinhphu").await;
    let traces = tempfile::NamedTempFile::new().unwrap();
    let lines: Stdio = traces.reopen().unwrap().into();
    let program = Program::telling(&world, "chinhphu", "trace", lines);
    signs(&world, "chinhphu").await;
    let keys = asks(&world, "chinhphu", &known("named")).await;
    let shown = follows(&world, "chinhphu", &keys).await;
    let wrong = Keys { secret: "0".repeat(26), ..keys.clone() };
    assert_eq!((shown.status, follows(&world, "chinhphu", &wrong).await.status), (200, 403));
    let faulty = [("dinh-danh", "named"), CONTACT[0], ("dien-thoai", "0977-313-131-abc"), CONTACT[3]];
    assert_eq!(posts(&world, "chinhphu", ASK, &form(&faulty), None).await.status, 422);
    program.kill();

    let told = std::fs::read_to_string(traces.path()).unwrap();
    assert!(told.len() > 1_000, "nothing was traced: {told}");
    for said in CONTACT.iter().map(|(_, said)| *said).chain([keys.secret.as_str(), "Đèn đường", "0977-313"])
    {
        assert!(!told.contains(said), "{said} stands in a trace");
    }
    world.start("chinhphu").await;
    world.may_sign("chinhphu").await;
    let page = follows(&world, "chinhphu", &keys).await;
    assert!(page.status == 200 && page.says("Đèn đường"), "{}", page.text());
    assert_eq!(record(&world, "chinhphu", &keys).await, ["registered"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sent_it_stands_in_no_table_log_or_page_that_others_read() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let clerk = world.staff("laocai", "lan", &["clerk"]).await;
    let chief = world.staff("laocai", "chu.tich", &["leader"]).await;
    let press = world.staff("laocai", "bao.chi", &["publisher"]).await;
    let named = asks(&world, "laocai", &known("named")).await;
    let hidden = asks(&world, "laocai", &known("hidden")).await;
    let nobody = asks(&world, "laocai", &known("anonymous")).await;

    // Whoever handles it asks for a name and is noted; a hidden one is the head's alone; of nobody there is nothing.
    let sees = async |who: &Staff, keys: &Keys| {
        let page = steps(&world, who, keys, "xem-nguoi-gui", &[]).await;
        page.says("Hoàng Thị Mận Tím")
    };
    assert!(!world.sees(&clerk, &desk(&named)).await.says("Mận Tím"), "not before it is asked for");
    assert_eq!(
        [sees(&clerk, &named).await, sees(&chief, &named).await, sees(&press, &named).await],
        [true, true, false]
    );
    assert_eq!([sees(&clerk, &hidden).await, sees(&chief, &hidden).await], [false, true]);
    assert_eq!([sees(&clerk, &nobody).await, sees(&chief, &nobody).await], [false, false]);
    let audit = world.request("GET", "laocai", "/api/v1/audit").bearer_auth(world.token("laocai"));
    let audit = world.ask(audit).await.text();
    assert!(audit.matches("petition.contact").count() >= 3, "{audit}");

    answers(&world, &clerk, &chief, &named, "Đã thay bóng đèn hôm nay.").await;
    let mut read = vec![audit, entries(&world, "laocai").await.join("\n")];
    let code = named.code.as_str();
    for path in [
        HOME,
        "/phan-anh/thong-ke",
        "/phan-anh/thong-ke.csv",
        &format!("/phan-anh/ho-so/{code}"),
        "/feed.atom",
        "/sitemap.xml",
    ] {
        read.push(world.get("laocai", path).await.text());
    }
    read.push(world.sees(&clerk, DESK).await.text());
    read.push(world.sees(&press, &desk(&named)).await.text());
    for text in read {
        for (_, said) in CONTACT {
            assert!(!text.contains(said), "{said} in {text}");
        }
    }
    // On the disk it lies sealed.
    for (_, said) in CONTACT {
        assert!(files_with(&world.home("laocai"), said).is_empty(), "{said} lies open");
        assert!(world.rows("laocai").await.is_none_or(|rows| !rows.contains(said)), "{said} lies open");
    }
}

const HOME: &str = "/phan-anh";

#[tokio::test(flavor = "multi_thread")]
async fn guessing_learns_nothing_and_has_to_wait() {
    let world = World::with(["chinhphu"]).await;
    let keys = asks(&world, "chinhphu", &[]).await;
    let code: vietnam::petition_code::Code = keys.code.parse().unwrap();
    let next = (code.number() + 1..)
        .find_map(|n| vietnam::petition_code::Code::new(code.day(), n, code.unit().clone()));
    let nobodys = Keys { code: next.unwrap().to_string(), secret: keys.secret.clone() };
    let wrong = Keys { secret: "7ZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZ".into(), ..keys.clone() };
    let (a, b) = (follows(&world, "chinhphu", &nobodys).await, follows(&world, "chinhphu", &wrong).await);
    assert_eq!((a.status, b.status), (403, 403));
    let alike = |page: &Answer, keys: &Keys| page.text().replace(&keys.code, "").replace(&keys.secret, "");
    assert_eq!(alike(&a, &nobodys), alike(&b, &wrong), "an unknown code and a wrong secret read the same");
    assert!(world.get("chinhphu", &format!("/phan-anh/ho-so/{}", keys.code)).await.status == 404);
    // A slip of the finger is told without asking anybody.
    let slip = Keys { code: keys.code.replacen("2026", "2062", 1), ..keys.clone() };
    let slipped = follows(&world, "chinhphu", &slip).await;
    assert!(slipped.status == 422, "{} {}", slipped.status, slipped.text());
    let mut waits = 0;
    for _ in 0..40 {
        waits = follows(&world, "chinhphu", &wrong).await.status;
        if waits == 429 {
            break;
        }
    }
    assert_eq!(waits, 429);
    assert_eq!(follows(&world, "chinhphu", &keys).await.status, 429, "right or wrong is not told either");
    // Nobody acts as a sender without the secret.
    let acted = does(&world, "chinhphu", &wrong, "rut", &[("chac-chan", "on")]).await;
    assert_eq!(acted.status, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_back_is_erased_and_a_contact_alone_can_be() {
    let world = World::with(["chinhphu"]).await;
    let chief = world.staff("chinhphu", "chu.tich", &["leader"]).await;
    let keys = asks(&world, "chinhphu", &known("named")).await;
    let forgotten = does(&world, "chinhphu", &keys, "xoa-lien-he", &[]).await;
    assert!(forgotten.says("Đã xóa thông tin liên hệ"), "{}", forgotten.text());
    assert_eq!(steps(&world, &chief, &keys, "xem-nguoi-gui", &[]).await.status, 409);

    let words = "Rác chất đống cạnh giếng Ngọc Lam từ tuần trước.";
    let keys = asks(&world, "chinhphu", &[("chuyen-gi", words)]).await;
    let unsure = does(&world, "chinhphu", &keys, "rut", &[]).await;
    assert!(unsure.status == 422 && unsure.says("Hãy đánh dấu"), "{}", unsure.text());
    let gone = does(&world, "chinhphu", &keys, "rut", &[("chac-chan", "on")]).await;
    assert!(gone.status == 200 && gone.says("Đã rút"), "{}", gone.text());
    assert!(!world.sees(&chief, &desk(&keys)).await.says("Ngọc Lam"));
    assert_eq!(record(&world, "chinhphu", &keys).await, ["registered", "closed"]);
    let late = steps(&world, &chief, &keys, "nhan", &[]).await;
    assert_eq!(late.status, 409, "{}", late.text());
    let paper = [("ma", keys.code.as_str()), ("bi-mat", keys.secret.as_str())];
    assert_eq!(world.sends("chinhphu", "/phan-anh/tra-cuu/giay", "", &paper).await.status, 409);
}
