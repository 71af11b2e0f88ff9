//! A clock that jumps: what is scheduled is issued once and at its hour, and nobody stays in, or out, for as long as the
//! clock was wrong.

use super::newsroom::{leads, office};
use super::world::{PASSWORD, until};

const HOUR: i64 = 3_600_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_scheduled_is_issued_once_however_the_clock_jumps() {
    let office = office().await;
    let (world, lan, minh) = (&office.world, &office.lan, &office.minh);
    let later = nhipcau::clock::instant(world.clock("chinhphu").micros() + 2 * HOUR);
    let hour = later.to_zoned_datetime(jiff::tz::TimeZone::get("Asia/Ho_Chi_Minh").unwrap());
    let hour = hour.strftime("%Y-%m-%dT%H:%M").to_string();
    let path = office.begins(lan, "news").await;
    let fields = [("title", "Tin hẹn giờ"), ("text", "Chào"), ("due", hour.as_str()), ("viec", "submit")];
    leads(&office.writes(lan, &path, &fields).await);
    leads(&office.does(minh, &path, "approve", "").await);
    let listed =
        async || world.get("chinhphu", "/thong-tin?cua=cong").await.text().matches("Tin hẹn giờ").count();
    let clock = world.clock("chinhphu");
    // A day back: its hour is further away, and other work goes on.
    clock.pass(-24 * HOUR);
    let other = world.issues("chinhphu", super::world::notice("Việc khác", "Một.")).await;
    assert!(world.page("chinhphu", &other).await.says("Một."));
    tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
    assert_eq!(listed().await, 0, "issued before its hour");
    // Two days on: its hour has passed.
    clock.pass(48 * HOUR);
    until("the scheduled item", async || if listed().await == 1 { Ok(()) } else { Err("not yet".into()) })
        .await;
    // Back again, and on again: it stays one.
    for jump in [-48 * HOUR, 48 * HOUR] {
        clock.pass(jump);
        tokio::time::sleep(std::time::Duration::from_millis(2_500)).await;
        assert_eq!(listed().await, 1);
    }
    world.settle().await;
    assert!(world.get("mof", "/thong-tin").await.says("Tin hẹn giờ"), "the ministry carries it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_set_back_keeps_nobody_in_and_locks_nobody_out() {
    let office = office().await;
    let world = &office.world;
    // A day ahead first, so that everybody's appointment has begun when the clock is set right.
    world.clock("chinhphu").pass(24 * HOUR);
    let lan = world.signs_in("chinhphu", "lan", PASSWORD).await;
    let lan = world.signed_in("chinhphu", &lan).await;
    for guess in 0..8 {
        world.signs_in("chinhphu", "minh", &format!("đoán {guess}")).await;
    }
    assert_eq!(world.signs_in("chinhphu", "minh", PASSWORD).await.status, 429, "failures cost time");
    world.clock("chinhphu").pass(-24 * HOUR);
    // Her session is of a time that has not come; she signs in again and goes on.
    let out = world.sees(&lan, "/ban-lam-viec").await;
    assert_eq!(out.status, 303, "{}", out.text());
    let again = world.signs_in("chinhphu", "lan", PASSWORD).await;
    let lan = world.signed_in("chinhphu", &again).await;
    assert_eq!(world.sees(&lan, "/ban-lam-viec").await.status, 200);
    let minh = world.signs_in("chinhphu", "minh", PASSWORD).await;
    assert_eq!(minh.status, 303, "locked out for a day: {}", minh.text());
}
