//! Whether whoever asked reads their mailbox: proven by a link or by digits, told to the clerk, and nothing learned by trying.

use crate::subscriptions::{Got, Sink, comes, path, with_mail};

use super::*;

const AN: &str = "an@vidu.vn";
const HOUR: i64 = 3_600_000_000;

fn named(mail: &str) -> Vec<(&str, &str)> {
    vec![("dinh-danh", "named"), ("ho-ten", "Nguyễn An"), ("email", mail)]
}

/// What a mail says as plain text.
fn text(mail: &Got) -> String {
    mail.says()[0].clone()
}

/// The digits of a mail.
fn digits(text: &str) -> String {
    let marked = between(text, "theo dõi phản ánh: ", ".");
    assert_eq!(marked.len(), 8, "{text}");
    marked
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_proven_by_its_link_and_the_clerk_sees_it() {
    let (sink, folder) = (Sink::start().await, tempfile::tempdir().unwrap());
    let world = with_mail(["chinhphu"], &sink, folder.path()).await;
    let page = world.get("chinhphu", ASK).await;
    assert!(page.says("số điện thoại không được xác nhận"), "{}", page.text());
    let receipt = posts(&world, "chinhphu", ASK, &form(&named(AN)), None).await;
    assert!(receipt.says("Một thư xác nhận được gửi"), "{}", receipt.text());
    let keys = keys(&receipt);
    let mail = comes(&sink, AN, 1).await;
    let says = text(&mail);
    assert!(says.contains(&keys.code) && !says.contains(&keys.secret), "{says}");
    assert!(!says.contains("Đèn đường") && !says.contains("Nguyễn An"), "it may reach a stranger: {says}");

    let clerk = world.staff("chinhphu", "lan", &["clerk"]).await;
    let contact = async || steps(&world, &clerk, &keys, "xem-nguoi-gui", &[]).await;
    assert!(contact().await.says(&format!("{AN} – chưa xác nhận")));
    // A program that checks mails opens links: that alone proves nothing.
    let link = path(&mail.link("/phan-anh/xac-nhan/"));
    let asks = world.get("chinhphu", &link).await;
    assert!(asks.status == 200 && asks.says("Xác nhận") && !asks.says(&keys.code), "{}", asks.text());
    assert!(contact().await.says("chưa xác nhận"));
    let done = world.sends("chinhphu", &link, "", &[]).await;
    assert!(done.status == 200 && done.says("Đã xác nhận email"), "{}", done.text());
    assert!(contact().await.says(&format!("{AN} – đã xác nhận")));
    assert!(follows(&world, "chinhphu", &keys).await.says("Email của bạn đã được xác nhận."));

    // No other word opens anything, and all are answered alike.
    let (id, rest) = link.split_at(link.len() - 1);
    let forged = format!("{id}{}", if rest == "0" { "1" } else { "0" });
    for wrong in [forged.as_str(), "/phan-anh/xac-nhan/x", "/phan-anh/xac-nhan/đ"] {
        let refused = world.get("chinhphu", wrong).await;
        assert!(refused.status == 410 && refused.says("không dùng được nữa"), "{wrong}: {}", refused.text());
        assert_eq!(world.sends("chinhphu", wrong, "", &[]).await.status, 410, "{wrong}");
    }
    // With the contact the proof is gone, and the link proves nothing.
    let erased = does(&world, "chinhphu", &keys, "xoa-lien-he", &[]).await;
    assert!(!erased.says("Email của bạn"), "{}", erased.text());
    assert_eq!(world.sends("chinhphu", &link, "", &[]).await.status, 410);
}

#[tokio::test(flavor = "multi_thread")]
async fn digits_prove_it_too_for_a_day_and_a_few_tries() {
    let (sink, folder) = (Sink::start().await, tempfile::tempdir().unwrap());
    let world = with_mail(["chinhphu", "laocai"], &sink, folder.path()).await;
    let keys = keys(&posts(&world, "xa-a.laocai", ASK, &form(&named(AN)), None).await);
    let proves = async |so: &str| does(&world, "laocai", &keys, "xac-nhan", &[("so", so)]).await;
    let first = digits(&text(&comes(&sink, AN, 1).await));
    for wrong in ["00000000", "1", "abc", "123456789012", "99999999"] {
        let refused = proves(wrong).await;
        assert!(
            refused.status == 422 && refused.says("Không đúng, hoặc không dùng được nữa"),
            "{}",
            refused.text()
        );
    }
    assert_eq!(proves(&first).await.status, 422, "five tries are enough");
    // Another mail has other digits; the ones before are void.
    assert!(does(&world, "laocai", &keys, "xac-nhan", &[]).await.says("Nếu còn gửi được"));
    let second = digits(&text(&comes(&sink, AN, 2).await));
    assert!(second != first && proves(&first).await.status == 422);
    // Too old after a day.
    world.clock("laocai").pass(25 * HOUR);
    assert_eq!(proves(&second).await.status, 422);
    does(&world, "laocai", &keys, "xac-nhan", &[]).await;
    let third = digits(&text(&comes(&sink, AN, 3).await));
    let proven = proves(&format!("{} {}", &third[..4], &third[4..])).await;
    assert!(proven.status == 200 && proven.says("Email của bạn đã được xác nhận."), "{}", proven.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_floods_a_mailbox_and_nothing_tells_that_it_is_full() {
    let (sink, folder) = (Sink::start().await, tempfile::tempdir().unwrap());
    let world = with_mail(["chinhphu"], &sink, folder.path()).await;
    let mut answers = Vec::new();
    for number in 0..6 {
        let words = format!("Ổ gà số {number} trên đường liên thôn.");
        let mut fields = named(AN);
        fields.push(("chuyen-gi", &words));
        let receipt = posts(&world, "chinhphu", ASK, &form(&fields), None).await;
        answers.push(receipt.says("Một thư xác nhận được gửi"));
        keys(&receipt);
    }
    assert_eq!(answers, [true; 6], "each is told the same");
    // A mail that is asked for afterwards by another address comes, so whatever was due before it has come.
    posts(&world, "chinhphu", ASK, &form(&named("binh@vidu.vn")), None).await;
    comes(&sink, "binh@vidu.vn", 1).await;
    comes(&sink, AN, 3).await;
    assert_eq!(sink.to(AN).len(), 3, "three a day");
    // Where nothing can be sent, the page says so and asks for nothing.
    let silent = World::with(["chinhphu"]).await;
    assert!(silent.get("chinhphu", ASK).await.says("chưa gửi được thư"));
    let keys = asks(&silent, "chinhphu", &named(AN)).await;
    assert!(!follows(&silent, "chinhphu", &keys).await.says("Gửi lại thư xác nhận"));
}
