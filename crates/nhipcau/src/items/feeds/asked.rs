//! What of a portal a feed tells, read from its address and written into it.

use network::names::Origin;

use crate::items::view::{Kind, Origin as Whose};
use crate::problem::{Fault, Problem};
use crate::subscriptions::Topic;

/// Characters of a wrong value that are said back.
const SAID: usize = 80;

/// `?loai=` a kind, `?cua=` whose, as lists have them; `?nguon=` an issuer's log. Or one of what is told from all that
/// is here: `?noi-log=` an agency and all below it, `?so=` a document and what acts on it, `?muc=` an item's editions, `?q=`
/// a search. `?tap=` one archive of a feed (RFC 5005), by its number from 1.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) kind: Option<Kind>,
    pub(super) whose: Option<Whose>,
    pub(super) issuer: Option<Origin>,
    pub(super) about: Option<Topic>,
    pub(super) archive: Option<i64>,
}

impl Asked {
    /// Reads an address; names that are not known are passed over.
    pub(super) fn read(path: &str) -> Result<Asked, Problem> {
        let mut asked = Asked::default();
        let query = path.split_once('?').map_or("", |(_, query)| query);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let wrong = || no_feed(&name, &value);
            match &*name {
                "loai" => asked.kind = Some(Kind::from_slug(&value).ok_or_else(wrong)?),
                "cua" => asked.whose = Some(Whose::from_slug(&value).ok_or_else(wrong)?),
                "tap" => {
                    let number = value.parse().ok().filter(|number| (1..=1_000_000).contains(number));
                    asked.archive = Some(number.ok_or_else(wrong)?);
                }
                "nguon" => asked.issuer = Some(value.parse().map_err(|_| wrong())?),
                "noi-log" | "so" | "muc" | "q" => {
                    let sort = match &*name {
                        "noi-log" => "place",
                        "so" => "number",
                        "muc" => "item",
                        _ => "search",
                    };
                    let topic = Topic::of(&format!("{sort}:{value}")).ok_or_else(wrong)?;
                    // A feed tells one thing: two would be a search of its own.
                    if asked.about.replace(topic).is_some() {
                        return Err(wrong());
                    }
                }
                _ => {}
            }
        }
        let narrowed = asked.kind.is_some() || asked.whose.is_some() || asked.issuer.is_some();
        match &asked.about {
            Some(topic) if narrowed || asked.archive.is_some() => Err(no_feed("loai", topic.word().as_str())),
            _ => Ok(asked),
        }
    }

    /// True if a hub tells of its changes: a search has no end of others beside it, and an archive stays as it is.
    pub(super) fn is_told(&self) -> bool {
        self.archive.is_none() && !matches!(self.about, Some(Topic::Search(_)))
    }

    /// What lists know of it, too.
    pub(super) fn filters(&self) -> String {
        let kind = self.kind.map(|kind| format!("loai={}", kind.slug()));
        let whose = self.whose.map(|whose| format!("cua={}", whose.slug()));
        kind.into_iter().chain(whose).collect::<Vec<_>>().join("&")
    }

    /// The same as it stands in an address.
    pub(super) fn query(&self) -> String {
        if let Some(query) = self.about.as_ref().and_then(Topic::feed) {
            return query;
        }
        let issuer = self.issuer.as_ref().map(|origin| format!("nguon={origin}"));
        let parts: Vec<String> =
            Some(self.filters()).filter(|filters| !filters.is_empty()).into_iter().chain(issuer).collect();
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }
}

fn no_feed(name: &str, value: &str) -> Problem {
    let value: String = value.chars().take(SAID).collect();
    Problem::Invalid(vec![Fault {
        field: name.to_owned(),
        vi: format!("Không có nguồn tin “{name}={value}”. Hãy chọn ở trang Nguồn tin hoặc trang Theo dõi."),
        en: format!(
            "There is no feed {name}={value}. Choose from the page of feeds or the page where one follows."
        ),
    }])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_asked_for_is_read_and_said_back() {
        let whole = Asked::read("/feed.atom?loai=van-ban&nguon=chinhphu.vn%2Flog").unwrap();
        assert_eq!(whole.query(), "?loai=van-ban&nguon=chinhphu.vn/log");
        let own = Asked::read("/feed.atom?cua=cong&loai=van-ban").unwrap();
        assert_eq!(own.query(), "?loai=van-ban&cua=cong");
        assert_eq!(Asked::read("/feed.atom?utm=x").unwrap().query(), "");
        for (asked, said) in [
            ("?q=l%E1%BB%87+ph%C3%AD", "?q=l%E1%BB%87+ph%C3%AD"),
            ("?so=042/2022/N%C4%90-CP", "?so=42%2F2022%2FN%C4%90-CP"),
            ("?noi-log=laocai.gov.vn/log", "?noi-log=laocai.gov.vn/log"),
        ] {
            assert_eq!(Asked::read(&format!("/feed.rss{asked}")).unwrap().query(), said);
        }
    }

    #[test]
    fn what_no_feed_tells_is_refused() {
        for bad in [
            "loai=bao",
            "cua=ai",
            "nguon=a b",
            "q=+",
            "so=m%E1%BA%A5y",
            "muc=x",
            "q=a&so=1/2020/NĐ-CP",
            "q=a&cua=cong",
        ] {
            assert!(Asked::read(&format!("/feed.atom?{bad}")).is_err(), "{bad}");
        }
    }
}
