//! Opinions before issue: a draft goes sealed to another agency, which answers; whoever approves sees whether what was
//! looked at is what is approved; and what is erased is gone at both.

use nhipcau::one;

use super::erasure::files_with;
use super::newsroom::{Office, leads, office};
use super::world::{Staff, World, hidden, on_postgres, until};

const HOME: &str = "/ban-lam-viec/y-kien";
const SECRET: &str = "Giá xăng tăng từ nửa đêm";

/// Waits until a page of somebody's console says something.
async fn says(world: &World, who: &Staff, path: &str, words: &str) {
    until(words, async || {
        let page = world.sees(who, path).await;
        if page.says(words) { Ok(()) } else { Err(page.text()) }
    })
    .await;
}

/// A draft of Lan's that is sent to the ministry for opinion; its path, and that of the request at the ministry.
async fn asked(office: &Office, tam: &Staff, title: &str) -> (String, String) {
    let Office { world, lan, .. } = office;
    let path = office.begins(lan, "notice").await;
    leads(&office.writes(lan, &path, &[("title", title), ("text", "Thực hiện **ngay**.")]).await);
    let file = ("phu-luc.csv", "text/csv", "xã,giá\nA,1\n".as_bytes());
    leads(&office.attaches(lan, &path, &[], Some(file)).await);
    let version = office.version(lan, &path).await;
    let asks = [
        ("version", version.as_str()),
        ("co-quan", "Cơ quan mof"),
        ("noi-dung", "Có nên làm lúc này?"),
        ("ngay", "3"),
    ];
    assert_eq!(leads(&world.fills(lan, &format!("{path}/y-kien"), &asks).await), path);
    says(world, tam, HOME, title).await;
    let list = world.sees(tam, HOME).await.text();
    let at = list.find(&format!("{HOME}/")).unwrap();
    let request = list[at..].split('"').next().unwrap().to_owned();
    (path, request)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_is_looked_at_by_another_agency_before_it_is_approved() {
    let office = office().await;
    let Office { world, lan, minh, .. } = &office;
    let tam = world.staff("mof", "tam", &["leader"]).await;
    let vy = world.staff("mof", "vy", &["editor"]).await;
    assert!(world.sees(&tam, HOME).await.says("Chưa có cơ quan nào hỏi ý kiến"));
    let (path, request) = asked(&office, &tam, SECRET).await;

    let page = world.sees(&vy, &request).await.text();
    for words in [
        "chưa ban hành",
        "Thực hiện <strong>ngay</strong>",
        "Có nên làm lúc này?",
        "Cơ quan chinhphu",
        "phu-luc.csv",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("name=\"y-kien\""), "an editor does not answer for the agency");
    let at = page.find(&format!("{request}/tep/")).unwrap();
    let file = world.sees(&vy, page[at..].split('"').next().unwrap()).await;
    assert_eq!((file.status, file.text().as_str()), (200, "xã,giá\nA,1\n"));
    assert!(file.header("content-disposition").starts_with("attachment"));
    // Nobody else: not the public, not another agency.
    for path in ["/", "/thong-tin", "/feed.atom"] {
        assert!(
            !world.get("mof", path).await.says(SECRET) && !world.get("chinhphu", path).await.says(SECRET)
        );
    }
    assert_eq!(world.sees(lan, &request).await.status, 404, "it is the ministry's, not the asker's");
    assert_eq!(world.fills(&vy, &request, &[("y-kien", "agree")]).await.status, 403);

    let unsaid = world.fills(&tam, &request, &[("y-kien", "conditions"), ("noi-dung", " ")]).await;
    assert!(unsaid.status == 422 && unsaid.says("Hãy ghi nội dung"), "{}", unsaid.text());
    let answer = [("y-kien", "conditions"), ("noi-dung", "Sau khi bù giá cho vùng cao.")];
    leads(&world.fills(&tam, &request, &answer).await);
    says(world, lan, &path, "Sau khi bù giá cho vùng cao.").await;
    let page = world.sees(minh, &path).await.text();
    for words in ["Đồng ý, có điều kiện (Người tam", "đã xem đúng bản đang đứng", "Có nên làm lúc này?"]
    {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(world.sees(lan, HOME).await.says("1/1 cơ quan đã trả lời"));

    // The approval says of what.
    leads(&office.does(lan, &path, "submit", "").await);
    leads(&office.does(minh, &path, "approve", "").await);
    let trail = world
        .ask(world.request("GET", "chinhphu", "/api/v1/audit").bearer_auth(world.token("chinhphu")))
        .await;
    let plain = trail.text().replace('\\', "");
    for words in ["draft.approve", "\"verdict\":\"conditions\"", "\"same\":true"] {
        assert!(plain.contains(words), "{words}: {plain}");
    }

    // A change is told to whoever approves.
    leads(&office.writes(lan, &path, &[("text", "Thực hiện từ tháng sau.")]).await);
    assert!(world.sees(minh, &path).await.says("đã thay đổi sau khi xin ý kiến"));
    // A later opinion takes the place of the earlier one.
    leads(&world.fills(&tam, &request, &[("y-kien", "disagree"), ("noi-dung", "Chưa phải lúc.")]).await);
    says(world, lan, &path, "Chưa phải lúc.").await;
    assert!(!world.sees(lan, &path).await.says("Sau khi bù giá"));

    for (portal, acts) in
        [("chinhphu", ["opinion.ask", "opinion.answered"]), ("mof", ["opinion.read", "opinion.answer"])]
    {
        let trail =
            world.ask(world.request("GET", portal, "/api/v1/audit").bearer_auth(world.token(portal))).await;
        assert!(acts.iter().all(|act| trail.says(act)), "{}", trail.text());
        assert!(!trail.says("Chưa phải lúc") && !trail.says(SECRET), "the trail has no text");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_wrong_is_told_and_a_round_is_reminded_of_and_taken_back() {
    let office = office().await;
    let Office { world, lan, .. } = &office;
    let tam = world.staff("mof", "tam", &["publisher"]).await;
    let path = office.begins(lan, "notice").await;
    let version = office.version(lan, &path).await;
    let ask = format!("{path}/y-kien");
    assert!(world.sees(lan, &ask).await.says("chỉ cơ quan được hỏi mở được"));
    let wrong =
        [("version", version.as_str()), ("co-quan", "Bộ Không Có"), ("noi-dung", "Hỏi gì đó"), ("ngay", "0")];
    let refused = world.fills(lan, &ask, &wrong).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    for words in ["Không rõ “Bộ Không Có”", "Số ngày làm việc từ 1 đến 60", "Hỏi gì đó"]
    {
        assert!(refused.says(words), "{words}: {}", refused.text());
    }
    let old = [("version", "77"), ("co-quan", "mof.localhost"), ("noi-dung", "?"), ("ngay", "2")];
    assert_eq!(world.fills(lan, &ask, &old).await.status, 409);

    let (path, request) = asked(&office, &tam, SECRET).await;
    let page = world.sees(lan, &path).await.text();
    assert!(page.contains("chưa trả lời"), "{page}");
    let luot = hidden(&page, "luot").unwrap();
    let ask = format!("{path}/y-kien");
    assert_eq!(world.fills(&tam, &ask, &[("viec", "rut"), ("luot", &luot)]).await.status, 404);
    leads(&world.fills(lan, &ask, &[("viec", "nhac"), ("luot", &luot)]).await);
    says(world, &tam, HOME, "được nhắc").await;
    assert!(world.sees(lan, &path).await.says("đã nhắc"));
    leads(&world.fills(lan, &ask, &[("viec", "rut"), ("luot", &luot)]).await);
    says(world, &tam, &request, "Cơ quan hỏi đã rút lại").await;
    assert!(!world.sees(&tam, &request).await.says("Thực hiện"));
    let late = world.fills(&tam, &request, &[("y-kien", "agree")]).await;
    assert_eq!(late.status, 409, "{}", late.text());
    assert!(world.sees(lan, &path).await.says("Đã rút lại"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_draft_is_gone_where_it_was_sent_and_that_is_confirmed() {
    const NAME: &str = "Trần-Thị-Phải-Xóa";
    let office = office().await;
    let Office { world, lan, minh, .. } = &office;
    let tam = world.staff("mof", "tam", &["publisher"]).await;
    let (path, request) = asked(&office, &tam, &format!("Quyết định về {NAME}")).await;
    leads(&world.fills(&tam, &request, &[("y-kien", "conditions"), ("noi-dung", NAME)]).await);
    says(world, lan, &path, &format!("<p class=\"pre\">{NAME}")).await;
    leads(&office.does(lan, &path, "submit", "").await);
    leads(&office.does(minh, &path, "approve", "").await);
    let item = leads(&office.does(minh, &path, "issue", "").await);
    office.stands(&item, NAME).await;
    let go = format!("{item}/go");
    let why = [("cach", "erase"), ("ly-do", "Lộ dữ liệu cá nhân"), ("can-cu", "Luật 91/2025/QH15, Điều 14")];
    leads(&world.fills(lan, &go, &why).await);
    let luc = hidden(&world.sees(minh, &item).await.text(), "luc").unwrap();
    leads(&world.fills(minh, &go, &[("viec", "xac-nhan"), ("luc", &luc)]).await);
    says(world, &tam, &request, "Dự thảo đã bị xóa theo pháp luật").await;
    until("the confirmation", async || {
        let mut conn = world.app("chinhphu").db.read().await.unwrap();
        let confirmed: (i64,) =
            one!(&mut conn, (i64,), "SELECT COUNT(*) FROM opinion_place WHERE erased IS NOT NULL").unwrap();
        if confirmed == (1,) { Ok(()) } else { Err(format!("{confirmed:?}")) }
    })
    .await;
    assert!(!world.sees(&tam, &request).await.says(NAME) && !world.sees(&tam, HOME).await.says(NAME));
    if on_postgres() {
        return;
    }
    for label in ["chinhphu", "mof"] {
        until("no byte to be left", async || {
            let left = files_with(&world.home(label), NAME);
            if left.is_empty() { Ok(()) } else { Err(left.join(", ")) }
        })
        .await;
    }
}
