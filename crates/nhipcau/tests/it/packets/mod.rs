//! Documents are pushed as edXML packets, and what became of them is laid into the ledger of each: between two nodes of two networks, and to a
//! system that refuses, loses its answers, is away, tells statuses later, and answers what nobody should.

mod receiver;

use edxml::{Act, Code};
use nhipcau::sources::list::push;
use nhipcau::sources::webhook;
use serde_json::{Value, json};

use self::receiver::{Instead, Receiver, status};
use super::edxml::{items, joins};
use super::newsroom::leads;
use super::world::{Answer, Item, Staff, World, hidden, until};

const PAGE: &str = "/ban-lam-viec/noi-nhan";
const SECRET: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZg==";

/// A notice with a number.
fn numbered(serial: u32, title: &str, text: &str) -> Value {
    json!({
        "kind": "notice", "title": title, "number": format!("{serial}/TB-VPCP"), "form": "Thông báo",
        "agency": "Văn phòng Chính phủ", "signer": "Nguyễn Văn Mẫu", "issued": "2026-11-23", "text": text,
        "change_note": "Sửa ngày",
    })
}

/// Adds a receiver; comes back with the outlet's id.
async fn pushes(world: &World, who: &Staff, url: &str, secret: &str, more: &[(&str, &str)]) -> String {
    let mut fields = vec![
        ("viec", "them"),
        ("cach-gui", "edxml"),
        ("dia-chi", url),
        ("ten", "Sở Y tế"),
        ("khoa-bi-mat", secret),
        ("ma-nhan", "H41.15"),
        ("ten-nhan", "Sở Y tế tỉnh A"),
    ];
    fields.extend_from_slice(more);
    leads(&world.fills(who, PAGE, &fields).await);
    hidden(&world.sees(who, PAGE).await.text(), "noi").unwrap()
}

fn ledger_of(item: &Item) -> String {
    format!("/ban-lam-viec/muc/{}/so-phat", item.reference)
}

/// Waits until the ledger of an item says all of this.
async fn says(world: &World, who: &Staff, item: &Item, words: &[&str]) -> String {
    until("the ledger to say it", async || {
        let page = world.sees(who, &ledger_of(item)).await.text();
        match words.iter().find(|word| !page.contains(**word)) {
            None => Ok(page),
            Some(word) => Err(format!("{word}: {page}")),
        }
    })
    .await
}

/// Tells a status by the door, as a receiver does.
async fn tells(world: &World, outlet: &str, secret: &str, packet: &str) -> Answer {
    let at = world.app("chinhphu").clock.now().as_second().to_string();
    let key = webhook::key(secret).unwrap();
    let signature = webhook::signature(&key, ("bao-1", &at), packet.as_bytes()).unwrap();
    let request = world
        .request("POST", "chinhphu", &format!("/noi-nhan/{outlet}/edxml"))
        .header("webhook-id", "bao-1")
        .header("webhook-timestamp", at)
        .header("webhook-signature", signature);
    world.ask(request.body(packet.to_owned())).await
}

/// Says in the ledger what a person says of the packet that waits there.
async fn settles(world: &World, who: &Staff, item: &Item, word: &str) {
    let page = world.sees(who, &ledger_of(item)).await.text();
    let (packet, seen) = (hidden(&page, "goi").unwrap(), hidden(&page, "luc").unwrap());
    leads(&world.fills(who, &ledger_of(item), &[("goi", &packet), ("luc", &seen), ("viec", word)]).await);
}

/// Waits until a receiver was sent exactly this.
async fn has_come(receiver: &Receiver, due: &[&str]) {
    until("the packets to come", async || {
        let now = receiver.came();
        if now == due { Ok(()) } else { Err(format!("{now:?}")) }
    })
    .await;
}

/// Lets the pause after a trouble pass.
fn pause_passes(world: &World) {
    world.clock("chinhphu").pass(1_200_000_000);
}

fn name(item: &Item) -> String {
    format!("urn:uuid:{}", item.id)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_exchange_a_document_its_update_and_its_end_and_the_ledger_tells_each_status() {
    let (world, other) = (World::with(["chinhphu"]).await, World::with(["chinhphu"]).await);
    let lan = other.staff("chinhphu", "lan", &["publisher"]).await;
    let source = joins(&other, &lan, "khac").await;
    let secret = push::secret(other.app("chinhphu"), source);
    let minh = world.staff("chinhphu", "minh", &["publisher"]).await;
    let to = other.address("chinhphu", &format!("{}/edxml", push::path(source)));
    let missing = world
        .fills(
            &minh,
            PAGE,
            &[("viec", "them"), ("cach-gui", "edxml"), ("dia-chi", &*to), ("ma-nhan", "H 41")],
        )
        .await;
    assert!(
        missing.status == 422
            && missing.says("Hãy ghi mã định danh")
            && missing.says("Hãy ghi tên cơ quan nhận"),
        "{}",
        missing.text()
    );
    let outlet = pushes(&world, &minh, &to, &secret, &[]).await;
    assert!(world.sees(&minh, PAGE).await.says(&format!("/noi-nhan/{outlet}/edxml")));

    let item = world.issues("chinhphu", numbered(12, "Lịch cắt điện", "Ngày 27.")).await;
    // What has no number is no document.
    let plain = world.issues("chinhphu", json!({ "kind": "notice", "title": "Không số", "text": "x" })).await;
    let page =
        says(&world, &minh, &item, &["Văn bản mới: nơi nhận đã có", "Trạng thái 03: đã tiếp nhận"]).await;
    assert!(!page.contains("Trạng thái 15"));
    let all = items(&other).await;
    assert_eq!((all.len(), &all[0]["card"]["number"]), (1, &json!("12/TB-VPCP")), "{all:?}");
    assert!(!world.sees(&minh, &ledger_of(&plain)).await.says("Hệ thống nhận văn bản"));

    world.corrects(&item, numbered(12, "Lịch cắt điện mới", "Ngày 28.")).await;
    says(&world, &minh, &item, &["Văn bản mới: nơi nhận đã có", "Cập nhật văn bản: nơi nhận đã có"]).await;
    assert_eq!(items(&other).await[0]["card"]["title"], "Lịch cắt điện mới");

    // What becomes of it there is told later by the door: of the update, and of each packet for itself.
    let done =
        tells(&world, &outlet, &secret, &status(&name(&item), Code::Done, "Đã thông báo tới các trạm")).await;
    assert_eq!(done.status, 204, "{}", done.text());
    let page =
        says(&world, &minh, &item, &["Trạng thái 06: đã hoàn thành", "Đã thông báo tới các trạm"]).await;
    assert!(!page.contains("Trần Thị Mẫu"), "of the person who did it nothing is kept");

    world.withdraws(&item, false).await;
    let due = ["Thu hồi văn bản: nơi nhận đã có", "Trạng thái 15: đồng ý thu hồi"];
    let page = says(&world, &minh, &item, &due).await;
    assert_eq!(page.matches("Trạng thái 03").count(), 2, "nothing is merged: {page}");
    let standing = items(&other).await.iter().filter(|item| item["state"] == "standing").count();
    assert_eq!(standing, 0);
    leads(&world.fills(&minh, PAGE, &[("viec", "go"), ("noi", &outlet)]).await);
    assert!(!world.sees(&minh, &ledger_of(&item)).await.says("Hệ thống nhận văn bản"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_says_why_and_what_is_lost_is_sent_by_nobody_again_until_somebody_knows() {
    let world = World::with(["chinhphu"]).await;
    let minh = world.staff("chinhphu", "minh", &["publisher"]).await;
    let receiver = Receiver::new(SECRET).await;
    let outlet = pushes(&world, &minh, &receiver.url, SECRET, &[]).await;

    // Refused, with its reason; sent once more when a person says so.
    receiver.next(Instead::Refuses("Sai thể thức <b>văn bản</b>"));
    let refused = world.issues("chinhphu", numbered(1, "Bị từ chối", "x")).await;
    let page = says(&world, &minh, &refused, &["Văn bản mới: không được nhận", "Trạng thái 02"]).await;
    assert!(page.contains("Sai thể thức &#60;b&#62;văn bản"), "{page}");
    let page = world.sees(&minh, PAGE).await;
    assert!(page.says("Cần xem") && page.says(&ledger_of(&refused)), "{}", page.text());
    settles(&world, &minh, &refused, "lai").await;
    says(&world, &minh, &refused, &["Văn bản mới: nơi nhận đã có", "Trạng thái 02", "Trạng thái 03"]).await;
    let (call, document) = receiver.last();
    assert!(call.ends_with("-2"), "a call of its own: {call}");
    let [to] = &document.to[..] else { panic!("{:?}", document.to) };
    assert_eq!((to.id.as_str(), to.name.as_str()), ("H41.15", "Sở Y tế tỉnh A"));
    assert!(!world.sees(&minh, PAGE).await.says("Cần xem"));

    // The answer is lost after its effect: nobody repeats it, and what follows of the same document waits.
    receiver.next(Instead::Lost);
    let lost = world.issues("chinhphu", numbered(2, "Mất trả lời", "x")).await;
    says(&world, &minh, &lost, &["Văn bản mới: chưa rõ đã tới hay chưa", "Nơi nhận đã có"]).await;
    world.corrects(&lost, numbered(2, "Mất trả lời, đã sửa", "y")).await;
    pause_passes(&world);
    says(&world, &minh, &lost, &["Gói tin: đang chờ gửi", "Chờ làm rõ gói tin trước"]).await;
    let so_far = ["0 Bị từ chối", "0 Bị từ chối", "0 Mất trả lời"];
    assert_eq!(receiver.came(), so_far);
    // Its status comes later by the door, and the update goes on.
    let late = status(&name(&lost), Code::Received, "");
    assert_eq!(tells(&world, &outlet, SECRET, &late).await.status, 204);
    assert_eq!(tells(&world, &outlet, SECRET, &late).await.status, 204, "said twice it is said once");
    let due = ["Văn bản mới: nơi nhận đã có", "Cập nhật văn bản: nơi nhận đã có"];
    says(&world, &minh, &lost, &due).await;
    has_come(&receiver, &[&so_far[..], &["2 Mất trả lời, đã sửa"]].concat()).await;

    // Or a person says that it is there.
    receiver.next(Instead::Lost);
    let asked = world.issues("chinhphu", numbered(3, "Hỏi nơi nhận", "x")).await;
    let page = says(&world, &minh, &asked, &["chưa rõ đã tới hay chưa"]).await;
    settles(&world, &minh, &asked, "co").await;
    says(&world, &minh, &asked, &["một cán bộ xác nhận nơi nhận đã có"]).await;
    let stale = [("goi", &*hidden(&page, "goi").unwrap()), ("luc", "1"), ("viec", "khong")];
    assert_eq!(
        world.fills(&minh, &ledger_of(&asked), &stale).await.status,
        409,
        "it stands otherwise by now"
    );
    pause_passes(&world);

    // Taken without a word: it is sent, and no more is said of it until the receiver says more.
    receiver.next(Instead::Nothing);
    let silent = world.issues("chinhphu", numbered(4, "Không nói gì", "x")).await;
    says(&world, &minh, &silent, &["Văn bản mới: đã gửi, chờ trạng thái"]).await;
    for (code, due) in [
        (Code::Arrived, "01: đã đến"),
        (Code::Assigned, "04: đã phân công"),
        (Code::InWork, "05: đang xử lý"),
    ] {
        assert_eq!(tells(&world, &outlet, SECRET, &status(&name(&silent), code, "")).await.status, 204);
        says(&world, &minh, &silent, &[due, "Văn bản mới: nơi nhận đã có"]).await;
    }
    // It will not give it back.
    receiver.next(Instead::Says(200, status(&name(&silent), Code::RecallRefused, "Đã vào sổ")));
    world.withdraws(&silent, false).await;
    says(&world, &minh, &silent, &["Thu hồi văn bản: không được nhận", "Trạng thái 16", "Đã vào sổ"]).await;
    assert_eq!(receiver.has(), ["Bị từ chối", "Hỏi nơi nhận", "Không nói gì", "Mất trả lời, đã sửa"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_an_answer_is_nothing_is_believed_that_is_no_status_of_this_document() {
    let world = World::with(["chinhphu"]).await;
    let minh = world.staff("chinhphu", "minh", &["publisher"]).await;
    let receiver = Receiver::new(SECRET).await;
    let outlet = pushes(&world, &minh, &receiver.url, SECRET, &[]).await;
    let doctype = format!("<!DOCTYPE x [<!ENTITY a \"{}\">]><edXML>&a;</edXML>", "a".repeat(1_000));
    let hostile = [
        (200, "a".repeat(4 << 20), "không có câu trả lời đọc được"),
        (200, "cảm ơn".to_owned(), "không phải XML"),
        (200, doctype.clone(), "không phải XML"),
        (200, status("urn:uuid:khac", Code::Received, ""), "trạng thái của một văn bản khác"),
        (500, String::new(), "trả mã 500"),
    ];
    for (serial, (number, said, why)) in hostile.into_iter().enumerate() {
        receiver.next(Instead::Says(number, said));
        let title = format!("Văn bản {serial}");
        let item = world.issues("chinhphu", numbered(serial as u32 + 1, &title, "x")).await;
        says(&world, &minh, &item, &["chưa rõ đã tới hay chưa", why]).await;
        pause_passes(&world);
    }
    assert_eq!(receiver.came().len(), 5, "each was called once");

    // Certainly not taken: that packet is not, or all wait until the receiver is there again; no redirect is followed.
    receiver.next(Instead::Says(422, "no".into()));
    let refused = world.issues("chinhphu", numbered(10, "Không hợp lệ", "x")).await;
    says(&world, &minh, &refused, &["Văn bản mới: không được nhận", "(mã 422)"]).await;
    for away in [503, 403, 302] {
        receiver.next(Instead::Says(away, String::new()));
    }
    let item = world.issues("chinhphu", numbered(11, "Khi nơi nhận vắng", "x")).await;
    for away in ["trả mã 503", "trả mã 403", "trả mã 302"] {
        until("the trouble to be told", async || {
            let page = world.sees(&minh, PAGE).await.text();
            if page.contains(away) { Ok(()) } else { Err(page) }
        })
        .await;
        assert!(world.sees(&minh, &ledger_of(&item)).await.says("Văn bản mới: đang chờ gửi"));
        pause_passes(&world);
    }
    says(&world, &minh, &item, &["Văn bản mới: nơi nhận đã có"]).await;

    // The door believes what the secret signed, and of that only what can be meant.
    let good = status(&name(&item), Code::Done, "");
    assert_eq!(tells(&world, &outlet, &webhook::secret(&[7; 32]), &good).await.status, 403);
    assert_eq!(tells(&world, &uuid::Uuid::nil().to_string(), SECRET, &good).await.status, 403);
    let (_, document) = receiver.last();
    let document = edxml::write(&edxml::Message::Document(Box::new(document)));
    let unknown = status(&format!("urn:uuid:{}", uuid::Uuid::nil()), Code::Done, "");
    let not_asked = status(&name(&item), Code::RecallAgreed, "");
    for wrong in [&*document, &*unknown, &*not_asked, &*doctype, "x"] {
        let answer = tells(&world, &outlet, SECRET, wrong).await;
        assert_eq!(answer.status, 409, "{}", answer.text());
    }
    assert!(!world.sees(&minh, &ledger_of(&item)).await.says("Trạng thái 06"));
    // It may close the line before all of it has come.
    let door = world.request("POST", "chinhphu", &format!("/noi-nhan/{outlet}/edxml"));
    let large = door.body("a".repeat(300 << 10)).send().await;
    assert_eq!(large.map_or(413, |answer| answer.status().as_u16()), 413);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_before_is_sent_from_a_place_what_replaces_says_so_and_an_erasure_takes_the_words_along() {
    let world = World::with(["chinhphu"]).await;
    let minh = world.staff("chinhphu", "minh", &["publisher"]).await;
    let decree = |number: &str, title: &str| {
        json!({ "kind": "document", "title": title, "form": "Nghị định", "agency": "Chính phủ", "number": number,
            "signer": "Nguyễn Văn A", "issued": "2026-06-24", "effective": "2026-07-01", "text": "### Điều 1. Một\n\n1. Hai." })
    };
    let first = world.issues("chinhphu", decree("42/2026/NĐ-CP", "Quy định cũ")).await;
    let never = world.issues("chinhphu", numbered(9, "Gỡ trước khi gửi", "x")).await;
    world.withdraws(&never, false).await;
    let receiver = Receiver::new(SECRET).await;
    let outlet = pushes(&world, &minh, &receiver.url, SECRET, &[("tu-dau", "dau")]).await;
    has_come(&receiver, &["0 Quy định cũ"]).await;

    let mut replacing = decree("43/2026/NĐ-CP", "Quy định mới");
    replacing["relations"] = json!([{ "kind": "replaces", "number": "42/2026/NĐ-CP" }]);
    let second = world.issues("chinhphu", replacing).await;
    says(&world, &minh, &second, &["Văn bản thay thế: nơi nhận đã có"]).await;
    let (_, packet) = receiver.last();
    assert_eq!((packet.business.act, packet.business.replaced.len()), (Act::Replace, 1));
    assert_eq!(packet.business.replaced[0].document, name(&first));
    assert_eq!(packet.business.replaced[0].organs, ["H41.15"]);
    assert_eq!(receiver.has(), ["Quy định mới"]);

    // The receiver has lost what it had: everything that stands is told once more as to somebody who has nothing.
    let so_far = receiver.came().len();
    leads(&world.fills(&minh, PAGE, &[("viec", "lai"), ("noi", &outlet), ("tu", "")]).await);
    until("all of it once more", async || {
        let came = receiver.came();
        let more = &came[so_far..];
        if more == ["0 Quy định cũ", "3 Quy định mới"] { Ok(()) } else { Err(format!("{more:?}")) }
    })
    .await;

    // Of what is erased by law the receiver is asked to give it back by its name alone, and no word that it said of it stays.
    let told = status(&name(&second), Code::Done, "Lời riêng của nơi nhận");
    assert_eq!(tells(&world, &outlet, SECRET, &told).await.status, 204);
    world.erases(&second).await;
    until("the revocation", async || {
        let (_, packet) = receiver.last();
        if packet.business.act == Act::Revoke { Ok(packet) } else { Err(format!("{:?}", packet.business)) }
    })
    .await;
    let (_, packet) = receiver.last();
    assert_eq!(
        (packet.id.as_str(), packet.subject.as_str(), packet.code().as_str()),
        (&*name(&second), "", "")
    );
    if let Some(rows) = world.rows("chinhphu").await {
        assert!(!rows.contains("Lời riêng của nơi nhận"), "the receiver's words are gone");
    }
}
