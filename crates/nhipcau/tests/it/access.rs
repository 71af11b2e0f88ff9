//! The console as somebody attacks it: every route of the table by every role, forms from elsewhere, other agencies'
//! people, more power than was given, addresses that lead away, names that are script.

use std::collections::BTreeSet;

use nhipcau::people::{Duty, Role as Job};
use nhipcau::web::routes::{self, Role};
use serde_json::json;

use super::world::{PASSWORD, Plan, Staff, World, hidden};

/// A path with something in each of its places that is nowhere.
fn filled(path: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { "khong-co" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn desk() -> Vec<(&'static str, &'static str, Duty)> {
    let rows = routes::table().into_iter().filter_map(|route| match route.role {
        Role::Staff(duty) => Some((route.method, route.path, duty)),
        _ => None,
    });
    rows.collect()
}

async fn asks(world: &World, staff: &Staff, method: &str, path: &str) -> super::world::Answer {
    match method {
        "GET" => world.sees(staff, path).await,
        "POST" => world.fills(staff, path, &[]).await,
        // What a script sends: its key stands in a header.
        _ => {
            let request = world
                .request(method, &staff.portal, path)
                .header("origin", format!("http://{}", world.host(&staff.portal)))
                .header("cookie", &staff.cookie)
                .header("nhipcau-khoa", &staff.key)
                .header("tus-resumable", "1.0.0");
            world.ask(request.body(Vec::new())).await
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_is_refused_wherever_it_should_be() {
    let world = World::with(["chinhphu"]).await;
    // So that no step of the others is refused for another reason.
    world.invites("chinhphu", "con-lai", &["administrator"]).await;
    let table = desk();
    assert!(table.len() > 15, "the table is not that of the console");
    for job in Job::ALL {
        let login = format!("nguoi.{}", job.word());
        let mut staff = world.staff("chinhphu", &login, &[job.word()]).await;
        for (method, path, duty) in &table {
            let may = duty.met_by(&BTreeSet::from([job]));
            let answer = asks(&world, &staff, method, &filled(path)).await;
            let told = format!("{job} {method} {path}: {} {}", answer.status, answer.text());
            assert!(answer.status < 500, "{told}");
            assert_ne!(answer.status, 401, "{told}");
            assert_eq!(answer.says("Việc này thuộc vai trò khác"), !may, "{told}");
            if !may {
                assert_eq!(answer.status, 403, "{told}");
            } else if world.sees(&staff, "/ban-lam-viec").await.status != 200 {
                // Signed out by a form of its own.
                let again = world.signs_in("chinhphu", &login, PASSWORD).await;
                staff = world.signed_in("chinhphu", &again).await;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_nobody_here_gets_no_page_of_the_console() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let closed = world.staff("xa-a.laocai", "da.nghi", &["leader"]).await;
    let gone = world.staff("xa-a.laocai", "thoi.viec", &["administrator"]).await;
    let foreign = world.staff("xa-b.laocai", "nguoi.la", &["leader"]).await;
    world.invites("xa-a.laocai", "quan-tri", &["administrator"]).await;
    let close = world.post("xa-a.laocai", "/api/v1/people/da.nghi", &json!({ "act": "close" })).await;
    assert_eq!(close.status, 201);
    let dismiss = json!({ "act": "appoint", "roles": { "roles": ["administrator"], "dismiss": true } });
    assert_eq!(world.post("xa-a.laocai", "/api/v1/people/thoi.viec", &dismiss).await.status, 201);
    let nobody = Staff { portal: "xa-a.laocai".into(), cookie: String::new(), key: String::new() };
    let forged = Staff { cookie: format!("nhipcau={}", "0".repeat(64)), ..nobody.clone() };
    let broken = Staff { cookie: "nhipcau=<script>; nhipcau-buoc=zz".into(), ..nobody.clone() };
    let elsewhere = Staff { portal: "xa-a.laocai".into(), ..foreign };
    for staff in [nobody, forged, broken, elsewhere, closed, gone] {
        for (method, path, _) in desk() {
            for prefix in ["", "/en"] {
                let answer = asks(&world, &staff, method, &format!("{prefix}{}", filled(path))).await;
                let told = format!("{method} {prefix}{path}: {} {}", answer.status, answer.text());
                match method {
                    "GET" => {
                        assert_eq!(answer.status, 303, "{told}");
                        assert!(
                            answer.header("location").starts_with(&format!("{prefix}/dang-nhap?")),
                            "{told}"
                        );
                    }
                    _ => assert_eq!(answer.status, 401, "{told}"),
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_form_of_another_site_is_taken() {
    let world = World::with(["chinhphu"]).await;
    let everything: Vec<&str> = Job::ALL.map(Job::word).into();
    let chair = world.staff("chinhphu", "chu.tich", &everything).await;
    let here = format!("http://{}", world.host("chinhphu"));
    let mut forms = 0;
    for route in routes::table() {
        let staff = matches!(route.role, Role::Staff(_));
        if route.method == "GET" || !(staff || route.role == Role::Newcomer) {
            continue;
        }
        forms += 1;
        let send = |origin: Option<&str>, site: Option<&str>, key: &str| {
            let mut request = world
                .request(route.method, "chinhphu", &filled(route.path))
                .header("cookie", &chair.cookie)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(format!("khoa={key}"));
            for (name, value) in [("origin", origin), ("sec-fetch-site", site)] {
                if let Some(value) = value {
                    request = request.header(name, value);
                }
            }
            world.ask(request)
        };
        let key = chair.key.as_str();
        let mut tries = vec![
            (Some("https://evil.vn"), None, key),
            (Some("null"), None, key),
            (None, Some("cross-site"), key),
            (None, Some("same-site"), key),
            (None, None, key),
        ];
        if staff {
            tries.extend([(Some(here.as_str()), None, ""), (Some(here.as_str()), None, "00")]);
        }
        for (origin, site, key) in tries {
            let refused = send(origin, site, key).await;
            assert_eq!(refused.status, 403, "{} {origin:?} {site:?} {key:?}: {}", route.path, refused.text());
            assert!(refused.says("Chưa có gì được thay đổi"), "{}", route.path);
        }
    }
    assert!(forms > 15, "{forms} forms");
    assert_eq!(world.sees(&chair, "/ban-lam-viec").await.status, 200, "nothing has happened");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_reaches_no_account_of_another_agency() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let chief = world.staff("xa-a.laocai", "quan-tri-a", &["administrator"]).await;
    let chair = world.staff("xa-b.laocai", "chu.tich-b", &["leader"]).await;
    world.invites("xa-b.laocai", "quan-tri-b", &["administrator"]).await;
    let at = "/ban-lam-viec/can-bo/chu.tich-b";
    assert_eq!(world.sees(&chief, at).await.status, 404);
    for act in ["lien-ket", "khoa", "mo", "ket-thuc", "dat-lai"] {
        assert_eq!(world.fills(&chief, at, &[("viec", act)]).await.status, 404, "{act}");
    }
    // Giving it a role here opens no way into it: who could make a link would enter the other agency in its name.
    assert_eq!(world.fills(&chief, at, &[("viec", "giao"), ("vai-tro", "editor")]).await.status, 303);
    assert!(world.sees(&chief, at).await.says("tài khoản của cơ quan khác"));
    for act in ["lien-ket", "khoa", "mo", "dat-lai"] {
        let refused = world.fills(&chief, at, &[("viec", act)]).await;
        assert!(
            refused.status == 403 && refused.says("do một cơ quan khác lập"),
            "{act}: {}",
            refused.text()
        );
    }
    world.fills(&chief, at, &[("viec", "ket-thuc")]).await;
    assert_eq!(world.sees(&chair, "/ban-lam-viec").await.status, 200, "sessions elsewhere are none of ours");
    let trail = world.sees(&chief, "/ban-lam-viec/nhat-ky").await;
    assert!(!trail.says("quan-tri-b"), "nor is their trail: {}", trail.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gives_more_than_they_have() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let chief = world.staff("laocai", "quan-tri", &["administrator"]).await;
    world.invites("laocai", "hai", &["administrator"]).await;
    world.invites("laocai", "lan", &["editor"]).await;
    // Administrator of the province alone, not of the communes under it.
    for fields in [
        vec![("viec", "giao"), ("vai-tro", "editor"), ("truc-thuoc", "on")],
        vec![("viec", "giao"), ("vai-tro", "administrator"), ("truc-thuoc", "")],
    ] {
        let refused = world.fills(&chief, "/ban-lam-viec/can-bo/lan", &fields).await;
        assert!(refused.status == 422 && refused.says("cấp trên"), "{}", refused.text());
    }
    let new = [("ho-ten", "A"), ("ten-dang-nhap", "a.a"), ("vai-tro", "leader"), ("truc-thuoc", "on")];
    assert_eq!(world.fills(&chief, "/ban-lam-viec/can-bo", &new).await.status, 422);
    // Nobody appoints themselves, whatever else the form says.
    let own = [("viec", "giao"), ("vai-tro", "leader"), ("who", "token"), ("account", "x"), ("log", "1")];
    assert_eq!(world.fills(&chief, "/ban-lam-viec/can-bo/quan-tri", &own).await.status, 409);
    // Fields that no form offers set nothing.
    let new = [
        ("ho-ten", "B"),
        ("ten-dang-nhap", "b.b"),
        ("vai-tro", "editor"),
        ("home", "99"),
        ("portal", "xa-a.laocai.localhost"),
        ("closed", "1"),
        ("below", "true"),
        ("dismiss", "true"),
    ];
    assert_eq!(world.fills(&chief, "/ban-lam-viec/can-bo", &new).await.status, 200);
    let page = world.sees(&chief, "/ban-lam-viec/can-bo/b.b").await;
    assert!(!page.says("cả trực thuộc)") && !page.says("cơ quan khác") && !page.says("đã khóa ·"));
    let unknown = [("viec", "giao"), ("vai-tro", "root")];
    let refused = world.fills(&chief, "/ban-lam-viec/can-bo/lan", &unknown).await;
    assert!(refused.status == 422 && refused.says("Không có vai trò"), "{}", refused.text());

    // Whoever holds it below may give it below, and keeps the communes' accounts.
    let above = json!({ "act": "appoint", "roles": { "roles": ["administrator"], "below": true } });
    assert_eq!(world.post("laocai", "/api/v1/people/quan-tri", &above).await.status, 201);
    let fields = [("viec", "giao"), ("vai-tro", "editor"), ("truc-thuoc", "on")];
    assert_eq!(world.fills(&chief, "/ban-lam-viec/can-bo/lan", &fields).await.status, 303);
    world.invites("xa-a.laocai", "xa", &["editor"]).await;
    let down = world.signs_in("xa-a.laocai", "quan-tri", PASSWORD).await;
    let down = world.signed_in("xa-a.laocai", &down).await;
    assert_eq!(world.fills(&down, "/ban-lam-viec/can-bo/xa", &[("viec", "lien-ket")]).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_devices_are_text_and_links_lead_home() {
    let world = World::with(["chinhphu"]).await;
    let chief = world.staff("chinhphu", "quan-tri", &["administrator"]).await;
    let evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>";
    let person = json!({ "person": { "login": "lan", "name": evil, "roles": ["editor"] } });
    let link =
        world.post("chinhphu", "/api/v1/people", &person).await.json()["link"].as_str().unwrap().to_owned();
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.append_pair("mat-khau", PASSWORD).append_pair("mat-khau-lai", PASSWORD);
    let request = world
        .request("POST", "chinhphu", &link)
        .header("origin", format!("http://{}", world.host("chinhphu")))
        .header("user-agent", evil)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body.finish());
    let answer = world.ask(request).await;
    let lan = world.signed_in("chinhphu", &answer).await;
    for (who, path) in [
        (&lan, "/ban-lam-viec"),
        (&lan, "/ban-lam-viec/tai-khoan"),
        (&chief, "/ban-lam-viec/can-bo"),
        (&chief, "/ban-lam-viec/can-bo/lan"),
        (&chief, "/ban-lam-viec/nhat-ky"),
    ] {
        let page = world.sees(who, path).await;
        assert!(page.says("&#60;script&#62;"), "{path}: {}", page.text());
        assert!(!page.says("<script>") && !page.says("<img src=x"), "{path}: {}", page.text());
        assert!(page.header("content-security-policy").contains("script-src 'self'"));
    }
    for evil in [
        "//evil.vn",
        "https://evil.vn/ban-lam-viec",
        "/\\evil.vn",
        "/ban-lam-viec@evil.vn",
        "javascript:alert(1)",
    ] {
        let fields = [("ten", "lan"), ("mat-khau", PASSWORD), ("tiep", evil)];
        let led = world.sends("chinhphu", "/dang-nhap", "", &fields).await;
        assert_eq!((led.status, led.header("location")), (303, "/ban-lam-viec"), "{evil}");
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("tiep", evil).finish();
        let page = world.get("chinhphu", &format!("/dang-nhap?{query}")).await;
        assert_eq!(hidden(&page.text(), "tiep").unwrap(), "/ban-lam-viec", "{evil}");
        let held = [("ten", "lan"), ("mat-khau", PASSWORD), ("gui-den", evil), ("giu.a", "b")];
        let page = world.sends("chinhphu", "/dang-nhap", "", &held).await;
        assert!(page.says("action=\"/ban-lam-viec\""), "{}", page.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cookie_that_somebody_planted_becomes_nobodys_session() {
    let world = Plan::of(["chinhphu"])
        .with(|file| file.trusted_proxies = vec!["127.0.0.1".parse().unwrap()])
        .start()
        .await;
    world.staff("chinhphu", "lan", &["editor"]).await;
    let planted = format!("nhipcau={}", "a1".repeat(32));
    let fields = [("ten", "lan"), ("mat-khau", PASSWORD)];
    let answer = world.sends("chinhphu", "/dang-nhap", &planted, &fields).await;
    let given = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    assert!(answer.status == 303 && given != planted && given.len() == planted.len());
    let victim = Staff { portal: "chinhphu".into(), cookie: planted, key: String::new() };
    assert_eq!(world.sees(&victim, "/ban-lam-viec").await.status, 303);
    // Over https the cookies are bound to this host and to https.
    let host = world.host("chinhphu");
    let mut body = form_urlencoded::Serializer::new(String::new());
    let request = world
        .request("POST", "chinhphu", "/dang-nhap")
        .header("x-forwarded-proto", "https")
        .header("origin", format!("https://{host}"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body.extend_pairs(fields).finish());
    let cookie = world.ask(request).await.header("set-cookie").to_owned();
    assert!(cookie.starts_with("__Host-nhipcau="), "{cookie}");
    for flag in ["; Path=/", "; HttpOnly", "; Secure", "; SameSite=Lax"] {
        assert!(cookie.contains(flag), "{cookie}");
    }
    assert!(!cookie.contains("Domain"), "{cookie}");
}
