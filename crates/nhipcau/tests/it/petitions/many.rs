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
