//! A portal's own words beside somebody else's item (protocol §2): its log says which edition they speak of.

use uuid::Uuid;

use super::decode::{content, edition, item, uuid};
use super::encode::pointer;
use super::{ContentRef, Kind};
use crate::json::{FieldError, Object, Writer};
use crate::names::Origin;

/// `annex.issued`: this edition of the annex stands from now. It never changes the item that it stands beside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annex {
    /// The annex, unique within the log that says it.
    pub id: Uuid,
    /// Counts from 1.
    pub edition: u32,
    /// The log that holds the item beside which it stands.
    pub origin: Origin,
    /// That item.
    pub item: Uuid,
    /// The item's edition that its writers had read.
    pub of: u32,
    /// Its text, as an item's document with the annex's id and edition.
    pub content: ContentRef,
}

pub(super) fn issued(top: &Object<'_>) -> Result<Kind, FieldError> {
    let of = u32::try_from(top.whole("of")?).ok().filter(|number| *number > 0);
    Ok(Kind::AnnexIssued(Annex {
        id: uuid(top, "annex")?,
        edition: edition(top)?,
        origin: top.parsed("origin")?,
        item: item(top)?,
        of: of.ok_or_else(|| top.error("of", "must be from 1 to 4,294,967,295"))?,
        content: content(&top.object("content")?)?,
    }))
}

pub(super) fn withdrawn(top: &Object<'_>) -> Result<Kind, FieldError> {
    Ok(Kind::AnnexWithdrawn { annex: uuid(top, "annex")?, note: content(&top.object("note")?)? })
}

pub(super) fn write(annex: &Annex, line: &mut Writer) {
    line.text("annex", annex.id.hyphenated()).whole("edition", u64::from(annex.edition));
    line.text("origin", &annex.origin).text("item", annex.item.hyphenated());
    line.whole("of", u64::from(annex.of)).raw("content", &pointer(&annex.content));
}
