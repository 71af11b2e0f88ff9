//! From the queue to the answer: claimed, asked about, passed on, given back, extended, answered by two people, rated, reopened.

use super::super::world::PASSWORD;
use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_case_goes_its_whole_way() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let clerk = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    world.staff("xa-a.laocai", "chu.tich", &["leader"]).await;
    let words = "Đèn đường hỏng trước nhà tôi, gọi 0912 345 678 để biết thêm.";
    let keys = asks(&world, "xa-a.laocai", &[("chuyen-gi", words)]).await;
    let queue = world.sees(&clerk, &format!("{DESK}?hang=chua-nhan")).await;
    assert!(queue.says(&keys.code) && queue.says("Đèn đường hỏng trước nhà tôi"), "{}", queue.text());

    // Nothing before it is taken on; then it is in the own queue.
    let early = steps(&world, &clerk, &keys, "gia-han", &[("loi", "Cần thêm thời gian khảo sát.")]).await;
    assert!(early.status == 409 && early.says("Hãy nhận xử lý trước"), "{}", early.text());
    went(&steps(&world, &clerk, &keys, "nhan", &[]).await);
    assert!(world.sees(&clerk, &format!("{DESK}?hang=cua-toi")).await.says(&keys.code));
    went(&steps(&world, &clerk, &keys, "ghi-chu", &[("loi", "Đã gọi tổ điện chiếu sáng.")]).await);

    // Its sender is asked for more, and replies at another portal of the node; the waiting does not count.
    went(&steps(&world, &clerk, &keys, "hoi", &[("loi", "Xin cho biết số cột đèn.")]).await);
    let before = follows(&world, "laocai", &keys).await;
    assert!(before.says("cần bạn bổ sung") && before.says("Xin cho biết số cột đèn."), "{}", before.text());
    assert!(!before.says("tổ điện chiếu sáng"), "notes are for colleagues");
    let due = |page: &Answer| between(&page.text(), "<dt>Hạn trả lời</dt><dd>", ".");
    let first = due(&before);
    pass(&world, "laocai", 3).await;
    let replied =
        does(&world, "xa-b.laocai", &keys, "tra-loi", &[("loi-nhan", "Cột số 17, đầu ngõ 3.")]).await;
    assert!(replied.says("Đã gửi.") && replied.says("Cột số 17"), "{}", replied.text());
    assert_ne!(due(&replied), first, "the days of waiting are added");

    // Days have gone by: everybody signs in anew.
    let again = async |login: &str| {
        let signed = world.signs_in("xa-a.laocai", login, PASSWORD).await;
        world.signed_in("xa-a.laocai", &signed).await
    };
    let (clerk, chief) = (again("lan").await, again("chu.tich").await);

    // Extended twice at most, each time with a reason that its sender reads.
    for reason in ["Chờ vật tư thay thế.", "Chờ cắt điện theo lịch."] {
        went(&steps(&world, &clerk, &keys, "gia-han", &[("loi", reason)]).await);
        assert!(follows(&world, "xa-a.laocai", &keys).await.says(reason));
    }
    let third = steps(&world, &clerk, &keys, "gia-han", &[("loi", "Chờ thêm một lần nữa.")]).await;
    assert_eq!(third.status, 409, "{}", third.text());

    // What readers would see is masked; the draft is nobody's before it is approved, and not by who wrote it.
    let answer = "Đã thay bóng đèn cột 17. Cần hỏi thêm xin gọi 0987654321.";
    let fields = [("tra-loi", answer), ("cau-hoi", words), ("cong-khai", "on")];
    let preview = steps(&world, &clerk, &keys, "xem-truoc", &fields).await;
    assert!(preview.says("gọi [đã che số điện thoại] để biết thêm"), "{}", preview.text());
    went(&steps(&world, &clerk, &keys, "trinh", &fields).await);
    assert!(!follows(&world, "xa-a.laocai", &keys).await.says("Đã thay bóng đèn"));
    let own = steps(&world, &clerk, &keys, "duyet", &[]).await;
    assert!(own.status == 409 && !own.says("Đã ghi nhận"), "{}", own.text());
    assert!(world.sees(&chief, "/ban-lam-viec").await.says("câu trả lời chờ duyệt"));
    went(&steps(&world, &chief, &keys, "duyet", &[]).await);

    let answered = follows(&world, "xa-a.laocai", &keys).await;
    assert!(answered.says(answer), "its sender reads the whole answer: {}", answered.text());
    let public = world.get("xa-a.laocai", &format!("/phan-anh/ho-so/{}", keys.code)).await;
    assert!(public.says("Đã thay bóng đèn cột 17"), "{}", public.text());
    for number in ["0912", "0987654321"] {
        assert!(!public.says(number), "{}", public.text());
    }
    let list = world.get("xa-a.laocai", "/phan-anh").await;
    assert!(list.says(&keys.code) && !list.says("0912"), "{}", list.text());
    assert_eq!(record(&world, "xa-a.laocai", &keys).await, ["registered", "answered"]);

    // Rated by one click, seen by nobody in the console; reopened once.
    let rated = does(&world, "laocai", &keys, "danh-gia", &[("muc", "partly")]).await;
    assert!(rated.says("Cảm ơn bạn đã đánh giá") && !rated.says("name=\"muc\""), "{}", rated.text());
    assert!(!world.sees(&chief, &desk(&keys)).await.says("đánh giá"));
    let empty = does(&world, "laocai", &keys, "mo-lai", &[("ly-do", "?")]).await;
    assert_eq!(empty.status, 422);
    let why = [("ly-do", "Đèn lại hỏng sau hai hôm, chưa ai đến xem.")];
    assert!(does(&world, "laocai", &keys, "mo-lai", &why).await.says("Đã mở lại"));
    let again = does(&world, "laocai", &keys, "mo-lai", &why).await;
    assert_eq!(again.status, 409, "{}", again.text());
    answers(&world, &clerk, &chief, &keys, "Đã thay cả bộ đèn và chấn lưu.").await;
    let late = does(&world, "laocai", &keys, "mo-lai", &why).await;
    assert!(late.status == 409 && !late.says("value=\"mo-lai\""), "once only: {}", late.text());
    pass(&world, "laocai", 1).await;
    let kinds = ["registered", "answered", "reopened", "answered", "closed"];
    assert_eq!(record(&world, "xa-a.laocai", &keys).await, kinds);
    assert!(follows(&world, "xa-a.laocai", &keys).await.says("Đã kết thúc"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_works_on_what_was_changed_meanwhile_is_told_and_loses_nothing() {
    let world = World::with(["chinhphu"]).await;
    let clerk = world.staff("chinhphu", "lan", &["clerk"]).await;
    let other = world.staff("chinhphu", "minh", &["clerk", "leader"]).await;
    let keys = asks(&world, "chinhphu", &[]).await;
    went(&steps(&world, &clerk, &keys, "nhan", &[]).await);
    let old = super::super::world::hidden(&world.sees(&clerk, &desk(&keys)).await.text(), "ban").unwrap();
    went(&steps(&world, &other, &keys, "ghi-chu", &[("loi", "Việc này tôi đã hỏi sở.")]).await);
    let stale = world
        .fills(&clerk, &desk(&keys), &[("viec", "hoi"), ("ban", &old), ("loi", "Xin cho biết số cột đèn.")])
        .await;
    assert!(stale.status == 409 && stale.says("Có người vừa làm việc khác"), "{}", stale.text());
    assert!(stale.says("Xin cho biết số cột đèn.") && stale.says("tôi đã hỏi sở"), "{}", stale.text());
    // A colleague cannot take it away; the head can.
    let third = world.staff("chinhphu", "hoa", &["clerk"]).await;
    let taken = steps(&world, &third, &keys, "hoi", &[("loi", "Xin cho biết số cột đèn.")]).await;
    assert!(taken.status == 409 && taken.says("Người khác đang xử lý"), "{}", taken.text());
    went(&steps(&world, &other, &keys, "nhan", &[]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_has_one_owner_and_goes_back_and_forth_no_more_than_twice() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let a = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let b = world.staff("xa-b.laocai", "minh", &["clerk"]).await;
    let province = world.staff("laocai", "hoa", &["clerk"]).await;
    let contact = [("dinh-danh", "named"), ("ho-ten", "Nguyễn Thị Bưởi"), ("dien-thoai", "0911222333")];
    let keys = asks(&world, "xa-a.laocai", &contact).await;
    went(&steps(&world, &a, &keys, "nhan", &[]).await);
    let nowhere =
        steps(&world, &a, &keys, "chuyen", &[("toi", "x/log"), ("loi", "Đường thuộc xã bên.")]).await;
    assert!(nowhere.status == 422 && nowhere.says("Đường thuộc xã bên."), "{}", nowhere.text());
    let to_b = [("toi", "xa-b.laocai.localhost/log"), ("loi", "Đoạn đường này thuộc xã B quản lý.")];
    went(&steps(&world, &a, &keys, "chuyen", &to_b).await);

    // Whoever had it sees its path, no longer its words and its sender, and can do nothing.
    let seen = world.sees(&a, &desk(&keys)).await;
    assert!(seen.says("Cơ quan khác đang giữ") && seen.says("chuyển tới"), "{}", seen.text());
    assert!(!seen.says("Đèn đường") && !seen.says("name=\"viec\""), "{}", seen.text());
    let more = steps(&world, &a, &keys, "ghi-chu", &[("loi", "Vẫn muốn ghi thêm.")]).await;
    assert_eq!(more.status, 409, "{}", more.text());
    assert_eq!(steps(&world, &a, &keys, "xem-nguoi-gui", &[]).await.status, 409);
    // Of a third agency it is not there, whatever is guessed.
    for act in ["nhan", "ghi-chu", "xem-nguoi-gui", "duyet"] {
        assert_eq!(steps(&world, &province, &keys, act, &[("loi", "Đoán mã phản ánh.")]).await.status, 404);
    }
    assert_eq!(world.sees(&province, &desk(&keys)).await.status, 404);
    assert_eq!(world.sees(&province, &format!("{}/tep/1/1", desk(&keys))).await.status, 404);

    // Both logs say so, and the sender sees who has it.
    assert_eq!(record(&world, "xa-a.laocai", &keys).await, ["registered", "passed"]);
    assert_eq!(record(&world, "xa-b.laocai", &keys).await, ["passed"]);
    assert!(follows(&world, "xa-a.laocai", &keys).await.says("Đoạn đường này thuộc xã B quản lý."));

    let back = [("loi", "Không thuộc xã B; theo quyết định phân cấp là xã A.")];
    went(&steps(&world, &b, &keys, "nhan", &[]).await);
    let proposed = [back[0], ("toi", "laocai.localhost/log")];
    went(&steps(&world, &b, &keys, "tra", &proposed).await);
    assert!(world.sees(&a, &desk(&keys)).await.says("Đề xuất: Cơ quan laocai"));
    went(&steps(&world, &a, &keys, "nhan", &[]).await);
    let own = steps(&world, &a, &keys, "tra", &back).await;
    assert_eq!(own.status, 409, "it was not handed over but given back: {}", own.text());
    went(&steps(&world, &a, &keys, "chuyen", &to_b).await);
    went(&steps(&world, &b, &keys, "nhan", &[]).await);
    went(&steps(&world, &b, &keys, "tra", &back).await);
    // The second time the province decides.
    assert!(world.sees(&province, &format!("{DESK}?hang=chua-nhan")).await.says(&keys.code));
    assert_eq!(record(&world, "laocai", &keys).await, ["passed"]);
    assert_eq!(world.sees(&province, &desk(&keys)).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_given_back_within_two_working_days_only() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let a = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let keys = asks(&world, "xa-a.laocai", &[]).await;
    went(&steps(&world, &a, &keys, "nhan", &[]).await);
    let to_b = [("toi", "xa-b.laocai.localhost/log"), ("loi", "Đoạn đường này thuộc xã B quản lý.")];
    went(&steps(&world, &a, &keys, "chuyen", &to_b).await);
    pass(&world, "laocai", 15).await;
    let b = world.staff("xa-b.laocai", "minh", &["clerk"]).await;
    went(&steps(&world, &b, &keys, "nhan", &[]).await);
    let late = steps(&world, &b, &keys, "tra", &[("loi", "Không thuộc xã B quản lý.")]).await;
    assert!(late.status == 409 && late.says("trong 2 ngày làm việc"), "{}", late.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_reminded_in_office_hours_and_figures_tell_of_nobody() {
    let world = World::with(["chinhphu"]).await;
    let clock = world.clock("chinhphu");
    let at = |text: &str| reaches(&world, "chinhphu", text);
    at("2027-01-04T03:00:00Z");
    let keys = asks(&world, "chinhphu", &[]).await;
    let reminded = async || {
        jobs::look(world.app("chinhphu")).await.unwrap();
        let clerk = world.staff("chinhphu", &format!("can-bo-{}", clock.micros()), &["clerk"]).await;
        let home = world.sees(&clerk, "/ban-lam-viec").await.text();
        home.contains(&keys.code).then(|| between(&home, "đã qua ", " %"))
    };
    assert_eq!(reminded().await, None, "it has just begun");
    at("2027-01-23T03:00:00Z");
    assert_eq!(reminded().await, None, "on a Saturday nobody is reminded");
    at("2027-01-25T20:00:00Z");
    assert_eq!(reminded().await, None, "nor at three in the morning");
    at("2027-01-26T02:00:00Z");
    assert_eq!(reminded().await.as_deref(), Some("100"), "due on Monday, 25 January");
    assert!(
        world.get("chinhphu", "/phan-anh/thong-ke").await.says("&lt;5")
            || world.get("chinhphu", "/phan-anh/thong-ke").await.says("&#60;5")
    );
    let csv = world.get("chinhphu", "/phan-anh/thong-ke.csv").await;
    assert!(csv.says("agency,all,answered") && csv.says(",<5,0,0,<5,<5,0,0,0,"), "{}", csv.text());
}
