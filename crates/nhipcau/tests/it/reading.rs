//! Long legal texts by parts, with links to what they mention; two texts beside each other; what pages weigh.

use serde_json::{Value, json};

use super::pages::a_nation_with_a_past;
use super::world::{World, edition, notice};

/// First answer of a page with its style sheets, in bytes on the line.
const FIRST: usize = 14 << 10;
/// A whole text.
const WHOLE: usize = 100 << 10;

fn document(number: &str, text: &str) -> Value {
    json!({ "kind": "document", "title": format!("Quy định số {number}"), "number": number, "form": "Nghị định",
        "agency": "Chính phủ", "issued": "2022-06-24", "effective": "2022-08-15", "text": text })
}

/// A code of law: chapters, articles of four clauses, and words as various as those of a real one.
fn code(chapters: usize, articles: usize) -> String {
    let words: Vec<&str> = "quyền nghĩa vụ trách nhiệm cơ quan tổ chức cá nhân hồ sơ thời hạn giải quyết thủ tục hành chính công dân văn bản quy định thẩm quyền cấp phép thu hồi đăng ký bảo đảm tài sản hợp đồng bồi thường thiệt hại nhà nước trung ương địa phương".split(' ').collect();
    let mut n = 0_usize;
    let mut sentence = |length: usize| {
        let mut said = Vec::new();
        for _ in 0..length {
            n = n.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            said.push(words[(n >> 33) % words.len()]);
        }
        said.join(" ")
    };
    let mut text = String::from("Căn cứ Luật Tổ chức Chính phủ;\n\n");
    for chapter in 0..chapters {
        text.push_str(&format!("## Chương {}. {}\n\n", chapter + 1, sentence(6)));
        for article in 0..articles {
            text.push_str(&format!("### Điều {}. {}\n\n", chapter * articles + article + 1, sentence(7)));
            for clause in 1..=4 {
                text.push_str(&format!("{clause}. {}.\n", sentence(28)));
            }
            text.push('\n');
        }
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_law_is_read_by_parts_within_14_kilobytes_and_whole_within_100() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let law = world.issues("chinhphu", document("91/2015/QH13", &code(20, 16))).await;
    world.settle().await;
    let path = format!("/muc/{}", law.reference);
    let first = world.get("laocai", &path).await;
    assert!(first.says("id=\"dieu-1\"") && !first.says("id=\"dieu-300\""), "the first part alone");
    assert!(first.says("<li id=\"dieu-1-khoan-2\">"), "clauses have addresses");
    assert!(first.says("Chương 20.") && first.says("rel=\"next\""), "contents name what is not on this page");
    for page in [path.clone(), format!("/en{path}"), format!("{path}?phan=2")] {
        let (all, _) = world.weight("laocai", &page).await;
        assert!(all <= FIRST, "{page}: {all}");
    }
    let (_, whole) = world.weight("laocai", &format!("{path}?toan-van=1")).await;
    assert!(whole <= WHOLE, "{whole}");
    // Whoever is led to an article gets the part in which it stands, however the reader's address names it.
    let leads = world.get("laocai", "/vb/91/2015/QH13?dieu=dieu-300-khoan-2").await;
    assert_eq!(leads.status, 302);
    let far = world.get("laocai", leads.header("location")).await;
    assert!(far.says("id=\"dieu-300-khoan-2\"") && far.says("(tiếp theo)"), "{}", far.text());
    // Every part is reached by the next link, and all articles are read once.
    let (mut at, mut read) = (path.clone(), 0);
    loop {
        let page = world.get("laocai", &at).await.text();
        read += page.matches("<h3 id=\"dieu-").count();
        let Some(next) = page.split("\" rel=\"next\"").next().filter(|_| page.contains("rel=\"next\""))
        else {
            break;
        };
        at = next.rsplit("href=\"").next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    }
    assert_eq!(read, 320);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_in_a_text_is_a_link_while_the_document_stands_here() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let text = "Căn cứ Nghị định số 42/2022/NĐ-CP;\n\nTheo Điều 5 Nghị định số 42/2022/NĐ-CP.";
    let citing = world.issues("chinhphu", document("99/2026/NĐ-CP", text)).await;
    world.settle().await;
    let link = "<a href=\"/vb/42/2022/NĐ-CP\">42/2022/NĐ-CP</a>";
    assert!(!world.page("xa-a.laocai", &citing).await.says("/vb/42/2022"), "nothing stands there yet");
    let cited = world.issues("chinhphu", document("42/2022/NĐ-CP", &code(3, 16))).await;
    world.settle().await;
    let page = world.page("xa-a.laocai", &citing).await;
    assert!(page.says(link), "{}", page.text());
    let place = "/vb/42/2022/NĐ-CP?dieu=dieu-5#dieu-5";
    assert!(page.says(&format!("href=\"{place}\"")), "the article that is cited");
    let leads = world.get("xa-a.laocai", place.split('#').next().unwrap()).await;
    assert!(leads.header("location").ends_with("?dieu=dieu-5"), "{}", leads.header("location"));
    assert!(
        world.get("laocai", &format!("/en/muc/{}", citing.reference)).await.says("\"/en/vb/42/2022/NĐ-CP\"")
    );
    world.withdraws(&cited, true).await;
    world.settle().await;
    assert!(!world.page("xa-a.laocai", &citing).await.says("/vb/42/2022"), "it leads nowhere any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_editions_stand_beside_each_other_until_nobody_may_read_them() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let item =
        world.issues("chinhphu", notice("Lịch cắt nước", "Mở đầu.\n\nCắt nước thứ Hai.\n\nKết.")).await;
    world.corrects(&item, edition("Lịch cắt nước", "Mở đầu.\n\nCắt nước thứ Ba.\n\nKết.")).await;
    world.settle().await;
    let path = format!("/muc/{}/so-sanh", item.reference);
    assert!(world.get("xa-a.laocai", &format!("/muc/{}/lich-su", item.reference)).await.says(&path));
    for page in [path.clone(), format!("{path}?cu=1&moi=2")] {
        let page = world.get("xa-a.laocai", &page).await;
        assert!(page.says("<del><small>bỏ </small>Hai.</del>"), "{}", page.text());
        assert!(page.says("<ins><small>thêm </small>Ba.</ins>") && page.says("Sửa số liệu tại mục 3"));
        assert!(!page.says("Mở đầu."), "what is the same is not printed again");
    }
    assert!(world.get("laocai", &format!("/en{path}")).await.says("<del><small>gone </small>Hai.</del>"));
    for wrong in ["?cu=0", "?cu=7&moi=8", "?cu=x", "?voi=x", &format!("?voi={}", item.reference)] {
        assert_eq!(world.get("laocai", &format!("{path}{wrong}")).await.status, 404, "{wrong}");
    }
    world.withdraws(&item, true).await;
    world.settle().await;
    let gone = world.get("xa-a.laocai", &path).await;
    assert!(gone.status == 404 && !gone.says("Cắt nước"), "{}", gone.status);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_stands_beside_what_amends_it() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let text = "### Điều 5. Lệ phí\n\n1. Năm đồng.\n\n### Điều 6. Hiệu lực\n\nTừ ngày ký.";
    let decree = world.issues("chinhphu", document("42/2022/NĐ-CP", text)).await;
    let mut amending = document(
        "88/2024/NĐ-CP",
        "### Điều 1. Sửa đổi\n\nSửa đổi khoản 1 Điều 5 như sau: “1. Bảy đồng.”.\n\n### Điều 2. Hiệu lực\n\nTừ ngày 01/7/2024.",
    );
    amending["issued"] = "2024-05-01".into();
    amending["effective"] = "2024-07-01".into();
    amending["relations"] = json!([{ "kind": "amends", "number": "42/2022/NĐ-CP" }]);
    let by = world.issues("chinhphu", amending).await;
    world.settle().await;
    let path = format!("/muc/{}/so-sanh?voi={}", decree.reference, by.reference);
    for item in [&decree, &by] {
        let page = world.page("xa-a.laocai", item).await;
        assert!(page.says(&path.replace('&', "&#38;")), "both lead there:\n{}", page.text());
    }
    let page = world.get("xa-a.laocai", &path).await;
    for due in ["1. Năm đồng.", "“1. Bảy đồng.”", "#dieu-5\">Điều 5</a>", "Điều 2. Hiệu lực"]
    {
        assert!(page.says(due), "{due} is missing:\n{}", page.text());
    }
    assert!(!page.says("Điều 6. Hiệu lực"), "what is not amended is not printed");
    assert_eq!(
        world.get("laocai", &format!("/muc/{}/so-sanh?voi={}", by.reference, decree.reference)).await.status,
        404
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_public_page_comes_within_14_kilobytes_with_its_style_sheet() {
    let world = a_nation_with_a_past().await;
    let portal = "xa-a.laocai";
    let listed = world.get(portal, "/api/v1/records?limit=200").await.json();
    let (mut pages, mut kinds) = (Vec::new(), std::collections::BTreeSet::new());
    for record in listed["records"].as_array().unwrap() {
        let path = record["path"].as_str().unwrap();
        let what = format!("{}{}", record["state"], record["kind"]);
        if kinds.insert(what) || record["card"]["title"] == "Luật có nhiều điều" {
            pages.extend(["", "/lich-su", "/noi-hien-thi"].map(|page| format!("{path}{page}")));
        }
    }
    assert!(kinds.len() >= 5, "{kinds:?}");
    for page in [
        "/",
        "/thong-tin",
        "/mang",
        "/kiem-tra",
        "/cong-chinh-thuc",
        "/nguon-tin",
        "/du-lieu",
        "/du-lieu/api",
        "/du-lieu/api/issue",
        "/co-quan",
        "/tim-kiem",
        "/tim-kiem?q=tin",
        "/dang-nhap",
        "/theo-doi",
        "/dich-vu",
        "/dich-vu/thoi-han",
        "/vb/khong/co",
    ] {
        pages.push(page.to_owned());
    }
    let mut heavy = Vec::new();
    for page in pages.iter().flat_map(|page| [page.clone(), format!("/en{page}")]) {
        let (all, _) = world.weight(portal, &page).await;
        println!("{all} {page}");
        if all > FIRST {
            heavy.push((all, page));
        }
    }
    assert!(heavy.is_empty(), "above 14 KB: {heavy:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_is_saved_as_one_file_with_its_proof_and_printed_as_an_official_would() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let mut draft = document("42/2022/NĐ-CP", "Xem [quy chế](/muc/x). Nội dung <b>gốc</b>.");
    draft["signer"] = "Nguyễn Văn A".into();
    let decree = world.issues("chinhphu", draft).await;
    world.settle().await;
    let page = world.page("laocai", &decree).await;
    for due in [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Số: 42/2022/NĐ-CP",
        "ngày 24 tháng 6 năm 2022",
        "Bản in từ laocai.localhost, ngày ",
    ] {
        assert!(page.says(due), "{due} is not on the printed page");
    }
    let plain = world.issues("chinhphu", notice("Lịch họp", "Tám giờ.")).await;
    world.settle().await;
    assert!(!world.page("laocai", &plain).await.says("CỘNG HÒA XÃ HỘI"), "a notice is no document");

    let path = format!("/muc/{}/ban-luu.html", decree.reference);
    let saved = world.get("laocai", &path).await;
    assert!(
        saved.header("content-disposition").starts_with("attachment; filename=\"nghi-dinh-42-2022-nd-cp-")
    );
    assert!(saved.header("content-security-policy").contains("default-src 'none'"));
    let text = saved.text();
    assert!(
        !text.contains("<script") && !text.contains("src=\"/") && !text.contains("href=\"/"),
        "it stands alone"
    );
    assert!(text.contains(&format!("href=\"http://{}/muc/x\"", world.host("laocai"))), "{text}");
    assert!(text.contains("Bản lưu từ laocai.localhost lúc ") && text.contains("<svg "));
    let proof = text.split("<pre>").nth(1).unwrap().split("</pre>").next().unwrap();
    let proof = proof
        .replace("&#34;", "\"")
        .replace("&#38;", "&")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#39;", "'");
    assert_eq!(proof.parse::<tlog::TlogProof>().unwrap().index, decree.entry);
    world.withdraws(&decree, true).await;
    world.settle().await;
    assert_eq!(world.get("laocai", &path).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_light_mode_is_remembered_and_kept_apart() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let item = world.issues("chinhphu", notice("Lịch họp", "Tám giờ.")).await;
    world.settle().await;
    let path = format!("/muc/{}", item.reference);
    let (on, off) = ("Chế độ nhẹ đang bật", "Đường truyền chậm?");
    let chosen = async |body: &'static str, from: &str| {
        let request = world.request("POST", "laocai", "/che-do-nhe").header("origin", from);
        world.ask(request.header("content-type", "application/x-www-form-urlencoded").body(body)).await
    };
    let here = format!("http://{}", world.host("laocai"));
    assert_eq!(chosen("nhe=1&ve=%2Fmang", "http://elsewhere.vn").await.status, 403);
    let answer = chosen("nhe=1&ve=%2Fmang", &here).await;
    assert_eq!((answer.status, answer.header("location")), (303, "/mang"));
    assert!(answer.header("set-cookie").starts_with("nhe=1; Path=/;"), "{}", answer.header("set-cookie"));
    assert_eq!(chosen("nhe=1&ve=%2F%2Fevil.vn", &here).await.header("location"), "/");
    let seen = async |name: &'static str, value: &'static str| {
        world.ask(world.request("GET", "laocai", &path).header(name, value)).await
    };
    // Each is asked for twice: a kept page of one mode is not served in the other.
    for _ in 0..2 {
        assert!(world.page("laocai", &item).await.says(off));
        assert!(seen("cookie", "nhe=1").await.says(on) && seen("save-data", "on").await.says(on));
    }
    assert!(world.page("laocai", &item).await.header("vary").contains("save-data"));
}

#[tokio::test(flavor = "multi_thread")]
async fn browsers_are_told_what_changed_and_what_has_ended() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let stays = world.issues("chinhphu", notice("Ở lại", "Một.")).await;
    let goes = world.issues("xa-a.laocai", notice("Đăng nhầm", "Một.")).await;
    let elsewhere = world.issues("xa-b.laocai", notice("Của xã khác", "Một.")).await;
    world.settle().await;
    let path = |item: &super::world::Item| Value::from(format!("/muc/{}", item.reference));
    let told = world.get("xa-a.laocai", "/ban-luu.json?tu=0").await.json();
    let here = told["here"].as_array().unwrap();
    assert!(here.contains(&path(&stays)) && here.contains(&path(&goes)), "{told}");
    assert!(!here.contains(&path(&elsewhere)) && told["more"] == false, "{told}");
    world.withdraws(&goes, false).await;
    world.settle().await;
    let told = world.get("xa-a.laocai", "/ban-luu.json?tu=0").await.json();
    assert_eq!(told["ended"], json!([path(&goes)]), "{told}");
    let later = told["at"].as_i64().unwrap() + 120_000;
    let told = world.get("xa-a.laocai", &format!("/ban-luu.json?tu={later}")).await.json();
    assert_eq!((&told["here"], &told["ended"]), (&json!([]), &json!([])));
    assert_eq!(world.get("xa-a.laocai", "/ban-luu.json?tu=x").await.status, 400);
    let script = world.get("xa-a.laocai", "/sw.js").await;
    assert!(script.header("content-type").starts_with("text/javascript") && script.says("self.nhipcau={"));
}
