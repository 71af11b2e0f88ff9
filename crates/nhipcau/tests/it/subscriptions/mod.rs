//! Following by e-mail, over a relay that keeps what it is handed: nothing before the one-time link, everything after it, and
//! nothing any more after one click.

mod browser;
mod front;
mod relay;
mod service;
mod sink;

use std::path::Path;

use nhipcau::config::{File, MailTable, MailTls};
use serde_json::json;

use super::erasure::files_with;
use super::world::{Answer, Plan, World, edition, notice, on_postgres, until};
pub(crate) use sink::{Got, Sink};
use sink::{KEY, Mood};

const AN: &str = "an@vidu.vn";
const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;

/// A nation whose nodes send mail over a relay.
pub(crate) async fn with_mail<const N: usize>(labels: [&str; N], sink: &Sink, folder: &Path) -> World {
    let key = folder.join("dkim.pem");
    std::fs::write(&key, KEY).unwrap();
    let bounces = folder.join("bounces");
    std::fs::create_dir_all(bounces.join("new")).unwrap();
    let petitions = folder.join("petitions");
    std::fs::create_dir_all(petitions.join("new")).unwrap();
    let table = MailTable {
        relay: format!("127.0.0.1:{}", sink.port),
        tls: MailTls::None,
        login: None,
        password: None,
        from: "tin@cong.gov.vn".into(),
        dkim_selector: "nhipcau".into(),
        dkim_key: key,
        bounces: Some(bounces),
        petitions: Some(petitions),
    };
    Plan::of(labels).with(move |file: &mut File| file.mail = Some(table.clone())).start().await
}

/// Waits for the `n`th mail to an address.
pub(crate) async fn comes(sink: &Sink, to: &str, n: usize) -> Got {
    until("a mail", async || {
        let got = sink.to(to);
        let subjects: Vec<String> = got.iter().map(|got| got.header("subject")).collect();
        got.get(n - 1).cloned().ok_or(format!("{n} mails to {to}: {subjects:?}"))
    })
    .await
}

async fn asks(world: &World, portal: &str, fields: &[(&str, &str)]) -> Answer {
    world.sends(portal, "/theo-doi", "", fields).await
}

pub(crate) fn path(link: &str) -> String {
    format!("/{}", link.splitn(4, '/').nth(3).unwrap())
}

/// Asks, opens the link that comes as the `n`th mail to an address, and confirms; the page of all that it follows.
async fn follows(world: &World, sink: &Sink, portal: &str, fields: &[(&str, &str)], n: usize) -> String {
    let to = fields.iter().find(|(name, _)| *name == "email").unwrap().1;
    let answer = asks(world, portal, fields).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    let link = path(&comes(sink, to, n).await.link("/xac-nhan/"));
    let done = world.sends(portal, &link, "", &[]).await;
    assert_eq!(done.status, 303, "{}", done.text());
    done.header("location").split('?').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_told_before_the_link_and_everybody_of_a_correction_after() {
    let (sink, folder) = (Sink::start().await, tempfile::tempdir().unwrap());
    let mut world = with_mail(["chinhphu"], &sink, folder.path()).await;
    let form = world.get("chinhphu", "/theo-doi").await;
    assert!(form.says("Gửi thư xác nhận") && form.says("/feed.json"), "{}", form.text());
    let fields = [("gi", "loai"), ("loai", "thong-bao"), ("deu", "ngay"), ("email", AN)];
    assert_eq!(asks(&world, "chinhphu", &fields).await.status, 303);
    let first = comes(&sink, AN, 1).await;
    assert!(first.header("subject").starts_with("Xác nhận theo dõi"), "{}", first.header("subject"));
    assert_eq!(first.header("list-unsubscribe"), "", "there is nothing to end yet");
    first.signed();

    // The link asks once more; nobody is told of anything before.
    let link = path(&first.link("/xac-nhan/"));
    assert!(world.get("chinhphu", &link).await.says("Bắt đầu theo dõi"));
    world.issues("chinhphu", notice("Trước khi xác nhận", "Một.")).await;
    let begun = world.sends("chinhphu", &link, "", &[]).await;
    assert_eq!(begun.status, 303, "{}", begun.text());
    let mine = begun.header("location").to_owned();
    let page = world.get("chinhphu", &mine).await;
    assert!(page.says("a…@vidu.vn") && page.says("Loại tin: Thông báo"), "{}", page.text());
    let twice = world.get("chinhphu", &link).await;
    assert!(twice.status == 410 && twice.says("đã được dùng"), "{}", twice.text());

    let item = world.issues("chinhphu", notice("Lịch tiêm chủng", "Thứ Sáu, tại trạm y tế.")).await;
    let told = comes(&sink, AN, 2).await;
    assert_eq!(told.header("subject"), "Lịch tiêm chủng");
    assert_eq!(told.header("list-unsubscribe-post"), "List-Unsubscribe=One-Click");
    assert_eq!(told.header("auto-submitted"), "auto-generated");
    assert!(told.from.starts_with("tin+") && told.header("from").ends_with("<tin@cong.gov.vn>"));
    let covered = told.signed();
    for name in ["from", "list-unsubscribe", "list-unsubscribe-post", "message-id"] {
        assert!(covered.iter().any(|field| field == name), "{name} is not covered: {covered:?}");
    }
    let [text, html] = told.says();
    for form in [&text, &html] {
        assert!(form.contains(&item.reference) && form.contains("trong sổ chinhphu.localhost/log"), "{form}");
    }

    world.corrects(&item, edition("Lịch tiêm chủng (sửa)", "Thứ Bảy.")).await;
    assert_eq!(comes(&sink, AN, 3).await.header("subject"), "Đính chính: Lịch tiêm chủng (sửa)");
    world.withdraws(&item, false).await;
    let withdrawn = comes(&sink, AN, 4).await;
    assert_eq!(withdrawn.header("subject"), "Đã gỡ: Lịch tiêm chủng (sửa)");

    // One click, as a mail program sends it: from nowhere, without anything.
    let ends = withdrawn.header("list-unsubscribe").trim_matches(['<', '>']).to_owned();
    let click = world.request("POST", "chinhphu", &path(&ends)).body("List-Unsubscribe=One-Click");
    assert_eq!(world.ask(click).await.status, 200);
    assert_eq!(world.get("chinhphu", &mine).await.status, 410);
    let last = world.issues("chinhphu", notice("Sau khi thôi", "Ba.")).await;
    world.page("chinhphu", &last).await;
    world.clock("chinhphu").pass(24 * HOUR);
    let other = [("gi", "tat-ca"), ("deu", "ngay"), ("email", "binh@vidu.vn")];
    follows(&world, &sink, "chinhphu", &other, 1).await;
    assert_eq!(sink.to(AN).len(), 4, "{:?}", sink.to(AN).last().map(|got| got.header("subject")));
    if !on_postgres() {
        world.stop("chinhphu").await;
        for address in [AN, "binh@vidu.vn"] {
            assert_eq!(files_with(&world.home("chinhphu"), address), Vec::<std::path::PathBuf>::new());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_comes_at_its_hour_and_a_correction_at_once() {
    let (sink, folder) = (Sink::start().await, tempfile::tempdir().unwrap());
    let world = with_mail(["chinhphu"], &sink, folder.path()).await;
    let clock = world.clock("chinhphu").clone();
    let hour = |from_now: i64| {
        let at = nhipcau::clock::instant(clock.micros() + from_now * HOUR);
        at.to_zoned_datetime(nhipcau::words::date::zone()).hour().to_string()
    };
    let soon = hour(2);
    let fields = [("gi", "tat-ca"), ("deu", "hang-ngay"), ("gio", soon.as_str()), ("email", AN)];
    let mine = follows(&world, &sink, "chinhphu", &fields, 1).await;
    let one = world.issues("chinhphu", notice("Tin thứ nhất", "Một.")).await;
    world.issues("chinhphu", notice("Tin thứ hai", "Hai.")).await;
    // Whoever is told at once has heard of both by now; the digest has not left.
    let other = [("gi", "tat-ca"), ("deu", "ngay"), ("email", "binh@vidu.vn")];
    follows(&world, &sink, "chinhphu", &other, 1).await;
    world.issues("chinhphu", notice("Tin thứ ba", "Ba.")).await;
    assert_eq!(comes(&sink, "binh@vidu.vn", 2).await.header("subject"), "Tin thứ ba");
    assert_eq!(sink.to(AN).len(), 1);
    clock.pass(2 * HOUR);
    let digest = comes(&sink, AN, 2).await;
    assert!(digest.header("subject").starts_with("3 tin từ"), "{}", digest.header("subject"));
    let [text, _] = digest.says();
    assert!(text.contains("Tin thứ nhất") && text.contains("Tin thứ hai"), "{text}");
    world.corrects(&one, edition("Tin thứ nhất", "Sửa.")).await;
    assert_eq!(comes(&sink, AN, 3).await.header("subject"), "Đính chính: Tin thứ nhất");

    // Its rhythm and language are changed on its page, then all is ended there.
    let fields = [("viec", "doi"), ("deu", "ngay"), ("gio", "7"), ("ngon-ngu", "en")];
    assert_eq!(world.sends("chinhphu", &mine, "", &fields).await.status, 303);
    world.withdraws(&one, true).await;
    let english = comes(&sink, AN, 4).await;
    assert_eq!(english.header("subject"), "Withdrawn: Tin thứ nhất");
    assert!(english.link("/theo-doi/cua-toi/").contains("/en/theo-doi/"));
    let ended = world.sends("chinhphu", &mine, "", &[("viec", "thoi"), ("chu-de", "all")]).await;
    assert!(
        ended.status == 200 && ended.says("Đã thôi"),
        "who follows nothing is forgotten: {}",
        ended.text()
    );
    assert_eq!(world.get("chinhphu", &mine).await.status, 410);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_loses_no_mail_and_sends_none_twice_under_another_name() {
    let (sink, folder) = (Sink::start().await, tempfile::tempdir().unwrap());
    let mut world = with_mail(["chinhphu"], &sink, folder.path()).await;
    let fields = [("gi", "tat-ca"), ("deu", "ngay"), ("email", AN)];
    follows(&world, &sink, "chinhphu", &fields, 1).await;
    sink.is(Mood::HangsUp);
    world.issues("chinhphu", notice("Có tới không", "Một.")).await;
    let unsure = comes(&sink, AN, 2).await;
    world.stop("chinhphu").await;
    sink.is(Mood::Takes);
    world.start("chinhphu").await;
    world.may_sign("chinhphu").await;
    world.clock("chinhphu").pass(2 * MINUTE);
    let again = comes(&sink, AN, 3).await;
    assert_eq!(again.header("message-id"), unsure.header("message-id"));
    assert_eq!(again.header("date"), unsure.header("date"));

    // What is erased while it waits has no words left; a subscriber who was never sent it is told nothing of it.
    sink.is(Mood::Busy);
    let secret = world.issues("chinhphu", notice("Danh sách hộ nghèo", "Tên từng người.")).await;
    world.clock("chinhphu").pass(MINUTE);
    world.erases(&secret).await;
    sink.is(Mood::Takes);
    world.clock("chinhphu").pass(24 * HOUR);
    world.issues("chinhphu", notice("Tin sau cùng", "Hai.")).await;
    until("the last item", async || {
        // Alone, or with what became of the other.
        let came = sink.to(AN).last().map(|got| got.says()[0].clone()).unwrap_or_default();
        if came.contains("Tin sau cùng") { Ok(()) } else { Err(came) }
    })
    .await;
    for got in sink.got() {
        assert!(!got.says()[0].contains("hộ nghèo"), "{}", got.says()[0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_takes_nothing_is_forgotten() {
    let (sink, folder) = (Sink::start().await, tempfile::tempdir().unwrap());
    let world = with_mail(["chinhphu"], &sink, folder.path()).await;
    let fields = [("gi", "tat-ca"), ("deu", "ngay"), ("email", AN)];
    let mine = follows(&world, &sink, "chinhphu", &fields, 1).await;
    let new = folder.path().join("bounces/new");
    for day in 1..=3 {
        world.issues("chinhphu", notice(&format!("Tin ngày {day}"), "Một.")).await;
        let told = comes(&sink, AN, day + 1).await;
        let report = |status: &str, action: &str| {
            format!(
                "Return-Path: <>\r\nDelivered-To: {}\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n\
                 --x\r\nContent-Type: message/delivery-status\r\n\r\nFinal-Recipient: rfc822; {AN}\r\nAction: {action}\r\nStatus: {status}\r\n\r\n--x--\r\n",
                told.from
            )
        };
        assert_eq!(world.get("chinhphu", &mine).await.status, 200, "day {day}");
        // A delay and a report about nothing of ours end nothing.
        std::fs::write(new.join("a"), report("4.4.1", "delayed")).unwrap();
        std::fs::write(new.join("b"), report("5.1.1", "failed").replace("tin+", "tin+00")).unwrap();
        std::fs::write(new.join("c"), report("5.1.1", "failed")).unwrap();
        world.clock("chinhphu").pass(24 * HOUR);
        until("the reports to be read", async || {
            let left = std::fs::read_dir(&new).unwrap().count();
            if left == 0 { Ok(()) } else { Err(format!("{left} left")) }
        })
        .await;
    }
    until("the third failure", async || {
        let status = world.get("chinhphu", &mine).await.status;
        if status == 410 { Ok(()) } else { Err(status.to_string()) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn agencies_places_documents_and_searches_are_followed_at_any_portal() {
    let (sink, folder) = (Sink::start().await, tempfile::tempdir().unwrap());
    let world = with_mail(["chinhphu", "laocai"], &sink, folder.path()).await;
    let portal = "xa-a.laocai";
    for (who, fields) in [
        ("agency", [("gi", "co-quan"), ("co-quan", "chinhphu.localhost/log")]),
        ("place", [("gi", "noi"), ("noi", "co quan laocai")]),
        ("number", [("gi", "van-ban"), ("van-ban", "042/2022/NĐ-CP")]),
        ("search", [("gi", "tim"), ("tim", "“lệ phí” khai sinh")]),
        ("field", [("gi", "linh-vuc"), ("linh-vuc", "Hộ tịch")]),
    ] {
        let address = format!("{who}@vidu.vn");
        let more = [fields[0], fields[1], ("deu", "ngay"), ("email", &address)];
        follows(&world, &sink, portal, &more, 1).await;
    }
    let decree = json!({
        "kind": "document", "title": "Nghị định bãi bỏ", "form": "Nghị định", "agency": "Chính phủ", "signer": "A",
        "number": "7/2026/NĐ-CP", "issued": "2026-01-05", "effective": "2026-02-01", "fields": ["ho-tich"],
        "text": "Điều 1. Miễn lệ phí đăng ký khai sinh.",
        "relations": [{ "kind": "repeals", "number": "42/2022/NĐ-CP" }],
    });
    world.issues("chinhphu", decree).await;
    world.issues("xa-b.laocai", notice("Lịch họp thôn", "Tối thứ Bảy.")).await;
    for who in ["agency", "number", "search", "field"] {
        assert_eq!(
            comes(&sink, &format!("{who}@vidu.vn"), 2).await.header("subject"),
            "Nghị định bãi bỏ",
            "{who}"
        );
    }
    let place = comes(&sink, "place@vidu.vn", 2).await;
    assert_eq!(place.header("subject"), "Lịch họp thôn");
    assert!(place.link("/muc/").contains("//xa-a.laocai.localhost:"), "it is read where it is followed");
    for who in ["agency", "number", "search", "field", "place"] {
        assert_eq!(sink.to(&format!("{who}@vidu.vn")).len(), 2, "{who}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_says_what_is_wrong_and_nobody_is_flooded() {
    let (sink, folder) = (Sink::start().await, tempfile::tempdir().unwrap());
    let world = with_mail(["chinhphu"], &sink, folder.path()).await;
    for (fields, says) in [
        ([("gi", "tat-ca"), ("tim", ""), ("email", "an.vidu.vn")], "chưa đúng dạng"),
        ([("gi", "tat-ca"), ("tim", ""), ("email", "an@vidu.vn\r\nBcc: b@vidu.vn")], "chưa đúng dạng"),
        ([("gi", "tim"), ("tim", " … "), ("email", AN)], "điền ô bên dưới"),
        ([("gi", "noi"), ("noi", "Xã Không Có"), ("email", AN)], "Không tìm thấy nơi nào tên “Xã Không Có”"),
        ([("gi", "van-ban"), ("van-ban", "mấy"), ("email", AN)], "chưa đọc được số".to_owned().as_str()),
    ] {
        let refused = asks(&world, "chinhphu", &fields).await;
        let text = refused.text().to_lowercase();
        assert!(refused.status == 422 && text.contains(&says.to_lowercase()), "{says}: {text}");
        let typed = fields[1].1.trim();
        assert!(typed.is_empty() || text.contains(&typed.to_lowercase()), "nothing typed is lost");
    }
    let elsewhere = world.request("POST", "chinhphu", "/theo-doi").body("gi=tat-ca&email=an%40vidu.vn");
    assert_eq!(world.ask(elsewhere).await.status, 403, "no other site sends it");
    // An address gets three links a day, however often it is asked for; the answer is the same.
    let fields =
        |email: &str| [("gi", "tat-ca".to_owned()), ("deu", "ngay".to_owned()), ("email", email.to_owned())];
    let send = async |email: &str| {
        let fields = fields(email);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        asks(&world, "chinhphu", &fields).await
    };
    for _ in 0..5 {
        assert_eq!(send(AN).await.header("location"), "/theo-doi?xong=thu");
    }
    assert!(world.get("chinhphu", "/theo-doi?xong=thu").await.says("Hãy mở hộp thư"));
    // From one network twenty links leave in an hour.
    for n in 3..20 {
        assert_eq!(send(&format!("a{n}@vidu.vn")).await.status, 303, "{n}");
    }
    let refused = send("a20@vidu.vn").await;
    assert!(refused.status == 429 && refused.says("từ mạng của bạn"), "{}", refused.text());
    comes(&sink, "a19@vidu.vn", 1).await;
    assert_eq!(sink.to(AN).len(), 3);
    // A link that was made up opens nothing.
    for made_up in ["/theo-doi/cua-toi/0", &format!("/theo-doi/thoi/{}", "0".repeat(64))] {
        assert_eq!(world.get("chinhphu", made_up).await.status, 404);
    }
    assert_eq!(world.get("chinhphu", &format!("/theo-doi/xac-nhan/{}", "a".repeat(64))).await.status, 410);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_relay_feeds_are_offered() {
    let world = World::with(["chinhphu"]).await;
    let page = world.get("chinhphu", "/theo-doi?loai=thong-bao").await;
    assert!(page.says("chưa gửi thư") && page.says("/feed.json?loai=thong-bao"), "{}", page.text());
    assert!(!page.says("type=\"email\""));
    let refused = asks(&world, "chinhphu", &[("gi", "tat-ca"), ("email", AN)]).await;
    assert_eq!(refused.status, 409);
}
