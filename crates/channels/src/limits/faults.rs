//! What a service would refuse in a form.

use jiff::civil::Date;

use super::{Limit, count, limit, text_limit};
use crate::form::{Form, Media, Role};
use crate::kind::{Kind, Words};

/// What is wrong in a form, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The field of the form: `title`, `text`, `link`, `media`, `reel`.
    pub field: &'static str,
    /// In both languages.
    pub words: Words,
}

/// Everything that a service would refuse in a form on a day; nothing for one that it takes.
#[must_use]
pub fn faults(form: &Form, kind: Kind, day: Date) -> Vec<Fault> {
    let mut finder = Finder { kind, day, faults: Vec::new() };
    finder.title(form);
    finder.text(form);
    finder.link(form);
    finder.media(form);
    finder.faults
}

/// What of a correction a service leaves as it stands there, for whoever writes it; nothing where all of it is changed, or where a
/// correction is a post of its own.
#[must_use]
pub fn stays(before: &Form, after: &Form, kind: Kind) -> Option<Words> {
    let fixed = matches!(kind, Kind::Facebook | Kind::YouTube | Kind::Telegram);
    let name = kind.name();
    let link = kind == Kind::Facebook && before.media.is_empty() && before.link != after.link;
    (fixed && (before.media != after.media || link)).then(|| {
        Words::new(
            format!("{name} chỉ cho sửa chữ: ảnh, clip và đường dẫn của bài đã đăng giữ nguyên; muốn thay thì rút bài và đăng bài mới"),
            format!("{name} lets only words be changed: pictures, clips and the link of what was posted stay; to replace them withdraw it and post anew"),
        )
    })
}

struct Finder {
    kind: Kind,
    day: Date,
    faults: Vec<Fault>,
}

impl Finder {
    fn say(&mut self, field: &'static str, vi: impl Into<String>, en: impl Into<String>) {
        self.faults.push(Fault { field, words: Words::new(vi, en) });
    }

    fn limit(&self, field: &str) -> Option<&'static Limit> {
        limit(self.kind, field, self.day)
    }

    fn title(&mut self, form: &Form) {
        let name = self.kind.name();
        let Some(limit) = self.limit("title") else {
            if !form.title.is_empty() {
                self.say(
                    "title",
                    format!("{name} không có tiêu đề riêng: đưa vào nội dung"),
                    format!("{name} has no title: put it into the text"),
                );
            }
            return;
        };
        self.length("title", ("Tiêu đề", "The title"), &form.title, limit);
        self.brackets("title", &form.title);
    }

    fn text(&mut self, form: &Form) {
        let sent = form.wire(self.kind);
        let with_media = form.media.iter().any(|medium| matches!(medium.role, Role::Picture | Role::Clip));
        if let Some(limit) = text_limit(self.kind, &sent, with_media, self.day) {
            // A post may be a picture or a link alone, where the service says so.
            let alone = with_media || self.kind == Kind::Facebook && form.link.is_some();
            if !(sent.is_empty() && alone) {
                self.length("text", ("Nội dung (kể cả đường dẫn)", "The text (with the link)"), &sent, limit);
            }
        }
        self.brackets("text", &sent);
        if sent.chars().any(|letter| letter.is_control() && letter != '\n') {
            self.say(
                "text",
                "Nội dung có ký tự điều khiển: gõ lại đoạn đó",
                "The text has control characters: type that part again",
            );
        }
    }

    fn length(&mut self, field: &'static str, of: (&str, &str), text: &str, limit: &Limit) {
        let (long, unit) = (count(limit.unit, text), limit.unit.words());
        if text.trim().is_empty() && limit.least > 0 {
            self.say(field, format!("{} còn trống", of.0), format!("{} is empty", of.1));
        } else if long > limit.most {
            let over = long - limit.most;
            self.say(
                field,
                format!("{} dài {long}, tối đa {} {}: bớt {over}", of.0, limit.most, unit.vi),
                format!("{} is {long} long, at most {} {}: take away {over}", of.1, limit.most, unit.en),
            );
        }
    }

    fn brackets(&mut self, field: &'static str, text: &str) {
        if self.kind == Kind::YouTube && text.contains(['<', '>']) {
            self.say(field, "YouTube không nhận dấu < và >", "YouTube takes no < and >");
        }
    }

    fn link(&mut self, form: &Form) {
        let Some(link) = &form.link else { return };
        let web = url::Url::parse(link).is_ok_and(|url| matches!(url.scheme(), "https" | "http"));
        if !web || link.contains(char::is_whitespace) || link.len() > 2_000 {
            self.say(
                "link",
                "Đường dẫn không phải địa chỉ web đầy đủ (https://…)",
                "The link is no whole address of the web (https://…)",
            );
        }
    }

    fn media(&mut self, form: &Form) {
        let name = self.kind.name();
        let (pictures, clips) = (form.pictures().count() as u64, form.of(Role::Clip).count() as u64);
        self.number(pictures, "pictures", ("ảnh", "pictures"));
        self.number(clips, "clips", ("clip", "clips"));
        if pictures > 0 && clips > 0 && self.kind != Kind::Telegram {
            self.say(
                "media",
                format!("{name} không nhận ảnh và clip trong cùng một bài"),
                format!("{name} takes no pictures beside a clip in one post"),
            );
        }
        if self.kind == Kind::Telegram && pictures + clips > 10 {
            self.say(
                "media",
                "Telegram nhận tối đa 10 tệp trong một bài",
                "Telegram takes at most 10 files in one post",
            );
        }
        if form.reel && (clips == 0 || self.kind != Kind::Facebook) {
            self.say(
                "reel",
                "Reels cần một clip, và chỉ có ở Facebook",
                "A reel needs a clip, and only Facebook has it",
            );
        }
        for medium in &form.media {
            self.medium(medium, form.reel);
        }
    }

    fn number(&mut self, number: u64, field: &str, of: (&str, &str)) {
        let name = self.kind.name();
        let (least, most) = self.limit(field).map_or((0, 0), |limit| (limit.least, limit.most));
        if number < least {
            self.say(
                "media",
                format!("{name} cần ít nhất {least} {}", of.0),
                format!("{name} needs at least {least} {}", of.1),
            );
        } else if number > most {
            self.say(
                "media",
                format!("{name} nhận tối đa {most} {}", of.0),
                format!("{name} takes at most {most} {}", of.1),
            );
        }
    }

    fn medium(&mut self, medium: &Media, reel: bool) {
        let name = self.kind.name();
        let (of, bytes, wanted) = match medium.role {
            Role::Picture => (("Ảnh", "A picture"), "picture_bytes", "image/"),
            Role::Clip => (("Clip", "A clip"), "clip_bytes", "video/"),
            Role::Poster => (("Ảnh bìa của clip", "A poster"), "poster_bytes", "image/"),
            Role::Captions => (("Phụ đề", "Captions"), "captions_bytes", "text/vtt"),
        };
        let placed = match medium.role {
            Role::Picture | Role::Clip => true,
            Role::Poster => matches!(self.kind, Kind::YouTube | Kind::Telegram),
            Role::Captions => self.kind == Kind::YouTube,
        };
        if !placed {
            self.say(
                "media",
                format!("{name} không nhận {}", of.0.to_lowercase()),
                format!("{name} takes none: {}", of.1.to_lowercase()),
            );
            return;
        }
        if !medium.media_type.starts_with(wanted) {
            self.say(
                "media",
                format!("{}: kiểu tệp phải là {wanted}", of.0),
                format!("{}: its type must be {wanted}", of.1),
            );
        }
        if let Some(limit) = self.limit(bytes)
            && !(limit.least..=limit.most).contains(&medium.bytes)
        {
            self.say(
                "media",
                format!("{} nặng {} byte, tối đa {}: nén nhỏ lại", of.0, medium.bytes, limit.most),
                format!("{} has {} bytes, at most {}: make it smaller", of.1, medium.bytes, limit.most),
            );
        }
        let seconds = if reel { "reel_seconds" } else { "clip_seconds" };
        if let Some(limit) = self.limit(seconds).filter(|_| medium.role == Role::Clip) {
            let fits = medium
                .millis
                .is_some_and(|millis| (limit.least * 1_000..=limit.most * 1_000).contains(&millis));
            if !fits {
                self.say(
                    "media",
                    format!("Clip phải dài từ {} đến {} giây", limit.least, limit.most),
                    format!("The clip must run {} to {} seconds", limit.least, limit.most),
                );
            }
        }
        if matches!(self.kind, Kind::Zalo | Kind::Viber) && medium.url.as_deref().is_none_or(str::is_empty) {
            self.say(
                "media",
                format!("{name} tự lấy tệp về: cần địa chỉ công khai của tệp"),
                format!("{name} fetches the file itself: it needs a public address"),
            );
        }
        let plain = medium.hash.len() == 64 && medium.hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !plain {
            self.say("media", "Tệp chưa được lưu: tải lên lại", "The file is not stored: upload it again");
        }
    }
}
