//! What a program or command hands in with the node's token, where a second person must look at it: a draft in review.

use network::entry::ItemChange;
use network::names::ContentHash;
use serde::{Deserialize, Serialize};
use serde_json::json;
use uuid::Uuid;

use super::{By, blank, refusal};
use crate::agencies::Portal;
use crate::annexes;
use crate::app::App;
use crate::assignments::restricted;
use crate::db::Tx;
use crate::drafts::life::{self, Act, Facts, Stage, TOKEN};
use crate::drafts::{Work, Written, store};
use crate::embargo::seal;
use crate::items::draft::Draft;
use crate::items::kinds;
use crate::items::once::Once;
use crate::items::store::Reference;
use crate::people::audit::{self, Line};
use crate::people::pages::HOME;
use crate::problem::Problem;
use crate::words::date;

/// What was handed in and waits for a second person, as it is told to the caller.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Waits {
    /// The draft's id.
    pub draft: Uuid,
    /// The item's name in addresses, once it is issued.
    pub reference: String,
    /// Where it stands now: `review`.
    pub stage: String,
    /// Its address in the console of the portal.
    pub path: String,
}

/// Keeps what was handed in as the edition after `base` of an item, in review; checked now, so that whoever handed it in
/// hears of every fault. `embargo` is the hour of its opening (microseconds), if it is to be sealed once it is approved. A
/// repeat gets the same answer.
///
/// # Errors
/// Every fault of the draft; an open draft of the same item; an idempotency key that was used for something else.
pub async fn hand_in(
    app: &App,
    portal: &Portal,
    (item, base): (Uuid, u32),
    change: ItemChange,
    mut draft: Draft,
    embargo: Option<i64>,
    once: Option<Once>,
) -> Result<Waits, Problem> {
    if draft.kind == kinds::ANNEX {
        return Err(annexes::acts::not_an_item());
    }
    if let Some(due) = embargo {
        seal::still_to_come(app, due)?;
    }
    let by = By::token(portal.log, portal.origin.clone());
    let day = date::day(app.clock.now());
    restricted::revealed(app, &by.origin, (item, base), &mut draft.details)?;
    let (note, urgent, retroactive) = (draft.change_note.clone(), draft.urgent, draft.retroactive);
    let checked = draft.check_apart(item, base + 1, app.dice.bytes()?, app.calendar.on(day)).await?;
    let (mut written, hashes) = Written::of(&checked.item);
    // What fits the text that was handed in is published with it, or falls behind it; it was of no edition yet.
    for said in written.draft.translations.iter_mut().flatten() {
        said.of = said.of.filter(|of| *of <= base);
    }
    written.draft.change_note = note;
    written.draft.urgent = urgent;
    written.draft.retroactive = retroactive;
    let of = |hash: &ContentHash| checked.files.iter().find(|(file, _)| file.sha256 == *hash);
    let files: Vec<_> =
        hashes.iter().filter_map(of).map(|(file, bytes)| (file.sha256, bytes.clone())).collect();
    let step =
        life::decide(Stage::Draft, Act::Submit, &Facts { sound: true, ..blank(&by) }).map_err(refusal)?;
    let id = app.dice.id(&app.clock)?;
    let (due, sealed) = (embargo, embargo.is_some());
    let work = Work {
        stage: step.next,
        due,
        sealed,
        ..store::next_edition(by.log, item, base, change, id, written)
    };
    let waits = Waits {
        draft: id,
        reference: Reference::of(&portal.origin, item).to_string(),
        stage: step.next.word().to_owned(),
        path: format!("{HOME}/tin/{id}"),
    };
    let line = Line::new(by.who, by.log, "draft.hand-in", id.to_string());
    let line = line.with(json!({ "kind": work.written.draft.kind, "change": change.to_string() }));
    app.db
        .write("draft.hand-in", async move |tx: &mut Tx| -> Result<Waits, Problem> {
            if let Some(once) = &once
                && let Some(before) = once.answered(tx.conn()).await?
            {
                return Ok(before);
            }
            if let Some(open) = store::open_of(tx.conn(), by.log, item).await? {
                return Err(is_open(open));
            }
            store::add(tx, &work, TOKEN).await?;
            for (hash, bytes) in files {
                store::keep_file(tx, id, &hash, bytes).await?;
            }
            audit::add(tx, line).await?;
            if let Some(once) = once {
                once.remember(tx, &waits).await?;
            }
            Ok(waits)
        })
        .await
}

fn is_open(draft: Uuid) -> Problem {
    Problem::refused(
        format!(
            "Mục này đang có một bản nháp mở ở bàn làm việc ({HOME}/tin/{draft}); hãy hoàn tất hoặc bỏ bản nháp đó trước."
        ),
        format!(
            "A draft of this item is open in the console ({HOME}/tin/{draft}); finish it or throw it away first."
        ),
    )
}
