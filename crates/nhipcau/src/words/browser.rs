//! The sentences that our scripts say in the browser.

use super::Lang;

/// Names the words that go to the browser; the script asks for them by these names.
macro_rules! object {
    ($words:expr, $($name:ident),+ $(,)?) => {
        [$((stringify!($name), $words.$name)),+]
    };
}

/// The verifier's sentences as a JSON object. Words hold neither quotation marks nor backslashes (the tables refuse
/// them), so they need no escaping.
pub fn verifier_words(lang: Lang) -> String {
    let w = lang.words();
    let pairs = object!(
        w,
        step_parse,
        step_leaf,
        step_inclusion,
        step_signature,
        step_enrolled,
        step_root,
        step_content,
        step_page,
        parse_ok,
        leaf_ok,
        inclusion_ok,
        signature_ok,
        enrolled_ok,
        root_ok,
        content_ok,
        content_none,
        carried,
        page_ok,
        page_says,
        not_proof,
        bad_line,
        bad_note,
        bad_key,
        no_extra,
        bad_extra,
        bad_entry,
        outside,
        not_included,
        no_signature,
        bad_signature,
        not_enrolled,
        no_power,
        root_key,
        root_bad,
        root_few,
        root_other,
        no_ed25519,
        content_gone,
        content_away,
        content_offline,
        content_other,
        bad_content,
        title_other,
        number_other,
        proof_away,
        proof_offline,
        bad_fragment,
        sum_yes,
        sum_no,
        sum_open,
        sum_complete,
        sum_in_force,
    );
    let members: Vec<String> = pairs.iter().map(|(name, text)| format!("\"{name}\":\"{text}\"")).collect();
    format!("{{{}}}", members.join(","))
}

/// The sentences of the console's script as a JSON object.
pub fn desk_words(lang: Lang) -> String {
    let (w, k) = (lang.desk(), lang.kept());
    serde_json::json!({
        "saved": w.auto_saved("{hour}"),
        "refused": w.auto_refused,
        "offline": w.auto_offline,
        "held": k.held_at("{at}"),
        "show": k.held_show,
        "drop": k.held_drop,
        "bigFile": k.big_file("{most}"),
        "bigForm": k.big_form,
        "bigPaste": k.big_paste,
        "leaving": k.leaving("{n}"),
        "take": w.auto_take,
        "others": w.others("{names}"),
        "none": w.others_none,
    })
    .to_string()
}

/// The sentences of the script that sends files in parts, as a JSON object.
pub fn media_words(lang: Lang) -> String {
    let m = lang.media();
    serde_json::json!({
        "progress": m.send_progress("{percent}"),
        "pause": m.send_pause,
        "goOn": m.send_go_on,
        "broken": m.send_broken,
        "refused": m.send_refused,
        "signedOut": m.send_signed_out,
        "done": m.send_done,
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_verifier_gets_every_word_it_names() {
        let script = include_str!("../../assets/verify.js");
        for lang in [Lang::Vi, Lang::En] {
            let object: serde_json::Value = serde_json::from_str(&verifier_words(lang)).unwrap();
            for name in object.as_object().unwrap().keys() {
                let known = script.contains(&format!("\"{name}\"")) || script.contains(&format!(".{name}"));
                assert!(known || name.starts_with("step_"), "nothing in the script says {name}");
            }
        }
    }
}
