//! Across nodes: passed on, answered, read where it was asked; given back, and decided above.

use super::*;

const WORDS: &str = "Quốc lộ 4D đoạn qua xã hỏng nặng, xe tải sa lầy mỗi ngày.";
const CONTACT: [(&str, &str); 3] =
    [("dinh-danh", "named"), ("ho-ten", "Nguyễn Thị Bưởi Hồng"), ("dien-thoai", "0911222333")];

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_answered_at_another_node_and_read_where_it_was_asked() {
    let world = World::with(["chinhphu", "laocai", "mof"]).await;
    let lan = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let minh = world.staff("mof", "minh", &["clerk"]).await;
    let chief = world.staff("mof", "vu.truong", &["leader"]).await;
    // Larger than a letter: it travels in pieces.
    let mut paper = b"%PDF-1.7\n".to_vec();
    paper.extend((0..9_400_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8 | 0x80));
    paper.extend(b"\n%%EOF\n");
    let fields: Vec<(&str, &str)> = [("chuyen-gi", WORDS)].into_iter().chain(CONTACT).collect();
    let keys = keys(
        &posts(&world, "xa-a.laocai", ASK, &form(&fields), Some(("don.pdf", "application/pdf", &paper)))
            .await,
    );
    assert_eq!(world.sees(&minh, &desk(&keys)).await.status, 404, "not before it is theirs");

    passes(&world, &lan, &keys, "mof").await;
    let page = told(&world, "xa-a.laocai", &keys, "Cơ quan mof đã nhận, chịu trách nhiệm trả lời").await;
    assert!(
        page.says("Tuyến đường này do bộ trực tiếp quản lý.") && page.says("Hạn trả lời"),
        "{}",
        page.text()
    );
    assert_eq!(record(&world, "mof", &keys).await, ["passed"]);
    until("the former owner's log to confirm", async || match record(&world, "xa-a.laocai", &keys).await {
        kinds if kinds == ["registered", "passed"] => Ok(()),
        kinds => Err(format!("{kinds:?}")),
    })
    .await;
    let log = entries(&world, "mof").await.join("\n");
    assert!(!log.contains("Quốc lộ") && !log.contains("Bưởi"), "{log}");

    // The new owner has all of it; who had it sees its path alone.
    let theirs = seen(&world, &minh, &keys, WORDS).await;
    assert!(theirs.says("Tuyến đường này do bộ"), "{}", theirs.text());
    assert!(steps(&world, &minh, &keys, "xem-nguoi-gui", &[]).await.says("Nguyễn Thị Bưởi Hồng"));
    let file = until("the file in all its pieces", async || {
        let file = world.sees(&minh, &format!("{}/tep/1/1", desk(&keys))).await;
        if file.status == 200 { Ok(file) } else { Err(file.status.to_string()) }
    })
    .await;
    assert!(file.bytes == paper, "{} bytes of {}", file.bytes.len(), paper.len());
    let before = world.sees(&lan, &desk(&keys)).await;
    assert!(before.says("Cơ quan khác đang giữ") && !before.says("name=\"viec\""), "{}", before.text());

    // Asked back, replied with a picture, answered by two, rated, reopened: between the two nodes, without anybody's noticing.
    went(&steps(&world, &minh, &keys, "nhan", &[]).await);
    went(&steps(&world, &minh, &keys, "hoi", &[("loi", "Xin gửi ảnh lý trình cột cây số.")]).await);
    let asked = told(&world, "xa-a.laocai", &keys, "cần bạn bổ sung").await;
    assert!(asked.says("Xin gửi ảnh lý trình cột cây số."), "{}", asked.text());
    let fields = [
        ("ma", keys.code.as_str()),
        ("bi-mat", &keys.secret),
        ("viec", "tra-loi"),
        ("loi-nhan", "Ở Km 98, ngay cầu Móng Sến."),
    ];
    let note = b"%PDF-1.4\nKm 98\n%%EOF\n";
    let replied = posts(
        &world,
        "xa-b.laocai",
        "/phan-anh/tra-cuu/viec",
        &fields,
        Some(("km98.pdf", "application/pdf", note)),
    )
    .await;
    assert!(replied.says("Đã gửi.") && replied.says("km98.pdf"), "{}", replied.text());
    let reply = seen(&world, &minh, &keys, "Ở Km 98, ngay cầu Móng Sến.").await;
    assert!(reply.says("đang xử lý"), "{}", reply.text());
    seen(&world, &minh, &keys, "km98.pdf</a>").await;
    told(&world, "xa-a.laocai", &keys, "Cơ quan mof đang xử lý").await;

    let answer = "Bộ đã giao Khu Quản lý đường bộ vá xong đoạn Km 98. Hỏi thêm: 0987654321.";
    let fields = [("tra-loi", answer), ("cau-hoi", WORDS), ("cong-khai", "on")];
    went(&steps(&world, &minh, &keys, "trinh", &fields).await);
    went(&steps(&world, &chief, &keys, "duyet", &[]).await);
    let answered = told(&world, "xa-a.laocai", &keys, "Cơ quan mof đã trả lời").await;
    assert!(answered.says(answer), "its sender reads the whole answer: {}", answered.text());
    for portal in ["mof", "xa-a.laocai"] {
        let public = world.get(portal, &format!("/phan-anh/ho-so/{}", keys.code)).await;
        assert!(public.says("vá xong đoạn Km 98") && !public.says("0987654321"), "{}", public.text());
    }
    let rated = does(&world, "xa-a.laocai", &keys, "danh-gia", &[("muc", "partly")]).await;
    assert!(rated.says("Cảm ơn bạn đã đánh giá"), "{}", rated.text());
    let why = [("ly-do", "Mới vá hai hôm đã lún lại như cũ.")];
    assert!(does(&world, "xa-a.laocai", &keys, "mo-lai", &why).await.says("Đã mở lại"));
    seen(&world, &minh, &keys, "Mới vá hai hôm đã lún lại như cũ.").await;
    told(&world, "xa-a.laocai", &keys, "đang phân công người xử lý").await;
    assert_eq!(does(&world, "xa-a.laocai", &keys, "mo-lai", &why).await.status, 409);
    assert_eq!(record(&world, "mof", &keys).await, ["passed", "answered", "reopened"]);
    let rating = async || {
        let mut conn = world.app("mof").db.read().await.unwrap();
        nhipcau::petitions::store::find(&mut conn, &keys.code).await.unwrap().unwrap()
    };
    let theirs = rating().await;
    assert!(theirs.secret.is_empty(), "the secret never leaves the portal where it was asked");
    assert_eq!(theirs.bounced, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_give_back_and_forth_is_decided_above() {
    let world = World::with(["chinhphu", "laocai", "mof"]).await;
    let lan = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let minh = world.staff("mof", "minh", &["clerk"]).await;
    let above = world.staff("chinhphu", "hoa", &["clerk"]).await;
    let keys = asks(&world, "xa-a.laocai", &[("chuyen-gi", WORDS)]).await;
    for time in 1..=2 {
        passes(&world, &lan, &keys, "mof").await;
        seen(&world, &minh, &keys, WORDS).await;
        went(&steps(&world, &minh, &keys, "nhan", &[]).await);
        let back = [("loi", "Đoạn này đã phân cấp cho tỉnh quản lý."), ("toi", "laocai.localhost")];
        went(&steps(&world, &minh, &keys, "tra", &back).await);
        if time == 1 {
            let page = told(&world, "xa-a.laocai", &keys, "Cơ quan mof trả lại Cơ quan xa-a.laocai").await;
            assert!(page.says("Đề xuất: Cơ quan laocai"), "{}", page.text());
            seen(&world, &lan, &keys, "name=\"viec\"").await;
            let own = steps(&world, &lan, &keys, "tra", &back).await;
            assert!(own.status == 409, "it was not handed over but given back: {}", own.text());
        }
    }
    // Whoever stands above both has it, and says whose it is; that one cannot give it back.
    seen(&world, &above, &keys, WORDS).await;
    told(&world, "xa-a.laocai", &keys, "Cơ quan chinhphu đã nhận").await;
    passes(&world, &above, &keys, "mof").await;
    until("the decision to arrive", async || {
        let page = world.sees(&minh, &desk(&keys)).await;
        if page.says(WORDS) { Ok(()) } else { Err(page.status.to_string()) }
    })
    .await;
    went(&steps(&world, &minh, &keys, "nhan", &[]).await);
    let again = steps(&world, &minh, &keys, "tra", &[("loi", "Vẫn không phải của chúng tôi.")]).await;
    assert_eq!(again.status, 409, "{}", again.text());
    assert_eq!(record(&world, "mof", &keys).await, ["passed"; 5].to_vec());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_name_stays_where_it_was_given_and_what_is_taken_back_goes_everywhere() {
    let world = World::with(["chinhphu", "laocai", "mof"]).await;
    let lan = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let chief = world.staff("mof", "vu.truong", &["clerk", "leader"]).await;
    let fields = [("chuyen-gi", WORDS), ("dinh-danh", "hidden"), CONTACT[1], CONTACT[2]];
    let keys = asks(&world, "xa-a.laocai", &fields).await;
    passes(&world, &lan, &keys, "mof").await;
    let page = seen(&world, &chief, &keys, WORDS).await;
    assert!(page.says("tên và cách liên hệ chỉ ở cổng nơi họ gửi"), "{}", page.text());
    assert_eq!(steps(&world, &chief, &keys, "xem-nguoi-gui", &[]).await.status, 409);
    told(&world, "xa-a.laocai", &keys, "Cơ quan mof đã nhận").await;
    let gone = does(&world, "xa-a.laocai", &keys, "rut", &[("chac-chan", "on")]).await;
    assert!(gone.says("Đã rút"), "{}", gone.text());
    until("the owner to forget it", async || {
        let page = world.sees(&chief, &desk(&keys)).await;
        if page.says("Đã rút") { Ok(page) } else { Err(page.text()) }
    })
    .await;
    until("the words to be gone from both", async || {
        for label in ["laocai", "mof"] {
            let mut conn = world.app(label).db.read().await.unwrap();
            let desks = nhipcau::all!(&mut conn, (String,), "SELECT desk FROM petition_desk").unwrap();
            let words = nhipcau::all!(&mut conn, (String,), "SELECT words FROM petition_words").unwrap();
            if !words.is_empty() || desks.iter().any(|(desk,)| desk.contains("Quốc lộ")) {
                return Err(format!("{label}: {words:?} {desks:?}"));
            }
        }
        Ok(())
    })
    .await;
    assert_eq!(record(&world, "mof", &keys).await, ["passed", "closed"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_takes_the_place_of_an_agency_that_ends_answers_for_its_cases() {
    let world = World::with(["chinhphu", "laocai", "mof"]).await;
    let lan = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let minh = world.staff("mof", "minh", &["clerk"]).await;
    let number = |n: &'static str| [("chuyen-gi", WORDS), ("lan", n)];
    let own = asks(&world, "xa-a.laocai", &number("10000000000000000000000000000000")).await;
    let from_far = asks(&world, "mof", &number("20000000000000000000000000000000")).await;
    let far = asks(&world, "xa-a.laocai", &number("30000000000000000000000000000000")).await;
    passes(&world, &minh, &from_far, "xa-a.laocai").await;
    passes(&world, &lan, &far, "mof").await;
    seen(&world, &lan, &from_far, WORDS).await;
    told(&world, "mof", &from_far, "Cơ quan xa-a.laocai đã nhận").await;
    told(&world, "laocai", &far, "Cơ quan mof đã nhận").await;

    super::super::merger::merges(&world).await;
    let heir = world.staff("xa-b.laocai", "hoa", &["clerk"]).await;
    let chief = world.staff("xa-b.laocai", "bi.thu", &["leader"]).await;
    for keys in [&own, &from_far] {
        seen(&world, &heir, keys, "đã sáp nhập hoặc giải thể, chịu trách nhiệm trả lời").await;
        answers(&world, &heir, &chief, keys, "Xã mới đã cho vá đường.").await;
    }
    assert!(told(&world, "laocai", &own, "đã trả lời").await.says("Xã mới đã cho vá đường."));
    assert!(told(&world, "mof", &from_far, "đã trả lời").await.says("Xã mới đã cho vá đường."));
    assert_eq!(record(&world, "xa-b.laocai", &own).await, ["answered"]);

    // What the closed one had passed on is still answered to its sender, and its sender is still heard.
    let more = does(&world, "laocai", &far, "tra-loi", &[("loi-nhan", "Xe lại sa lầy sáng nay.")]).await;
    assert!(more.says("Đã gửi."), "{}", more.text());
    seen(&world, &minh, &far, "Xe lại sa lầy sáng nay.").await;
    let head = world.staff("mof", "vu.truong", &["leader"]).await;
    answers(&world, &minh, &head, &far, "Bộ đã cho vá đường.").await;
    assert!(told(&world, "laocai", &far, "Cơ quan mof đã trả lời").await.says("Bộ đã cho vá đường."));
}
