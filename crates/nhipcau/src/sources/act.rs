//! What follows from a list, done: items issued or carried, changed, withdrawn, put aside. Each request has a name by which it is known
//! again, so that whatever dies between an entry and its row here does nothing twice.

use network::content::{Item, Taken};
use network::entry::ItemChange;
use network::names::ContentHash;
use uuid::Uuid;

use super::Source;
use super::draft::{Fate, Found, named, reasons};
use super::fetch::{Fetcher, Refused};
use super::plan::{Known, Lot, Step};
use super::store::{self, Kept};
use crate::agencies::Portal;
use crate::app::App;
use crate::db::Tx;
use crate::drafts::acts::hand_in;
use crate::drafts::{rules, store as drafts};
use crate::items::State;
use crate::items::draft::Draft;
use crate::items::kinds::Both;
use crate::items::once::Once;
use crate::items::publish::{self, Reason};
use crate::items::store::{Reference, Standing, find};
use crate::problem::Problem;
use crate::words::date;

/// One reading of a site, in the hands of whoever acts upon it.
pub(super) struct Reader<'a> {
    pub(super) app: &'a App,
    pub(super) portal: &'a Portal,
    pub(super) source: &'a Source,
    pub(super) taken: Taken,
    /// Set if a person says so: then what was withdrawn here comes back as well.
    pub(super) insists: bool,
    pub(super) why: Why,
}

/// What a site says of a change.
pub(super) struct Why {
    /// What kind of change it is.
    pub(super) change: ItemChange,
    /// Why, in its words; readers are told.
    pub(super) note: Option<String>,
}

impl Default for Why {
    fn default() -> Why {
        Why { change: ItemChange::Update, note: None }
    }
}

/// What became of a draft.
enum Came {
    /// It is issued, carried, or waits in the console.
    As(Uuid),
    /// It cannot be, and why.
    Not(Both),
    /// A draft of it is open in the console; later.
    Later,
    /// It was erased meanwhile.
    Erased,
}

impl Reader<'_> {
    /// Takes one step; true if it waits for a draft in the console, so that the site must say it once more. Only with a `fetcher` a page is
    /// asked whether it is gone.
    ///
    /// # Errors
    /// What hinders all of them: a log that may not sign now, the database.
    pub(super) async fn step(&self, fetcher: Option<&Fetcher>, step: &Step<'_>) -> Result<bool, Problem> {
        match step {
            Step::Take(found) => return self.take(None, found).await,
            Step::Change(known, found) => return self.take(Some(known), found).await,
            Step::Twin(found) => self.put(None, found, (Lot::Twin, None)).await?,
            Step::Aside(known, found) => {
                if let Fate::Wrong(why) = &found.fate {
                    self.aside(*known, found, why.clone()).await?;
                }
            }
            Step::Back(known) => self.missing(known, 0).await?,
            Step::Missing(known) => self.missing(known, known.missing + 1).await?,
            Step::Ask(known) => match self.is_gone(fetcher, known).await? {
                true => self.end(known).await?,
                false => self.missing(known, 0).await?,
            },
            Step::End(known) => self.end(known).await?,
        }
        Ok(false)
    }

    /// Takes something over, or tries it again that lay aside; true as [`Reader::step`] says.
    ///
    /// # Errors
    /// As [`Reader::step`].
    pub(super) async fn take(&self, known: Option<&Known>, found: &Found) -> Result<bool, Problem> {
        if known.is_none_or(|known| known.item.is_none()) && self.is_an_echo(found).await? {
            self.put(known.map(|known| known.name), found, (Lot::Twin, None)).await?;
            return Ok(false);
        }
        let came = match known.and_then(|known| Some((known, known.item?))) {
            Some((known, item)) => self.changed(known, item, found).await,
            None => self.begun(found, self.app.dice.id(&self.app.clock)?).await,
        };
        let was = known.map(|known| known.name);
        match came {
            Ok(Came::As(item)) => self.put(was, found, (Lot::Taken, Some(item))).await?,
            Ok(Came::Not(why)) => self.aside(known, found, why).await?,
            // What is sent comes once.
            Ok(Came::Later) if self.source.way.is_sent() => {
                let why = Both {
                    vi: "bài này còn một bản nháp chờ trong bàn làm việc; khi bản ấy đã xong, hãy thử lại"
                        .into(),
                    en: "a draft of this waits in the console; retry once that is decided".into(),
                };
                self.aside(known, found, why).await?;
            }
            Ok(Came::Later) => return Ok(true),
            Ok(Came::Erased) => {}
            Err(problem @ Problem::Invalid(_)) => self.aside(known, found, reasons(problem)).await?,
            Err(problem) => return Err(problem),
        }
        Ok(false)
    }

    /// Whether it is an item of the network itself, which needs nobody to take it over.
    async fn is_an_echo(&self, found: &Found) -> Result<bool, Problem> {
        let url = found.draft.source.as_ref().and_then(|source| source.url.as_deref());
        let Some(reference) = url.and_then(named) else { return Ok(false) };
        let mut conn = self.app.db.read().await?;
        Ok(find(&mut conn, &reference).await?.is_some())
    }

    fn draft(&self, found: &Found) -> Draft {
        let mut draft = found.draft.clone();
        if let Some(source) = draft.source.as_mut().filter(|_| !self.source.own) {
            source.taken = Some(self.taken.clone());
        }
        draft
    }

    fn once(&self, found: &Found, what: &str) -> Option<Once> {
        let (token, name) = (format!("source:{}", self.source.id), format!("{}:{what}", found.name));
        Some(Once { token, name: format!("{name}:{}", found.digest), digest: found.digest.0 })
    }

    /// True if a second person must look at it first. What is carried claims nothing in the agency's name.
    fn waits(&self, draft: &Draft) -> bool {
        let day = date::day(self.app.clock.now());
        self.source.own && rules::waits(&self.app.config, self.portal, &draft.kind, day)
    }

    async fn begun(&self, found: &Found, item: Uuid) -> Result<Came, Problem> {
        let (app, draft) = (self.app, self.draft(found));
        let once = self.once(found, "new");
        let reference = match self.waits(&draft) {
            true => hand_in(app, self.portal, (item, 0), ItemChange::New, draft, None, once).await?.reference,
            false => publish::issue(app, self.portal.log, &self.portal.origin, draft, once).await?.reference,
        };
        // A repeat is answered with the item of the first time.
        let reference: Reference = reference.parse().map_err(|why: &str| anyhow::anyhow!(why))?;
        Ok(Came::As(reference.item))
    }

    async fn standing(&self, item: Uuid) -> Result<Option<Standing>, Problem> {
        let mut conn = self.app.db.read().await?;
        Ok(find(&mut conn, &Reference::of(&self.portal.origin, item)).await?)
    }

    async fn is_open(&self, item: Uuid) -> Result<bool, Problem> {
        let mut conn = self.app.db.read().await?;
        Ok(drafts::open_of(&mut conn, self.portal.log, item).await?.is_some())
    }

    async fn changed(&self, known: &Known, item: Uuid, found: &Found) -> Result<Came, Problem> {
        let standing = self.standing(item).await?;
        if self.is_open(item).await? {
            return Ok(Came::Later);
        }
        let Some(standing) = standing else { return self.begun(found, item).await };
        let back = self.insists || known.lot == Lot::Ended;
        match standing.state {
            State::Erased => return Ok(Came::Erased),
            State::Withdrawn | State::Gone if !back => {
                return Ok(Came::Not(Both {
                    vi: "mục này đã được gỡ ở cổng của mình trong khi nguồn vẫn đăng và vừa sửa; nếu muốn đăng lại, hãy thử lại".into(),
                    en: "this was withdrawn here while its site still shows it and has changed it now; retry to issue it again".into(),
                }));
            }
            _ => {}
        }
        let note = match standing.state {
            State::Standing => "Nguồn đã sửa bài này.",
            _ => "Nguồn đã đăng lại bài này.",
        };
        let note = self.why.note.clone().unwrap_or_else(|| note.into());
        let draft = Draft { change_note: Some(note), ..self.draft(found) };
        let base = u32::try_from(standing.edition).map_err(anyhow::Error::from)?;
        let once = self.once(found, &base.to_string());
        if self.waits(&draft) {
            let draft = publish::carry_on(self.app, &standing, draft).await?;
            hand_in(self.app, self.portal, (item, base), self.why.change, draft, None, once).await?;
        } else {
            publish::change(self.app, &standing, self.why.change, draft, once).await?;
        }
        Ok(Came::As(item))
    }

    /// Whether the page of an item says that it is gone; the list has lost it, and may only have grown.
    async fn is_gone(&self, fetcher: Option<&Fetcher>, known: &Known) -> Result<bool, Problem> {
        let (Some(fetcher), Some(item)) = (fetcher, known.item) else { return Ok(false) };
        let Some(hash) = self.standing(item).await?.and_then(|standing| standing.content) else {
            return Ok(false);
        };
        let bytes = self.app.folder.read(&mut self.app.db.read().await?, &hash).await?;
        let document = bytes.and_then(|bytes| Item::parse(&bytes).ok());
        let Some(url) = document.and_then(|item| item.source?.url) else { return Ok(false) };
        let answer = fetcher.fetch_of(&self.source.url, &url).await;
        Ok(matches!(answer, Err(Refused::Status(404 | 410, _))))
    }

    /// It is gone at its site: it is withdrawn here, unless another source still has it.
    async fn end(&self, known: &Known) -> Result<(), Problem> {
        let (id, log) = (self.source.id, self.source.clone());
        let one = known.clone();
        let inherited = self
            .app
            .db
            .write("source.inherit", async move |tx: &mut Tx| -> Result<bool, Problem> {
                let inherited = store::inherit(tx, &log, &one).await?;
                if inherited {
                    store::lot(tx, id, one.name, Lot::Twin).await?;
                }
                Ok(inherited)
            })
            .await?;
        if inherited {
            return Ok(());
        }
        if let Some(item) = known.item
            && let Some(standing) = self.standing(item).await?
            && standing.state == State::Standing
        {
            let why = self.why.note.clone().unwrap_or_else(|| "Cổng nguồn đã gỡ bài này.".into());
            let reason = Reason { reason: why, ..Reason::default() };
            let (token, name) = (format!("source:{id}"), format!("{}:end:{}", known.name, standing.edition));
            let once = Some(Once { token, name, digest: known.digest.0 });
            publish::withdraw(self.app, &standing, reason, once).await?;
        }
        let name = known.name;
        let noted = self.app.db.write("source.end", async move |tx: &mut Tx| -> Result<(), Problem> {
            Ok(store::lot(tx, id, name, Lot::Ended).await?)
        });
        noted.await
    }

    async fn missing(&self, known: &Known, lists: i64) -> Result<(), Problem> {
        let (id, name) = (self.source.id, known.name);
        let noted = self.app.db.write("source.missing", async move |tx: &mut Tx| -> Result<(), Problem> {
            Ok(store::missing(tx, id, name, lists).await?)
        });
        noted.await
    }

    /// What lies aside under a name is let go.
    ///
    /// # Errors
    /// The database's.
    pub(super) async fn drop_aside(&self, name: ContentHash) -> Result<(), Problem> {
        let id = self.source.id;
        let noted = self.app.db.write("source.drop", async move |tx: &mut Tx| -> Result<(), Problem> {
            Ok(store::drop_aside(tx, id, &name).await?)
        });
        noted.await
    }

    async fn put(
        &self,
        was: Option<ContentHash>,
        found: &Found,
        as_: (Lot, Option<Uuid>),
    ) -> Result<(), Problem> {
        let (id, found) = (self.source.id, found.clone());
        let noted = self.app.db.write("source.met", async move |tx: &mut Tx| -> Result<(), Problem> {
            Ok(store::put(tx, id, was, &found, as_).await?)
        });
        noted.await
    }

    /// What was taken over before stays as it is while its new form lies aside.
    async fn aside(&self, known: Option<&Known>, found: &Found, why: Both) -> Result<(), Problem> {
        let taken = (!self.source.own).then(|| self.taken.clone());
        // Words that bear a mark of secrecy are kept nowhere, only that there are some.
        let marked = !found.draft.marks(Uuid::nil()).is_empty();
        let mut found = found.clone();
        if marked {
            found.called = "–".into();
            found.draft = Draft { kind: found.draft.kind, ..Draft::default() };
        }
        let kept = Kept {
            draft: found.draft.clone(),
            at: taken.as_ref().map(|taken| taken.at),
            sha256: taken.map(|taken| taken.sha256.to_string()),
        };
        let (was, item) = (known.map(|one| one.name), known.and_then(|one| one.item));
        let lot = match known.map(|one| one.lot) {
            Some(lot @ (Lot::Taken | Lot::Ended)) => lot,
            _ => Lot::Aside,
        };
        let id = self.source.id;
        self.app
            .db
            .write("source.aside", async move |tx: &mut Tx| -> Result<(), Problem> {
                store::put(tx, id, was, &found, (lot, item)).await?;
                Ok(store::put_aside(tx, id, &found, &why, &kept).await?)
            })
            .await
    }
}
