//! How many bytes go over a node's listening sockets.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Places to count in: connections that two cores serve at once seldom write to the same line of memory.
const PLACES: usize = 32;

/// A count in a line of memory of its own.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Place(AtomicU64);

/// Bytes received and sent since the start, TLS and headers included.
#[derive(Debug, Default)]
pub struct Traffic {
    places: [Place; PLACES],
    next: AtomicUsize,
}

impl Traffic {
    /// Both directions together.
    pub fn bytes(&self) -> u64 {
        self.places.iter().map(|place| place.0.load(Ordering::Relaxed)).sum()
    }

    fn count(&self, place: usize, bytes: usize) {
        // A read that finds nothing is as frequent as one that finds something.
        if bytes > 0 {
            self.places[place % PLACES].0.fetch_add(bytes as u64, Ordering::Relaxed);
        }
    }
}

/// A connection that is counted.
pub struct Counted<S> {
    inner: S,
    traffic: Arc<Traffic>,
    place: usize,
}

impl<S> Counted<S> {
    /// Counts what goes over `inner`.
    pub fn new(inner: S, traffic: Arc<Traffic>) -> Counted<S> {
        let place = traffic.next.fetch_add(1, Ordering::Relaxed);
        Counted { inner, traffic, place }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Counted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.inner).poll_read(cx, buffer);
        self.traffic.count(self.place, buffer.filled().len() - before);
        read
    }
}

impl<S: AsyncWrite + Unpin> Counted<S> {
    fn count(&self, wrote: &Poll<io::Result<usize>>) {
        if let Poll::Ready(Ok(bytes)) = wrote {
            self.traffic.count(self.place, *bytes);
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Counted<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.count(&wrote);
        wrote
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.inner).poll_write_vectored(cx, parts);
        self.count(&wrote);
        wrote
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
