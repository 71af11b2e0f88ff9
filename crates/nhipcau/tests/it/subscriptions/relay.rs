//! Debian's OpenSMTPD as the relay, behind STARTTLS under an authority of one's own and a login (`front`): mailboxes, and
//! what it returns. The signatures are then verified by PyPI's dkimpy.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::Ordering;

use nhipcau::config::{File, MailTable, MailTls};
use tokio::net::TcpStream;

use super::front::Front;
use super::sink::{Got, KEY, Mood, Sink};
use super::{AN, HOUR, asks, comes, follows, path};
use crate::tls::Authority;
use crate::world::{Plan, edition, free_port, notice, until};

const SMTPD: &str = "/usr/sbin/smtpd";
/// The relay of the whole machine, if one runs: it has but one place for its queue.
const BUSY: &str = "/var/run/smtpd.sock";
const SECRET: &str = "mật khẩu của máy thư";

/// Why the conversation cannot be held here.
fn lacking() -> Option<&'static str> {
    let id = Command::new("id").arg("-u").output().map(|said| said.stdout).unwrap_or_default();
    match () {
        () if !Path::new(SMTPD).exists() => Some("it needs Debian's package opensmtpd"),
        () if id.trim_ascii() != b"0" => Some("OpenSMTPD starts as root alone"),
        () if std::os::unix::net::UnixStream::connect(BUSY).is_ok() => {
            Some("this machine's own OpenSMTPD runs; stop it first")
        }
        () if std::env::var_os("NHIPCAU_HARVEST").is_none() => {
            Some("it needs PyPI's dkimpy; ./check runs it with NHIPCAU_HARVEST=<python>")
        }
        () => None,
    }
}

/// A relay that runs until it is dropped.
struct Relay {
    child: Child,
    front: Front,
    folder: PathBuf,
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

impl Relay {
    /// Starts it: mails for `vidu.vn` lie in boxes, those for `xa.vn` go on to another relay, those for `cong.gov.vn` come
    /// back to us.
    async fn start(folder: &Path, beyond: u16) -> Relay {
        let open = |path: &Path| {
            std::fs::create_dir_all(path).unwrap();
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o777)).unwrap();
        };
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        let authority = Authority::new();
        authority.write(&folder.join("ca.pem"));
        authority.vouch("localhost", &folder.join("tls"));
        open(&folder.join("boxes"));
        open(&folder.join("bounces"));
        open(&folder.join("bounces/new"));
        open(&folder.join("bounces/cur"));
        open(&folder.join("bounces/tmp"));
        std::fs::write(folder.join("password"), SECRET).unwrap();
        std::fs::set_permissions(folder.join("password"), std::fs::Permissions::from_mode(0o600)).unwrap();
        let (port, at) = (free_port(), folder.display());
        let config = format!(
            "listen on 127.0.0.1 port {port} hostname localhost\n\
             action boxes maildir \"{at}/boxes/%{{rcpt.user}}\" virtual {{ \"@\" = nobody }}\n\
             action bounces maildir \"{at}/bounces\" virtual {{ \"@\" = nobody }}\n\
             action beyond relay host smtp://127.0.0.1:{beyond}\n\
             match from any for domain vidu.vn action boxes\n\
             match from any for domain xa.vn action beyond\n\
             match from any for domain cong.gov.vn action bounces\n"
        );
        let file = folder.join("smtpd.conf");
        std::fs::write(&file, config).unwrap();
        let log = std::fs::File::create(folder.join("smtpd.log")).unwrap();
        let child = Command::new(SMTPD)
            .args(["-d", "-v", "-f"])
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let front = Front::start(&folder.join("tls"), "nhipcau", SECRET, port).await;
        let relay = Relay { child, front, folder: folder.to_owned() };
        until("the relay to listen", async || {
            let line = TcpStream::connect(("127.0.0.1", port)).await;
            line.map(drop).map_err(|error| format!("{error}: {}", relay.log()))
        })
        .await;
        relay
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("smtpd.log")).unwrap_or_default()
    }

    fn table(&self) -> MailTable {
        let key = self.folder.join("dkim.pem");
        std::fs::write(&key, KEY).unwrap();
        MailTable {
            relay: format!("localhost:{}", self.front.port),
            tls: MailTls::Starttls,
            login: Some("nhipcau".into()),
            password: Some(self.folder.join("password")),
            from: "tin@cong.gov.vn".into(),
            dkim_selector: "nhipcau".into(),
            dkim_key: key,
            bounces: Some(self.folder.join("bounces")),
            petitions: None,
        }
    }

    /// What lies in somebody's box, the oldest first.
    fn to(&self, user: &str) -> Vec<Got> {
        let Ok(all) = std::fs::read_dir(self.folder.join("boxes").join(user).join("new")) else {
            return Vec::new();
        };
        let mut files: Vec<PathBuf> = all.map(|file| file.unwrap().path()).collect();
        files.sort_by_key(|file| std::fs::metadata(file).unwrap().modified().unwrap());
        let read = |file: PathBuf| {
            // A box has lines that end as this machine's do; over the line they ended as the protocol has it.
            let raw = String::from_utf8(std::fs::read(file).unwrap()).unwrap().replace('\n', "\r\n");
            Got { from: String::new(), to: format!("{user}@vidu.vn"), raw }
        };
        files.into_iter().map(read).collect()
    }
}

/// True if an implementation that others wrote takes the signature for good.
fn verified(raw: &str) -> bool {
    use std::io::Write;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/signed.py");
    let mut python = Command::new(std::env::var_os("NHIPCAU_HARVEST").unwrap())
        .arg(script)
        .arg(super::sink::PUBLIC)
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    python.stdin.take().unwrap().write_all(raw.as_bytes()).unwrap();
    python.wait().unwrap().success()
}

async fn boxed(relay: &Relay, user: &str, n: usize) -> Got {
    until("a mail in the box", async || relay.to(user).get(n - 1).cloned().ok_or_else(|| relay.log())).await
}

#[tokio::test(flavor = "multi_thread")]
async fn debians_opensmtpd_takes_the_mails_and_gives_back_what_nobody_takes() {
    if let Some(why) = lacking() {
        println!("skipped: mails through OpenSMTPD: {why}");
        return;
    }
    let (beyond, folder) = (Sink::start().await, tempfile::tempdir().unwrap());
    let relay = Relay::start(folder.path(), beyond.port).await;
    let (table, ca) = (relay.table(), folder.path().join("ca.pem"));
    let world = Plan::of(["chinhphu"])
        .with(move |file: &mut File| {
            file.mail = Some(table.clone());
            file.ca = Some(ca.clone());
        })
        .start()
        .await;
    // Into a box of the relay's own: over STARTTLS, with the login, signed.
    let fields = [("gi", "tat-ca"), ("deu", "ngay"), ("email", AN)];
    assert_eq!(asks(&world, "chinhphu", &fields).await.status, 303);
    let link = path(&boxed(&relay, "an", 1).await.link("/xac-nhan/"));
    assert_eq!(world.sends("chinhphu", &link, "", &[]).await.status, 303);
    let item = world.issues("chinhphu", notice("Lịch tiêm chủng", "Thứ Sáu, tại trạm y tế.")).await;
    assert_eq!(boxed(&relay, "an", 2).await.header("subject"), "Lịch tiêm chủng");
    world.corrects(&item, edition("Lịch tiêm chủng (sửa)", "Thứ Bảy.")).await;
    assert!(boxed(&relay, "an", 3).await.header("subject").starts_with("Đính chính"));
    for got in relay.to("an") {
        assert!(verified(&got.raw), "dkimpy refuses: {}", got.raw);
        assert!(!verified(&got.raw.replacen("Subject: ", "Subject: x", 1)), "a changed subject");
    }

    // To another relay, which takes the first two and then knows the address no more: three reports on three days end it.
    let away = "binh@xa.vn";
    let fields = [("gi", "tat-ca"), ("deu", "ngay"), ("email", away)];
    let mine = follows(&world, &beyond, "chinhphu", &fields, 1).await;
    world.issues("chinhphu", notice("Tin đi xa", "Một.")).await;
    assert_eq!(comes(&beyond, away, 2).await.header("subject"), "Tin đi xa");
    beyond.is(Mood::KnowsNobody);
    for day in 1..=3 {
        assert_eq!(world.get("chinhphu", &mine).await.status, 200, "day {day}");
        world.issues("chinhphu", notice(&format!("Tin ngày {day}"), "Một.")).await;
        until("the report to lie in our Maildir", async || {
            let log = relay.log();
            let came =
                log.lines().filter(|line| line.contains(" to=<tin+") && line.contains("stat=Delivered"));
            if came.count() >= day { Ok(()) } else { Err(log) }
        })
        .await;
        world.clock("chinhphu").pass(24 * HOUR);
        until("the report to be read", async || {
            let left = std::fs::read_dir(folder.path().join("bounces/new")).unwrap().count();
            if left == 0 { Ok(()) } else { Err(format!("{left} left")) }
        })
        .await;
    }
    until("the third failure", async || {
        let status = world.get("chinhphu", &mine).await.status;
        if status == 410 { Ok(()) } else { Err(status.to_string()) }
    })
    .await;
    assert_eq!(beyond.to(away).len(), 2);
    assert!(relay.front.entered.load(Ordering::SeqCst) >= 1, "nothing went but by STARTTLS and login");
    println!(
        "OpenSMTPD: {} mails in a box, verified by dkimpy; three reports ended a subscription",
        relay.to("an").len()
    );
}
