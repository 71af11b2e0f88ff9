//! The urgent brief: who leads is told at once, here and above, without a word of the petition.

use super::*;

const URGENT: &str = "/ban-lam-viec/phan-anh/khan";

#[tokio::test(flavor = "multi_thread")]
async fn who_leads_an_agency_and_the_one_above_is_told_at_once_and_of_nobody() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let chief = world.staff("xa-a.laocai", "chu.tich", &["leader"]).await;
    let clerk = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let province = world.staff("laocai", "bi.thu", &["leader"]).await;
    let other = world.staff("xa-b.laocai", "minh", &["leader"]).await;
    let calm = asks(&world, "xa-a.laocai", &[]).await;
    let danger = [
        ("lan", "d0112233445566778899aabbccddeeff"),
        ("chuyen-gi", "Đang cháy nhà bà Bưởi ở ngõ 5, có người mắc kẹt trong đó."),
        ("dinh-danh", "named"),
        ("ho-ten", "Nguyễn Văn Cam"),
        ("dien-thoai", "0911222333"),
    ];
    let keys = asks(&world, "xa-a.laocai", &danger).await;
    for leader in [&chief, &province] {
        let home = world.sees(leader, "/ban-lam-viec").await;
        assert!(home.says("báo cáo nhanh") && home.says(&keys.code), "{}", home.text());
        let list = world.sees(leader, URGENT).await;
        assert!(list.says(&keys.code) && !list.says(&calm.code), "{}", list.text());
        for personal in ["Bưởi", "Cam", "0911", "ngõ 5", "cháy"] {
            assert!(!list.says(personal), "{personal}: {}", list.text());
        }
        for (form, begins) in [("pdf", "%PDF-1.7".as_bytes()), ("docx", b"PK\x03\x04")] {
            let file = world.sees(leader, &format!("{URGENT}/tep?ma={}&dang={form}", keys.code)).await;
            assert!(file.bytes.starts_with(begins), "{form}");
        }
    }
    assert!(!world.sees(&other, URGENT).await.says(&keys.code), "a neighbour is told nothing");
    assert!(!world.sees(&clerk, "/ban-lam-viec").await.says("báo cáo nhanh"), "those who lead are told");
    let refused = world.fills(&clerk, URGENT, &[("ma", &keys.code)]).await;
    assert_eq!(refused.status, 400, "{}", refused.text());
    went(&world.fills(&chief, URGENT, &[("ma", &keys.code)]).await);
    assert!(!world.sees(&chief, "/ban-lam-viec").await.says("báo cáo nhanh"), "read");
    assert!(world.sees(&province, "/ban-lam-viec").await.says("báo cáo nhanh"), "by each for itself");

    // Passed on, it is told to who has it now.
    passes(&world, &clerk, &keys, "xa-b.laocai").await;
    assert!(world.sees(&other, "/ban-lam-viec").await.says("báo cáo nhanh"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agency_above_at_another_node_is_told_by_letter() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let above = world.staff("chinhphu", "thu.truong", &["leader"]).await;
    let danger = [("chuyen-gi", "Đang cháy nhà ở ngõ 5, có người mắc kẹt trong đó.")];
    let keys = asks(&world, "laocai", &danger).await;
    until("the urgent brief above", async || {
        let page = world.sees(&above, URGENT).await;
        if page.says(&keys.code) { Ok(()) } else { Err(page.text()) }
    })
    .await;
    assert!(!world.sees(&above, URGENT).await.says("ngõ 5"));
    assert_eq!(world.sees(&above, &desk(&keys)).await.status, 404, "the case itself is not theirs");
}
