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

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_later_is_mailed_behind_the_first_answer_and_an_answer_to_that_comes_back() {
    let (sink, folder) = (Sink::start().await, tempfile::tempdir().unwrap());
    let world = with_mail(["chinhphu"], &sink, folder.path()).await;
    let clerk = world.staff("chinhphu", "lan", &["clerk"]).await;
    let chief = world.staff("chinhphu", "chu.tich", &["leader"]).await;
    let text = written("1@vidu.vn", "", "Đèn đường trước trường hỏng ba tuần nay.");
    mails(&world, folder.path(), "1", &text).await;
    let first = acknowledged(&sink).await;
    let keys = keys_of(&first);
    let told = async |says: &str| {
        until(says, async || {
            mail::look(world.app("chinhphu")).await.unwrap();
            let got = sink.to(AN);
            let found = got.iter().find(|got| got.says()[0].contains(says)).cloned();
            found.ok_or(format!("{:?}", got.iter().map(|got| got.says()[0].clone()).collect::<Vec<_>>()))
        })
        .await
    };
    went(&steps(&world, &clerk, &keys, "nhan", &[]).await);
    went(&steps(&world, &clerk, &keys, "hoi", &[("loi", "Xin cho biết số cột đèn.")]).await);
    let asked = told("Hãy trả lời thư này để bổ sung.").await;
    assert_eq!(asked.header("in-reply-to"), first.header("message-id"), "threaded");
    let says = asked.says()[0].clone();
    assert!(says.contains(&keys.code) && !says.contains("số cột"), "the address is not proven: {says}");
    // An answer to that mail alone is a message of the case.
    let more = format!("In-Reply-To: {}\r\n", asked.header("message-id"));
    mails(&world, folder.path(), "2", &written("2@vidu.vn", &more, "Cột số 17, đầu ngõ 3.")).await;
    assert!(follows(&world, "chinhphu", &keys).await.says("Cột số 17"));

    // Proven, the words of the agency come along.
    let proof = sink.to(AN).into_iter().find(|got| got.says()[0].contains("/phan-anh/xac-nhan/")).unwrap();
    let link =
        format!("/phan-anh/xac-nhan/{}", between(&proof.says()[0], "/phan-anh/xac-nhan/", "\n").trim());
    let proven = world.sends("chinhphu", &link, "", &[]).await;
    assert!(proven.status == 200 || proven.status == 303, "{}", proven.text());
    went(&steps(&world, &clerk, &keys, "gia-han", &[("loi", "Chờ vật tư về kho.")]).await);
    assert!(told("Chờ vật tư về kho.").await.says()[0].contains("Hạn trả lời"));
    answers(&world, &clerk, &chief, &keys, "Đã thay bóng đèn cột 17.").await;
    let answered = told("Đã thay bóng đèn cột 17.").await;
    assert_eq!(answered.header("references"), first.header("message-id"));
    assert_eq!(answered.header("auto-submitted"), "auto-generated");
    let before = sink.to(AN).len();
    mail::look(world.app("chinhphu")).await.unwrap();
    assert_eq!(sink.to(AN).len(), before, "each step once");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_kind_is_suggested_where_that_is_sure_and_else_the_clerk_says_it() {
    let (sink, folder) = (Sink::start().await, tempfile::tempdir().unwrap());
    let world = with_mail(["chinhphu"], &sink, folder.path()).await;
    let clerk = world.staff("chinhphu", "lan", &["clerk"]).await;
    let chief = world.staff("chinhphu", "chu.tich", &["leader"]).await;
    // Nobody can tell what this wants.
    let text = written("1@vidu.vn", "", "Gửi các anh chị xem giúp ạ.").replace("Den duong hong", "Xin chao");
    mails(&world, folder.path(), "1", &text).await;
    let keys = keys_of(&acknowledged(&sink).await);
    assert!(world.sees(&clerk, DESK).await.says("chưa rõ loại"));
    let page = world.sees(&clerk, &desk(&keys)).await;
    assert!(page.says("chưa rõ loại: hãy chọn loại"), "{}", page.text());
    went(&steps(&world, &clerk, &keys, "nhan", &[]).await);
    let odd = steps(&world, &clerk, &keys, "loai", &[("loai", "kien-nghi-co-quan")]).await;
    assert!(odd.status == 422 && odd.says("Hãy chọn một loại"), "{}", odd.text());
    went(&steps(&world, &clerk, &keys, "loai", &[("loai", "kien-nghi")]).await);
    let page = world.sees(&clerk, &desk(&keys)).await;
    assert!(page.says("Kiến nghị về quy định") && !page.says("chưa rõ loại: hãy"), "{}", page.text());
    let own = follows(&world, "chinhphu", &keys).await;
    assert!(own.says("xếp vào loại: Kiến nghị về quy định"), "{}", own.text());
    // What was registered stays provable: the receipt says the kind of that day.
    answers(&world, &clerk, &chief, &keys, "Cơ quan sẽ xem xét sửa quy định.").await;
    // Whoever used the page has said their kind themselves.
    let typed = asks(&world, "chinhphu", &[]).await;
    went(&steps(&world, &clerk, &typed, "nhan", &[]).await);
    let odd = steps(&world, &clerk, &typed, "loai", &[("loai", "kien-nghi")]).await;
    assert_eq!(odd.status, 422, "{}", odd.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_of_which_nobody_hears_are_counted_for_the_clerk() {
    let (sink, folder) = (Sink::start().await, tempfile::tempdir().unwrap());
    let world = with_mail(["chinhphu"], &sink, folder.path()).await;
    let clerk = world.staff("chinhphu", "lan", &["clerk"]).await;
    for n in 0..7 {
        let short = written(&format!("j{n}@vidu.vn"), "", "?").replace("Den duong hong", "?");
        mails(&world, folder.path(), "j", &short).await;
    }
    let queue = world.sees(&clerk, DESK).await;
    assert!(queue.says("2 thư gửi tới địa chỉ phản ánh không thành phản ánh"), "{}", queue.text());
    mails(&world, folder.path(), "k", &written("k@vidu.vn", "", "Đèn đường hỏng ba tuần nay.")).await;
    let queue = world.sees(&clerk, DESK).await;
    assert!(queue.says("1 thư đã thành phản ánh nhưng người gửi không nhận được mã"), "{}", queue.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_taken_holds_no_later_mail_up() {
    let (sink, folder) = (Sink::start().await, tempfile::tempdir().unwrap());
    let world = with_mail(["chinhphu"], &sink, folder.path()).await;
    let clerk = world.staff("chinhphu", "lan", &["clerk"]).await;
    let new = folder.path().join("petitions/new");
    // What the system itself refuses to read.
    for n in 0..60 {
        std::os::unix::fs::symlink("/proc/self/mem", new.join(format!("0-{n:02}"))).unwrap();
    }
    mails(&world, folder.path(), "9", &written("9@vidu.vn", "", "Đèn đường hỏng ba tuần nay.")).await;
    mail::look(world.app("chinhphu")).await.unwrap();
    assert_eq!(count(&world, &clerk).await, 1, "the later one is taken");
    mail::look(world.app("chinhphu")).await.unwrap();
    let waits = std::fs::read_dir(folder.path().join("petitions/.cho")).unwrap().count();
    assert_eq!(waits, 60, "none is lost");
}
