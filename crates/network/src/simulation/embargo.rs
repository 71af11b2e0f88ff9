//! Items under embargo: sealed, opened at their hour or called off. What is sealed must be readable nowhere before its
//! opening stands there, and everywhere after it.

use uuid::Uuid;

use super::messages::{Msg, Step};
use super::truth::Item;
use super::world::World;
use crate::content::ITEM_TYPE;
use crate::entry::{ContentRef, ItemChange, Kind, Lane, Withdrawal};
use crate::names::ContentHash;
use crate::sealing::{SEALED_TYPE, SealKey, Sealed, Sealing};

/// An embargo lasts at most so many virtual milliseconds.
const LONGEST: u64 = 20 * 60_000;

/// One sealing.
#[derive(Debug)]
pub(super) struct Embargo {
    item: usize,
    of: Sealed,
    key: SealKey,
    commitment: ContentHash,
    /// The document and its files: the number of the ciphertext and of the text, and where the text is.
    pieces: Vec<(usize, usize, ContentRef)>,
    /// Index of its opening.
    opened: Option<u64>,
}

impl Embargo {
    fn text(&self) -> Vec<ContentRef> {
        self.pieces.iter().map(|(.., text)| text.clone()).collect()
    }
}

impl World {
    /// Seals a new item, and says when it is to be opened.
    pub(super) fn seal(&mut self, node: usize, log: usize) {
        let id = Uuid::from_u128((u128::from(self.dice.throw()) << 64) | u128::from(self.dice.throw()));
        let item = self.items.len();
        self.items.push(Item { id, log, edition: 1, contents: Vec::new(), standing: false });
        self.report.items += 1;
        let of = Sealed { origin: self.origin(log), item: id, edition: 1 };
        let mut random = [0; 32];
        random.chunks_exact_mut(8).for_each(|part| part.copy_from_slice(&self.dice.throw().to_be_bytes()));
        let key = SealKey::new(random);
        let (mut pieces, mut sealed) = (Vec::new(), Vec::new());
        for media in [ITEM_TYPE, "application/pdf"].into_iter().take(1 + usize::from(self.dice.chance(30))) {
            let (text, named) = self.new_content(media);
            let (cipher, pointer) = self.new_content(SEALED_TYPE);
            pieces.push((cipher, text, named));
            sealed.push(pointer);
        }
        let mut embargo = Embargo { item, of, key, commitment: ContentHash([0; 32]), pieces, opened: None };
        if let [content, files @ ..] = embargo.text().as_slice() {
            embargo.commitment = embargo.key.commitment(&embargo.of, content, files);
        }
        let kind = Kind::ItemSealed {
            item: id,
            edition: 1,
            change: ItemChange::New,
            lane: Lane::Normal,
            content: sealed.remove(0),
            files: sealed,
            commitment: embargo.commitment,
        };
        let ciphers = embargo.pieces.iter().map(|(cipher, ..)| *cipher).collect();
        self.embargoes.push(embargo);
        self.state(node, log, kind, ciphers, Vec::new());
        let wait = 1_000 + self.dice.below(LONGEST);
        self.after(wait, Msg::Step { node, step: Step::Open(self.embargoes.len() - 1), tries: 0 });
    }

    /// The hour has come: most are opened, the others called off.
    pub(super) fn open(&mut self, node: usize, log: usize, at: usize) {
        let Some(embargo) = self.embargoes.get(at) else { return };
        let (item, ciphers) = (embargo.item, embargo.pieces.iter().map(|(cipher, ..)| *cipher).collect());
        if self.dice.chance(25) {
            let id = self.items[item].id;
            let kind =
                Kind::ItemWithdrawn { item: id, mode: Withdrawal::Gone, lane: Lane::Urgent, note: None };
            return self.state(node, log, kind, Vec::new(), ciphers);
        }
        let mut text = embargo.text();
        let (content, key) = (text.remove(0), embargo.key.clone());
        let texts: Vec<usize> = embargo.pieces.iter().map(|(_, text, _)| *text).collect();
        let kind = Kind::ItemOpened { item: self.items[item].id, edition: 1, key, content, files: text };
        self.items[item].standing = true;
        self.items[item].contents.clone_from(&texts);
        self.embargoes[at].opened = Some(self.logs[log].size());
        self.state(node, log, kind, texts, ciphers);
    }

    /// A node has applied an opening: what lies there sealed is read without a fetch.
    pub(super) fn unseal(&mut self, node: usize, kind: &Kind) {
        let Kind::ItemOpened { item, key, content, files, .. } = kind else { return };
        let Some(embargo) = self.embargoes.iter().find(|embargo| embargo.of.item == *item) else { return };
        let sealing = Sealing {
            of: embargo.of.clone(),
            files: embargo.pieces.len() - 1,
            commitment: embargo.commitment,
        };
        let durable = &mut self.nodes[node].durable;
        for (cipher, text, _) in &embargo.pieces {
            if durable.content.has(*cipher) && !durable.erased.has(*text) {
                durable.content.set(*text, true);
            }
        }
        if !sealing.is_opened_by(key, content, files) {
            self.violation(format!("the opening of {item} is not of what was sealed"));
        }
    }

    /// What a node holds of texts whose opening it has not read.
    pub(super) fn check_seals(&mut self, node: usize) {
        let mut early = Vec::new();
        for embargo in &self.embargoes {
            let log = self.items[embargo.item].log;
            let held = self.nodes[node].durable.held.get(&log).map_or(0, |held| held.size);
            let may = embargo.opened.is_some_and(|index| index < held) || self.logs[log].branches.len() > 1;
            let has = |(_, text, _): &(usize, usize, ContentRef)| self.nodes[node].durable.content.has(*text);
            if !may && embargo.pieces.iter().any(has) {
                early.push(embargo.of.item);
            }
        }
        for item in early {
            self.violation(format!("{} reads {item} before its opening", self.nodes[node].name));
        }
    }
}
