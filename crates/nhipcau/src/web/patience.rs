//! How long a connection waits for the head of the next request.
//!
//! hyper makes a timer for each head and lets it go once the head is there. The timers of one connection share one alarm of the runtime:
//! it stays where the first of them set it, and is set anew only when it rings before the head that is waited for is due. So a connection
//! that asks often does not enter and leave the runtime's table of timers with each request.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper::rt::{Sleep, Timer};

/// The timer of one connection; hyper has one head of it under way at a time.
pub struct Patience(Arc<Alarm>);

type Alarm = Mutex<Pin<Box<tokio::time::Sleep>>>;

/// Until when one head is waited for.
struct Until {
    due: tokio::time::Instant,
    alarm: Arc<Alarm>,
}

impl Patience {
    /// One that waits for nothing yet; within a runtime.
    pub fn new() -> Patience {
        Patience(Arc::new(Mutex::new(Box::pin(tokio::time::sleep(Duration::MAX)))))
    }
}

impl Timer for Patience {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(self.now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        Box::pin(Until { due: deadline.into(), alarm: self.0.clone() })
    }

    fn now(&self) -> Instant {
        tokio::time::Instant::now().into()
    }
}

impl Sleep for Until {}

impl Future for Until {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut alarm = self.alarm.lock().unwrap_or_else(PoisonError::into_inner);
        if alarm.deadline() > self.due {
            alarm.as_mut().reset(self.due);
        }
        while alarm.as_mut().poll(cx).is_ready() {
            if alarm.deadline() >= self.due {
                return Poll::Ready(());
            }
            alarm.as_mut().reset(self.due);
        }
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn each_head_has_its_own_time_though_the_alarm_is_shared() {
        let patience = Patience::new();
        let soon = Duration::from_millis(5);
        // Rings never too soon: for the first, for a later one after the alarm has rung, for one whose alarm stands earlier.
        for waits in [soon, soon, 2 * soon] {
            let due = patience.now() + waits;
            assert!(tokio::time::timeout(waits / 2, patience.sleep_until(due)).await.is_err());
            patience.sleep_until(due).await;
            assert!(patience.now() >= due);
        }
        // A head that came in time leaves a late alarm behind; what is due sooner does not wait for it.
        let late = patience.sleep(Duration::from_secs(3_600));
        assert!(tokio::time::timeout(soon, late).await.is_err());
        let sooner = patience.sleep(soon);
        assert!(tokio::time::timeout(Duration::from_secs(60), sooner).await.is_ok());
        patience.sleep_until(patience.now()).await;
    }
}
