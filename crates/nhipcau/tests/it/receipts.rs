//! Receipts: who may speak, and what is kept.

use network::receipt::{Held, Receipt, Shown, ShownBy, SignedReceipt};
use nhipcau::app::App;
use nhipcau::clock::Dice;
use nhipcau::logs::keys::Keyring;
use nhipcau::logs::store;

use super::world::{Answer, World, notice, origin, until};

async fn receipt(app: &App, node: &str) -> Receipt {
    let mut conn = app.db.read().await.unwrap();
    let head = store::by_origin(&mut conn, origin("chinhphu").as_str()).await.unwrap().unwrap();
    let log = head.origin.clone();
    Receipt {
        node: node.parse().unwrap(),
        time: 1_800_000_000_000,
        logs: vec![Held {
            origin: log.clone(),
            size: head.size,
            root: head.root,
            content: head.size,
            lacking: Vec::new(),
        }],
        shown: vec![Shown { portal: ShownBy::Every, origin: log, size: head.size }],
    }
}

async fn hands_in(world: &World, signed: &SignedReceipt) -> Answer {
    let body = SignedReceipt::encode_post(std::slice::from_ref(signed));
    world.ask(world.request("POST", "chinhphu", "/receipts").body(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_of_unknown_or_false_signers_are_refused() {
    let world = World::with(["chinhphu", "mof"]).await;
    let item = world.issues("chinhphu", notice("Công điện", "Một.")).await;
    world.settle().await;
    let before = world.coverage(&item).await;
    let folder = tempfile::tempdir().unwrap();
    let keys = |name: &str| {
        let (folder, name) = (folder.path().join(name.replace('/', "_")), name.parse().unwrap());
        Keyring::create(&folder, &name, &Dice::system()).unwrap();
        Keyring::open(&folder, &name).unwrap()
    };
    let app = world.app("chinhphu");

    let stranger = keys("la.localhost/node");
    let unknown =
        receipt(app, "la.localhost/node").await.sign(stranger.reporter(), stranger.cosigner()).unwrap();
    let answer = hands_in(&world, &unknown).await;
    assert_eq!(answer.status, 403);
    assert!(answer.says("not in the directory"), "{}", answer.text());

    let impostor = keys("mof.localhost/node");
    let forged =
        receipt(app, "mof.localhost/node").await.sign(impostor.reporter(), impostor.cosigner()).unwrap();
    let answer = hands_in(&world, &forged).await;
    assert_eq!(answer.status, 403);
    assert!(answer.says("does not verify"), "{}", answer.text());

    let ourselves = keys("chinhphu.localhost/node");
    let echoed = receipt(app, "chinhphu.localhost/node")
        .await
        .sign(ourselves.reporter(), ourselves.cosigner())
        .unwrap();
    assert_eq!(hands_in(&world, &echoed).await.status, 403, "nobody else speaks for us");

    let listed =
        world.get("chinhphu", &format!("/receipts/{}", origin("chinhphu").mirror_path())).await.json();
    let nodes: Vec<&str> =
        listed["receipts"].as_array().unwrap().iter().map(|r| r["node"].as_str().unwrap()).collect();
    assert_eq!(nodes, ["chinhphu.localhost/node", "mof.localhost/node"]);
    assert_eq!(world.coverage(&item).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replayed_receipt_does_not_turn_time_back() {
    let world = World::with(["chinhphu", "mof"]).await;
    let ministry = world.app("mof").keys.clone();
    let old = receipt(world.app("chinhphu"), "mof.localhost/node")
        .await
        .sign(ministry.reporter(), ministry.cosigner())
        .unwrap();
    let item = world.issues("chinhphu", notice("Công điện", "Một.")).await;
    world.settle().await;
    assert_eq!(world.coverage(&item).await, (2, 2));
    assert_eq!(hands_in(&world, &old).await.status, 204, "a true receipt, only late");
    assert_eq!(world.coverage(&item).await, (2, 2), "an old receipt took the place of the newest");
    // Of the very same entries too: what was said before the content came arrives by a longer way.
    let newest = receipt(world.app("chinhphu"), "mof.localhost/node").await;
    let mut before = newest.clone();
    before.time -= 1;
    before.logs[0].lacking = vec![before.logs[0].size - 1];
    for said in [newest, before] {
        let signed = said.sign(ministry.reporter(), ministry.cosigner()).unwrap();
        assert_eq!(hands_in(&world, &signed).await.status, 204);
    }
    assert_eq!(
        world.coverage(&item).await,
        (2, 2),
        "what came later by a longer way took back what was said last"
    );
    for nonsense in
        ["", "[]", "{\"receipts\":[{}]}", "{\"receipts\":[{\"note\":\"x\",\"cosignatures\":[]}]}", "\u{0}"]
    {
        let answer = world.ask(world.request("POST", "chinhphu", "/receipts").body(nonsense)).await;
        assert_eq!(answer.status, 422, "{nonsense:?}: {}", answer.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_known_node_that_claims_what_our_own_log_contradicts_counts_for_nothing() {
    let world = World::with(["chinhphu", "mof"]).await;
    let item = world.issues("chinhphu", notice("Công điện", "Một.")).await;
    world.settle().await;
    let ministry = world.app("mof").keys.clone();
    let signed = |receipt: Receipt| receipt.sign(ministry.reporter(), ministry.cosigner()).unwrap();
    let mut beyond = receipt(world.app("chinhphu"), "mof.localhost/node").await;
    beyond.logs[0].size += 1_000;
    beyond.logs[0].content += 1_000;
    beyond.shown[0].size += 1_000;
    assert_eq!(hands_in(&world, &signed(beyond)).await.status, 204);
    let next = world.issues("chinhphu", notice("Công điện sau", "Hai.")).await;
    assert!(next.entry > item.entry);
    world.alarmed("chinhphu", "receipt.contradicts", Some("mof")).await;
    let mut other = receipt(world.app("chinhphu"), "mof.localhost/node").await;
    other.logs[0].root = tlog::leaf_hash(b"another past");
    assert_eq!(hands_in(&world, &signed(other)).await.status, 204);
    let mut nobodys = receipt(world.app("chinhphu"), "mof.localhost/node").await;
    nobodys.logs[0].origin = "khong-ai.localhost/log".parse().unwrap();
    nobodys.shown.clear();
    assert_eq!(hands_in(&world, &signed(nobodys)).await.status, 204);
    world.settle().await;
    let heard = world.get("chinhphu", "/receipts?node=mof.localhost/node").await.json();
    let heard = heard["logs"].as_array().unwrap();
    assert!(heard.iter().all(|line| line["origin"] != "khong-ai.localhost/log"), "{heard:?}");
    let size = world.holds("chinhphu", "chinhphu").await;
    let line = heard.iter().find(|line| line["origin"] == "chinhphu.localhost/log").unwrap();
    assert_eq!(line["size"], size, "a lie took the place of the truth");
    assert_eq!(world.coverage(&next).await, (2, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_far_from_the_issuer_is_told_of_every_node_too() {
    let nodes = ["chinhphu", "moc", "moet", "moha", "moh", "moj", "mof", "mps", "most", "moit"];
    let world = World::with(nodes).await;
    let item = world.issues("mof", notice("Thông tư về thuế", "Điều 1.")).await;
    world.settle().await;
    // Receipts go to the issuer's node and the Government's; a third node asks when somebody reads there.
    until("a ministry that hears of few to count all ten", || async {
        let page = world.page("moj", &item).await;
        let counted = page.says("10/10 máy chủ đang lưu");
        if counted { Ok(()) } else { Err(format!("the page says otherwise ({})", page.status)) }
    })
    .await;
    let told = world.get("moj", &format!("/muc/{}/noi-hien-thi", item.reference)).await;
    assert!(told.says("10/10"), "the coverage page counts others than the item's page");
}
