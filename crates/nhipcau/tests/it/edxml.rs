//! Documents in edXML: sent signed by an agency's system or uploaded, they become items that are updated, replaced and revoked as the packets
//! say; and what has a number can be had as a packet.

use edxml::{Act, Attachment, Business, Code, Document, Message, Organ, Replaced, Status};
use nhipcau::sources::list::push;
use nhipcau::sources::webhook;
use serde_json::{Value, json};
use uuid::Uuid;

use super::newsroom::leads;
use super::world::{Answer, Staff, World, until};

const PAGE: &str = "/ban-lam-viec/nguon";
const FIRST: &str = "000.00.15.H41,2026/11/23,46/TB-SYT";

/// Joins an agency whose system sends packets; comes back with the source's id.
pub async fn joins(world: &World, who: &Staff, whose: &str) -> Uuid {
    let fields = [
        ("dia-chi", "https://so-y-te.tinh-a.gov.vn/"),
        ("cach-doc", "edxml"),
        ("cua-ai", whose),
        ("ten", "Sở Y tế tỉnh A"),
        ("loai", "notice"),
        ("viec", "bat-dau"),
    ];
    leads(&world.fills(who, PAGE, &fields).await);
    let list = world.sees(who, PAGE).await.text();
    let path = list.split("href=\"").find(|href| href.starts_with("/ban-lam-viec/nguon/")).unwrap();
    path.split(['"', '/']).nth(3).unwrap().parse().unwrap()
}

/// A document of an agency.
fn document(id: &str, subject: &str, business: Business) -> Document {
    Document {
        from: Organ { id: "000.00.15.H41".into(), name: "Sở Y tế tỉnh A".into(), ..Organ::default() },
        id: id.into(),
        number: "46".into(),
        notation: "TB-SYT".into(),
        issued: Some(jiff::civil::date(2026, 11, 23)),
        form_name: "Thông báo".into(),
        subject: subject.into(),
        content: format!("{subject}: tiêm tại trạm y tế."),
        business,
        ..Document::default()
    }
}

fn doing(act: Act, reason: &str, of: &str) -> Business {
    Business { act, reason: reason.into(), document: of.into(), ..Business::default() }
}

fn written(document: &Document) -> String {
    edxml::write(&Message::Document(Box::new(document.clone())))
}

/// Sends a packet as an agency's system does, signed with a source's secret.
async fn sends(world: &World, source: Uuid, secret: &str, packet: &str) -> Answer {
    let at = world.app("chinhphu").clock.now().as_second().to_string();
    let key = webhook::key(secret).unwrap();
    let signature = webhook::signature(&key, ("goi-1", &at), packet.as_bytes()).unwrap();
    let request = world
        .request("POST", "chinhphu", &format!("{}/edxml", push::path(source)))
        .header("webhook-id", "goi-1")
        .header("webhook-timestamp", at)
        .header("webhook-signature", signature);
    world.ask(request.body(packet.to_owned())).await
}

/// The status by which a packet was answered.
#[track_caller]
fn status(answer: &Answer) -> Status {
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert!(answer.header("content-type").starts_with("application/xml"));
    match edxml::read(&answer.bytes) {
        Ok(Message::Status(status)) => *status,
        other => panic!("{other:?}"),
    }
}

/// The portal's own items.
pub async fn items(world: &World) -> Vec<Value> {
    let told = world.get("chinhphu", "/api/v1/items?own=true&limit=50").await.json();
    told["items"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_taken_updated_replaced_and_revoked_as_its_packets_say() {
    let world = World::with(["chinhphu"]).await;
    let minh = world.staff("chinhphu", "minh", &["publisher"]).await;
    let source = joins(&world, &minh, "minh").await;
    let secret = push::secret(world.app("chinhphu"), source);
    let mut first = document(FIRST, "Lịch tiêm chủng", Business::default());
    first.attachments = vec![Attachment {
        id: "a-1".into(),
        name: "lich.csv".into(),
        media: "text/csv".into(),
        bytes: "ngày,nơi\n27,Trạm A\n".as_bytes().to_vec(),
        ..Attachment::default()
    }];

    // Unsigned, signed by somebody else, and no packet at all.
    let other = webhook::secret(&[7; 32]);
    assert_eq!(sends(&world, source, &other, &written(&first)).await.status, 403);
    assert_eq!(sends(&world, Uuid::nil(), &secret, &written(&first)).await.status, 403);
    let none = sends(&world, source, &secret, "<rss/>").await;
    assert!(none.status == 409 && none.says("MessageHeader"), "{}", none.text());
    assert!(items(&world).await.is_empty());

    let taken = status(&sends(&world, source, &secret, &written(&first)).await);
    assert_eq!(
        (taken.code, taken.of.id.as_str(), taken.of.code.as_str()),
        (Code::Received, FIRST, "46/TB-SYT")
    );
    let all = items(&world).await;
    let [item] = &all[..] else { panic!("{all:?}") };
    let reference = item["reference"].as_str().unwrap().to_owned();
    assert_eq!(
        (&item["card"]["title"], &item["card"]["number"]),
        (&json!("Lịch tiêm chủng"), &json!("46/TB-SYT"))
    );
    let page = world.get("chinhphu", &format!("/muc/{reference}")).await;
    assert!(page.says("tiêm tại trạm y tế") && page.says("lich.csv"), "{}", page.text());
    // Sent again it does nothing.
    assert_eq!(status(&sends(&world, source, &secret, &written(&first)).await).code, Code::Received);
    assert_eq!(items(&world).await.len(), 1);

    // Of what was never taken nothing is updated, and nothing given back.
    let of_nothing = document("x", "Khác", doing(Act::Update, "Sai ngày", "000.00.99.H41,2026/01/01,1/X"));
    assert_eq!(status(&sends(&world, source, &secret, &written(&of_nothing)).await).code, Code::Refused);
    let of_nothing = document("x", "Khác", doing(Act::Revoke, "Nhầm", "000.00.99.H41,2026/01/01,1/X"));
    assert_eq!(
        status(&sends(&world, source, &secret, &written(&of_nothing)).await).code,
        Code::RecallRefused
    );

    let updated = document("cap-nhat-1", "Lịch tiêm chủng mới", doing(Act::Update, "Sai ngày tiêm", FIRST));
    assert_eq!(status(&sends(&world, source, &secret, &written(&updated)).await).code, Code::Received);
    let page = world.get("chinhphu", &format!("/muc/{reference}/lich-su")).await;
    assert!(page.says("Sai ngày tiêm") && page.says("Lịch tiêm chủng mới"), "{}", page.text());

    let mut replacing =
        document("H41.15,thay-the", "Lịch tiêm chủng thay thế", doing(Act::Replace, "Thay toàn bộ", ""));
    replacing.business.replaced = vec![Replaced { document: FIRST.into(), organs: Vec::new() }];
    assert_eq!(status(&sends(&world, source, &secret, &written(&replacing)).await).code, Code::Received);
    let all = items(&world).await;
    assert_eq!((all.len(), &all[0]["card"]["title"]), (1, &json!("Lịch tiêm chủng thay thế")));

    // It is known by its new name from then on.
    let revoking = document("thu-hoi", "Thu hồi", doing(Act::Revoke, "Ban hành nhầm", "H41.15,thay-the"));
    let revoked = status(&sends(&world, source, &secret, &written(&revoking)).await);
    assert_eq!(revoked.code, Code::RecallAgreed);
    let page = world.get("chinhphu", &format!("/muc/{reference}")).await;
    assert!(page.says("Ban hành nhầm"), "{}", page.text());

    // What cannot be taken lies aside, with the reason in the answer; a picture needs words for who does not see it.
    let mut picture = document("anh", "Ảnh tiêm chủng", Business::default());
    picture.notation = "TB-SYT-A".into();
    picture.attachments = vec![Attachment {
        name: "anh.png".into(),
        bytes: b"\x89PNG\r\n\x1a\n".to_vec(),
        ..Attachment::default()
    }];
    let refused = status(&sends(&world, source, &secret, &written(&picture)).await);
    assert!(refused.code == Code::Refused && !refused.description.is_empty());
    let page = world.sees(&minh, &format!("{PAGE}/{source}")).await;
    assert!(page.says("Ảnh tiêm chủng"), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_packet_is_uploaded_after_a_look_that_keeps_nothing() {
    let world = World::with(["chinhphu"]).await;
    let minh = world.staff("chinhphu", "minh", &["publisher"]).await;
    let source = joins(&world, &minh, "khac").await;
    let path = format!("{PAGE}/{source}/goi-tin");
    let packet = written(&document(FIRST, "Lịch tiêm chủng", Business::default()));
    let uploads = async |what: &str, packet: &str| {
        let file = ("goi.edxml", "application/xml", packet.as_bytes());
        world.hands_in(&minh, &path, &[("viec", what)], Some(file)).await
    };
    let look = uploads("xem", &packet).await;
    assert!(look.status == 200 && look.says("46/TB-SYT") && look.says("sẽ thành mục mới"), "{}", look.text());
    assert!(items(&world).await.is_empty(), "a look keeps nothing");
    let taken = uploads("lay", &packet).await;
    assert!(taken.status == 200 && taken.says("Trạng thái 03"), "{}", taken.text());
    // An agency without a log has not signed it.
    let all = items(&world).await;
    assert_eq!(all[0]["card"]["carried"]["site"], "so-y-te.tinh-a.gov.vn", "{all:?}");
    let again = uploads("xem", &packet).await;
    assert!(again.says("đã có ở đây"), "{}", again.text());
    let revoke = written(&document("x", "Thu hồi", doing(Act::Revoke, "Nhầm", FIRST)));
    assert!(uploads("xem", &revoke).await.says("thu hồi văn bản đã lấy"));
    let wrong = uploads("xem", "không phải XML").await;
    assert!(wrong.status == 409 && wrong.says("không phải XML đúng khuôn dạng"), "{}", wrong.text());
    let nothing = world.hands_in(&minh, &path, &[("viec", "lay")], None).await;
    assert!(nothing.status == 422 && nothing.says("Hãy chọn một tệp .edxml"), "{}", nothing.text());
    // What is carried is no document of which an agency speaks.
    let reference = all[0]["reference"].as_str().unwrap();
    assert_eq!(world.get("chinhphu", &format!("/muc/{reference}/van-ban.edxml")).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_a_number_can_be_had_as_a_packet_and_taken_by_another_network() {
    let (world, other) = (World::with(["chinhphu"]).await, World::with(["chinhphu"]).await);
    let draft = json!({
        "kind": "notice", "title": "Lịch cắt điện & nước", "number": "12/TB-VPCP", "form": "Thông báo",
        "agency": "Văn phòng Chính phủ", "signer": "Nguyễn Văn Mẫu", "issued": "2026-11-23", "urgency": "urgent",
        "text": "Cắt điện **ngày 27**.\n\nCắt nước ngày 28.",
        "files": [{ "name": "lich.csv", "base64": "bmfDoHksbsahaQoyNyxUcuG6oW0gQQo=" }],
    });
    let item = world.issues("chinhphu", draft.clone()).await;
    let path = format!("/muc/{}/van-ban.edxml", item.reference);
    let page = world.get("chinhphu", &format!("/muc/{}", item.reference)).await;
    assert!(page.says(&path), "the page leads to it: {}", page.text());
    let packet = world.get("chinhphu", &path).await;
    assert_eq!(packet.status, 200, "{}", packet.text());
    let read = |answer: &Answer| match edxml::read(&answer.bytes) {
        Ok(Message::Document(document)) => *document,
        other => panic!("{other:?}"),
    };
    let one = read(&packet);
    assert_eq!((one.code().as_str(), one.business.act), ("12/TB-VPCP", Act::New));
    assert_eq!((one.number.as_str(), one.notation.as_str()), ("12", "TB-VPCP"));
    assert_eq!((one.subject.as_str(), one.signer.name.as_str()), ("Lịch cắt điện & nước", "Nguyễn Văn Mẫu"));
    assert_eq!(one.content, "Cắt điện ngày 27.\nCắt nước ngày 28.");
    assert_eq!((one.other.priority.as_str(), one.attachments.len()), ("1", 1));
    assert_eq!(one.id, format!("urn:uuid:{}", item.id));

    let minh = other.staff("chinhphu", "minh", &["publisher"]).await;
    let source = joins(&other, &minh, "khac").await;
    let secret = push::secret(other.app("chinhphu"), source);
    assert_eq!(status(&sends(&other, source, &secret, &packet.text()).await).code, Code::Received);
    let mut next = draft;
    (next["title"], next["change_note"]) = (json!("Lịch cắt điện"), json!("Không cắt nước nữa"));
    world.corrects(&item, next).await;
    let packet = world.get("chinhphu", &path).await;
    let one = read(&packet);
    assert_eq!((one.business.act, one.business.reason.as_str()), (Act::Update, "Không cắt nước nữa"));
    assert_eq!(status(&sends(&other, source, &secret, &packet.text()).await).code, Code::Received);
    let all = items(&other).await;
    assert_eq!(all[0]["card"]["title"], "Lịch cắt điện", "{all:?}");
    world.withdraws(&item, false).await;
    let packet = world.get("chinhphu", &path).await;
    assert_eq!(read(&packet).business.act, Act::Revoke);
    assert_eq!(status(&sends(&other, source, &secret, &packet.text()).await).code, Code::RecallAgreed);
    until("it to be taken down", async || {
        let standing = items(&other).await.iter().filter(|item| item["state"] == "standing").count();
        if standing == 0 { Ok(()) } else { Err(format!("{standing}")) }
    })
    .await;
    let plain = world.issues("chinhphu", json!({ "kind": "notice", "title": "Không số", "text": "x" })).await;
    assert_eq!(world.get("chinhphu", &format!("/muc/{}/van-ban.edxml", plain.reference)).await.status, 404);
}
