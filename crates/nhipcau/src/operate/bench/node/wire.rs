//! Single requests to a node of the bench, as a browser sends them.

use anyhow::{Context, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Person, Place};
use crate::operate::bench::load;
use crate::people::forms::KEY;

/// What came over HTTP.
pub struct Answer {
    /// Status.
    pub status: u16,
    /// The header lines as they came.
    pub head: String,
    /// The body as it came: in gzip, if the server sent it so.
    pub body: Vec<u8>,
}

/// What a browser calls itself: what it opens counts as read, with all that this costs.
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// The request that browsers send for a page, as bytes.
pub fn request(place: &Place, path: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {}\r\nAccept-Encoding: gzip\r\nUser-Agent: {BROWSER}\r\n\r\n",
        place.domain
    )
    .into_bytes()
}

/// Sends a form of the console in somebody's name, as their browser does.
///
/// # Errors
/// As [`ask`].
pub async fn fills(
    place: &Place,
    who: &Person,
    path: &str,
    fields: &[(&str, &str)],
) -> anyhow::Result<Answer> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair(KEY, &who.token.form_key()).extend_pairs(fields);
    let form = form.finish();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        who.cookie()?,
        form.len(),
        host = place.domain,
    );
    ask(place, request.as_bytes()).await
}

/// Reads one page over a connection of its own.
///
/// # Errors
/// When nobody answers, or not in HTTP/1.1 with a length.
pub async fn get(place: &Place, path: &str) -> anyhow::Result<Answer> {
    ask(place, &request(place, path)).await
}

/// Sends one request over a connection of its own.
///
/// # Errors
/// When nobody answers, or not in HTTP/1.1 with a length.
pub async fn ask(place: &Place, request: &[u8]) -> anyhow::Result<Answer> {
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", place.port)).await?;
    stream.write_all(request).await?;
    let mut bytes = Vec::new();
    loop {
        if let Some((head, length)) = load::head(&bytes)?
            && bytes.len() >= head + length
        {
            let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
            let status = text.split(' ').nth(1).and_then(|word| word.parse().ok()).context("no status")?;
            return Ok(Answer { status, head: text, body: bytes[head..head + length].to_vec() });
        }
        ensure!(stream.read_buf(&mut bytes).await? > 0, "the connection ended early");
    }
}
