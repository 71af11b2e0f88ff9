//! The weekly brief: counted from cases, approved by somebody, then the same for everybody.

use nhipcau::words::date;

use super::{DAY, DESK, asks, reaches};
use crate::world::{World, until};

const BRIEF: &str = "/ban-lam-viec/phan-anh/bao-cao";

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_above_counts_other_nodes_by_their_logs_and_names_who_is_behind() {
    let world = World::with(["chinhphu", "laocai", "mof"]).await;
    let lan = world.staff("chinhphu", "lan", &["clerk", "signer"]).await;
    let mai = world.staff("laocai", "mai", &["clerk"]).await;
    let ha = world.staff("laocai", "ha", &["leader"]).await;
    let answered = asks(&world, "laocai", &[]).await;
    let more = [("lan", "40112233445566778899aabbccddeeff"), ("chuyen-gi", "Cầu treo bị gãy dây.")];
    let gone = asks(&world, "laocai", &more).await;
    let more = [("lan", "50112233445566778899aabbccddeeff"), ("chuyen-gi", "Chợ xã không ai dọn rác.")];
    let withdrawn = asks(&world, "xa-a.laocai", &more).await;
    super::answers(&world, &mai, &ha, &answered, "Đã thay bóng đèn cột 17.").await;
    super::passes(&world, &mai, &gone, "mof").await;
    super::does(&world, "xa-a.laocai", &withdrawn, "rut", &[("chac-chan", "on")]).await;
    world.settle().await;
    let week = date::day(world.clock("chinhphu").now()).iso_week_date();
    let page = format!("{BRIEF}?tuan={}-W{:02}", week.year(), week.week());
    let brief = until("the figures of the nation", async || {
        let page = world.sees(&lan, &page).await;
        let counted = page.says("<dt>Tiếp nhận</dt><dd>2</dd>") && page.says("<dt>Đã trả lời</dt><dd>1</dd>");
        if counted { Ok(page) } else { Err(page.text()) }
    })
    .await;
    assert!(
        brief.says("<dt>Chưa trả lời</dt><dd>1</dd>"),
        "what was taken back does not count: {}",
        brief.text()
    );
    assert!(brief.says("cơ quan ở máy chủ khác") && !brief.says("Chưa đọc"), "{}", brief.text());
    // The province counts its own, without the case that went to a ministry; of its sister it knows nothing.
    let own = world.sees(&mai, &page).await;
    assert!(
        own.says("<dt>Tiếp nhận</dt><dd>1</dd>") && !own.says("cơ quan ở máy chủ khác"),
        "{}",
        own.text()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_week_is_reported_approved_and_stays_as_it_was() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let clerk = world.staff("laocai", "mai", &["clerk"]).await;
    let chief = world.staff("laocai", "ha", &["signer", "clerk"]).await;
    world.staff("xa-b.laocai", "lan", &["signer", "clerk"]).await;
    // A commune of the province's node, and the province itself.
    let keys = asks(&world, "xa-a.laocai", &[]).await;
    asks(&world, "laocai", &[("chuyen-gi", "Đường tỉnh 175 sạt lở, xe không qua được.")]).await;
    let week = date::day(world.clock("laocai").now()).iso_week_date();
    let week = format!("{}-W{:02}", week.year(), week.week());
    let page = world.sees(&clerk, &format!("{BRIEF}?tuan={week}")).await;
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(page.says("<dt>Tiếp nhận</dt><dd>2</dd>") && page.says("dự thảo"), "{}", page.text());
    assert!(world.sees(&clerk, DESK).await.says(BRIEF), "the queue leads to it");
    for (form, begins) in [("pdf", "%PDF-1.7".as_bytes()), ("docx", b"PK\x03\x04")] {
        let file = world.sees(&clerk, &format!("{BRIEF}/tep?tuan={week}&dang={form}")).await;
        assert!(
            file.bytes.starts_with(begins) && file.header("content-disposition").contains(form),
            "{form}"
        );
    }
    let fields = [("tuan", week.as_str())];
    let approves = |who| world.fills(who, BRIEF, &fields);
    assert!(approves(&chief).await.says("Tuần này chưa hết"));
    assert_eq!(
        world.get("laocai", &format!("/phan-anh/bao-cao/{week}")).await.status,
        404,
        "nobody approved it"
    );
    world.clock("laocai").pass(7 * DAY);
    let chief = world.again("laocai", "ha").await;
    let clerk = world.again("laocai", "mai").await;
    assert_eq!(approves(&clerk).await.status, 403, "a clerk alone does not");
    let done = approves(&chief).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert!(approves(&chief).await.says("đã được duyệt"), "once");
    // From then on it says what it said, whatever becomes of the cases; readers get no small count and no case.
    let public = world.get("laocai", &format!("/phan-anh/bao-cao/{week}")).await;
    assert!(
        public.says("&#60;5") && public.says("ha duyệt") && !public.says(&keys.code),
        "{}",
        public.text()
    );
    let data = world.get("laocai", &format!("/phan-anh/bao-cao/{week}/tep?dang=json")).await;
    assert_eq!(data.json()["received"], "<5", "{}", data.text());
    assert!(world.get("laocai", "/phan-anh/bao-cao").await.says(&week));
    let file =
        || async { world.get("laocai", &format!("/phan-anh/bao-cao/{week}/tep?dang=pdf")).await.bytes };
    let first = file().await;
    asks(&world, "laocai", &[("chuyen-gi", "Cầu treo bị gãy dây.")]).await;
    assert_eq!(file().await, first, "the same bytes");
    // Another agency's brief is its own.
    assert!(
        world
            .sees(&world.again("xa-b.laocai", "lan").await, &format!("{BRIEF}?tuan={week}"))
            .await
            .says("<dt>Tiếp nhận</dt><dd>0</dd>")
    );
    for week in ["2026-W60", "x", "..%2f"] {
        assert_eq!(world.get("laocai", &format!("/phan-anh/bao-cao/{week}")).await.status, 404, "{week}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quarter_is_reported_by_the_same_engine_and_not_before_it_is_over() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let clock = world.clock("laocai");
    reaches(&world, "laocai", "2027-02-03T03:00:00Z");
    let chief = world.staff("laocai", "ha", &["signer", "clerk"]).await;
    asks(&world, "xa-a.laocai", &[]).await;
    let fields = [("tuan", "2027-Q1")];
    let early = world.fills(&chief, BRIEF, &fields).await;
    assert!(early.says("Quý này chưa hết"), "{}", early.text());
    let page = world.sees(&chief, &format!("{BRIEF}?tuan=2027-Q1")).await;
    assert!(page.says("Quý 1 năm 2027") && page.says("<dt>Tiếp nhận</dt><dd>1</dd>"), "{}", page.text());
    clock.pass(60 * DAY);
    let chief = world.again("laocai", "ha").await;
    assert_eq!(world.fills(&chief, BRIEF, &fields).await.status, 303);
    let public = world.get("laocai", "/phan-anh/bao-cao/2027-Q1").await;
    assert!(public.says("Báo cáo quý về phản ánh, kiến nghị"), "{}", public.text());
    for (form, begins) in [("pdf", "%PDF-1.7".as_bytes()), ("docx", b"PK\x03\x04")] {
        let file = world.get("laocai", &format!("/phan-anh/bao-cao/2027-Q1/tep?dang={form}")).await;
        assert!(file.bytes.starts_with(begins), "{form}");
    }
    let data = world.get("laocai", "/phan-anh/bao-cao/2027-Q1/tep?dang=json").await;
    assert_eq!(data.json()["quarter"], "2027-Q1", "{}", data.text());
    assert_eq!(world.get("laocai", "/phan-anh/bao-cao/2027-Q5").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leads_sees_first_what_is_owed_and_who_is_late() {
    const HOME: &str = "/ban-lam-viec";
    let world = World::with(["chinhphu", "laocai"]).await;
    let (ha, mai) =
        (world.staff("laocai", "ha", &["leader"]).await, world.staff("laocai", "mai", &["clerk"]).await);
    asks(&world, "xa-a.laocai", &[]).await;
    asks(&world, "laocai", &[("chuyen-gi", "Đường tỉnh 175 sạt lở, xe không qua được.")]).await;
    let home = world.sees(&ha, HOME).await;
    for says in
        ["trong tuần", "<dt>Chưa trả lời</dt><dd>2</dd>", "<dt>Quá hạn</dt><dd>0</dd>", "<dd>0 trên 0</dd>"]
    {
        assert!(home.says(says), "{says}: {}", home.text());
    }
    assert!(home.says("Không có cơ quan nào có việc quá hạn"), "{}", home.text());
    assert!(!world.sees(&mai, HOME).await.says("<dt>Chưa trả lời</dt>"), "a clerk has the queue");
    world.clock("laocai").pass(30 * DAY);
    let home = world.sees(&world.again("laocai", "ha").await, HOME).await;
    assert!(home.says("<dt>Quá hạn</dt><dd class=\"due\">2</dd>"), "{}", home.text());
    assert_eq!(
        home.text().matches("scope=\"row\" lang=\"vi\"").count(),
        2,
        "the province and its commune: {}",
        home.text()
    );
    assert!(home.says("hang=qua-han") && home.says(BRIEF), "it leads on: {}", home.text());
    // Its communes lie on a map. By the rule of domains neither of these two is one of them: both stand in the map's table.
    assert!(home.says("<title>Xã Mù Cang Chải</title>"), "{}", home.text());
    assert_eq!(home.text().matches("scope=\"row\"").count(), 4, "{}", home.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_government_sees_on_a_map_in_which_province_cases_wait() {
    const HOME: &str = "/ban-lam-viec";
    let world = World::with(["chinhphu", "laocai"]).await;
    world.staff("chinhphu", "ha", &["leader"]).await;
    asks(&world, "xa-a.laocai", &[]).await;
    asks(&world, "laocai", &[("chuyen-gi", "Đường tỉnh 175 sạt lở, xe không qua được.")]).await;
    world.settle().await;
    let seen = async |says: &str| {
        until(says, async || {
            let page = world.sees(&world.again("chinhphu", "ha").await, HOME).await;
            if page.says(says) { Ok(page) } else { Err(page.text()) }
        })
        .await
    };
    let home = seen("<title>Tỉnh Lào Cai: 2 chưa trả lời, 0 quá hạn</title>").await;
    for name in ["Hoàng Sa", "(Thành phố Đà Nẵng)", "Trường Sa", "(Tỉnh Khánh H"] {
        assert!(home.says(name), "{name}: {}", home.text());
    }
    assert_eq!(home.text().matches("<title>").count(), 1 + 34, "the page's own, and one for each province");
    world.clock("chinhphu").pass(30 * DAY);
    let home = seen("<title>Tỉnh Lào Cai: 2 chưa trả lời, 2 quá hạn</title>").await;
    assert!(home.says("<path class=\"map__late\" d=\"M"), "{}", home.text());
}
