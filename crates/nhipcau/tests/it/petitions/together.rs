//! Cases that hang together: one matter answered once, one petition in several parts, one answer with the help of others.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn senders_of_one_matter_get_one_answer_without_what_is_personal_of_the_first() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let clerk = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let chief = world.staff("xa-a.laocai", "chu.tich", &["leader"]).await;
    let first = asks(&world, "xa-a.laocai", &[]).await;
    let words = [
        ("chuyen-gi", "Đèn đường trước trường tiểu học hỏng đã ba tuần nay rồi."),
        ("lan", "10112233445566778899aabbccddeeff"),
    ];
    let second = asks(&world, "laocai", &words).await;
    // It was asked at the province and passed on; the other was asked here.
    let province = world.staff("laocai", "hoa", &["clerk"]).await;
    passes(&world, &province, &second, "xa-a.laocai").await;
    went(&steps(&world, &clerk, &first, "nhan", &[]).await);
    went(&steps(&world, &clerk, &second, "nhan", &[]).await);
    let page = world.sees(&clerk, &desk(&second)).await;
    assert!(page.says("Có thể cùng một việc") && page.says(&first.code), "{}", page.text());

    // What is no open case of the agency is refused, and what was typed stays.
    for code in ["PAKN.20261123.0012.00004-K", "x", &second.code] {
        let odd = steps(&world, &clerk, &second, "gop", &[("vao", code)]).await;
        assert!(odd.status == 422 && odd.says(&format!("value=\"{code}\"")), "{code}: {}", odd.text());
    }
    let before = follows(&world, "laocai", &second).await;
    went(&steps(&world, &clerk, &second, "gop", &[("vao", &first.code.to_lowercase())]).await);
    let chain = steps(&world, &clerk, &first, "gop", &[("vao", &second.code)]).await;
    assert!(chain.status == 409, "no chains: {}", chain.text());
    let told = follows(&world, "laocai", &second).await;
    assert!(told.says("Hạn trả lời bạn không đổi") && told.says(&first.code), "{}", told.text());
    let due = |page: &Answer| between(&page.text(), "<dt>Hạn trả lời</dt><dd>", ".");
    assert_eq!(due(&told), due(&before), "its clock runs on");
    let own = [("tra-loi", "Đèn sẽ được thay trong tuần."), ("cau-hoi", "Đèn hỏng."), ("cong-khai", "on")];
    let refused = steps(&world, &clerk, &second, "trinh", &own).await;
    assert!(refused.status == 409 && refused.says("Đèn sẽ được thay trong tuần."), "{}", refused.text());

    // Taken back, and once more.
    went(&steps(&world, &clerk, &second, "go-gop", &[("loi", "Hai cột đèn khác nhau.")]).await);
    assert!(follows(&world, "laocai", &second).await.says("Hai cột đèn khác nhau."));
    went(&steps(&world, &clerk, &second, "gop", &[("vao", &first.code)]).await);
    assert!(world.sees(&clerk, &desk(&first)).await.says("Gộp vào đây"));

    let answer = "Chào anh, số 0912 345 678: đã thay bóng đèn cột 17.";
    let alone = [("tra-loi", answer), ("cau-hoi", "")];
    went(&steps(&world, &clerk, &first, "trinh", &alone).await);
    went(&steps(&world, &chief, &first, "duyet", &[]).await);
    assert!(follows(&world, "xa-a.laocai", &first).await.says("0912 345 678"));
    let got = follows(&world, "laocai", &second).await;
    assert!(got.says("đã thay bóng đèn cột 17") && !got.says("0912"), "{}", got.text());
    assert!(got.says("Trả lời chung") && got.says("name=\"muc\""), "{}", got.text());
    assert_eq!(record(&world, "xa-a.laocai", &second).await, ["passed", "answered"]);

    // Whoever is not content with it gets an answer of their own.
    let why = [("ly-do", "Cột đèn trước nhà tôi vẫn chưa sáng.")];
    assert!(does(&world, "laocai", &second, "mo-lai", &why).await.says("Đã mở lại"));
    assert!(!follows(&world, "laocai", &second).await.says("Hạn trả lời bạn không đổi"));
    answers(&world, &clerk, &chief, &second, "Đã thay cả bóng đèn cột 18.").await;
    assert!(follows(&world, "laocai", &second).await.says("cột 18"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_followed_a_case_that_is_taken_back_or_passed_on_stands_alone_again() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let clerk = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let first = asks(&world, "xa-a.laocai", &[]).await;
    let second = asks(&world, "xa-a.laocai", &[("lan", "20112233445566778899aabbccddeeff")]).await;
    for keys in [&first, &second] {
        went(&steps(&world, &clerk, keys, "nhan", &[]).await);
    }
    went(&steps(&world, &clerk, &second, "gop", &[("vao", &first.code)]).await);
    assert!(does(&world, "xa-a.laocai", &first, "rut", &[("chac-chan", "on")]).await.says("Đã rút"));
    let told = follows(&world, "xa-a.laocai", &second).await;
    assert!(told.says("lại được xử lý riêng"), "{}", told.text());

    let third = asks(&world, "xa-a.laocai", &[("lan", "30112233445566778899aabbccddeeff")]).await;
    went(&steps(&world, &clerk, &third, "nhan", &[]).await);
    went(&steps(&world, &clerk, &third, "gop", &[("vao", &second.code)]).await);
    let away = [("toi", "xa-b.laocai.localhost"), ("loi", "Đoạn đường này thuộc xã B quản lý.")];
    went(&steps(&world, &clerk, &second, "chuyen", &away).await);
    assert!(follows(&world, "xa-a.laocai", &third).await.says("lại được xử lý riêng"));
    assert!(!world.sees(&clerk, &desk(&third)).await.says("Gộp với phản ánh"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_asks_several_things_is_answered_in_parts_and_the_whole_last() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let a = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let chief = world.staff("xa-a.laocai", "chu.tich", &["leader"]).await;
    let b = world.staff("xa-b.laocai", "minh", &["clerk"]).await;
    let head = world.staff("xa-b.laocai", "pho.chu.tich", &["leader"]).await;
    let contact = [
        ("chuyen-gi", "Đèn đường hỏng. Ngoài ra rác ở chợ xã B không ai dọn."),
        ("dinh-danh", "named"),
        ("ho-ten", "Nguyễn Thị Bưởi"),
        ("dien-thoai", "0911222333"),
    ];
    let keys = asks(&world, "xa-a.laocai", &contact).await;
    went(&steps(&world, &a, &keys, "nhan", &[]).await);
    let path = format!("{}/tach", desk(&keys));
    let page = world.sees(&a, &path).await;
    assert!(page.says("rác ở chợ xã B") && page.says("Phần 3"), "{}", page.text());
    let version = super::super::world::hidden(&page.text(), "ban").unwrap();
    let parts = [
        ("ban", version.as_str()),
        ("so", "3"),
        ("loi-1", "Đèn đường trước trường hỏng."),
        ("loi-2", "Rác ở chợ xã B không ai dọn."),
    ];
    let more = world.fills(&a, &path, &[&parts[..], &[("viec", "them")]].concat()).await;
    assert!(more.says("Phần 4") && more.says("Rác ở chợ xã B không ai dọn."), "{}", more.text());
    let odd = [&parts[..], &[("viec", "tach"), ("toi-2", "cơ quan không có")]].concat();
    let odd = world.fills(&a, &path, &odd).await;
    assert!(odd.status == 422 && odd.says("cơ quan không có"), "{}", odd.text());
    let one = world.fills(&a, &path, &[&parts[..3], &[("viec", "tach")]].concat()).await;
    assert!(one.status == 422 && one.says("ít nhất hai phần"), "{}", one.text());
    let split = [&parts[..], &[("viec", "tach"), ("toi-2", "xa-b.laocai.localhost")]].concat();
    went(&world.fills(&a, &path, &split).await);

    // The whole knows its parts, and its sender opens each with the one secret that they have.
    let whole = follows(&world, "laocai", &keys).await;
    assert!(whole.says("tách thành 2 phần") && whole.says("Mỗi phần được trả lời riêng"), "{}", whole.text());
    let text = whole.text();
    let codes: Vec<String> = text
        .split("name=\"phan\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(codes.len(), 2, "{text}");
    let part = |at: usize| Keys { code: codes[at].clone(), secret: keys.secret.clone() };
    let (lamp, waste) = (part(0), part(1));
    assert_eq!(follows(&world, "laocai", &waste).await.status, 403, "the whole's secret is not the part's");
    let opened = [("ma", keys.code.as_str()), ("bi-mat", &keys.secret), ("phan", &waste.code)];
    let seen = world.sends("laocai", FOLLOW, "", &opened).await;
    assert!(seen.says("Rác ở chợ xã B") && seen.says("Cơ quan xa-b.laocai"), "{}", seen.text());
    let stranger =
        [("ma", keys.code.as_str()), ("bi-mat", &keys.secret), ("phan", "PAKN.20261123.0012.00004-K")];
    assert_eq!(world.sends("laocai", FOLLOW, "", &stranger).await.status, 403);

    // The part's agency sees what concerns it, and nothing of who asked.
    let page = world.sees(&b, &desk(&waste)).await;
    assert!(page.says("Rác ở chợ xã B") && !page.says("Bưởi") && !page.says("Đèn đường"), "{}", page.text());
    went(&steps(&world, &b, &waste, "nhan", &[]).await);
    went(&steps(&world, &b, &waste, "hoi", &[("loi", "Xin cho biết chợ nào, đường nào.")]).await);
    let replied = does(
        &world,
        "laocai",
        &keys,
        "tra-loi",
        &[("phan", &waste.code), ("loi-nhan", "Chợ trung tâm, đường số 5.")],
    )
    .await;
    assert!(replied.says("Chợ trung tâm"), "{}", replied.text());
    assert!(world.sees(&b, &desk(&waste)).await.says("Chợ trung tâm, đường số 5."));

    // The whole waits for its parts; it cannot go elsewhere meanwhile.
    let away =
        steps(&world, &a, &keys, "chuyen", &[("toi", "xa-b.laocai.localhost"), ("loi", "Thử chuyển đi.")])
            .await;
    assert_eq!(away.status, 409, "{}", away.text());
    let fields = [("tra-loi", "Đã trả lời từng phần như trên."), ("cau-hoi", "")];
    went(&steps(&world, &a, &keys, "trinh", &fields).await);
    let early = steps(&world, &chief, &keys, "duyet", &[]).await;
    assert!(early.status == 409 && early.says("sau khi mọi phần"), "{}", early.text());
    went(&steps(&world, &chief, &keys, "tra-lai", &[("loi", "Đợi các phần đã tách.")]).await);
    answers(&world, &a, &chief, &lamp, "Đã thay bóng đèn cột 17.").await;
    answers(&world, &b, &head, &waste, "Rác đã được dọn sáng nay.").await;
    let page = world.sees(&a, &desk(&keys)).await;
    assert!(page.says("Rác đã được dọn sáng nay.") && page.says("Đã thay bóng đèn"), "{}", page.text());
    answers(&world, &a, &chief, &keys, "Cả hai việc đã xong, như các phần đã trả lời.").await;

    // Each part ends by itself; the whole last.
    assert_eq!(record(&world, "xa-a.laocai", &keys).await, ["registered", "answered"]);
    assert_eq!(record(&world, "xa-b.laocai", &waste).await, ["passed", "answered"]);
    pass(&world, "laocai", 20).await;
    pass(&world, "laocai", 1).await;
    for (portal, keys) in [("xa-a.laocai", &lamp), ("xa-b.laocai", &waste), ("xa-a.laocai", &keys)] {
        assert_eq!(record(&world, portal, keys).await.last().unwrap(), "closed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_split_is_taken_back_whole() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let a = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let keys = asks(&world, "xa-a.laocai", &[]).await;
    went(&steps(&world, &a, &keys, "nhan", &[]).await);
    let path = format!("{}/tach", desk(&keys));
    let version = super::super::world::hidden(&world.sees(&a, &path).await.text(), "ban").unwrap();
    let split = [
        ("ban", version.as_str()),
        ("viec", "tach"),
        ("loi-1", "Đèn đường trước trường hỏng."),
        ("loi-2", "Vỉa hè trước trường bị lún."),
    ];
    went(&world.fills(&a, &path, &split).await);
    let again = world.fills(&a, &path, &split).await;
    assert_eq!(again.status, 409, "split twice: {}", again.text());
    let page = follows(&world, "xa-a.laocai", &keys).await.text();
    let code = between(&page, "name=\"phan\" value=\"", "\"");
    assert!(does(&world, "xa-a.laocai", &keys, "rut", &[("chac-chan", "on")]).await.says("Đã rút"));
    let part = Keys { code, secret: String::new() };
    assert!(!world.sees(&a, &desk(&part)).await.says("name=\"viec\""), "nothing is left to do with it");
    assert_eq!(record(&world, "xa-a.laocai", &part).await.last().unwrap(), "closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_agency_says_its_part_by_a_day_of_its_own_and_the_answer_is_one() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let a = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let b = world.staff("xa-b.laocai", "minh", &["clerk"]).await;
    let province = world.staff("laocai", "hoa", &["clerk"]).await;
    let contact = [("dinh-danh", "named"), ("ho-ten", "Nguyễn Thị Bưởi"), ("dien-thoai", "0911222333")];
    let keys = asks(&world, "xa-a.laocai", &contact).await;
    went(&steps(&world, &a, &keys, "nhan", &[]).await);
    let today = nhipcau::words::date::day(world.app("laocai").clock.now());
    let day = |days: i64| today.saturating_add(jiff::Span::new().days(days)).to_string();
    let (soon, late) = (day(3), day(90));
    let asks_b = |due: &str| {
        [
            ("toi", "xa-b.laocai.localhost".to_owned()),
            ("han", due.to_owned()),
            ("loi", "Xã B có quản cột đèn 17 không?".to_owned()),
        ]
    };
    let fields = |due: &str| asks_b(due).to_vec();
    for (due, says) in
        [("", "sau hôm nay"), ("2020-01-01", "sau hôm nay"), (late.as_str(), "không sau hạn trả lời")]
    {
        let owned = fields(due);
        let odd: Vec<(&str, &str)> = owned.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let odd = steps(&world, &a, &keys, "phoi-hop", &odd).await;
        assert!(odd.status == 422 && odd.says(says) && odd.says("cột đèn 17"), "{due}: {}", odd.text());
    }
    let owned = fields(&soon);
    let good: Vec<(&str, &str)> = owned.iter().map(|(name, value)| (*name, value.as_str())).collect();
    went(&steps(&world, &a, &keys, "phoi-hop", &good).await);
    let seen = follows(&world, "laocai", &keys).await;
    assert!(seen.says("đề nghị Cơ quan xa-b.laocai phối hợp") && !seen.says("cột đèn 17"), "{}", seen.text());

    // B sees what is asked and what was sent, not by whom; a third agency sees nothing.
    assert!(world.sees(&b, "/ban-lam-viec").await.says("đề nghị phối hợp"));
    const HELPS: &str = "/ban-lam-viec/phan-anh/phoi-hop";
    let list = world.sees(&b, HELPS).await.text();
    let id = between(&list, &format!("href=\"{HELPS}/"), "\"");
    let one = format!("{HELPS}/{id}");
    let page = world.sees(&b, &one).await;
    assert!(page.says("Xã B có quản cột đèn 17 không?") && page.says("Đèn đường"), "{}", page.text());
    assert!(!page.says("Bưởi") && !page.says("0911"), "{}", page.text());
    assert_eq!(world.sees(&province, &one).await.status, 404);
    assert_eq!(world.fills(&province, &one, &[("loi", "Đoán mã phối hợp.")]).await.status, 404);
    assert_eq!(world.sees(&b, &desk(&keys)).await.status, 404, "the case is not theirs");
    let short = world.fills(&b, &one, &[("loi", "?")]).await;
    assert_eq!(short.status, 422, "{}", short.text());
    went(&world.fills(&b, &one, &[("loi", "Cột 17 do điện lực quản lý, đã báo.")]).await);
    assert_eq!(world.fills(&b, &one, &[("loi", "Nói thêm một lần nữa.")]).await.status, 409);
    assert!(!world.sees(&b, &one).await.says("Đèn đường"), "what was sent is read while it is needed");
    let page = world.sees(&a, &desk(&keys)).await;
    assert!(page.says("Cột 17 do điện lực quản lý, đã báo."), "{}", page.text());
    assert!(!follows(&world, "laocai", &keys).await.says("điện lực"));
}
