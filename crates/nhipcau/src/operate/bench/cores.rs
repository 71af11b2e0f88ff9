//! How much two cores of this machine do at once: two threads of one core are offered as two by many hosts and do hardly more than one.
//! Every budget that counts a rate was set for two whole ones.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// How long each turn lasts.
const TURN: Duration = Duration::from_millis(150);
/// What a server does all day: text into values, and values into text.
const TEXT: &str = r#"{"kind":"directive","title":"Tập trung ứng phó mưa lũ, bảo đảm an toàn cho nhân dân","at":[1,22,333,4444]}"#;

/// How often one thread reads and writes the text in a turn.
fn turn() -> u32 {
    let (began, mut done) = (Instant::now(), 0);
    while began.elapsed() < TURN {
        for _ in 0..50 {
            let value: Option<serde_json::Value> = serde_json::from_str(black_box(TEXT)).ok();
            black_box(value.map(|value| value.to_string()));
        }
        done += 1;
    }
    done
}

/// The work of two threads at once, as a multiple of that of one: 2 where each has a core of its own. `None` on one core.
pub fn of_two() -> Option<f64> {
    if std::thread::available_parallelism().is_ok_and(|cores| cores.get() < 2) {
        return None;
    }
    turn(); // The clock rate rises first.
    let alone = turn();
    let other = std::thread::spawn(turn);
    let together = turn() + other.join().ok()?;
    Some(f64::from(together) / f64::from(alone.max(1)))
}
