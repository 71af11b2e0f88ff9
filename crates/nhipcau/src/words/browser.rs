//! The sentences that the verifier says in the reader's browser.

use super::Lang;

/// The verifier's sentences as a JSON object. Words hold neither quotation marks nor backslashes (the tables refuse
/// them), so they need no escaping.
pub fn verifier_words(lang: Lang) -> String {
    let _ = lang;
    "{}".to_owned()
}
