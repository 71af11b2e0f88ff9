//! Public pages of other sites, fetched and judged as the watch does it.
//!
//! The sites stand in this process behind names of their own and answer after a tenth of a second, as sites across the country do. A page has
//! some 60 KB, most of it the site's own, and the item's text in it; so each is read to its end. Their work weighs on the same cores.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use axum::Router;
use axum::response::Html;
use uuid::Uuid;

use super::report::{Budget, Line};
use super::{Part, Scale};
use crate::sightings::Verdict;
use crate::sightings::glance::{Glance, by_host, glance};
use crate::sightings::judge::Said;
use crate::sources::fetch::{Fetcher, Validators};
use crate::tasks::Tasks;

/// How long a site takes to answer.
const ANSWERS: Duration = Duration::from_millis(100);
/// Pages of one site, where a site has more than one.
const EACH: usize = 10;
const ITEM: Uuid = Uuid::from_u128(0x019a_b3f0_0000_7000_8000_0000_0000_0001);

/// Measures how long a look at all pages takes: on as many sites, and on a tenth of them.
pub async fn watch(scale: Scale) -> anyhow::Result<Vec<Line>> {
    let (title, text) = item();
    let page: Arc<str> = page(title, &text).into();
    let answer = axum::routing::get(async move || {
        tokio::time::sleep(ANSWERS).await;
        Html(page.to_string())
    });
    let listener = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
    let port = listener.local_addr()?.port();
    let tasks = Tasks::default();
    tasks.spawn("sites", async move {
        if let Err(error) = axum::serve(listener, Router::new().fallback(answer)).await {
            tracing::error!(%error, "the sites of the measure ended");
        }
    });
    let editions = Arc::new(vec![Said::of(1, title, &text)]);
    let apart = measured(scale.watched, scale.watched, port, &editions).await?;
    let sites = scale.watched.div_ceil(EACH);
    let together = measured(scale.watched, sites, port, &editions).await?;
    tasks.stop().await;
    let line = |what: &str, took: Duration, sites: usize| {
        Line::judged(Part::Watch, what, took.as_secs_f64(), "s", Budget::AtMost(600.0)).beside(format!(
            "{} trang ở {sites} nơi, mỗi trang 60 KB sau 0,1 giây; không kể cơ sở dữ liệu · {} pages of {sites} sites, each of 60 KB after 0.1 s; \
             without the database",
            scale.watched, scale.watched
        ))
    };
    Ok(vec![
        line("canh trang: mỗi nơi một trang · pages looked at, one of each site", apart, scale.watched),
        line("canh trang: mỗi nơi mười trang · pages looked at, ten of each site", together, sites),
    ])
}

/// How long a look at so many pages of so many sites takes; every one must be seen as it is.
async fn measured(
    pages: usize,
    sites: usize,
    port: u16,
    editions: &Arc<Vec<Said>>,
) -> anyhow::Result<Duration> {
    let fetcher = Fetcher::new(true, None).context("prepare the client")?;
    let work: Vec<String> =
        (0..pages).map(|at| format!("http://co-quan-{}.localhost:{port}/tin/{at}", at % sites)).collect();
    let shown = AtomicUsize::new(0);
    let began = Instant::now();
    let (fetcher, shown_so_far) = (&fetcher, &shown);
    let look = |url: String| async move {
        let seen =
            glance(fetcher, (&url, &url), &Validators::default(), ITEM, (true, editions.clone())).await;
        if matches!(seen, Ok(Glance::Is(Verdict::Shown, _))) {
            shown_so_far.fetch_add(1, Ordering::Relaxed);
        }
    };
    by_host(work, |url| url.as_str(), look).await;
    let took = began.elapsed();
    let shown = shown.into_inner();
    ensure!(shown == pages, "{shown} of {pages} pages were seen as they are");
    Ok(took)
}

fn item() -> (&'static str, String) {
    let paragraph = |n: usize| {
        format!(
            "<p>{n}. Ủy ban nhân dân tỉnh yêu cầu các sở, ban, ngành và địa phương triển khai <strong>quyết liệt</strong>, đồng bộ các giải pháp; báo \
             cáo kết quả trước ngày 25 hằng tháng.</p>"
        )
    };
    ("Tập trung ứng phó mưa lũ", (1..=14).map(paragraph).collect())
}

fn page(title: &str, text: &str) -> String {
    let menu: String = (0..400)
        .map(|n| format!("<li class=\"menu-item menu-item-{n}\"><a href=\"/chuyen-muc/{n}\" title=\"Chuyên mục {n}\">Chuyên mục {n}</a></li>"))
        .collect();
    let script = "var x = {\"a\": [1, 2, 3]};".repeat(400);
    format!(
        "<!doctype html><html lang=\"vi\"><head><title>{title} – Cổng</title><script>{script}</script></head><body><nav><ul>{menu}</ul></nav>\
         <main><article><h1>{title}</h1>{text}</article></main><footer>Bản quyền</footer></body></html>"
    )
}
