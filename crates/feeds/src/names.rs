//! Namespaces, as they are written in the wild: with and without a slash, in any case, or not declared at all.

/// What a namespace means here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ns {
    /// None, or one of those that RSS and CDF were given.
    Plain,
    Atom,
    /// Atom 0.3, whose texts and default types differ.
    Atom03,
    Content,
    Dc,
    DcTerms,
    History,
    Itunes,
    Media,
    Rdf,
    Tombstone,
    Xhtml,
    Xml,
    Other,
}

impl Ns {
    /// By its address.
    pub(crate) fn of(uri: &str) -> Option<Ns> {
        let uri = uri.trim().to_ascii_lowercase();
        let uri =
            uri.trim_end_matches(['/', '#']).trim_start_matches("http://").trim_start_matches("https://");
        Some(match uri {
            "" => Ns::Plain,
            "www.w3.org/2005/atom" => Ns::Atom,
            "purl.org/atom/ns"
            | "example.com/newformat"
            | "example.com/necho"
            | "purl.org/echo"
            | "uri/of/echo/namespace" => Ns::Atom03,
            "purl.org/rss/1.0/modules/content" => Ns::Content,
            "purl.org/dc/elements/1.1" | "purl.org/dc/elements/1.0" => Ns::Dc,
            "purl.org/dc/terms" => Ns::DcTerms,
            "purl.org/syndication/history/1.0" => Ns::History,
            "www.itunes.com/dtds/podcast-1.0.dtd" | "example.com/dtds/podcast-1.0.dtd" => Ns::Itunes,
            "search.yahoo.com/mrss" => Ns::Media,
            "www.w3.org/1999/02/22-rdf-syntax-ns" => Ns::Rdf,
            "purl.org/atompub/tombstones/1.0" => Ns::Tombstone,
            "www.w3.org/1999/xhtml" => Ns::Xhtml,
            "www.w3.org/xml/1998/namespace" => Ns::Xml,
            _ if is_rss(uri) => Ns::Plain,
            _ => return None,
        })
    }

    /// By its usual prefix, where a document forgets to declare it.
    pub(crate) fn usual(prefix: &str) -> Ns {
        match prefix {
            "" => Ns::Plain,
            "atom" | "atom10" | "a10" => Ns::Atom,
            "content" => Ns::Content,
            "dc" => Ns::Dc,
            "dcterms" => Ns::DcTerms,
            "fh" => Ns::History,
            "itunes" => Ns::Itunes,
            "media" => Ns::Media,
            "rdf" => Ns::Rdf,
            "at" => Ns::Tombstone,
            "xhtml" => Ns::Xhtml,
            "xml" => Ns::Xml,
            _ => Ns::Other,
        }
    }
}

fn is_rss(uri: &str) -> bool {
    [
        "purl.org/rss/1.0",
        "purl.org/net/rss1.1",
        "my.netscape.com/rdf/simple",
        "my.netscape.com/publish/formats/rss",
        "channel.netscape.com/rdf/simple",
        "backend.userland.com/rss",
        "blogs.law.harvard.edu/tech/rss",
        "cyber.law.harvard.edu/rss",
        "www.rssboard.org/rss-specification",
        "www.microsoft.com/standards/channels",
    ]
    .iter()
    .any(|known| uri == *known || uri.starts_with(known) && !uri.contains("/modules/"))
}
