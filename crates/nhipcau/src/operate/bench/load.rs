//! The load generator, the same for every server: keep-alive connections on a thread of its own.
//!
//! `closed` asks again as soon as an answer has come: what the server can do. `paced` asks at fixed
//! instants, whether answers have come or not, and counts the time from the instant at which a request was
//! due: a server that stalls is charged with everyone who waits behind.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use futures::future::try_join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::operate::nation::figures::Spread;

/// What a run of requests came to.
#[derive(Clone, Debug)]
pub struct Load {
    /// Answers of status 200.
    pub answered: u64,
    /// Other answers.
    pub failed: u64,
    /// How long it took.
    pub took: Duration,
    /// How long answers took.
    pub times: Spread,
}

impl Load {
    /// Answers a second.
    pub fn rate(&self) -> f64 {
        self.answered as f64 / self.took.as_secs_f64()
    }
}

/// Length of the head and of the body of an answer, once its head is whole.
///
/// # Errors
/// When the answer does not say its length.
pub fn head(bytes: &[u8]) -> anyhow::Result<Option<(usize, usize)>> {
    let Some(end) = memchr::memmem::find(bytes, b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&bytes[..end]).context("an answer that is not text")?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok()).flatten()
    });
    Ok(Some((end + 4, length.context("an answer without its length")?)))
}

/// Asks the same of one server over `connections` for `time`.
///
/// # Errors
/// When the server does not answer.
pub async fn closed(port: u16, request: Vec<u8>, connections: usize, time: Duration) -> anyhow::Result<Load> {
    beside(async move || {
        let began = Instant::now();
        let each = (0..connections).map(|_| async {
            let mut line = Line::open(port).await?;
            while began.elapsed() < time {
                let asked = Instant::now();
                line.ask(&request, asked).await?;
            }
            anyhow::Ok(line)
        });
        Ok(sum(try_join_all(each).await?, began.elapsed()))
    })
    .await
}

/// Asks each of `requests` once, `rate` a second.
///
/// # Errors
/// When the server does not answer.
pub async fn paced(port: u16, requests: Vec<Vec<u8>>, rate: u32) -> anyhow::Result<Load> {
    // So many that none is missing while answers take less than the time until its next turn, and that those few which wait for a slow
    // answer are not charged with what they were to ask meanwhile; fewer than a process may hold open by default.
    let connections = (rate as usize / 16).clamp(256, 640);
    beside(async move || {
        let mut open = Vec::new();
        for _ in 0..connections.min(requests.len()) {
            open.push(Line::open(port).await?);
        }
        let (began, many) = (Instant::now(), open.len());
        let requests = &requests;
        let each = open.into_iter().enumerate().map(|(first, mut line)| async move {
            for at in (first..requests.len()).step_by(many) {
                let due = began + Duration::from_secs(1) * at as u32 / rate;
                let late = Instant::now() > due;
                tokio::time::sleep_until(due.into()).await;
                // The timer's own millisecond is not the server's.
                line.ask(&requests[at], if late { due } else { Instant::now() }).await?;
            }
            anyhow::Ok(line)
        });
        Ok(sum(try_join_all(each).await?, began.elapsed()))
    })
    .await
}

/// Runs the generator on a thread of its own, beside whatever else this process does.
async fn beside<F>(work: F) -> anyhow::Result<Load>
where
    F: AsyncFnOnce() -> anyhow::Result<Load> + Send + 'static,
{
    let (done, wait) = tokio::sync::oneshot::channel();
    std::thread::Builder::new()
        .name("load".into())
        .spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            // Nobody waits any more only when the bench itself has ended.
            let _ = done.send(match runtime {
                Ok(runtime) => runtime.block_on(work()),
                Err(error) => Err(error.into()),
            });
        })
        .context("start the load generator")?;
    wait.await.context("the load generator died")?
}

/// One keep-alive connection.
struct Line {
    stream: TcpStream,
    buffer: Vec<u8>,
    answered: u64,
    failed: u64,
    times: Vec<Duration>,
}

impl Line {
    async fn open(port: u16) -> anyhow::Result<Line> {
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let stream = TcpStream::connect(address).await.with_context(|| format!("connect to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Line { stream, buffer: Vec::with_capacity(64 << 10), answered: 0, failed: 0, times: Vec::new() })
    }

    /// One request and its answer, timed from `from`.
    async fn ask(&mut self, request: &[u8], from: Instant) -> anyhow::Result<()> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let mut whole = None;
        loop {
            ensure!(self.stream.read_buf(&mut self.buffer).await? > 0, "the server closed a connection");
            if whole.is_none() {
                whole = head(&self.buffer)?.map(|(head, body)| head + body);
            }
            match whole {
                Some(whole) if self.buffer.len() == whole => break,
                Some(whole) if self.buffer.len() > whole => bail!("more came than was asked for"),
                _ => {}
            }
        }
        match self.buffer.get(9..12) {
            Some(b"200") => self.answered += 1,
            _ => self.failed += 1,
        }
        self.times.push(from.elapsed());
        Ok(())
    }
}

fn sum(lines: Vec<Line>, took: Duration) -> Load {
    Load {
        answered: lines.iter().map(|line| line.answered).sum(),
        failed: lines.iter().map(|line| line.failed).sum(),
        took,
        times: Spread::of(lines.into_iter().flat_map(|line| line.times).map(|time| (time, 1)).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_when_its_length_has_come() {
        assert_eq!(head(b"HTTP/1.1 200 OK\r\nContent-Le").unwrap(), None);
        assert_eq!(head(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc").unwrap(), Some((38, 3)));
        assert!(head(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
