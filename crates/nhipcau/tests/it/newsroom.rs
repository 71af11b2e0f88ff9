//! The newsroom: people of an agency write, check, approve, issue, correct and end items in the console, and what they do
//! stands at every other portal.

use super::world::{Answer, PASSWORD, Staff, World, hidden, until};

/// An office of three: somebody who writes, somebody who approves, somebody who signs.
pub struct Office {
    pub world: World,
    pub lan: Staff,
    pub minh: Staff,
    pub ha: Staff,
}

/// A new office at the Government, and a ministry beside it.
pub async fn office() -> Office {
    let world = World::with(["chinhphu", "mof"]).await;
    let lan = world.staff("chinhphu", "lan", &["editor"]).await;
    let minh = world.staff("chinhphu", "minh", &["publisher"]).await;
    let ha = world.staff("chinhphu", "ha", &["signer"]).await;
    Office { world, lan, minh, ha }
}

/// The path that an answer leads to, without its query.
#[track_caller]
pub fn leads(answer: &Answer) -> String {
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("location").split('?').next().unwrap().to_owned()
}

impl Office {
    /// Begins a draft; returns its path.
    pub async fn begins(&self, who: &Staff, kind: &str) -> String {
        leads(&self.world.fills(who, "/ban-lam-viec/tin/moi", &[("kind", kind)]).await)
    }

    /// The newest version of a draft, as its page says.
    pub async fn version(&self, who: &Staff, path: &str) -> String {
        let page = self.world.sees(who, path).await;
        assert_eq!(page.status, 200, "{}", page.text());
        hidden(&page.text(), "version").unwrap()
    }

    /// Saves fields on top of what stands.
    pub async fn writes(&self, who: &Staff, path: &str, fields: &[(&str, &str)]) -> Answer {
        let version = self.version(who, path).await;
        let all: Vec<_> = [("version", version.as_str())].into_iter().chain(fields.iter().copied()).collect();
        self.world.fills(who, path, &all).await
    }

    /// Does something with a draft as it stands.
    pub async fn does(&self, who: &Staff, path: &str, act: &str, why: &str) -> Answer {
        let version = self.version(who, path).await;
        let fields = [("version", version.as_str()), ("viec", act), ("ly-do", why)];
        self.world.fills(who, &format!("{path}/viec"), &fields).await
    }

    /// A notice, written by Lan, approved and issued by Minh. Returns the path of its page in the console.
    pub async fn issues(&self, title: &str) -> String {
        let path = self.begins(&self.lan, "notice").await;
        leads(
            &self
                .writes(
                    &self.lan,
                    &path,
                    &[("title", title), ("text", "Xã trực **24 giờ**."), ("viec", "submit")],
                )
                .await,
        );
        leads(&self.does(&self.minh, &path, "approve", "").await);
        leads(&self.does(&self.minh, &path, "issue", "").await)
    }

    /// Waits until the ministry's page of an item says something.
    pub async fn stands(&self, item: &str, words: &str) {
        let public = format!("/muc/{}", item.rsplit('/').next().unwrap());
        until(words, async || {
            let page = self.world.get("mof", &public).await;
            if page.says(words) { Ok(()) } else { Err(page.text()) }
        })
        .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_looks_at_a_draft_stands_once_in_the_trail() {
    let office = office().await;
    let chief = office.world.staff("chinhphu", "chief", &["administrator"]).await;
    let path = office.begins(&office.lan, "notice").await;
    for _ in 0..3 {
        office.world.sees(&office.minh, &path).await;
    }
    let lines = |who: &str| format!("/ban-lam-viec/nhat-ky?viec=draft.seen&ai={who}");
    let trail = office.world.sees(&chief, &lines("minh")).await.text();
    assert!(trail.contains("xem bản thảo") && trail.matches("id=\"dong-").count() == 1, "{trail}");
    assert!(trail.contains(&format!("<a href=\"{path}\">(chưa có tiêu đề)</a>")), "{trail}");
    let trail = office.world.sees(&chief, &lines("ha")).await.text();
    assert_eq!(trail.matches("id=\"dong-").count(), 0, "who did not look is not in it");
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_that_turn_their_direction_are_refused_by_their_field() {
    let office = office().await;
    let path = office.begins(&office.lan, "notice").await;
    let turned = [("title", "Nghỉ lễ \u{202e}9/2"), ("text", "Xã trực."), ("viec", "submit")];
    let refused = office.writes(&office.lan, &path, &turned).await;
    assert!(refused.says("U+202A"), "{}", refused.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_writes_and_another_approves_stands_everywhere() {
    let office = office().await;
    let Office { world, lan, minh, .. } = &office;
    let path = office.begins(lan, "notice").await;
    let page = world.sees(lan, &path).await.text();
    assert!(page.contains("Cần sửa trước khi trình") && page.contains("href=\"#title\""), "{page}");

    // What is not whole can be saved, and not handed in.
    leads(&office.writes(lan, &path, &[("title", ""), ("text", "Nghỉ lễ")]).await);
    let refused = office.does(lan, &path, "submit", "").await;
    assert_eq!(refused.status, 409);
    assert!(refused.says("Còn chỗ phải sửa trước"), "{}", refused.text());

    leads(&office.writes(lan, &path, &[("title", "Thông báo nghỉ lễ"), ("viec", "submit")]).await);
    let refused = office.does(lan, &path, "approve", "").await;
    assert!(refused.says("Vai trò của bạn không bao gồm"), "{}", refused.text());
    assert!(world.sees(minh, "/ban-lam-viec").await.says("Thông báo nghỉ lễ"));
    leads(&office.does(minh, &path, "approve", "").await);
    let item = leads(&office.does(minh, &path, "issue", "").await);
    office.stands(&item, "Nghỉ lễ").await;
    assert!(world.sees(lan, "/ban-lam-viec/da-dang").await.says("Thông báo nghỉ lễ"));
    let again = office.does(minh, &path, "issue", "").await;
    assert_eq!(again.status, 409, "nothing is issued twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn any_change_asks_again_and_nobody_approves_their_own_words() {
    let office = office().await;
    let Office { world, lan, minh, ha } = &office;
    let path = office.begins(lan, "notice").await;
    leads(
        &office
            .writes(lan, &path, &[("title", "Lịch trực"), ("text", "Từ thứ Hai"), ("viec", "submit")])
            .await,
    );
    leads(&office.does(minh, &path, "approve", "").await);
    // Minh changes a word after the approval: then another must look at it.
    leads(&office.writes(minh, &path, &[("text", "Từ thứ Ba")]).await);
    assert!(world.sees(minh, &path).await.says("Chờ duyệt"));
    let refused = office.does(minh, &path, "approve", "").await;
    assert!(refused.says("Cần một người thứ hai"), "{}", refused.text());
    let refused = office.does(minh, &path, "issue", "").await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    leads(&office.does(ha, &path, "approve", "").await);
    // A form that was opened before the change changes nothing.
    let old = [("version", "2"), ("viec", "issue")];
    let refused = world.fills(minh, &format!("{path}/viec"), &old).await;
    assert!(refused.says("vừa được người khác sửa"), "{}", refused.text());
    leads(&office.does(minh, &path, "issue", "").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_official_document_needs_its_signer() {
    let office = office().await;
    let Office { lan, minh, ha, .. } = &office;
    let path = office.begins(lan, "directive").await;
    let fields = [
        ("title", "Về việc ứng phó bão số 15"),
        ("text", "Yêu cầu các địa phương trực ban."),
        ("form", "Công điện"),
        ("number", "46/CĐ-TTg"),
        ("agency", "Thủ tướng Chính phủ"),
        ("signer", "Nguyễn Văn A"),
        ("issued", "26/11/2026"),
        ("urgency", "express"),
        ("viec", "submit"),
    ];
    leads(&office.writes(lan, &path, &fields).await);
    let refused = office.does(minh, &path, "approve", "").await;
    assert!(refused.says("người ký hoặc lãnh đạo"), "{}", refused.text());
    leads(&office.does(ha, &path, "approve", "").await);
    let item = leads(&office.does(ha, &path, "issue", "").await);
    office.stands(&item, "46/CĐ-TTg").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_save_at_once_lose_nothing() {
    let office = office().await;
    let Office { world, lan, minh, .. } = &office;
    let path = office.begins(lan, "news").await;
    leads(&office.writes(lan, &path, &[("title", "Cũ"), ("text", "một")]).await);
    let seen = office.version(lan, &path).await;
    leads(&office.writes(minh, &path, &[("text", "hai")]).await);
    // Lan has the old page open: what she changed elsewhere is joined with what Minh changed.
    let save = async |fields: &[(&str, &str)]| {
        let all: Vec<_> = [("version", seen.as_str())].into_iter().chain(fields.iter().copied()).collect();
        world.fills(lan, &path, &all).await
    };
    let joined = save(&[("title", "Mới"), ("text", "một")]).await;
    assert!(joined.header("location").ends_with("xong=gop"), "{}", joined.text());
    let page = world.sees(lan, &path).await.text();
    assert!(page.contains("value=\"Mới\"") && page.contains(">hai</textarea>"), "{page}");
    // The same field: both are shown, hers stays in the form, nothing is saved over his.
    let clash = save(&[("title", "Cũ"), ("text", "ba")]).await;
    assert_eq!(clash.status, 409);
    let page = clash.text();
    assert!(page.contains("Người khác vừa sửa cùng chỗ") && page.contains(">ba</textarea>"), "{page}");
    assert!(page.contains("<p class=\"pre\">hai</p>") && page.contains("value=\"Mới\""), "{page}");
    assert!(world.sees(minh, &path).await.says(">hai</textarea>"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_hour_is_kept_by_the_clock_and_a_day_that_is_none_stays_as_typed() {
    let office = office().await;
    let Office { world, lan, minh, .. } = &office;
    let path = office.begins(lan, "news").await;
    let bad = office
        .writes(lan, &path, &[("title", "Tin sáng"), ("text", "Chào"), ("due", "mai lúc tám giờ")])
        .await;
    assert_eq!(bad.status, 409);
    assert!(bad.says("value=\"mai lúc tám giờ\"") && bad.says("value=\"Tin sáng\""), "{}", bad.text());

    let later = nhipcau::clock::instant(world.clock("chinhphu").micros() + 7_200_000_000);
    let hour = later.to_zoned_datetime(jiff::tz::TimeZone::get("Asia/Ho_Chi_Minh").unwrap());
    let hour = hour.strftime("%Y-%m-%dT%H:%M").to_string();
    let fields = [("title", "Tin sáng"), ("text", "Chào"), ("due", hour.as_str()), ("viec", "submit")];
    leads(&office.writes(lan, &path, &fields).await);
    leads(&office.does(minh, &path, "approve", "").await);
    assert!(world.sees(minh, &path).await.says("Đã hẹn giờ"));
    let early = office.does(minh, &path, "issue", "").await;
    assert!(early.says("Chưa đến giờ hẹn"), "{}", early.text());
    world.clock("chinhphu").pass(7_200_000_000);
    // The session has ended meanwhile; the clock needs nobody.
    until("the scheduled item", async || {
        let list = world.get("chinhphu", "/thong-tin?cua=cong").await;
        if list.says("Tin sáng") { Ok(()) } else { Err(list.text()) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_goes_the_same_way_and_replaces_what_stands() {
    let office = office().await;
    let Office { world, lan, minh, .. } = &office;
    let item = office.issues("Lịch cắt điện").await;
    let path = leads(&world.fills(lan, &format!("{item}/sua"), &[("change", "correct")]).await);
    let page = world.sees(lan, &path).await.text();
    assert!(page.contains("value=\"Lịch cắt điện\"") && page.contains("href=\"#change_note\""), "{page}");
    assert_eq!(
        leads(&world.fills(minh, &format!("{item}/sua"), &[("change", "update")]).await),
        path,
        "one at a time"
    );
    let fields =
        [("text", "Cắt điện **ngày 28**."), ("change_note", "Sửa ngày cắt điện"), ("viec", "submit")];
    leads(&office.writes(lan, &path, &fields).await);
    let compared = world.sees(minh, &format!("{path}/so-sanh")).await.text();
    assert!(compared.contains("<ins>") && compared.contains("<del>"), "{compared}");
    leads(&office.does(minh, &path, "approve", "").await);
    leads(&office.does(minh, &path, "issue", "").await);
    office.stands(&item, "Sửa ngày cắt điện").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_end_is_proposed_by_one_and_confirmed_by_another() {
    let office = office().await;
    let Office { world, lan, minh, .. } = &office;
    let item = office.issues("Danh sách hộ nghèo").await;
    let go = format!("{item}/go");
    let bare = world.fills(lan, &go, &[("cach", "erase"), ("ly-do", "Lộ dữ liệu cá nhân")]).await;
    assert_eq!(bare.status, 409);
    assert!(bare.says("căn cứ pháp lý") && bare.says("Lộ dữ liệu cá nhân"), "{}", bare.text());
    let whole =
        [("cach", "erase"), ("ly-do", "Lộ dữ liệu cá nhân"), ("can-cu", "Luật 91/2025/QH15, Điều 14")];
    leads(&world.fills(lan, &go, &whole).await);
    let luc = hidden(&world.sees(minh, &item).await.text(), "luc").unwrap();
    let own = world.fills(lan, &go, &[("viec", "xac-nhan"), ("luc", &luc)]).await;
    assert_eq!(own.status, 409, "the proposer does not confirm");
    let other = world.fills(minh, &go, &[("viec", "xac-nhan"), ("luc", "1")]).await;
    assert!(other.says("đã được xử lý hoặc thay"), "{}", other.text());
    leads(&world.fills(minh, &go, &[("viec", "xac-nhan"), ("luc", &luc)]).await);
    office.stands(&item, "Luật 91/2025/QH15").await;
    assert!(world.sees(lan, &item).await.says("Đã xóa theo pháp luật"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reaches_the_drafts_of_another_agency() {
    let office = office().await;
    let Office { world, lan, .. } = &office;
    let path = office.begins(lan, "news").await;
    let item = office.issues("Của Chính phủ").await;
    let stranger = world.staff("mof", "nam", &["editor", "publisher", "leader"]).await;
    for page in [path.clone(), format!("{path}/xem"), format!("{path}/so-sanh"), item.clone()] {
        let seen = world.sees(&stranger, &page).await;
        assert!([404, 400].contains(&seen.status), "{page}: {}", seen.status);
        assert!(!seen.says("Của Chính phủ"), "{page}");
    }
    for (form, fields) in [
        (path.clone(), vec![("version", "1"), ("title", "x")]),
        (format!("{path}/viec"), vec![("version", "1"), ("viec", "discard")]),
        (format!("{item}/sua"), vec![("change", "correct")]),
        (format!("{item}/go"), vec![("cach", "withdraw"), ("ly-do", "x")]),
    ] {
        let answer = world.fills(&stranger, &form, &fields).await;
        assert!([404, 400, 409].contains(&answer.status), "{form}: {}", answer.status);
    }
    assert!(world.sees(lan, &path).await.says("Bản nháp"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_issues_alone_says_why_and_those_above_see_it() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let chair = world.staff("xa-a.laocai", "chu-tich", &["editor", "leader"]).await;
    let above = world.staff("laocai", "lan", &["editor"]).await;
    let top = world.staff("chinhphu", "minh", &["editor"]).await;
    let path = leads(&world.fills(&chair, "/ban-lam-viec/tin/moi", &[("kind", "notice")]).await);
    let write = [("version", "1"), ("title", "Sơ tán khẩn cấp thôn Nậm Khắt"), ("text", "Lũ quét.")];
    leads(&world.fills(&chair, &path, &write).await);
    let act = |why: &'static str| [("version", "2"), ("viec", "override"), ("ly-do", why)];
    let mute = world.fills(&chair, &format!("{path}/viec"), &act("")).await;
    assert!(mute.says("Hãy ghi lý do"), "{}", mute.text());
    leads(
        &world
            .fills(&chair, &format!("{path}/viec"), &act("Lũ đang về, không liên lạc được phó chủ tịch"))
            .await,
    );
    assert!(world.sees(&chair, "/ban-lam-viec").await.says("đăng khẩn cấp một người 1 lần"));
    for who in [above, top] {
        until("the superiors are told", async || {
            let home = world.sees(&who, "/ban-lam-viec").await;
            if home.says("Sơ tán khẩn cấp thôn Nậm Khắt") { Ok(()) } else { Err(home.text()) }
        })
        .await;
    }
    let page = world.get("chinhphu", "/co-quan/xa-a.laocai.localhost").await;
    assert!(page.says("1 lần trong 365 ngày qua"), "its use is counted for everybody: {}", page.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grave_step_asks_again_who_one_is_and_holds_what_was_sent() {
    let office = office().await;
    let Office { world, lan, minh, .. } = &office;
    let path = office.begins(lan, "notice").await;
    leads(
        &office
            .writes(lan, &path, &[("title", "Lịch trực"), ("text", "Từ thứ Hai"), ("viec", "submit")])
            .await,
    );
    world.clock("chinhphu").pass(11 * 60_000_000);
    let asked = office.does(minh, &path, "approve", "").await;
    assert_ne!(asked.status, 303, "nothing is approved yet");
    assert!(asked.says("name=\"giu.viec\" value=\"approve\""), "{}", asked.text());
    assert!(world.sees(minh, &path).await.says("Chờ duyệt"));
    let text = asked.text();
    let held = ["giu.version", "giu.viec", "giu.ly-do", "gui-den", "tiep"].map(|name| {
        let value = hidden(&text, name).unwrap_or_default();
        (name, value)
    });
    let mut fields: Vec<(&str, &str)> = held.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.push(("mat-khau", PASSWORD));
    let go_on = world.fills(minh, "/ban-lam-viec/xac-nhan", &fields).await;
    assert!(go_on.says("value=\"approve\""), "{}", go_on.text());
    leads(&office.does(minh, &path, "approve", "").await);
    assert!(world.sees(minh, &path).await.says("Đã duyệt"));
}
