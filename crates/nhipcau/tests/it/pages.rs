//! Pages as they are: whole, in two languages, of nobody else's bytes, every link of them alive.

use std::collections::{BTreeSet, VecDeque};

use serde_json::json;

use super::world::{Answer, World, edition, notice, origin, until};

/// Attributes of an HTML page, as written: `href="…"`, `src="…"`.
fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    html.match_indices(&start).filter_map(|(at, _)| html[at + start.len()..].split('"').next()).collect()
}

/// The scripts inside a page: the attributes of the element and what stands in it.
fn scripts(html: &str) -> Vec<(&str, &str)> {
    html.split("<script").skip(1).filter_map(|part| part.split_once("</script>")?.0.split_once('>')).collect()
}

/// What every page of a demonstration must be, whatever it says.
#[track_caller]
fn whole(path: &str, page: &Answer) {
    let html = page.text();
    assert!(
        page.header("content-type").starts_with("text/html; charset=utf-8"),
        "{path}: {}",
        page.header("content-type")
    );
    let policy = page.header("content-security-policy");
    for part in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"] {
        assert!(policy.contains(part), "{path}: {part} is not in {policy:?}");
    }
    assert!(!policy.contains("unsafe"), "{path}: {policy}");
    assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
    assert!(
        html.starts_with("<!DOCTYPE html>") && html.trim_end().ends_with("</html>"),
        "{path}: not a whole page"
    );
    let title =
        html.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>")).map(|(t, _)| t.trim());
    assert!(title.is_some_and(|title| title.chars().count() > 3), "{path}: title {title:?}");
    let (lang, strip) = if path == "/en" || path.starts_with("/en/") {
        ("en", "not an official")
    } else {
        ("vi", "Bản trình diễn – không phải trang chính thức.")
    };
    assert!(html.contains(&format!("<html lang=\"{lang}\">")), "{path}: not in {lang}");
    assert!(html.contains(strip), "{path}: does not say that it is a demonstration");
    assert_eq!(html.matches("<h1").count(), 1, "{path}: one first heading");
    assert_eq!(html.matches("<main").count(), 1, "{path}");
    let mut ids: Vec<&str> = attributes(&html, "id");
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "{path}: an id stands twice");
    // The API's description names a header.
    let drawn = html.replace("If-None-Match", "");
    for sign in ["{{", "None", "Some("] {
        let around = drawn.split_once(sign).map(|(_, after)| after.chars().take(60).collect::<String>());
        assert_eq!(around, None, "{path}: a template shows {sign}");
    }
    // Nothing inside that the policy forbids, nothing fetched from elsewhere.
    assert!(attributes(&html, "style").is_empty() && !html.contains("<style"), "{path}: style inside");
    for handler in ["onclick", "onload", "onerror", "onsubmit"] {
        assert!(attributes(&html, handler).is_empty(), "{path}: {handler}");
    }
    for (head, body) in scripts(&html) {
        let data = head.contains("application/ld+json");
        assert!(data || body.trim().is_empty(), "{path}: a script inside: {body}");
        if data {
            serde_json::from_str::<serde_json::Value>(body).unwrap_or_else(|e| panic!("{path}: {e}: {body}"));
        }
    }
    for src in attributes(&html, "src") {
        assert!(src.starts_with('/') && !src.starts_with("//"), "{path}: fetches {src}");
    }
    for link in html.split("<link ").skip(1) {
        let link = link.split('>').next().unwrap();
        if link.contains("stylesheet") || link.contains("icon") {
            assert!(link.contains("href=\"/") && !link.contains("href=\"//"), "{path}: fetches {link}");
        }
    }
}

pub async fn a_nation_with_a_past() -> World {
    let world = World::with(["chinhphu", "laocai"]).await;
    let long = (1..200)
        .map(|n| format!("## Điều {n}. Quy định\n\n{}\n\n", "Nội dung của điều này. ".repeat(20)))
        .collect::<String>();
    world.issues("chinhphu", notice("Luật có nhiều điều", &long)).await;
    let corrected = world.issues("chinhphu", notice("Công điện 46/CĐ-TTg", "Một.")).await;
    world.corrects(&corrected, edition("Công điện 46/CĐ-TTg", "Hai.")).await;
    let withdrawn = world.issues("chinhphu", notice("Dự thảo", "Một.")).await;
    world.withdraws(&withdrawn, false).await;
    let gone = world.issues("xa-a.laocai", notice("Đăng nhầm", "Một.")).await;
    world.withdraws(&gone, true).await;
    let erased = world.issues("xa-a.laocai", notice("Lộ dữ liệu", "Một.")).await;
    world.erases(&erased).await;
    let number = json!({ "kind": "document", "title": "Quy chế <b>làm việc</b> & tiếp dân", "number": "42/2022/NĐ-CP", "form": "Nghị định",
        "agency": "Chính phủ", "issued": "2022-06-24", "effective": "2022-08-15", "summary": "Về \"dịch vụ công\" trực tuyến." });
    world.issues("chinhphu", number).await;
    let day = nhipcau::words::date::day(world.app("chinhphu").clock.now());
    world.issues("chinhphu", nhipcau::items::kinds::of("procedure").unwrap().example(day)).await;
    for n in 0..35 {
        world.issues("chinhphu", notice(&format!("Tin số {n}"), "Một.")).await;
    }
    world.settle().await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn every_link_of_every_page_leads_to_a_whole_page_in_both_languages() {
    let world = a_nation_with_a_past().await;
    let portal = "xa-a.laocai";
    let here = format!("http://{}", world.host(portal));
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut queue: VecDeque<String> = ["/".to_owned(), "/en/".to_owned()].into();
    let (mut pages, mut others, mut places) = (0, 0, 0);
    while let Some(path) = queue.pop_front() {
        if !seen.insert(path.clone()) {
            continue;
        }
        assert!(seen.len() < 2_000, "the portal has no end: {path}");
        let answer = world.get(portal, &path).await;
        // What is saved as a file is read elsewhere.
        let saved = answer.header("content-disposition").starts_with("attachment");
        let html = answer.header("content-type").starts_with("text/html") && !saved;
        assert!(matches!(answer.status, 200 | 410), "{path}: {}", answer.status);
        if !html {
            others += 1;
            continue;
        }
        pages += 1;
        whole(&path, &answer);
        let text = answer.text();
        let links = attributes(&text, "href")
            .into_iter()
            .chain(attributes(&text, "src"))
            .chain(attributes(&text, "data-proof"));
        for link in links {
            let link = link.replace("&amp;", "&").replace("&#38;", "&");
            let link = link.split('#').next().unwrap();
            let link = link.strip_prefix(&here).unwrap_or(link);
            // One of 3,321 communes is like another.
            let place = link.contains("noi=") || link.contains("tinh=");
            places += usize::from(place);
            if place && places > 5 {
                continue;
            }
            if link.starts_with('/') && !link.starts_with("//") {
                queue.push_back(link.to_owned());
            }
        }
    }
    assert!(pages > 80 && others > 10, "only {pages} pages and {others} other things were found");
    assert!(seen.iter().any(|path| path.contains("trang=2")), "the list has no second page");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_kept_by_browsers_and_change_when_what_they_show_changes() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let item = world.issues("chinhphu", notice("Công điện", "Một.")).await;
    world.settle().await;
    let path = format!("/muc/{}", item.reference);
    // Where else it stands is learnt after the first look, and changes the page once more.
    let etag = until("a page that stays as it is", async || {
        let first = world.get("laocai", &path).await;
        let etag = first.header("etag").to_owned();
        assert!(!etag.is_empty());
        let again = world.ask(world.request("GET", "laocai", &path).header("if-none-match", &etag)).await;
        let kept = (again.status, again.bytes.len());
        if kept == (304, 0) { Ok(etag) } else { Err(format!("{kept:?}")) }
    })
    .await;
    world.corrects(&item, edition("Công điện", "Hai.")).await;
    world.settle().await;
    let after = world.ask(world.request("GET", "laocai", &path).header("if-none-match", &etag)).await;
    assert_eq!(after.status, 200, "an old copy was called fresh after a correction");
    assert!(after.says("Hai.") && after.header("etag") != etag);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_english_pages_say_it_in_english() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let item = world
        .issues(
            "chinhphu",
            json!({ "kind": "notice", "title": "Công điện", "title_en": "Telegram 46", "text": "Một." }),
        )
        .await;
    world.settle().await;
    let page = world.get("xa-a.laocai", &format!("/en/muc/{}", item.reference)).await;
    for words in ["Telegram 46", "Agency chinhphu", "Is this text genuine?"] {
        assert!(page.says(words), "{words:?} is missing:\n{}", page.text());
    }
    let network = world.get("xa-a.laocai", "/en/mang").await;
    assert!(network.says("laocai.localhost/node") && !network.says("Mạng lưới</h1>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_names_its_entry_and_the_chain_to_the_root() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let item = world.issues("xa-b.laocai", notice("Lịch họp", "Tám giờ.")).await;
    world.settle().await;
    for portal in ["xa-b.laocai", "chinhphu"] {
        let answer = world.get(portal, &format!("/proof/{}", item.reference)).await;
        let proof: tlog::TlogProof = answer.text().parse().unwrap();
        assert_eq!(proof.index, item.entry, "{portal}");
        let extra: serde_json::Value = serde_json::from_slice(proof.extra.as_deref().unwrap()).unwrap();
        assert_eq!(extra["demo"], true, "{portal}: a demonstration's key is not called that");
        assert_eq!(extra["enrolments"].as_array().unwrap().len(), 2, "{portal}: commune, province, root");
        let entry = extra["entry"].as_str().unwrap();
        let leaf = tlog::leaf_hash(entry.as_bytes());
        let head = tlog::Checkpoint::of(&proof.checkpoint).unwrap();
        assert_eq!(head.origin, origin("xa-b.laocai").as_str());
        tlog::verify_inclusion(&leaf, proof.index, head.size, &proof.proof, &head.root).unwrap();
        let forged = tlog::leaf_hash(entry.replace("\"edition\":1", "\"edition\":2").as_bytes());
        assert!(tlog::verify_inclusion(&forged, proof.index, head.size, &proof.proof, &head.root).is_err());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_without_contact_says_so_on_every_page_and_names_the_node_to_others() {
    let world = World::with(["chinhphu", "bo-x", "laocai"]).await;
    let item = world.issues("chinhphu", notice("Công điện", "Một.")).await;
    world.settle().await;
    let path = format!("/muc/{}", item.reference);
    let strip = "Cổng này đang mất kết nối với mạng lưới.";
    assert!(!world.get("xa-a.laocai", &path).await.says(strip));
    world.cut("laocai");
    for path in [path.as_str(), "/", "/mang"] {
        until(strip, async || match world.get("xa-a.laocai", path).await {
            page if page.says(strip) => Ok(()),
            page => Err(page.text()),
        })
        .await;
    }
    world.corrects(&item, edition("Công điện", "Hai.")).await;
    let where_it_is = format!("{path}/noi-hien-thi");
    let node = until("the correction at the ministry", async || {
        let page = world.get("bo-x", &where_it_is).await;
        // The province and its two communes are one exception, counted as three.
        let counted = page.says(": 3 cổng") && page.says("3 cổng chưa hiển thị bản mới nhất");
        if page.says("Máy chủ của") && page.says("Đính chính lúc") && counted {
            Ok(page)
        } else {
            Err(page.text())
        }
    })
    .await;
    // Each is named all the same.
    assert!(node.says(&format!("{}{path}", world.host("xa-b.laocai"))), "{}", node.text());
    world.mend("laocai");
    world.settle().await;
    until("the strip to go", async || match world.get("xa-a.laocai", &path).await {
        page if !page.says(strip) && page.says("Hai.") => Ok(()),
        page => Err(page.text()),
    })
    .await;
}
