//! One item of a copy: its page, its files as far as there is room, its proof and the signed original.

use network::content::{ItemFile, Layer};

use super::links::inside;
use super::view::{File, Page, Picture};
use super::{Line, Maker};
use crate::api::proof_of;
use crate::clock::instant;
use crate::db::Conn;
use crate::documents::panel;
use crate::items::body::{Links, Text};
use crate::items::pages::{facts, parsed, publisher, speaker, stored};
use crate::items::store::{Reference, Standing};
use crate::items::view::{Kind, Picture as Drawn};
use crate::items::{State, kinds};
use crate::problem::Problem;
use crate::search::entry;
use crate::words::date;

/// Endings under which a browser shows or saves a file, and never runs it.
const ENDINGS: [&str; 19] = [
    "pdf", "jpg", "jpeg", "png", "avif", "webp", "mp4", "m4a", "mp3", "ogg", "vtt", "doc", "docx", "xls",
    "xlsx", "odt", "ods", "csv", "txt",
];

impl Maker<'_> {
    /// Gives an item's files; its line for the lists. Nothing for one that does not stand or whose text has not come.
    pub(super) async fn item(&mut self, conn: &mut Conn, item: &Standing) -> Result<Option<Line>, Problem> {
        let Some(hash) = item.content.filter(|_| item.state == State::Standing) else { return Ok(None) };
        let lang = self.ask.lang;
        let reference = item.reference().to_string();
        let original = format!("bang-chung/{reference}.json");
        // A text may be large: it is read once, and its bytes go before it is drawn.
        let bytes = stored(self.app, conn, &hash).await?;
        let text = Text::of(parsed(&hash, &bytes)?);
        self.gives(original.clone(), bytes).await?;
        let elsewhere = |key: &&String| self.numbers.get(*key).is_some_and(|of| *of != reference);
        let links =
            Links { known: text.rendered.mentions.iter().filter(elsewhere).cloned().collect(), lang: None };
        let text = if links.known.is_empty() { text } else { Text::linked(text.document, &links) };
        let document = &text.document;
        let (pictures, others) = Drawn::of(&document.files);
        let mut shown = Vec::new();
        for picture in pictures {
            let main = document.files.iter().find(|file| picture.src.ends_with(&file.sha256.to_string()));
            let copies = document.files.iter().filter(|copy| {
                copy.media == "image/jpeg"
                    && main.is_some_and(|main| copy.sha256 == main.sha256 || copy.of == Some(main.sha256))
            });
            let Some(smallest) = copies.min_by_key(|copy| copy.size) else { continue };
            if let Some(href) = self.file(conn, smallest).await? {
                shown.push(Picture { alt: picture.alt, href, text: picture.text });
            }
        }
        let mut files = Vec::new();
        for file in others {
            let href = self.file(conn, file).await?;
            files.push(File { name: file.name.clone(), bytes: file.size, href });
        }
        // A text that was issued a moment ago may stand before the checkpoint that proves it.
        let proof = match proof_of(self.app, conn, item).await {
            Ok(proof) => Some(proof.to_string()),
            Err(Problem::NotFound(_)) => None,
            Err(problem) => return Err(problem),
        };
        let path = format!("bang-chung/{reference}.tlog-proof");
        if let Some(proof) = &proof {
            self.gives(path.clone(), proof.as_bytes()).await?;
        }
        let panel = panel::of(self.app, conn, lang, item, date::day(self.frame.made), None).await?;
        let line = self.line(item, document);
        let facts = facts(self.app, item, document, lang);
        let Text { document, rendered, parts, .. } = text;
        let page = Page {
            frame: self.frame.of("../", &document.title),
            line: line.says.clone(),
            publisher: (publisher(self.app, item, lang), instant(item.issued)),
            law: panel.law,
            facts,
            toc: if parts.len() > 1 { rendered.toc } else { Vec::new() },
            body: if document.body.layer == Layer::None { String::new() } else { rendered.html },
            pictures: shown,
            files,
            proof: (proof.map(|_| path), original),
            document,
        };
        let html = askama::Template::render(&page).map_err(anyhow::Error::from)?;
        let html = self.led(&html);
        self.gives(line.href.clone(), html).await?;
        let document = &page.document;
        let heads = [&document.title, line.number.as_str(), line.says.as_str(), &document.summary];
        self.index.add(&line, &heads.join(" "), &entry::text(&document.body));
        match kinds::of(&item.kind).is_some_and(|kind| kind.reference) {
            true => self.made.looked_up += 1,
            false => self.made.items += 1,
        }
        Ok(Some(line))
    }

    /// The item's main part with its links led into the copy; what stands around it has only such links.
    fn led(&self, html: &str) -> String {
        let (from, to) = (html.find("<main").unwrap_or(0), html.find("</main>").unwrap_or(html.len()));
        let main = inside(&html[from..to], |href| self.inside(href));
        format!("{}{main}{}", &html[..from], &html[to..])
    }

    /// Where an address of the portal lies in the copy, seen from an item's page.
    fn inside(&self, href: &str) -> Option<String> {
        if let Some(path) = href.strip_prefix("../") {
            let is_file = self.files.values().flatten().any(|known| known == path);
            let named = path.strip_prefix("bang-chung/").and_then(|name| name.split('.').next());
            let is_proof = named.is_some_and(|reference| self.references.contains(reference));
            return (is_file || is_proof).then(|| href.to_owned());
        }
        let (path, anchor) = href.split_once('#').map_or((href, ""), |(path, anchor)| (path, anchor));
        let path = path.split('?').next().unwrap_or_default();
        let path = path.strip_prefix("/en").unwrap_or(path);
        let anchor = if anchor.is_empty() { String::new() } else { format!("#{anchor}") };
        if let Some(hash) = path.strip_prefix("/content/") {
            let file = self.files.get(&hash.parse().ok()?)?.as_ref()?;
            return Some(format!("../{file}"));
        }
        if let Some(name) = path.strip_prefix("/muc/") {
            let reference: Reference = name.parse().ok()?;
            let known = self.references.contains(&reference.to_string());
            return known.then(|| format!("{reference}.html{anchor}"));
        }
        let number: vietnam::number::DocumentNumber = path.strip_prefix("/vb/")?.parse().ok()?;
        self.numbers.get(&number.key()).map(|reference| format!("{reference}.html{anchor}"))
    }

    /// Where a file lies in the copy; nothing if it is too heavy or not here.
    async fn file(&mut self, conn: &mut Conn, file: &ItemFile) -> Result<Option<String>, Problem> {
        if let Some(known) = self.files.get(&file.sha256) {
            return Ok(known.clone());
        }
        let fits = file.size <= self.ask.per_file && file.size <= self.room;
        let bytes = if fits { self.app.folder.read(conn, &file.sha256).await? } else { None };
        let Some(bytes) = bytes else {
            self.made.left_out += 1;
            self.files.insert(file.sha256, None);
            return Ok(None);
        };
        let ending =
            file.name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
        let ending = if ENDINGS.contains(&ending.as_str()) { ending.as_str() } else { "bin" };
        let hash: String = file.sha256.to_string().chars().take(20).collect();
        let path = format!("tep/{hash}.{ending}");
        self.room -= file.size;
        self.made.files += 1;
        self.gives(path.clone(), bytes).await?;
        self.files.insert(file.sha256, Some(path.clone()));
        Ok(Some(path))
    }

    fn line(&self, item: &Standing, document: &network::content::Item) -> Line {
        let lang = self.ask.lang;
        let kind = Kind::of(&item.kind);
        let day = document.issued.unwrap_or_else(|| date::day(instant(item.issued)));
        let what = document.form.clone().unwrap_or_else(|| kind.label(lang).to_owned());
        let parts = [
            Some(what),
            document.number.clone(),
            Some(date::date(lang, day)),
            Some(speaker(self.app, item, lang)),
        ];
        let field = document.details.as_ref().and_then(|details| details.0.get("field")?.as_str());
        Line {
            title: document.title.clone(),
            lang: document.lang.clone(),
            href: format!("muc/{}.html", item.reference()),
            says: parts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
            number: document.number.clone().unwrap_or_default(),
            day,
            kind,
            field: field.unwrap_or_default().to_owned(),
        }
    }
}
