//! Restricted tasks: those who are given one read it and answer, everybody else learns that there is one.

use std::io::Read;
use std::path::Path;

use serde_json::{Value, json};

use super::bundles::export;
use super::merger::merges;
use super::newsroom::{leads, office};
use super::world::{Item, Staff, World, hidden, origin, until};

const HOME: &str = "/ban-lam-viec/nhiem-vu";
/// Words that may stand nowhere but with those whom they concern.
const CANARY: &str = "chim-hoàng-yến-trong-hầm-mỏ";
const REPLY: &str = "cá-hồi-ngược-dòng-thác";
const PAPER: &[u8] = b"ten,so\nhai-au-tren-song-lon,1\n";

fn directive() -> Value {
    json!({
        "kind": "directive", "title": "Tập trung ứng phó mưa lũ", "text": "Yêu cầu thực hiện.",
        "form": "Công điện", "number": "46/CĐ-TTg", "issued": "2026-11-20",
        "details": {
            "addressees": [{ "name": "Cơ quan mof" }, { "name": "Cơ quan laocai" }],
            "tasks": [
                { "number": "1", "task": "Bố trí kinh phí.", "agency": "Cơ quan laocai" },
                { "number": "2", "task": format!("Kiểm tra {CANARY} trước giờ xả lũ."), "agency": "Cơ quan mof",
                  "due": "2031-07-08T16:45", "access": "restricted" },
            ],
        },
    })
}

fn task(item: &Item, number: &str) -> String {
    format!("{HOME}/{}?so={number}", item.reference)
}

async fn says(world: &World, who: &Staff, path: &str, words: &str) -> String {
    until(words, async || {
        let page = world.sees(who, path).await.text();
        if page.contains(words) { Ok(page) } else { Err(page) }
    })
    .await
}

async fn answers(world: &World, who: &Staff, item: &Item, fields: &[(&str, &str)]) -> u16 {
    let end = if fields.contains(&("viec", "xong")) { "/xong" } else { "" };
    world.fills(who, &format!("{HOME}/{}{end}", item.reference), fields).await.status
}

/// Every address at which a portal tells anybody of an item.
fn addresses(item: &Item) -> Vec<String> {
    let reference = &item.reference;
    let mut all: Vec<String> = ["", "/lich-su", "/noi-hien-thi", "/akn.xml", "/van-ban.json", "/dc.xml"]
        .iter()
        .map(|end| format!("/muc/{reference}{end}"))
        .collect();
    all.extend([
        format!("/api/v1/items/{reference}"),
        format!("/proof/{reference}"),
        format!("/en/muc/{reference}"),
    ]);
    let others = [
        "/",
        "/thong-tin",
        "/feed.atom",
        "/feed.rss",
        "/feed.json",
        "/sitemap.xml",
        "/sitemap-tin.xml",
        "/api/v1/items",
        "/api/v1/records",
        "/api/v1/digest",
        "/oai?verb=ListRecords&metadataPrefix=oai_dc",
        "/oai?verb=ListRecords&metadataPrefix=akn",
        "/du-lieu/dcat.jsonld",
        "/du-lieu/muc.jsonl.gz",
        "/du-lieu/muc.csv.gz",
        "/api/search?q=%E1%BB%A9ng+ph%C3%B3+m%C6%B0a+l%C5%A9",
        "/api/search/suggest?q=chim",
        "/api/v1/entries",
        "/log/tile/entries/000.p/1",
    ];
    all.extend(others.map(str::to_owned));
    all.push(format!("/oembed?url=http://chinhphu.localhost/muc/{reference}"));
    all
}

/// What must not be found in bytes: the words, their deadline, and their pieces without diacritics.
fn leaks(bytes: &[u8]) -> Option<&'static str> {
    let mut unpacked = Vec::new();
    let packed = bytes.starts_with(b"\x1f\x8b");
    if packed {
        flate2::read::MultiGzDecoder::new(bytes).read_to_end(&mut unpacked).unwrap();
    }
    let bytes = if packed { &unpacked } else { bytes };
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    let found =
        |word: &&&str| text.contains(**word) || bytes.windows(word.len()).any(|w| w == word.as_bytes());
    [
        CANARY,
        REPLY,
        "chim-hoang-yen",
        "hoàng-yến",
        "ca-hoi-nguoc",
        "hai-au-tren-song",
        "2031-07-08",
        "08/07/2031",
    ]
    .iter()
    .find(found)
    .copied()
}

/// Every file below a folder.
fn files(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// Nothing that a stranger's node says or has on its disk has the words.
async fn nothing_leaks(world: &World, node: &str, item: &Item) {
    for path in addresses(item) {
        let answer = world.get(node, &path).await;
        // A portal may not have one of them; the bytes of the others are looked through.
        assert_eq!(leaks(&answer.bytes), None, "{node} {path}: {}", String::from_utf8_lossy(&answer.bytes));
    }
    // A page repeats what was asked, so it is asked whether the item was found by it.
    for path in ["/tim-kiem", "/api/search"] {
        let answer = world.get(node, &format!("{path}?q=%22ho%C3%A0ng+y%E1%BA%BFn%22")).await;
        assert!(answer.status == 200 && !answer.says(&item.reference), "{node}: {}", answer.text());
    }
    let mut all = Vec::new();
    files(&world.home(node), &mut all);
    // What everybody may read is found, so what is not found is not there.
    let found = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains("Bố trí kinh phí.");
    // The index and the database drop files of their own while this reads.
    let read = |path: &std::path::Path| match std::fs::read(path) {
        Err(gone) if gone.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        bytes => bytes.unwrap(),
    };
    let open = all.iter().any(|path| found(&read(path)));
    assert!(open || super::world::on_postgres(), "{all:?}");
    for path in all {
        assert_eq!(leaks(&read(&path)), None, "{node}: {}", path.display());
    }
    if let Some(rows) = world.rows(node).await {
        assert!(rows.contains("ứng phó mưa lũ"), "{rows}");
        assert_eq!(leaks(rows.as_bytes()), None, "{node}: its database");
        for words in [CANARY, REPLY] {
            assert!(!rows.contains(&hex::encode(words)), "{node}: bytes in its database");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restricted_task_is_read_by_whom_it_is_given_to_and_by_nobody_else() {
    let world = World::with(["chinhphu", "mof", "laocai"]).await;
    let lan = world.staff("chinhphu", "lan", &["editor"]).await;
    let ha = world.staff("mof", "ha", &["leader"]).await;
    let binh = world.staff("laocai", "binh", &["publisher"]).await;
    let item = world.issues("chinhphu", directive()).await;
    let follow = format!("{HOME}/theo-doi/{}", item.reference);

    // It is found by a word that everybody may read, so the search has taken the item in.
    says(&world, &binh, HOME, "1. Bố trí kinh phí.").await;
    let list = says(&world, &ha, HOME, CANARY).await;
    assert!(list.contains("16:45 ngày 08/07/2031"), "{list}");
    let page = world.sees(&ha, &task(&item, "2")).await.text();
    assert!(page.contains(CANARY) && page.contains("Nhiệm vụ hạn chế"), "{page}");
    assert!(world.sees(&lan, &follow).await.says(CANARY));
    // Another addressee of the same directive neither sees it nor answers to it.
    assert_eq!(leaks(&world.sees(&binh, HOME).await.bytes), None);
    assert_eq!(world.sees(&binh, &task(&item, "2")).await.status, 404);
    assert_eq!(answers(&world, &binh, &item, &[("so", "2"), ("viec", "nhan")]).await, 404);

    assert_eq!(answers(&world, &ha, &item, &[("so", "2"), ("viec", "nhan")]).await, 303);
    assert_eq!(answers(&world, &ha, &item, &[("so", "2"), ("viec", "nhan")]).await, 303);
    says(&world, &lan, &follow, "1 đã xác nhận").await;
    let report = [("so", "2"), ("viec", "bao-cao"), ("noi-dung", REPLY)];
    let path = format!("{HOME}/{}", item.reference);
    let sent = world.hands_in(&ha, &path, &report, Some(("so-lieu.csv", "text/csv", PAPER))).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    let seen = says(&world, &lan, &follow, "download=\"so-lieu.csv\"").await;
    assert!(seen.contains(REPLY), "{seen}");
    let link = seen.split("\" download=\"so-lieu.csv\"").next().unwrap().rsplit("href=\"").next().unwrap();
    let link = &link.replace("&#38;", "&");
    assert!(link.starts_with("/ban-lam-viec/"), "{link}");
    let paper = until("the evidence", async || {
        let answer = world.sees(&lan, link).await;
        if answer.status == 200 { Ok(answer) } else { Err(answer.text()) }
    })
    .await;
    assert_eq!(paper.bytes, PAPER);
    assert_eq!(world.sees(&ha, link).await.bytes, PAPER, "who sent it reads it, too");
    assert_eq!(world.sees(&binh, link).await.status, 404);
    assert_eq!(answers(&world, &ha, &item, &[("so", "2"), ("viec", "xong"), ("noi-dung", REPLY)]).await, 303);
    says(&world, &lan, &follow, "1 đã xong").await;
    world.settle().await;

    // What everybody learns: that there is one. It is not counted, either.
    for portal in ["chinhphu", "laocai"] {
        let public = world.page(portal, &item).await.text();
        assert!(public.contains("Chỉ cơ quan được giao đọc được"), "{public}");
        assert!(public.contains("0/1 cơ quan được giao đã báo cáo xong"), "{public}");
    }
    until("the item in the search", async || {
        let found = world.get("laocai", "/api/search?q=46%2FC%C4%90-TTg").await;
        if found.says(&item.reference) { Ok(()) } else { Err(found.text()) }
    })
    .await;
    nothing_leaks(&world, "laocai", &item).await;
    for path in addresses(&item) {
        for portal in ["chinhphu", "mof"] {
            assert_eq!(leaks(&world.get(portal, &path).await.bytes), None, "{portal} {path}");
        }
    }
    // Whoever verifies a portal reads every content of it, and tells nothing of this.
    for portal in ["chinhphu", "mof", "laocai"] {
        let address = world.address(portal, "");
        let verified = super::cli::run(None, &["verify", &address, "--all", "--json"], "").await.well();
        assert_eq!(leaks(verified.out.as_bytes()), None, "{portal}: {}", verified.out);
    }
    let bundle = std::fs::read(export(&world, "laocai", "a.bundle", &[])).unwrap();
    assert!(String::from_utf8_lossy(&bundle).contains("Bố trí kinh phí."), "the open task is in the bundle");
    assert_eq!(leaks(&bundle), None, "a bundle");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_arrives_after_a_fault_and_the_next_edition_keeps_what_was_answered() {
    let mut world = World::with(["chinhphu", "mof"]).await;
    let lan = world.staff("chinhphu", "lan", &["editor"]).await;
    let ha = world.staff("mof", "ha", &["leader"]).await;
    world.stop("mof").await;
    let item = world.issues("chinhphu", directive()).await;
    let follow = format!("{HOME}/theo-doi/{}", item.reference);
    world.start("mof").await;
    world.may_sign("mof").await;
    says(&world, &ha, HOME, CANARY).await;
    // It answers while the line is cut, and dies before the answer has left.
    world.cut("mof");
    assert_eq!(
        answers(&world, &ha, &item, &[("so", "2"), ("viec", "bao-cao"), ("noi-dung", REPLY)]).await,
        303
    );
    world.stop("mof").await;
    world.mend("mof");
    world.start("mof").await;
    says(&world, &lan, &follow, REPLY).await;

    // A program takes the edition that stands, changes a word elsewhere and hands it in again, sealed words and all.
    let told = world.told("chinhphu", &item).await["document"].clone();
    let mut next = directive();
    next["details"] = told["details"].clone();
    next["details"]["tasks"][0]["task"] = "Bố trí 20 tỷ đồng.".into();
    next["change_note"] = "Thêm số tiền".into();
    assert!(
        next["details"]["tasks"][1]["sealed"].is_string() && next["details"]["tasks"][1]["task"].is_null()
    );
    world.corrects(&item, next.clone()).await;
    says(&world, &lan, &follow, "Bố trí 20 tỷ đồng.").await;
    let kept = world.sees(&lan, &follow).await.text();
    assert!(
        kept.contains(CANARY) && kept.contains(REPLY),
        "the same words, so what was said of them counts: {kept}"
    );
    says(&world, &ha, &task(&item, "2"), REPLY).await;
    // Sealed words of an edition that does not stand any more are asked for anew.
    next["details"]["tasks"][1] = told["details"]["tasks"][1].clone();
    let body = json!({ "change": "correct", "item": next });
    let refused = world.post("chinhphu", &format!("/api/v1/items/{}/editions", item.reference), &body).await;
    assert!(refused.status == 422 && refused.says("details.tasks[1].task"), "{}", refused.text());

    world.erases(&item).await;
    world.settle().await;
    assert!(!world.sees(&ha, HOME).await.says(CANARY));
    assert_eq!(world.sees(&ha, &task(&item, "2")).await.status, 404);
    let mut conn = world.app("mof").db.read().await.unwrap();
    let sealed = nhipcau::all!(
        &mut conn,
        (String,),
        "SELECT media FROM content WHERE media = 'application/vnd.nhipcau.restricted'"
    )
    .unwrap();
    assert!(sealed.is_empty(), "the sealed answers go with their directive");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_was_lost_or_never_stated_is_told_and_the_next_edition_seals_anew() {
    let mut world = World::with(["chinhphu", "mof", "laocai"]).await;
    let lan = world.staff("chinhphu", "lan", &["editor"]).await;
    let ha = world.staff("mof", "ha", &["leader"]).await;
    // An agency whose parent never stated a key of its letters.
    let (name, level) = (("Cơ quan moi", "Agency moi"), network::entry::Level::Ministry);
    let node = world.app("laocai");
    let mut request =
        nhipcau::agencies::enrol::request_of(node, &origin("laocai"), "moi.localhost", name, level).unwrap();
    let key = tlog::SignerKey::from_seed("moi.localhost/log", tlog::KeyKind::Ed25519, [7; 32]).unwrap();
    (request.origin, request.log_key) = ("moi.localhost/log".into(), key.verifier().to_string());
    request.sealing = None;
    let enrolled = world.post("chinhphu", "/api/v1/agencies", &json!({ "request": request })).await;
    assert_eq!(enrolled.status, 201, "{}", enrolled.text());
    until("the new agency", async || {
        let all = world.get("chinhphu", "/api/v1/agencies").await;
        if all.says("moi.localhost") { Ok(()) } else { Err(all.text()) }
    })
    .await;

    let mut two = directive();
    // Who is meant is read as of the day of issue, and that agency is there since today.
    two["issued"] = json!(nhipcau::words::date::day(node.clock.now()));
    let third = json!({ "number": "3", "task": format!("Báo {CANARY} cho nhau."), "agency": "Cơ quan moi",
        "due": "2031-07-08T16:45", "access": "restricted" });
    two["details"]["tasks"].as_array_mut().unwrap().push(third);
    let item = world.issues("chinhphu", two.clone()).await;
    let follow = format!("{HOME}/theo-doi/{}", item.reference);
    says(&world, &ha, HOME, CANARY).await;
    let page = world.sees(&lan, &follow).await.text();
    assert!(page.contains("Nhiệm vụ 3, Cơ quan moi: không đọc được"), "{page}");
    assert!(!page.contains("khóa nhận thư đã đổi"), "{page}");

    // The ministry loses its key: what was sealed to it is closed to it, and whoever sealed it is told.
    world.stop("mof").await;
    std::fs::remove_file(world.home("mof").join("keys/mof.localhost_log_sealing.key")).unwrap();
    world.start("mof").await;
    world.may_sign("mof").await;
    let names = ("Cơ quan mof", "Agency mof");
    let mof = world.app("mof");
    let request = nhipcau::agencies::enrol::request_of(mof, &origin("mof"), "mof.localhost", names, level);
    let request = json!({ "request": request.unwrap() });
    assert_eq!(world.post("chinhphu", "/api/v1/agencies/change", &request).await.status, 201);
    let told = "Nhiệm vụ 2, Cơ quan mof: khóa nhận thư đã đổi";
    says(&world, &lan, &follow, told).await;
    assert_eq!(leaks(&world.sees(&ha, HOME).await.bytes), None);
    assert_eq!(world.sees(&ha, &task(&item, "2")).await.status, 404);

    two["change_note"] = "Niêm phong lại".into();
    world.corrects(&item, two).await;
    says(&world, &ha, HOME, CANARY).await;
    assert!(!world.sees(&lan, &follow).await.says(told));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_editor_marks_a_task_and_is_told_who_will_read_it() {
    let office = office().await;
    let (world, lan, ha) = (&office.world, &office.lan, &office.ha);
    let path = office.begins(lan, "directive").await;
    let fields = [
        ("title", "Ứng phó mưa lũ"),
        ("form", "Công điện"),
        ("issued", "2026-11-20"),
        ("number", "47/CĐ-TTg"),
        ("text", "Yêu cầu kiểm tra chim-hoàng-yến-trong-hầm-mỏ ngay."),
        ("details.addressees[0].name", "Cơ quan mof"),
        ("details.tasks[0].number", "1"),
        ("details.tasks[0].task", "Kiểm tra chim-hoàng-yến-trong-hầm-mỏ ngay."),
        ("details.tasks[0].access", "restricted"),
    ];
    leads(&office.writes(lan, &path, &fields).await);
    let page = world.sees(lan, &path).await.text();
    let box_of = "name=\"details.tasks[0].access\" value=\"restricted\" checked";
    assert!(page.contains(box_of) && page.contains("đừng nhắc lại"), "{page}");
    assert!(page.contains("nội dung còn nằm trong phần công khai"), "{page}");
    let fields =
        fields.map(|(name, value)| if name == "text" { (name, "Yêu cầu thực hiện.") } else { (name, value) });
    leads(&office.writes(lan, &path, &fields).await);
    let page = world.sees(lan, &path).await.text();
    assert!(page.contains("Nhiệm vụ 1 (hạn chế)"), "{page}");
    let preview = world.sees(lan, &format!("{path}/xem")).await.text();
    assert!(preview.contains("1. Nhiệm vụ hạn chế") && !preview.contains(CANARY), "{preview}");
    // Who is asked for an opinion on the draft is told that there is such a task, and no word of it.
    let tam = world.staff("mof", "tam", &["leader"]).await;
    let version = office.version(lan, &path).await;
    let asks = [
        ("version", version.as_str()),
        ("co-quan", "Cơ quan mof"),
        ("noi-dung", "Có nên làm lúc này?"),
        ("ngay", "3"),
    ];
    leads(&world.fills(lan, &format!("{path}/y-kien"), &asks).await);
    let list = says(world, &tam, "/ban-lam-viec/y-kien", "Ứng phó mưa lũ").await;
    let request = list.split("href=\"/ban-lam-viec/y-kien/").nth(1).unwrap().split('"').next().unwrap();
    let asked = world.sees(&tam, &format!("/ban-lam-viec/y-kien/{request}")).await.text();
    assert!(asked.contains("1. Nhiệm vụ hạn chế") && leaks(asked.as_bytes()).is_none(), "{asked}");
    let mut conn = world.app("mof").db.read().await.unwrap();
    let (written,) = nhipcau::one!(&mut conn, (String,), "SELECT written FROM opinion_request").unwrap();
    drop(conn);
    assert!(written.contains("Ứng phó mưa lũ") && leaks(written.as_bytes()).is_none(), "{written}");
    leads(&office.does(lan, &path, "submit", "").await);
    leads(&office.does(ha, &path, "approve", "").await);
    let console = leads(&office.does(ha, &path, "issue", "").await);
    let reference = console.rsplit('/').next().unwrap().to_owned();
    let public = world.get("chinhphu", &format!("/muc/{reference}")).await;
    assert!(
        public.says("Chỉ cơ quan được giao đọc được") && leaks(&public.bytes).is_none(),
        "{}",
        public.text()
    );
    // The next edition begins with the words again.
    let begun = world.fills(lan, &format!("{console}/sua"), &[("change", "correct")]).await;
    let next = world.sees(lan, &leads(&begun)).await.text();
    assert!(next.contains(CANARY) && next.contains(box_of), "{next}");
    assert!(hidden(&next, "version").is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_took_the_issuers_place_reads_what_is_reported() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let binh = world.staff("laocai", "binh", &["publisher"]).await;
    let minh = world.staff("xa-b.laocai", "minh", &["editor", "publisher"]).await;
    let mut order = directive();
    order["details"]["addressees"] = json!([{ "name": "Cơ quan laocai" }]);
    order["details"]["tasks"][1]["agency"] = "Cơ quan laocai".into();
    let item = world.issues("xa-a.laocai", order).await;
    says(&world, &binh, HOME, CANARY).await;
    merges(&world).await;
    let report = [("so", "2"), ("viec", "bao-cao"), ("noi-dung", REPLY)];
    assert_eq!(answers(&world, &binh, &item, &report).await, 303);
    let follow = format!("{HOME}/theo-doi/{}", item.reference);
    says(&world, &minh, &follow, REPLY).await;
    assert!(world.sees(&minh, HOME).await.says(&follow), "the heir finds it among what it looks after");
}
