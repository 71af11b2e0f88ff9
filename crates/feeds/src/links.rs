//! Addresses: mended where they are written wrongly, absolute where a base is known.

use url::Url;

use crate::limits;
use crate::note::Note;
use crate::text::Text;
use crate::{Feed, Format};

/// An address resolved against a base.
pub(crate) fn join(base: Option<&Url>, address: &str) -> Option<Url> {
    match base {
        Some(base) => base.join(address).ok(),
        None => Url::parse(address).ok(),
    }
}

/// True for an address of the web.
pub(crate) fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https" | "ftp")
}

/// An address as it stands if it is absolute, else resolved. Nothing if it is empty, cannot be resolved, or would act
/// (`javascript:`).
pub(crate) fn absolute(address: &str, base: Option<&Url>) -> Option<String> {
    let address = tidy(address)?;
    match scheme(&address) {
        Some("javascript" | "data" | "vbscript" | "file") => None,
        Some(_) => Some(address),
        None => join(Some(base?), &address).map(String::from),
    }
}

/// An address without the spaces and line breaks that editors leave in it, its scheme mended (`http:host/x`, `http:///host`).
pub(crate) fn tidy(address: &str) -> Option<String> {
    let address: String = address.trim().chars().filter(|c| !c.is_control()).collect();
    if address.is_empty() || address.len() > limits::ADDRESS {
        return None;
    }
    let lower = address.to_ascii_lowercase();
    for web in ["http:", "https:"] {
        if lower.starts_with(web) && !lower[web.len()..].starts_with("//") {
            let rest = address[web.len()..].trim_start_matches('/');
            return Some(format!("{web}//{rest}"));
        }
    }
    Some(address)
}

/// The scheme of an absolute address, in small letters if it is one that would act.
pub(crate) fn scheme(address: &str) -> Option<&str> {
    let (scheme, _) = address.split_once(':')?;
    let mut letters = scheme.bytes();
    let begins = letters.next()?.is_ascii_alphabetic();
    if !begins || !letters.all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')) {
        return None;
    }
    let acting = ["javascript", "data", "vbscript", "file"];
    Some(acting.into_iter().find(|one| scheme.eq_ignore_ascii_case(one)).unwrap_or(scheme))
}

/// Resolves what is still relative against the address of the document, else against the feed's own page, and names each
/// item that has no name by its link.
pub(crate) fn finish(feed: &mut Feed, base: Option<&Url>) {
    feed.link = feed.link.take().and_then(|link| resolved(&link, base));
    let page = feed.link.as_deref().and_then(|link| Url::parse(link).ok()).filter(is_web);
    let base = base.or(page.as_ref());
    for address in [&mut feed.previous, &mut feed.hub, &mut feed.own] {
        *address = address.take().and_then(|address| resolved(&address, base));
    }
    for text in [&mut feed.title].into_iter().flatten() {
        text.base = text.base.take().or_else(|| base.cloned());
    }
    let mut tags = 0;
    for item in &mut feed.items {
        item.link = item.link.take().and_then(|link| resolved(&link, base));
        for text in [&mut item.title, &mut item.summary, &mut item.content] {
            tags += text.as_ref().map_or(0, Text::tags);
            let Some(kept) = text.take() else { continue };
            let kept = if tags > limits::TAGS_IN_ALL { kept.without_tags() } else { kept };
            let base = kept.base.or_else(|| base.cloned());
            *text = Some(Text { base, ..kept }).filter(|text| !text.value.trim().is_empty());
        }
        item.enclosures.retain_mut(|enclosure| match absolute(&enclosure.href, base) {
            Some(href) => {
                enclosure.href = href;
                true
            }
            None => false,
        });
        item.id = item.id.take().filter(|id| !id.is_empty() && id.len() <= limits::ADDRESS);
        if item.id.is_none() && feed.format != Format::Json {
            item.id.clone_from(&item.link);
        }
    }
    if tags > limits::TAGS_IN_ALL && !feed.notes.contains(&Note::TooMuch) {
        feed.notes.push(Note::TooMuch);
    }
}

/// An address against a base; a relative one that nothing resolves yet as it stands, for the document's own address may be
/// known later.
pub(crate) fn resolved(address: &str, base: Option<&Url>) -> Option<String> {
    absolute(address, base).or_else(|| tidy(address).filter(|address| scheme(address).is_none()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_mended_and_resolved() {
        let base = Url::parse("https://a.gov.vn/tin/rss.xml").unwrap();
        let base = Some(&base);
        for (written, read) in [
            (" /tin/1 ", Some("https://a.gov.vn/tin/1")),
            ("2?x=1&y=2", Some("https://a.gov.vn/tin/2?x=1&y=2")),
            ("http://b.gov.vn", Some("http://b.gov.vn")),
            ("http:b.gov.vn/x", Some("http://b.gov.vn/x")),
            ("https:/b.gov.vn/x", Some("https://b.gov.vn/x")),
            ("//b.gov.vn/x", Some("https://b.gov.vn/x")),
            ("Java\nScript:alert(1)", None),
            ("", None),
        ] {
            assert_eq!(absolute(written, base).as_deref(), read, "{written}");
        }
    }
}
