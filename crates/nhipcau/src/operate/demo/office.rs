//! The demonstration's offices: people who can sign in to the console, a draft that waits and one that is scheduled.

use std::fmt::Write;
use std::path::Path;

use anyhow::Context;
use network::names::Origin;

use super::{Demo, petitions, tasks};
use crate::agencies::Portal;
use crate::app::App;
use crate::drafts::Hour;
use crate::drafts::acts::{self, By};
use crate::drafts::life::{Act, Actor};
use crate::logs::keys::write_secret;
use crate::people::appoint::{self, Newcomer};
use crate::people::audit::Who;
use crate::people::session::Token;
use crate::people::{Role, login, store};
use crate::problem::Problem;

/// Where the passwords of the demonstration are kept.
const FILE: &str = "accounts.txt";

/// Syllables of a password that can be typed on any keyboard. Six of 32 are 30 bits: enough for nodes that are reached over
/// loopback only and count tries.
const SYLLABLES: [&str; 32] = [
    "ban", "cau", "dao", "gio", "hoa", "keo", "lua", "mua", "nui", "rung", "song", "tre", "vuon", "xuan",
    "bien", "chim", "dong", "giay", "hang", "khoai", "lang", "may", "ngoi", "phuong", "quat", "sao",
    "thuyen", "trang", "vai", "que", "nhip", "nang",
];

/// Somebody of the demonstration.
struct Person {
    login: &'static str,
    name: &'static str,
    roles: &'static [Role],
    /// What the person does, as the terminal says it.
    does: &'static str,
}

const OFFICE: [Person; 5] = [
    Person { login: "lan", name: "Lan (mẫu)", roles: &[Role::Editor], does: "viết · writes" },
    Person { login: "minh", name: "Minh (mẫu)", roles: &[Role::Publisher], does: "duyệt · approves" },
    Person {
        login: "ha",
        name: "Hà (mẫu)",
        roles: &[Role::Signer, Role::Leader],
        does: "ký, lãnh đạo · signs, leads",
    },
    Person {
        login: "quan-tri",
        name: "Quản trị (mẫu)",
        roles: &[Role::Administrator],
        does: "quản trị · administers",
    },
    Person {
        login: "thu",
        name: "Thu (mẫu)",
        roles: &[Role::Clerk],
        does: "xử lý phản ánh · answers petitions",
    },
];

/// Who can sign in, and what each does: lines for the terminal.
pub(in crate::operate) fn people_told(password: &str) -> String {
    let told = |person: &Person| format!("{} {}", person.login, person.does);
    let rows: Vec<String> =
        OFFICE.chunks(3).map(|some| some.iter().map(told).collect::<Vec<_>>().join(";  ")).collect();
    format!("    {}\n    mật khẩu · password: {password}", rows.join(";\n    "))
}

impl Demo {
    /// Makes the offices at the first start. Returns the password that all of them have.
    ///
    /// # Errors
    /// The database's, or that the password cannot be kept.
    pub async fn offices(&self, dir: &Path) -> anyhow::Result<String> {
        let password = password_in(self.government()?, dir)?;
        let mut new = false;
        for (_, app, _) in &self.nodes {
            let main = app.portals.load().main().context("a node without portal")?;
            if people(app, &main, &password).await? {
                new = true;
                drafts(app, &main).await.map_err(|problem| anyhow::anyhow!("{problem}"))?;
            }
        }
        if new {
            petitions::ask(self).await.map_err(|problem| anyhow::anyhow!("{problem}"))?;
        }
        tasks::issue(self, OFFICE[1].login, OFFICE[1].roles)
            .await
            .map_err(|problem| anyhow::anyhow!("{problem}"))?;
        Ok(password)
    }
}

/// The password that is kept in a folder; one by chance at the first start.
///
/// # Errors
/// It cannot be kept.
pub(in crate::operate) fn password_in(app: &App, dir: &Path) -> anyhow::Result<String> {
    let path = dir.join(FILE);
    if let Ok(text) = std::fs::read_to_string(&path) {
        return Ok(text.lines().next().unwrap_or_default().to_owned());
    }
    let password = password(app)?;
    write_secret(&path, &format!("{password}\n"))?;
    Ok(password)
}

/// Six syllables by chance.
fn password(app: &App) -> anyhow::Result<String> {
    let mut text = String::new();
    for byte in app.dice.bytes::<6>()? {
        let syllable = SYLLABLES[usize::from(byte) % SYLLABLES.len()];
        write!(text, "{}{syllable}", if text.is_empty() { "" } else { "-" })?;
    }
    Ok(text)
}

/// Lets the people in at a portal and those below it, with one password. False if they are there already.
///
/// # Errors
/// The database's.
pub(in crate::operate) async fn people(app: &App, portal: &Portal, password: &str) -> anyhow::Result<bool> {
    invited(app, portal, password).await.map_err(|problem| anyhow::anyhow!("{problem}"))
}

async fn invited(app: &App, portal: &Portal, password: &str) -> Result<bool, Problem> {
    if store::by_login(&mut app.db.read().await?, OFFICE[0].login).await?.is_some() {
        return Ok(false);
    }
    for person in &OFFICE {
        let new = Newcomer {
            login: person.login.to_owned(),
            name: person.name.to_owned(),
            roles: person.roles.iter().map(|role| role.word().to_owned()).collect(),
            // So the same people keep the communes of the province too.
            below: true,
            since: None,
            until: None,
        };
        let invited = appoint::invite(app, portal, Who::Token, new).await?;
        let link = invited.link.rsplit('/').next().and_then(Token::read).ok_or(Problem::NotFound("link"))?;
        login::set_by_link(app, portal, &link, password.to_owned()).await?;
    }
    Ok(true)
}

/// Who writes, among the people.
pub(in crate::operate) const EDITOR: usize = 0;
/// Who approves.
pub(in crate::operate) const PUBLISHER: usize = 1;
/// Who receives petitions.
pub(super) const CLERK: usize = 4;
/// Who signs official documents.
pub(in crate::operate) const SIGNER: usize = 2;

/// The account of one of the people.
///
/// # Errors
/// The database's.
pub(super) async fn account(app: &App, at: usize) -> Result<uuid::Uuid, Problem> {
    let account = store::by_login(&mut app.db.read().await?, OFFICE[at].login).await?;
    Ok(account.ok_or(Problem::NotFound("account"))?.id)
}

/// One of the people at a portal, acting.
///
/// # Errors
/// The database's.
pub(in crate::operate) async fn person(app: &App, portal: &Portal, at: usize) -> Result<By, Problem> {
    let account = store::by_login(&mut app.db.read().await?, OFFICE[at].login).await?;
    let account = account.ok_or(Problem::NotFound("account"))?;
    Ok(by(portal.log, &portal.origin, account.id, OFFICE[at].roles))
}

/// One draft that waits for a second person, and one that is approved for tomorrow.
async fn drafts(app: &App, portal: &Portal) -> Result<(), Problem> {
    let (lan, minh) = (person(app, portal, EDITOR).await?, person(app, portal, PUBLISHER).await?);
    let tomorrow = app.clock.micros() + 86_400_000_000;
    for (title, text, due) in [
        ("Lịch tiếp công dân tháng tới (mẫu)", "Lãnh đạo tiếp công dân vào **thứ Năm** tuần thứ hai.", None),
        ("Thông báo bảo trì cổng (mẫu)", "Cổng tạm dừng 30 phút để bảo trì.", Some(tomorrow)),
    ] {
        let id = acts::create(app, &lan, "notice").await?;
        let mut work = acts::find(&mut app.db.read().await?, portal.log, id).await?;
        work.written.draft.title = title.to_owned();
        work.written.draft.text = text.to_owned();
        work.written.draft.sample = true;
        let acts::Saved::As(version, _) =
            acts::save(app, &lan, id, work.version, work.written, Hour { due, sealed: false }).await?
        else {
            return Err(Problem::NotFound("draft"));
        };
        acts::act(app, &lan, id, version, Act::Submit, None).await?;
        if due.is_some() {
            acts::act(app, &minh, id, version, Act::Approve, None).await?;
        }
    }
    Ok(())
}

pub(super) fn by(log: i64, origin: &Origin, account: uuid::Uuid, roles: &[Role]) -> By {
    By {
        actor: Actor::Person(account, roles.iter().copied().collect()),
        who: Who::Account(account),
        log,
        origin: origin.clone(),
    }
}
