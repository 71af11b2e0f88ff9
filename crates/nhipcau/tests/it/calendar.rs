//! The calendar of working days: an administrator loads a newer file, sees before what moves, and every open deadline that was
//! stated in working days moves, while closed ones and signed dates stay.

use jiff::civil::Date;
use nhipcau::words::{Lang, date};
use serde_json::{Value, json};
use vietnam::working_time::Calendar;

use super::newsroom::{Office, leads, office};
use super::world::multipart;
use super::world::{Answer, Item, Staff, World, hidden, until};

const PAGE: &str = "/ban-lam-viec/lich-nghi";
const TASKS: &str = "/ban-lam-viec/nhiem-vu";
const DAYS: u32 = 5;

/// Today, the working day after it, the last of [`DAYS`] working days, and the one behind that.
fn days(world: &World) -> (Date, Date, Date, Date) {
    let today = date::day(world.app("chinhphu").clock.now());
    let after = |days| Calendar::shipped().add_working_days(today, days).unwrap();
    (today, after(1), after(DAYS), after(DAYS + 1))
}

fn table(rows: &[String]) -> String {
    format!("date,kind,name,name_en,legal_basis\n{}\n", rows.join("\n"))
}

fn off(day: Date) -> String {
    format!("{day},off,Ngày nghỉ bão,Storm day,Quyết định 9/QĐ-TTg")
}

fn vi(day: Date) -> String {
    date::date(Lang::Vi, day)
}

/// A file of days, handed in at the console.
async fn hands_in(world: &World, who: &Staff, table: &str) -> Answer {
    let fields = [("khoa", who.key.as_str()), ("noi-dung", "")];
    let (media, body) = multipart(&fields, Some(("lich.csv", "text/csv", table.as_bytes())));
    let request = world
        .request("POST", &who.portal, PAGE)
        .header("origin", format!("http://{}", world.host(&who.portal)))
        .header("cookie", &who.cookie)
        .header("content-type", media)
        .body(body);
    world.ask(request).await
}

/// What is shown of a file, confirmed.
async fn confirms(world: &World, who: &Staff, shown: &Answer) -> Answer {
    let page = shown.text();
    let (table, after) = (hidden(&page, "noi-dung").unwrap(), hidden(&page, "sau").unwrap());
    let table = table.replace("&#34;", "\"").replace("&#38;", "&");
    world.fills(who, &format!("{PAGE}/nap"), &[("noi-dung", &table), ("sau", &after), ("gio", "")]).await
}

fn task(item: &Item, number: &str) -> String {
    format!("{TASKS}/{}?so={number}", item.reference)
}

async fn says(world: &World, who: &Staff, path: &str, words: &str) {
    until(words, async || {
        let page = world.sees(who, path).await;
        if page.says(words) { Ok(()) } else { Err(page.text()) }
    })
    .await;
}

/// A directive that gives the ministry two tasks in working days and one until a signed hour.
fn directive(today: Date, signed: Date) -> Value {
    let task = |number: &str| json!({ "number": number, "task": format!("Việc {number}."), "agency": "Cơ quan mof", "working_days": DAYS });
    json!({
        "kind": "directive", "title": "Rà soát", "text": "Yêu cầu.", "form": "Công điện", "number": "46/CĐ-TTg",
        "issued": today.to_string(),
        "details": { "tasks": [task("1"), task("2"),
            { "number": "3", "task": "Việc 3.", "agency": "Cơ quan mof", "due": format!("{signed}T17:00") }] },
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_loaded_calendar_moves_what_is_open_and_leaves_what_is_closed_or_signed() {
    let mut world = World::with(["chinhphu", "mof"]).await;
    let quan = world.staff("mof", "quan", &["administrator"]).await;
    let ha = world.staff("mof", "ha", &["leader"]).await;
    let (today, next, end, later) = days(&world);
    let item = world.issues("chinhphu", directive(today, next)).await;
    says(&world, &ha, &task(&item, "1"), &format!("Hạn 23:59 ngày {}", vi(end))).await;
    let close = [("so", "2"), ("noi-dung", "Đã làm.")];
    leads(&world.fills(&ha, &format!("{TASKS}/{}/xong", item.reference), &close).await);
    assert_eq!(world.sees(&ha, PAGE).await.status, 403, "a leader does not load calendars");

    // A bad file is told with its lines, and changes nothing.
    let bad =
        table(&[off(next), "31/12/2026,off,Nghỉ,Off,Quyết định".into(), format!("{end},off,Nghỉ,Off,")]);
    let refused = hands_in(&world, &quan, &bad).await;
    assert_eq!(refused.status, 422);
    for words in ["Dòng 3", "viết năm-tháng-ngày", "Dòng 4", "thiếu căn cứ pháp lý"] {
        assert!(refused.says(words), "{words}: {}", refused.text());
    }
    // What would move is shown first, and is not done yet.
    let shown = hands_in(&world, &quan, &table(&[off(next)])).await;
    let moves = format!("46/CĐ-TTg, nhiệm vụ 1, 1 cơ quan chưa xong: {} → {}", vi(end), vi(later));
    let signed = format!("46/CĐ-TTg, nhiệm vụ 3, 1 cơ quan chưa xong: {}", vi(next));
    for words in [moves.as_str(), signed.as_str(), "như ngày thường → nghỉ", "Quyết định 9/QĐ-TTg"]
    {
        assert!(shown.says(words), "{words}: {}", shown.text());
    }
    assert!(!shown.says("nhiệm vụ 2"), "{}", shown.text());
    assert!(!world.sees(&ha, &task(&item, "1")).await.says(&vi(later)));

    let done = confirms(&world, &quan, &shown).await;
    assert_eq!(done.header("location"), format!("{PAGE}?xong=nap"), "{}", done.text());
    for restarted in [false, true] {
        if restarted {
            world.stop("mof").await;
            world.start("mof").await;
        }
        let page = world.sees(&ha, &task(&item, "1")).await;
        let why = format!("trước là {}; lịch nghỉ đổi ngày {} (Quyết định 9/QĐ-TTg)", vi(end), vi(today));
        assert!(page.says(&format!("Hạn 23:59 ngày {}", vi(later))) && page.says(&why), "{}", page.text());
        let closed = world.sees(&ha, &task(&item, "2")).await;
        assert!(closed.says(&vi(end)) && !closed.says("trước là"), "{}", closed.text());
        let signed = world.sees(&ha, &task(&item, "3")).await;
        assert!(signed.says(&format!("Hạn 17:00 ngày {}", vi(next))), "{}", signed.text());
        assert!(
            world
                .get("mof", &format!("/dich-vu/thoi-han?tu={today}&so=1&tinh=ngay-lam-viec"))
                .await
                .says("Ngày nghỉ bão")
        );
    }
    // The issuer counts by its own calendar, and that the two differ can be seen.
    let mark = async |portal| world.get(portal, "/api/v1/calendar").await.json()["mark"].clone();
    assert_ne!(mark("mof").await, mark("chinhphu").await);

    // The same file again changes nothing, and adds no line to the trail.
    assert!(hands_in(&world, &quan, &table(&[off(next)])).await.says("Tệp không thay đổi gì"));
    let again =
        world.fills(&quan, &format!("{PAGE}/nap"), &[("noi-dung", &table(&[off(next)])), ("sau", "2")]).await;
    assert_eq!(again.header("location"), format!("{PAGE}?xong=khong"), "{}", again.text());
    let trail = world.ask(world.request("GET", "mof", "/api/v1/audit").bearer_auth(world.token("mof"))).await;
    assert_eq!(trail.text().matches("calendar.load").count(), 1, "{}", trail.text());
    // Whoever confirms what was overtaken is told so.
    let late =
        world.fills(&quan, &format!("{PAGE}/nap"), &[("noi-dung", &table(&[off(end)])), ("sau", "1")]).await;
    assert!(late.status == 409 && late.says("Lịch vừa được người khác đổi"), "{}", late.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_of_opinions_moves_at_both_and_who_counts_otherwise_is_told() {
    let office = office().await;
    let Office { world, lan, minh, .. } = &office;
    let tam = world.staff("mof", "tam", &["leader"]).await;
    let quan = world.staff("chinhphu", "quan", &["administrator"]).await;
    let (today, next, end, later) = days(world);
    let path = office.begins(lan, "notice").await;
    leads(&office.writes(lan, &path, &[("title", "Giá điện"), ("text", "Thực hiện ngay.")]).await);
    let version = office.version(lan, &path).await;
    let days = DAYS.to_string();
    let asks =
        [("version", version.as_str()), ("co-quan", "Cơ quan mof"), ("noi-dung", "Có nên?"), ("ngay", &days)];
    leads(&world.fills(lan, &format!("{path}/y-kien"), &asks).await);
    says(world, &tam, "/ban-lam-viec/y-kien", &vi(end)).await;

    let shown = hands_in(world, &quan, &table(&[off(next)])).await;
    assert!(
        shown.says(&format!("Lượt xin ý kiến của Cơ quan chinhphu: {} → {}", vi(end), vi(later))),
        "{}",
        shown.text()
    );
    assert!(!shown.says("Giá điện"), "an administrator of the node is told no draft");
    leads(&confirms(world, &quan, &shown).await);
    let page = world.sees(minh, &path).await;
    let why = format!("trước là {}; lịch nghỉ đổi ngày {}", vi(end), vi(today));
    assert!(page.says(&format!("hạn trả lời hết ngày {}", vi(later))) && page.says(&why), "{}", page.text());
    // The ministry counts by its own calendar; once that says another day, both are told.
    let list = world.sees(&tam, "/ban-lam-viec/y-kien").await.text();
    let at = list.find("/ban-lam-viec/y-kien/").unwrap();
    let request = list[at..].split('"').next().unwrap().to_owned();
    assert!(world.sees(&tam, &request).await.says(&format!("Trả lời đến hết ngày {}", vi(end))));
    let laid = json!({ "days": table(&[off(next)]) });
    let plan = world.post("mof", "/api/v1/calendar", &laid).await.json();
    assert_eq!(plan["deadlines"][0]["vi"], "Ý kiến Cơ quan mof phải trả lời");
    let laid = json!({ "days": table(&[off(next)]), "after": plan["after"] });
    assert_eq!(world.post("mof", "/api/v1/calendar", &laid).await.json()["loaded"], true);
    let page = world.sees(&tam, &request).await;
    assert!(page.says(&format!("Trả lời đến hết ngày {}", vi(later))) && page.says(&why), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calendar_is_the_nodes_and_not_each_portals() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let commune = world.staff("xa-a.laocai", "xuan", &["administrator"]).await;
    let (_, next, ..) = days(&world);
    assert!(world.sees(&commune, PAGE).await.says("quản trị viên của Cơ quan laocai nạp"));
    assert_eq!(hands_in(&world, &commune, &table(&[off(next)])).await.status, 403);
    let load = [("noi-dung", table(&[off(next)])), ("sau", "1".to_owned())];
    let load = load.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(world.fills(&commune, &format!("{PAGE}/nap"), &load).await.status, 403);
    let nobody = world.ask(world.request("POST", "laocai", "/api/v1/calendar").json(&json!({}))).await;
    assert_eq!(nobody.status, 401);
}
