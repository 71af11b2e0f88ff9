//! What somebody typed and could not be taken: it stands on the page that says so, with a way on.

use std::time::Duration;

use serde_json::json;

use super::newsroom::{Office, leads, office};
use super::world::{Answer, PASSWORD, Staff, hidden, until};

const WORDS: &str = "Điện cắt từ 8 giờ, không phải 7 giờ.";

/// A draft in review that Lan wrote, and the version that stands in her open form.
async fn in_review(office: &Office) -> (String, String) {
    let path = office.begins(&office.lan, "notice").await;
    let fields = [("title", "Lịch cắt điện"), ("text", "Cắt điện từ 7 giờ."), ("viec", "submit")];
    leads(&office.writes(&office.lan, &path, &fields).await);
    let version = office.version(&office.lan, &path).await;
    (path, version)
}

/// The section of a page that shows what was typed.
#[track_caller]
fn typed(answer: &Answer) -> String {
    let page = answer.text();
    let from = page.find("Bạn đã viết").unwrap_or_else(|| panic!("nothing shows what was typed: {page}"));
    page[from..].split("</section>").next().unwrap().to_owned()
}

/// Sends on the hidden fields of a form that a section of a page shows.
async fn sends_on(office: &Office, who: &Staff, section: &str, button: &[(&str, &str)]) -> Answer {
    let to = section.split("action=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let text = |value: &str| value.replace("&#34;", "\"").replace("&#38;", "&");
    let fields: Vec<(String, String)> = section
        .split("<input type=\"hidden\" name=\"")
        .skip(1)
        .map(|field| {
            let mut parts = field.split('"');
            let name = parts.next().unwrap().to_owned();
            (name, text(parts.nth(1).unwrap()))
        })
        .filter(|(name, _)| name != "khoa")
        .collect();
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    office.world.fills(who, &to, &[&fields, button].concat()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn words_typed_while_a_colleague_issues_go_on_in_a_correction() {
    let office = office().await;
    let Office { world, lan, minh, .. } = &office;
    let (path, version) = in_review(&office).await;
    let item = leads(&office.does(minh, &path, "approve-issue", "").await);
    // Lan has the form open still, and presses Save; also with an hour that nobody can read.
    for due in ["", "mai lúc tám giờ"] {
        let fields =
            [("version", version.as_str()), ("title", "Lịch cắt điện"), ("text", WORDS), ("due", due)];
        let refused = world.fills(lan, &path, &fields).await;
        assert_eq!(refused.status, 409);
        let shown = typed(&refused);
        assert!(shown.contains(WORDS) && !refused.says("<textarea class=\"govuk-textarea\" id=\"text\""));
        assert!(!shown.contains("<h3>Tiêu đề</h3>"), "what she did not change is not told: {shown}");
    }
    let fields = [("version", version.as_str()), ("title", "Lịch cắt điện"), ("text", WORDS)];
    let refused = world.fills(lan, &path, &fields).await;
    let carried = sends_on(&office, lan, &typed(&refused), &[]).await;
    assert_eq!(carried.status, 200, "{}", carried.text());
    let page = carried.text();
    assert!(page.contains(&format!("{WORDS}</textarea>")) && page.contains("Chưa lưu."), "{page}");
    // The form is that of the correction, and saves there.
    let correction = page.split("data-draft=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let correction = format!("/ban-lam-viec/tin/{correction}");
    assert_ne!(correction, path);
    let version = hidden(&page, "version").unwrap();
    let saved =
        [("version", version.as_str()), ("text", WORDS), ("change_note", "Sửa giờ"), ("viec", "submit")];
    leads(&world.fills(lan, &correction, &saved).await);
    leads(&office.does(minh, &correction, "approve-issue", "").await);
    office.stands(&item, WORDS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_typed_while_a_colleague_throws_the_draft_away_take_it_back() {
    let office = office().await;
    let Office { world, lan, minh, .. } = &office;
    let (path, version) = in_review(&office).await;
    office.does(minh, &path, "discard", "").await;
    let refused = world.fills(lan, &path, &[("version", &version), ("text", WORDS)]).await;
    let shown = typed(&refused);
    assert!(refused.status == 409 && shown.contains(WORDS), "{}", refused.text());
    let back = sends_on(&office, lan, &shown, &[("viec", "restore")]).await;
    assert!(back.status == 200 && back.says(&format!("{WORDS}</textarea>")), "{}", back.text());
    assert!(world.sees(lan, &path).await.says(">Bản nháp</b>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_translation_and_a_reason_that_come_too_late_are_shown() {
    let office = office().await;
    let Office { world, lan, minh, .. } = &office;
    let (path, version) = in_review(&office).await;
    let item = leads(&office.does(minh, &path, "approve-issue", "").await);
    let late = [("version", version.as_str()), ("title", "Power cut"), ("text", "From eight o'clock.")];
    let refused = world.fills(lan, &format!("{path}/ban-dich/en"), &late).await;
    let shown = typed(&refused);
    assert!(refused.status == 409 && shown.contains("From eight o&#39;clock."), "{}", refused.text());
    let to = format!("{item}/sua");
    let on = [("change", "update"), ("ban-dich", "en"), late[1], late[2]];
    let carried = world.fills(lan, &to, &on).await;
    assert!(
        carried.status == 200 && carried.says("From eight o&#39;clock.</textarea>"),
        "{}",
        carried.text()
    );

    // Minh gives a reason while somebody else has moved the draft on.
    let (path, version) = in_review(&office).await;
    leads(&office.writes(lan, &path, &[("text", "Khác")]).await);
    let fields = [("version", version.as_str()), ("viec", "send-back"), ("ly-do", "Giờ chưa đúng, xem lại.")];
    let refused = world.fills(minh, &format!("{path}/viec"), &fields).await;
    assert!(refused.status == 409 && refused.says("Giờ chưa đúng, xem lại."), "{}", refused.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_comes_after_a_colleague_closed_the_task_is_shown() {
    let Office { world, .. } = office().await;
    let (ha, nam) =
        (world.staff("mof", "ha-2", &["leader"]).await, world.staff("mof", "nam", &["editor"]).await);
    let directive = json!({
        "kind": "directive", "title": "Ứng phó mưa lũ", "text": "Yêu cầu thực hiện.", "form": "Công điện",
        "number": "46/CĐ-TTg", "issued": "2026-11-20",
        "details": { "tasks": [{ "number": "1", "task": "Bố trí kinh phí.", "agency": "Cơ quan mof" }] },
    });
    let item = world.issues("chinhphu", directive).await;
    let task = format!("/ban-lam-viec/nhiem-vu/{}", item.reference);
    until("the task", async || {
        let page = world.sees(&ha, "/ban-lam-viec/nhiem-vu").await;
        if page.says("Bố trí kinh phí.") { Ok(()) } else { Err(page.text()) }
    })
    .await;
    leads(&world.fills(&ha, &format!("{task}/xong"), &[("so", "1"), ("noi-dung", "Đã xong.")]).await);
    let late = [("so", "1"), ("noi-dung", "Đã chuyển thêm 5 tỷ đồng."), ("viec", "bao-cao")];
    let refused = world.fills(&nam, &task, &late).await;
    assert!(typed(&refused).contains("Đã chuyển thêm 5 tỷ đồng."), "{}", refused.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_save_says_so_at_the_top_and_speaks_of_what_was_typed() {
    let office = office().await;
    let Office { world, lan, .. } = &office;
    let path = office.begins(lan, "notice").await;
    let bad = [("title", "Tiêu đề mới gõ"), ("text", "Chữ mới"), ("due", "mai lúc tám giờ")];
    let refused = office.writes(lan, &path, &bad).await;
    let page = refused.text();
    assert!(page.contains("<h1>Tiêu đề mới gõ</h1>"), "{page}");
    let top = page.split("<form class=\"write\"").next().unwrap();
    assert!(top.contains("Chưa lưu.") && top.contains("href=\"#due\""), "{top}");
    assert!(!top.contains("href=\"#title\""), "the title that was typed lacks nothing: {top}");
    assert!(!world.sees(lan, &path).await.says("Tiêu đề mới gõ"), "it is indeed not saved");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_says_that_its_item_was_withdrawn_meanwhile() {
    let office = office().await;
    let Office { world, lan, minh, .. } = &office;
    let item = office.issues("Lịch trực Tết").await;
    let path = leads(&world.fills(lan, &format!("{item}/sua"), &[("change", "correct")]).await);
    assert!(!world.sees(lan, &path).await.says("đã được gỡ khỏi cổng"));
    let go = format!("{item}/go");
    leads(&world.fills(lan, &go, &[("cach", "withdraw"), ("ly-do", "Đã hủy lịch")]).await);
    let luc = hidden(&world.sees(minh, &item).await.text(), "luc").unwrap();
    leads(&world.fills(minh, &go, &[("viec", "xac-nhan"), ("luc", &luc)]).await);
    let page = world.sees(lan, &path).await;
    assert!(page.says("Mục mà bản nháp này sửa đã được gỡ khỏi cổng"), "{}", page.text());
    // And what it says of issuing it is so.
    let fields = [("change_note", "Lịch mới"), ("viec", "submit")];
    leads(&office.writes(lan, &path, &fields).await);
    leads(&office.does(minh, &path, "approve-issue", "").await);
    office.stands(&item, "Lịch mới").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_hour_that_has_passed_or_is_years_ahead_is_told_and_not_waited_for() {
    let office = office().await;
    let Office { world, lan, minh, .. } = &office;
    for (due, why) in [("2020-01-01T08:00", "đã qua"), ("2999-01-01T08:00", "còn hơn hai năm")] {
        let path = office.begins(lan, "notice").await;
        let fields = [("title", "Tin"), ("text", "Chữ"), ("due", due)];
        leads(&office.writes(lan, &path, &fields).await);
        let page = world.sees(lan, &path).await;
        assert!(page.says(why) && page.says("href=\"#due\""), "{}", page.text());
        let refused = office.does(lan, &path, "submit", "").await;
        assert!(refused.status == 409 && refused.says(why), "{}", refused.text());
    }
    // An hour that passes while it is looked at is told to whoever approves.
    let path = office.begins(lan, "notice").await;
    let soon = nhipcau::clock::instant(world.clock("chinhphu").micros() + 300_000_000);
    let soon = soon.to_zoned_datetime(jiff::tz::TimeZone::get("Asia/Ho_Chi_Minh").unwrap());
    let due = soon.strftime("%Y-%m-%dT%H:%M").to_string();
    let fields = [("title", "Tin"), ("text", "Chữ"), ("due", due.as_str()), ("viec", "submit")];
    leads(&office.writes(lan, &path, &fields).await);
    world.clock("chinhphu").pass(360_000_000);
    let refused = office.does(minh, &path, "approve", "").await;
    assert!(refused.status == 409 && refused.says("đã qua"), "{}", refused.text());

    // By the API, too.
    let item = json!({ "kind": "news", "title": "Tin", "text": "Chữ" });
    let far = json!({ "item": item, "embargo_until": "2999-01-01T00:00:00Z" });
    let refused = world.post("chinhphu", "/api/v1/items", &far).await;
    assert!(refused.status == 422 && refused.says("more than two years ahead"), "{}", refused.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_mended_a_comma_approves_once_it_is_sent_back_and_handed_in_anew() {
    let office = office().await;
    let Office { world, lan, minh, .. } = &office;
    let (path, _) = in_review(&office).await;
    let warned = world.sees(minh, &path).await;
    assert!(warned.says("không tự duyệt bản này được nữa"), "it is said before: {}", warned.text());
    leads(&office.writes(minh, &path, &[("text", "Cắt điện, từ 7 giờ.")]).await);
    let refused = office.does(minh, &path, "approve", "").await;
    assert!(refused.says("hoặc trả lại người viết"), "the way on is said: {}", refused.text());
    leads(&office.does(minh, &path, "send-back", "Ghi rõ cả ngày.").await);
    // He cannot be the second person by handing it in himself, nor by nobody's having touched it.
    leads(&office.does(minh, &path, "submit", "").await);
    assert!(office.does(minh, &path, "approve", "").await.says("Cần một người thứ hai"));
    leads(&office.does(minh, &path, "send-back", "Ghi rõ cả ngày.").await);
    leads(&office.writes(lan, &path, &[("text", WORDS), ("viec", "submit")]).await);
    let item = leads(&office.does(minh, &path, "approve-issue", "").await);
    office.stands(&item, WORDS).await;
    assert!(!world.sees(lan, &path).await.says("<p></p>"), "handing it in leaves no empty note");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_days_digest_is_filled_in_and_never_over_words() {
    let office = office().await;
    let Office { world, lan, .. } = &office;
    office.issues("Lịch trực ban ngày hôm nay").await;
    let path = office.begins(lan, "digest").await;
    let fill = ("viec", "tong-hop");
    let unsaid = office.writes(lan, &path, &[fill]).await;
    assert!(unsaid.says("Hãy chọn ngày"), "{}", unsaid.text());
    let today = nhipcau::words::date::day(world.app("chinhphu").clock.now()).to_string();
    let words = [("details.day", today.as_str()), ("text", "Lời của tôi"), fill];
    let refused = office.writes(lan, &path, &words).await;
    assert!(
        refused.says("không điền đè lên") && refused.says("Lời của tôi</textarea>"),
        "{}",
        refused.text()
    );
    let filled = office.writes(lan, &path, &[("details.day", today.as_str()), ("text", ""), fill]).await;
    assert!(filled.header("location").ends_with("xong=tong-hop"), "{}", filled.text());
    let page = world.sees(lan, &path).await;
    assert!(page.says("[Lịch trực ban ngày hôm nay](/muc/"), "{}", page.text());
    assert!(page.says("value=\"Chỉ đạo, điều hành của"), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_in_again_in_another_tab_loses_nothing_that_the_first_one_holds() {
    let office = office().await;
    let Office { world, lan, .. } = &office;
    let path = office.begins(lan, "notice").await;
    let version = office.version(lan, &path).await;
    let again = world.signs_in("chinhphu", "lan", PASSWORD).await;
    let now = world.signed_in("chinhphu", &again).await;
    // The first tab's form goes out with the browser's new cookie and its old key.
    let first = Staff { key: lan.key.clone(), ..now.clone() };
    let fields = [("version", version.as_str()), ("title", "Lịch cắt điện"), ("text", WORDS)];
    let kept = world.fills(&first, &path, &fields).await;
    let page = kept.text();
    assert!(
        kept.status == 403 && page.contains("Phiên làm việc đã đổi") && page.contains("Người lan"),
        "{page}"
    );
    assert!(page.contains(&format!("<p class=\"pre\">{WORDS}</p>")), "they are to be seen: {page}");
    assert!(page.contains(&format!("action=\"{path}\"")) && page.contains("name=\"text\""), "{page}");
    assert_eq!(hidden(&page, "khoa").unwrap(), now.key, "sent on, the form carries the key that counts");
    assert_eq!(office.version(&now, &path).await, version, "nothing was done");
    leads(&world.fills(&now, &path, &fields).await);
    // The same with a file; it is not read.
    let upload = [("version", "2"), ("alt", "Trạm biến áp số 3")];
    let kept = world
        .hands_in(&first, &format!("{path}/tep"), &upload, Some(("a.pdf", "application/pdf", b"%PDF")))
        .await;
    assert!(kept.status == 403 && kept.says("Trạm biến áp số 3"), "{}", kept.text());

    // From another site neither words nor key are worth anything, and no page holds what it sent.
    let evil = world
        .request("POST", "chinhphu", &path)
        .header("origin", "https://evil.vn")
        .header("cookie", &now.cookie)
        .header("content-type", "application/x-www-form-urlencoded")
        .body("khoa=00&version=1&text=Lời+của+kẻ+khác");
    let refused = world.ask(evil).await;
    assert!(refused.status == 403 && !refused.says("kẻ khác"), "{}", refused.text());
    assert!(!refused.says(&now.key), "no key goes out to it");
}

/// A form as a browser sends it, which takes pages.
async fn browser(office: &Office, who: &Staff, path: &str, media: &str, body: Vec<u8>) -> Answer {
    let base = format!("http://{}", office.world.host(&who.portal));
    let request = office
        .world
        .request("POST", &who.portal, path)
        .header("accept", "text/html,application/xhtml+xml")
        .header("origin", &base)
        .header("referer", format!("{base}{}", path.trim_end_matches("/tep")))
        .header("cookie", &who.cookie)
        .header("content-type", media)
        .timeout(Duration::from_secs(300))
        .body(body);
    office.world.ask(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_is_said_in_words_with_the_limit_and_the_way_back() {
    let office = office().await;
    let Office { lan, .. } = &office;
    let path = office.begins(lan, "notice").await;
    // A file of 66 MB, and of 200: the draft's page again, with what was typed beside it.
    for size in [66 << 20, 200 << 20] {
        let fields = [("khoa", lan.key.as_str()), ("version", "1"), ("alt", "Bản đồ vùng ngập")];
        let file = vec![b'x'; size];
        let (media, body) = super::world::multipart(&fields, Some(("to.pdf", "application/pdf", &file)));
        let refused = browser(&office, lan, &format!("{path}/tep"), &media, body).await;
        assert_eq!(refused.status, 422, "{}", refused.text());
        assert!(refused.says("lớn hơn mức nhận ở đây là 64 MB"), "{}", refused.text());
        assert!(refused.says("value=\"Bản đồ vùng ngập\"") && refused.says("Thêm tệp"), "{}", refused.text());
    }
    // A form of words.
    let long = format!("khoa={}&version=1&text={}", lan.key, "a".repeat(9 << 20)).into_bytes();
    let urlencoded = "application/x-www-form-urlencoded";
    let gone = Staff { cookie: "nhipcau=khong-con".into(), ..lan.clone() };
    for who in [lan, &gone] {
        let refused = browser(&office, who, &path, urlencoded, long.clone()).await;
        assert_eq!(refused.status, 413);
        assert!(refused.header("content-type").starts_with("text/html"), "{}", refused.text());
        assert!(refused.says("là 8 MB") && refused.says(&format!("href=\"{path}\"")), "{}", refused.text());
    }
    // Readers who have a paper checked.
    let nobody = Staff { cookie: String::new(), ..lan.clone() };
    let (media, body) = super::world::multipart(&[], Some(("to.pdf", "application/pdf", &vec![0; 66 << 20])));
    let refused = browser(&office, &nobody, "/kiem-tra", &media, body).await;
    assert!(
        refused.status == 413 && refused.says("là 64 MB") && refused.says("href=\"/kiem-tra\""),
        "{}",
        refused.text()
    );
    // A program is told in its own words.
    let request = office.world.request("POST", "chinhphu", "/ban-lam-viec/dan").header("cookie", &lan.cookie);
    let request = request.header("origin", format!("http://{}", office.world.host("chinhphu")));
    let told = office.world.ask(request.header("content-type", urlencoded).body(long)).await;
    assert!(told.status == 413 && told.json()["title"].as_str().unwrap().contains("8 MB"), "{}", told.text());
}
