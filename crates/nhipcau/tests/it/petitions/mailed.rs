//! Petitions by mail: taken once, answered once, threaded, and never in a loop.

use std::path::Path;

use nhipcau::petitions::mail;

use crate::subscriptions::{Got, Sink, comes, with_mail};

use super::*;

const AN: &str = "an@vidu.vn";

/// Puts a mail into the Maildir and has it taken; what is left there.
async fn mails(world: &World, folder: &Path, name: &str, text: &str) -> usize {
    let new = folder.join("petitions/new");
    std::fs::write(new.join(name), text).unwrap();
    mail::look(world.app("chinhphu")).await.unwrap();
    std::fs::read_dir(new).unwrap().count()
}

fn written(id: &str, more: &str, body: &str) -> String {
    format!(
        "From: =?UTF-8?Q?Nguy=E1=BB=85n_An?= <{AN}>\r\nTo: phan-anh@cong.gov.vn\r\nMessage-ID: <{id}>\r\n\
         Subject: Den duong hong\r\n{more}MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: 8bit\r\n\r\n{body}"
    )
}

fn keys_of(got: &Got) -> Keys {
    let text = got.says()[0].clone();
    let code = between(&text, "mã ", ".\u{20}Theo").trim_end_matches('.').to_owned();
    let secret = text.split("(không đưa cho ai): ").nth(1).unwrap().lines().next().unwrap().trim().to_owned();
    Keys { code, secret }
}

/// The queue of a clerk: how many cases.
async fn count(world: &World, clerk: &Staff) -> usize {
    world.sees(clerk, DESK).await.text().matches("<p class=\"code\">PAKN").count()
}

/// The mails to somebody about a petition that was registered.
async fn acknowledged(sink: &Sink) -> Got {
    until("the answer", async || {
        let got = sink.to(AN);
        let found = got.iter().find(|got| got.says()[0].contains("không đưa cho ai")).cloned();
        found.ok_or(format!("{} mails", got.len()))
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_becomes_one_petition_and_its_sender_gets_code_and_secret() {
    let (sink, folder) = (Sink::start().await, tempfile::tempdir().unwrap());
    let world = with_mail(["chinhphu"], &sink, folder.path()).await;
    let clerk = world.staff("chinhphu", "lan", &["clerk"]).await;
    let text = written("1@vidu.vn", "", "Đèn đường trước trường hỏng ba tuần nay.\r\n-- \r\nAn\r\n");
    assert_eq!(mails(&world, folder.path(), "1", &text).await, 0, "taken and removed");
    assert_eq!(mails(&world, folder.path(), "2", &text).await, 0, "the relay repeats it");
    assert_eq!(count(&world, &clerk).await, 1);
    let answer = acknowledged(&sink).await;
    assert_eq!(answer.header("auto-submitted"), "auto-generated");
    let says = answer.says()[0].clone();
    assert!(!says.contains("trước trường") && !says.contains("Nguyễn An"), "it may reach a stranger: {says}");
    let keys = keys_of(&answer);
    let page = follows(&world, "chinhphu", &keys).await;
    assert!(
        page.says("Đèn đường trước trường hỏng ba tuần nay.") && page.says("Den duong hong"),
        "{}",
        page.text()
    );
    // Its address waits to be proven, as one that was typed into the page.
    assert!(sink.to(AN).iter().any(|got| got.says()[0].contains("/phan-anh/xac-nhan/")));
    let contact = steps(&world, &clerk, &keys, "xem-nguoi-gui", &[]).await;
    assert!(contact.says("Nguyễn An") && contact.says("chưa xác nhận"), "{}", contact.text());
    // By a mark of its id alone: nothing in the database says who wrote it but the sealed contact.
    went(&steps(&world, &clerk, &keys, "nhan", &[]).await);
    went(&steps(&world, &clerk, &keys, "hoi", &[("loi", "Xin cho biết số cột đèn.")]).await);

    // An answer to our mail is a message; of a stranger who learned its id it is none.
    let ours = answer.header("message-id");
    let more = format!("In-Reply-To: {ours}\r\nReferences: <1@vidu.vn> {ours}\r\n");
    let reply = written(
        "3@vidu.vn",
        &more,
        "Cột số 17, đầu ngõ 3.\r\n\r\nVào 26/11, Cơ quan đã viết:\r\n> Đã tiếp nhận\r\n",
    );
    assert_eq!(mails(&world, folder.path(), "3", &reply).await, 0);
    let page = follows(&world, "chinhphu", &keys).await;
    assert!(page.says("Cột số 17, đầu ngõ 3.") && !page.says("Cơ quan đã viết"), "{}", page.text());
    let forged = reply
        .replace(AN, "ke.xau@vidu.vn")
        .replace("3@vidu.vn", "4@vidu.vn")
        .replace("Cột số 17", "Tôi rút lại");
    mails(&world, folder.path(), "4", &forged).await;
    assert!(!follows(&world, "chinhphu", &keys).await.says("Tôi rút lại"));
    assert_eq!(count(&world, &clerk).await, 2, "what a stranger writes is a petition of its own");
    // A code in the subject is known to everybody: it counts from a proven address alone.
    let coded = written("5@vidu.vn", "", "Bổ sung: đèn vẫn chưa sáng lại.")
        .replace("Den duong hong", &format!("Re: {}", keys.code));
    mails(&world, folder.path(), "5", &coded).await;
    assert!(!follows(&world, "chinhphu", &keys).await.says("vẫn chưa sáng lại"));
    assert_eq!(count(&world, &clerk).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_machines_write_is_dropped_and_what_is_none_is_explained_once() {
    let (sink, folder) = (Sink::start().await, tempfile::tempdir().unwrap());
    let world = with_mail(["chinhphu"], &sink, folder.path()).await;
    let clerk = world.staff("chinhphu", "lan", &["clerk"]).await;
    for (name, header) in [
        ("a", "Auto-Submitted: auto-replied\r\n"),
        ("b", "Precedence: bulk\r\n"),
        ("c", "List-Id: <tin.vidu.vn>\r\n"),
        ("d", "Return-Path: <>\r\n"),
    ] {
        let text = written(&format!("{name}@vidu.vn"), header, "Tôi đi vắng đến thứ Hai tuần sau.");
        assert_eq!(mails(&world, folder.path(), name, &text).await, 0);
    }
    // Our own, come back by a rule of somebody's mailbox: by address, and by the Message-ID alone.
    let own = written("e@vidu.vn", "", "Tiếp nhận phản ánh của bạn.").replace(AN, "tin@cong.gov.vn");
    mails(&world, folder.path(), "e", &own).await;
    let id = format!("{}@cong.gov.vn", "0123456789abcdef".repeat(2));
    mails(&world, folder.path(), "f", &written(&id, "", "Tiếp nhận phản ánh của bạn.")).await;
    mails(&world, folder.path(), "g", "no mail at all").await;
    assert_eq!(count(&world, &clerk).await, 0);
    assert_eq!(sink.to(AN).len(), 0, "nobody is answered");

    // A denunciation is explained, not registered; a word is too little. Each answer says what to do.
    let sore = written("h@vidu.vn", "", "Tôi tố cáo ông A nhận tiền.");
    mails(&world, folder.path(), "h", &sore).await;
    let told = comes(&sink, AN, 1).await.says()[0].clone();
    assert!(told.contains("tố cáo") && !told.contains("ông A"), "{told}");
    let bomb = "Content-Type: multipart/mixed; boundary=x\r\n";
    let parts = "--x\r\nContent-Type: text/plain\r\n\r\nDen duong hong ba tuan nay.\r\n--x\r\nContent-Type: application/pdf; name=\"hoa-don.pdf\"\r\n\
                 Content-Disposition: attachment; filename=\"hoa-don.pdf\"\r\n\r\nMZ this is no PDF\r\n--x--\r\n";
    let polyglot =
        format!("From: {AN}\r\nTo: phan-anh@cong.gov.vn\r\nMessage-ID: <i@vidu.vn>\r\n{bomb}\r\n{parts}");
    mails(&world, folder.path(), "i", &polyglot).await;
    let told = comes(&sink, AN, 2).await.says()[0].clone();
    assert!(told.contains("hoa-don.pdf"), "{told}");
    assert_eq!(count(&world, &clerk).await, 0);
    // However much one address sends, it is not answered for ever.
    for n in 0..8 {
        mails(
            &world,
            folder.path(),
            "j",
            &written(&format!("j{n}@vidu.vn"), "", "?").replace("Den duong hong", "?"),
        )
        .await;
    }
    until("five answers", async || {
        (sink.to(AN).len() == 5).then_some(()).ok_or(format!("{} mails", sink.to(AN).len()))
    })
    .await;
}
