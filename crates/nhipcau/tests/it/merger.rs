//! Agencies end and others take their place: the wizard, two persons, and what becomes of addresses, tasks and drafts.

use serde_json::{Value, json};

use super::crash::Program;
use super::machine::Said;
use super::world::{Answer, Staff, World, hidden, notice, until};

const PAGE: &str = "/ban-lam-viec/sap-nhap";
const OPINIONS: &str = "/ban-lam-viec/y-kien";
const A: &str = "xa-a.laocai.localhost/log";
const B: &str = "xa-b.laocai.localhost/log";

/// The fields of the wizard for a merger of the commune A into B.
const FIELDS: [(&str, &str); 4] =
    [("ket-thuc", A), ("ke-thua", B), ("can-cu", "Nghị quyết 1656/NQ-UBTVQH15"), ("ten", "Xã An Bình")];

async fn fills(world: &World, who: &Staff, act: &str) -> Answer {
    let fields = [&FIELDS[..], &[("viec", act)]].concat();
    world.fills(who, PAGE, &fields).await
}

/// Merges the commune A into B, as two persons of the province do.
pub async fn merges(world: &World) {
    let admin = world.staff("laocai", "quan.tri.2", &["administrator"]).await;
    let leader = world.staff("laocai", "chu.tich", &["leader"]).await;
    let page = proposed(world, &admin).await;
    assert_eq!(world.fills(&leader, &page, &[("viec", "xac-nhan")]).await.status, 303);
    is_done(world, &leader, &page).await;
}

/// Proposes the merger; the path of its page.
async fn proposed(world: &World, who: &Staff) -> String {
    let answer = fills(world, who, "de-xuat").await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("location").split('?').next().unwrap().to_owned()
}

async fn is_done(world: &World, who: &Staff, page: &str) {
    until("the merger to be done", async || {
        let page = world.sees(who, page).await;
        if page.says("<b>đã xong</b>") { Ok(()) } else { Err(page.text()) }
    })
    .await;
}

fn task() -> Value {
    json!({
        "kind": "directive", "title": "Rà soát hồ sơ", "text": "Yêu cầu thực hiện.", "form": "Chỉ thị",
        "number": "7/CT-UBND", "issued": "2026-11-20",
        "details": {
            "addressees": [{ "name": "xa-a.laocai.localhost" }],
            "tasks": [{ "number": "1", "task": "Lập danh sách hộ." }, { "number": "2", "task": "Báo cáo tiến độ." }],
        },
    })
}

/// How often the province's log closes an agency.
async fn closings(world: &World) -> usize {
    let entries = world.get("laocai", "/api/v1/entries?origin=laocai.localhost/log&from=0&limit=100").await;
    entries.text().matches("agency.closed").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merger_is_planned_by_one_confirmed_by_another_and_moves_everything() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let admin = world.staff("laocai", "quan.tri.2", &["administrator"]).await;
    let leader = world.staff("laocai", "chu.tich", &["leader"]).await;
    let editor = world.staff("xa-a.laocai", "lan", &["editor"]).await;
    let heir = world.staff("xa-b.laocai", "minh", &["editor", "publisher"]).await;

    let item = world.issues("xa-a.laocai", notice("Lịch tiếp dân", "Thứ Năm hằng tuần.")).await;
    let directive = world.issues("laocai", task()).await;
    let draft = world.fills(&editor, "/ban-lam-viec/tin/moi", &[("kind", "notice")]).await;
    assert_eq!(draft.status, 303, "{}", draft.text());
    world.settle().await;
    let answer = format!("/ban-lam-viec/nhiem-vu/{}", directive.reference);
    let done = world.fills(&editor, &answer, &[("so", "2"), ("viec", "nhan")]).await;
    assert_eq!(done.status, 303, "{}", done.text());
    world.settle().await;

    // The whole plan is told before anything is done.
    let plan = fills(&world, &admin, "xem").await;
    assert_eq!(plan.status, 200, "{}", plan.text());
    for words in [
        "Sổ khóa tại mục cuối cùng",
        "1 bản thảo tin mới chuyển tới",
        "2 nhiệm vụ chưa xong hiện ở bàn làm việc",
        "cấp vai trò cho 1 người",
        "dẫn (301) tới xa-b.laocai.localhost",
        "giữ máy chủ và tên miền",
    ] {
        assert!(plan.says(words), "{words}: {}", plan.text());
    }
    assert_eq!(closings(&world).await, 0);
    let lacking = world.fills(&admin, PAGE, &[("ket-thuc", A), ("ten", "Xã An Bình"), ("viec", "xem")]).await;
    assert_eq!(lacking.status, 422);
    assert!(lacking.says("Hãy ghi căn cứ pháp lý") && lacking.says("Hãy chọn cơ quan kế thừa"));
    assert!(lacking.says("value=\"Xã An Bình\""), "what was typed is not lost");

    // One proposes, another confirms; nobody else has a say.
    let page = proposed(&world, &admin).await;
    let own = world.fills(&admin, &page, &[("viec", "xac-nhan")]).await;
    assert_eq!(own.status, 409, "{}", own.text());
    assert!(own.says("Người đề xuất không tự xác nhận"));
    assert_eq!(fills(&world, &leader, "de-xuat").await.status, 409, "the agencies are part of a proposal");
    assert_eq!(world.fills(&editor, &page, &[("viec", "xac-nhan")]).await.status, 403);
    let elsewhere = world.staff("chinhphu", "nguoi.khac", &["administrator"]).await;
    assert_eq!(world.fills(&elsewhere, &page, &[("viec", "xac-nhan")]).await.status, 404);
    assert_eq!(closings(&world).await, 0);
    let confirmed = world.fills(&leader, &page, &[("viec", "xac-nhan")]).await;
    assert_eq!(confirmed.status, 303, "{}", confirmed.text());
    is_done(&world, &leader, &page).await;
    assert_eq!(closings(&world).await, 1);
    assert_eq!(world.fills(&leader, &page, &[("viec", "bo")]).await.status, 409, "it is done");

    // The old address of what stands leads to the successor, and is readable there.
    let path = format!("/muc/{}", item.reference);
    let old = world.get("xa-a.laocai", &path).await;
    assert_eq!(old.status, 301, "{}", old.text());
    assert_eq!(old.header("location"), format!("http://{}{path}", world.host("xa-b.laocai")));
    assert!(world.get("xa-b.laocai", &path).await.says("Thứ Năm hằng tuần."));
    until("the old portal to say who has taken its place", async || {
        let home = world.get("xa-a.laocai", "/").await;
        let told = home.says("được sáp nhập vào:") && home.says("Xã An Bình</a>");
        if told { Ok(()) } else { Err(home.text()) }
    })
    .await;
    let listed = world.get("xa-b.laocai", "/thong-tin").await;
    assert!(listed.says("Lịch tiếp dân"), "the successor's portal carries it: {}", listed.text());

    // Open tasks are the successor's, with what was said of them before; the draft has moved.
    let tasks = world.sees(&heir, "/ban-lam-viec/nhiem-vu").await.text();
    assert!(tasks.contains("1. Lập danh sách hộ.") && tasks.contains("2. Báo cáo tiến độ."), "{tasks}");
    assert!(tasks.contains("Đã xác nhận"), "what A acknowledged counts for B: {tasks}");
    let close = [("so", "1"), ("noi-dung", "Đã lập.")];
    let done = world.fills(&heir, &format!("{answer}/xong"), &close).await;
    assert_eq!(done.status, 303, "{}", done.text());
    assert_eq!(world.sees(&heir, draft.header("location")).await.status, 200);
    assert_eq!(world.sees(&editor, draft.header("location")).await.status, 404);

    // The closed log takes nothing more, and says where to go.
    let body = json!({ "item": notice("Muộn", "Muộn.") });
    let late = world.post("xa-a.laocai", "/api/v1/items", &body).await;
    assert_eq!(late.status, 409, "{}", late.text());
    assert!(late.says("cơ quan kế thừa"), "{}", late.text());

    // The directory names both ways, at every node.
    world.settle().await;
    until("the directory to name both ways", async || {
        let before = world.get("chinhphu", "/co-quan/xa-a.laocai.localhost").await;
        let after = world.get("chinhphu", "/co-quan/xa-b.laocai.localhost").await;
        let fine = before.says("Kế thừa: Xã An Bình") && after.says("Tiền thân") && after.says("xa-a.laocai");
        if fine { Ok(()) } else { Err(after.text()) }
    })
    .await;
    let told = world.get("chinhphu", "/api/v1/agencies/xa-a.laocai.localhost").await.json();
    assert_eq!((&told["closed"], &told["successors"]), (&json!(true), &json!([B])));

    let trail = world.sees(&leader, "/ban-lam-viec/nhat-ky").await.text();
    for act in ["merger.propose", "merger.confirm", "merger.step", "merger.done"] {
        assert!(trail.contains(act), "{act}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_in_the_middle_of_a_merger_leaves_nothing_half_done_and_nothing_done_twice() {
    let mut world = World::with(["chinhphu", "laocai"]).await;
    let admin = world.staff("laocai", "quan.tri.2", &["administrator"]).await;
    let leader = world.staff("laocai", "chu.tich", &["leader"]).await;
    let page = proposed(&world, &admin).await;
    world.stop("laocai").await;
    // Confirmed in one life, carried out over several.
    for life in 0..6_u64 {
        let program = Program::start(&world, "laocai");
        until("the program to answer", async || {
            let request = world.request("GET", "laocai", &page).header("cookie", &leader.cookie);
            match request.send().await {
                Ok(answer) if answer.status() == 200 => Ok(()),
                Ok(answer) => Err(answer.status().to_string()),
                Err(error) => Err(error.to_string()),
            }
        })
        .await;
        if life == 0 {
            let confirmed = world.fills(&leader, &page, &[("viec", "xac-nhan")]).await;
            assert_eq!(confirmed.status, 303, "{}", confirmed.text());
        }
        // The steps begin within a second: each life ends at another place among them.
        tokio::time::sleep(std::time::Duration::from_millis(300 * life + 100)).await;
        program.kill();
    }
    world.start("laocai").await;
    world.may_sign("laocai").await;
    is_done(&world, &leader, &page).await;
    assert_eq!(closings(&world).await, 1, "the closing was stated once");
    // The directory reads logs on its own: it may lag behind what was done.
    let named = (json!("Xã An Bình"), json!([A]));
    until("the directory to name the successor and whom it follows", async || {
        let told = world.get("laocai", "/api/v1/agencies/xa-b.laocai.localhost").await.json();
        let same = (&told["name"], &told["predecessors"]) == (&named.0, &named.1);
        if same { Ok(()) } else { Err(told.to_string()) }
    })
    .await;
    world.settle().await;
}

/// A command at the province's node, as its administrator types it.
fn says(world: &World, words: &[&str]) -> Said {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_nhipcau"));
    for name in ["NHIPCAU_DIR", "NHIPCAU_NODE", "NHIPCAU_TOKEN"] {
        command.env_remove(name);
    }
    command.args(words).args(["--portal", "laocai.localhost", "--dir"]).arg(world.home("laocai"));
    command.output().unwrap().into()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_plans_proposes_and_drops_and_is_only_one_of_the_two_persons() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let basis = ["--basis", "Nghị quyết 1656/NQ-UBTVQH15"];
    let merge = |more: &[&'static str]| [&["merge", A, "--into", B], &basis[..], more].concat();
    let plan = says(&world, &merge(&[])).well();
    assert!(
        plan.contains("Sổ khóa tại mục cuối cùng") && plan.contains("Chưa có gì được thực hiện"),
        "{plan}"
    );
    let split = ["split", A, "--into", B, "--into", "laocai.localhost/log"];
    let plan = says(&world, &[&split[..], &basis[..]].concat()).well();
    assert!(plan.contains("Phần còn lại: Cơ quan laocai"), "{plan}");
    says(&world, &["split", A, "--into", B]).refused("two successors or more");
    says(&world, &["merge", A, "--into", A, basis[0], basis[1]]).refused("take its own place");
    assert_eq!(says(&world, &["merge", "--list"]).well(), "", "nothing was proposed");

    let proposed = says(&world, &merge(&["--propose"])).well();
    let id = proposed.split("Đã đề xuất ").nth(1).unwrap().split(';').next().unwrap().to_owned();
    says(&world, &["merge", "--confirm", &id]).refused("a second person must");
    let list = says(&world, &["merge", "--list"]).well();
    assert!(list.contains(&id) && list.contains("proposed") && list.contains("0/"), "{list}");
    assert_eq!(closings(&world).await, 0);
    says(&world, &["merge", "--drop", &id]).well();
    says(&world, &["merge", "--confirm", &id]).refused("was dealt with");
    assert!(says(&world, &["merge", "--list"]).well().contains("dropped"));
}

/// Sends a new draft for opinion; its path.
async fn asks(world: &World, who: &Staff, title: &str, whom: &str) -> String {
    let draft = world.fills(who, "/ban-lam-viec/tin/moi", &[("kind", "notice")]).await;
    let path = draft.header("location").split('?').next().unwrap().to_owned();
    let version = |page: &Answer| hidden(&page.text(), "version").unwrap();
    let at = version(&world.sees(who, &path).await);
    let written = [("version", at.as_str()), ("title", title), ("text", "Chữ."), ("viec", "luu")];
    assert_eq!(world.fills(who, &path, &written).await.status, 303);
    let at = version(&world.sees(who, &path).await);
    let question =
        [("version", at.as_str()), ("co-quan", whom), ("noi-dung", "Có đồng ý không?"), ("ngay", "3")];
    let sent = world.fills(who, &format!("{path}/y-kien"), &question).await;
    assert_eq!(sent.status, 303, "{}", sent.text());
    path
}

/// The request at somebody's console that has this title.
async fn request(world: &World, who: &Staff, title: &str) -> String {
    until(title, async || {
        let list = world.sees(who, OPINIONS).await.text();
        let before = list.split(title).next().filter(|before| before.len() < list.len());
        let path = before.and_then(|before| before.rsplit(&format!("{OPINIONS}/")).next());
        let path = path.map(|rest| format!("{OPINIONS}/{}", rest.split('"').next().unwrap()));
        path.ok_or(list)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_merged_agency_asked_and_was_asked_goes_on_at_its_successor() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let lan = world.staff("xa-a.laocai", "lan", &["editor"]).await;
    let minh = world.staff("xa-b.laocai", "minh", &["editor", "publisher"]).await;
    let office = world.staff("chinhphu", "tam", &["editor", "publisher"]).await;
    let theirs = asks(&world, &lan, "Dự thảo của xã A", "chinhphu.localhost").await;
    let ours = asks(&world, &office, "Dự thảo của Chính phủ", "xa-a.laocai.localhost").await;
    let (at_office, _) =
        (request(&world, &office, "Dự thảo của xã A").await, request(&world, &lan, "Chính phủ").await);
    merges(&world).await;

    // The answer to what A asked reaches B, which has its draft now; what A was asked, B answers.
    let agree = [("y-kien", "agree"), ("noi-dung", "Nhất trí nội dung.")];
    assert_eq!(world.fills(&office, &at_office, &agree).await.status, 303);
    let shows = async |who: &Staff, path: &str, words: &str| {
        until(words, async || {
            let page = world.sees(who, path).await;
            if page.says(words) { Ok(()) } else { Err(page.text()) }
        })
        .await;
    };
    shows(&minh, &theirs, "Nhất trí nội dung.").await;
    let at_heir = request(&world, &minh, "Dự thảo của Chính phủ").await;
    let differ = [("y-kien", "conditions"), ("noi-dung", "Cần thêm phụ lục.")];
    assert_eq!(world.fills(&minh, &at_heir, &differ).await.status, 303);
    shows(&office, &ours, "Cần thêm phụ lục.").await;

    // B may take back what A asked.
    let draft = world.sees(&minh, &theirs).await.text();
    let round = hidden(&draft, "luot").unwrap();
    let back = [("viec", "rut"), ("luot", round.as_str())];
    assert_eq!(world.fills(&minh, &format!("{theirs}/y-kien"), &back).await.status, 303);
    shows(&office, &at_office, "đã rút").await;
}
