//! Petitions: asked at any portal, followed by whoever holds code and secret, answered by two people, told to readers without
//! a word that is somebody's.

mod alike;
mod api;
mod asking;
mod authority;
mod brief;
mod estate;
mod exchange;
mod handling;
mod help_far;
mod mailed;
mod many;
mod nodes;
mod nodes_faults;
mod open311;
mod private;
mod recommending;
mod split_far;
mod strangers;
mod suggested;
mod together;
mod urgent;
mod verifying;

use nhipcau::petitions::jobs;

use super::world::{Answer, Staff, World, multipart, until};

const ASK: &str = "/phan-anh/gui";
const FOLLOW: &str = "/phan-anh/tra-cuu";
const DESK: &str = "/ban-lam-viec/phan-anh";
const DAY: i64 = 86_400_000_000;

/// What a sender takes along.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Keys {
    code: String,
    secret: String,
}

/// A petition that holds, with other or further fields.
fn form<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("lan", "00112233445566778899aabbccddeeff"),
        ("loai", "phan-anh"),
        ("chuyen-gi", "Đèn đường trước trường tiểu học hỏng ba tuần nay."),
        ("dinh-danh", "anonymous"),
    ];
    fields.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    fields.extend_from_slice(more);
    fields
}

/// A form with files as a browser sends it.
async fn posts(
    world: &World,
    portal: &str,
    path: &str,
    fields: &[(&str, &str)],
    file: Option<(&str, &str, &[u8])>,
) -> Answer {
    let (media, body) = multipart(fields, file);
    let request = world
        .request("POST", portal, path)
        .header("origin", format!("http://{}", world.host(portal)))
        .header("content-type", media)
        .body(body);
    world.ask(request).await
}

/// Between two marks of a page.
fn between(page: &str, from: &str, to: &str) -> String {
    let rest = page.split(from).nth(1).unwrap_or_else(|| panic!("no {from} in {page}"));
    rest.split(to).next().unwrap().to_owned()
}

fn keys(receipt: &Answer) -> Keys {
    assert_eq!(receipt.status, 200, "{}", receipt.text());
    let page = receipt.text();
    Keys {
        code: between(&page, "id=\"ma-phan-anh\">", "<"),
        secret: between(&page, "id=\"ma-tra-cuu\">", "<"),
    }
}

/// Asks at a portal.
async fn asks(world: &World, portal: &str, more: &[(&str, &str)]) -> Keys {
    keys(&posts(world, portal, ASK, &form(more), None).await)
}

/// The page of a case at a portal.
async fn follows(world: &World, portal: &str, keys: &Keys) -> Answer {
    world.sends(portal, FOLLOW, "", &[("ma", &keys.code), ("bi-mat", &keys.secret)]).await
}

/// What a sender does.
async fn does(world: &World, portal: &str, keys: &Keys, act: &str, more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![("ma", keys.code.as_str()), ("bi-mat", keys.secret.as_str()), ("viec", act)];
    fields.extend_from_slice(more);
    posts(world, portal, "/phan-anh/tra-cuu/viec", &fields, None).await
}

/// Lets the clock of a node run on to an instant.
fn reaches(world: &World, node: &str, instant: &str) {
    let (clock, then) = (world.clock(node), instant.parse::<jiff::Timestamp>().unwrap());
    clock.pass(then.as_microsecond() - clock.micros());
}

fn desk(keys: &Keys) -> String {
    format!("{DESK}/{}", keys.code)
}

/// A step in the console, upon the newest version.
async fn steps(world: &World, who: &Staff, keys: &Keys, act: &str, more: &[(&str, &str)]) -> Answer {
    let page = world.sees(who, &desk(keys)).await;
    let version = super::world::hidden(&page.text(), "ban").unwrap_or_default();
    let mut fields = vec![("viec", act), ("ban", version.as_str())];
    fields.extend_from_slice(more);
    world.fills(who, &desk(keys), &fields).await
}

#[track_caller]
fn went(answer: &Answer) {
    assert_eq!(answer.status, 303, "{}", answer.text());
}

/// Answers a case: handed in by one, approved by another.
async fn answers(world: &World, clerk: &Staff, chief: &Staff, keys: &Keys, answer: &str) {
    steps(world, clerk, keys, "nhan", &[]).await;
    let fields = [("tra-loi", answer), ("cau-hoi", "Đèn đường hỏng."), ("cong-khai", "on")];
    went(&steps(world, clerk, keys, "trinh", &fields).await);
    went(&steps(world, chief, keys, "duyet", &[]).await);
}

/// The entries of a portal's log, as lines.
async fn entries(world: &World, portal: &str) -> Vec<String> {
    let origin = super::world::origin(portal);
    let mut conn = world.hosted(portal).db.read().await.unwrap();
    let head = nhipcau::logs::store::by_origin(&mut conn, origin.as_str()).await.unwrap().unwrap();
    let mut all = Vec::new();
    for index in 0..head.size {
        let entry = nhipcau::logs::store::entry(&mut conn, head.id, index).await.unwrap().unwrap();
        all.push(String::from_utf8(entry).unwrap());
    }
    all
}

/// The kinds of entries about a case in a portal's log, in order.
async fn record(world: &World, portal: &str, keys: &Keys) -> Vec<String> {
    let about = |line: &String| line.contains(&format!("\"code\":\"{}\"", keys.code));
    let kind = |line: String| between(&line, "\"kind\":\"petition.", "\"");
    entries(world, portal).await.into_iter().filter(about).map(kind).collect()
}

/// Waits until the page of a case says something at a portal.
async fn told(world: &World, portal: &str, keys: &Keys, what: &str) -> Answer {
    until(what, async || {
        let page = follows(world, portal, keys).await;
        if page.says(what) { Ok(page) } else { Err(between(&page.text(), "<main", "</main>")) }
    })
    .await
}

/// Waits until somebody in the console sees something of a case.
async fn seen(world: &World, who: &Staff, keys: &Keys, what: &str) -> Answer {
    until(what, async || {
        let page = world.sees(who, &desk(keys)).await;
        if page.says(what) { Ok(page) } else { Err(format!("{} {}", page.status, page.text())) }
    })
    .await
}

/// Passes a case on to an agency.
async fn passes(world: &World, clerk: &Staff, keys: &Keys, to: &str) {
    went(&steps(world, clerk, keys, "nhan", &[]).await);
    let to = format!("{to}.localhost");
    let why = [("toi", to.as_str()), ("loi", "Tuyến đường này do bộ trực tiếp quản lý.")];
    went(&steps(world, clerk, keys, "chuyen", &why).await);
}

/// Days go by at a node; what happens by itself happens.
async fn pass(world: &World, label: &str, days: i64) {
    world.clock(label).pass(days * DAY);
    jobs::look(world.app(label)).await.unwrap();
}
