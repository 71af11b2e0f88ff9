//! A case is split by an owner at another node than the one where it was asked: its parts are registered there, each goes to its agency, and
//! its sender follows them all with the one secret.

use network::split::{Asked, Letter, Listed, Stage, Wanted};
use nhipcau::db::Tx;
use nhipcau::peers::letters::send::{Posting, drop_letter, post};
use nhipcau::peers::letters::store as letters;
use nhipcau::petitions::ties::afar;
use nhipcau::problem::Problem;
use uuid::Uuid;

use super::super::world::{hidden, origin};
use super::*;

const WORDS: &str = "Quốc lộ 4D hỏng nặng. Rác ở chợ xã B không ai dọn. Trạm đo mưa bản Phìn Hồ mất sóng.";
const NAME: &str = "Nguyễn Thị Bưởi Hồng";
const ROAD: &str = "Quốc lộ 4D hỏng nặng, xe tải sa lầy.";
const WASTE: &str = "Rác ở chợ xã B không ai dọn.";
const RAIN: &str = "Trạm đo mưa bản Phìn Hồ mất sóng.";

/// A named petition of a commune that the ministry has taken on.
async fn with_the_ministry(world: &World, minh: &Staff) -> Keys {
    let lan = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let fields = [("chuyen-gi", WORDS), ("dinh-danh", "named"), ("ho-ten", NAME)];
    let keys = asks(world, "xa-a.laocai", &fields).await;
    passes(world, &lan, &keys, "mof").await;
    seen(world, minh, &keys, WORDS).await;
    told(world, "xa-a.laocai", &keys, "Cơ quan mof đã nhận").await;
    went(&steps(world, minh, &keys, "nhan", &[]).await);
    keys
}

/// The form of splitting, sent.
async fn splits(world: &World, who: &Staff, keys: &Keys, parts: &[(&str, &str)]) -> Answer {
    let path = format!("{}/tach", desk(keys));
    let page = world.sees(who, &path).await;
    let version = hidden(&page.text(), "ban").unwrap();
    let mut fields = vec![("ban".to_owned(), version), ("viec".to_owned(), "tach".to_owned())];
    for (n, (words, to)) in (1..).zip(parts) {
        fields.push((format!("loi-{n}"), (*words).to_owned()));
        fields.push((format!("toi-{n}"), (*to).to_owned()));
    }
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    world.fills(who, &path, &fields).await
}

const THREE: [(&str, &str); 3] = [(ROAD, ""), (WASTE, "xa-b.laocai.localhost"), (RAIN, "chinhphu.localhost")];

/// The codes of the parts, as the sender of the whole sees them.
async fn parts(world: &World, keys: &Keys, many: usize) -> Vec<Keys> {
    until("the parts where it was asked", async || {
        let page = follows(world, "laocai", keys).await.text();
        let codes = page.split("name=\"phan\" value=\"").skip(1);
        let code = |rest: &str| rest.split('"').next().unwrap().to_owned();
        let parts: Vec<Keys> =
            codes.map(|rest| Keys { code: code(rest), secret: keys.secret.clone() }).collect();
        if parts.len() == many { Ok(parts) } else { Err(page) }
    })
    .await
}

/// Waits until an owner's console says something of a case, while the portal at which it was asked looks after its parts.
async fn hears(world: &World, who: &Staff, keys: &Keys, what: &str) -> Answer {
    until(what, async || {
        afar::look(world.app("laocai")).await.unwrap();
        let page = world.sees(who, &desk(keys)).await;
        if page.says(what) { Ok(page) } else { Err(between(&page.text(), "<main", "</main>")) }
    })
    .await
}

/// A part as its sender opens it, by the secret of the whole.
async fn opens(world: &World, whole: &Keys, part: &Keys, what: &str) {
    until(what, async || {
        let fields = [("ma", whole.code.as_str()), ("bi-mat", &whole.secret), ("phan", &part.code)];
        let page = world.sends("xa-b.laocai", FOLLOW, "", &fields).await;
        if page.says(what) { Ok(()) } else { Err(page.text()) }
    })
    .await;
}

/// The name of the newest split at a node, and its version.
async fn split_at(world: &World, label: &str) -> (Uuid, i64) {
    let mut conn = world.app(label).db.read().await.unwrap();
    let rows = nhipcau::all!(
        &mut conn,
        (String, i64),
        "SELECT id, version FROM petition_split ORDER BY at DESC LIMIT 1"
    );
    let (id, version) = rows.unwrap().pop().unwrap();
    (id.parse().unwrap(), version)
}

/// A portal posts a letter about the parts of a case, whatever it says, and it is read.
async fn posts_split(world: &World, (from, to): (&str, &str), keys: &Keys, id: Uuid, letter: Letter) {
    let app = world.hosted(from);
    let log = app.portals.load().by_host(&format!("{from}.localhost")).unwrap().log;
    let case = network::entry::Case { origin: origin("xa-a.laocai"), code: keys.code.parse().unwrap() };
    let body = letter.body(&case, id).unwrap().into();
    let posting = Posting::new(app, log, &origin(to), letter.kind(), body).unwrap();
    let posted = app
        .db
        .write("test.letter", async move |tx: &mut Tx| -> Result<Uuid, Problem> { post(tx, posting).await });
    let id = posted.await.unwrap();
    until("the letter to be read", async || {
        let mut conn = app.db.read().await.unwrap();
        let (outcome, _) = letters::outcome(&mut conn, id).await.unwrap().unwrap();
        if outcome == "held" { Ok(()) } else { Err(outcome) }
    })
    .await;
}

/// How many parts are registered where the whole was asked.
async fn registered(world: &World) -> usize {
    let mut conn = world.app("laocai").db.read().await.unwrap();
    nhipcau::all!(&mut conn, (String,), "SELECT petition FROM petition_tie WHERE sort = 'part'")
        .unwrap()
        .len()
}

/// How many letters the ministry has on their way that ask for parts.
async fn under_way(world: &World) -> usize {
    let mut conn = world.app("mof").db.read().await.unwrap();
    let rows = nhipcau::all!(
        &mut conn,
        (String,),
        "SELECT id FROM letter_out WHERE kind = 'petition.split' AND outcome = ''"
    );
    rows.unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_at_another_node_splits_a_case_and_its_sender_follows_all_where_it_was_asked() {
    let world = World::with(["chinhphu", "laocai", "mof"]).await;
    let minh = world.staff("mof", "minh", &["clerk"]).await;
    let chief = world.staff("mof", "vu.truong", &["leader"]).await;
    let keys = with_the_ministry(&world, &minh).await;
    let form = world.sees(&minh, &format!("{}/tach", desk(&keys))).await;
    assert!(form.says("được mở ở đó") && form.says("Cơ quan xa-a.laocai"), "{}", form.text());

    // While the line is cut the case waits: nobody is told of parts that are not there, and nothing is answered before them.
    world.cut("laocai");
    went(&splits(&world, &minh, &keys, &THREE).await);
    let page = world.sees(&minh, &desk(&keys)).await;
    assert!(page.says("Phần 3: đang được mở tại Cơ quan xa-a.laocai") && page.says(RAIN), "{}", page.text());
    assert_eq!(splits(&world, &minh, &keys, &THREE).await.status, 409, "split twice");
    let away = [("toi", "chinhphu.localhost"), ("loi", "Thử chuyển đi nơi khác.")];
    assert_eq!(steps(&world, &minh, &keys, "chuyen", &away).await.status, 409);
    assert!(!follows(&world, "laocai", &keys).await.says("tách thành"), "not before it is true");
    world.mend("laocai");

    let all = parts(&world, &keys, 3).await;
    let [road, waste, rain] = &all[..] else { panic!("three parts") };
    told(&world, "laocai", &keys, "Cơ quan mof tách thành 3 phần").await;
    assert_eq!(follows(&world, "laocai", waste).await.status, 403, "a part has no secret of its own");
    opens(&world, &keys, waste, WASTE).await;
    assert_eq!(record(&world, "xa-a.laocai", road).await[0], "registered");

    // Each agency has its part, and nothing of who asked.
    let hoa = world.staff("xa-b.laocai", "hoa", &["clerk"]).await;
    let head = world.staff("xa-b.laocai", "pho.chu.tich", &["leader"]).await;
    let dung = world.staff("chinhphu", "dung", &["clerk"]).await;
    let first = world.staff("chinhphu", "chu.nhiem", &["leader"]).await;
    for (who, part, words, other) in
        [(&minh, road, ROAD, RAIN), (&hoa, waste, WASTE, ROAD), (&dung, rain, RAIN, WASTE)]
    {
        let page = seen(&world, who, part, words).await;
        assert!(!page.says("Bưởi") && !page.says(other), "{}", page.text());
    }
    assert!(world.sees(&minh, &desk(road)).await.says(&keys.code), "a part knows its whole");
    hears(&world, &minh, &keys, "Cơ quan xa-b.laocai đang xử lý").await;
    let page = hears(&world, &minh, &keys, "Cơ quan chinhphu đang xử lý").await;
    assert!(page.says(&rain.code) && !page.says("đang được mở"), "{}", page.text());

    // What comes twice, late or from a stranger registers nothing and changes nothing.
    let (id, version) = split_at(&world, "mof").await;
    let wanted = |(words, to): &(&str, &str)| Wanted {
        to: origin(if to.is_empty() { "mof" } else { "chinhphu" }),
        words: (*words).into(),
    };
    let again = || Letter::Asks(Asked { epoch: 2, parts: THREE.iter().map(wanted).collect() });
    let ministry = ("mof", "xa-a.laocai");
    posts_split(&world, ministry, &keys, id, again()).await;
    posts_split(&world, ("chinhphu", "xa-a.laocai"), &keys, Uuid::from_u128(7), again()).await;
    posts_split(&world, ministry, &keys, Uuid::from_u128(8), again()).await;
    let old = all.iter().map(|part| Listed {
        code: part.code.parse().unwrap(),
        agency: origin("xa-a.laocai"),
        stage: Stage::Ended,
        answer: "Chưa ai trả lời.".into(),
    });
    let old: Vec<Listed> = old.collect();
    for (from, version) in [("xa-a.laocai", 1), ("chinhphu", 99)] {
        let letter = Letter::Lists { version, parts: old.clone() };
        posts_split(&world, (from, "mof"), &keys, id, letter).await;
    }
    assert_eq!(registered(&world).await, 3);
    until("what was asked again to be answered again", async || match split_at(&world, "mof").await.1 {
        newer if newer > version && newer < 99 => Ok(()),
        other => Err(format!("version {other}")),
    })
    .await;
    assert!(!world.sees(&minh, &desk(&keys)).await.says("Chưa ai trả lời."));

    // The whole is answered last.
    let fields = [("tra-loi", "Đã trả lời từng phần như trên."), ("cau-hoi", "")];
    went(&steps(&world, &minh, &keys, "trinh", &fields).await);
    answers(&world, &minh, &chief, road, "Bộ đã cho vá quốc lộ.").await;
    answers(&world, &hoa, &head, waste, "Rác đã được dọn sáng nay.").await;
    let early = steps(&world, &chief, &keys, "duyet", &[]).await;
    assert!(early.status == 409 && early.says("sau khi mọi phần"), "{}", early.text());
    answers(&world, &dung, &first, rain, "Trạm đã có sóng. Hỏi thêm: 0987 654 321.").await;
    let page = hears(&world, &minh, &keys, "Trạm đã có sóng.").await;
    assert!(page.says("Bộ đã cho vá quốc lộ.") && page.says("Rác đã được dọn sáng nay."), "{}", page.text());
    assert!(!page.says("0987"), "what is personal is masked: {}", page.text());
    went(&steps(&world, &chief, &keys, "duyet", &[]).await);
    told(&world, "laocai", &keys, "Đã trả lời từng phần như trên.").await;
    for (part, answer) in
        [(road, "Bộ đã cho vá quốc lộ."), (waste, "Rác đã được dọn sáng nay."), (rain, "0987 654 321")]
    {
        opens(&world, &keys, part, answer).await;
    }
    assert_eq!(record(&world, "mof", &keys).await, ["passed", "answered"]);
    ends_last(&world, &keys, [("mof", road), ("xa-b.laocai", waste), ("chinhphu", rain)]).await;
}

/// Weeks later the parts end, each at its node, and then the whole.
async fn ends_last(world: &World, keys: &Keys, parts: [(&str, &Keys); 3]) {
    world.settle().await;
    for label in ["chinhphu", "laocai", "mof"] {
        world.clock(label).pass(21 * DAY);
    }
    for _ in 0..2 {
        jobs::look(world.app("mof")).await.unwrap();
    }
    assert_eq!(record(world, "mof", keys).await.last().unwrap(), "answered", "parts at other nodes run on");
    for label in ["chinhphu", "laocai"] {
        jobs::look(world.app(label)).await.unwrap();
    }
    until("the whole to end", async || {
        afar::look(world.app("laocai")).await.unwrap();
        jobs::look(world.app("mof")).await.unwrap();
        let kinds = record(world, "mof", keys).await;
        if kinds.last().is_some_and(|kind| kind == "closed") { Ok(()) } else { Err(format!("{kinds:?}")) }
    })
    .await;
    for (portal, part) in parts {
        assert_eq!(record(world, portal, part).await.last().unwrap(), "closed");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_where_it_was_asked_stays_whole_and_goes_on() {
    let world = World::with(["chinhphu", "laocai", "mof"]).await;
    let lan = world.staff("xa-a.laocai", "lan", &["clerk"]).await;
    let minh = world.staff("mof", "minh", &["clerk"]).await;
    let chief = world.staff("mof", "vu.truong", &["leader"]).await;
    let keys = asks(&world, "xa-a.laocai", &[("chuyen-gi", WORDS)]).await;
    went(&steps(&world, &lan, &keys, "nhan", &[]).await);
    went(&splits(&world, &lan, &keys, &[(WASTE, ""), (ROAD, "mof.localhost")]).await);
    let part = parts(&world, &keys, 2).await.pop().unwrap();
    seen(&world, &minh, &part, ROAD).await;
    went(&steps(&world, &minh, &part, "nhan", &[]).await);

    // What is a part already is split no more, which only the portal where it was asked knows.
    let halves = [("Quốc lộ 4D lún ở Km 98.", ""), ("Quốc lộ 4D thiếu biển báo.", "chinhphu.localhost")];
    went(&splits(&world, &minh, &part, &halves).await);
    let page = seen(&world, &minh, &part, "Các phần chưa được mở").await;
    assert!(page.says("là một phần") && !page.says("đang được mở tại"), "{}", page.text());
    let form = world.sees(&minh, &format!("{}/tach", desk(&part))).await;
    assert!(
        form.says("lún ở Km 98") && form.says("chinhphu.localhost"),
        "nothing is typed twice: {}",
        form.text()
    );
    assert_eq!(registered(&world).await, 2);
    answers(&world, &minh, &chief, &part, "Bộ đã cho sửa quốc lộ.").await;
    opens(&world, &keys, &part, "Bộ đã cho sửa quốc lộ.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_lost_is_asked_again_and_what_is_taken_back_is_forgotten_everywhere() {
    let world = World::with(["chinhphu", "laocai", "mof"]).await;
    let minh = world.staff("mof", "minh", &["clerk"]).await;
    let dung = world.staff("chinhphu", "dung", &["clerk"]).await;
    let keys = with_the_ministry(&world, &minh).await;

    // A relay held the letter, and lost it with its disk.
    world.cut("mof");
    went(&splits(&world, &minh, &keys, &THREE).await);
    let mut conn = world.app("mof").db.read().await.unwrap();
    let lost = nhipcau::all!(&mut conn, (String,), "SELECT id FROM letter_out WHERE kind = 'petition.split'");
    drop(conn);
    let lost: Uuid = lost.unwrap().pop().unwrap().0.parse().unwrap();
    let dropped = world.app("mof").db.write("test.lost", async move |tx: &mut Tx| -> Result<bool, Problem> {
        Ok(drop_letter(tx, lost).await?)
    });
    assert!(dropped.await.unwrap());
    world.mend("mof");
    afar::look(world.app("mof")).await.unwrap();
    assert_eq!(under_way(&world).await, 0, "once a day");
    assert_eq!(registered(&world).await, 0);
    world.clock("mof").pass(DAY);
    afar::look(world.app("mof")).await.unwrap();
    assert_eq!(under_way(&world).await, 1);
    // Whoever had signed in the day before has to again.
    let minh = world.staff("mof", "minh.anh", &["clerk"]).await;
    let all = parts(&world, &keys, 3).await;
    hears(&world, &minh, &keys, &all[2].code).await;
    seen(&world, &dung, &all[2], RAIN).await;

    let gone = does(&world, "laocai", &keys, "rut", &[("chac-chan", "on")]).await;
    assert!(gone.says("Đã rút"), "{}", gone.text());
    until("the words to be gone from all nodes", async || {
        for label in ["laocai", "mof", "chinhphu"] {
            let mut conn = world.app(label).db.read().await.unwrap();
            let words = nhipcau::all!(&mut conn, (String,), "SELECT words FROM petition_words").unwrap();
            let parts = nhipcau::all!(
                &mut conn,
                (String, String),
                "SELECT words, answer FROM petition_split_part WHERE words <> '' OR answer <> ''"
            );
            let parts = parts.unwrap();
            if !words.is_empty() || !parts.is_empty() {
                return Err(format!("{label}: {words:?} {parts:?}"));
            }
        }
        Ok(())
    })
    .await;
    let page = seen(&world, &minh, &keys, "Đã rút").await;
    assert!(!page.says(&all[2].code) && !page.says(ROAD), "{}", page.text());
    // What is asked again after that registers nothing.
    let (id, _) = split_at(&world, "mof").await;
    let wanted = |(words, _): &(&str, &str)| Wanted { to: origin("mof"), words: (*words).into() };
    let again = Letter::Asks(Asked { epoch: 2, parts: THREE.iter().map(wanted).collect() });
    posts_split(&world, ("mof", "xa-a.laocai"), &keys, id, again).await;
    assert_eq!(registered(&world).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_parts_of_a_portal_that_ends_are_followed_at_its_heir_and_the_whole_still_comes_last() {
    let world = World::with(["chinhphu", "laocai", "mof"]).await;
    let lan = world.staff("laocai", "lan", &["clerk"]).await;
    let minh = world.staff("mof", "minh", &["clerk"]).await;
    let chief = world.staff("mof", "vu.truong", &["leader"]).await;
    let keys = asks(&world, "laocai", &[("chuyen-gi", WORDS)]).await;
    passes(&world, &lan, &keys, "mof").await;
    seen(&world, &minh, &keys, WORDS).await;
    went(&steps(&world, &minh, &keys, "nhan", &[]).await);
    went(&splits(&world, &minh, &keys, &[(ROAD, ""), (WASTE, "xa-a.laocai.localhost")]).await);
    let all = parts(&world, &keys, 2).await;
    let [road, waste] = &all[..] else { panic!("two parts") };
    hears(&world, &minh, &keys, &waste.code).await;
    seen(&world, &minh, road, ROAD).await;
    world.settle().await;

    super::estate::merges_into_the_ministry(&world).await;
    until("both parts to be tied at the heir", async || {
        nhipcau::petitions::handover::estate::bequeath(world.app("laocai")).await.unwrap();
        let page = follows(&world, "mof", &keys).await;
        let both = [road, waste].iter().all(|part| page.says(&part.code));
        if both { Ok(()) } else { Err(page.text()) }
    })
    .await;
    world.settle().await;
    let page = world.sees(&minh, &desk(&keys)).await.text();
    let shown = between(&page, "id=\"lien-quan\"", "</section>");
    for part in [road, waste] {
        assert_eq!(shown.matches(&format!(">{}<", part.code)).count(), 1, "each part once: {shown}");
    }
    answers(&world, &minh, &chief, road, "Bộ đã cho vá quốc lộ.").await;
    let fields = [("tra-loi", "Đã trả lời từng phần như trên."), ("cau-hoi", "")];
    went(&steps(&world, &minh, &keys, "trinh", &fields).await);
    assert_eq!(steps(&world, &chief, &keys, "duyet", &[]).await.status, 409, "one part is open");
    let an = world.staff("xa-a.laocai", "an", &["clerk"]).await;
    let head = world.staff("xa-a.laocai", "chu.tich", &["leader"]).await;
    answers(&world, &an, &head, waste, "Rác đã được dọn sáng nay.").await;
    seen(&world, &minh, &keys, "Rác đã được dọn sáng nay.").await;
    went(&steps(&world, &chief, &keys, "duyet", &[]).await);
    let page = follows(&world, "mof", &keys).await;
    assert!(page.says("Đã trả lời từng phần như trên."), "{}", page.text());
}
