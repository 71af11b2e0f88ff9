//! Another node's agency is asked for its part: by sealed letters, without who sent it, by a day; and the question ends with the answer.

use super::super::erasure::files_with;
use super::*;

const HELP: &str = "/ban-lam-viec/phan-anh/phoi-hop";
const WORDS: &str = "Quốc lộ 4D đoạn qua xã hỏng nặng, xe tải sa lầy mỗi ngày.";
const NAME: &str = "Nguyễn Thị Bưởi Hồng";

/// A named petition that somebody of a commune has taken on.
async fn taken(world: &World, who: &Staff, once: &str) -> Keys {
    let fields = [("chuyen-gi", WORDS), ("dinh-danh", "named"), ("ho-ten", NAME), ("lan", once)];
    let keys = asks(world, "xa-a.laocai", &fields).await;
    went(&steps(world, who, &keys, "nhan", &[]).await);
    keys
}

/// Asks the ministry, by a day five days from now.
async fn asked(world: &World, who: &Staff, keys: &Keys) -> Answer {
    let today = nhipcau::words::date::day(world.clock("laocai").now());
    let due = today.saturating_add(jiff::Span::new().days(5)).to_string();
    let fields = [
        ("toi", "mof.localhost"),
        ("han", due.as_str()),
        ("loi", "Đoạn này có trong kế hoạch sửa chữa năm nay không?"),
    ];
    steps(world, who, keys, "phoi-hop", &fields).await
}

/// The page of the one question that an agency has.
async fn question(world: &World, who: &Staff) -> String {
    until("the question", async || {
        let list = world.sees(who, HELP).await.text();
        let found = list
            .split(&format!("href=\"{HELP}/"))
            .nth(1)
            .map(|rest| rest.split('"').next().unwrap().to_owned());
        found.map(|id| format!("{HELP}/{id}")).ok_or(list)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agency_of_another_node_says_its_part_and_the_owner_answers() {
    let world = World::with(["chinhphu", "laocai", "mof"]).await;
    let lan = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let chief = world.staff("xa-a.laocai", "chu.tich", &["leader"]).await;
    let minh = world.staff("mof", "minh", &["clerk"]).await;
    let keys = taken(&world, &lan, "00112233445566778899aabbccddeeff").await;
    went(&asked(&world, &lan, &keys).await);
    assert!(follows(&world, "xa-a.laocai", &keys).await.says("đề nghị Cơ quan mof phối hợp"));
    let path = question(&world, &minh).await;
    assert!(world.sees(&minh, "/ban-lam-viec").await.says(&keys.code), "it waits on the first page");
    let page = world.sees(&minh, &path).await;
    assert!(page.says(WORDS) && page.says("kế hoạch sửa chữa") && page.says(&keys.code), "{}", page.text());
    assert!(!page.says("Bưởi"), "not who sent it: {}", page.text());
    assert!(files_with(&world.home("mof"), NAME).is_empty());
    assert_eq!(world.sees(&minh, &desk(&keys)).await.status, 404, "the case stays where it is");
    let empty = world.fills(&minh, &path, &[("loi", "?")]).await;
    assert_eq!(empty.status, 422, "{}", empty.text());
    let says = [("loi", "Có: sửa trong quý I, vốn đã bố trí.")];
    went(&world.fills(&minh, &path, &says).await);
    assert_eq!(world.fills(&minh, &path, &says).await.status, 409, "said once");
    let after = world.sees(&minh, &path).await;
    assert!(
        after.says("vốn đã bố trí") && !after.says("sa lầy"),
        "what it read is emptied: {}",
        after.text()
    );
    seen(&world, &lan, &keys, "vốn đã bố trí").await;
    let page = follows(&world, "xa-a.laocai", &keys).await;
    assert!(!page.says("vốn đã bố trí"), "its sender reads the one answer: {}", page.text());
    answers(&world, &lan, &chief, &keys, "Bộ sửa trong quý I.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_answered_without_it_is_asked_no_more_and_a_cut_line_loses_nothing() {
    let world = World::with(["chinhphu", "laocai", "mof"]).await;
    let lan = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let chief = world.staff("xa-a.laocai", "chu.tich", &["leader"]).await;
    let minh = world.staff("mof", "minh", &["clerk"]).await;
    let keys = taken(&world, &lan, "10112233445566778899aabbccddeeff").await;
    world.cut("laocai");
    went(&asked(&world, &lan, &keys).await);
    assert!(files_with(&world.home("laocai"), NAME).is_empty(), "a name lies open in the outbox");
    world.mend("laocai");
    let path = question(&world, &minh).await;
    answers(&world, &lan, &chief, &keys, "Xã đã rải đá tạm.").await;
    until("the end of the question", async || {
        let page = world.sees(&minh, &path).await;
        if page.status == 404 { Ok(()) } else { Err(page.text()) }
    })
    .await;
    let mut conn = world.app("mof").db.read().await.unwrap();
    let kept =
        nhipcau::all!(&mut conn, (String, String), "SELECT question, words FROM petition_help").unwrap();
    assert_eq!(kept, [(String::new(), String::new())], "what was read for it is forgotten");
}
