//! Keys in tokens: is the token there, does it let the node in, is the key the one that is written down, who reads the PIN?

use super::place::open_to_others;
use super::{Finding, Said, Severity};
use crate::config::{Config, LogKeyPlace};
use crate::logs::keys::uri::PinSource;
use crate::logs::keys::{Away, token};
use crate::words::Lang;

/// Asks each token, in the thread of its module.
pub(super) async fn all(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    for placed in &config.log_keys {
        let asked = placed.uri.clone();
        let told = tokio::task::spawn_blocking(move || token::public(&asked)).await;
        findings.push(match told {
            Ok(Ok(public)) if public == *placed.key.public_bytes() => well(placed),
            Ok(Ok(_)) => {
                let (token, object) = (placed.uri.token.to_string(), placed.uri.object.to_string());
                away(placed, &Away::OtherKey(token, object))
            }
            Ok(Err(error)) => match error.downcast_ref::<Away>() {
                Some(why) => away(placed, why),
                None => away(placed, &Away::Failed(placed.uri.token.to_string(), format!("{error:#}"))),
            },
            Err(error) => away(placed, &Away::Failed(placed.uri.token.to_string(), error.to_string())),
        });
        if let Some(PinSource::File(path)) = &placed.uri.pin {
            findings.extend(open_to_others(path));
        }
    }
    findings
}

fn well(placed: &LogKeyPlace) -> Finding {
    let says = |lang: Lang| lang.log_key().doctor_ok(&placed.log, &placed.uri.token);
    Finding {
        about: "key.token".into(),
        severity: Severity::Well,
        says: Said { vi: says(Lang::Vi), en: says(Lang::En) },
        remedy: Said::default(),
    }
}

fn away(placed: &LogKeyPlace, why: &Away) -> Finding {
    let says = |lang: Lang| lang.log_key().away_says(&placed.log, why);
    let (vi, en) = why.remedy();
    Finding {
        about: "key.away".into(),
        severity: Severity::Hand,
        says: Said { vi: says(Lang::Vi), en: says(Lang::En) },
        remedy: Said { vi: vi.to_owned(), en: en.to_owned() },
    }
}
