//! The order in which things are looked at, of a running node and of a stopped one.

use std::path::Path;

use ::network::directory::Directory;
use ::network::root::RootNote;

use super::{Finding, Report, Said, Severity, Teller, authority, data, mail, network, place, tokens};
use crate::agencies::fold;
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Reading;
use crate::logs::keys::Signing;
use crate::logs::view::Alarm;
use crate::operate::alarms::{self, Remembered};
use crate::peers::letters::{keys, store};
use crate::peers::line::{Cable, Line};
use crate::words::Lang;

/// Looks a running node over.
pub async fn examine(app: &App, teller: &Teller) -> Report {
    let mut findings = around(app).await;
    let reading = app.db.reading();
    let directory = app.directory.load_full();
    findings.extend(data::all(reading, &app.config, &directory, teller).await);
    findings.extend(network::all(reading, &app.config, &directory, &app.line, &app.clock, teller).await);
    findings.extend(inside(app).await);
    report(app.config.name.to_string(), &app.clock, true, findings)
}

/// What can be seen of a running node at once: neither is what it keeps read through, nor is anybody called.
pub async fn at_once(app: &App) -> Report {
    let mut findings = around(app).await;
    findings.extend(inside(app).await);
    report(app.config.name.to_string(), &app.clock, true, findings)
}

/// The place that a node runs in.
async fn around(app: &App) -> Vec<Finding> {
    let mut findings = place::config(&app.config);
    findings.extend(place::secrets(&app.config));
    findings.extend(tokens::all(&app.config).await);
    findings.extend(place::root(&app.config).0);
    findings.extend(place::disk(&app.config));
    findings
}

/// What a running node knows of itself.
async fn inside(app: &App) -> Vec<Finding> {
    let mut findings = Vec::new();
    for origin in app.keys.all(Signing::Waiting) {
        let says = |w: &'static crate::words::Words| w.doctor_signing_waits(&origin);
        findings.push(Finding::hand("signing", says, |w| w.doctor_signing_do.to_owned()));
    }
    findings.extend(letters(app).await);
    findings.extend(mail::of_running(app).await);
    findings.extend(authority::of_running(app));
    if app.tasks.died() > 0 {
        let died = app.tasks.died();
        findings.push(Finding::hand("tasks", |w| w.doctor_died(died), |w| w.doctor_died_do.to_owned()));
    }
    if let Ok(mut conn) = app.db.read().await {
        findings.extend(standing(alarms::all(app, &mut conn).await.unwrap_or_default()));
    }
    findings
}

/// Looks a stopped node over, from its files. The caller has made sure that it is stopped.
pub async fn of_folder(folder: &Path, clock: &Clock, teller: &Teller) -> Report {
    let config = match Config::read(folder) {
        Ok(config) => config,
        Err(error) => {
            let detail = format!("{error:#}");
            let bad =
                Finding::hand("config", |w| w.doctor_config_bad(&detail), |w| w.doctor_config_do.to_owned());
            return report(String::new(), clock, false, vec![bad]);
        }
    };
    let mut findings = place::config(&config);
    findings.extend(place::secrets(&config));
    findings.extend(tokens::all(&config).await);
    let (about_root, root) = place::root(&config);
    findings.extend(about_root);
    findings.extend(place::disk(&config));
    findings.extend(mail::of_files(&config));
    match Reading::open(&config.database).await {
        Ok(reading) => {
            findings.extend(stopped(&reading, &config, root, clock, teller).await);
            reading.close().await;
        }
        Err(error) => findings.push(data::away(&error)),
    }
    report(config.name.to_string(), clock, false, findings)
}

async fn stopped(
    reading: &Reading,
    config: &Config,
    root: Option<RootNote>,
    clock: &Clock,
    teller: &Teller,
) -> Vec<Finding> {
    let schema = data::schema(reading, &config.database).await;
    let fits = schema.iter().all(|finding| finding.severity != Severity::Hand);
    if !fits {
        return schema; // What stands in tables of another version cannot be judged by this one.
    }
    let directory = async {
        let root = root.ok_or_else(|| anyhow::anyhow!("no root note"))?;
        let mut conn = reading.read().await?;
        anyhow::Ok(fold::rebuild(&mut conn, &root).await?.0)
    };
    let directory: Directory = match directory.await {
        Ok(directory) => directory,
        Err(error) => {
            let mut findings = data::engine(reading, config).await;
            findings.push(data::damaged(&format!("{error:#}")));
            return findings;
        }
    };
    let mut findings = data::all(reading, config, &directory, teller).await;
    match Line::new(Cable::default(), config) {
        Ok(line) => {
            findings.extend(network::all(reading, config, &directory, &line, clock, teller).await);
        }
        Err(error) => tracing::warn!(error = format!("{error:#}"), "neighbours are not called"),
    }
    if let Ok(mut conn) = reading.read().await {
        findings.extend(standing(alarms::standing(&mut conn).await.unwrap_or_default()));
    }
    findings
}

/// How many letters wait, never which; and whose keys nobody knows yet.
async fn letters(app: &App) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Ok(mut conn) = app.db.read().await
        && let Ok(counts) = store::counts(&mut conn).await
    {
        let of = |lang| store::sentence(lang, &counts, app.clock.now());
        let severity = if counts.waiting > 0 { Severity::Note } else { Severity::Well };
        let says = Said { vi: of(Lang::Vi), en: of(Lang::En) };
        findings.push(Finding { about: "letters".into(), severity, says, remedy: Said::default() });
    }
    for (portal, _) in keys::untold(app).unwrap_or_default() {
        let (vi, en) = (Lang::Vi.letter(), Lang::En.letter());
        findings.push(Finding {
            about: "letters.keys".into(),
            severity: Severity::Note,
            says: Said { vi: vi.untold(&portal.domain), en: en.untold(&portal.domain) },
            remedy: Said { vi: vi.untold_do.to_owned(), en: en.untold_do.to_owned() },
        });
    }
    findings
}

/// Alarms that stand, in the words of the network page.
fn standing(alarms: Vec<Remembered>) -> Vec<Finding> {
    alarms
        .into_iter()
        .map(|alarm| {
            let of = |lang| {
                let since = crate::clock::instant(alarm.first);
                Alarm::of(lang, &alarm.about, &alarm.peer, &alarm.origin, &alarm.detail, since)
            };
            let (vi, en) = (of(Lang::Vi), of(Lang::En));
            Finding {
                about: format!("alarm.{}", alarm.about),
                severity: Severity::Hand,
                says: Said { vi: vi.says, en: en.says },
                remedy: Said { vi: vi.remedy, en: en.remedy },
            }
        })
        .collect()
}

fn report(node: String, clock: &Clock, running: bool, findings: Vec<Finding>) -> Report {
    let version = env!("CARGO_PKG_VERSION").to_owned();
    Report { node, version, at: clock.now().to_string(), running, findings }
}
