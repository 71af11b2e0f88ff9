//! Bulletins for loudspeakers: what a commune issued today in an announcer's words, what it corrected or took back, and sound of
//! it where a voice is installed.

use std::process::Command;

use serde_json::Value;

use super::keeping::{errors, program, well};
use super::world::{World, edition, notice, until};

async fn bulletin(world: &World, more: &str) -> Value {
    let today = today(world);
    world.get("xa-a.laocai", &format!("/api/v1/bulletin?day={today}{more}")).await.json()
}

fn today(world: &World) -> String {
    nhipcau::words::date::day(world.clock("laocai").now()).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_read_with_its_corrections_and_withdrawals_first() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let water = world
        .issues("xa-a.laocai", notice("Lịch cắt nước", "Cắt nước từ 7h đến 11h30 ngày 05/12. Gọi 113."))
        .await;
    let wrong = world.issues("xa-a.laocai", notice("Tin nhầm", "Đừng làm theo.")).await;
    world.issues("chinhphu", notice("Tin của Chính phủ", "Không khẩn.")).await;
    world.settle().await;
    let told = bulletin(&world, "").await;
    let said = told["said"].as_str().unwrap();
    assert_eq!(told["bulletin"]["news"], 2, "{said}");
    assert!(
        said.contains("Bản tin có hai tin.")
            && said.contains("từ bảy giờ đến mười một giờ ba mươi phút ngày mùng năm tháng mười hai"),
        "{said}"
    );
    assert!(
        said.contains("Gọi một một ba.") && !said.contains("Chính phủ"),
        "what is not urgent of others is theirs to read: {said}"
    );
    assert!(!said.contains(|c: char| c.is_ascii_digit()), "{said}");
    let page = world.get("xa-a.laocai", "/truyen-thanh").await;
    assert!(
        page.status == 200 && page.says("Tin thứ nhất: Lịch cắt nước.") && page.says("lang=\"vi\""),
        "{}",
        page.text()
    );
    let page = world.get("xa-a.laocai", &format!("/muc/{}/doc", water.reference)).await;
    assert!(page.says("từ bảy giờ đến mười một giờ ba mươi phút"), "{}", page.text());

    // The next day: the correction and the withdrawal first, the old news not again; of the withdrawn no page to read from.
    world.corrects(&water, edition("Lịch cắt nước", "Cắt nước từ 8h.")).await;
    world.withdraws(&wrong, true).await;
    world.settle().await;
    world.clock("laocai").pass(24 * 3_600_000_000);
    let told = bulletin(&world, "").await;
    let said = told["said"].as_str().unwrap();
    assert_eq!((&told["bulletin"]["news"], &told["bulletin"]["changes"]), (&0.into(), &2.into()), "{said}");
    assert!(
        said.contains("Xin đính chính tin Lịch cắt nước") && said.contains("Cắt nước từ tám giờ."),
        "{said}"
    );
    assert!(
        said.contains("Tin nhầm, đăng ngày")
            && said.contains("đã được thu hồi")
            && !said.contains("Đừng làm theo"),
        "{said}"
    );
    assert_eq!(world.get("xa-a.laocai", &format!("/muc/{}/doc", wrong.reference)).await.status, 404);
    world.clock("laocai").pass(24 * 3_600_000_000);
    assert_eq!(bulletin(&world, "").await["bulletin"]["changes"], 0, "nobody is told for ever");
    assert!(world.get("xa-a.laocai", "/truyen-thanh").await.says("chưa có tin, đính chính hay thu hồi"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_reads_chooses_and_bad_questions_are_answered() {
    let world = World::with(["chinhphu", "laocai"]).await;
    world.issues("xa-a.laocai", notice("Tin một", "Nội dung một.")).await;
    let second = world.issues("xa-a.laocai", notice("Tin hai", "Nội dung hai.")).await;
    world.settle().await;
    let told = bulletin(&world, &format!("&item={}", second.reference)).await;
    assert_eq!(told["bulletin"]["news"], 1);
    assert!(told["said"].as_str().unwrap().contains("Tin thứ nhất: Tin hai."), "{told}");
    let refused = bulletin(&world, "&item=khong-co").await;
    assert_eq!(refused["status"], 422, "{refused}");
    assert_eq!(world.get("xa-a.laocai", "/truyen-thanh?ngay=hom-qua").await.status, 400);
    assert_eq!(world.get("xa-a.laocai", "/truyen-thanh?ngay=2999-01-01").await.status, 400);
    assert_eq!(world.get("xa-a.laocai", "/muc/khong-co/doc").await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_command_writes_text_and_where_a_voice_is_installed_sound() {
    let world = World::with(["chinhphu", "laocai"]).await;
    world.issues("xa-a.laocai", notice("Lịch tiêm chủng", "Tiêm lúc 8h tại trạm y tế.")).await;
    world.settle().await;
    let today = today(&world);
    let made = |name: &str| {
        let to = world.home(name);
        let arguments =
            ["bulletin", to.to_str().unwrap(), "--portal", "xa-a.laocai.localhost", "--day", &today];
        (program(&arguments, &world.home("laocai")), to)
    };
    let (output, text) = made("ban-tin.txt");
    assert!(well(&output).contains("1 tin, 0 đính chính"), "{}", errors(&output));
    assert!(std::fs::read_to_string(&text).unwrap().contains("Tiêm lúc tám giờ tại trạm y tế."));
    let (again, _) = made("ban-tin.txt");
    assert!(!again.status.success() && errors(&again).contains("exists already"), "{}", errors(&again));
    let (other, _) = made("ban-tin.doc");
    assert!(errors(&other).contains(".txt, .mp3, .ogg or .wav"), "{}", errors(&other));

    let there = |name: &str| Command::new(name).arg("--version").output().is_ok();
    for (name, begins) in [("a.wav", &b"RIFF"[..]), ("a.mp3", b"\xff"), ("a.ogg", b"OggS")] {
        let (output, file) = made(name);
        if !there("espeak-ng")
            || (!name.ends_with("wav") && Command::new("ffmpeg").arg("-version").output().is_err())
        {
            assert!(errors(&output).contains("apt install"), "{}", errors(&output));
            println!("skipped: {name} needs espeak-ng and ffmpeg");
            continue;
        }
        assert!(well(&output).contains("giây"), "its length is said");
        let sound = std::fs::read(&file).unwrap();
        assert!(
            (sound.starts_with(begins) || sound.starts_with(b"ID3")) && sound.len() > 5_000,
            "{name}: {} bytes",
            sound.len()
        );
    }
}

const DESK: &str = "/ban-lam-viec/truyen-thanh";

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_chooses_what_is_read_and_prints_it() {
    let world = World::with(["chinhphu", "laocai"]).await;
    world.issues("xa-a.laocai", notice("Tin một", "Nội dung một.")).await;
    let second = world.issues("xa-a.laocai", notice("Tin hai", "Nội dung hai.")).await;
    world.settle().await;
    let (today, clerk) = (today(&world), world.staff("xa-a.laocai", "lan", &["clerk"]).await);
    let whole = world.sees(&clerk, DESK).await;
    assert!(whole.says("Bản tin có hai tin.") && whole.says("Tin thứ nhất: Tin một."), "{}", whole.text());
    assert_eq!(whole.text().matches(" checked>").count(), 2);
    let chosen = format!("ngay={today}&chon=1&doc={}", second.reference);
    let page = world.sees(&clerk, &format!("{DESK}?{chosen}")).await;
    assert!(page.says("Tin thứ nhất: Tin hai.") && !page.says("Nội dung một."), "{}", page.text());
    assert_eq!(page.text().matches(" checked>").count(), 1, "what was left out can be taken in again");
    let text = world.sees(&clerk, &format!("{DESK}/tep?{chosen}&tep=txt")).await;
    assert!(text.header("content-disposition").contains(&format!("ban-tin-{today}.txt")));
    assert!(text.says("Nội dung hai.") && !text.says("Nội dung một."), "{}", text.text());

    // Nothing chosen: said, and not read.
    let none = world.sees(&clerk, &format!("{DESK}?ngay={today}&chon=1")).await;
    assert!(none.says("Chưa chọn tin nào"), "{}", none.text());
    let refused = world.fills(&clerk, DESK, &[("ngay", &today), ("chon", "1")]).await;
    assert!(refused.status == 400 && refused.says("hãy chọn ít nhất một tin"), "{}", refused.text());
    for wrong in ["ngay=hom-qua", "ngay=2999-01-01"] {
        assert!(world.sees(&clerk, &format!("{DESK}?{wrong}")).await.says("Ngày phải có dạng"), "{wrong}");
    }
    assert_eq!(world.sees(&clerk, &format!("{DESK}?dang=exe")).await.status, 404);
    // What was withdrawn since is no longer read, and the page says so.
    world.withdraws(&second, true).await;
    world.settle().await;
    let page = world.sees(&clerk, &format!("{DESK}?{chosen}")).await;
    assert!(page.says("1 tin đã chọn không còn") && !page.says("Nội dung hai."), "{}", page.text());
    assert!(page.says("Tin Tin hai, đăng"), "the withdrawal is told: {}", page.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officer_has_a_bulletin_read_and_an_erasure_takes_the_sound() {
    let world = World::with(["chinhphu", "laocai"]).await;
    let item = world.issues("xa-a.laocai", notice("Khám mắt", "Khám lúc 8h tại nhà văn hóa.")).await;
    world.settle().await;
    let editor = world.staff("xa-a.laocai", "lan", &["editor"]).await;
    let fields = [("ngay", today(&world)), ("chon", "1".into()), ("doc", item.reference.to_string())];
    let mut sent: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    sent.push(("dang", "wav"));
    let begun = world.fills(&editor, DESK, &sent).await;
    assert_eq!(begun.status, 303, "{}", begun.text());
    let page = begun.header("location").split('#').next().unwrap().to_owned();
    let query = page.split('?').nth(1).unwrap().to_owned();
    let ended = until("the sound, or why there is none", async || {
        let page = world.sees(&editor, &page).await;
        if page.says("Đang chờ") || page.says("Bước ") {
            Err("it is being made".to_owned())
        } else {
            Ok(page)
        }
    })
    .await;
    let file = |what: &str| format!("{DESK}/tep?{query}&tep={what}");
    if Command::new("espeak-ng").arg("--version").output().is_err() {
        assert!(ended.says("apt install espeak-ng") && ended.says("Thử tạo lại"), "{}", ended.text());
        println!("skipped: sound needs espeak-ng");
        return;
    }
    assert!(ended.says("Đã có âm thanh: dài") && ended.says("<audio"), "{}", ended.text());
    let heard = world.sees(&editor, &file("nghe")).await;
    assert_eq!((heard.status, heard.header("content-type")), (200, "audio/wav"));
    assert!(heard.bytes.starts_with(b"RIFF") && heard.bytes.len() > 5_000);
    let saved = world.sees(&editor, &file("tai")).await;
    assert!(saved.header("content-disposition").starts_with("attachment") && saved.bytes == heard.bytes);
    assert_eq!(world.sees(&editor, &file("nghe").replace("dang=wav", "dang=mp3")).await.status, 400);
    assert!(lies_somewhere("tám giờ tại nhà văn hóa"), "the words are looked for in the wrong place");
    world.corrects(&item, edition("Khám mắt", "Khám lúc 9h.")).await;
    world.settle().await;
    let since = world.sees(&editor, &file("nghe")).await;
    assert!(since.status == 400 && since.says("đã khác từ khi tạo"), "{}", since.text());
    world.erases(&item).await;
    world.settle().await;
    until("the sound to be let go", async || match lies_somewhere("tám giờ tại nhà văn hóa") {
        true => Err("the words still lie there".to_owned()),
        false => Ok(()),
    })
    .await;
}

/// True if what a voice was given to read lies in the machine's temporary folder.
fn lies_somewhere(words: &str) -> bool {
    let folders = std::fs::read_dir(std::env::temp_dir()).unwrap().flatten();
    folders
        .filter_map(|folder| std::fs::read_to_string(folder.path().join("said.txt")).ok())
        .any(|said| said.contains(words))
}
