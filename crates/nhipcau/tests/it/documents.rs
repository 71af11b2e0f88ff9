//! Official documents: in force or not on any day, on every portal, whatever came first and from whichever agency.

use serde_json::{Value, json};

use super::world::{Answer, Item, World, item};

const PORTALS: [&str; 4] = ["chinhphu", "mof", "laocai", "xa-a.laocai"];

fn document(number: &str, form: &str, agency: &str, issued: &str, effective: &str) -> Value {
    json!({
        "kind": "document", "title": format!("{form} về việc thử, số {number}"), "number": number, "form": form,
        "agency": agency, "issued": issued, "effective": effective,
        "text": "Căn cứ Luật A;\n\n## Chương I. CHUNG\n\n### Điều 1. Phạm vi\n\n1. Một & hai.\n\na) Điểm a;\n\n2. Ba.",
    })
}

fn decree() -> Value {
    document("42/2020/NĐ-CP", "Nghị định", "Chính phủ", "2020-01-10", "2020-03-01")
}

fn repeal(kind: &str) -> Value {
    let mut draft = document("9/2024/TT-BTC", "Thông tư", "Bộ Tài chính", "2024-05-01", "2024-07-01");
    draft["relations"] = json!([{ "kind": kind, "number": "42/2020/NĐCP" }]);
    draft
}

/// What a page says about a day, without markup.
async fn on(world: &World, portal: &str, item: &Item, day: &str) -> String {
    let query = if day.is_empty() { String::new() } else { format!("?ngay={day}") };
    let page = world.get(portal, &format!("/muc/{}{query}", item.reference)).await;
    assert_eq!(page.status, 200, "{portal} {day}");
    fact(&page)
}

fn fact(page: &Answer) -> String {
    let text = page.text();
    let fact =
        text.split("id=\"hieu-luc\">").nth(1).unwrap_or_else(|| panic!("no status on the page: {text}"));
    let fact = fact.split("<form").next().unwrap();
    let mut plain = String::new();
    for piece in fact.split('<') {
        plain.push_str(piece.split_once('>').map_or(piece, |(_, text)| text));
    }
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeal_from_another_agency_ends_a_decree_on_every_portal_from_its_day() {
    let world = World::with(["chinhphu", "mof", "laocai"]).await;
    let decree = world.issues("chinhphu", decree()).await;
    world.settle().await;
    for portal in PORTALS {
        assert!(on(&world, portal, &decree, "").await.starts_with("Còn hiệu lực hôm nay"), "{portal}");
        assert!(world.get(portal, "/thong-tin").await.says("còn hiệu lực"), "{portal}");
    }
    let repeal = world.issues("mof", repeal("repeals")).await;
    world.settle().await;
    for portal in PORTALS {
        let said = on(&world, portal, &decree, "").await;
        assert!(said.starts_with("Bị bãi bỏ hôm nay"), "{portal}: {said}");
        assert!(said.contains("bị bãi bỏ bởi 9/2024/TT-BTC từ ngày 01/07/2024"), "{portal}: {said}");
        let before = on(&world, portal, &decree, "2024-06-30").await;
        assert!(before.starts_with("Còn hiệu lực vào ngày 30/06/2024"), "{portal}: {before}");
        assert!(
            on(&world, portal, &decree, "2024-07-01").await.starts_with("Bị bãi bỏ vào ngày"),
            "{portal}"
        );
        assert!(on(&world, portal, &decree, "2020-02-29").await.starts_with("Chưa có hiệu lực"), "{portal}");
        let page = world.page(portal, &decree).await;
        assert!(page.says(&format!("<a href=\"/muc/{}\">9/2024/TT-BTC</a>", repeal.reference)), "{portal}");
        let other = world.page(portal, &repeal).await;
        assert!(other.says("<h3>Bãi bỏ</h3>") && other.says(&decree.reference), "{portal}: not both ways");
        assert!(world.get(portal, "/thong-tin").await.says("bị bãi bỏ"), "{portal}: the list");
        let english = world.get(portal, &format!("/en/muc/{}", decree.reference)).await;
        assert!(english.says("Repealed") && english.says("repealed by <a href=\"/en/muc/"), "{portal}");
    }

    world.withdraws(&repeal, false).await;
    world.settle().await;
    for portal in PORTALS {
        assert!(
            on(&world, portal, &decree, "").await.starts_with("Còn hiệu lực hôm nay"),
            "{portal}: withdrawn"
        );
    }
    let mut again = self::repeal("repeals");
    again["change_note"] = "Đăng lại".into();
    world.corrects(&repeal, again).await;
    world.settle().await;
    assert!(on(&world, "xa-a.laocai", &decree, "").await.starts_with("Bị bãi bỏ"), "it stands again");
    world.erases(&repeal).await;
    world.settle().await;
    for portal in PORTALS {
        let said = on(&world, portal, &decree, "").await;
        assert!(said.starts_with("Còn hiệu lực hôm nay"), "{portal}: erased: {said}");
        let mut conn = world.app(portal.rsplit('.').next().unwrap()).db.read().await.unwrap();
        let (left,): (i64,) = nhipcau::one!(&mut conn, (i64,), "SELECT COUNT(*) FROM relation").unwrap();
        assert_eq!(left, 0, "{portal}: what the erased text stated is still kept");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeal_that_came_before_its_decree_ends_it_all_the_same() {
    let mut world = World::with(["chinhphu", "mof", "laocai"]).await;
    let repeal = world.issues("mof", repeal("replaces")).await;
    world.settle().await;
    assert!(
        world.page("xa-a.laocai", &repeal).await.says("<h3>Thay thế</h3>"),
        "though nobody has the other"
    );
    world.cut("laocai");
    let decree = world.issues("chinhphu", decree()).await;
    world.settle().await;
    assert!(on(&world, "mof", &decree, "").await.starts_with("Hết hiệu lực, bị thay thế"));
    world.mend("laocai");
    world.settle().await;
    for portal in PORTALS {
        let said = on(&world, portal, &decree, "").await;
        assert!(said.starts_with("Hết hiệu lực, bị thay thế hôm nay"), "{portal}: {said}");
        assert!(on(&world, portal, &decree, "2024-06-30").await.starts_with("Còn hiệu lực"), "{portal}");
    }

    // A node whose tables another version has written, or that has none yet, works them out at its start.
    world.stop("laocai").await;
    let app = world.open("laocai").await;
    app.db
        .write("test.forget", async |tx: &mut nhipcau::db::Tx| -> Result<(), anyhow::Error> {
            nhipcau::run!(tx, "DELETE FROM document")?;
            nhipcau::run!(tx, "DELETE FROM relation")?;
            nhipcau::run!(tx, "DELETE FROM meta WHERE name = 'documents'")?;
            Ok(())
        })
        .await
        .unwrap();
    app.close().await;
    world.start("laocai").await;
    world.settle().await;
    let said = on(&world, "xa-a.laocai", &decree, "").await;
    assert!(said.starts_with("Hết hiệu lực, bị thay thế hôm nay"), "worked out anew: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspension_ends_a_part_changes_and_a_commune_ends_nothing_of_the_state() {
    let world = World::with(["chinhphu", "mof", "laocai"]).await;
    let decree = world.issues("chinhphu", decree()).await;
    let mut acts = repeal("suspends");
    acts["relations"] = json!([
        { "kind": "suspends", "number": "42/2020/NĐ-CP", "from": "2024-08-01", "until": "2024-09-01" },
        { "kind": "repeals", "number": "42/2020/NĐ-CP", "part": "Điều 5", "from": "2024-10-01" },
        { "kind": "based_on", "number": "63/2019/QH14" },
    ]);
    world.issues("mof", acts).await;
    world.settle().await;
    let said = async |day| on(&world, "xa-b.laocai", &decree, day).await;
    assert!(said("2024-07-31").await.starts_with("Còn hiệu lực vào ngày"));
    assert!(said("2024-08-31").await.starts_with("Ngưng hiệu lực vào ngày"));
    assert!(said("2024-09-01").await.starts_with("Còn hiệu lực vào ngày"));
    let part = said("2024-10-01").await;
    assert!(
        part.starts_with("Còn hiệu lực, đã có thay đổi") && part.contains("bị bãi bỏ một phần bởi"),
        "{part}"
    );
    let wrong = world.get("laocai", &format!("/muc/{}?ngay=2024-02-30", decree.reference)).await;
    assert!(wrong.says("“2024-02-30” không phải một ngày") && wrong.says("hôm nay, "), "{}", fact(&wrong));

    let mut bold = document("1/QĐ-UBND", "Quyết định", "UBND xã A", "2024-01-01", "2024-01-01");
    bold["relations"] = json!([{ "kind": "repeals", "number": "42/2020/NĐ-CP" }]);
    world
        .ask(
            world
                .request("POST", "xa-a.laocai", "/api/v1/items")
                .bearer_auth(world.token("laocai"))
                .json(&json!({ "portal": "xa-a.laocai.localhost", "item": bold })),
        )
        .await;
    world.settle().await;
    assert!(said("2024-07-31").await.starts_with("Còn hiệu lực vào ngày"), "a commune repealed a decree");
    let page = world.page("xa-b.laocai", &decree).await;
    assert!(page.says("không tính vào hiệu lực: cổng đăng thuộc cấp dưới"), "it is told all the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_given_once_and_read_however_it_is_written() {
    let world = World::with(["chinhphu", "mof"]).await;
    let mut sloppy = decree();
    sloppy["number"] = "Nghị định số 042 / 2020 / nđ-cp".into();
    let answer = world.post("chinhphu", "/api/v1/items", &json!({ "item": sloppy })).await;
    assert_eq!((answer.status, answer.json()["number"].as_str()), (201, Some("042/2020/NĐ-CP")));
    let first = item("chinhphu", &answer.json());
    assert!(world.page("chinhphu", &first).await.says(">042/2020/NĐ-CP<"));

    let twice = world.post("chinhphu", "/api/v1/items", &json!({ "item": decree() })).await;
    assert_eq!(twice.status, 422, "{}", twice.text());
    let fault = &twice.json()["faults"][0];
    assert_eq!(fault["field"], "number");
    for words in ["vi", "en"] {
        assert!(fault[words].as_str().unwrap().contains(&first.reference), "{fault}");
    }
    let mut mended = decree();
    mended["change_note"] = "Sửa".into();
    world.corrects(&first, mended).await;
    assert_eq!(
        world.post("mof", "/api/v1/items", &json!({ "item": decree() })).await.status,
        201,
        "another log"
    );
    world.withdraws(&first, true).await;
    world.issues("chinhphu", decree()).await;

    // A number without year comes back every year, a law and a resolution may share one.
    let plain = |day: &str| document("7/QĐ-TTg", "Quyết định", "Thủ tướng Chính phủ", day, day);
    world.issues("chinhphu", plain("2023-01-05")).await;
    world.issues("chinhphu", plain("2024-01-05")).await;
    let again = world.post("chinhphu", "/api/v1/items", &json!({ "item": plain("2024-01-05") })).await;
    assert_eq!(again.status, 422);
    let of = |form: &str| document("49/2020/QH14", form, "Quốc hội", "2020-06-17", "2020-06-18");
    let [law, resolution] = ["Luật", "Nghị quyết"].map(|form| json!({ "item": of(form) }));
    let at_once = tokio::join!(
        world.post("chinhphu", "/api/v1/items", &law),
        world.post("chinhphu", "/api/v1/items", &resolution),
        world.post("chinhphu", "/api/v1/items", &law),
    );
    let mut codes = [at_once.0.status, at_once.1.status, at_once.2.status];
    codes.sort_unstable();
    assert_eq!(codes, [201, 201, 422], "two at one moment");
    world.settle().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_has_a_stable_address_and_speaks_to_machines() {
    let world = World::with(["chinhphu", "mof", "laocai"]).await;
    let decree = world.issues("chinhphu", decree()).await;
    let of = |form: &str| document("49/2020/QH14", form, "Quốc hội", "2020-06-17", "2020-06-18");
    let law = world.issues("chinhphu", of("Luật")).await;
    let resolution = world.issues("chinhphu", of("Nghị quyết")).await;
    world.issues("mof", repeal("amends")).await;
    world.settle().await;
    let leads = async |path: &str| {
        let answer = world.get("xa-a.laocai", path).await;
        (answer.status, answer.header("location").to_owned())
    };
    let home = format!("/muc/{}", decree.reference);
    assert_eq!(leads("/vb/nghi-dinh/2020/42-nd-cp").await, (302, home.clone()));
    assert_eq!(
        leads("/vb/42/2020/N%C4%90-CP?ngay=2024-01-01").await,
        (302, format!("{home}?ngay=2024-01-01"))
    );
    assert_eq!(leads("/en/vb/nghi-dinh/2020/42-nd-cp").await, (302, format!("/en{home}")));
    assert_eq!(leads("/vb/luat/2020/49-qh14").await, (302, format!("/muc/{}", law.reference)));
    assert_eq!(leads("/vb/nghi-dinh/2020/43-nd-cp").await.0, 404);
    assert_eq!(leads("/vb/khong-co").await.0, 404);
    let several = world.get("xa-a.laocai", "/vb/49/2020/QH14").await;
    assert_eq!(several.status, 200);
    assert!(several.says(&law.reference) && several.says(&resolution.reference), "{}", several.text());

    let page = world.page("xa-a.laocai", &decree).await;
    for said in [
        "property=\"http://data.europa.eu/eli/ontology#id_local\" content=\"42/2020/NĐ-CP\"",
        "<meta name=\"DC.identifier\" content=\"42/2020/NĐ-CP\">",
        "<meta name=\"DC.publisher\" content=\"",
        "\"legislationLegalForce\":\"https://schema.org/PartiallyInForce\"",
        "/vb/nghi-dinh/2020/42-nd-cp\"",
    ] {
        assert!(page.says(said), "{said}");
    }
    let told = world.get("xa-a.laocai", &format!("{home}/van-ban.json?ngay=2024-06-30")).await.json();
    assert_eq!(told["standing"]["status"], "in_force");
    assert_eq!(told["standing"]["until"], "2024-07-01");
    assert_eq!(told["relations"][0]["effect"], "amends");
    assert_eq!(told["text"]["parts"][0]["parts"][0]["parts"][0]["parts"][0]["number"], "a");
    for six in ["title", "creator", "date", "description", "publisher", "identifier"] {
        assert!(!told["dublin_core"][six].as_str().unwrap().trim().is_empty(), "{six}");
    }
    let akn = world.get("laocai", &format!("{home}/akn.xml")).await;
    assert_eq!(akn.header("content-type"), "application/akn+xml; charset=utf-8");
    assert!(akn.says("<article eId=\"chp_i__art_1\">") && akn.says("Một &amp; hai."), "{}", akn.text());
    assert!(akn.says("<passiveRef") && akn.says("9/2024/TT-BTC (amends)"));
    let dc = world.get("laocai", &format!("{home}/dc.xml")).await;
    assert!(dc.says("<dc:date>2020-01-10</dc:date>") && dc.says("<dc:publisher>"), "{}", dc.text());
    // A notice has a description, and no number to be found by.
    let notice = world.issues("mof", json!({ "kind": "notice", "title": "Lịch trực", "text": "x" })).await;
    let place = format!("/muc/{}", notice.reference);
    assert_eq!(world.get("mof", &format!("{place}/dc.xml")).await.status, 200);
    assert_eq!(world.get("mof", &format!("{place}/akn.xml")).await.status, 404);
    world.withdraws(&decree, true).await;
    world.settle().await;
    assert_eq!(world.get("laocai", &format!("{home}/akn.xml")).await.status, 404);
    assert_eq!(leads("/vb/nghi-dinh/2020/42-nd-cp").await, (302, home), "its page says that it is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_paper_says_who_signed_it_on_every_portal() {
    use base64::Engine;
    let world = World::with(["chinhphu", "laocai"]).await;
    let paper = include_bytes!("../../fuzz/corpus/seals/signed.pdf");
    let with = |bytes: &[u8]| {
        let mut draft = decree();
        draft["layer"] = "digitised".into();
        let bytes = base64::engine::general_purpose::STANDARD.encode(bytes);
        draft["files"] = json!([{ "name": "42.signed.pdf", "type": "application/pdf", "base64": bytes }]);
        draft
    };
    let item = world.issues("chinhphu", with(paper)).await;
    world.settle().await;
    for portal in ["chinhphu", "xa-a.laocai"] {
        let page = world.page(portal, &item).await;
        assert!(
            page.says("42.signed.pdf: Cổng Thông tin thử nghiệm, Văn phòng thử nghiệm, ký lúc "),
            "{portal}"
        );
        assert!(page.says("Tệp chưa bị sửa kể từ khi ký."), "{portal}");
        assert!(page.says("chưa được kiểm tra ở đây"), "{portal}: the chain is not judged, and that is said");
        assert!(page.says("Bản số hóa, không có giá trị pháp lý"), "{portal}");
    }
    let mut touched = paper.to_vec();
    touched[9] ^= 1;
    let mut draft = with(&touched);
    draft["change_note"] = "Thay tệp".into();
    world.corrects(&item, draft).await;
    world.settle().await;
    let page = world.page("xa-a.laocai", &item).await;
    assert!(page.says("Tệp không khớp với chữ ký") && !page.says("Tệp chưa bị sửa"), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn hundreds_of_gazette_records_come_in_with_their_relations_and_once() {
    let shared = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/documents");
    let (Ok(records), Ok(relations)) = (
        std::fs::read_to_string(format!("{shared}/gazette.jsonl")),
        std::fs::read_to_string(format!("{shared}/gazette_relations.csv")),
    ) else {
        println!("skipped: {shared} is absent");
        return;
    };
    let world = World::with(["chinhphu"]).await;
    let folder = tempfile::tempdir().unwrap();
    // Those of one year and whatever they are related to: few, and full of relations.
    let records: Vec<&str> = records.lines().filter(|line| line.contains("/2013/")).take(400).collect();
    assert!(records.len() > 200, "{} records", records.len());
    std::fs::write(folder.path().join("gazette.jsonl"), records.join("\n")).unwrap();
    std::fs::write(folder.path().join("gazette_relations.csv"), relations).unwrap();
    let import = async || {
        let done = tokio::process::Command::new(env!("CARGO_BIN_EXE_nhipcau"))
            .args(["gazette", &folder.path().join("gazette.jsonl").display().to_string()])
            .env("NHIPCAU_DIR", world.home("chinhphu"))
            .env_remove("NHIPCAU_NODE")
            .env_remove("NHIPCAU_TOKEN")
            .output()
            .await
            .unwrap();
        let said =
            String::from_utf8_lossy(&done.stdout).into_owned() + &String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{said}");
        said
    };
    let said = import().await;
    assert!(said.contains(&format!("{} documents", records.len())), "{said}");
    let counted = async || -> (i64, i64, i64) {
        let mut conn = world.app("chinhphu").db.read().await.unwrap();
        nhipcau::one!(
            &mut conn,
            (i64, i64, i64),
            "SELECT (SELECT COUNT(*) FROM item), (SELECT COUNT(*) FROM document), (SELECT COUNT(*) FROM relation)"
        )
        .unwrap()
    };
    let (items, documents, relations) = counted().await;
    assert_eq!((items, documents), (records.len() as i64, records.len() as i64));
    assert!(relations > documents, "{relations} relations of {documents} documents");
    import().await;
    assert_eq!(counted().await, (items, documents, relations), "typed again, nothing is issued twice");
    let list = world.get("chinhphu", "/thong-tin").await;
    assert!(list.says("hiệu lực"), "the list says how they stand");
    world.settle().await;
}
