//! One item in several languages: readers are told which one prevails, and which has fallen behind.

use serde_json::{Value, json};

use super::newsroom::{Office, leads, office};
use super::world::{Answer, Item, World, until};

async fn at(world: &World, portal: &str, item: &Item, english: bool, query: &str) -> Answer {
    let prefix = if english { "/en" } else { "" };
    world.get(portal, &format!("{prefix}/muc/{}{query}", item.reference)).await
}

fn storm(text: &str, translations: Value) -> Value {
    let mut draft = json!({ "kind": "news", "title": "Bão số 15", "text": text, "change_note": "Cập nhật" });
    if !translations.is_null() {
        draft["translations"] = translations;
    }
    draft
}

#[tokio::test(flavor = "multi_thread")]
async fn a_translation_stands_under_the_same_item_and_says_when_it_has_fallen_behind() {
    let world = World::with(["chinhphu", "mof"]).await;
    let translations = json!([
        { "lang": "en", "title": "Storm 15", "text": "Stay **home**." },
        { "lang": "zh", "title": "第15号台风" },
    ]);
    let item = world.issues("chinhphu", storm("Ở **trong nhà**.", translations)).await;
    world.settle().await;
    let original = at(&world, "mof", &item, false, "").await;
    assert!(original.says("<strong>trong nhà</strong>") && !original.says("Stay"), "{}", original.text());
    assert!(original.says("hreflang=\"zh\" lang=\"zh\">中文</a>") && original.says("English</a>"));
    let english = at(&world, "mof", &item, true, "").await.text();
    assert!(
        english.contains("<h1 class=\"state-title\" lang=\"en\"") && english.contains("Storm 15"),
        "{english}"
    );
    assert!(
        english.contains("Stay <strong>home</strong>.") && english.contains("The Vietnamese text prevails")
    );
    assert!(english.contains("<link rel=\"alternate\" hreflang=\"vi\"") && !english.contains("caught up"));
    assert!(english.contains("name=\"DC.language\" content=\"vi;en;zh\""), "{english}");
    assert!(at(&world, "mof", &item, true, "?lang=vi").await.says("<strong>trong nhà</strong>"));
    // Only title and summary are translated: the text is Vietnamese, and said to be.
    let chinese = at(&world, "mof", &item, false, "?lang=zh").await.text();
    assert!(
        chinese.contains("lang=\"zh\" id=\"tieu-de\">第15号台风") && chinese.contains("Mới dịch tiêu đề")
    );
    assert!(chinese.contains("<article class=\"state-text\" lang=\"vi\""), "{chinese}");
    for bad in ["?lang=km", "?lang=", "?lang=%3Cscript%3E", "?lang=en%22"] {
        assert_eq!(at(&world, "mof", &item, false, bad).await.status, 404, "{bad}");
    }
    assert!(world.get("mof", "/en/thong-tin").await.says("Storm 15"));
    let feed = world.get("mof", "/feed.atom").await;
    assert!(
        feed.says(&format!("hreflang=\"zh\" href=\"http://{}/muc/", world.host("mof"))),
        "{}",
        feed.text()
    );

    // The Vietnamese changes, and nothing is said of the translations: they are carried on, behind. A node that was offline
    // tells its readers once it is back.
    world.cut("mof");
    world.corrects(&item, storm("Ở **trên cao**.", Value::Null)).await;
    world.mend("mof");
    until("the correction", async || {
        let page = at(&world, "mof", &item, true, "").await;
        if page.says("translated from edition 1") { Ok(()) } else { Err(page.text()) }
    })
    .await;
    let english = at(&world, "mof", &item, true, "").await.text();
    assert!(
        english.contains("Stay <strong>home</strong>.") && english.contains("(dịch từ bản 1)"),
        "{english}"
    );
    assert!(at(&world, "mof", &item, false, "").await.says("chưa theo kịp"));
    let told = world.told("mof", &item).await;
    assert_eq!((&told["document"]["translations"][0]["of"], &told["edition"]), (&1.into(), &2.into()));
    // Another change leaves the text alone: what was behind stays behind; what is translated anew follows.
    let both = json!([
        { "lang": "en", "title": "Storm 15", "text": "Go **up**." },
        { "lang": "zh", "title": "第15号台风", "of": 1 },
    ]);
    world.corrects(&item, storm("Ở **trên cao**.", both)).await;
    world.corrects(&item, storm("Ở **trên cao**.", Value::Null)).await;
    world.settle().await;
    let english = at(&world, "mof", &item, true, "").await;
    assert!(english.says("Go <strong>up</strong>.") && !english.says("caught up"), "{}", english.text());
    assert!(at(&world, "mof", &item, false, "?lang=zh").await.says("(dịch từ bản 1)"));
    // An erasure takes every language.
    world.erases(&item).await;
    world.settle().await;
    let gone = at(&world, "mof", &item, true, "").await;
    assert!(gone.status == 410 && !gone.says("Go <strong>"), "{}", gone.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_translation_cannot_act_nor_claim_what_is_not() {
    let world = World::with(["chinhphu"]).await;
    let evil = "<script>alert(1)</script>\n\n[x](javascript:alert(2))\n\n## A <img src=x onerror=alert(3)>";
    let translations = json!([{ "lang": "en", "title": "<script>alert(4)</script>", "summary": "\"><svg onload=x>", "text": evil }]);
    let item = world.issues("chinhphu", storm("x", translations)).await;
    let page = at(&world, "chinhphu", &item, true, "").await.text();
    for bad in ["<script>alert", "javascript:", "onerror", "<svg onload"] {
        assert!(!page.contains(bad), "{bad}: {page}");
    }
    let said = |lang: &str, of: u64| json!([{ "lang": lang, "title": "t", "of": of }]);
    let twice = json!([{ "lang": "en", "title": "a" }, { "lang": "EN", "title": "b" }]);
    let many: Vec<Value> = (0..21).map(|n| json!({ "lang": format!("x{n}"), "title": "t" })).collect();
    for (bad, why) in [
        (said("vi", 1), "translations[0].lang"),
        (said("en\" onload=\"x", 1), "translations[0].lang"),
        (said("en", 2), "translations[0].of"),
        (twice, "translations[1].lang"),
        (json!(many), "translations"),
        (json!([{ "lang": "en", "title": "" }]), "translations[0].title"),
        (json!([{ "lang": "en", "title": "t", "text": "TUYỆT MẬT\n\nx" }]), "translations[0].text"),
    ] {
        let refused = world.post("chinhphu", "/api/v1/items", &json!({ "item": storm("x", bad) })).await;
        assert_eq!(refused.status, 422, "{why}: {}", refused.text());
        assert!(refused.says(&format!("\"field\":\"{why}\"")), "{why}: {}", refused.text());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn translations_are_written_in_the_console_beside_the_text() {
    let office = office().await;
    let Office { world, lan, minh, .. } = &office;
    let path = office.begins(lan, "notice").await;
    leads(&office.writes(lan, &path, &[("title", "Lịch trực"), ("text", "Từ thứ Hai")]).await);
    let panel = format!("{path}/ban-dich/en");
    let translates = async |text: &str| {
        let version = office.version(lan, &panel).await;
        let fields = [("version", version.as_str()), ("title", "On duty"), ("text", text)];
        world.fills(lan, &panel, &fields).await
    };
    assert!(world.sees(lan, &panel).await.says("Từ thứ Hai"), "the text stands beside");
    leads(&translates("From Monday").await);
    assert!(world.sees(lan, &path).await.says("Theo kịp bản tiếng Việt."));
    // The text changes before anything was published: the translation must be looked at first.
    leads(&office.writes(lan, &path, &[("text", "Từ thứ Ba")]).await);
    let refused = office.does(lan, &path, "submit", "").await;
    assert!(
        refused.status == 409 && refused.says("Bản tiếng Việt đã đổi sau khi dịch"),
        "{}",
        refused.text()
    );
    let bad = translates("TUYỆT MẬT\n\nx").await;
    assert!(bad.status == 422 && bad.says("value=\"On duty\"") && bad.says("TUYỆT MẬT"), "{}", bad.text());
    leads(&translates("From Tuesday").await);
    leads(&office.does(lan, &path, "submit", "").await);
    leads(&office.does(minh, &path, "approve", "").await);
    let item = leads(&office.does(minh, &path, "issue", "").await);
    let public = format!("/en/muc/{}", item.rsplit('/').next().unwrap());
    assert!(world.get("chinhphu", &public).await.says("From Tuesday"));
    // The next edition carries it on, and it falls behind when the text changes without it.
    let next = leads(&world.fills(lan, &format!("{item}/sua"), &[("change", "correct")]).await);
    let fields = [("text", "Từ thứ Tư"), ("change_note", "Sửa ngày"), ("viec", "submit")];
    leads(&office.writes(lan, &next, &fields).await);
    assert!(world.sees(lan, &next).await.says("Chưa theo kịp bản tiếng Việt (dịch từ bản 1)"));
    leads(&office.does(minh, &next, "approve", "").await);
    leads(&office.does(minh, &next, "issue", "").await);
    let page = world.get("chinhphu", &public).await;
    assert!(page.says("From Tuesday") && page.says("translated from edition 1"), "{}", page.text());

    let draft = office.begins(lan, "news").await;
    for nowhere in ["vi", "xx", "EN", "%3Cscript%3E"] {
        assert_eq!(world.sees(lan, &format!("{draft}/ban-dich/{nowhere}")).await.status, 404, "{nowhere}");
    }
    let stranger = world.staff("mof", "nam", &["editor", "leader"]).await;
    assert_eq!(world.sees(&stranger, &format!("{draft}/ban-dich/en")).await.status, 404);
    let steal = [("version", "1"), ("title", "x")];
    assert_eq!(world.fills(&stranger, &format!("{draft}/ban-dich/en"), &steal).await.status, 404);
}
