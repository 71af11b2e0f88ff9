//! What letters are about, and what each kind does when it comes.

use network::letter::Letter;

use crate::agencies::Portal;
use crate::app::App;
use crate::db::Tx;
use crate::opinions::letters as opinions;
use crate::petitions::handover::letters as petitions;
use crate::problem::Problem;
use crate::sightings;

/// A letter by which an administrator tries whether letters arrive. It does nothing.
pub const TRIED: &str = "letter.tried";

/// Does what a letter of this kind does, in the step that makes it durable.
///
/// # Errors
/// A kind that this version does not know is not taken, nor is one that speaks of what is not known here yet: its sender keeps it until we
/// can read it. Nothing else in a letter is a reason to refuse it for good: what does not fit is passed over by its kind.
pub(super) async fn take(app: &App, tx: &mut Tx, portal: &Portal, letter: Letter) -> Result<(), Problem> {
    match letter.kind.as_str() {
        TRIED => Ok(()),
        kind if kind.starts_with("opinion.") => opinions::receive(tx, portal, letter).await,
        kind if kind.starts_with("sighting.") => sightings::letters::receive(tx, portal, letter).await,
        kind if kind.starts_with("petition.") => petitions::receive(app, tx, portal, letter).await,
        _ => Err(Problem::NotNow {
            vi: "Máy chủ này chưa đọc được loại thư đó; cần nâng cấp.".into(),
            en: "This node cannot read letters of that kind yet; it has to be upgraded.".into(),
        }),
    }
}
