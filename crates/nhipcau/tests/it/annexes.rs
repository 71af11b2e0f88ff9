//! A local voice beside an immutable core: a commune explains a text of the Government in words of its own, apart from it.

use network::content::{ANNEX_TYPE, Item as Document};
use network::entry::{Annex, ContentRef, Kind};
use network::names::ContentHash;
use nhipcau::agencies::enrol;
use nhipcau::db::Tx;
use nhipcau::items::content;
use uuid::Uuid;

use super::erasure::files_with;
use super::newsroom::leads;
use super::world::{Answer, Item, Staff, World, edition, hidden, notice, on_postgres, origin, until};

const HOME: &str = "/ban-lam-viec/viet-them";
const VOICE: &str = "Cơ quan xa-a.laocai viết thêm";
const OWN: &str = "Nộp tại nhà văn hóa thôn Nậm Khắt";

/// A commune's office of two, under a province, and what the Government says.
struct Commune {
    world: World,
    xuan: Staff,
    chair: Staff,
    item: Item,
}

async fn commune() -> Commune {
    let world = World::with(["chinhphu", "mof", "laocai"]).await;
    let xuan = world.staff("xa-a.laocai", "xuan", &["editor"]).await;
    let chair = world.staff("xa-a.laocai", "chu.tich", &["leader"]).await;
    let item = world.issues("chinhphu", notice("Thủ tục hộ tịch mới", "Nộp hồ sơ **trực tuyến**.")).await;
    world.settle().await;
    Commune { world, xuan, chair, item }
}

async fn version(world: &World, who: &Staff, path: &str) -> String {
    let page = world.sees(who, path).await;
    assert_eq!(page.status, 200, "{}", page.text());
    hidden(&page.text(), "version").unwrap()
}

async fn writes(world: &World, who: &Staff, path: &str, fields: &[(&str, &str)]) -> Answer {
    let version = version(world, who, path).await;
    let all: Vec<_> = [("version", version.as_str())].into_iter().chain(fields.iter().copied()).collect();
    world.fills(who, path, &all).await
}

async fn does(world: &World, who: &Staff, path: &str, act: &str) -> Answer {
    let version = version(world, who, path).await;
    let fields = [("version", version.as_str()), ("viec", act), ("ly-do", "vì gấp")];
    world.fills(who, &format!("{path}/viec"), &fields).await
}

/// Waits until an item's page on a portal says something, or says it no more.
async fn says(world: &World, portal: &str, item: &Item, words: &str, due: bool) {
    until(words, async || {
        let page = world.page(portal, item).await;
        if page.says(words) == due { Ok(()) } else { Err(page.text()) }
    })
    .await;
}

impl Commune {
    async fn begins(&self) -> String {
        let address = format!("http://xa-a.laocai.localhost/muc/{}?phan=1", self.item.reference);
        leads(&self.world.fills(&self.xuan, HOME, &[("muc", &address)]).await)
    }

    /// What the commune adds: written by one, approved and issued by the other.
    async fn adds(&self, text: &str) {
        let path = self.begins().await;
        self.passes(&path, &[("title", "Ở xã ta"), ("text", text), ("viec", "submit")]).await;
    }

    async fn passes(&self, path: &str, fields: &[(&str, &str)]) {
        leads(&writes(&self.world, &self.xuan, path, fields).await);
        leads(&does(&self.world, &self.chair, path, "approve").await);
        assert_eq!(leads(&does(&self.world, &self.chair, path, "issue").await), HOME);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commune_explains_in_its_own_voice_and_only_there() {
    let commune = commune().await;
    let Commune { world, xuan, chair, item } = &commune;
    let path = commune.begins().await;
    assert_eq!(commune.begins().await, path, "one draft beside an item");
    let draft = world.sees(xuan, &path).await.text();
    assert!(draft.contains("Phần viết thêm") && draft.contains("Thủ tục hộ tịch mới"), "{draft}");
    assert!(draft.contains("đã đọc bản 1") && !draft.contains("name=\"tep\""), "{draft}");
    let text = format!(
        "# {OWN}\n\n<script>alert(1)</script><img src=x onerror=alert(2)>\n\n[x](javascript:alert(3))"
    );
    leads(
        &writes(
            world,
            xuan,
            &path,
            &[("title", "<b onclick=x>Ở xã ta"), ("text", &text), ("viec", "submit")],
        )
        .await,
    );
    let own = does(world, xuan, &path, "approve").await;
    assert!(own.says("Vai trò của bạn không bao gồm"), "{}", own.text());
    let alone = does(world, chair, &path, "override").await;
    assert!(alone.says("Cần một người thứ hai"), "{}", alone.text());
    leads(&does(world, chair, &path, "approve").await);
    assert_eq!(leads(&does(world, chair, &path, "issue").await), HOME);

    let page = world.page("xa-a.laocai", item).await.text();
    assert!(page.contains(VOICE) && page.contains("không phải lời của cơ quan ban hành"), "{page}");
    assert!(page.contains(OWN) && page.contains("href=\"#viet-them-1\""), "{page}");
    let aside = &page[page.find("<aside class=\"bar annex\"").unwrap()..];
    let aside = &aside[..aside.find("</aside>").unwrap()];
    for bad in ["<script", "onerror", "javascript:", "<b onclick", "state-text"] {
        assert!(!aside.contains(bad), "{bad}: {aside}");
    }
    let english = world.get("xa-a.laocai", &format!("/en/muc/{}", item.reference)).await;
    assert!(english.says("Added by Agency xa-a.laocai"), "{}", english.text());
    world.settle().await;
    for elsewhere in ["chinhphu", "mof", "laocai", "xa-b.laocai"] {
        let page = world.page(elsewhere, item).await;
        assert!(page.says("Thủ tục hộ tịch mới") && !page.says(OWN), "{elsewhere}: {}", page.text());
        assert_eq!(world.told(elsewhere, item).await["annexes"].as_array().unwrap().len(), 0, "{elsewhere}");
    }
    let told = world.told("xa-a.laocai", item).await;
    assert_eq!((&told["annexes"][0]["of"], &told["annexes"][0]["stale"]), (&1.into(), &false.into()));
    assert_eq!(told["annexes"][0]["origin"], origin("xa-a.laocai").as_str());

    // What the province says reaches the pages of all its communes.
    let binh = world.staff("laocai", "binh", &["editor"]).await;
    let duc = world.staff("laocai", "duc", &["publisher"]).await;
    let path = leads(&world.fills(&binh, HOME, &[("muc", &item.reference)]).await);
    let fields = [("title", "Trong tỉnh"), ("text", "Tổng đài của tỉnh: 1022."), ("viec", "submit")];
    leads(&writes(world, &binh, &path, &fields).await);
    leads(&does(world, &duc, &path, "approve").await);
    leads(&does(world, &duc, &path, "issue").await);
    for portal in ["laocai", "xa-a.laocai", "xa-b.laocai"] {
        says(world, portal, item, "Tổng đài của tỉnh: 1022.", true).await;
    }
    assert!(world.page("xa-a.laocai", item).await.says(OWN));
    world.settle().await;
    assert!(!world.page("chinhphu", item).await.says("Tổng đài của tỉnh"));

    // Taken back by the chair, gone from the page.
    let id = told["annexes"][0]["id"].as_str().unwrap();
    assert_eq!(world.fills(xuan, &format!("{HOME}/{id}"), &[("ly-do", "Nhầm")]).await.status, 403);
    let mute = world.fills(chair, &format!("{HOME}/{id}"), &[("ly-do", " ")]).await;
    assert!(mute.status == 422 && mute.says("Hãy ghi lý do"), "{}", mute.text());
    leads(&world.fills(chair, &format!("{HOME}/{id}"), &[("ly-do", "Nhà văn hóa đang sửa")]).await);
    let page = world.page("xa-a.laocai", item).await;
    assert!(!page.says(OWN) && page.says("Tổng đài của tỉnh"), "{}", page.text());
    assert!(world.sees(xuan, HOME).await.says("Đã gỡ"));
    let again = world.fills(chair, &format!("{HOME}/{id}"), &[("ly-do", "x")]).await;
    assert!(again.status == 409 && again.says("đã được gỡ rồi"), "{}", again.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_core_changes_readers_are_told_and_the_console_asks_to_look_again() {
    let commune = commune().await;
    let Commune { world, xuan, chair, item } = &commune;
    commune.adds(OWN).await;
    // The correction comes while the province's node is offline, and after it.
    world.cut("laocai");
    world.corrects(item, edition("Thủ tục hộ tịch mới", "Nộp tại **xã**.")).await;
    assert!(!world.page("xa-a.laocai", item).await.says("Viết khi đọc bản 1"));
    world.mend("laocai");
    says(world, "xa-a.laocai", item, "Viết khi đọc bản 1; cơ quan ban hành nay đã có bản 2", true).await;
    // That there is another edition is known before its text has come; who writes reads what is here.
    says(world, "xa-a.laocai", item, "<strong>xã</strong>", true).await;
    assert_eq!(world.told("xa-a.laocai", item).await["annexes"][0]["stale"], true);
    let home = world.sees(xuan, "/ban-lam-viec").await;
    assert!(home.says("Phần viết thêm cần xem lại") && home.says("Viết theo bản 1, nay là bản 2"));

    let path = commune.begins().await;
    let draft = world.sees(xuan, &path).await.text();
    assert!(draft.contains(OWN) && draft.contains("đã đọc bản 2"), "{draft}");
    let fields = [("text", "Nộp tại bộ phận một cửa"), ("change_note", "Theo bản mới"), ("viec", "submit")];
    leads(&writes(world, xuan, &path, &fields).await);
    leads(&does(world, chair, &path, "approve").await);
    // A third edition comes before the annex is issued: it must be read first, and approved again.
    world.corrects(item, edition("Thủ tục hộ tịch mới", "Nộp ở đâu cũng được.")).await;
    says(world, "xa-a.laocai", item, "Nộp ở đâu cũng được.", true).await;
    let refused = does(world, chair, &path, "issue").await;
    assert!(refused.status == 409 && refused.says("Cơ quan ban hành đã có bản 3"), "{}", refused.text());
    assert!(world.sees(xuan, &path).await.says("Đã đọc bản 3; phần viết thêm đúng với bản đó"));
    // To claim an edition that is none helps nobody.
    leads(&writes(world, xuan, &path, &[("ban-goc", "9")]).await);
    leads(&does(world, chair, &path, "approve").await);
    assert!(does(world, chair, &path, "issue").await.says("đã có bản 3, phần này viết theo bản 9"));
    leads(&does(world, chair, &path, "discard").await);
    let path = commune.begins().await;
    commune
        .passes(&path, &[("text", "Nộp tại bộ phận một cửa"), ("change_note", "x"), ("viec", "submit")])
        .await;
    let page = world.page("xa-a.laocai", item).await;
    assert!(page.says("Nộp tại bộ phận một cửa") && !page.says("Viết khi đọc bản"), "{}", page.text());
    assert!(!world.sees(xuan, "/ban-lam-viec").await.says("cần xem lại"));

    // A withdrawn core has nothing beside it, and nothing more is added to it.
    let path = commune.begins().await;
    leads(&writes(world, xuan, &path, &[("text", "Thêm"), ("change_note", "x"), ("viec", "submit")]).await);
    leads(&does(world, chair, &path, "approve").await);
    world.withdraws(item, false).await;
    says(world, "xa-a.laocai", item, "Nộp tại bộ phận một cửa", false).await;
    assert!(does(world, chair, &path, "issue").await.says("không còn đứng"));
    assert!(world.sees(xuan, HOME).await.says("Không hiển thị"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_annex_is_gone_with_the_erasure_of_its_core() {
    let commune = commune().await;
    let Commune { world, xuan, item, .. } = &commune;
    commune.adds(OWN).await;
    world.settle().await;
    // What is being written beside it speaks of it, too.
    let draft = commune.begins().await;
    leads(&writes(world, xuan, &draft, &[("text", &format!("{OWN}, sáng thứ Hai"))]).await);
    world.cut("laocai");
    world.erases(item).await;
    world.mend("laocai");
    world.settle().await;
    until("the erasure at the commune", async || {
        let page = world.page("xa-a.laocai", item).await;
        if page.status == 410 && !page.says(OWN) { Ok(()) } else { Err(page.text()) }
    })
    .await;
    assert_eq!(world.sees(xuan, &draft).await.status, 404);
    assert!(world.sees(xuan, HOME).await.says("Chưa có phần viết thêm nào"));
    if on_postgres() {
        return;
    }
    for label in ["chinhphu", "mof", "laocai"] {
        until("no byte to be left", async || {
            let left = files_with(&world.home(label), "Nậm Khắt");
            if left.is_empty() { Ok(()) } else { Err(left.join(", ")) }
        })
        .await;
    }
}

/// A changed program writes an annex into its own, validly signed log.
async fn claims(
    world: &World,
    by: &str,
    core: (&str, Uuid),
    id: Uuid,
    media: &str,
    bytes: Vec<u8>,
) -> ContentHash {
    let app = world.app(by);
    let content =
        ContentRef { sha256: ContentHash::of(&bytes), size: bytes.len() as u64, media: media.into() };
    let (kept, hash) = (content.clone(), content.sha256);
    app.db
        .write("test.annex", async move |tx: &mut Tx| -> Result<bool, anyhow::Error> {
            content::arrive(tx, kept.sha256, kept.media, &bytes).await
        })
        .await
        .unwrap();
    let log = app.portals.load().main().unwrap().log;
    let annex = Annex { id, edition: 1, origin: origin(core.0), item: core.1, of: 1, content };
    enrol::write(app, log, Kind::AnnexIssued(annex)).await.unwrap();
    hash
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_speaks_on_another_portals_page_nor_reaches_anothers_annex() {
    let commune = commune().await;
    let Commune { world, chair, item, .. } = &commune;
    commune.adds(OWN).await;
    world.settle().await;
    let id = world.told("xa-a.laocai", item).await["annexes"][0]["id"].as_str().unwrap().to_owned();
    let draft = commune.begins().await;

    // People of other agencies, also of the province above, and of the same node.
    for (at, portal) in ["mof", "laocai", "xa-b.laocai"].into_iter().enumerate() {
        let stranger = world.staff(portal, &format!("nam.{at}"), &["editor", "leader"]).await;
        assert_eq!(world.fills(&stranger, &format!("{HOME}/{id}"), &[("ly-do", "x")]).await.status, 404);
        assert_eq!(world.sees(&stranger, &draft).await.status, 404);
        assert!(!world.sees(&stranger, HOME).await.says(&id));
    }
    assert_eq!(world.fills(chair, &format!("{HOME}/khong-co"), &[("ly-do", "x")]).await.status, 404);
    // An annex is no item, by whichever door; and nothing is added to one's own item or to nothing.
    let item_of = serde_json::json!({ "item": { "kind": "annex", "title": "x", "text": "y" } });
    let refused = world.post("xa-a.laocai", "/api/v1/items", &item_of).await;
    assert!(refused.status == 422 && refused.says("không phải một tin, bài riêng"), "{}", refused.text());
    let refused = world.fills(chair, "/ban-lam-viec/tin/moi", &[("kind", "annex")]).await;
    assert_ne!(refused.status, 303);
    let own = world.issues("laocai", notice("Của tỉnh", "x")).await;
    let binh = world.staff("laocai", "binh", &["editor"]).await;
    for (what, why) in
        [(own.reference.as_str(), "của chính cơ quan mình"), ("vb/khong-co\"><script>", "Không tìm thấy")]
    {
        let refused = world.fills(&binh, HOME, &[("muc", what)]).await;
        assert!(refused.status == 422 && refused.says(why), "{}", refused.text());
        assert!(!refused.says("\"><script>"), "what was typed stays, as text");
    }

    // A ministry's changed program: words beside the Government's item, on no page but its own; and none of another type, of
    // another's document, or beside its own item.
    let news = world.issues("mof", notice("Của bộ", "Tin của bộ")).await;
    let document = async |id: Uuid| {
        let told = world.get("mof", &format!("/api/v1/items/{}", news.reference)).await.json();
        let hash = told["content"].as_str().unwrap().to_owned();
        let bytes = world.get("mof", &format!("/content/{hash}")).await.bytes;
        let mut document = Document::parse(&bytes).unwrap();
        (document.id, document.edition) = (id, 1);
        document.body.text = "Lời giả\n\n<script>alert(1)</script>".into();
        (document.encode().unwrap(), bytes, hash)
    };
    let ids = [11, 12, 13, 14].map(Uuid::from_u128);
    let (said, theirs, news_hash) = document(ids[0]).await;
    claims(world, "mof", ("chinhphu", item.id), ids[0], ANNEX_TYPE, said).await;
    claims(world, "mof", ("chinhphu", item.id), ids[1], ANNEX_TYPE, theirs).await;
    let (said, ..) = document(ids[2]).await;
    let wrong = claims(world, "mof", ("chinhphu", item.id), ids[2], "text/html", said).await;
    let (said, ..) = document(ids[3]).await;
    claims(world, "mof", ("mof", news.id), ids[3], ANNEX_TYPE, said).await;
    world.settle().await;
    for portal in ["chinhphu", "laocai", "xa-a.laocai"] {
        assert!(!world.page(portal, item).await.says("Lời giả"), "{portal}");
    }
    let page = world.page("mof", item).await;
    assert!(page.says("Lời giả") && !page.says("<script>alert"), "{}", page.text());
    assert_eq!(world.told("mof", item).await["annexes"].as_array().unwrap().len(), 1);
    assert!(!world.page("mof", &news).await.says("Lời giả"));
    assert_eq!(world.get("chinhphu", &format!("/content/{wrong}")).await.status, 404);
    // The core's erasure takes the ministry's words, and not the text of another item that one of its annexes named.
    world.erases(item).await;
    world.settle().await;
    assert_eq!(world.get("chinhphu", &format!("/content/{news_hash}")).await.status, 200);
    assert!(world.page("chinhphu", &news).await.says("Tin của bộ"));
}
