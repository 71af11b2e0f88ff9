//! Nodes for the bench: made and served by this very program, as a person would, each in its own process.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use futures::StreamExt;
use network::entry::Level;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use uuid::Uuid;

use crate::agencies::enrol;
use crate::app::{App, Given};
use crate::config::Config;
use crate::drafts::acts::By;
use crate::drafts::life::Actor;
use crate::items::draft::Draft;
use crate::items::publish;
use crate::logs::keys::Signing;
use crate::operate::nation::country::{self, Body, Size};
use crate::people::appoint::{self, Newcomer};
use crate::people::audit::Who;
use crate::people::forms::KEY;
use crate::people::session::{Token, Way};
use crate::people::{Role, login, store};
use crate::problem::Problem;

/// The search has so long to take in all items.
pub const INDEXED: Duration = Duration::from_secs(600);
/// What a node says while it is served, in its folder.
const LOG: &str = "serve.err";
/// How long is waited for what must come.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A node's folder and where it answers.
#[derive(Clone)]
pub struct Place {
    /// The folder.
    pub folder: PathBuf,
    /// The domain of its one portal.
    pub domain: &'static str,
    /// Its port on loopback.
    pub port: u16,
}

/// A port that is free now.
pub fn free_port() -> anyhow::Result<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).context("find a free port")?;
    Ok(listener.local_addr()?.port())
}

fn program() -> anyhow::Result<PathBuf> {
    std::env::current_exe().context("find this program")
}

impl Place {
    /// Makes a node with `nhipcau init`: a root of its own, or a child of `parent`.
    ///
    /// # Errors
    /// What `init` refuses.
    pub fn init(
        dir: &Path,
        domain: &'static str,
        level: &str,
        parent: Option<&Place>,
    ) -> anyhow::Result<Place> {
        Place::init_on(dir, domain, level, parent, None)
    }

    /// The same with its data in an empty database of a PostgreSQL server, by its address.
    ///
    /// # Errors
    /// What `init` refuses.
    pub fn init_on(
        dir: &Path,
        domain: &'static str,
        level: &str,
        parent: Option<&Place>,
        database: Option<&str>,
    ) -> anyhow::Result<Place> {
        let place = Place { folder: dir.join(domain), domain, port: free_port()? };
        let mut init = Command::new(program()?);
        init.args([
            "init",
            "--domain",
            domain,
            "--title",
            domain,
            "--level",
            level,
            "--private",
            "--issues-at-once",
            "--dir",
        ]);
        init.arg(&place.folder).args(["--url", &place.url()]);
        init.args(["--listen", &format!("127.0.0.1:{}", place.port)]);
        if let Some(database) = database {
            init.args(["--database", database]);
        }
        match parent {
            None => init.arg("--new-root"),
            Some(parent) => init
                .args(["--follows-all", "--parent", &parent.url(), "--parent-name"])
                .arg(format!("{}/node", parent.domain))
                .arg("--root-note")
                .arg(parent.folder.join("root.note")),
        };
        let done = init.output().context("run nhipcau init")?;
        ensure!(done.status.success(), "nhipcau init: {}", String::from_utf8_lossy(&done.stderr));
        Ok(place)
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The administrator's token.
    ///
    /// # Errors
    /// When it is not there.
    pub fn token(&self) -> anyhow::Result<String> {
        Ok(std::fs::read_to_string(self.folder.join("admin.token"))?.trim().to_owned())
    }

    /// The node inside this process, not listening, its log allowed to sign: to be filled.
    ///
    /// # Errors
    /// What keeps it from opening.
    pub async fn open(&self) -> anyhow::Result<App> {
        let app = App::open(Config::read(&self.folder)?, Given::default()).await?;
        app.begin();
        until("the log may sign", async || app.keys.all(Signing::Waiting).is_empty()).await?;
        Ok(app)
    }

    /// Serves it in a process of its own, on one core if `core` says which.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn serve(&self, core: Option<usize>) -> anyhow::Result<Node> {
        let program = program()?;
        let mut command = match core {
            None => Command::new(program),
            Some(core) => {
                let mut command = Command::new("taskset");
                command.args(["-c", &core.to_string()]).arg(program);
                command
            }
        };
        let log = std::fs::File::create(self.folder.join(LOG))?;
        command.args(["serve", "--dir"]).arg(&self.folder).stdout(Stdio::null()).stderr(log);
        let child = command.spawn().context("start nhipcau serve")?;
        Ok(Node { child, began: Instant::now(), place: self.clone() })
    }
}

/// A node in a process of its own; it ends with this value.
pub struct Node {
    child: Child,
    began: Instant,
    /// Where it is.
    pub place: Place,
}

impl Node {
    /// Waits for the first page, and says how long after the start it came.
    ///
    /// # Errors
    /// When the process ends, or nothing comes in two minutes.
    pub async fn first_page(&mut self) -> anyhow::Result<Duration> {
        loop {
            if let Ok(answer) = get(&self.place, "/").await
                && answer.status == 200
            {
                return Ok(self.began.elapsed());
            }
            if let Some(ended) = self.child.try_wait()? {
                let said = std::fs::read_to_string(self.place.folder.join(LOG)).unwrap_or_default();
                bail!("nhipcau serve ended: {ended}: {}", said.trim());
            }
            ensure!(self.began.elapsed() < PATIENCE, "no page in {} s", PATIENCE.as_secs());
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Waits until it has done what a start brings with it: its followers wired, its lists read. What comes then is how it serves for
    /// months; how soon it serves at all is measured apart.
    ///
    /// # Errors
    /// When it does not come to rest in two minutes, or the system does not say in `/proc` how long it has run.
    pub async fn settled(&self) -> anyhow::Result<()> {
        let (mut before, mut quiet) = (self.ticks()?, 0);
        let began = Instant::now();
        while quiet < 5 {
            ensure!(began.elapsed() < PATIENCE, "the node is busy for {} s", PATIENCE.as_secs());
            tokio::time::sleep(Duration::from_millis(200)).await;
            let now = self.ticks()?;
            // A hundredth of a second now and then is what a node at rest takes.
            quiet = if now <= before + 1 { quiet + 1 } else { 0 };
            before = now;
        }
        Ok(())
    }

    /// Processor time that it has taken, in the system's ticks (hundredths of a second as a rule).
    fn ticks(&self) -> anyhow::Result<u64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))
            .context("read the process's time from /proc; this part runs on Linux")?;
        // Behind the name in brackets, which may hold anything: state, then numbers; the twelfth and thirteenth are the times.
        let (_, rest) = stat.rsplit_once(')').context("a line of /proc without a name")?;
        let times = rest.split_whitespace().skip(11).take(2).map(str::parse::<u64>);
        Ok(times.sum::<Result<u64, _>>()?)
    }

    /// Resident memory in bytes.
    ///
    /// # Errors
    /// Where the system does not say it in `/proc`.
    pub fn memory(&self) -> anyhow::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))
            .context("read the process's memory from /proc; this part runs on Linux")?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        let kib: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib * 1024)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits for something that must come.
///
/// # Errors
/// When it does not come in two minutes.
pub async fn until(what: &str, mut done: impl AsyncFnMut() -> bool) -> anyhow::Result<()> {
    let began = Instant::now();
    while !done().await {
        ensure!(began.elapsed() < PATIENCE, "waited {} s until {what}", PATIENCE.as_secs());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

/// Enrols the portals of the nation in the root's log, all hosted by this node, so that counting portals
/// costs what it costs in a nation.
///
/// # Errors
/// When one is refused.
pub async fn enrol_nation(app: &App, communes: usize) -> anyhow::Result<usize> {
    let day = crate::words::date::day(app.clock.now());
    let size = Size { communes, ..Size::WHOLE };
    let members = country::members(day, size)?;
    let portal = app.portals.load().main().context("a node without a portal")?;
    let bodies: Vec<&Body> = members.iter().flat_map(country::Member::portals).collect();
    // The root's own enrolment first: it says where its node is.
    let mut levels = vec![Level::Central];
    levels.extend([Level::Ministry, Level::Province, Level::Commune]);
    for level in levels {
        let these = bodies.iter().filter(|body| body.level == level);
        let enrolled = futures::stream::iter(these.map(async |body| {
            let origin = if level == Level::Central { portal.origin.clone() } else { body.origin()? };
            let domain = if level == Level::Central { &portal.domain } else { body.domain.as_str() };
            let request = enrol::request_of(app, &origin, domain, (&body.name, &body.name_en), level)?;
            let enrolment = request.check().map_err(refused)?;
            enrol::enrol(app, portal.log, &portal.origin, enrolment).await.map_err(refused)
        }));
        let done: Vec<anyhow::Result<u64>> = enrolled.buffer_unordered(256).collect().await;
        done.into_iter().collect::<anyhow::Result<Vec<u64>>>()?;
    }
    let due = bodies.len();
    until("the nation is in the directory", async || app.directory.load().agencies().count() >= due).await?;
    Ok(due)
}

/// Issues `many` items, 512 at once, and returns the paths of their pages.
///
/// # Errors
/// When one is refused.
pub async fn issue(app: &App, many: usize, draft: impl Fn(usize) -> Draft) -> anyhow::Result<Vec<String>> {
    let portal = app.portals.load().main().context("a node without a portal")?;
    let issued = futures::stream::iter((0..many).map(async |number| {
        let done = publish::issue(app, portal.log, &portal.origin, draft(number), None).await;
        done.map(|done| done.path).map_err(refused)
    }));
    issued.buffer_unordered(512).collect::<Vec<_>>().await.into_iter().collect()
}

/// Waits until the search has nothing left to take in: what is measured next has the machine for itself.
///
/// # Errors
/// When it does not come to an end.
pub async fn searched(app: &App) -> anyhow::Result<()> {
    let began = Instant::now();
    while !crate::search::store::due(&mut app.db.read().await?, 1).await?.is_empty() {
        ensure!(began.elapsed() < INDEXED, "the search did not take in all items");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// Somebody who works at a node's portal, signed in.
pub struct Person {
    /// Whose account.
    pub account: Uuid,
    /// Who acts.
    pub by: By,
    /// The secret of their session.
    pub token: Token,
}

impl Person {
    /// The cookie that their browser sends.
    ///
    /// # Errors
    /// Never with a token of ours.
    pub fn cookie(&self) -> anyhow::Result<String> {
        let cookie = self.token.cookie(false).context("a cookie")?;
        Ok(cookie.to_str()?.split(';').next().unwrap_or_default().to_owned())
    }
}

/// Invites somebody to a node's portal and signs them in.
///
/// # Errors
/// When they are refused.
pub async fn person(app: &App, name: &str, role: Role) -> anyhow::Result<Person> {
    let portal = app.portals.load().main().context("a node without a portal")?;
    let new = Newcomer {
        login: name.to_owned(),
        name: name.to_owned(),
        roles: vec![role.word().to_owned()],
        below: false,
        since: None,
        until: None,
    };
    appoint::invite(app, &portal, Who::Token, new).await.map_err(refused)?;
    let account = store::by_login(&mut app.db.read().await?, name).await?.context("the account")?;
    let token = login::begin(app, &portal, account.id, Way::Password, "bench").await.map_err(refused)?;
    let by = By {
        actor: Actor::Person(account.id, [role].into()),
        who: Who::Account(account.id),
        log: portal.log,
        origin: portal.origin.clone(),
    };
    Ok(Person { account: account.id, by, token })
}

/// Why something was refused, as an error of the bench.
pub fn refused(problem: Problem) -> anyhow::Error {
    match problem {
        Problem::Ours(error) => error,
        other => anyhow::anyhow!("{other}"),
    }
}

/// A document of the length that most have: about two pages.
pub fn draft(number: usize) -> Draft {
    const SENTENCE: &str = "Các bộ, ngành, địa phương tập trung ứng phó mưa lũ, bảo đảm an toàn tính mạng, tài sản \
                            của nhân dân, chủ động di dời dân cư khỏi khu vực nguy hiểm. ";
    let article = |n: usize| {
        format!("## Điều {n}. Nhiệm vụ thứ {n} của văn bản số {number}\n\n{}\n\n", SENTENCE.repeat(6))
    };
    Draft {
        summary: "Tập trung ứng phó mưa lũ, sạt lở đất; bảo đảm an toàn cho nhân dân.".into(),
        text: (1..=6).map(article).collect(),
        ..short_draft(number)
    }
}

/// A document of one sentence.
pub fn short_draft(number: usize) -> Draft {
    Draft {
        kind: "document".into(),
        title: format!("Công điện về ứng phó thiên tai, số {number}"),
        number: Some(format!("{number}/CĐ-TTg")),
        form: Some("Công điện".into()),
        issued: Some(jiff::civil::date(2026, 11, 23)),
        text: format!("Các bộ, ngành, địa phương tập trung ứng phó mưa lũ; văn bản số {number}."),
        ..Draft::default()
    }
}

/// What came over HTTP.
pub struct Answer {
    /// Status.
    pub status: u16,
    /// The header lines as they came.
    pub head: String,
    /// The body as it came: in gzip, if the server sent it so.
    pub body: Vec<u8>,
}

/// What a browser calls itself: what it opens counts as read, with all that this costs.
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// The request that browsers send for a page, as bytes.
pub fn request(place: &Place, path: &str) -> Vec<u8> {
    format!(
        "GET {path} HTTP/1.1\r\nHost: {}\r\nAccept-Encoding: gzip\r\nUser-Agent: {BROWSER}\r\n\r\n",
        place.domain
    )
    .into_bytes()
}

/// Sends a form of the console in somebody's name, as their browser does.
///
/// # Errors
/// As [`ask`].
pub async fn fills(
    place: &Place,
    who: &Person,
    path: &str,
    fields: &[(&str, &str)],
) -> anyhow::Result<Answer> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair(KEY, &who.token.form_key()).extend_pairs(fields);
    let form = form.finish();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nCookie: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
        who.cookie()?,
        form.len(),
        host = place.domain,
    );
    ask(place, request.as_bytes()).await
}

/// Reads one page over a connection of its own.
///
/// # Errors
/// When nobody answers, or not in HTTP/1.1 with a length.
pub async fn get(place: &Place, path: &str) -> anyhow::Result<Answer> {
    ask(place, &request(place, path)).await
}

/// Sends one request over a connection of its own.
///
/// # Errors
/// When nobody answers, or not in HTTP/1.1 with a length.
pub async fn ask(place: &Place, request: &[u8]) -> anyhow::Result<Answer> {
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", place.port)).await?;
    stream.write_all(request).await?;
    let mut bytes = Vec::new();
    loop {
        if let Some((head, length)) = super::load::head(&bytes)?
            && bytes.len() >= head + length
        {
            let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
            let status = text.split(' ').nth(1).and_then(|word| word.parse().ok()).context("no status")?;
            return Ok(Answer { status, head: text, body: bytes[head..head + length].to_vec() });
        }
        ensure!(stream.read_buf(&mut bytes).await? > 0, "the connection ended early");
    }
}
