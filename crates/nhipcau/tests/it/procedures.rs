//! The catalogue of procedures from end to end: an agency issues one, every portal says where it is done here, in what time and at
//! what fee; people find it by event, name and place; machines read it; the real records of the nation come in and stay one.

use nhipcau::db::Tx;
use serde_json::{Value, json};

use super::world::{Answer, Item, World};

fn procedure(code: &str, title: &str) -> Value {
    json!({
        "kind": "procedure", "title": title,
        "source": { "name": "Cổng Dịch vụ công quốc gia", "url": "https://dichvucong.gov.vn/a" },
        "details": {
            "code": code, "level": "commune", "field": "Hộ tịch", "audience": "Công dân Việt Nam",
            "authority": "Ủy ban nhân dân cấp xã", "anywhere": "yes", "decision": "279/QĐ-BTP",
            "ways": [
                { "way": "direct", "time": "5 ngày làm việc", "fee": "Miễn phí" },
                { "way": "online", "time": "5 ngày làm việc", "fee": "Miễn phí", "note": "Theo Nghị định số 42/2022/NĐ-CP" },
            ],
            "papers": [{ "name": "Tờ khai", "originals": 1, "copies": 0 }, { "name": "Giấy chứng sinh", "originals": 1, "copies": 2 }],
            "steps": "Bước 1: nộp hồ sơ.\nBước 2: nhận kết quả.",
            "basis": [{ "number": "60/2014/QH13", "name": "Luật Hộ tịch" }],
            "url": "https://dichvucong.gov.vn/thu-tuc-hanh-chinh/a",
        },
    })
}

fn with(mut item: Value, changes: Value) -> Value {
    for (key, value) in changes.as_object().unwrap() {
        item["details"][key] = value.clone();
    }
    item
}

/// What a page says first of a procedure, without markup.
fn lead(page: &Answer) -> String {
    let text = page.text();
    let block = text.split("id=\"lam-the-nao\">").nth(1).unwrap_or_else(|| panic!("no sentence: {text}"));
    let block = block.split("</section>").next().unwrap();
    let plain: String =
        block.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text)).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_procedure_says_at_every_portal_where_it_is_done_here_how_long_and_how_much() {
    let world = World::with(["chinhphu", "mof", "laocai"]).await;
    let item = world.issues("chinhphu", procedure("1.001193", "Đăng ký khai sinh")).await;
    world.settle().await;
    let page = world.page("xa-a.laocai", &item).await;
    let said = lead(&page);
    assert!(said.contains("trong 5 ngày làm việc, không mất phí."), "{said}");
    assert!(said.starts_with("Làm tại Ủy ban nhân dân cơ quan xa-a"), "the commune's own: {said}");
    assert!(said.contains("309/2026/NĐ-CP") && said.contains("từ 05/08/2026"), "{said}");
    assert!(said.contains("Liên kết này rời cổng này, sang dichvucong.gov.vn."), "{said}");
    assert!(page.says("rel=\"external nofollow\">Nộp trực tuyến tại Cổng Dịch vụ công quốc gia</a>"));
    assert!(
        page.says("<th scope=\"col\">Có đủ</th><th scope=\"col\">Tên giấy tờ</th>")
            && page.says("<td>☐</td>")
    );

    // A ministry stands at no place: it asks where one lives; the choice is in the address and nowhere else.
    let asked = lead(&world.page("mof", &item).await);
    assert!(asked.starts_with("Làm tại Ủy ban nhân dân cấp xã nơi bạn ở,"), "{asked}");
    assert!(asked.contains("Chọn nơi ở của bạn"), "{asked}");
    let commune = vietnam::units::Units::shipped().commune_named("Xã Mù Cang Chải").one().unwrap();
    let there = world.get("mof", &format!("/muc/{}?noi={}", item.reference, commune.code)).await;
    assert!(lead(&there).starts_with("Làm tại Ủy ban nhân dân xã Mù Cang Chải, trong"), "{}", lead(&there));
    assert!(lead(&there).contains("Xem cho nơi ở: xã Mù Cang Chải, tỉnh Lào Cai. Đổi nơi ở"));
    assert!(there.headers.get("set-cookie").is_none());
    let wrong = world.get("mof", &format!("/muc/{}?noi=khong-co", item.reference)).await;
    assert_eq!(lead(&wrong), asked, "a place that is none is no place");

    // Documents that it names become links when they stand here, and only then.
    assert!(page.says("<li>42/2022/NĐ-CP</li>") && page.says("<li>60/2014/QH13 – "), "{}", page.text());
    let decree = json!({ "kind": "document", "title": "Về thử", "number": "42/2022/NĐ-CP", "form": "Nghị định",
        "agency": "Chính phủ", "issued": "2022-06-24", "effective": "2022-08-15" });
    world.issues("chinhphu", decree).await;
    world.settle().await;
    assert!(
        world
            .page("xa-a.laocai", &item)
            .await
            .says("<li><a href=\"/vb/42/2022/NĐ-CP\">42/2022/NĐ-CP</a></li>")
    );
    assert_eq!(world.get("xa-a.laocai", "/vb/42/2022/NĐ-CP").await.status, 302);

    let english = world.get("xa-a.laocai", &format!("/en/muc/{}", item.reference)).await;
    let said = lead(&english);
    assert!(said.contains("within 5 working days, free of charge."), "{said}");
    assert!(said.contains("This link leaves this portal for dichvucong.gov.vn."), "{said}");

    // A correction and an end reach the catalogue of every portal.
    let mut again = with(
        procedure("1.001193", "Đăng ký khai sinh"),
        json!({ "ways": [{ "way": "direct", "time": "3 ngày làm việc", "fee": "8.000 đồng" }] }),
    );
    again["change_note"] = "Thời hạn mới".into();
    world.corrects(&item, again).await;
    world.settle().await;
    let said = lead(&world.page("xa-a.laocai", &item).await);
    assert!(said.contains("trong 3 ngày làm việc, phí 8.000 đồng."), "{said}");
    let listed = world.get("mof", "/dich-vu?ten=khai+sinh").await;
    assert!(listed.says("trong 3 ngày làm việc") && listed.says("1 thủ tục."), "{}", listed.text());
    world.withdraws(&item, false).await;
    world.settle().await;
    for portal in ["chinhphu", "xa-a.laocai"] {
        assert!(world.get(portal, "/dich-vu?ten=khai+sinh").await.says("0 thủ tục."), "{portal}");
    }
    world.erases(&item).await;
    world.settle().await;
    for label in ["chinhphu", "laocai"] {
        let mut conn = world.app(label).db.read().await.unwrap();
        for (left,) in [
            nhipcau::one!(&mut conn, (i64,), "SELECT COUNT(*) FROM procedure").unwrap(),
            nhipcau::one!(&mut conn, (i64,), "SELECT COUNT(*) FROM procedure_event").unwrap(),
        ] {
            assert_eq!(left, 0, "{label}: what the erased text said is still kept");
        }
    }
}

async fn three(world: &World) -> [Item; 3] {
    let birth = world.issues("chinhphu", procedure("1.001193", "Đăng ký khai sinh")).await;
    let firm = with(
        procedure("2.000001", "Đăng ký thành lập doanh nghiệp <tư nhân> & \"hộ\""),
        json!({ "level": "several", "levels": "Cấp bộ, Cấp tỉnh", "field": "Thành lập và hoạt động của doanh nghiệp",
                "audience": "Doanh nghiệp, Hợp tác xã", "authority": "", "anywhere": "no",
                "ways": [{ "way": "post", "time": "5", "fee": "Nguồn ghi “Miễn phí”, kèm ghi chú: do tỉnh quy định" }] }),
    );
    let firm = world.issues("mof", firm).await;
    let odd = with(
        procedure("3.000001", "Việc chưa ai đặt tên"),
        json!({ "level": "other", "field": "Lĩnh vực lạ", "audience": "Công dân Việt Nam", "authority": "" }),
    );
    let odd = world.issues("laocai", odd).await;
    world.settle().await;
    [birth, firm, odd]
}

/// The references of a list, in its order.
fn listed(page: &Answer, of: &[Item]) -> Vec<usize> {
    assert_eq!(page.status, 200, "{}", page.text());
    let text = page.text();
    let mut at: Vec<(usize, usize)> =
        of.iter().enumerate().filter_map(|(n, item)| Some((text.find(&item.reference)?, n))).collect();
    at.sort_unstable();
    at.into_iter().map(|(_, n)| n).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalogue_narrows_by_event_audience_field_level_and_name() {
    let world = World::with(["chinhphu", "mof", "laocai"]).await;
    let all = three(&world).await;
    let portal = "xa-b.laocai";
    let home = world.get(portal, "/dich-vu").await;
    assert!(home.says("3 thủ tục.") && home.says(">Có con nhỏ (1)</a>"), "{}", home.text());
    assert!(home.says(">Khác (1)</a>"), "what fits no event is not lost");
    for (query, due) in [
        ("su-kien=co-con-nho", vec![0]),
        ("su-kien=nguoi-dan-khac", vec![2]),
        ("doi-tuong=doanh-nghiep", vec![1]),
        ("doi-tuong=nguoi-dan", vec![0, 2]),
        ("linh-vuc=ho-tich", vec![0]),
        ("cap=cap-tinh", vec![1]),
        ("cap=cap-xa", vec![0]),
        ("ten=%C4%91%C4%83ng+k%C3%BD", vec![0, 1]),
        ("ten=dang%20ky%20doanh%20ngh", vec![1]),
        ("ten=1.001193", vec![0]),
        ("ten=dang+ky&cap=cap-xa&doi-tuong=nguoi-dan", vec![0]),
        ("ten=%25", vec![0, 1, 2]),
        ("ten=khong+co+gi+nhu+the", vec![]),
    ] {
        let page = world.get(portal, &format!("/dich-vu?{query}")).await;
        assert_eq!(listed(&page, &all), due, "{query}");
        let names = [
            ("su-kien", "event"),
            ("doi-tuong", "audience"),
            ("linh-vuc", "field"),
            ("cap", "level"),
            ("ten", "name"),
        ];
        if query != "ten=1.001193" {
            let asked = names
                .iter()
                .fold(query.to_owned(), |q, (vi, en)| q.replace(&format!("{vi}="), &format!("{en}=")));
            let told = world.get(portal, &format!("/api/v1/procedures?{asked}")).await.json();
            assert_eq!(told["total"], due.len(), "{query}: the API finds the same");
        }
    }
    for (query, names) in [
        ("su-kien=khong-co", "su-kien"),
        ("doi-tuong=x", "doi-tuong"),
        ("cap=cap-huyen", "cap"),
        ("linh-vuc=H%E1%BB%99", "linh-vuc"),
        ("trang=0", "trang"),
    ] {
        let page = world.get(portal, &format!("/dich-vu?{query}")).await;
        assert!(page.status == 400 && page.says(names), "{query}: {}", page.status);
    }
    assert_eq!(world.get(portal, "/dich-vu?trang=2").await.status, 404);
    let long =
        world.get(portal, &format!("/dich-vu?ten={}", "%F0%9F%98%80%E2%80%AE'%22%3E".repeat(300))).await;
    assert!(long.status == 200 && !long.says("'\">"), "a long hostile name: {}", long.status);

    // A code is an address; one that nobody has is an honest page.
    let by_code = world.get(portal, "/dich-vu/1.001193?noi=00004").await;
    assert_eq!(by_code.status, 302);
    assert_eq!(by_code.header("location"), format!("/muc/{}?noi=00004", all[0].reference));
    assert_eq!(world.get(portal, "/dich-vu/9.999999").await.status, 404);

    // Where nobody is named, the level says where; a price that the source contradicts is not called free.
    let said = lead(&world.page(portal, &all[1]).await);
    assert!(said.contains("Trung tâm Phục vụ hành chính công cơ quan laocai"), "{said}");
    assert!(
        said.contains("Nguồn không ghi cơ quan thực hiện; theo cấp thực hiện")
            && said.contains("118/2025/NĐ-CP"),
        "{said}"
    );
    assert!(said.contains("thời hạn xem ở từng cách nộp, phí xem ở từng cách nộp"), "{said}");
    assert!(!said.contains("chậm nhất"), "no day is counted from a number without a unit: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_one_lives_is_found_by_new_and_old_names_without_script() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let item = world.issues("chinhphu", procedure("1.001193", "Đăng ký khai sinh")).await;
    world.settle().await;
    let back = format!("/muc/{}", item.reference);
    let ask = async |query: &str| world.get("chinhphu", &format!("/dich-vu/noi-o?ve={back}&{query}")).await;
    let found = ask("ten=mu+cang+chai").await;
    assert!(found.says(">Xã Mù Cang Chải</a><p>Tỉnh Lào Cai"), "{}", found.text());
    let link = found
        .text()
        .split("href=\"")
        .find(|part| part.contains("?noi="))
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    assert!(link.starts_with(&back));
    assert!(
        lead(&world.get("chinhphu", &link).await).contains("xã "),
        "the link leads to a page that says it"
    );
    let old = ask("ten=Ph%C6%B0%E1%BB%9Dng+Ph%C3%BAc+X%C3%A1").await;
    assert!(old.says("Phúc Xá, Quận Ba Đình"), "an old name leads to what became of it: {}", old.text());
    let province = ask("ten=L%C3%A0o+Cai").await;
    assert!(province.says("Xã, phường, đặc khu của Tỉnh Lào Cai"), "{}", province.text());
    assert!(ask("tinh=15").await.says("id=\"xa\""));
    let none = ask("ten=%3Cb%3Ex%3C%2Fb%3E").await;
    assert!(none.says("Không có xã, phường, đặc khu nào tên") && !none.says("<b>x</b>"), "{}", none.text());
    let elsewhere = world.get("chinhphu", "/dich-vu/noi-o?ten=mu+cang+chai&ve=https%3A%2F%2Fevil.vn").await;
    assert!(
        !elsewhere.says("://evil.vn") && elsewhere.says("href=\"/dich-vu?noi="),
        "no link of ours leads elsewhere"
    );
    let english = world.get("chinhphu", "/en/dich-vu/noi-o?ten=mu+cang+chai").await;
    assert!(english.says("Mu Cang Chai Commune"), "{}", english.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadline_is_counted_day_by_day() {
    let world = World::with(["chinhphu"]).await;
    let ask = async |query: &str| world.get("chinhphu", &format!("/dich-vu/thoi-han?{query}")).await;
    let page = ask("tu=2026-11-23&so=2&tinh=ngay-lam-viec").await;
    assert!(page.says("2 ngày làm việc kể từ ngày 23/11/2026: hết ngày"), "{}", page.text());
    assert!(page.says("Thứ Ba 24/11/2026"), "every day is named: {}", page.text());
    assert!(page.says("Bộ luật Dân sự 2015"));
    assert!(ask("tu=2026-11-23&so=2&tinh=ngay").await.says("2 ngày kể từ ngày 23/11/2026"));
    for bad in [
        "tu=h%C3%B4m+nay&so=2",
        "tu=2026-11-23&so=0",
        "tu=2026-11-23&so=366",
        "tu=9999-12-31&so=5",
        "tu=2026-11-23&so=x",
    ] {
        let page = ask(bad).await;
        assert!(page.status == 200 && page.says("Không tính được"), "{bad}");
    }
    let kept = ask("tu=%3Cscript%3E&so=2").await;
    assert!(kept.says("value=\"&#60;script&#62;\""), "what was typed stays: {}", kept.text());
    assert!(!ask("").await.says("Không tính được"));
}

#[tokio::test(flavor = "multi_thread")]
async fn machines_read_the_catalogue() {
    let world = World::with(["chinhphu", "mof", "laocai"]).await;
    let all = three(&world).await;
    let page = world.page("xa-a.laocai", &all[0]).await;
    let text = page.text();
    let json = text
        .split("<script type=\"application/ld+json\">")
        .nth(1)
        .unwrap()
        .split("</script>")
        .next()
        .unwrap();
    let told: Value = serde_json::from_str(json).unwrap();
    assert_eq!((&told["@type"], &told["identifier"]), (&json!("GovernmentService"), &json!("1.001193")));
    assert_eq!(told["serviceOperator"]["name"], "Ủy ban nhân dân cấp xã");
    assert_eq!(told["availableChannel"][1]["serviceUrl"], "https://dichvucong.gov.vn/thu-tuc-hanh-chinh/a");
    assert_eq!(
        told["availableChannel"][0]["description"], "5 ngày làm việc",
        "working days have no ISO duration"
    );
    assert_eq!((&told["offers"]["price"], &told["serviceType"]), (&json!("0"), &json!("Hộ tịch")));
    assert!(page.says(&format!("href=\"/muc/{}/cpsv.ttl\"", all[0].reference)));

    let one = world.get("xa-a.laocai", &format!("/muc/{}/cpsv.ttl", all[1].reference)).await;
    assert_eq!(one.header("content-type"), "text/turtle; charset=utf-8");
    assert!(one.says("a cpsv:PublicService") && one.says("dct:identifier \"2.000001\""), "{}", one.text());
    assert!(one.says("\"Đăng ký thành lập doanh nghiệp <tư nhân> & \\\"hộ\\\"\"@vi"), "{}", one.text());
    let whole = world.get("xa-a.laocai", "/api/v1/procedures/cpsv").await;
    assert_eq!((whole.status, whole.text().matches("a cpsv:PublicService").count()), (200, 3));
    assert!(
        whole.says("a dcat:Catalog")
            && whole.says("a cv:LifeEvent")
            && whole.text().trim_end().ends_with('.')
    );
    assert_eq!(world.get("xa-a.laocai", "/api/v1/procedures/cpsv?portal=khong-co.vn").await.status, 404);
    let notice = world.issues("chinhphu", super::world::notice("Tin", "Một.")).await;
    world.settle().await;
    assert_eq!(world.get("mof", &format!("/muc/{}/cpsv.ttl", notice.reference)).await.status, 404);

    let first = world.get("xa-b.laocai", "/api/v1/procedures?limit=1&audience=nguoi-dan").await.json();
    assert_eq!((&first["total"], &first["procedures"][0]["fee"]["free"]), (&json!(2), &json!(true)));
    let next = world.get("xa-b.laocai", first["next"].as_str().unwrap()).await.json();
    assert_eq!((&next["procedures"][0]["code"], &next["next"]), (&json!("3.000001"), &Value::Null));
    for bad in ["event=x", "audience=x", "level=x", "limit=0", "khong=1"] {
        assert_eq!(world.get("mof", &format!("/api/v1/procedures?{bad}")).await.status, 422, "{bad}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_of_another_version_are_worked_out_anew_at_the_start() {
    let mut world = World::with(["chinhphu", "laocai"]).await;
    let item = world.issues("chinhphu", procedure("1.001193", "Đăng ký khai sinh")).await;
    world.settle().await;
    world.stop("laocai").await;
    let app = world.open("laocai").await;
    app.db
        .write("test.forget", async |tx: &mut Tx| -> Result<(), anyhow::Error> {
            nhipcau::run!(tx, "DELETE FROM procedure_event")?;
            nhipcau::run!(tx, "UPDATE meta SET value = '0-khac' WHERE name = 'procedures'")?;
            Ok(())
        })
        .await
        .unwrap();
    app.close().await;
    world.start("laocai").await;
    world.settle().await;
    assert!(world.get("xa-a.laocai", "/dich-vu?su-kien=co-con-nho").await.says(&item.reference));
}
