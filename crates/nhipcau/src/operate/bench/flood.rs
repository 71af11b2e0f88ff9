//! Ten thousand distinct searches a second from one network, while somebody else reads.
//!
//! Whoever asks so much is let in for a few and refused the rest, each with a page that says so; what is judged is that
//! every one of them has its answer in time, and that who reads beside them does not notice. Generator, reader and node
//! share the machine's cores, so on two of them the generator's own work stands in the figures as well.

use std::path::Path;

use super::load;
use super::node::Place;
use super::report::{Budget, Line};
use super::serving::prepared;
use super::{Part, Scale};

/// Searches a second, and pages that are read meanwhile.
const SEARCHES: u32 = 10_000;
const READ: u32 = 200;

/// Measures it.
pub async fn flood(dir: &Path, scale: Scale) -> anyhow::Result<Vec<Line>> {
    let (place, paths) = prepared(dir, scale).await?;
    let mut node = place.serve(None)?;
    node.first_page().await?;
    node.settled().await?;
    let many = scale.flood as u32;
    let searches = (0..many).map(|number| get(&place, &format!("/tim-kiem?q=tu%20{number}"))).collect();
    let pages = (0..many * READ / SEARCHES).map(|n| get(&place, &paths[n as usize % paths.len()])).collect();
    let (searched, read) =
        tokio::try_join!(load::paced(place.port, searches, SEARCHES), load::paced(place.port, pages, READ))?;
    let all = (searched.answered + searched.failed) as f64 / searched.took.as_secs_f64();
    let facts = format!(
        "{} được tìm · searched, {} bị từ chối có lý do · refused with the reason; p50 {} ms",
        searched.answered, searched.failed, searched.times.p50
    );
    let beside = format!("p50 {} ms, {} trang · pages, {READ}/s", read.times.p50, read.answered);
    Ok(vec![
        Line::noted(
            Part::Flood,
            "lượt tìm khác nhau mỗi giây từ một mạng · distinct searches from one network",
            all,
            "/s",
        ),
        Line::judged(
            Part::Flood,
            "trả lời cho các lượt ấy, p99 · their answers, p99",
            searched.times.p99,
            "ms",
            Budget::AtMost(20.0),
        )
        .beside(facts),
        Line::judged(
            Part::Flood,
            "trang người khác đang đọc, p99 · pages of who reads meanwhile, p99",
            read.times.p99,
            "ms",
            Budget::AtMost(20.0),
        )
        .beside(beside),
    ])
}

fn get(place: &Place, path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {}\r\nAccept-Encoding: gzip\r\n\r\n", place.domain).into_bytes()
}
