//! A breach of personal data is recorded from the moment it is noticed, with the clock of the law; nobody else sees it.

use nhipcau::words::date;

use super::world::{Staff, World};

const PAGE: &str = "/ban-lam-viec/su-co";

/// Begins a record of what was noticed so many hours ago; its page.
async fn begins(world: &World, who: &Staff, hours: i64) -> String {
    let then = world.app("chinhphu").clock.now() - jiff::SignedDuration::from_hours(hours);
    let then = then.to_zoned_datetime(date::zone());
    let (day, hour) = (then.date().to_string(), then.strftime("%H:%M").to_string());
    let fields = [
        ("ngay", day.as_str()),
        ("gio", &hour),
        ("chuyen-gi", "Gửi nhầm tệp danh sách hộ nghèo."),
        ("cua-ai", "Hộ nghèo của xã; họ tên, địa chỉ."),
        ("bao-nhieu", "khoảng 120 người"),
        ("da-lam", "Đã thu hồi thư."),
    ];
    let answer = world.fills(who, PAGE, &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("location").split('?').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breach_has_a_clock_a_record_that_only_grows_and_papers_for_the_authority() {
    let world = World::with(["chinhphu"]).await;
    let admin = world.staff("chinhphu", "quan.tri.2", &["administrator"]).await;
    let leader = world.staff("chinhphu", "chu.tich", &["leader"]).await;
    let lacking = world
        .fills(&admin, PAGE, &[("ngay", "2099-01-01"), ("gio", "08:00"), ("chuyen-gi", "Mất máy")])
        .await;
    assert_eq!(lacking.status, 422);
    assert!(lacking.says("không muộn hơn bây giờ") && lacking.says("Mất máy"), "nothing typed is lost");

    let page = begins(&world, &admin, 11).await;
    let shown = world.sees(&leader, &page).await.text();
    assert!(shown.contains("còn 60 giờ") || shown.contains("còn 61 giờ"), "{shown}");
    assert!(shown.contains("72 giờ liên tục") && shown.contains("91/2025/QH15"), "{shown}");
    let home = world.sees(&leader, "/ban-lam-viec").await.text();
    assert!(home.contains("Sự cố dữ liệu cá nhân đang xử lý") && home.contains("còn 6"), "{home}");

    // A reminder, then the end of the time.
    let late = begins(&world, &admin, 60).await;
    assert!(world.sees(&admin, &late).await.says("Nhắc: còn dưới 12 giờ"));
    let over = begins(&world, &admin, 80).await;
    assert!(world.sees(&admin, &over).await.says("quá hạn 8 giờ"));

    // Lines are added and stay; a correction stands beside what it corrects.
    for fields in [
        &[("loai", "cap-nhat"), ("noi-dung", "Biết thêm: tệp đã được mở.")][..],
        &[("loai", "dinh-chinh"), ("dong", "1"), ("noi-dung", "Đúng là 118 người.")],
    ] {
        let added = world.fills(&leader, &page, fields).await;
        assert_eq!(added.status, 303, "{}", added.text());
    }
    let nowhere =
        world.fills(&admin, &page, &[("loai", "dinh-chinh"), ("dong", "9"), ("noi-dung", "x")]).await;
    assert_eq!(nowhere.status, 422);
    let nobody = world.fills(&admin, &page, &[("loai", "bao"), ("noi-dung", "Đã gửi công văn")]).await;
    assert_eq!(nobody.status, 422);
    assert!(nobody.says("Hãy ghi đã báo ai") && nobody.says("Đã gửi công văn"));
    let now = world.app("chinhphu").clock.now().to_zoned_datetime(date::zone());
    let (day, hour) = (now.date().to_string(), now.strftime("%H:%M").to_string());
    let told =
        [("loai", "co-quan"), ("ngay-bao", day.as_str()), ("gio-bao", &hour), ("noi-dung", "Công văn 12.")];
    assert_eq!(world.fills(&admin, &page, &told).await.status, 303);
    assert!(world.sees(&admin, &page).await.says("trong hạn"));
    // It was not sent after all: the clock runs on until it is.
    let wrong = [("loai", "dinh-chinh"), ("dong", "4"), ("noi-dung", "Công văn chưa gửi.")];
    assert_eq!(world.fills(&admin, &page, &wrong).await.status, 303);
    assert!(world.sees(&admin, &page).await.says("còn 6"));
    assert_eq!(world.fills(&admin, &page, &told).await.status, 303);
    assert!(world.sees(&admin, &page).await.says("trong hạn"));
    let close = [("loai", "ket-thuc"), ("noi-dung", "Đã xóa bản gửi nhầm.")];
    assert_eq!(world.fills(&leader, &page, &close).await.status, 303);
    let more = world.fills(&leader, &page, &[("loai", "cap-nhat"), ("noi-dung", "Thêm.")]).await;
    assert_eq!(more.status, 409, "{}", more.text());
    assert!(more.says("Thêm."), "what was typed is still there");

    let data = world.sees(&leader, &format!("{page}/du-lieu.json")).await.json();
    let kinds: Vec<&str> =
        data["lines"].as_array().unwrap().iter().map(|l| l["says"]["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["begun", "update", "correction", "told", "correction", "told", "closed"]);
    assert_eq!((&data["hours"], &data["closed"]), (&72.into(), &true.into()));
    let paper = world.sees(&leader, &format!("{page}/ban-in")).await;
    assert!(paper.says("HỒ SƠ SỰ CỐ") && paper.says("khoảng 120 người") && paper.says("Đúng là 118 người."));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_sees_a_breach_and_no_trail_repeats_its_words() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let admin = world.staff("xa-a.laocai", "quan.tri.2", &["administrator"]).await;
    let page = begins(&world, &admin, 1).await;
    let editor = world.staff("xa-a.laocai", "lan", &["editor", "publisher"]).await;
    let other = world.staff("xa-b.laocai", "minh", &["administrator", "leader"]).await;
    let above = world.staff("laocai", "chu.tich", &["leader"]).await;
    for end in ["", "/ban-in", "/du-lieu.json"] {
        let path = format!("{page}{end}");
        assert_eq!(world.sees(&editor, &path).await.status, 403);
        assert_eq!(world.sees(&other, &path).await.status, 404);
        assert_eq!(world.sees(&above, &path).await.status, 404);
        assert_eq!(world.get("xa-a.laocai", &path).await.status, 303, "a reader is asked to sign in");
    }
    let add = [("loai", "cap-nhat"), ("noi-dung", "Chen vào.")];
    assert_eq!(world.fills(&other, &page, &add).await.status, 404);
    assert!(!world.sees(&editor, "/ban-lam-viec").await.says("Sự cố dữ liệu cá nhân đang xử lý"));
    let trail = world.sees(&admin, "/ban-lam-viec/nhat-ky").await.text();
    assert!(trail.contains("breach.begin"), "{trail}");
    let audit = world.request("GET", "xa-a.laocai", "/api/v1/audit").bearer_auth(world.token("xa-a.laocai"));
    let audit = world.ask(audit).await.text();
    assert!(audit.contains("breach.begin") && !audit.contains("hộ nghèo"), "{audit}");
}
