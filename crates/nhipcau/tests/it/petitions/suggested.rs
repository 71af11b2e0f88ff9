//! Who must answer, as a clerk sees it: with reasons, with doubt, filled in by one click, and what was chosen is kept.

use nhipcau::all;
use serde_json::json;

use super::*;

const LAMP: &str = "Đèn đường trong ngõ tắt cả tháng nay, tối om, đi lại rất nguy hiểm.";
/// Another form than that of the first petition.
const LATER: &str = "0123456789abcdef0123456789abcdef";
const ROAD: &str = "Quốc lộ 1 đoạn do Bộ Xây dựng trực tiếp quản lý hỏng mặt đường, ổ gà sâu.";

async fn choices(world: &World, label: &str) -> Vec<(i64, String, String)> {
    let mut conn = world.app(label).db.read().await.unwrap();
    all!(&mut conn, (i64, String, String), "SELECT agreed, chosen, why FROM petition_choice ORDER BY at")
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_sees_who_must_answer_and_passes_it_on_by_one_click() {
    let world = World::with(["chinhphu", "laocai", "mof"]).await;
    // The ministry of the world is the one that the table names.
    let change = json!({ "origin": "mof.localhost/log", "name": "Bộ Xây dựng" });
    let changed = world.post("chinhphu", "/api/v1/agencies/change", &change).await;
    assert_eq!(changed.status, 201, "{}", changed.text());
    until("the name to be known", async || {
        let directory = world.app("laocai").directory.load();
        let name = directory.agency(&super::super::world::origin("mof")).unwrap().name.vi.clone();
        if name == "Bộ Xây dựng" { Ok(()) } else { Err(name) }
    })
    .await;
    let lan = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let keys = asks(&world, "xa-a.laocai", &[("chuyen-gi", ROAD)]).await;
    went(&steps(&world, &lan, &keys, "nhan", &[]).await);
    let page = world.sees(&lan, &desk(&keys)).await;
    for words in ["Gợi ý cơ quan trả lời", "Lĩnh vực: ", "Căn cứ: ", "Cấp trả lời: Trung ương", "Bộ Xây dựng"]
    {
        assert!(page.says(words), "{words}: {}", between(&page.text(), "<main", "</main>"));
    }
    let text = page.text();
    let link = text.split("#chuyen\"").next().unwrap().rsplit("<a href=\"").next().unwrap().to_owned();
    assert!(link.contains("?toi=mof.localhost"), "{link}");
    let filled = world.sees(&lan, &link).await;
    assert!(filled.says("<details id=\"chuyen\" open>"), "{}", filled.text());
    let to = between(
        &filled.text(),
        "id=\"toi-chuyen\" name=\"toi\" type=\"text\" list=\"co-quan\" autocomplete=\"off\" value=\"",
        "\"",
    );
    assert_eq!(to, "Bộ Xây dựng (mof.localhost)");
    let why = between(&filled.text(), "id=\"loi-chuyen\"", "</textarea>");
    assert!(why.contains("Nội dung thuộc lĩnh vực"), "{why}");
    assert_eq!(record(&world, "xa-a.laocai", &keys).await, ["registered"], "looking passes nothing on");
    let fields = [("toi", to.as_str()), ("loi", "Nội dung thuộc lĩnh vực mặt đường.")];
    went(&steps(&world, &lan, &keys, "chuyen", &fields).await);
    assert_eq!(
        choices(&world, "laocai").await,
        [(1, "mof.localhost/log".to_owned(), "Nội dung thuộc lĩnh vực mặt đường.".to_owned())]
    );

    // Another choice is as good, and kept with its reason.
    let other = asks(&world, "xa-a.laocai", &[("chuyen-gi", ROAD), ("lan", LATER)]).await;
    went(&steps(&world, &lan, &other, "nhan", &[]).await);
    let fields = [("toi", "Cơ quan laocai"), ("loi", "Đoạn này tỉnh đã nhận bàn giao.")];
    went(&steps(&world, &lan, &other, "chuyen", &fields).await);
    let last = choices(&world, "laocai").await.pop().unwrap();
    assert_eq!(last, (0, "laocai.localhost/log".into(), "Đoạn này tỉnh đã nhận bàn giao.".into()));
    let third =
        asks(&world, "xa-a.laocai", &[("chuyen-gi", LAMP), ("lan", "1123456789abcdef0123456789abcdef")])
            .await;
    let page = world.sees(&lan, &desk(&third)).await;
    assert!(page.says("1 trong 2 lần người xử lý chọn đúng"), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_says_when_it_is_not_sure_and_danger_comes_first() {
    let world = World::with(["chinhphu"]).await;
    let lan = world.staff("chinhphu", "lan", &["clerk"]).await;
    let press = world.staff("chinhphu", "bao.chi", &["publisher"]).await;
    let vague =
        asks(&world, "chinhphu", &[("chuyen-gi", "Việc này kéo dài mãi mà chẳng thấy ai làm gì cả.")]).await;
    let page = world.sees(&lan, &desk(&vague)).await;
    assert!(page.says("Không chắc"), "{}", page.text());
    assert!(!world.sees(&press, &desk(&vague)).await.says("Gợi ý cơ quan"), "it is for who handles it");
    // No phrase of the emergency table stands in these words.
    let wire = "Dây điện cao thế đứt rơi xuống sân trường, học sinh đang chạy chơi quanh đó.";
    let danger = asks(&world, "chinhphu", &[("chuyen-gi", wire), ("lan", LATER)]).await;
    let page = world.sees(&lan, &desk(&danger)).await;
    let (call, text) = (page.text().find("tel:114"), page.text());
    assert!(call.is_some() && call < text.find("Nội dung gốc") && page.says("Gọi ngay"), "{text}");
    // First in the queue, though the other was there before.
    let queue = world.sees(&lan, DESK).await.text();
    assert!(queue.find(&danger.code) < queue.find(&vague.code) && queue.contains("Khẩn</b>"), "{queue}");
}
