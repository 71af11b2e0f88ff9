//! Signing in by the agency's identity provider: one that somebody else wrote (npm's `oidc-provider`), and one that lies.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use ed25519_dalek::{Signer, SigningKey};
use nhipcau::config::{File, Provider};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::world::{Answer, Plan, Staff, World, free_port, until};

const LEAVE: &str = "/dang-nhap/nha-cung-cap";
const BACK: &str = "/dang-nhap/nha-cung-cap/ve";
const SECRET: &str = "a secret of forty letters, for tests only";

/// A node whose staff may sign in by the provider at a port.
async fn world(port: u16) -> World {
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), SECRET).unwrap();
    let (_, path) = secret.keep().unwrap();
    let change = move |file: &mut File| {
        file.people.provider = Some(Provider {
            name: "SSO tỉnh".into(),
            issuer: format!("http://127.0.0.1:{port}"),
            client_id: "nhipcau".into(),
            secret: Some(path.clone()),
            claim: "preferred_username".into(),
        });
    };
    Plan::of(["chinhphu"]).with(change).start().await
}

/// A parameter of an address.
fn parameter(address: &str, name: &str) -> String {
    let query = address.split_once('?').unwrap().1;
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

async fn with_cookie(world: &World, cookie: &str, path: &str) -> Answer {
    world.ask(world.request("GET", "chinhphu", path).header("cookie", cookie)).await
}

/// How the provider lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lie {
    None,
    Nonce,
    Audience,
    Issuer,
    Expired,
    Unsigned,
    /// Signed by the client's own secret.
    BySecret,
    /// By a key that it never showed.
    OtherKey,
    Garbage,
}

struct Liar {
    port: u16,
    lie: Mutex<(Lie, &'static str)>,
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

/// HMAC-SHA256 (RFC 2104).
fn hmac(key: &[u8], text: &[u8]) -> Vec<u8> {
    let mut block = [0u8; 64];
    block[..key.len()].copy_from_slice(key);
    let pad = |with: u8| block.map(|b| b ^ with);
    let inner = Sha256::digest([pad(0x36).as_slice(), text].concat());
    Sha256::digest([pad(0x5c).as_slice(), &inner].concat()).to_vec()
}

fn token(liar: &Liar, nonce: &str) -> String {
    let (lie, login) = *liar.lie.lock().unwrap();
    let now = nhipcau::clock::Clock::system().now().as_second();
    let claims = json!({
        "iss": if lie == Lie::Issuer { "http://127.0.0.1:1".to_owned() } else { format!("http://127.0.0.1:{}", liar.port) },
        "aud": if lie == Lie::Audience { "somebody-else" } else { "nhipcau" },
        "nonce": if lie == Lie::Nonce { "another" } else { nonce },
        "exp": if lie == Lie::Expired { now - 3_600 } else { now + 300 },
        "iat": now - 1,
        "sub": "1",
        "preferred_username": login,
    });
    let algorithm = match lie {
        Lie::Unsigned => "none",
        Lie::BySecret => "HS256",
        _ => "EdDSA",
    };
    let head = json!({ "alg": algorithm, "kid": "a" });
    let signed = format!("{}.{}", B64.encode(head.to_string()), B64.encode(claims.to_string()));
    let signature = match lie {
        Lie::Unsigned => Vec::new(),
        Lie::BySecret => hmac(SECRET.as_bytes(), signed.as_bytes()),
        Lie::OtherKey => key(2).sign(signed.as_bytes()).to_bytes().to_vec(),
        Lie::Garbage => return "not.a.token".into(),
        _ => key(1).sign(signed.as_bytes()).to_bytes().to_vec(),
    };
    format!("{signed}.{}", B64.encode(signature))
}

/// The code is the nonce and the challenge, so that the provider need remember nothing.
async fn tokens(State(liar): State<Arc<Liar>>, body: String) -> Result<Json<Value>, axum::http::StatusCode> {
    let asked = format!("x?{body}");
    let code = parameter(&asked, "code");
    let (nonce, challenge) = code.split_once('.').ok_or(axum::http::StatusCode::BAD_REQUEST)?;
    let verifier = parameter(&asked, "code_verifier");
    assert_eq!(B64.encode(Sha256::digest(verifier)), challenge, "PKCE");
    Ok(Json(json!({ "access_token": "x", "token_type": "Bearer", "id_token": token(&liar, nonce) })))
}

#[allow(clippy::disallowed_methods, reason = "ends with the test")]
async fn liar() -> Arc<Liar> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let liar = Arc::new(Liar { port, lie: Mutex::new((Lie::None, "lan.tran")) });
    let at = format!("http://127.0.0.1:{port}");
    let description = json!({
        "issuer": at, "authorization_endpoint": format!("{at}/auth"), "token_endpoint": format!("{at}/token"),
        "jwks_uri": format!("{at}/keys"), "response_types_supported": ["code"],
        "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["EdDSA", "HS256", "none"],
    });
    let x = B64.encode(key(1).verifying_key().as_bytes());
    let keys = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": "a", "use": "sig", "alg": "EdDSA", "x": x }] });
    let router = Router::new()
        .route("/.well-known/openid-configuration", get(async move || Json(description)))
        .route("/keys", get(async move || Json(keys)))
        .route("/token", post(tokens))
        .with_state(liar.clone());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    liar
}

/// Leaves for the provider; returns the cookie of the journey and the path back with a good code.
async fn leaves(world: &World) -> (String, String, String) {
    let sent = world.get("chinhphu", &format!("{LEAVE}?tiep=%2Fban-lam-viec%2Ftai-khoan")).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let to = sent.header("location").to_owned();
    assert_eq!(parameter(&to, "code_challenge_method"), "S256");
    assert!(parameter(&to, "redirect_uri").ends_with(BACK), "{to}");
    let code = format!("{}.{}", parameter(&to, "nonce"), parameter(&to, "code_challenge"));
    (cookie(&sent), code, parameter(&to, "state"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_lies_lets_nobody_in() {
    let liar = liar().await;
    let world = world(liar.port).await;
    let door = world.get("chinhphu", "/dang-nhap").await;
    assert!(door.says("Đăng nhập bằng SSO tỉnh"), "{}", door.text());
    world.invites("chinhphu", "lan.tran", &["editor"]).await;

    let (journey, code, state) = leaves(&world).await;
    let entered = with_cookie(&world, &journey, &format!("{BACK}?code={code}&state={state}")).await;
    assert_eq!(entered.header("location"), "/ban-lam-viec/tai-khoan", "{}", entered.text());
    let lan = world.signed_in("chinhphu", &entered).await;
    let mine = world.sees(&lan, "/ban-lam-viec/tai-khoan").await;
    assert!(mine.says("hệ thống xác thực của cơ quan"), "{}", mine.text());
    let again = with_cookie(&world, &journey, &format!("{BACK}?code={code}&state={state}")).await;
    assert_eq!(again.status, 409, "a journey is made once");

    use Lie::*;
    for lie in [Nonce, Audience, Issuer, Expired, Unsigned, BySecret, OtherKey, Garbage] {
        *liar.lie.lock().unwrap() = (lie, "lan.tran");
        let (journey, code, state) = leaves(&world).await;
        let refused = with_cookie(&world, &journey, &format!("{BACK}?code={code}&state={state}")).await;
        assert!(
            refused.status == 403 && refused.says("không chứng minh được"),
            "{lie:?}: {}",
            refused.text()
        );
        assert!(!refused.header("set-cookie").starts_with("nhipcau="), "{lie:?}");
    }
    for (login, words) in [("ai.do", "chưa có tài khoản"), ("<b>", "&#60;b&#62;")] {
        *liar.lie.lock().unwrap() = (Lie::None, login);
        let (journey, code, state) = leaves(&world).await;
        let refused = with_cookie(&world, &journey, &format!("{BACK}?code={code}&state={state}")).await;
        assert!(refused.status == 403 && refused.says(words), "{login}: {}", refused.text());
    }
    *liar.lie.lock().unwrap() = (Lie::None, "lan.tran");
    // Another state, another browser, another issuer, a provider that says no.
    let (journey, code, state) = leaves(&world).await;
    assert_eq!(with_cookie(&world, "", &format!("{BACK}?code={code}&state={state}")).await.status, 409);
    assert_eq!(with_cookie(&world, &journey, &format!("{BACK}?code={code}&state=x")).await.status, 409);
    let (journey, code, state) = leaves(&world).await;
    let mixed = format!("{BACK}?code={code}&state={state}&iss=https%3A%2F%2Fevil.vn");
    assert_eq!(with_cookie(&world, &journey, &mixed).await.status, 409);
    let (journey, _, state) = leaves(&world).await;
    let denied = with_cookie(&world, &journey, &format!("{BACK}?error=access_denied&state={state}")).await;
    assert!(denied.status == 403 && denied.says("access_denied"), "{}", denied.text());
    // Nobody by that name any more.
    let close = json!({ "act": "close" });
    world.invites("chinhphu", "quan-tri", &["administrator"]).await;
    assert_eq!(world.post("chinhphu", "/api/v1/people/lan.tran", &close).await.status, 201);
    let (journey, code, state) = leaves(&world).await;
    assert_eq!(with_cookie(&world, &journey, &format!("{BACK}?code={code}&state={state}")).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_not_there_leaves_the_password() {
    let world = world(free_port()).await;
    let sent = world.get("chinhphu", LEAVE).await;
    assert!(sent.status == 429 && sent.says("Chưa gọi được SSO tỉnh"), "{} {}", sent.status, sent.text());
    assert!(sent.says("name=\"mat-khau\""));
    let none = World::with(["chinhphu"]).await;
    assert_eq!(none.get("chinhphu", LEAVE).await.status, 404);
    assert_eq!(none.get("chinhphu", BACK).await.status, 404);
}

/// A browser that follows its way and keeps the cookies of each host.
async fn follows(mut url: String, until: &str) -> String {
    let client =
        reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let mut jar: Vec<(String, String)> = Vec::new();
    for _ in 0..12 {
        if url.contains(until) {
            return url;
        }
        let cookies: Vec<String> = jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let answer = client.get(&url).header("cookie", cookies.join("; ")).send().await.unwrap();
        for line in answer.headers().get_all("set-cookie") {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            jar.retain(|(known, _)| known != name);
            jar.push((name.to_owned(), value.to_owned()));
        }
        let Some(to) = answer.headers().get("location") else {
            panic!("{url}: {} {}", answer.status(), answer.text().await.unwrap());
        };
        url = answer.url().join(to.to_str().unwrap()).unwrap().into();
    }
    panic!("it leads on and on: {url}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_somebody_else_wrote_lets_its_people_in() {
    let folder = tempfile::tempdir().unwrap();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oidc");
    for name in ["package.json", "package-lock.json", "provider.mjs"] {
        std::fs::copy(source.join(name), folder.path().join(name)).unwrap();
    }
    let fetched = Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"])
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !fetched.is_ok_and(|status| status.success()) {
        println!("skipped: npm cannot fetch oidc-provider (it needs Node 20, npm and a registry)");
        return;
    }
    let port = free_port();
    let world = world(port).await;
    world.invites("chinhphu", "lan.tran", &["editor"]).await;
    let back = format!("http://{}{BACK}", world.host("chinhphu"));
    let mut provider = Command::new("node")
        .args(["provider.mjs", &port.to_string(), &back])
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let entered = async {
        let sent = until("the provider", async || {
            let sent = world.get("chinhphu", LEAVE).await;
            if sent.status == 303 { Ok(sent) } else { Err(sent.text()) }
        })
        .await;
        let home = follows(sent.header("location").to_owned(), BACK).await;
        let path = &home[home.find(BACK).unwrap()..];
        with_cookie(&world, &cookie(&sent), path).await
    };
    let entered = entered.await;
    provider.kill().unwrap();
    provider.wait().unwrap();
    assert_eq!(entered.header("location"), "/ban-lam-viec", "{}", entered.text());
    let lan: Staff = world.signed_in("chinhphu", &entered).await;
    assert!(world.sees(&lan, "/ban-lam-viec/tai-khoan").await.says("hệ thống xác thực của cơ quan"));
}
