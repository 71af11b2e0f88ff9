//! "Is this paper real?": by number, link, proof and file, for papers that are real, replaced, withdrawn, erased, changed
//! or from elsewhere; and official portals beside those that imitate them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use network::names::ContentHash;
use serde_json::{Value, json};

use super::world::{Answer, Item, World, notice};

const READER: &str = "xa-a.laocai";
const PDF: &[u8] = include_bytes!("../../fuzz/corpus/seals/signed.pdf");

fn document(number: &str, agency: &str, issued: &str) -> Value {
    json!({
        "kind": "document", "title": format!("Văn bản {number}"), "number": number, "form": "Nghị định", "agency": agency,
        "issued": issued, "effective": issued, "text": "Điều 1. Một.",
        "files": [{ "name": "goc.pdf", "type": "application/pdf", "base64": STANDARD.encode(PDF) }],
    })
}

fn encoded(text: &str) -> String {
    url_encoded(text.as_bytes())
}

fn url_encoded(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("%{b:02X}")).collect()
}

async fn asks(world: &World, what: &str) -> Answer {
    world.get(READER, &format!("/kiem-tra?hoi={}", encoded(what))).await
}

async fn verdict(world: &World, what: &str) -> Value {
    let answer = world.get(READER, &format!("/api/v1/check?about={}", encoded(what))).await;
    assert_eq!(answer.status, 200, "{what}: {}", answer.text());
    answer.json()
}

/// A browser's form with a file, as one without script sends it.
async fn hands_in(world: &World, typed: &str, name: &str, bytes: &[u8]) -> Answer {
    let mut body = Vec::new();
    body.extend(format!("--x\r\nContent-Disposition: form-data; name=\"hoi\"\r\n\r\n{typed}\r\n").as_bytes());
    body.extend(
        format!("--x\r\nContent-Disposition: form-data; name=\"tep\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n")
            .as_bytes(),
    );
    body.extend(bytes);
    body.extend(b"\r\n--x--\r\n");
    let request = world.request("POST", READER, "/kiem-tra");
    world.ask(request.header("content-type", "multipart/form-data; boundary=x").body(body)).await
}

async fn hash_of(world: &World, item: &Item) -> (String, String) {
    let told = world.told(READER, item).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&told["content"]), text(&told["document"]["files"][0]["sha256"]))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paper_is_answered_by_number_link_code_proof_and_file() {
    let world = World::with(["chinhphu", "mof", "laocai"]).await;
    let decree = world.issues("chinhphu", document("42/2020/NĐ-CP", "Chính phủ", "2020-01-10")).await;
    world.settle().await;
    let host = format!("http://{}", world.host("chinhphu"));
    for what in [
        "42/2020/NĐ-CP".to_owned(),
        "nghi dinh so 42 / 2020 / nđ-cp".to_owned(),
        "nd 42 2020".to_owned(),
        "Nghị định số 42 năm 2020".to_owned(),
        "42/2020".to_owned(),
        decree.reference.clone(),
        format!("{host}/muc/{}", decree.reference),
        format!("{host}/en/muc/{}/lich-su", decree.reference),
        format!("{host}/kiem-tra#/proof/{}", decree.reference),
        format!("{host}/vb/nghi-dinh/2020/42-nd-cp"),
    ] {
        let told = verdict(&world, &what).await;
        assert_eq!(
            (&told["verdict"], &told["items"][0]["reference"]),
            (&json!("in-force"), &json!(decree.reference)),
            "{what}: {told}"
        );
        let page = asks(&world, &what).await;
        assert_eq!(page.status, 200, "{what}");
        assert!(
            page.says("Có thật và còn hiệu lực: Nghị định 42/2020/NĐ-CP (Chính phủ, 10/01/2020)"),
            "{what}: {}",
            page.text()
        );
        assert!(
            page.says(&format!("/proof/{}", decree.reference)) && page.says("Chứng cứ: mục"),
            "{what}: no proof"
        );
        assert!(page.says("chưa so nội dung"), "a name alone proves nothing of a text");
    }
    // The file itself, and its hash alone, which is all that a browser with script sends.
    let (content, file) = hash_of(&world, &decree).await;
    assert_eq!(file, ContentHash::of(PDF).to_string());
    let page = hands_in(&world, "", "giay.pdf", PDF).await;
    assert!(
        page.status == 200 && page.says("Có thật và còn hiệu lực") && page.says("trùng từng byte"),
        "{}",
        page.text()
    );
    assert!(page.says("Cổng Thông tin thử nghiệm"), "the signature in the file is not told: {}", page.text());
    for hash in [&content, &file] {
        let told = world.get(READER, &format!("/kiem-tra?tep={hash}")).await;
        assert!(told.says("Có thật và còn hiệu lực") && told.says("trùng từng byte"), "{}", told.text());
    }
    // One byte changed, under the real number.
    let mut changed = PDF.to_vec();
    changed[9] ^= 1;
    let page = hands_in(&world, "42/2020/NĐ-CP", "giay.pdf", &changed).await;
    assert!(page.says("tệp này khác") && page.says("không trùng từng byte"), "{}", page.text());
    assert!(page.says("class=\"due\""), "a wrong signature is told as such");
    let told = world
        .get(
            READER,
            &format!("/api/v1/check?about={}&sha256={}", encoded("42/2020/NĐ-CP"), ContentHash::of(&changed)),
        )
        .await
        .json();
    assert_eq!(told["verdict"], "altered", "{told}");
    // Without its number nobody knows what it wants to be, and nobody calls it false.
    let page = hands_in(&world, "", "giay.pdf", &changed).await;
    assert!(page.says("Chưa biết:") && page.says("Không có nghĩa là giả"), "{}", page.text());
    // A proof as a file; and one that was tampered with.
    let proof = world.get("chinhphu", &format!("/proof/{}", decree.reference)).await.text();
    let page = hands_in(&world, "", "a.tlog-proof", proof.as_bytes()).await;
    assert!(page.says("Chứng minh đứng vững"), "{}", page.text());
    let forged = proof.replacen("index ", "index 1", 1);
    let page = hands_in(&world, "", "a.tlog-proof", forged.as_bytes()).await;
    assert!(page.says("không chứng minh được"), "{}", page.text());

    // Replaced by another agency's word: real, and no more in force, with what did it.
    let mut other = document("9/2024/NĐ-CP", "Chính phủ", "2024-05-01");
    other["relations"] = json!([{ "kind": "replaces", "number": "42/2020/NĐ-CP" }]);
    let replacing = world.issues("chinhphu", other).await;
    world.settle().await;
    let page = asks(&world, "42/2020/NĐ-CP").await;
    assert!(page.says("Có thật nhưng hết hiệu lực, bị thay thế"), "{}", page.text());
    assert!(page.says(&format!("/muc/{}\">9/2024/NĐ-CP</a>", replacing.reference)), "{}", page.text());
    // A number that only others name.
    let mut naming = document("10/2024/NĐ-CP", "Chính phủ", "2024-06-01");
    naming["relations"] = json!([{ "kind": "repeals", "number": "7/1999/NĐ-CP" }]);
    world.issues("chinhphu", naming).await;
    world.settle().await;
    assert!(asks(&world, "7/1999/NĐ-CP").await.says("nhắc tới 7/1999/NĐ-CP"));

    // An earlier edition's file, then a withdrawal, then an erasure.
    let mut second = document("42/2020/NĐ-CP", "Chính phủ", "2020-01-10");
    second["files"] =
        json!([{ "name": "moi.txt", "type": "text/plain", "base64": STANDARD.encode("Bản mới") }]);
    second["change_note"] = "Thay tệp".into();
    world.corrects(&decree, second).await;
    world.settle().await;
    let page = world.get(READER, &format!("/kiem-tra?tep={file}")).await;
    assert!(page.says("3 mục đã đăng đúng tệp này"), "other decrees have the same file: {}", page.text());
    let page = world.get(READER, &format!("/kiem-tra?tep={content}")).await;
    assert!(page.says("Có thật nhưng là bản cũ: tệp này thuộc bản 1"), "{}", page.text());
    world.withdraws(&decree, false).await;
    world.settle().await;
    assert!(asks(&world, "42/2020/NĐ-CP").await.says("Có thật nhưng đã bị gỡ ngày"));
    world.erases(&decree).await;
    world.settle().await;
    for page in
        [asks(&world, &decree.reference).await, world.get(READER, &format!("/kiem-tra?tep={content}")).await]
    {
        assert!(page.says("nội dung đã bị xóa ngày") && !page.says("Văn bản 42/2020"), "{}", page.text());
    }
    assert_eq!(verdict(&world, "42/2020/NĐ-CP").await["verdict"], "unknown", "an erased number is not told");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_papers_of_one_number_are_told_apart_by_agency_and_day() {
    let world = World::with(["chinhphu", "laocai"]).await;
    world.issues("xa-a.laocai", document("15/QĐ-UBND", "UBND xã A", "2026-02-01")).await;
    world.issues("xa-b.laocai", document("15/QĐ-UBND", "UBND xã B", "2026-03-01")).await;
    world.settle().await;
    let page = world.get("laocai", &format!("/kiem-tra?hoi={}", encoded("15/QĐ-UBND"))).await;
    assert!(page.says("Có 2 văn bản cùng số này"), "{}", page.text());
    assert!(page.says("(UBND xã A, 01/02/2026)") && page.says("(UBND xã B, 01/03/2026)"), "{}", page.text());
    let english = world.get("laocai", &format!("/en/kiem-tra?hoi={}", encoded("15/QĐ-UBND"))).await;
    assert!(english.says("2 documents bear this number"), "{}", english.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_official_or_said_to_be_none_with_the_one_that_it_imitates() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let item = world.issues("chinhphu", notice("Công điện", "Một.")).await;
    world.settle().await;
    for (link, word, official, says) in [
        ("http://chinhphu.localhost:1/", "official-portal", "", "là cổng chính thức của"),
        ("chinhphu.localhost", "official-portal", "", "là cổng chính thức của"),
        (
            "https://tin.chinhphu.localhost/x",
            "below-portal",
            "chinhphu.localhost",
            "nằm dưới tên miền chinhphu.localhost",
        ),
        ("https://chinhphu.localhost.example/", "imitates", "chinhphu.localhost", "đứng lọt bên trong"),
        ("https://ch1nhphu.localhost/", "imitates", "chinhphu.localhost", "trông giống nhưng không phải"),
        (
            "https://\u{441}hinhphu.localhost/",
            "imitates",
            "chinhphu.localhost",
            "Hãy tự gõ chinhphu.localhost",
        ),
        ("https://chinh-phu.localhost/", "imitates", "chinhphu.localhost", "Chỉ khác ở dấu gạch nối"),
        ("https://chinhphu.com/", "imitates", "chinhphu.localhost", "Cùng tên nhưng khác đuôi"),
        ("https://chinhpu.localhost/", "imitates", "chinhphu.localhost", "Chỉ khác một chữ"),
        ("https://vidu.example/", "no-portal", "", "không phải cổng chính thức"),
        ("https://chinhphu.localhost@vidu.example/", "no-portal", "", "trình duyệt sẽ mở vidu.example"),
    ] {
        let told = verdict(&world, link).await;
        assert_eq!(told["verdict"], word, "{link}: {told}");
        assert_eq!(told["official_host"].as_str().unwrap_or_default(), official, "{link}: {told}");
        let page = asks(&world, link).await;
        assert!(page.says(says), "{link}: {}", page.text());
        assert!(!page.says("giả mạo"), "{link}: nobody is called a forger");
    }
    // An item's page that stands on an imitation is not answered for.
    let link = format!("https://chinhphu.localhost.example/muc/{}", item.reference);
    assert_eq!(verdict(&world, &link).await["verdict"], "imitates");

    let page = world.get("chinhphu", "/cong-chinh-thuc").await;
    assert!(page.says(">chinhphu.localhost</a>") && page.says(">laocai.localhost</a>"), "{}", page.text());
    assert!(page.says("2 cổng trực thuộc") && !page.says("xa-a"), "{}", page.text());
    let below = world.get(READER, "/cong-chinh-thuc?duoi=laocai.localhost").await;
    assert!(below.says(">xa-a.laocai.localhost</a>"), "{}", below.text());
    assert_eq!(world.get(READER, "/cong-chinh-thuc?duoi=vidu.example").await.status, 404);
    let hosts = world.get(READER, "/api/v1/hosts").await.json();
    let all: Vec<&str> =
        hosts["hosts"].as_array().unwrap().iter().map(|h| h["host"].as_str().unwrap()).collect();
    assert_eq!(all.len(), 4, "{hosts}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_is_none_is_told_what_may_be_asked() {
    let world = World::with(["chinhphu"]).await;
    let ask = async |query: String| world.get("chinhphu", &format!("/kiem-tra?{query}")).await;
    for typed in [
        "xin chào",
        "<script>alert(1)</script>",
        "javascript:alert(1)",
        "\u{202e}gia",
        "'; DROP TABLE item; --",
    ] {
        let page = ask(format!("hoi={}", encoded(typed))).await;
        assert_eq!(page.status, 422, "{typed}: {}", page.text());
        assert!(page.says("ví dụ 42/2022/NĐ-CP") && page.says("aria-invalid"), "{typed}");
        assert!(!page.says("<script>alert"), "{typed}");
    }
    let long = ask(format!("hoi={}", "9".repeat(10_000))).await;
    assert!(long.status == 422 && long.says("2048 byte"), "{}", long.status);
    let half = ask(format!("hoi={}", encoded("nghị định 42"))).await;
    assert!(half.status == 422 && half.says("thiếu năm"), "{}", half.text());
    for query in ["tep=zz", "tep=%00", "hoi=%FF%FE", "tep=0000"] {
        assert_eq!(ask(query.into()).await.status, 422, "{query}");
    }
    let unknown = ask(format!("hoi={}", encoded("1/2099/QĐ-ABC"))).await;
    assert!(unknown.status == 200 && unknown.says("Không có nghĩa là giả"), "{}", unknown.text());
    for bad in ["", "?about=", "?sha256=zz", "?about=x&extra=1"] {
        assert_eq!(world.get("chinhphu", &format!("/api/v1/check{bad}")).await.status, 422, "{bad}");
    }
    // What is no form, and one that brings nothing.
    let request = world.request("POST", "chinhphu", "/kiem-tra").body("x");
    assert_eq!(world.ask(request).await.status, 422);
    let request = world
        .request("POST", "chinhphu", "/kiem-tra")
        .header("content-type", "multipart/form-data; boundary=x");
    assert_eq!(world.ask(request.body("--x--\r\n")).await.status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_answers_six_questions_with_the_proof_behind_each() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let decree = world.issues("chinhphu", document("42/2020/NĐ-CP", "Chính phủ", "2020-01-10")).await;
    world.settle().await;
    let page = world.page(READER, &decree).await;
    for says in [
        "Chính phủ ban hành",
        "Đúng bản đã ký ở mục",
        "Đủ: toàn văn và 1 tệp kèm trùng mã băm",
        "<dd>Còn hiệu lực hôm nay",
        "cổng đang hiển thị đúng bản này",
        "Chưa đổi gì: đây là bản đầu tiên",
    ] {
        assert!(page.says(says), "{says}: {}", page.text());
    }
    let mut second = document("42/2020/NĐ-CP", "Chính phủ", "2020-01-10");
    second["change_note"] = "Sửa lỗi chính tả".into();
    world.corrects(&decree, second).await;
    world.settle().await;
    let page = world.page(READER, &decree).await;
    assert!(!page.says("Chưa đổi gì"), "{}", page.text());
    let english = world.get(READER, &format!("/en/muc/{}", decree.reference)).await;
    assert!(
        english.says("Is it complete?") && english.says("attached files (1) match"),
        "{}",
        english.text()
    );
}
