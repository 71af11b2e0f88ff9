//! Sound of bulletins for the console: made in the background, one at a time, and kept for a while in the machine's temporary folder.
//!
//! A sound is found by the very words that it reads, so it is never handed out for a bulletin that says something else by now;
//! an erasure lets go of all of them.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::sync::{Semaphore, watch};

use super::voice::{Form, VoiceError, sound};
use crate::app::App;
use crate::problem::Problem;

/// Sounds that wait or are being made at once; more are refused.
const MOST_WAITING: usize = 4;
/// Sounds that are kept; the oldest goes first.
const KEPT: usize = 8;

/// A sound: its words, its form, for which log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark([u8; 32]);

impl Mark {
    /// The mark of what a portal's voice says.
    pub fn of(log: i64, said: &str, form: Form) -> Mark {
        Mark(Sha256::digest(format!("{log} {} {said}", form.ending())).into())
    }
}

/// How far a sound is.
#[derive(Clone)]
pub enum State {
    /// Others are made before it.
    Waiting,
    /// The voice reads, since this moment in microseconds.
    Reading(i64),
    /// What was read is being packed, since this moment.
    Packing(i64),
    /// It is there.
    Ready(Arc<Sound>),
    /// There is none.
    Failed(VoiceError),
}

impl State {
    /// True while something goes on.
    pub fn under_way(&self) -> bool {
        matches!(self, State::Waiting | State::Reading(_) | State::Packing(_))
    }
}

/// A sound on the disk; it goes with the last who holds it.
pub struct Sound {
    /// Where it lies.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: u64,
    /// Its length in seconds.
    pub seconds: u64,
    _folder: TempDir,
}

struct Work {
    mark: Mark,
    state: State,
}

/// The sounds of one node.
pub struct Studio {
    works: Mutex<Vec<Work>>,
    turn: Semaphore,
    stirred: watch::Sender<()>,
}

impl Default for Studio {
    fn default() -> Studio {
        Studio { works: Mutex::default(), turn: Semaphore::new(1), stirred: watch::channel(()).0 }
    }
}

impl Studio {
    fn works(&self) -> MutexGuard<'_, Vec<Work>> {
        self.works.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How far a sound is; nothing if nobody has asked for it lately.
    pub fn state(&self, mark: Mark) -> Option<State> {
        self.works().iter().find(|work| work.mark == mark).map(|work| work.state.clone())
    }

    /// The same, after waiting for its end for at most so long.
    pub async fn awaited(&self, mark: Mark, most: Duration) -> Option<State> {
        let mut stirred = self.stirred.subscribe();
        let ended = async {
            while self.state(mark).is_some_and(|state| state.under_way()) && stirred.changed().await.is_ok() {
            }
        };
        // Either way the state is told as it is then.
        let _ = tokio::time::timeout(most, ended).await;
        self.state(mark)
    }

    /// Lets go of every sound: words of theirs were erased. What is being read is not kept either.
    pub fn forget(&self) {
        self.works().clear();
        self.stirred.send_replace(());
    }

    /// What became of one that is still asked for.
    fn becomes(&self, mark: Mark, state: State) {
        if let Some(work) = self.works().iter_mut().find(|work| work.mark == mark) {
            work.state = state;
        }
        self.stirred.send_replace(());
    }

    /// Takes one on. False if it is there or under way already.
    fn takes_on(&self, mark: Mark) -> Result<bool, Problem> {
        let mut works = self.works();
        works.retain(|work| work.mark != mark || !matches!(work.state, State::Failed(_)));
        if works.iter().any(|work| work.mark == mark) {
            return Ok(false);
        }
        if works.iter().filter(|work| work.state.under_way()).count() >= MOST_WAITING {
            return Err(Problem::NotNow {
                vi: "Đang có nhiều bản tin chờ tạo âm thanh; hãy thử lại sau ít phút. Lời đọc vẫn in được.".into(),
                en: "Many bulletins wait for their sound; try again in some minutes. The text can be printed meanwhile.".into(),
            });
        }
        works.push(Work { mark, state: State::Waiting });
        while works.len() > KEPT {
            let Some(oldest) = works.iter().position(|work| !work.state.under_way()) else { break };
            works.remove(oldest);
        }
        Ok(true)
    }
}

/// Has a text read in the background, unless it was; `Studio::state` says how far it is.
///
/// # Errors
/// Too many wait.
pub fn begin(app: &App, mark: Mark, said: String, form: Form) -> Result<(), Problem> {
    if !app.studio.takes_on(mark)? {
        return Ok(());
    }
    let node = app.clone();
    app.tasks.spawn("bulletin's voice", async move {
        let Ok(_turn) = node.studio.turn.acquire().await else { return };
        node.studio.becomes(mark, State::Reading(node.clock.micros()));
        let inner = node.clone();
        let made = tokio::task::spawn_blocking(move || {
            let folder = tempfile::tempdir().map_err(|_| VoiceError::NoRoom)?;
            let packing = || inner.studio.becomes(mark, State::Packing(inner.clock.micros()));
            let (path, seconds) = sound(&said, form, folder.path(), &packing)?;
            let bytes = std::fs::metadata(&path).map_err(|_| VoiceError::NoRoom)?.len();
            Ok(Sound { path, bytes, seconds, _folder: folder })
        });
        let state = match made.await {
            Ok(Ok(sound)) => State::Ready(Arc::new(sound)),
            Ok(Err(error)) => State::Failed(error),
            Err(_) => State::Failed(VoiceError::NoRoom),
        };
        node.studio.becomes(mark, state);
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn mark(said: &str) -> Mark {
        Mark::of(1, said, Form::Mp3)
    }

    #[test]
    fn a_sound_is_made_once_again_after_it_failed_and_not_too_many_at_once() {
        let studio = Studio::default();
        assert!(studio.takes_on(mark("a")).unwrap() && !studio.takes_on(mark("a")).unwrap());
        studio.becomes(mark("a"), State::Failed(VoiceError::NoVoice));
        assert!(studio.takes_on(mark("a")).unwrap(), "the program may have come since");
        for other in ["b", "c", "d"] {
            assert!(studio.takes_on(mark(other)).unwrap());
        }
        assert!(studio.takes_on(mark("e")).is_err());
        assert!(studio.state(mark("e")).is_none());
    }

    #[test]
    fn the_oldest_goes_and_what_was_forgotten_does_not_come_back() {
        let studio = Studio::default();
        for n in 0..=KEPT {
            let one = mark(&n.to_string());
            assert!(studio.takes_on(one).unwrap());
            studio.becomes(one, State::Packing(0));
            if n < KEPT {
                studio.works().last_mut().unwrap().state = State::Failed(VoiceError::NoVoice);
            }
        }
        assert!(studio.state(mark("0")).is_none() && studio.state(mark("1")).is_some());
        studio.forget();
        studio.becomes(mark("8"), State::Packing(1));
        assert!(studio.state(mark("8")).is_none(), "who was still reading keeps nothing");
    }

    #[test]
    fn other_words_another_form_and_another_portal_are_another_sound() {
        assert_ne!(mark("a"), mark("b"));
        assert_ne!(mark("a"), Mark::of(2, "a", Form::Mp3));
        assert_ne!(mark("a"), Mark::of(1, "a", Form::Wav));
    }
}
