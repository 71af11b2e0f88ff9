//! Several cases at once, texts that are used again, answers that are quoted, and what somebody took on and forgot.

use super::*;

const MANY: &str = "/ban-lam-viec/phan-anh/nhieu";
const TEMPLATES: &str = "/ban-lam-viec/phan-anh/mau";

/// Cases at a portal, each of a form of its own.
async fn several(world: &World, portal: &str, many: usize) -> Vec<Keys> {
    let mut all = Vec::new();
    for n in 0..many {
        let once = format!("{n:032x}");
        let words = format!("Đèn đường số {n} trước trường tiểu học hỏng ba tuần nay.");
        all.push(asks(world, portal, &[("lan", &once), ("chuyen-gi", &words)]).await);
    }
    all
}

/// Looks at a deed for cases, then does exactly what was looked at.
async fn confirmed(world: &World, who: &Staff, preview: &Answer) -> Answer {
    let page = preview.text();
    let form = between(&page, "action=\"/ban-lam-viec/phan-anh/nhieu\">", "</form>");
    let fields: Vec<(String, String)> = form
        .split("type=\"hidden\" name=\"")
        .skip(1)
        .map(|rest| (rest.split('"').next().unwrap().to_owned(), between(rest, "value=\"", "\"")))
        .filter(|(name, _)| name != "khoa")
        .collect();
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    world.fills(who, MANY, &fields).await
}

#[tokio::test(flavor = "multi_thread")]
async fn several_cases_are_taken_on_looked_at_first_and_given_back_by_one_click() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let clerk = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let other = world.staff("xa-a.laocai", "minh", &["clerk"]).await;
    let all = several(&world, "xa-a.laocai", 3).await;
    went(&steps(&world, &other, &all[2], "nhan", &[]).await);
    let queue = world.sees(&clerk, DESK).await;
    assert!(queue.says("Với các phản ánh đã chọn"), "{}", queue.text());

    let none = world.fills(&clerk, MANY, &[("lam", "nhan")]).await;
    assert!(none.status == 409 && none.says("Chưa chọn phản ánh nào"), "{}", none.text());
    let ticked: Vec<(&str, &str)> = all.iter().map(|keys| ("chon", keys.code.as_str())).collect();
    let odd = world.fills(&clerk, MANY, &[&ticked[..], &[("lam", "giao"), ("cho", "x")]].concat()).await;
    assert!(odd.status == 409 && odd.says("Hãy chọn người xử lý"), "{}", odd.text());
    assert_eq!(odd.text().matches(" checked>").count(), 3, "what was ticked stays ticked: {}", odd.text());

    let preview = world.fills(&clerk, MANY, &[&ticked[..], &[("lam", "nhan")]].concat()).await;
    assert!(
        preview.says("Sẽ làm với 2 phản ánh") && preview.says("Người khác đang xử lý"),
        "{}",
        preview.text()
    );
    assert!(
        world.sees(&clerk, &format!("{DESK}?hang=cua-toi")).await.says("Không có phản ánh nào"),
        "only looked at"
    );
    // One is changed between the look and the click: it is left out, the other is done.
    went(&steps(&world, &other, &all[0], "ghi-chu", &[("loi", "Tôi đã gọi tổ điện.")]).await);
    let done = confirmed(&world, &clerk, &preview).await;
    assert!(done.says("Đã làm với 1 phản ánh") && done.says("Có người vừa làm việc khác"), "{}", done.text());
    assert!(world.sees(&clerk, &format!("{DESK}?hang=cua-toi")).await.says(&all[1].code));
    let undone = confirmed(&world, &clerk, &done).await;
    assert!(undone.says("Đã làm với 1 phản ánh"), "{}", undone.text());
    assert!(!world.sees(&clerk, &format!("{DESK}?hang=cua-toi")).await.says(&all[1].code));
    // A clerk of another agency who guesses codes gets an empty list.
    let stranger = world.staff("laocai", "hoa", &["clerk"]).await;
    let guessed = world.fills(&stranger, MANY, &[&ticked[..], &[("lam", "nhan")]].concat()).await;
    assert!(guessed.says("Sẽ làm với 0 phản ánh") && !guessed.says(&all[0].code), "{}", guessed.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_of_one_matter_are_given_to_a_colleague_and_answered_together() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let chief = world.staff("xa-a.laocai", "chu.tich", &["leader"]).await;
    let clerk = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let all = several(&world, "xa-a.laocai", 3).await;
    let ticked: Vec<(&str, &str)> = all.iter().map(|keys| ("chon", keys.code.as_str())).collect();
    let page = world.sees(&chief, DESK).await.text();
    let select = between(&page, "name=\"cho\">", "</select>");
    let lan = select.split("<option value=\"").find(|option| option.contains("lan<")).unwrap();
    let lan = lan.split('"').next().unwrap();
    let gives = [&ticked[..], &[("lam", "giao"), ("cho", lan)]].concat();
    let done = confirmed(&world, &chief, &world.fills(&chief, MANY, &gives).await).await;
    assert!(done.says("Đã làm với 3 phản ánh"), "{}", done.text());
    let merges = [&ticked[..], &[("lam", "gop"), ("vao", &all[0].code)]].concat();
    let preview = world.fills(&clerk, MANY, &merges).await;
    assert!(
        preview.says("Sẽ làm với 2 phản ánh") && preview.says("chính là phản ánh được trả lời"),
        "{}",
        preview.text()
    );
    assert!(confirmed(&world, &clerk, &preview).await.says("Đã làm với 2 phản ánh"));
    let fields = [("tra-loi", "Đã thay bóng cả ba cột."), ("cau-hoi", "Đèn hỏng."), ("cong-khai", "on")];
    went(&steps(&world, &clerk, &all[0], "trinh", &fields).await);
    went(&steps(&world, &chief, &all[0], "duyet", &[]).await);
    for keys in &all {
        assert!(follows(&world, "xa-a.laocai", keys).await.says("Đã thay bóng cả ba cột."));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_away_is_given_back_by_one_click_to_whoever_had_it() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let clerk = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let other = world.staff("xa-a.laocai", "minh", &["clerk"]).await;
    let chief = world.staff("xa-a.laocai", "chu.tich", &["leader"]).await;
    let all = several(&world, "xa-a.laocai", 2).await;
    let ticked: Vec<(&str, &str)> = all.iter().map(|keys| ("chon", keys.code.as_str())).collect();
    let id_of = async |name: &str| {
        let page = world.sees(&chief, DESK).await.text();
        let select = between(&page, "name=\"cho\">", "</select>");
        let end = format!("{name}</option>");
        let found =
            select.split("<option value=\"").find(|option| option.trim_end().ends_with(&end)).unwrap();
        found.split('"').next().unwrap().to_owned()
    };
    let minh = id_of("minh").await;
    // One of them was hers; a clerk takes back what she gave away, though it is a colleague's now.
    went(&steps(&world, &clerk, &all[0], "nhan", &[]).await);
    let gives = [("chon", all[0].code.as_str()), ("lam", "giao"), ("cho", &minh)];
    let done = confirmed(&world, &clerk, &world.fills(&clerk, MANY, &gives).await).await;
    assert!(done.says("Đã làm với 1 phản ánh") && done.says("Hoàn tác"), "{}", done.text());
    assert!(world.sees(&other, &format!("{DESK}?hang=cua-toi")).await.says(&all[0].code));
    let undone = confirmed(&world, &clerk, &done).await;
    assert!(undone.says("Đã làm với 1 phản ánh"), "{}", undone.text());
    assert!(world.sees(&clerk, &format!("{DESK}?hang=cua-toi")).await.says(&all[0].code), "hers again");
    // A leader gives both: one goes back to her, the other to nobody; what somebody did since stays.
    let gives = [&ticked[..], &[("lam", "giao"), ("cho", &minh)]].concat();
    let done = confirmed(&world, &chief, &world.fills(&chief, MANY, &gives).await).await;
    assert!(done.says("Đã làm với 2 phản ánh"), "{}", done.text());
    let undone = confirmed(&world, &chief, &done).await;
    assert!(undone.says("Đã làm với 2 phản ánh"), "{}", undone.text());
    assert!(world.sees(&clerk, &format!("{DESK}?hang=cua-toi")).await.says(&all[0].code));
    assert!(world.sees(&clerk, &format!("{DESK}?hang=chua-nhan")).await.says(&all[1].code));
    let done = confirmed(&world, &chief, &world.fills(&chief, MANY, &gives).await).await;
    went(&steps(&world, &other, &all[1], "tien-do", &[("loi", "Đã gọi tổ điện đến xem.")]).await);
    let undone = confirmed(&world, &chief, &done).await;
    assert!(
        undone.says("Đã làm với 1 phản ánh") && undone.says("Có người vừa làm việc khác"),
        "{}",
        undone.text()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_in_bulk_are_published_masked_as_each_was_looked_at() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let clerk = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let chief = world.staff("xa-a.laocai", "chu.tich", &["leader"]).await;
    let words = "Đèn trước nhà tôi hỏng, gọi 0912 345 678 để vào xem.";
    let first = asks(&world, "xa-a.laocai", &[("chuyen-gi", words)]).await;
    let second = asks(&world, "xa-a.laocai", &[("lan", "d0112233445566778899aabbccddeeff")]).await;
    went(
        &world
            .fills(&clerk, TEMPLATES, &[("viec", "luu"), ("ten", "Xong"), ("loi", "Phản ánh {ma} đã xong.")])
            .await,
    );
    let id = between(&world.sees(&clerk, TEMPLATES).await.text(), "?sua=", "#");
    for keys in [&first, &second] {
        went(&steps(&world, &clerk, keys, "nhan", &[]).await);
    }
    let ticked = [("chon", first.code.as_str()), ("chon", &second.code)];
    let answers = [&ticked[..], &[("lam", "mau"), ("mau", &id), ("cong-khai", "on")]].concat();
    let preview = world.fills(&clerk, MANY, &answers).await;
    assert!(preview.says("Sẽ làm với 2 phản ánh") && preview.says("dữ liệu cá nhân"), "{}", preview.text());
    assert!(preview.says("Đèn trước nhà tôi hỏng") && !preview.says("0912"), "masked: {}", preview.text());
    // The second is unticked: it is answered, and nobody else reads it.
    let page = preview.text();
    let versions: Vec<String> = page
        .split("name=\"chon\" value=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect();
    let mut fields = vec![("viec", "lam"), ("lam", "mau"), ("mau", id.as_str()), ("cong-khai", &first.code)];
    fields.extend(versions.iter().map(|value| ("chon", value.as_str())));
    let done = world.fills(&clerk, MANY, &fields).await;
    assert!(done.says("Đã làm với 2 phản ánh"), "{}", done.text());
    for keys in [&first, &second] {
        went(&steps(&world, &chief, keys, "duyet", &[]).await);
    }
    let public = world.get("xa-a.laocai", &format!("/phan-anh/ho-so/{}", first.code)).await;
    assert!(
        public.says("đã xong") && public.says("Đèn trước nhà") && !public.says("0912"),
        "{}",
        public.text()
    );
    assert_eq!(world.get("xa-a.laocai", &format!("/phan-anh/ho-so/{}", second.code)).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_is_searched_without_marks_and_one_is_taken_on_where_it_stands() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let clerk = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let lamp = asks(&world, "xa-a.laocai", &[]).await;
    let road = [("chuyen-gi", "Ổ gà lớn giữa cầu Cốc Lếu."), ("lan", "e0112233445566778899aabbccddeeff")];
    let road = asks(&world, "xa-a.laocai", &road).await;
    let found = world.fills(&clerk, DESK, &[("hang", "tat-ca"), ("tim", "o ga LON")]).await;
    assert!(found.status == 200 && found.says(&road.code) && !found.says(&lamp.code), "{}", found.text());
    assert!(found.says("Tìm thấy 1 phản ánh"), "{}", found.text());
    let by_code = world.fills(&clerk, DESK, &[("tim", &lamp.code.to_lowercase())]).await;
    assert!(by_code.says(&lamp.code) && !by_code.says("cầu Cốc Lếu"), "{}", by_code.text());
    let none = world.fills(&clerk, DESK, &[("tim", "xe buýt")]).await;
    assert!(none.says("Tìm thấy 0 phản ánh") && !none.says(&lamp.code), "{}", none.text());
    let stranger = world.staff("laocai", "hoa", &["clerk"]).await;
    assert!(!world.fills(&stranger, DESK, &[("tim", "ổ gà")]).await.says(&road.code));
    // The button of a row, without a script: taken on at once, and taken back by one click.
    let queue = world.sees(&clerk, DESK).await.text();
    let value = between(&queue, "form=\"nhan-ngay\" name=\"chon\" value=\"", "\"");
    let done = world.fills(&clerk, MANY, &[("viec", "lam"), ("lam", "nhan"), ("chon", &value)]).await;
    assert!(done.says("Đã làm với 1 phản ánh") && done.says("Hoàn tác"), "{}", done.text());
    assert!(!world.sees(&clerk, DESK).await.says(&value), "who has it is asked no more");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_is_filled_in_case_by_case_and_an_unknown_placeholder_is_named() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let clerk = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let chief = world.staff("xa-a.laocai", "chu.tich", &["leader"]).await;
    let saves = async |fields: &[(&str, &str)]| {
        world.fills(&clerk, TEMPLATES, &[&[("viec", "luu")], fields].concat()).await
    };
    for (words, why) in [
        ("Kính gửi {ho-ten}, phản ánh {ma} đã xong.", "Không có chỗ điền nào tên ho-ten"),
        ("Phản ánh {ma đã được giải quyết.", "có một dấu ngoặc đứng lẻ"),
    ] {
        let odd = saves(&[("ten", "Đã xong"), ("loi", words)]).await;
        assert!(odd.status == 422 && odd.says(why) && odd.says(words), "{}", odd.text());
    }
    went(&saves(&[("ten", "Đã xong"), ("loi", "Phản ánh {ma} ở {noi} đã được giải quyết.")]).await);
    let twice = saves(&[("ten", "Đã xong"), ("loi", "Phản ánh {ma} đã được giải quyết.")]).await;
    assert!(twice.status == 422 && twice.says("Đã có mẫu mang tên này"), "{}", twice.text());
    let list = world.sees(&clerk, TEMPLATES).await;
    let id = between(&list.text(), "?sua=", "#");
    let stranger = world.staff("laocai", "hoa", &["clerk"]).await;
    assert_eq!(world.sees(&stranger, &format!("{TEMPLATES}?sua={id}")).await.status, 404, "per agency");
    let theirs = [("viec", "xoa"), ("id", id.as_str())];
    assert_eq!(world.fills(&stranger, TEMPLATES, &theirs).await.status, 404);

    let placed = [("noi", "phường Ba Đình, Hà Nội"), ("lan", "a0112233445566778899aabbccddeeff")];
    let with_place = asks(&world, "xa-a.laocai", &placed).await;
    let without = asks(&world, "xa-a.laocai", &[("lan", "b0112233445566778899aabbccddeeff")]).await;
    let ticked = [("chon", with_place.code.as_str()), ("chon", &without.code)];
    let takes = [&ticked[..], &[("lam", "nhan")]].concat();
    confirmed(&world, &clerk, &world.fills(&clerk, MANY, &takes).await).await;
    // On the page of one case what it lacks stays visible, and is not handed in.
    let page = world.sees(&clerk, &format!("{}?mau={id}", desk(&without))).await;
    assert!(page.says(&format!("Phản ánh {} ở {{noi}} đã", without.code)), "{}", page.text());
    let fields = [("tra-loi", "Phản ánh ở {noi} đã được giải quyết."), ("cau-hoi", "")];
    let left = steps(&world, &clerk, &without, "trinh", &fields).await;
    assert!(left.status == 422 && left.says("nơi xảy ra ({noi})"), "{}", left.text());
    let answers = [&ticked[..], &[("lam", "mau"), ("mau", &id)]].concat();
    let preview = world.fills(&clerk, MANY, &answers).await;
    assert!(preview.says("Sẽ làm với 1 phản ánh") && preview.says("Phường Ba Đình"), "{}", preview.text());
    assert!(preview.says("nơi xảy ra ({noi})"), "{}", preview.text());
    assert!(confirmed(&world, &clerk, &preview).await.says("Đã làm với 1 phản ánh"));
    went(&steps(&world, &chief, &with_place, "duyet", &[]).await);
    let got = follows(&world, "xa-a.laocai", &with_place).await;
    assert!(got.says(&format!("Phản ánh {} ở", with_place.code)), "{}", got.text());
    went(&world.fills(&clerk, TEMPLATES, &theirs).await);
    assert!(world.sees(&clerk, TEMPLATES).await.says("Chưa có mẫu nào"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_to_others_is_quoted_with_its_link() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let clerk = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let chief = world.staff("xa-a.laocai", "chu.tich", &["leader"]).await;
    let all = several(&world, "xa-a.laocai", 2).await;
    steps(&world, &clerk, &all[0], "nhan", &[]).await;
    let question = "Đèn đường trước trường tiểu học hỏng ba tuần nay.";
    let fields =
        [("tra-loi", "Đèn do điện lực thay trong 5 ngày."), ("cau-hoi", question), ("cong-khai", "on")];
    went(&steps(&world, &clerk, &all[0], "trinh", &fields).await);
    went(&steps(&world, &chief, &all[0], "duyet", &[]).await);
    nhipcau::petitions::similar::look(world.app("laocai")).await.unwrap();
    went(&steps(&world, &clerk, &all[1], "nhan", &[]).await);
    let page = world.sees(&clerk, &desk(&all[1])).await;
    let quote = format!("?trich={}", all[0].code);
    assert!(page.says("Đã trả lời những việc tương tự") && page.says(&quote), "{}", page.text());
    let quoted = world.sees(&clerk, &format!("{}{quote}", desk(&all[1]))).await;
    assert!(quoted.says("Đèn do điện lực thay trong 5 ngày."), "{}", quoted.text());
    assert!(quoted.says(&format!("/phan-anh/ho-so/{}", all[0].code)), "{}", quoted.text());
    // What is not published is no answer that anybody may quote.
    let secret = world.sees(&clerk, &format!("{}?trich={}", desk(&all[1]), all[1].code)).await;
    assert_eq!(secret.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_took_on_and_forgot_goes_back_to_the_queue() {
    let world = World::with(["chinhphu"]).await;
    let clock = world.clock("chinhphu");
    let at = |text: &str| reaches(&world, "chinhphu", text);
    // A Monday at ten.
    at("2027-01-04T03:00:00Z");
    let clerk = world.staff("chinhphu", "lan", &["clerk"]).await;
    let forgotten = asks(&world, "chinhphu", &[]).await;
    let waiting = asks(&world, "chinhphu", &[("lan", "c0112233445566778899aabbccddeeff")]).await;
    for keys in [&forgotten, &waiting] {
        went(&steps(&world, &clerk, keys, "nhan", &[]).await);
    }
    went(&steps(&world, &clerk, &waiting, "hoi", &[("loi", "Xin cho biết số cột đèn.")]).await);
    let unassigned = async || {
        jobs::look(world.app("chinhphu")).await.unwrap();
        let who = world.staff("chinhphu", &format!("can-bo-{}", clock.micros()), &["clerk"]).await;
        world.sees(&who, &format!("{DESK}?hang=chua-nhan")).await
    };
    at("2027-01-11T03:00:00Z");
    assert!(!unassigned().await.says(&forgotten.code), "on the fifth working day it is still theirs");
    at("2027-01-12T03:00:00Z");
    let queue = unassigned().await;
    assert!(queue.says(&forgotten.code), "{}", queue.text());
    assert!(!queue.says(&waiting.code), "who waits for the sender has forgotten nothing");
}
