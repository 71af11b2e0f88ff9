//! `rehearse`: a node on which editors learn by doing the whole life of a text, and from which nothing leaves.
//!
//! It is a folder of its own, never a switch in a real node: its database, keys and logs are other ones, and each of its names holds
//! the step [`STEP`] (`xa-a.laocai.gov.vn/tap-duot/log`), so whatever is copied out of it says what it is, and no node of the real
//! network takes it in ([`named`]). A node with such a name sends nothing (`peers::line`, the one door) and answers no machine
//! (`web::routes`); every page says so. Real accounts are not copied: a password that is good for the real console has no
//! business on a machine where everybody tries things.
//!
//! One node holds three portals: the agency's own, one above it, which gives it tasks and orders, and one below. What portals
//! say to each other goes between them inside the node, so letters, opinions and tasks are learnt without any line.

mod layout;
mod samples;

use std::path::{Path, PathBuf};

use anyhow::Context;
use network::names::Origin;

pub use self::layout::Office;
use self::layout::{clear, lay_out, of};
use super::demo::office::{password_in, people, people_told};
use super::demo::{enrolled, settled, until};
use super::{init, serve};
use crate::agencies::enrol;
use crate::app::{App, Given};
use crate::clock::Dice;
use crate::logs::keys::Signing;

/// The step in every name of a rehearsal.
pub const STEP: &str = "tap-duot";

/// True for a name of a rehearsal's node or log.
pub fn named(origin: &Origin) -> bool {
    origin.as_str().split('/').any(|step| step == STEP)
}

/// What `rehearse` takes.
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  nhipcau rehearse\n  \
    nhipcau rehearse --title 'UBND xã Bát Xát' --level commune --domain tap-duot.batxat.laocai.gov.vn --listen 0.0.0.0:8090\n  \
    nhipcau rehearse erase\n\n\
    Nothing leaves it: no call to any other node, no feed, log or proof that others could take for real. Its accounts, keys and\n\
    logs are its own. A second start resumes it; `erase` takes everything away. Name its address as rehearsal_portal in the real\n\
    node's nhipcau.toml, and the console there leads to it.")]
pub struct Args {
    /// Where the rehearsal keeps its data
    #[arg(long, default_value = "tap-duot", global = true)]
    dir: PathBuf,
    /// The agency's name
    #[arg(long, default_value = "Cơ quan tập dượt")]
    title: String,
    /// And in English
    #[arg(long, default_value = "Rehearsing agency")]
    title_en: String,
    /// The agency's level: ministry, province, commune, unit
    #[arg(long, default_value = "province")]
    level: String,
    /// The host name under which it is opened; two more begin with cap-tren. and don-vi.
    #[arg(long, default_value = "tap-duot.localhost")]
    domain: String,
    /// Where to listen: this machine alone, unless another address is given
    #[arg(long, default_value = "127.0.0.1:8090")]
    listen: String,
    #[command(subcommand)]
    act: Option<Act>,
}

#[derive(clap::Subcommand)]
enum Act {
    /// Take the rehearsal away with everything that was written in it
    Erase,
}

/// Serves a rehearsal until Ctrl-C, or erases it.
///
/// # Errors
/// What keeps it from starting, and the cure.
pub async fn run(args: Args) -> anyhow::Result<()> {
    if let Some(Act::Erase) = args.act {
        clear(&args.dir)?;
        println!("Đã xóa {} cùng mọi thứ trong đó · erased, with everything in it", args.dir.display());
        return Ok(());
    }
    let Args { dir, title, title_en, level, domain, listen, .. } = args;
    let (app, password) = start(&dir, Office { title, title_en, level, domain }, &listen).await?;
    println!("{}", told(&app, &password));
    serve::stop_asked().await;
    println!("\nĐang dừng, dữ liệu tập dượt được giữ ở {} …", dir.display());
    app.close().await;
    Ok(())
}

/// Serves the rehearsal in a folder, which is made at the first start. Returns the node and the password of its people.
///
/// # Errors
/// What keeps it from starting, and the cure.
pub async fn start(dir: &Path, office: Office, listen: &str) -> anyhow::Result<(App, String)> {
    let config = lay_out(dir, &office, listen, &Dice::system())?;
    let app = App::open(config, Given::default()).await?;
    let password = begin(&app, dir).await?;
    Ok((app, password))
}

/// Serves the node, and makes what a first start lacks: agencies, people, drafts. Returns the password of its people.
///
/// # Errors
/// What keeps it from listening, or from making them.
async fn begin(app: &App, dir: &Path) -> anyhow::Result<String> {
    let bodies = of(&app.config)?;
    let portal = |body: &layout::Body, main| init::NewPortal {
        domain: body.domain.clone(),
        origin: body.origin.clone(),
        main,
        theme: String::new(),
    };
    let portals = bodies.iter().enumerate().map(|(at, body)| portal(body, at == layout::OWN));
    init::portals(app, portals.collect()).await?;
    serve::start(app).await?;
    until("khóa ký · the signing keys", || app.keys.all(Signing::Waiting).is_empty()).await?;
    for body in &bodies {
        let above = &bodies[body.above];
        settled(app, &above.origin).await?;
        if enrolled(app, &body.origin) {
            continue;
        }
        let names = (body.title.as_str(), body.title_en.as_str());
        let mut request = enrol::request_of(app, &body.origin, &body.domain, names, body.level)?;
        request.accountable = Some("Bộ phận tập dượt".to_owned());
        let log = app.portals.load().by_host(&above.domain).context("the portal above")?.log;
        enrol::enrol(app, log, &above.origin, request.check()?).await?;
        until("danh bạ tập dượt · the rehearsal's directory", || enrolled(app, &body.origin)).await?;
    }
    let password = password_in(app, dir)?;
    let portals = app.portals.load();
    let (above, own) = (portals.by_host(&bodies[0].domain), portals.by_host(&bodies[layout::OWN].domain));
    let (above, own) = (above.context("the portal above")?, own.context("the agency's portal")?);
    // Whoever works above keeps the two below as well.
    if people(app, &above, &password).await? {
        samples::write(app, &own, &above).await?;
    }
    Ok(password)
}

/// What stands in the terminal.
fn told(app: &App, password: &str) -> String {
    let port = app.config.listen.first().map_or(0, std::net::SocketAddr::port);
    let own = app.portals.load().main().map(|portal| portal.domain.to_string()).unwrap_or_default();
    format!(
        "
  CHẾ ĐỘ TẬP DƯỢT · REHEARSAL
  Không có gì ra khỏi máy này; nội dung không có giá trị. · Nothing leaves this machine; nothing here is real.

  Bàn làm việc · console   http://{own}:{port}/ban-lam-viec
  cơ quan cấp trên · above http://cap-tren.{own}:{port}/ban-lam-viec
  đơn vị dưới · below      http://don-vi.{own}:{port}/ban-lam-viec
{}

  Bỏ hết, làm lại · take everything away:  nhipcau rehearse --dir {} erase
",
        people_told(password),
        app.config.folder.display()
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_name_of_a_rehearsal_says_so_whatever_stands_around_the_step() {
        let named = |text: &str| named(&text.parse().unwrap());
        assert!(named("xa-a.laocai.gov.vn/tap-duot/log") && named("tap-duot.localhost/tap-duot/node"));
        assert!(!named("xa-a.laocai.gov.vn/log") && !named("tap-duot.gov.vn/log"));
    }
}
