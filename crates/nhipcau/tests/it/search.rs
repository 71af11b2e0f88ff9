//! Search: what is issued is found on every portal, what ends is not, and whatever happens to the index, reading goes on.

use serde_json::{Value, json};

use super::crash::{Program, signs};
use super::erasure::files_with;
use super::world::{Item, World, edition, notice, until};

/// References of the results for a query at a portal, in their order.
async fn found(world: &World, portal: &str, query: &str) -> Vec<String> {
    let told = asked(world, portal, query).await;
    let results = told["results"].as_array().unwrap_or(&Vec::new()).clone();
    results.iter().map(|one| one["reference"].as_str().unwrap().to_owned()).collect()
}

async fn asked(world: &World, portal: &str, query: &str) -> Value {
    let mut url = reqwest::Url::parse("http://x/api/search").unwrap();
    url.query_pairs_mut().append_pair("q", query);
    world.get(portal, &format!("/api/search?{}", url.query().unwrap())).await.json()
}

/// Waits until a query finds an item first, or does not find it.
#[track_caller]
fn comes<'a>(
    world: &'a World,
    portal: &'a str,
    query: &'a str,
    item: &'a Item,
    due: bool,
) -> impl Future<Output = ()> + 'a {
    until("the index to hear of it", move || async move {
        let found = found(world, portal, query).await;
        let is = if due { found.first() == Some(&item.reference) } else { !found.contains(&item.reference) };
        if is { Ok(()) } else { Err(format!("{portal}, {query}: {found:?}")) }
    })
}

fn decree() -> Value {
    json!({
        "kind": "document", "title": "Nghị định quy định về đăng ký khai sinh cho trẻ em vùng cao",
        "number": "42/2026/NĐ-CP", "form": "Nghị định", "agency": "Chính phủ", "issued": "2026-01-05",
        "effective": "2026-02-01", "fields": ["ho-tich"],
        "text": "Căn cứ Luật Hộ tịch.\n\n### Điều 1. Phạm vi\n\nNghị định này quy định chung.\n\n### Điều 2. Lệ phí\n\nNgười nộp hồ sơ \
                 tại Ủy ban nhân dân xã được miễn lệ phí.\n\n### Điều 3. Thời hạn\n\nThời hạn là năm ngày làm việc.\n\n### Điều 4. Hiệu lực\n\nTừ tháng Hai.",
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_issued_is_found_on_every_portal_however_it_is_typed() {
    let world = World::with(["chinhphu", "mof", "laocai"]).await;
    let item = world.issues("chinhphu", decree()).await;
    world.issues("mof", notice("Thông báo lịch nghỉ", "Nghỉ một ngày.")).await;
    world.settle().await;
    for portal in ["chinhphu", "mof", "xa-a.laocai"] {
        comes(&world, portal, "đăng ký khai sinh", &item, true).await;
    }
    for typed in [
        "dang ky khai sinh",
        "dang ki khai sihn",
        "ddawng kys khai sinh",
        "dangkykhaisinh",
        "nd 42 2026",
        "42/2026/NĐ-CP",
        "nghi dinh 42 nam 2026",
        "nghị định 42",
        "“miễn lệ phí”",
        "le phi ubnd xa",
    ] {
        assert_eq!(found(&world, "xa-b.laocai", typed).await.first(), Some(&item.reference), "{typed}");
    }
    assert!(found(&world, "mof", "“phí lệ miễn”").await.is_empty(), "a phrase is found in its order only");
    // The passage leads into the article, and the page of the item opens there.
    let told = asked(&world, "mof", "miễn lệ phí tại Ủy ban nhân dân xã").await;
    let passage = &told["results"][0]["passages"][0];
    assert_eq!(passage["article"], "Điều 2. Lệ phí", "{told}");
    assert_eq!(told["results"][0]["status"], "còn hiệu lực");
    let place = passage["path"].as_str().unwrap().split('#').next().unwrap().to_owned();
    assert!(world.get("mof", &place).await.says("id=\"dieu-2\""));
    // The same for people, in both languages and without a script.
    let page = world.get("mof", "/tim-kiem?q=mien+le+phi").await;
    assert!(page.status == 200 && page.says("<mark>miễn lệ phí</mark>"), "{}", page.text());
    assert!(world.get("mof", "/en/tim-kiem?q=khai+sinh").await.says("Narrow"));
    assert!(world.get("mof", "/tim-kiem?q=tỉnh+Hà+Giang").await.says("Tỉnh Tuyên Quang"));
    assert!(world.get("mof", "/").await.says("action=\"/tim-kiem\""), "a box on every page");
    assert!(world.get("mof", "/opensearch.xml").await.says("/tim-kiem?q={searchTerms}"));
    let titles = world.get("mof", "/api/search/suggest?q=dang+ky+kha").await.json();
    assert!(titles[1][0].as_str().unwrap().contains("khai sinh"), "{titles}");
}

#[tokio::test(flavor = "multi_thread")]
async fn results_are_narrowed_by_kind_level_and_day_in_force() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let item = world.issues("chinhphu", decree()).await;
    let local =
        world.issues("xa-a.laocai", notice("Đăng ký khai sinh lưu động", "Tại nhà văn hóa thôn.")).await;
    world.settle().await;
    comes(&world, "laocai", "đăng ký khai sinh lưu động", &local, true).await;
    comes(&world, "laocai", "đăng ký khai sinh vùng cao", &item, true).await;
    let narrowed = async |by: &str| -> Vec<String> {
        let told = world.get("laocai", &format!("/api/search?q=khai+sinh&{by}")).await.json();
        told["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| r["reference"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(narrowed("facet=kind:notice").await, std::slice::from_ref(&local.reference));
    assert_eq!(narrowed("facet=level:central").await, std::slice::from_ref(&item.reference));
    assert_eq!(narrowed("facet=field:ho-tich").await, std::slice::from_ref(&item.reference));
    assert_eq!(narrowed("in_force=2026-06-01").await, std::slice::from_ref(&item.reference));
    assert!(narrowed("in_force=2026-01-10").await.is_empty(), "not in force yet");
    assert!(narrowed("from=2030-01-01").await.is_empty());
    let page = world.get("laocai", "/tim-kiem?q=khai+sinh&loai=thong-bao").await;
    assert!(page.says("lưu động") && !page.says("vùng cao"), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_corrected_or_withdrawn_is_not_found_any_more() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let item = world.issues("chinhphu", notice("Lịch cấp xwikqra gạo", "Một.")).await;
    let gone = world.issues("chinhphu", notice("Thông báo zzwvquy tạm", "Hai.")).await;
    world.settle().await;
    comes(&world, "xa-a.laocai", "xwikqra", &item, true).await;
    comes(&world, "xa-a.laocai", "zzwvquy", &gone, true).await;
    world.corrects(&item, edition("Lịch cấp lúa giống", "Một.")).await;
    world.settle().await;
    comes(&world, "xa-a.laocai", "lúa giống", &item, true).await;
    comes(&world, "xa-a.laocai", "xwikqra", &item, false).await;
    // In the same moment, whether the index has heard of it or not.
    world.withdraws(&gone, false).await;
    assert!(found(&world, "chinhphu", "zzwvquy").await.is_empty());
    world.settle().await;
    assert!(found(&world, "xa-a.laocai", "zzwvquy").await.is_empty());
}

/// What the index has on the disk but for its own lists of files.
fn pieces(world: &World, label: &str) -> Vec<String> {
    let folder = world.home(label).join("data/search");
    let names =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    names.filter(|name| !name.ends_with(".json") && !name.ends_with(".lock") && name.contains('.')).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_leaves_no_byte_in_the_index() {
    let world = World::with(["chinhphu", "mof"]).await;
    let item = world.issues("chinhphu", notice("Thông báo zzwvquy tạm", "Hai.")).await;
    world.settle().await;
    for portal in ["chinhphu", "mof"] {
        comes(&world, portal, "zzwvquy", &item, true).await;
        assert!(!pieces(&world, portal).is_empty(), "nothing to erase yet");
    }
    world.erases(&item).await;
    world.settle().await;
    for label in ["chinhphu", "mof"] {
        until("the index to be clean", async || {
            let left = pieces(&world, label);
            if left.is_empty() { Ok(()) } else { Err(format!("{left:?}")) }
        })
        .await;
        assert!(files_with(&world.home(label).join("data/search"), "zzwvquy").is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_or_missing_index_is_built_anew_and_reading_goes_on() {
    let mut world = World::with(["chinhphu"]).await;
    let item = world.issues("chinhphu", decree()).await;
    comes(&world, "chinhphu", "khai sinh", &item, true).await;
    world.stop("chinhphu").await;
    let index = world.home("chinhphu").join("data/search");
    for file in std::fs::read_dir(&index).unwrap().flatten() {
        std::fs::write(file.path(), "hỏng").unwrap();
    }
    world.start("chinhphu").await;
    assert_eq!(world.page("chinhphu", &item).await.status, 200);
    assert_eq!(world.get("chinhphu", "/tim-kiem?q=khai+sinh").await.status, 200);
    comes(&world, "chinhphu", "khai sinh", &item, true).await;
    world.stop("chinhphu").await;
    std::fs::remove_dir_all(&index).unwrap();
    world.start("chinhphu").await;
    comes(&world, "chinhphu", "khai sinh", &item, true).await;
    // By the administrator's wish, and by nobody else's.
    let nobody = world.ask(world.request("POST", "chinhphu", "/api/v1/reindex")).await;
    assert_eq!(nobody.status, 401);
    assert_eq!(world.post("chinhphu", "/api/v1/reindex", &json!({})).await.json()["state"], "building");
    comes(&world, "chinhphu", "khai sinh", &item, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kill_9_while_indexing_loses_nothing() {
    let mut world = World::with(["chinhphu"]).await;
    world.stop("chinhphu").await;
    let mut items = Vec::new();
    for round in 0..3 {
        let program = Program::start(&world, "chinhphu");
        signs(&world, "chinhphu").await;
        for n in 0..12 {
            items.push(world.issues("chinhphu", notice(&format!("Mục qvxk{round}x{n}"), "Một.")).await);
        }
        program.kill();
    }
    world.start("chinhphu").await;
    for (n, item) in items.iter().enumerate() {
        comes(&world, "chinhphu", &format!("qvxk{}x{}", n / 12, n % 12), item, true).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_queries_get_an_honest_page() {
    let world = World::with(["chinhphu"]).await;
    let item = world.issues("chinhphu", decree()).await;
    comes(&world, "chinhphu", "khai sinh", &item, true).await;
    let long = format!("/tim-kiem?q={}", "khai+sinh+".repeat(1_000));
    assert!(world.get("chinhphu", &long).await.says("chỉ phần đầu"));
    for path in [
        "/tim-kiem",
        "/tim-kiem?q=",
        "/tim-kiem?q=%22%22%28%29AND+OR+*",
        "/tim-kiem?q=%E2%80%AE%E2%80%8F",
        "/tim-kiem?q=%ff%fe",
        "/tim-kiem?q=(a%2B)%2B%24&trang=3",
        "/tim-kiem?q=khai+sinh&loc=level:khong-co",
    ] {
        assert_eq!(world.get("chinhphu", path).await.status, 200, "{path}");
    }
    assert!(world.get("chinhphu", "/tim-kiem?q=khai+sinh&trang=9").await.says("sau kết quả cuối"));
    assert_eq!(world.get("chinhphu", "/tim-kiem?q=x&trang=99").await.status, 400);
    assert_eq!(world.get("chinhphu", "/tim-kiem?q=x&tu=hom-qua").await.status, 400);
    assert_eq!(world.get("chinhphu", "/api/search?q=x&limit=0").await.status, 422);
    let script = world.get("chinhphu", "/tim-kiem?q=%3Cscript%3Ealert(1)%3C/script%3E").await;
    assert!(!script.says("<script>alert"), "{}", script.text());
    // One network that asks too much is told so; what it has asked before, and reading, stay open.
    let mut last = 200;
    for n in 0..400 {
        last = world.get("chinhphu", &format!("/tim-kiem?q=so+{n}")).await.status;
        if last == 429 {
            break;
        }
    }
    assert_eq!(last, 429);
    let refused = world.get("chinhphu", "/tim-kiem?q=mot+cau+moi").await;
    assert!(refused.says("quá nhiều câu tìm") && !refused.header("retry-after").is_empty());
    assert!(refused.says("<a href=\"\">Tìm lại câu vừa rồi</a>"), "{}", refused.text());
    let english = world.get("chinhphu", "/en/tim-kiem?q=mot+cau+moi").await;
    assert!(english.status == 429 && english.says("Search for that again"), "{}", english.text());
    assert_eq!(world.page("chinhphu", &item).await.status, 200);
}
