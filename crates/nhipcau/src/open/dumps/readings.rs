//! The table of how portals report that items were read.

use network::names::Origin;
use uuid::Uuid;

use super::{Going, PIECE, row};
use crate::db::Conn;
use crate::items::store::Reference;
use crate::reach::store::{After, lines};

impl Going {
    /// The next rows of what portals report of readings.
    pub(super) async fn readings(&mut self, conn: &mut Conn, text: &mut String) -> anyhow::Result<()> {
        let rows = lines(conn, &self.read, PIECE as i64 + 1).await?;
        self.ended = rows.len() <= PIECE;
        for line in rows.into_iter().take(PIECE) {
            self.records += 1;
            let origin = line.origin.parse::<Origin>()?;
            let reference = Reference::of(&origin, Uuid::try_parse(&line.item)?);
            // What was not said is no nought.
            let said = |n: i64| if n == 0 { String::new() } else { n.to_string() };
            row(
                text,
                &[
                    &line.by_origin,
                    &line.day,
                    &reference.to_string(),
                    &line.origin,
                    &said(line.views),
                    &said(line.viewers),
                    &said(line.links),
                ],
            );
            self.read = After { portal: line.portal, day: line.day, origin: line.origin, item: line.item };
        }
        Ok(())
    }
}
