//! Across nodes when things go wrong: lines cut, nodes killed, relays that carry, letters that lie, clerks that guess.

use network::entry::Case;
use network::handover::{Letter, Offer, Status};
use nhipcau::db::Tx;
use nhipcau::one;
use nhipcau::peers::letters::send::{Posting, post};
use nhipcau::peers::letters::store;
use nhipcau::problem::Problem;
use uuid::Uuid;

use super::super::crash::{Program, signs};
use super::super::erasure::files_with;
use super::super::world::origin;
use super::*;

const NAME: &str = "Lò Thị Mai Khế";
const WORDS: &str = "Cầu treo bản Phìn Hồ đứt cáp, học sinh không qua được.";

/// A portal posts a letter about a case, whatever it says.
async fn posts_letter(
    world: &World,
    from: &str,
    to: &str,
    letter: Letter,
    case: &Case,
    dossier: &[u8],
) -> Uuid {
    let app = world.hosted(from);
    let log = app.portals.load().by_host(&format!("{from}.localhost")).unwrap().log;
    let body = letter.body(case, dossier).unwrap().into();
    let posting = Posting::new(app, log, &origin(to), letter.kind(), body).unwrap();
    let posted = app
        .db
        .write("test.letter", async move |tx: &mut Tx| -> Result<Uuid, Problem> { post(tx, posting).await });
    posted.await.unwrap()
}

async fn outcome(world: &World, from: &str, id: Uuid) -> String {
    store::outcome(&mut world.hosted(from).db.read().await.unwrap(), id).await.unwrap().unwrap().0
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_line_is_cut_it_waits_with_its_owner_and_goes_on_when_it_is_mended() {
    let world = World::with(["chinhphu", "laocai", "mof"]).await;
    let lan = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let minh = world.staff("mof", "minh", &["clerk"]).await;
    let named =
        [("chuyen-gi", WORDS), ("dinh-danh", "named"), ("ho-ten", NAME), ("dien-thoai", "0911222333")];
    let keys = asks(&world, "xa-a.laocai", &named).await;
    world.cut("laocai");
    passes(&world, &lan, &keys, "mof").await;
    // Also while it waits, who somebody is lies sealed.
    assert!(files_with(&world.home("laocai"), NAME).is_empty(), "a name lies open in the outbox");
    assert!(world.rows("laocai").await.is_none_or(|rows| !rows.contains(NAME)));
    let page = follows(&world, "xa-a.laocai", &keys).await;
    assert!(page.says("đang chuyển tới Cơ quan mof") && page.says("vẫn chịu trách nhiệm"), "{}", page.text());
    // One thing is done with it meanwhile, and that is waiting; its sender may go on writing.
    let answer = steps(&world, &lan, &keys, "hoi", &[("loi", "Xin cho biết thêm chỗ hỏng.")]).await;
    assert!(answer.status == 409 && answer.says("Đang chuyển tới cơ quan khác"), "{}", answer.text());
    went(&steps(&world, &lan, &keys, "ghi-chu", &[("loi", "Đường dây đang đứt.")]).await);
    let more =
        does(&world, "xa-a.laocai", &keys, "tra-loi", &[("loi-nhan", "Hôm nay thêm một cáp nữa đứt.")]).await;
    assert!(more.says("Đã gửi."), "{}", more.text());
    assert_eq!(record(&world, "xa-a.laocai", &keys).await, ["registered"], "it is still theirs");
    assert_eq!(world.sees(&minh, &desk(&keys)).await.status, 404);
    world.mend("laocai");
    told(&world, "xa-a.laocai", &keys, "Cơ quan mof đã nhận").await;
    assert!(steps(&world, &minh, &keys, "xem-nguoi-gui", &[]).await.says(NAME));
    let page = seen(&world, &minh, &keys, "Hôm nay thêm một cáp nữa đứt.").await;
    assert!(
        page.says(WORDS) && !page.says("Đường dây đang đứt."),
        "notes are for colleagues: {}",
        page.text()
    );
    assert_eq!(page.text().matches("thêm một cáp nữa đứt").count(), 1, "said once: {}", page.text());

    // Cut on the other side while it is answered: the answer comes when it can.
    world.cut("mof");
    let chief = world.staff("mof", "vu.truong", &["leader"]).await;
    answers(&world, &minh, &chief, &keys, "Đã thay cả bốn sợi cáp.").await;
    assert!(!follows(&world, "xa-a.laocai", &keys).await.says("bốn sợi cáp"));
    world.mend("mof");
    assert!(
        told(&world, "xa-a.laocai", &keys, "Cơ quan mof đã trả lời").await.says("Đã thay cả bốn sợi cáp.")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_that_is_asked_for_again_has_one_owner_in_the_end() {
    let world = World::with(["chinhphu", "laocai", "mof"]).await;
    let lan = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let minh = world.staff("mof", "minh", &["clerk"]).await;
    let keys = asks(&world, "xa-a.laocai", &[("chuyen-gi", WORDS)]).await;
    world.cut("laocai");
    passes(&world, &lan, &keys, "mof").await;
    went(&steps(&world, &lan, &keys, "lay-lai", &[]).await);
    world.mend("laocai");
    // Whichever letter comes first, both sides agree.
    until("one owner", async || {
        let (ours, theirs) = (world.sees(&lan, &desk(&keys)).await, world.sees(&minh, &desk(&keys)).await);
        let records = (record(&world, "xa-a.laocai", &keys).await, record(&world, "mof", &keys).await);
        match (ours.says("lấy lại, chưa chuyển</b>"), theirs.status) {
            (true, 404) if records == (vec!["registered".to_owned()], vec![]) => Ok(()),
            (false, 200) if records.0.len() == 2 && records.1.len() == 1 => Ok(()),
            other => Err(format!("{other:?} {records:?}")),
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_in_the_middle_loses_no_case_and_doubles_none() {
    const CASES: usize = 6;
    let mut world = World::with(["chinhphu", "laocai", "mof"]).await;
    let lan = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let mut all = Vec::new();
    for number in 0..CASES {
        let (words, form) = (format!("{WORDS} Lần {number}."), format!("{number:032x}"));
        all.push(asks(&world, "xa-a.laocai", &[("chuyen-gi", &words), ("lan", &form)]).await);
    }
    world.stop("mof").await;
    for half in all.chunks(CASES / 2) {
        let program = Program::start(&world, "mof");
        signs(&world, "mof").await;
        for keys in half {
            passes(&world, &lan, keys, "mof").await;
        }
        // Some have been taken, others are under way.
        until("the first to be taken", async || {
            let page = follows(&world, "xa-a.laocai", &half[0]).await;
            if page.says("đã nhận, chịu trách nhiệm") {
                Ok(())
            } else {
                Err(page.status.to_string())
            }
        })
        .await;
        program.kill();
    }
    // And the one that gives away dies, too.
    world.stop("laocai").await;
    world.start("mof").await;
    world.start("laocai").await;
    world.may_sign("laocai").await;
    let minh = world.staff("mof", "minh", &["clerk"]).await;
    for (number, keys) in all.iter().enumerate() {
        told(&world, "xa-a.laocai", keys, "Cơ quan mof đã nhận, chịu trách nhiệm trả lời").await;
        until("both logs to say so", async || {
            let records = (record(&world, "xa-a.laocai", keys).await, record(&world, "mof", keys).await);
            let due = (vec!["registered".to_owned(), "passed".into()], vec!["passed".to_owned()]);
            if records == due { Ok(()) } else { Err(format!("{records:?}")) }
        })
        .await;
        let page = seen(&world, &minh, keys, &format!("Lần {number}.")).await;
        let taken = page.text().matches("đã nhận, chịu trách nhiệm trả lời").count();
        assert_eq!(taken, 1, "{}", page.text());
    }
    let mut conn = world.app("mof").db.read().await.unwrap();
    let (count,) = one!(&mut conn, (i64,), "SELECT COUNT(*) FROM petition").unwrap();
    assert_eq!(count, CASES as i64);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_node_that_carries_it_reads_nothing() {
    let mut world = World::with(["chinhphu", "laocai", "xa-c.laocai"]).await;
    let hoa = world.staff("chinhphu", "hoa", &["clerk"]).await;
    let keys = asks(&world, "chinhphu", &[("chuyen-gi", WORDS)]).await;
    world.cut("xa-c.laocai");
    passes(&world, &hoa, &keys, "xa-c.laocai").await;
    until("the parent to carry it", async || {
        let counts = store::counts(&mut world.app("laocai").db.read().await.unwrap()).await.unwrap();
        if counts.carried >= 1 { Ok(()) } else { Err(format!("{counts:?}")) }
    })
    .await;
    world.stop("laocai").await;
    assert!(
        files_with(&world.home("laocai"), "Phìn Hồ").is_empty(),
        "it lies open at the node that carries it"
    );
    assert!(world.rows("laocai").await.is_none_or(|rows| !rows.contains("Phìn Hồ")));
    world.start("laocai").await;
    world.mend("xa-c.laocai");
    told(&world, "chinhphu", &keys, "Cơ quan xa-c.laocai đã nhận").await;
    let clerk = world.staff("xa-c.laocai", "lan", &["clerk"]).await;
    assert!(seen(&world, &clerk, &keys, WORDS).await.says("name=\"viec\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_right_to_say_it_is_not_heard() {
    let world = World::with(["chinhphu", "laocai", "mof", "moh"]).await;
    let lan = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let minh = world.staff("mof", "minh", &["clerk"]).await;
    let stranger = world.staff("moh", "gian", &["clerk", "leader"]).await;
    let keys = asks(&world, "xa-a.laocai", &[("chuyen-gi", WORDS)]).await;
    let case = Case { origin: origin("xa-a.laocai"), code: keys.code.parse().unwrap() };
    let offer = |to: &str| {
        Letter::Offer(Offer {
            epoch: 2,
            to: origin(to),
            home: origin("xa-a.laocai"),
            by: None,
            reopened: false,
            refusals: Vec::new(),
            thread: Vec::new(),
            owed: Vec::new(),
        })
    };
    // Who does not have it offers it; who has it offers other words than were registered.
    until("the registration to be known", async || {
        let mut conn = world.app("mof").db.read().await.unwrap();
        let (count,) = one!(&mut conn, (i64,), "SELECT COUNT(*) FROM petition_entry").unwrap();
        if count == 1 { Ok(()) } else { Err(count.to_string()) }
    })
    .await;
    let theirs = posts_letter(&world, "moh", "mof", offer("mof"), &case, b"{}").await;
    until("the stranger's letter to be passed over", async || match outcome(&world, "moh", theirs).await {
        held if held == "held" => Ok(()),
        other => Err(other),
    })
    .await;
    posts_letter(&world, "xa-a.laocai", "mof", offer("mof"), &case, b"{\"v\":1}").await;
    assert_eq!(world.sees(&minh, &desk(&keys)).await.status, 404);
    assert!(record(&world, "mof", &keys).await.is_empty());
    passes(&world, &lan, &keys, "mof").await;
    told(&world, "xa-a.laocai", &keys, "Cơ quan mof đã nhận").await;
    assert_eq!(record(&world, "mof", &keys).await, ["passed"]);
    seen(&world, &minh, &keys, WORDS).await;
    // A former owner cannot take it back by another offer, nor a stranger tell what becomes of it.
    let status = Status {
        epoch: 9,
        seq: 9,
        state: network::petition::State::Answered,
        handing: None,
        heard: Default::default(),
        about: String::new(),
    };
    let lie = posts_letter(&world, "moh", "xa-a.laocai", Letter::Status(status), &case, b"").await;
    let thief = posts_letter(&world, "mof", "moh", offer("moh"), &case, b"{}").await;
    went(&steps(&world, &minh, &keys, "nhan", &[]).await);
    told(&world, "xa-a.laocai", &keys, "Cơ quan mof đang xử lý").await;
    assert_eq!(outcome(&world, "moh", lie).await, "", "no log bears it out, so it is not even taken");
    until("the thief's letter to be passed over", async || match outcome(&world, "mof", thief).await {
        held if held == "held" => Ok(()),
        other => Err(other),
    })
    .await;
    // A clerk elsewhere who knows the code finds nothing, whatever is tried.
    for act in ["nhan", "ghi-chu", "xem-nguoi-gui", "duyet", "lay-lai", "chuyen"] {
        let tried =
            steps(&world, &stranger, &keys, act, &[("loi", "Đoán mã phản ánh."), ("toi", "mof.localhost")])
                .await;
        assert!(tried.status == 404 && !tried.says("Phìn Hồ"), "{act}: {}", tried.text());
    }
    assert_eq!(world.sees(&stranger, &desk(&keys)).await.status, 404);
    assert_eq!(world.sees(&stranger, &format!("{}/tep/1/1", desk(&keys))).await.status, 404);
    // Nor does its secret open it where it is handled.
    assert_eq!(follows(&world, "mof", &keys).await.status, 403);
    let page = follows(&world, "xa-a.laocai", &keys).await;
    assert!(!page.says("đã trả lời") && page.says("Cơ quan mof đang xử lý"), "{}", page.text());
}
