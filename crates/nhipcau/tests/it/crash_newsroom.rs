//! `kill -9` of the newsroom at any moment: what was answered stands, nothing is issued twice or half, no draft is lost.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use nhipcau::clock::Dice;
use nhipcau::drafts::life::Stage;
use nhipcau::drafts::{ends, store};
use nhipcau::items::pages::title;
use nhipcau::items::store::own::{self, Start};
use nhipcau::items::{State, store as items};
use nhipcau::people::audit;
use nhipcau::words::Lang;
use uuid::Uuid;

use super::crash::{Program, signs};
use super::world::{Staff, World, hidden, until};

/// How far a text has come, as its people were told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    Begun,
    Saved,
    Submitted,
    Approved,
    Issued,
    EndProposed,
    EndConfirmed,
}

/// A text on its way.
#[derive(Clone, Debug)]
struct Life {
    draft: Uuid,
    title: String,
    told: Told,
}

/// A form that may find nobody at home; where it leads, if it was taken.
async fn sends(world: &World, who: &Staff, path: &str, fields: &[(&str, &str)]) -> Option<String> {
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.append_pair("khoa", &who.key).extend_pairs(fields);
    let request = world
        .request("POST", &who.portal, path)
        .header("origin", format!("http://{}", world.host(&who.portal)))
        .header("cookie", &who.cookie)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body.finish());
    let answer = request.send().await.ok()?;
    let to = answer.headers().get("location")?.to_str().ok()?.to_owned();
    (answer.status() == 303 && !to.contains("dang-nhap")).then(|| to.split('?').next().unwrap().to_owned())
}

async fn sees(world: &World, who: &Staff, path: &str) -> Option<String> {
    let request = world.request("GET", &who.portal, path).header("cookie", &who.cookie);
    request.send().await.ok()?.text().await.ok()
}

/// One text from its first word to its end, for as long as somebody answers.
async fn lives(
    world: &World,
    [lan, minh, ha]: [&Staff; 3],
    title: String,
    told: &Mutex<Vec<Life>>,
) -> Option<()> {
    let path = sends(world, lan, "/ban-lam-viec/tin/moi", &[("kind", "notice")]).await?;
    let draft = path.rsplit('/').next()?.parse().ok()?;
    let at = {
        let mut all = told.lock().unwrap();
        all.push(Life { draft, title: title.clone(), told: Told::Begun });
        all.len() - 1
    };
    let answered = |come: Told| told.lock().unwrap()[at].told = come;
    let save = [("version", "1"), ("title", title.as_str()), ("text", title.as_str())];
    sends(world, lan, &path, &save).await?;
    answered(Told::Saved);
    let act = |act: &'static str| [("version", "2"), ("viec", act)];
    let acts = format!("{path}/viec");
    sends(world, lan, &acts, &act("submit")).await?;
    answered(Told::Submitted);
    sends(world, minh, &acts, &act("approve")).await?;
    answered(Told::Approved);
    let item = sends(world, minh, &acts, &act("issue")).await?;
    answered(Told::Issued);
    let go = format!("{item}/go");
    sends(world, lan, &go, &[("cach", "gone"), ("ly-do", "Đăng nhầm")]).await?;
    answered(Told::EndProposed);
    let luc = hidden(&sees(world, ha, &item).await?, "luc")?;
    sends(world, ha, &go, &[("viec", "xac-nhan"), ("luc", &luc)]).await?;
    answered(Told::EndConfirmed);
    Some(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newsroom_survives_kill_9_at_random_moments() {
    const ROUNDS: usize = 4;
    const DESKS: usize = 6;
    let mut world = World::with(["chinhphu", "mof"]).await;
    let lan = world.staff("chinhphu", "lan", &["editor"]).await;
    let minh = world.staff("chinhphu", "minh", &["publisher"]).await;
    let ha = world.staff("chinhphu", "ha", &["signer"]).await;
    world.stop("chinhphu").await;
    let told: Mutex<Vec<Life>> = Mutex::default();
    let dice = Dice::system();
    for round in 0..ROUNDS {
        let program = Program::start(&world, "chinhphu");
        signs(&world, "chinhphu").await;
        let steps = || told.lock().unwrap().iter().map(|life| life.told as usize + 1).sum::<usize>();
        let chance = u16::from_le_bytes(dice.bytes().unwrap());
        let goal = steps() + 20 + usize::from(chance % 61);
        let moment = Duration::from_micros(u64::from(chance % 20_011));
        let dead = tokio_util::sync::CancellationToken::new();
        let desks = (0..DESKS).map(|desk| {
            let (world, told, dead, people) = (&world, &told, dead.clone(), [&lan, &minh, &ha]);
            async move {
                for number in 0.. {
                    if dead.is_cancelled() {
                        return;
                    }
                    lives(world, people, format!("Tin {round}.{desk}.{number}"), told).await;
                }
            }
        });
        let killer = async {
            until("steps that were answered", async || {
                if steps() >= goal { Ok(()) } else { Err(format!("{} of {goal}", steps())) }
            })
            .await;
            tokio::time::sleep(moment).await;
            dead.cancel();
            program.kill();
        };
        tokio::join!(futures::future::join_all(desks), killer);
    }
    // The same data in this process: every log verifies when the world ends.
    world.start("chinhphu").await;
    world.may_sign("chinhphu").await;
    world.settle().await;
    let app = world.app("chinhphu");
    let log = app.portals.load().main().unwrap().log;
    let mut conn = app.db.read().await.unwrap();
    let mut issued: HashMap<String, Vec<items::Standing>> = HashMap::new();
    for own::Issued { standing, .. } in own::issued(&mut conn, log, Start::Newest, 100_000).await.unwrap() {
        issued.entry(title(&standing.card, Lang::Vi).text).or_default().push(standing);
    }
    issued.remove("Dấu hiệu sống");
    let told = told.into_inner().unwrap();
    assert!(told.iter().any(|life| life.told == Told::EndConfirmed), "no text came to its end: {told:?}");
    for life in &told {
        let work = store::find(&mut conn, log, life.draft).await.unwrap();
        let work = work.unwrap_or_else(|| panic!("lost: {life:?}"));
        let stands = issued.remove(&life.title).unwrap_or_default();
        // What was on its way when the node died may have come further than anybody was told, never less far.
        let due = match life.told {
            Told::Begun | Told::Saved => Stage::Draft,
            Told::Submitted => Stage::InReview,
            Told::Approved => Stage::Approved,
            _ => Stage::Issued,
        };
        assert!(work.stage >= due, "{life:?} is {:?}", work.stage);
        assert!(life.told < Told::Saved || work.title() == life.title, "{life:?} says {:?}", work.title());
        assert_eq!(stands.len(), usize::from(work.stage == Stage::Issued), "issued twice or half: {life:?}");
        if let Some(standing) = stands.first() {
            let waits = ends::waiting(&mut conn, log, standing.item).await.unwrap().is_some();
            let gone = standing.state == State::Gone;
            assert!(!(waits && gone), "ended and still proposed: {life:?}");
            assert!(life.told < Told::EndProposed || waits || gone, "the proposal is lost: {life:?}");
            assert!(life.told < Told::EndConfirmed || gone, "the end is lost: {life:?}");
        }
    }
    assert!(issued.is_empty(), "issued without a draft: {:?}", issued.keys());
    assert_eq!(audit::broken(&mut conn).await.unwrap(), None, "the audit trail has a hole");
}
