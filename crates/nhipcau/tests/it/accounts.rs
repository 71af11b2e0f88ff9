//! An administrator in the console: invites, appoints, dismisses, closes, gives the way back; and reads the trail of it.

use super::world::{PASSWORD, Staff, World};

const PEOPLE: &str = "/ban-lam-viec/can-bo";

async fn office() -> (World, Staff) {
    let world = World::with(["chinhphu"]).await;
    let chief = world.staff("chinhphu", "quan-tri", &["administrator"]).await;
    (world, chief)
}

/// The one-time link that a page shows.
fn link(page: &str) -> String {
    let from = page.find("/loi-moi/").unwrap_or_else(|| panic!("no link: {page}"));
    page[from..].split(['<', '"']).next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_invites_somebody_whose_link_works() {
    let (world, chief) = office().await;
    let empty = world.sees(&chief, PEOPLE).await;
    assert!(empty.says("Mới chỉ có bạn"), "{}", empty.text());
    let person = [
        ("ho-ten", "Trần Thị Lan"),
        ("ten-dang-nhap", "Lan.Tran"),
        ("vai-tro", "editor"),
        ("vai-tro", "signer"),
        ("den-ngay", "2030-12-31"),
    ];
    let invited = world.fills(&chief, PEOPLE, &person).await;
    assert_eq!(invited.status, 200, "{}", invited.text());
    let both = [("mat-khau", PASSWORD), ("mat-khau-lai", PASSWORD)];
    let answer = world.sends("chinhphu", &link(&invited.text()), "", &both).await;
    let lan = world.signed_in("chinhphu", &answer).await;
    assert!(world.sees(&lan, "/ban-lam-viec").await.says("biên tập viên, người ký"));
    let list = world.sees(&chief, PEOPLE).await;
    assert!(list.says("Trần Thị Lan") && list.says("lan.tran") && !list.says("Mới chỉ có bạn"));
    let page = world.sees(&chief, "/en/ban-lam-viec/can-bo/lan.tran").await;
    assert!(page.says("until 31 December 2030") || page.says("2030"), "{}", page.text());
    assert_eq!(world.sees(&lan, PEOPLE).await.status, 403, "an editor keeps no accounts");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_at_its_field_and_what_was_typed_stays() {
    let (world, chief) = office().await;
    let person = [
        ("ho-ten", "Lê <b>Minh</b>"),
        ("ten-dang-nhap", "Lê Minh"),
        ("tu-ngay", "mai"),
        ("truc-thuoc", "on"),
    ];
    let page = world.fills(&chief, PEOPLE, &person).await;
    assert_eq!(page.status, 422);
    assert!(page.says("không phải một ngày") && page.says("aria-invalid=\"true\""), "{}", page.text());
    let person = [("ho-ten", "Lê <b>Minh</b>"), ("ten-dang-nhap", "Lê Minh"), ("den-ngay", "2020-01-01")];
    let page = world.fills(&chief, PEOPLE, &person).await;
    let text = page.text();
    for part in
        ["Tên đăng nhập gồm", "ít nhất một vai trò", "Ngày cuối", "value=\"2020-01-01\"", "value=\"Lê Minh\""]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("<b>Minh") && text.contains("Lê &#60;b&#62;Minh"), "{text}");
    let again = [("ho-ten", "Ai đó"), ("ten-dang-nhap", "quan-tri"), ("vai-tro", "editor")];
    let taken = world.fills(&chief, PEOPLE, &again).await;
    assert!(
        taken.says("đã có trên máy chủ")
            && taken.says("value=\"Ai đó\"")
            && taken.says("value=\"editor\" checked")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_links_sessions_and_accounts_are_given_and_taken() {
    let (world, chief) = office().await;
    let lan = world.staff("chinhphu", "lan.tran", &["editor"]).await;
    let at = format!("{PEOPLE}/lan.tran");
    let act = async |fields: &[(&str, &str)]| world.fills(&chief, &at, fields).await;

    assert_eq!(act(&[("viec", "giao"), ("vai-tro", "publisher")]).await.status, 303);
    assert!(world.sees(&lan, "/ban-lam-viec").await.says("người duyệt"));
    assert_eq!(act(&[("viec", "thoi"), ("vai-tro", "publisher")]).await.status, 303);
    assert!(!world.sees(&lan, "/ban-lam-viec").await.says("người duyệt"));

    assert_eq!(act(&[("viec", "ket-thuc")]).await.status, 303);
    assert_eq!(world.sees(&lan, "/ban-lam-viec").await.status, 303, "the session has ended");

    let new = "năm con cua bò ngang";
    let page = act(&[("viec", "lien-ket")]).await;
    let set =
        world.sends("chinhphu", &link(&page.text()), "", &[("mat-khau", new), ("mat-khau-lai", new)]).await;
    assert_eq!(set.status, 303);

    assert_eq!(act(&[("viec", "khoa")]).await.status, 303);
    assert_eq!(world.signs_in("chinhphu", "lan.tran", new).await.status, 403);
    assert!(world.sees(&chief, &at).await.says("đã khóa"));
    assert_eq!(act(&[("viec", "mo")]).await.status, 303);
    assert_eq!(world.signs_in("chinhphu", "lan.tran", new).await.status, 303);
    assert_eq!(act(&[("viec", "bien-mat")]).await.status, 404);

    // Nobody locks the agency or themselves out.
    let own = format!("{PEOPLE}/quan-tri");
    for fields in [[("viec", "thoi"), ("vai-tro", "administrator")], [("viec", "khoa"), ("", "")]] {
        let refused = world.fills(&chief, &own, &fields).await;
        assert!(refused.status == 409 && refused.says("Không ai tự đổi"), "{}", refused.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trail_tells_what_was_done_and_seen_and_is_taken_away_as_a_file() {
    let (world, chief) = office().await;
    let lan = world.staff("chinhphu", "lan.tran", &["editor"]).await;
    world.sees(&lan, "/ban-lam-viec/nhat-ky").await;
    world.signs_in("chinhphu", "lan.tran", "sai").await;
    let page = world.sees(&chief, "/ban-lam-viec/nhat-ky").await;
    for words in [
        "vào trang ngoài vai trò",
        "nhập sai mật khẩu",
        "người chưa đăng nhập",
        "Người lan.tran",
        "<small>biên tập viên</small>",
        "<small>lần sai thứ 1</small>",
    ] {
        assert!(page.says(words), "{words}: {}", page.text());
    }
    assert!(world.sees(&chief, "/en/ban-lam-viec/nhat-ky").await.says("made an account"));
    let only = world.sees(&chief, "/ban-lam-viec/nhat-ky?ai=quan-tri&viec=login").await.text();
    assert_eq!(only.matches("id=\"dong-").count(), 1, "{only}");
    assert!(world.sees(&chief, "/ban-lam-viec/nhat-ky?ai=khong-ai").await.says("Không có dòng nào"));
    assert!(world.sees(&chief, "/ban-lam-viec/nhat-ky?kiem-tra=1").await.says("Nhật ký nguyên vẹn"));

    // More than a page, and back in time.
    for _ in 0..60 {
        world.sees(&lan, "/ban-lam-viec/nhat-ky").await;
    }
    let first = world.sees(&chief, "/ban-lam-viec/nhat-ky").await.text();
    assert_eq!(first.matches("id=\"dong-").count(), 50);
    let older = first.split("truoc=").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let second = world.sees(&chief, &format!("/ban-lam-viec/nhat-ky?truoc={older}")).await.text();
    assert!(second.contains("lập tài khoản") && !second.contains(&format!("id=\"dong-{older}\"")));

    let file = world.fills(&chief, "/ban-lam-viec/nhat-ky", &[]).await;
    assert!(file.header("content-disposition").contains("nhat-ky-chinhphu.localhost-"));
    let text = file.text();
    let lines: Vec<serde_json::Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    assert!(lines.len() > 60 && lines.last().unwrap()["act"] == "audit.export", "taking it is a line of it");
    assert!(lines.iter().all(|line| line["hash"].as_str().unwrap().len() == 64));
    assert!(!text.contains("Lan") && !text.contains(PASSWORD), "it names ids, not people");
}
