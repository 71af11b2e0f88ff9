//! Recommendations of agencies: filed, passed, followed as their sender, answered, reported by the level that is to solve them.

use super::super::world::hidden;
use super::*;

const RECOMMEND: &str = "/ban-lam-viec/phan-anh/kien-nghi";

#[tokio::test(flavor = "multi_thread")]
async fn an_agency_files_a_difficulty_and_it_is_solved_by_the_same_machine() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let commune = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let province = world.staff("laocai", "hoa", &["clerk"]).await;
    let chief = world.staff("laocai", "bi.thu", &["leader"]).await;
    let filed = [
        ("tom-tat", "Đề nghị phân cấp sửa chữa đường liên xã cho xã."),
        ("loi", "Quy định hiện hành chưa cho xã chi sửa chữa đường liên xã; đề nghị phân cấp."),
        ("cap", "province"),
        ("toi", "laocai.localhost"),
    ];
    for (field, why) in
        [("tom-tat", "tóm tắt trong một câu"), ("cap", "chọn cấp"), ("toi", "Không có cơ quan nào")]
    {
        let odd: Vec<_> =
            filed.iter().map(|(name, value)| (*name, if *name == field { "" } else { *value })).collect();
        let odd = world.fills(&commune, RECOMMEND, &odd).await;
        assert!(odd.status == 422 && odd.says(why) && odd.says("chưa cho xã chi"), "{field}: {}", odd.text());
    }
    // Nobody sends one by the page of citizens.
    let sent = posts(&world, "xa-a.laocai", ASK, &form(&[("loai", "kien-nghi-co-quan")]), None).await;
    assert_eq!(sent.status, 422, "{}", sent.text());
    // Sent twice by a click too many: one.
    let once = hidden(&world.sees(&commune, RECOMMEND).await.text(), "lan").unwrap();
    let filed = [&filed[..], &[("lan", once.as_str())]].concat();
    for _ in 0..2 {
        went(&world.fills(&commune, RECOMMEND, &filed).await);
    }
    assert_eq!(world.sees(&commune, RECOMMEND).await.text().matches("name=\"ma\"").count(), 1);
    let list = world.sees(&commune, RECOMMEND).await;
    assert!(list.says("Đề nghị phân cấp") && list.says("còn chờ trả lời 1"), "{}", list.text());
    let text = list.text();
    let keys = Keys {
        code: between(&text, "name=\"ma\" value=\"", "\""),
        secret: between(&text, "name=\"bi-mat\" value=\"", "\""),
    };
    // It is with the province, which sees what it is and answers it.
    let queue = world.sees(&province, DESK).await;
    assert!(queue.says("Kiến nghị của cơ quan") && queue.says(&keys.code), "{}", queue.text());
    went(&steps(&world, &province, &keys, "nhan", &[]).await);
    went(&steps(&world, &province, &keys, "hoi", &[("loi", "Xin gửi danh mục tuyến đường.")]).await);
    let page = follows(&world, "xa-a.laocai", &keys).await;
    assert!(page.says("Xin gửi danh mục tuyến đường."), "{}", page.text());
    let reply =
        does(&world, "xa-a.laocai", &keys, "tra-loi", &[("loi-nhan", "Ba tuyến: ĐX01, ĐX02, ĐX03.")]).await;
    assert!(reply.says("Đã gửi."), "{}", reply.text());
    let fields = [("tra-loi", "Đồng ý phân cấp từ quý sau."), ("cau-hoi", "")];
    went(&steps(&world, &province, &keys, "trinh", &fields).await);
    went(&steps(&world, &chief, &keys, "duyet", &[]).await);
    assert!(follows(&world, "xa-a.laocai", &keys).await.says("Đồng ý phân cấp từ quý sau."));
    assert!(world.sees(&commune, RECOMMEND).await.says("còn chờ trả lời 0"));
    assert_eq!(record(&world, "xa-a.laocai", &keys).await, ["registered", "passed"]);

    // Reported by who filed it and whoever stands above, by the level that was to solve it.
    let today = nhipcau::words::date::day(world.clock("laocai").now()).iso_week_date();
    let week = format!("{}-W{:02}", today.year(), today.week());
    for who in [&commune, &province] {
        let brief = world.sees(who, &format!("{DESK}/bao-cao?tuan={week}")).await;
        assert!(
            brief.says("Kiến nghị của bộ, ngành, địa phương") && brief.says("Cấp tỉnh"),
            "{}",
            brief.text()
        );
    }
    let other = world.staff("xa-b.laocai", "minh", &["clerk"]).await;
    assert!(!world.sees(&other, RECOMMEND).await.says("phân cấp"), "of another agency nothing is there");
}
