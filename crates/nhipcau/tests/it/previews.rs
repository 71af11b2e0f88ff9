//! Preview links: somebody outside looks at one draft, by a link that ends by itself.

use serde_json::json;

use super::newsroom::{Office, leads, office};
use super::world::{Answer, PASSWORD, Staff, World};

/// Makes a link; returns its path.
async fn makes(world: &World, who: &Staff, draft: &str, what: &str, days: &str) -> String {
    let fields = [("ten", "Trần Văn Bình, Sở Tư pháp"), ("viec-gi", "Góp ý"), ("ngay", days), ("ban", what)];
    let made = world.fills(who, &format!("{draft}/duong-dan"), &fields).await;
    assert_eq!(made.status, 200, "{}", made.text());
    let text = made.text();
    let from = text.find("/xem-truoc/").unwrap();
    text[from..].split('<').next().unwrap().to_owned()
}

/// A stranger without cookies opens a link at a portal.
async fn opens(world: &World, portal: &str, link: &str) -> Answer {
    world.get(portal, link).await
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_outside_sees_one_draft_and_every_look_is_known() {
    let office = office().await;
    let Office { world, lan, .. } = &office;
    let draft = office.begins(lan, "notice").await;
    let evil = "Bản **một** <script>alert(1)</script>";
    leads(&office.writes(lan, &draft, &[("title", "Dự thảo lịch trực"), ("text", evil)]).await);
    let exact = makes(world, lan, &draft, "nay", "3").await;
    let newest = makes(world, lan, &draft, "moi", "14").await;
    assert_ne!(exact, newest);
    leads(&office.writes(lan, &draft, &[("text", "Bản **hai**")]).await);

    let seen = opens(world, "chinhphu", &exact).await;
    assert!(seen.status == 200 && seen.says("Bản <strong>một</strong>"), "{}", seen.text());
    assert!(seen.says("dành riêng cho Trần Văn Bình, Sở Tư pháp") && !seen.says("<script>alert"));
    assert!(!seen.says("/ban-lam-viec") && !seen.says(&draft), "nothing leads further");
    assert_eq!(seen.header("cache-control"), "no-store");
    assert!(seen.header("x-robots-tag").contains("noindex"));
    assert_eq!(seen.header("referrer-policy"), "no-referrer");
    assert!(opens(world, "chinhphu", &newest).await.says("Bản <strong>hai</strong>"));
    assert!(opens(world, "chinhphu", &format!("/en{exact}")).await.says("A draft, not issued"));

    let list = world.sees(lan, &format!("{draft}/duong-dan")).await.text();
    assert!(list.contains("Đã mở 2 lần") && list.contains("Đã mở 1 lần"), "{list}");
    let token = exact.rsplit('/').next().unwrap();
    assert!(!list.contains(token), "the token is shown once and kept nowhere");
    let chair = world.staff("chinhphu", "chanh", &["leader"]).await;
    let trail = world.sees(&chair, "/ban-lam-viec/nhat-ky?viec=preview.look").await;
    assert!(trail.says("Mở đường dẫn xem trước"), "{}", trail.text());
    assert!(!trail.says(token) && !trail.says("Trần Văn Bình"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_ends_with_its_days_its_draft_and_its_makers_access() {
    let office = office().await;
    let Office { world, lan, .. } = &office;
    let gone = async |link: &str| {
        let answer = opens(world, "chinhphu", link).await;
        assert_eq!(answer.status, 404, "{}", answer.text());
        assert!(answer.says("Đường dẫn không còn dùng được") && !answer.says("Dự thảo"), "{}", answer.text());
        assert_eq!(answer.header("cache-control"), "no-store");
    };
    let draft = office.begins(lan, "notice").await;
    leads(&office.writes(lan, &draft, &[("title", "Dự thảo"), ("text", "x")]).await);
    // Taken back.
    let taken = makes(world, lan, &draft, "moi", "3").await;
    let page = world.sees(lan, &format!("{draft}/duong-dan")).await.text();
    let id = page.split("name=\"bo\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let stranger = world.staff("mof", "nam", &["editor", "leader"]).await;
    assert_eq!(world.fills(&stranger, &format!("{draft}/duong-dan"), &[("bo", &id)]).await.status, 404);
    assert_eq!(world.sees(&stranger, &format!("{draft}/duong-dan")).await.status, 404);
    assert_eq!(opens(world, "chinhphu", &taken).await.status, 200);
    assert_eq!(world.fills(lan, &format!("{draft}/duong-dan"), &[("bo", &id)]).await.status, 200);
    gone(&taken).await;
    // Guessed, broken, or asked of another portal.
    let link = makes(world, lan, &draft, "moi", "3").await;
    for bad in ["0".repeat(64), "khong-co".into(), link[12..].into(), format!("{}0", &link[11..])] {
        assert_eq!(opens(world, "chinhphu", &format!("/xem-truoc/{bad}")).await.status, 404, "{bad}");
    }
    assert_eq!(opens(world, "mof", &link).await.status, 404);
    // What is asked for must be whole; what was typed stays.
    let bad = [("ten", "\"><script>"), ("viec-gi", ""), ("ngay", "15")];
    let refused = world.fills(lan, &format!("{draft}/duong-dan"), &bad).await;
    assert!(refused.status == 422 && refused.says("Số ngày phải từ 1 đến 14."), "{}", refused.text());
    assert!(refused.says("Ghi để làm gì") && !refused.says("\"><script>"), "{}", refused.text());
    // Days.
    assert_eq!(opens(world, "chinhphu", &link).await.status, 200);
    world.clock("chinhphu").pass(3 * 86_400_000_000);
    gone(&link).await;
    // The maker is dismissed.
    let again = async |login| {
        let session = world.signs_in("chinhphu", login, PASSWORD).await;
        world.signed_in("chinhphu", &session).await
    };
    let (lan, minh, ha) = (&again("lan").await, &again("minh").await, &again("ha").await);
    let of_minh = makes(world, minh, &draft, "moi", "3").await;
    let of_lan = makes(world, lan, &draft, "moi", "3").await;
    assert_eq!(opens(world, "chinhphu", &of_minh).await.status, 200);
    let close = world.post("chinhphu", "/api/v1/people/minh", &json!({ "act": "close" })).await;
    assert_eq!(close.status, 201, "{}", close.text());
    gone(&of_minh).await;
    // Discarded, and taken up again: the link does not come back to life of a draft that was thrown away.
    assert_eq!(opens(world, "chinhphu", &of_lan).await.status, 200);
    leads(&office.does(lan, &draft, "discard", "").await);
    gone(&of_lan).await;
    leads(&office.does(lan, &draft, "restore", "").await);
    gone(&of_lan).await;
    // Issued: what stands is read where everybody reads it.
    let before = makes(world, lan, &draft, "nay", "3").await;
    assert_eq!(opens(world, "chinhphu", &before).await.status, 200);
    for (who, act) in [(lan, "submit"), (ha, "approve"), (ha, "issue")] {
        leads(&office.does(who, &draft, act, "").await);
    }
    gone(&before).await;
}
