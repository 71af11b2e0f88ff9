//! People at the door of the console: invited, signed in, refused, dismissed; and what nobody else can do in their name.

use nhipcau::db::Tx;
use nhipcau::people::{audit, session};
use nhipcau::problem::Problem;
use nhipcau::run;
use serde_json::json;

use super::world::{PASSWORD, Staff, World, hidden};

async fn office() -> World {
    World::with(["chinhphu"]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invited_person_chooses_a_password_and_signs_in_with_it() {
    let world = office().await;
    let link = world.invites("chinhphu", "lan.tran", &["editor"]).await;
    assert!(world.get("chinhphu", &link).await.says("lan.tran"));
    for (first, second, why) in [
        ("ngắn", "ngắn", "ít nhất 10 ký tự"),
        ("1234567890123", "1234567890123", "dễ đoán"),
        (PASSWORD, "khác hẳn nhau nhé", "không giống nhau"),
    ] {
        let refused =
            world.sends("chinhphu", &link, "", &[("mat-khau", first), ("mat-khau-lai", second)]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.says(why), "{}", refused.text());
    }
    let both = [("mat-khau", PASSWORD), ("mat-khau-lai", PASSWORD)];
    assert_eq!(world.sends("chinhphu", &link, "", &both).await.status, 303);
    let again = world.sends("chinhphu", &link, "", &both).await;
    assert!(again.says("đã được dùng"), "a link works once: {}", again.text());

    let answer = world.signs_in("chinhphu", " Lan.Tran ", PASSWORD).await;
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    let lan = world.signed_in("chinhphu", &answer).await;
    let home = world.sees(&lan, "/ban-lam-viec").await;
    assert!(home.says("biên tập viên"));
    assert_eq!(home.header("cache-control"), "no-store");
    assert!(world.sees(&lan, "/en/ban-lam-viec").await.says("editor"));

    let out = world.fills(&lan, "/ban-lam-viec/dang-xuat", &[]).await;
    assert_eq!((out.status, out.header("location")), (303, "/dang-nhap"));
    let gone = world.sees(&lan, "/ban-lam-viec").await;
    assert_eq!((gone.status, gone.header("location")), (303, "/dang-nhap?tiep=%2Fban-lam-viec"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_name_and_a_wrong_password_get_the_same_answer_and_soon_a_wait() {
    let world = office().await;
    world.staff("chinhphu", "lan.tran", &["editor"]).await;
    let says = async |login: &str| {
        let answer = world.signs_in("chinhphu", login, "không phải mật khẩu này").await;
        let text = answer.text().replace(login, "…");
        // The foot of a page tells the second at which it was drawn.
        let said: Vec<_> =
            text.lines().filter(|line| !line.contains("Đồng bộ lúc")).map(str::to_owned).collect();
        (answer.status, said)
    };
    assert_eq!(says("lan.tran").await, says("ai.do.khac").await);
    for _ in 0..4 {
        assert_eq!(says("lan.tran").await.0, 403);
    }
    let waiting = world.signs_in("chinhphu", "lan.tran", PASSWORD).await;
    assert_eq!(waiting.status, 429);
    assert!(waiting.says("Hãy đợi 15 giây"), "{}", waiting.text());
    // The administrator's link is the way back at once.
    let answer = world.post("chinhphu", "/api/v1/people/lan.tran", &json!({ "act": "link" })).await;
    let link = answer.json()["link"].as_str().unwrap().to_owned();
    let new = "năm con cua bò ngang";
    let set = world.sends("chinhphu", &link, "", &[("mat-khau", new), ("mat-khau-lai", new)]).await;
    assert_eq!(set.status, 303);
    assert_eq!(world.signs_in("chinhphu", "lan.tran", new).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_from_elsewhere_or_without_its_key_changes_nothing() {
    let world = office().await;
    let lan = world.staff("chinhphu", "lan.tran", &["editor"]).await;
    let out = |origin: Option<&str>, key: &str| {
        let mut request = world
            .request("POST", "chinhphu", "/ban-lam-viec/dang-xuat")
            .header("cookie", &lan.cookie)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("khoa={key}"));
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        world.ask(request)
    };
    let here = format!("http://{}", world.host("chinhphu"));
    for (origin, key) in [
        (Some("https://evil.vn"), lan.key.as_str()),
        (None, lan.key.as_str()),
        (Some(&here), ""),
        (Some(&here), "00"),
    ] {
        let refused = out(origin, key).await;
        assert_eq!(refused.status, 403, "{origin:?} {key:?}: {}", refused.text());
    }
    assert_eq!(world.sees(&lan, "/ban-lam-viec").await.status, 200, "still signed in");
    assert_eq!(out(Some(&here), &lan.key).await.status, 303);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_belongs_to_one_portal_and_ends_with_the_role() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let an = world.staff("xa-a.laocai", "an", &["editor"]).await;
    let elsewhere = Staff { portal: "xa-b.laocai".into(), ..an.clone() };
    assert_eq!(world.sees(&elsewhere, "/ban-lam-viec").await.status, 303, "another commune of the same node");
    let refused = world.signs_in("xa-b.laocai", "an", PASSWORD).await;
    assert_eq!(refused.status, 403);
    assert!(refused.says("chưa được giao vai trò"), "{}", refused.text());

    // A role of the province that holds below it opens the communes too; a further one at another portal as well.
    let appoint = json!({ "portal": "laocai.localhost", "act": "appoint", "roles": { "roles": ["publisher"], "below": true } });
    // Somebody must keep the accounts.
    world.invites("laocai", "quan-tri", &["administrator"]).await;
    world.invites("xa-a.laocai", "quan-tri-a", &["administrator"]).await;
    let answer = world.post("laocai", "/api/v1/people/an", &appoint).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(world.signs_in("xa-b.laocai", "an", PASSWORD).await.status, 303);

    let close = json!({ "act": "close" });
    assert_eq!(world.post("xa-a.laocai", "/api/v1/people/an", &close).await.status, 201);
    assert_eq!(world.sees(&an, "/ban-lam-viec").await.status, 303, "a closed account is out at once");
    assert_eq!(world.signs_in("xa-a.laocai", "an", PASSWORD).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_typed_outlives_the_session() {
    let world = office().await;
    let lan = world.staff("chinhphu", "lan.tran", &["editor"]).await;
    world.clock("chinhphu").pass(session::IDLE);
    let held = world.fills(&lan, "/ban-lam-viec/dang-xuat", &[("van-ban", "Một \"đoạn\" dài\n<b>")]).await;
    assert_eq!(held.status, 401);
    assert!(held.says("còn nguyên"), "{}", held.text());
    assert!(held.text().contains("Một &#34;đoạn&#34; dài\n&#60;b&#62;"), "{}", held.text());
    let again = [
        ("ten", "lan.tran"),
        ("mat-khau", PASSWORD),
        ("giu.van-ban", "Một \"đoạn\" dài\n<b>"),
        ("gui-den", "/ban-lam-viec/dang-xuat"),
    ];
    let go_on = world.sends("chinhphu", "/dang-nhap", "", &again).await;
    assert_eq!(go_on.status, 200);
    let page = go_on.text();
    assert!(
        page.contains("action=\"/ban-lam-viec/dang-xuat\"") && page.contains("name=\"van-ban\""),
        "{page}"
    );
    assert_ne!(hidden(&page, "khoa").unwrap(), lan.key, "the form carries the new session's key");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_trail_is_only_added_to() {
    let world = office().await;
    let lan = world.staff("chinhphu", "lan.tran", &["editor"]).await;
    world.signs_in("chinhphu", "lan.tran", "sai").await;
    world.fills(&lan, "/ban-lam-viec/dang-xuat", &[]).await;
    let app = world.app("chinhphu");
    let log = app.portals.load().main().unwrap().log;
    let mut conn = app.db.read().await.unwrap();
    let lines = audit::after(&mut conn, log, 0, 100).await.unwrap();
    let acts: Vec<_> = lines.iter().map(|line| line.act.as_str()).collect();
    assert_eq!(acts, ["account.add", "password.set", "login", "login.failed", "logout"]);
    assert_eq!(audit::broken(&mut conn).await.unwrap(), None);
    drop(conn);
    let change = app.db.write("forge", async |tx: &mut Tx| -> Result<_, Problem> {
        Ok(run!(tx, "UPDATE audit SET act = 'x' WHERE seq = 2")?)
    });
    assert!(change.await.is_err());
    let delete = app.db.write("forge", async |tx: &mut Tx| -> Result<_, Problem> {
        Ok(run!(tx, "DELETE FROM audit WHERE seq = 2")?)
    });
    assert!(delete.await.is_err());
}
