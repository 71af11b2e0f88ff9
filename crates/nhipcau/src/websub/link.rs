//! The header `Link` (RFC 8288), as far as WebSub needs it.

/// The most bytes of one header that are read.
const BYTES: usize = 8 << 10;

/// The header that names a feed's hub and the feed itself.
pub fn links(hub: &str, own: &str) -> String {
    format!("<{hub}>; rel=\"hub\", <{own}>; rel=\"self\"")
}

/// Where the first link of a relation leads, of the headers `Link` of an answer.
pub fn named(headers: &[String], relation: &str) -> Option<String> {
    headers.iter().filter(|header| header.len() <= BYTES).find_map(|header| first(header, relation))
}

fn first(header: &str, relation: &str) -> Option<String> {
    let mut rest = header;
    loop {
        let (_, from) = rest.split_once('<')?;
        let (address, behind) = from.split_once('>')?;
        let end = end(behind, ',');
        if is_of(&behind[..end], relation) {
            return Some(address.trim().to_owned());
        }
        rest = &behind[end..];
    }
}

/// Where the first mark stands that is in no quotes; the end if there is none.
fn end(text: &str, mark: char) -> usize {
    let (mut quoted, mut escaped) = (false, false);
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            letter if letter == mark && !quoted => return at,
            _ => {}
        }
    }
    text.len()
}

/// Whether one of the relations of a link is this one: its first parameter `rel` counts (RFC 8288, section 3.3).
fn is_of(parameters: &str, relation: &str) -> bool {
    let mut rest = parameters;
    loop {
        let at = end(rest, ';');
        if let Some((name, value)) = rest[..at].split_once('=')
            && name.trim().eq_ignore_ascii_case("rel")
        {
            let mut all = value.trim().trim_matches('"').split_whitespace();
            return all.any(|one| one.eq_ignore_ascii_case(relation));
        }
        match rest.get(at + 1..) {
            Some(next) => rest = next,
            None => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let header = [links("https://a.vn/websub", "https://a.vn/feed.atom?a=1,2")];
        assert_eq!(named(&header, "hub").as_deref(), Some("https://a.vn/websub"));
        assert_eq!(named(&header, "self").as_deref(), Some("https://a.vn/feed.atom?a=1,2"));
        assert_eq!(named(&header, "next"), None);
    }

    #[test]
    fn relations_are_found_in_every_shape() {
        for header in [
            "<https://h.vn/>; rel=hub",
            "<https://x.vn/>; title=\"a, <b>; rel=hub\"; rel=next , <https://h.vn/>;REL=\"self hub\"",
            "<https://x.vn/>, <https://h.vn/> ; type=\"a\\\"b\"; rel=\"Hub\"",
        ] {
            assert_eq!(named(&[header.to_owned()], "hub").as_deref(), Some("https://h.vn/"), "{header}");
        }
        for header in ["", "<", "<>", "<https://h.vn/", "https://h.vn/; rel=hub", "<https://h.vn/>; rel=hubs"]
        {
            assert_eq!(named(&[header.to_owned()], "hub"), None, "{header}");
        }
    }
}
