//! What the agency has issued, in the console: by its last issue, page by page.

use super::world::{Staff, World, edition, notice};

const PAGE: &str = "/ban-lam-viec/da-dang";

/// The titles of a page, and where it leads on.
async fn titles(world: &World, who: &Staff, path: &str) -> (Vec<String>, Option<String>, Option<String>) {
    let page = world.sees(who, path).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let text = page.text();
    let rows = text.split("<ol class=\"rows rows--desk\">").nth(1).unwrap_or_default();
    let rows = rows.split("</ol>").next().unwrap_or_default().split("<li>").skip(1);
    let title = |row: &str| row.split("</a>").next().unwrap().rsplit('>').next().unwrap().to_owned();
    let link = |rel: &str| {
        let before =
            text.split(&format!("\" rel=\"{rel}\"")).next().filter(|before| before.len() < text.len())?;
        Some(before.rsplit("href=\"").next().unwrap().to_owned())
    };
    (rows.map(title).collect(), link("prev"), link("next"))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_corrected_yesterday_comes_before_what_was_issued_last_week() {
    let world = World::with(["chinhphu", "mof"]).await;
    let lan = world.staff("chinhphu", "lan", &["editor"]).await;
    let first = world.issues("chinhphu", notice("Tin 1", "a")).await;
    for number in 2..=60 {
        world.issues("chinhphu", notice(&format!("Tin {number}"), "a")).await;
    }
    let (page, newer, older) = titles(&world, &lan, PAGE).await;
    assert_eq!((page.len(), page[0].as_str(), page[49].as_str(), newer), (50, "Tin 60", "Tin 11", None));
    // More is issued while somebody turns the page: nothing is skipped, nothing told twice.
    world.corrects(&first, edition("Tin 1 sửa", "b")).await;
    world.issues("chinhphu", notice("Tin 61", "a")).await;
    let (next, newer, end) = titles(&world, &lan, &older.unwrap()).await;
    let rest: Vec<String> = (2..=10).rev().map(|number| format!("Tin {number}")).collect();
    assert_eq!((next, end), (rest, None), "Tin 1 has gone to the front");
    let (back, newest, _) = titles(&world, &lan, &newer.unwrap()).await;
    assert_eq!((back.len(), back[49].as_str()), (50, "Tin 11"));
    let (front, none, _) = titles(&world, &lan, &newest.unwrap()).await;
    assert_eq!((front, none), (vec!["Tin 61".to_owned(), "Tin 1 sửa".to_owned()], None));
    let (page, ..) = titles(&world, &lan, PAGE).await;
    assert_eq!(page[..3], ["Tin 61", "Tin 1 sửa", "Tin 60"]);
    // A withdrawal issues nothing: it stays where it was, and says so.
    world.withdraws(&first, false).await;
    assert_eq!(titles(&world, &lan, PAGE).await.0[..2], ["Tin 61", "Tin 1 sửa"]);
    // Another agency's list has none of it.
    let ha = world.staff("mof", "ha", &["editor"]).await;
    assert!(titles(&world, &ha, PAGE).await.0.is_empty());
    assert_eq!(titles(&world, &lan, &format!("{PAGE}?truoc=0")).await.1.as_deref(), Some(PAGE));
}
