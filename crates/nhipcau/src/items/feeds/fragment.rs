//! What a feed tells as a piece of HTML for other sites' servers: a list of plain links, without a script, a style or a frame. A server takes it
//! into its pages (SSI, ESI, `file_get_contents`) and keeps its last copy while the portal is away.

use std::fmt::{Error, Write};

use super::{Feed, xml};
use crate::clock::instant;
use crate::words::{Lang, date};

/// Items that are listed where no number is asked for, and the most that are.
const USUAL: usize = 5;
const MOST: usize = 20;

/// How many items an address asks for by `toi-da`.
pub(super) fn many(path: &str) -> usize {
    let query = path.split_once('?').map_or("", |(_, query)| query);
    let asked = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "toi-da");
    asked.and_then(|(_, number)| number.parse().ok()).unwrap_or(USUAL).clamp(1, MOST)
}

/// The newest of what stands, with absolute addresses.
pub(super) fn text(feed: &Feed, lang: Lang, most: usize) -> Result<String, Error> {
    let base = xml(&feed.base);
    let mut out = format!("<ul class=\"nhipcau-list\" lang=\"{}\">\n", lang.code());
    for item in feed.items.iter().filter(|item| item.stands).take(most) {
        let day = date::date(lang, date::day(instant(item.issued)));
        writeln!(
            out,
            "<li class=\"nhipcau-item\"><a class=\"nhipcau-title\" href=\"{base}{}\" lang=\"vi\">{}</a> <small class=\"nhipcau-day\">{} · {}</small></li>",
            lang.path(&item.path),
            xml(&item.title),
            xml(&day),
            xml(&item.author)
        )?;
    }
    out.push_str("</ul>\n");
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_are_listed_as_are_asked_for_within_bounds() {
        for (path, due) in [
            ("/nhung/tin.html", 5),
            ("/nhung/tin.html?toi-da=3", 3),
            ("/x?toi-da=0", 1),
            ("/x?toi-da=999", 20),
            ("/x?toi-da=a", 5),
        ] {
            assert_eq!(many(path), due, "{path}");
        }
    }
}
