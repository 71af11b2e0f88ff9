//! The console's page of bulletins: what is read today, chosen piece by piece; its sound; its text for the announcer.

use std::time::Duration;

use askama::Template;
use axum::extract::{RawQuery, State as Given};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::ToSpan;
use jiff::civil::Date;

use super::store::of_day;
use super::studio::{Mark, State, begin};
use super::voice::{Form, VoiceError};
use super::{Bulletin, DESK, Piece};
use crate::app::App;
use crate::people::forms::{Fields, Filled};
use crate::people::gate::Staff;
use crate::people::pages::{Desk, drawn, see, shell};
use crate::problem::Problem;
use crate::web::answer::{failure, saved};
use crate::web::shell::Shell;
use crate::web::visitor::Visitor;
use crate::words::{BulletinWords, date, number};

/// Who has sound made is shown the page after so long at the latest; most bulletins are read by then.
const PATIENCE: Duration = Duration::from_secs(8);

/// Which bulletin: `ngay`, and with `chon` only the news that `doc` names.
struct Chosen {
    on: Date,
    /// The news that are read; all if nothing was chosen.
    news: Option<Vec<String>>,
    form: Form,
}

impl Chosen {
    fn read(app: &App, fields: &Fields) -> Result<Chosen, Problem> {
        let today = date::day(app.clock.now());
        let on = match fields.some("ngay") {
            None => today,
            Some(day) => day.parse::<Date>().ok().filter(|day| *day <= today).ok_or_else(|| {
                Problem::refused(
                    "Ngày phải có dạng 2026-11-26 và không sau hôm nay.",
                    "The day must look like 2026-11-26 and not be after today.",
                )
            })?,
        };
        let form = match fields.get("dang") {
            "" => Form::Mp3,
            name => Form::named(name).ok_or(Problem::NotFound("form of sound"))?,
        };
        let news = fields.has("chon").then(|| fields.all("doc").map(str::to_owned).collect());
        Ok(Chosen { on, news, form })
    }

    /// The query that names it.
    fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("ngay", &self.on.to_string());
        if let Some(news) = &self.news {
            query.append_pair("chon", "1");
            query.extend_pairs(news.iter().map(|one| ("doc", one)));
        }
        query.append_pair("dang", self.form.ending());
        query.finish()
    }
}

/// The whole bulletin of the day, and the one that was chosen of it.
struct Read {
    whole: Bulletin,
    chosen: Bulletin,
    /// News that were chosen and are none of the day's any more: they were withdrawn, or corrected.
    gone: usize,
}

async fn read(app: &App, staff: &Staff, asked: &mut Chosen) -> Result<Read, Problem> {
    let whole = of_day(app, &staff.portal, asked.on, None).await?;
    let Some(news) = &mut asked.news else {
        return Ok(Read { chosen: whole.clone(), whole, gone: 0 });
    };
    let before = news.len();
    news.retain(|one| {
        whole.pieces.iter().any(|piece| piece.is_news() && piece.reference.as_ref() == Some(one))
    });
    let gone = before - news.len();
    let chosen = of_day(app, &staff.portal, asked.on, Some(news)).await?;
    Ok(Read { whole, chosen, gone })
}

/// One of the day's news, to be read or left out.
struct Choice {
    reference: String,
    title: String,
    read: bool,
}

#[derive(Template)]
#[template(path = "bulletins/desk.html")]
struct DeskPage {
    shell: Shell,
    desk: Desk,
    whole: Bulletin,
    bulletin: Bulletin,
    asked: Chosen,
    gone: usize,
    sound: Option<State>,
    now: i64,
    today: Date,
}

impl DeskPage {
    fn b(&self) -> &'static BulletinWords {
        self.shell.lang.bulletin()
    }

    fn day(&self) -> String {
        date::long_date(self.shell.lang, self.bulletin.day)
    }

    fn length(&self) -> String {
        self.b().length(number::duration(self.shell.lang, self.bulletin.seconds as u64 * 1_000))
    }

    fn to(&self, day: Date) -> String {
        self.shell.to(&format!("{DESK}?ngay={day}"))
    }

    /// The days beside it, as far as they have been.
    fn beside(&self) -> Vec<(String, &'static str)> {
        let before =
            self.bulletin.day.checked_sub(1.day()).ok().map(|day| (self.to(day), self.b().day_before));
        let after = self.bulletin.day.checked_add(1.day()).ok().filter(|day| *day <= self.today);
        before.into_iter().chain(after.map(|day| (self.to(day), self.b().day_after))).collect()
    }

    fn choices(&self) -> Vec<Choice> {
        let read = |reference: &String| self.asked.news.as_ref().is_none_or(|news| news.contains(reference));
        let news = self.whole.pieces.iter().filter(|piece| piece.is_news());
        news.filter_map(|piece| {
            let reference = piece.reference.clone()?;
            Some(Choice { title: piece.title.clone(), read: read(&reference), reference })
        })
        .collect()
    }

    /// Forms of sound: how a file ends, what it is good for, whether it is the chosen one.
    fn forms(&self) -> [(&'static str, &'static str, bool); 3] {
        let b = self.b();
        [(Form::Mp3, b.form_mp3), (Form::Ogg, b.form_ogg), (Form::Wav, b.form_wav)]
            .map(|(form, label)| (form.ending(), label, form == self.asked.form))
    }

    fn file(&self, form: &str) -> String {
        self.shell.to(&format!("{DESK}/tep?{}&tep={form}", self.asked.query()))
    }

    fn again(&self) -> String {
        self.shell.to(&format!("{DESK}?{}&cho=1#am-thanh", self.asked.query()))
    }

    /// How far the sound is, in one sentence; empty where nothing is to be said.
    fn says(&self) -> String {
        let (b, lang) = (self.b(), self.shell.lang);
        let since = |at: i64| number::duration(lang, u64::try_from((self.now - at) / 1_000).unwrap_or(0));
        match &self.sound {
            None => String::new(),
            Some(State::Waiting) => b.sound_waits.to_owned(),
            Some(State::Reading(at)) => b.sound_reads(since(*at)),
            Some(State::Packing(at)) => b.sound_packs(since(*at)),
            Some(State::Ready(sound)) => {
                b.sound_ready(number::duration(lang, sound.seconds * 1_000), number::bytes(lang, sound.bytes))
            }
            Some(State::Failed(VoiceError::NoVoice)) => b.sound_no_voice.to_owned(),
            Some(State::Failed(VoiceError::NoConverter)) => b.sound_no_converter.to_owned(),
            Some(State::Failed(VoiceError::Failed(_) | VoiceError::NoRoom)) => b.sound_failed.to_owned(),
        }
    }

    fn is_ready(&self) -> bool {
        matches!(self.sound, Some(State::Ready(_)))
    }

    fn is_under_way(&self) -> bool {
        self.sound.as_ref().is_some_and(State::under_way)
    }

    fn has_failed(&self) -> bool {
        matches!(self.sound, Some(State::Failed(_)))
    }

    fn source(&self, piece: &Piece) -> Option<String> {
        piece.reference.as_ref().map(|reference| self.shell.item(reference))
    }
}

/// `GET /ban-lam-viec/truyen-thanh?ngay=2026-11-26&chon=1&doc=…`
pub async fn page(
    Given(app): Given<App>,
    staff: Staff,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Response {
    let page = async {
        let fields = Fields::read(query.unwrap_or_default().as_bytes());
        let mut asked = Chosen::read(&app, &fields)?;
        let Read { whole, chosen, gone } = read(&app, &staff, &mut asked).await?;
        let mark = Mark::of(staff.portal.log, &chosen.said(), asked.form);
        let patience = if fields.has("cho") { PATIENCE } else { Duration::ZERO };
        let sound = app.studio.awaited(mark, patience).await;
        let title = visitor.lang.bulletin().title;
        Ok(DeskPage {
            shell: shell(&app, &visitor, &staff.portal, title),
            desk: Desk::of(&staff, visitor.lang, DESK, None),
            whole,
            bulletin: chosen,
            asked,
            gone,
            sound,
            now: app.clock.micros(),
            today: date::day(app.clock.now()),
        })
    };
    match page.await {
        Ok(page) => drawn(&app, &visitor, StatusCode::OK, &page),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

/// `POST /ban-lam-viec/truyen-thanh`: has the bulletin that was chosen read.
pub async fn make(
    Given(app): Given<App>,
    staff: Staff,
    visitor: Visitor,
    Filled(fields): Filled,
) -> Response {
    let begun = async {
        let mut asked = Chosen::read(&app, &fields)?;
        let Read { chosen, .. } = read(&app, &staff, &mut asked).await?;
        if chosen.is_empty() {
            return Err(Problem::refused(
                "Chưa có tin nào được chọn để đọc; hãy chọn ít nhất một tin.",
                "No news is chosen to be read; choose one at least.",
            ));
        }
        let said = chosen.said();
        begin(&app, Mark::of(staff.portal.log, &said, asked.form), said, asked.form)?;
        Ok(asked)
    };
    match begun.await {
        Ok(asked) => see(visitor.lang, &format!("{DESK}?{}&cho=1#am-thanh", asked.query())),
        Err(problem) => failure(&app, &visitor, problem),
    }
}

/// `GET /ban-lam-viec/truyen-thanh/tep?…&tep=nghe|tai|txt`: the sound to hear or to save, or the text. A bulletin that says something
/// else since has no sound yet.
pub async fn file(
    Given(app): Given<App>,
    staff: Staff,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Response {
    let file = async {
        let fields = Fields::read(query.unwrap_or_default().as_bytes());
        let mut asked = Chosen::read(&app, &fields)?;
        let Read { chosen, .. } = read(&app, &staff, &mut asked).await?;
        let said = chosen.said();
        let name = |ending: &str| format!("ban-tin-{}.{ending}", asked.on);
        if fields.get("tep") == "txt" {
            return Ok(saved(&name("txt"), said.into_bytes()));
        }
        let Some(State::Ready(sound)) = app.studio.state(Mark::of(staff.portal.log, &said, asked.form))
        else {
            return Err(Problem::refused(
                "Bản tin này chưa có âm thanh, hoặc đã khác từ khi tạo; hãy quay lại trang bản tin và bấm Tạo âm thanh.",
                "This bulletin has no sound, or has changed since; go back to its page and press Make the sound.",
            ));
        };
        let bytes = tokio::fs::read(&sound.path).await.map_err(anyhow::Error::from)?;
        if fields.get("tep") == "tai" {
            return Ok(saved(&name(asked.form.ending()), bytes));
        }
        let mut response = bytes.into_response();
        let media = HeaderValue::from_static(asked.form.media());
        response.headers_mut().insert(header::CONTENT_TYPE, media);
        response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        Ok(response)
    };
    file.await.unwrap_or_else(|problem| failure(&app, &visitor, problem))
}
