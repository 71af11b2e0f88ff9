//! The way out by e-mail: whether its keys hold, whether the relay answers, how many mails wait. Never to whom.

use super::{Finding, Said, Severity};
use crate::app::App;
use crate::config::Config;
use crate::subscriptions::mail::Mailer;
use crate::subscriptions::{count, waiting};
use crate::words::{Lang, SubscriptionWords};

fn finding(
    severity: Severity,
    says: impl Fn(&'static SubscriptionWords) -> String,
    remedy: impl Fn(&'static SubscriptionWords) -> String,
) -> Finding {
    let (vi, en) = (Lang::Vi.subscription(), Lang::En.subscription());
    Finding {
        about: "mail".into(),
        severity,
        says: Said { vi: says(vi), en: says(en) },
        remedy: Said { vi: remedy(vi), en: remedy(en) },
    }
}

/// What the files of a stopped node say.
pub(super) fn of_files(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    match Mailer::open(config) {
        Ok(None) => {
            findings.push(finding(Severity::Note, |w| w.doctor_none.to_owned(), |_| String::new()));
        }
        Ok(Some(_)) => {}
        Err(error) => {
            let detail = format!("{error:#}");
            let says = |w: &'static SubscriptionWords| w.doctor_bad(&detail);
            findings.push(finding(Severity::Hand, says, |w| w.doctor_bad_do.to_owned()));
        }
    }
    let bounces = config.mail.as_ref().and_then(|mail| mail.bounces.as_ref());
    if let Some(path) = bounces.filter(|path| std::fs::read_dir(path.join("new")).is_err()) {
        let path = path.display().to_string();
        let says = |w: &'static SubscriptionWords| w.doctor_bounces(&path);
        findings.push(finding(Severity::Hand, says, |w| w.doctor_bounces_do.to_owned()));
    }
    let petitions = config.mail.as_ref().and_then(|mail| mail.petitions.as_ref());
    if let Some(path) = petitions.filter(|path| std::fs::read_dir(path.join("new")).is_err()) {
        let path = path.display().to_string();
        let says = |w: &'static SubscriptionWords| w.doctor_petitions(&path);
        findings.push(finding(Severity::Hand, says, |w| w.doctor_petitions_do.to_owned()));
    }
    findings
}

/// The same of a running node, whose relay is asked.
pub(super) async fn of_running(app: &App) -> Vec<Finding> {
    let mut findings = of_files(&app.config);
    let (Some(mailer), Some(mail)) = (&app.mailer, &app.config.mail) else { return findings };
    let counted = async {
        let mut conn = app.db.read().await?;
        Ok::<_, sqlx::Error>((count(&mut conn).await?, waiting(&mut conn).await?))
    };
    let Ok((people, waits)) = counted.await else { return findings };
    let relay = format!("{}:{}", mail.host, mail.port);
    findings.push(match mailer.answers().await {
        true => finding(Severity::Well, |w| w.doctor_ok(&relay, people, waits), |_| String::new()),
        false => finding(Severity::Hand, |w| w.doctor_away(&relay, waits), |w| w.doctor_away_do.to_owned()),
    });
    findings
}
