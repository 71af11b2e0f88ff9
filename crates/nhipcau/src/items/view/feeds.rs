//! The page that tells how to follow a portal without visiting it.

use askama::Template;

use crate::web::shell::Shell;

/// The feeds of a portal: `/nguon-tin`.
#[derive(Template)]
#[template(path = "items/feeds.html")]
pub struct FeedsPage {
    /// The frame.
    pub shell: Shell,
    /// The feeds, in the order of the page.
    pub feeds: Vec<FeedRow>,
    /// The path of the sitemap: `/sitemap.xml`.
    pub sitemap: String,
}

/// A feed in its two forms.
#[derive(Clone, Debug)]
pub struct FeedRow {
    /// What it carries: `Tất cả`, `Văn bản`.
    pub name: String,
    /// Its path as Atom.
    pub atom: String,
    /// Its path as RSS.
    pub rss: String,
}
