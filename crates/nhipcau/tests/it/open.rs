//! Open data as strangers take it: harvested, listed, downloaded whole, embedded; and as somebody attacks it.

use std::collections::BTreeSet;
use std::io::Read;
use std::process::Command;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::world::{Answer, World, notice};

const PORTAL: &str = "xa-a.laocai";

fn document(number: &str) -> Value {
    json!({
        "kind": "document", "title": format!("Văn bản {number} <b> & \"c\""), "number": number, "form": "Nghị định",
        "agency": "Chính phủ", "issued": "2020-01-10", "effective": "2020-03-01", "fields": ["y-te"],
        "text": "## Chương I. CHUNG\n\n### Điều 1. Phạm vi\n\n1. Một & hai.",
    })
}

#[track_caller]
fn well_formed(xml: &str) {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let mut depth = 0_i64;
    loop {
        match reader.read_event().unwrap_or_else(|e| panic!("{e}: {xml}")) {
            Event::Start(tag) => {
                depth += 1;
                for attribute in tag.attributes() {
                    attribute.unwrap_or_else(|e| panic!("{e}: {xml}"));
                }
            }
            Event::End(_) => depth -= 1,
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "not closed: {xml}");
}

async fn oai(world: &World, query: &str) -> String {
    let answer = world.get(PORTAL, &format!("/oai?{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.text());
    assert!(answer.header("content-type").starts_with("text/xml"), "{query}");
    well_formed(&answer.text());
    answer.text()
}

fn each<'a>(text: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    text.split(start).skip(1).filter_map(|part| part.split(end).next()).collect()
}

/// A nation with more records than one answer holds, one of them withdrawn and one erased.
async fn nation() -> (World, Vec<super::world::Item>) {
    let world = World::with(["chinhphu", "laocai"]).await;
    let mut items = Vec::new();
    for n in 1..=3 {
        items.push(world.issues("chinhphu", document(&format!("{n}/2020/NĐ-CP"))).await);
    }
    for n in 0..110 {
        items.push(world.issues(PORTAL, notice(&format!("Thông báo {n}"), "Một.")).await);
    }
    world.withdraws(&items[3], false).await;
    world.erases(&items[4]).await;
    world.settle().await;
    (world, items)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_harvester_gets_every_record_once_and_every_deletion_for_ever() {
    let (mut world, items) = nation().await;
    let said = oai(&world, "verb=Identify").await;
    for says in [
        "<protocolVersion>2.0<",
        "<deletedRecord>persistent<",
        "<granularity>YYYY-MM-DDThh:mm:ssZ<",
        "<adminEmail>",
    ] {
        assert!(said.contains(says), "{says}: {said}");
    }
    let sets = oai(&world, "verb=ListSets").await;
    assert!(
        sets.contains("<setSpec>kind:document<") && sets.contains("<setSpec>agency:chinhphu.localhost<"),
        "{sets}"
    );
    assert_eq!(
        each(&oai(&world, "verb=ListMetadataFormats").await, "<metadataPrefix>", "<"),
        ["oai_dc", "akn"]
    );

    let mut found = Vec::new();
    let mut query = "verb=ListRecords&metadataPrefix=oai_dc".to_owned();
    for step in 0.. {
        let page = oai(&world, &query).await;
        found.extend(each(&page, "<identifier>", "<").into_iter().map(str::to_owned));
        let token = each(&page, "<resumptionToken", "</")[0].split_once('>').unwrap().1.to_owned();
        if token.is_empty() {
            break;
        }
        query = format!("verb=ListRecords&resumptionToken={token}");
        if step == 0 {
            // A token is good after a restart.
            world.stop("laocai").await;
            world.start("laocai").await;
        }
        assert!(step < 5, "the list does not end");
    }
    let distinct: BTreeSet<&String> = found.iter().collect();
    assert_eq!((found.len(), distinct.len()), (items.len(), items.len()), "each once");
    let id = |at: usize| format!("oai:{PORTAL}.localhost:{}", items[at].reference);
    for at in [3, 4] {
        let gone = oai(&world, &format!("verb=GetRecord&metadataPrefix=oai_dc&identifier={}", id(at))).await;
        assert!(gone.contains("<header status=\"deleted\">") && !gone.contains("<metadata>"), "{gone}");
        assert!(!gone.contains("Thông báo"), "nothing of it is told: {gone}");
    }
    let one = oai(&world, &format!("verb=GetRecord&metadataPrefix=akn&identifier={}", id(0))).await;
    assert!(one.contains("<akomaNtoso") && one.matches("<?xml").count() == 1, "{one}");
    let akn = oai(&world, "verb=ListIdentifiers&metadataPrefix=akn").await;
    assert_eq!(each(&akn, "<header", ">").iter().filter(|h| !h.contains("deleted")).count(), 3, "{akn}");
    let of = oai(&world, "verb=ListIdentifiers&metadataPrefix=oai_dc&set=agency:chinhphu.localhost").await;
    assert_eq!(each(&of, "<identifier>", "<").len(), 3, "{of}");
    let kind = oai(&world, "verb=ListIdentifiers&metadataPrefix=oai_dc&set=kind:document").await;
    assert_eq!(each(&kind, "<header>", "</header>").len(), 3, "{kind}");
    // Whoever comes again asks only for what is new, and is told of a withdrawal.
    let stamp = each(&one, "<datestamp>", "<")[0].to_owned();
    let since = oai(&world, &format!("verb=ListIdentifiers&metadataPrefix=oai_dc&from={stamp}")).await;
    assert!(since.contains(&id(0)));
    let form =
        world.request("POST", PORTAL, "/oai").header("content-type", "application/x-www-form-urlencoded");
    assert!(
        world.ask(form.body("verb=Identify")).await.says("<repositoryName>"),
        "the protocol asks for POST, too"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_late_is_told_by_when_it_came() {
    let world = World::with(["chinhphu", "laocai"]).await;
    world.issues("chinhphu", document("1/2020/NĐ-CP")).await;
    world.settle().await;
    world.cut("laocai");
    let late = world.issues("chinhphu", document("2/2020/NĐ-CP")).await;
    // A day passes before the line is mended; whoever harvested meanwhile asks from yesterday evening.
    world.clock("laocai").pass(86_400_000_000);
    let before = world.clock("laocai").now();
    world.mend("laocai");
    world.settle().await;
    let from = before.strftime("%Y-%m-%dT%H:%M:%SZ");
    let told = oai(&world, &format!("verb=ListIdentifiers&metadataPrefix=oai_dc&from={from}")).await;
    assert!(told.contains(&late.reference), "what came late was never told: {told}");
    assert_eq!(each(&told, "<identifier>", "<").len(), 1, "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_harvester_that_asks_wrongly_gets_the_protocols_own_code() {
    let world = World::with(["chinhphu"]).await;
    world.issues("chinhphu", document("1/2020/NĐ-CP")).await;
    let long = "x".repeat(10_000);
    for (query, code) in [
        ("", "badVerb"),
        ("verb=Nothing", "badVerb"),
        ("verb=Identify&verb=Identify", "badVerb"),
        ("verb=Identify&a=b", "badArgument"),
        ("verb=ListRecords", "badArgument"),
        ("verb=GetRecord&metadataPrefix=oai_dc", "badArgument"),
        ("verb=ListRecords&metadataPrefix=marc", "cannotDisseminateFormat"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=gestern", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-13-40", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-01&until=2025-01-01", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-01&until=2026-01-01T00:00:00Z", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=9990-12-31", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&from=99999-12-31", "badArgument"),
        ("verb=ListRecords&metadataPrefix=oai_dc&until=0001-01-01", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=kind:none", "noRecordsMatch"),
        ("verb=ListRecords&metadataPrefix=oai_dc&set=agency:x%3C%26%3E", "noRecordsMatch"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:x:y", "idDoesNotExist"),
        ("verb=ListMetadataFormats&identifier=%00", "idDoesNotExist"),
        ("verb=ListRecords&resumptionToken=AAAA", "badResumptionToken"),
        ("verb=ListSets&resumptionToken=AAAA", "badResumptionToken"),
        ("verb=ListRecords&resumptionToken=AAAA&metadataPrefix=oai_dc", "badArgument"),
        ("verb=%3Cscript%3E&x=%22%3E", "badVerb"),
        (&format!("verb=ListRecords&metadataPrefix={long}"), "badArgument"),
        (&format!("verb={long}"), "badVerb"),
    ] {
        let answer = world.get("chinhphu", &format!("/oai?{query}")).await;
        let text = answer.text();
        well_formed(&text);
        assert_eq!(answer.status, 200, "{query:.80}");
        assert!(text.contains(&format!("<error code=\"{code}\">")), "{query:.80}: {text}");
        assert!(!text.contains("<script>"), "{query:.80}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_researcher_lists_filters_and_goes_on() {
    let (world, items) = nation().await;
    let ask = async |query: &str| -> Value {
        let answer = world.get(PORTAL, &format!("/api/v1/records?{query}")).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.text());
        answer.json()
    };
    let mut all = Vec::new();
    let mut query = "limit=40".to_owned();
    loop {
        let page = ask(&query).await;
        all.extend(page["records"].as_array().unwrap().clone());
        match page["cursor"].as_str() {
            Some(cursor) => query = format!("limit=40&cursor={cursor}"),
            None => break,
        }
    }
    let names: BTreeSet<&str> = all.iter().map(|r| r["reference"].as_str().unwrap()).collect();
    assert_eq!((all.len(), names.len()), (items.len(), items.len()));
    let state =
        |at: usize| all.iter().find(|r| r["reference"] == items[at].reference).unwrap()["state"].clone();
    assert_eq!((state(0), state(3), state(4)), (json!("standing"), json!("withdrawn"), json!("erased")));
    for (query, count) in [
        ("kind=document&field=y-te", 3),
        ("agency=chinhphu.localhost", 3),
        ("field=nong-nghiep", 0),
        ("in_force=2020-02-29", 0),
        ("in_force=2024-01-01&limit=200", 3),
        ("issued_from=2020-01-10&issued_until=2020-01-10&limit=200", 3),
        ("from=2999-01-01T00:00:00Z", 0),
    ] {
        assert_eq!(ask(query).await["records"].as_array().unwrap().len(), count, "{query}");
    }
    let whole = ask("kind=document&content=true&in_force=2024-01-01&limit=1").await;
    let record = &whole["records"][0];
    assert!(record["document"]["title"].is_string() && record["editions"][0]["edition"] == 1, "{record}");
    assert_eq!(record["legal_status"], "in_force");
    let described: Value = world.get(PORTAL, "/api/v1/openapi.json").await.json();
    for (path, said) in [("Records", &whole), ("Hosts", &world.get(PORTAL, "/api/v1/hosts").await.json())] {
        let found = super::schema::faults(&described, &described["components"]["schemas"][path], said);
        assert!(found.is_empty(), "{path}: {found:?}");
    }
    let first = world.get(PORTAL, "/api/v1/records?limit=5").await;
    let again =
        world.request("GET", PORTAL, "/api/v1/records?limit=5").header("if-none-match", first.header("etag"));
    assert_eq!(world.ask(again).await.status, 304);
    for bad in [
        "limit=0",
        "limit=201",
        "cursor=AAAA",
        "from=gestern",
        "in_force=2026-02-30",
        "agency=x",
        "kind=%3C",
        "x=1",
        &format!("cursor={}", "A".repeat(10_000)),
    ] {
        let refused = world.get(PORTAL, &format!("/api/v1/records?{bad}")).await;
        assert_eq!(refused.status, 422, "{bad:.60}: {}", refused.text());
    }
}

fn unpacked(answer: &Answer) -> String {
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(&answer.bytes[..]).read_to_string(&mut text).unwrap();
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_can_be_taken_at_once_and_an_erasure_is_in_none_of_it() {
    let (world, items) = nation().await;
    let mut naming = document("9/2024/NĐ-CP");
    naming["relations"] = json!([{ "kind": "repeals", "number": "1/2020/NĐ-CP" }, { "kind": "amends", "number": "2/2020/NĐ-CP" }]);
    world.issues("chinhphu", naming).await;
    world.settle().await;
    let text = unpacked(&world.get(PORTAL, "/du-lieu/muc.jsonl.gz").await);
    let (body, last) = text.trim_end().rsplit_once('\n').unwrap();
    let end: Value = serde_json::from_str(last).unwrap();
    assert_eq!(end["end"]["records"], items.len() + 1);
    assert_eq!(end["end"]["sha256"], hex::encode(Sha256::digest(format!("{body}\n").as_bytes())));
    let lines: Vec<Value> = body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.iter().filter(|line| line["document"].is_object()).count(), items.len() - 1);
    assert!(!text.contains("Thông báo 0\"") && !text.contains("Thông báo 1\""), "withdrawn and erased");
    let csv = unpacked(&world.get(PORTAL, "/du-lieu/muc.csv.gz").await);
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(
        rows.records().map(|row| row.unwrap().len()).filter(|cells| *cells == 17).count(),
        items.len() + 1
    );
    let relations = unpacked(&world.get(PORTAL, "/du-lieu/quan-he.csv.gz").await);
    assert!(
        relations.lines().count() == 3 && relations.contains("repeals") && relations.contains("1/2020/NĐ-CP"),
        "{relations}"
    );
    assert_eq!(unpacked(&world.get(PORTAL, "/du-lieu/co-quan.csv.gz").await).lines().count(), 5);
    assert_eq!(unpacked(&world.get(PORTAL, "/du-lieu/co-quan.jsonl.gz").await).lines().count(), 5);
    for missing in ["/du-lieu/khac.csv", "/du-lieu/..%2Fadmin.token", "/du-lieu/%00"] {
        assert_eq!(world.get(PORTAL, missing).await.status, 404, "{missing}");
    }
    let page = world.get(PORTAL, "/du-lieu").await;
    assert!(
        page.says("muc.jsonl.gz") && page.says("/assets/nhung.js") && page.says("Luật Sở hữu trí tuệ"),
        "{}",
        page.text()
    );
    // What programs may ask is described for people, too, each operation under its name; none is made up.
    let api = world.get(PORTAL, "/du-lieu/api").await;
    assert!(
        page.says("href=\"/du-lieu/api\"") && api.says("href=\"/du-lieu/api/records\""),
        "{}",
        api.text()
    );
    let records = world.get(PORTAL, "/en/du-lieu/api/records").await;
    assert!(records.says("Items of a portal in every state") && records.says("integer 1–200 = 50"));
    assert_eq!(world.get(PORTAL, "/du-lieu/api/nothing").await.status, 404);
    let catalogue = world.get(PORTAL, "/du-lieu/dcat.jsonld").await.json();
    assert!(catalogue["@graph"].as_array().unwrap().iter().any(|node| node["@type"] == "dcat:Catalog"));
    assert!(world.get(PORTAL, "/du-lieu/dcat.ttl").await.says(" a dcat:Catalog"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_is_embedded_and_its_withdrawal_is_too() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let item = world.issues("chinhphu", document("1/2020/NĐ-CP")).await;
    world.settle().await;
    let page = world.page(PORTAL, &item).await.text();
    let link = page.split("application/json+oembed\" href=\"").nth(1).and_then(|rest| rest.split('"').next());
    let link = link.unwrap_or_else(|| panic!("no discovery: {page}")).replace("&amp;", "&");
    let told = world.get(PORTAL, &link).await;
    assert_eq!(told.header("access-control-allow-origin"), "*");
    let said = told.json();
    assert_eq!(
        (&said["version"], &said["type"], &said["width"]),
        (&json!("1.0"), &json!("rich"), &json!(600)),
        "{said}"
    );
    let html = said["html"].as_str().unwrap();
    assert!(html.contains("&lt;b&gt;") && !html.contains("<b>") && html.contains(&item.reference), "{html}");
    let xml = world.get(PORTAL, &format!("{link}&format=xml&maxwidth=300")).await;
    well_formed(&xml.text());
    assert!(xml.says("<width>300</width>"), "{}", xml.text());
    for (bad, status) in [
        ("/oembed", 422),
        ("/oembed?url=x", 404),
        ("/oembed?url=https%3A%2F%2Fvidu.example%2Fmuc%2Fx", 404),
        ("/oembed?url=javascript%3Aalert(1)", 404),
        (&format!("{link}&format=yaml"), 422),
        (&format!("{link}&maxwidth=-1"), 422),
        (&format!("/oembed?url={}", "x".repeat(10_000)), 404),
    ] {
        assert_eq!(world.get(PORTAL, bad).await.status, status, "{bad:.80}");
    }
    let script = world.get(PORTAL, "/assets/nhung.js").await;
    assert!(script.status == 200 && script.bytes.len() < 10 << 10);
    assert_eq!(script.header("access-control-allow-origin"), "*");
    for _ in 0..2 {
        // Also when it is a kept page that is sent.
        let feed = world.get(PORTAL, "/feed.json?cua=mang").await;
        assert_eq!(feed.header("access-control-allow-origin"), "*");
        assert_eq!(feed.json()["items"][0]["_nhipcau"]["stands"], true);
    }
    assert_eq!(world.get(PORTAL, "/feed.json?cua=cong").await.json()["items"].as_array().unwrap().len(), 0);
    let list = world.get(PORTAL, "/thong-tin?loai=van-ban&cua=mang").await;
    assert!(
        list.says("href=\"/feed.atom?loai=van-ban&#38;cua=mang\"")
            || list.says("/feed.atom?loai=van-ban&amp;cua=mang"),
        "{}",
        list.text()
    );
    well_formed(&world.get(PORTAL, "/sitemap-tin.xml").await.text());
    assert!(world.get(PORTAL, "/sitemap-tin.xml").await.says("<news:title>"));
    world.withdraws(&item, false).await;
    world.settle().await;
    assert_eq!(world.get(PORTAL, &link).await.status, 404);
    assert_eq!(world.get(PORTAL, "/feed.json").await.json()["items"][0]["_nhipcau"]["stands"], false);
}

/// Programs that others wrote: PyPI's Sickle, feedparser and rdflib, and Debian's newsboat.
#[tokio::test(flavor = "multi_thread")]
async fn programs_of_others_read_us() {
    let Some(python) = std::env::var_os("NHIPCAU_HARVEST") else {
        println!(
            "skipped: harvesting by others' programs needs PyPI; ./check runs it with NHIPCAU_HARVEST=<python>"
        );
        return;
    };
    let (world, items) = nation().await;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/harvest.py");
    let output = tokio::task::block_in_place(|| {
        Command::new(python)
            .args([script, &format!("http://{}", world.host(PORTAL)), &items.len().to_string()])
            .output()
    });
    let output = output.unwrap();
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}");
    println!("{said}");
}
