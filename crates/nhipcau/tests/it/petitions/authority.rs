//! The authority table, changed in the console: looked at first, dated, never with a topic that nobody answers.

use super::*;

const PAGE: &str = "/ban-lam-viec/tham-quyen";

/// The fields of the confirmation that a preview shows.
fn shown(page: &str) -> Vec<(String, String)> {
    let form = between(page, "action=\"/ban-lam-viec/tham-quyen\">", "</form>");
    let unescaped = |text: String| {
        text.replace("&#34;", "\"")
            .replace("&#39;", "'")
            .replace("&#60;", "<")
            .replace("&#62;", ">")
            .replace("&#38;", "&")
    };
    form.split("type=\"hidden\" name=\"")
        .skip(1)
        .map(|rest| (rest.split('"').next().unwrap().to_owned(), unescaped(between(rest, "value=\"", "\""))))
        .filter(|(name, _)| name != "khoa")
        .collect()
}

/// Whoever hands in an answer has chosen the own agency.
async fn passes_own(world: &World, clerk: &Staff, keys: &Keys) {
    went(&steps(world, clerk, keys, "nhan", &[]).await);
    went(
        &steps(world, clerk, keys, "trinh", &[("tra-loi", "Đã thay bóng đèn cột 17."), ("cau-hoi", "")])
            .await,
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_changes_a_row_and_suggestions_follow_at_once() {
    let world = World::with(["chinhphu"]).await;
    let admin = world.staff("chinhphu", "quan.tri", &["administrator"]).await;
    let clerk = world.staff("chinhphu", "lan", &["clerk"]).await;
    let keys = asks(&world, "chinhphu", &[]).await;
    assert_eq!(world.sees(&clerk, PAGE).await.status, 403, "the table is the node's");
    let page = world.sees(&admin, &format!("{PAGE}?linh-vuc=ha-tang.chieu-sang")).await;
    assert!(page.says("bảng kèm phần mềm") && page.says("rơi vào “chưa rõ”"), "{}", page.text());

    // The usual row of a topic does not end before there is another.
    let text = page.text();
    let usual =
        text.split("<li><b>").find(|row| row.contains("UBND cấp xã") && !row.contains("phối hợp)")).unwrap();
    let at = between(usual, "name=\"dong\" value=\"", "\"");
    let ends = [
        ("viec", "cham-dut"),
        ("linh-vuc", "ha-tang.chieu-sang"),
        ("dong", at.as_str()),
        ("den", "2027-06-30"),
        ("ly-do", "Luật mới từ giữa năm sau."),
    ];
    let refused = world.fills(&admin, PAGE, &ends).await;
    assert!(refused.status == 409 && refused.says("ha-tang.chieu-sang` has no row"), "{}", refused.text());

    let row = [
        ("viec", "them"),
        ("linh-vuc", "ha-tang.chieu-sang"),
        ("cap", "province"),
        ("co-quan", "Trung tâm Chiếu sáng thử nghiệm"),
        ("can-cu", "Quyết định 12/2026/QĐ-UBND"),
        ("tu", "2026-01-01"),
        ("ly-do", "Tỉnh giao đèn đường cho trung tâm."),
    ];
    let slip: Vec<_> =
        row.iter().map(|(name, value)| (*name, if *name == "tu" { "2062-01-01" } else { *value })).collect();
    let odd = world.fills(&admin, PAGE, &slip).await;
    assert!(
        odd.status == 409 && odd.says("authorities.csv") && odd.says("Trung tâm Chiếu sáng thử nghiệm"),
        "{}",
        odd.text()
    );
    let conditional: Vec<_> = row.iter().copied().chain([("dieu-kien", "đèn do tỉnh quản lý")]).collect();
    let preview = world.fills(&admin, PAGE, &conditional).await;
    assert!(
        preview.says("Chưa có gì thay đổi") && preview.says("Quyết định 12/2026/QĐ-UBND"),
        "{}",
        preview.text()
    );
    assert!(preview.says("0 không ai trả lời"), "{}", preview.text());
    let fields = shown(&preview.text());
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    went(&world.fills(&admin, PAGE, &fields).await);
    let again = world.fills(&admin, PAGE, &fields).await;
    assert_eq!(again.status, 409, "it is loaded once: {}", again.text());
    let page = world.sees(&admin, &format!("{PAGE}?linh-vuc=ha-tang.chieu-sang")).await;
    assert!(page.says("bản số 1") && page.says("Trung tâm Chiếu sáng thử nghiệm"), "{}", page.text());
    assert!(page.says("Tỉnh giao đèn đường cho trung tâm."), "who, when and why stay: {}", page.text());
    // What was chosen beside a suggestion is exported without a word that is not published.
    passes_own(&world, &clerk, &keys).await;
    let choices = world.sees(&admin, &format!("{PAGE}/lua-chon.csv")).await;
    assert!(
        choices.text().starts_with("at,topic,agency") && choices.text().lines().count() == 2,
        "{}",
        choices.text()
    );
    assert!(!choices.says("Đèn đường trước trường"), "{}", choices.text());
    assert_eq!(world.sees(&clerk, &format!("{PAGE}/lua-chon.csv")).await.status, 403);
    let case = world.sees(&clerk, &desk(&keys)).await;
    assert!(case.says("Gợi ý cơ quan trả lời"), "{}", case.text());
    assert!(
        world
            .app("chinhphu")
            .authority
            .suggester()
            .table()
            .rows()
            .iter()
            .any(|row| row.agency.contains("thử nghiệm"))
    );
}
