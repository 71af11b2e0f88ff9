//! The configuration as `nhipcau init` writes it: every key with what it means and when to change it.

use std::fmt::Write;
use std::path::Path;

use super::{File, Provider, mail, push};

const HEAD: &str = "\
# Nhịp Cầu: cấu hình của một máy chủ. Đường dẫn tính từ thư mục chứa tệp này.
# Sau khi sửa: `nhipcau serve --check --dir <thư mục>`, rồi khởi động lại.
# The configuration of one node; paths start at this file's folder. After a change run
# `nhipcau serve --check --dir <folder>`, then restart the node.
";

/// What is said of a key, in both languages, and its value.
fn key(text: &mut String, says: &str, name: &str, value: impl Into<toml::Value>) {
    // Writing to a String cannot fail.
    let _ = write!(text, "\n{}\n{name} = {}\n", commented(says), value.into());
}

/// A key that is not in use, with an example of it.
fn example(text: &mut String, says: &str, lines: &str) {
    let _ = write!(text, "\n{}\n{}\n", commented(says), commented(lines));
}

fn commented(text: &str) -> String {
    text.lines().map(|line| format!("# {line}")).collect::<Vec<_>>().join("\n")
}

fn path(path: &Path) -> String {
    path.display().to_string()
}

impl File {
    /// The file's text. Read again it gives the same values.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = HEAD.to_owned();
        let t = &mut text;
        key(
            t,
            "Tên máy chủ trong mạng; không đổi sau khi đã ghi danh.\nThe node's name in the network; it stays once the node is enrolled.",
            "name",
            self.name.as_str(),
        );
        key(
            t,
            "Địa chỉ để các máy chủ khác gọi tới.\nWhere other nodes reach this one.",
            "url",
            self.url.as_str(),
        );
        key(
            t,
            "Nơi lắng nghe. \"[::]:443\" nhận cả IPv4 lẫn IPv6; sau một proxy: \"127.0.0.1:8080\".\nWhere to listen. \"[::]:443\" takes IPv4 and IPv6; behind a proxy: \"127.0.0.1:8080\".",
            "listen",
            self.listen.clone(),
        );
        key(
            t,
            "Tệp SQLite, hoặc địa chỉ postgres://… (biến môi trường NHIPCAU_DATABASE thay cho khóa này).\nAn SQLite file, or a postgres:// address (the variable NHIPCAU_DATABASE stands in for it).",
            "database",
            self.database.as_str(),
        );
        key(
            t,
            "Thư mục nội dung lớn, thư mục khóa bí mật, thư gốc mà máy chủ này tin.\nThe folder of large content, the folder of secret keys, the root note that this node trusts.",
            "content",
            path(&self.content),
        );
        let _ = writeln!(t, "keys = {}", toml::Value::from(path(&self.keys)));
        let _ = writeln!(t, "root = {}", toml::Value::from(path(&self.root)));
        if self.demo {
            key(
                t,
                "Bản trình diễn: mọi trang đều nói vậy.\nA demonstration: every page says so.",
                "demo",
                true,
            );
        }
        key(
            t,
            "true: cho phép http và địa chỉ nội bộ (mạng riêng của nhà nước, diễn tập).\ntrue: http and private addresses are allowed (the state's own network, a rehearsal).",
            "private_addresses",
            self.private_addresses,
        );
        key(
            t,
            "true: giữ bản sao sổ của cả nước (bộ và tỉnh); false: chỉ những sổ mà các cổng ở đây cần.\ntrue: mirror every log of the nation (ministries, provinces); false: what the portals here need.",
            "follows_all",
            self.follows_all,
        );
        key(
            t,
            "Những cổng (theo tên miền) mà phần mềm của chính cơ quan đã bảo đảm hai người: nội dung gửi vào bằng mã quản trị\n(API, dòng lệnh) được đăng ngay, và trang /mang nói vậy. Cổng không có ở đây: nội dung cần hai người chờ duyệt ở bàn\nlàm việc.\nPortals (by domain) whose agency's own system sees to two people: what is handed in with the token (API, command line)\nis issued at once, and the page /mang says so. At any other portal what needs two people waits in the console.",
            "issues_at_once",
            self.issues_at_once.clone(),
        );
        key(
            t,
            "Các proxy đứng trước máy chủ này, theo địa chỉ; chỉ từ đó X-Forwarded-Host và -Proto mới được tin.\nProxies in front of this node, by address; X-Forwarded-Host and -Proto are believed from no one else.",
            "trusted_proxies",
            self.trusted_proxies.iter().map(ToString::to_string).collect::<Vec<_>>(),
        );
        let says = "Chứng thư gốc (PEM) được tin thêm khi gọi máy chủ khác: CA riêng của mạng nhà nước.\nCertificate authorities (PEM) trusted as well when other nodes are called: the state network's own.";
        match &self.ca {
            Some(ca) => key(t, says, "ca", path(ca)),
            None => example(t, says, "ca = \"ca.pem\""),
        }
        let says = "Nơi cán bộ tập dượt (nhipcau rehearse); bàn làm việc dẫn tới đó.\nWhere people rehearse (nhipcau rehearse); the console leads there.";
        match &self.rehearsal_portal {
            Some(at) => key(t, says, "rehearsal_portal", at.as_str()),
            None => example(t, says, "rehearsal_portal = \"http://tap-duot.tinh.gov.vn:8090\""),
        }
        self.tables(t);
        text
    }

    /// Tables come last: what follows a table's head belongs to it.
    fn tables(&self, t: &mut String) {
        let says = "Chứng thư TLS của chính máy chủ này; tệp đổi thì được nạp lại, không cần khởi động lại.\nredirect: nhận http và chuyển sang https.\nThis node's own TLS certificate; changed files are read again without a restart.\nredirect: plain http is taken there and sent on to https.";
        match &self.tls {
            Some(tls) => {
                let _ = write!(
                    t,
                    "\n{}\n[tls]\ncertificate = {}\nkey = {}\n",
                    commented(says),
                    toml::Value::from(path(&tls.certificate)),
                    toml::Value::from(path(&tls.key))
                );
                let redirect: Vec<String> = tls.redirect.iter().map(ToString::to_string).collect();
                let _ = match redirect.is_empty() {
                    true => writeln!(t, "# redirect = [\"[::]:80\"]"),
                    false => writeln!(t, "redirect = {}", toml::Value::from(redirect)),
                };
            }
            None => example(
                t,
                says,
                "[tls]\ncertificate = \"tls/chain.pem\"\nkey = \"tls/key.pem\"\nredirect = [\"[::]:80\"]",
            ),
        }
        self.people(t);
        self.log_keys(t);
        match &self.mail {
            None => example(t, mail::SAYS, mail::EXAMPLE),
            Some(table) => {
                let _ = write!(t, "\n{}\n{}", commented(mail::SAYS), table.lines());
            }
        }
        match &self.push {
            None => example(t, push::SAYS, push::EXAMPLE),
            Some(table) => {
                let _ = write!(t, "\n{}\n{}", commented(push::SAYS), table.lines());
            }
        }
        let says = "Máy chủ được gọi trước tiên. role: \"primary\" theo mọi sổ; \"backup\" khi không còn primary nào.\nThe nodes to talk to first. role: \"primary\" is followed for everything, \"backup\" when no primary can be.";
        if self.neighbours.is_empty() {
            example(
                t,
                says,
                "[[neighbour]]\nname = \"chinhphu.vn/node\"\nurl = \"https://chinhphu.vn\"\nrole = \"primary\"",
            );
            return;
        }
        let _ = write!(t, "\n{}\n", commented(says));
        for neighbour in &self.neighbours {
            let _ = write!(
                t,
                "[[neighbour]]\nname = {}\nurl = {}\nrole = \"{}\"\n",
                toml::Value::from(neighbour.name.as_str()),
                toml::Value::from(neighbour.url.as_str()),
                neighbour.role.word()
            );
        }
    }
}

impl File {
    /// Keys that lie in tokens.
    fn log_keys(&self, t: &mut String) {
        let says = "Khóa ký của sổ nằm trong thiết bị (PKCS#11); nhipcau keys make in ra ba dòng này, nhipcau keys --help giải thích.\nLog keys in a token (PKCS#11); nhipcau keys make prints these three lines, nhipcau keys --help explains them.";
        if self.log_keys.is_empty() {
            example(
                t,
                says,
                "[[log_key]]\nlog = \"laocai.gov.vn/log\"\nkey = \"laocai.gov.vn/log+24e960ae+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea\"\nuri = \"pkcs11:token=nhipcau;object=laocai.gov.vn?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/etc/nhipcau/pin\"",
            );
            return;
        }
        let _ = write!(t, "\n{}\n", commented(says));
        for row in &self.log_keys {
            let [log, key, uri] = [&row.log, &row.key, &row.uri].map(|text| toml::Value::from(text.as_str()));
            let _ = write!(t, "[[log_key]]\nlog = {log}\nkey = {key}\nuri = {uri}\n");
        }
    }

    /// The table of people.
    fn people(&self, t: &mut String) {
        let says = "Bàn làm việc. urged: vai trò được nhắc bật xác thực hai bước (mặc định: publisher, signer, leader,\nadministrator); demanded: vai trò chưa bật thì chưa làm được gì.\nThe console. urged: roles that are asked to set up a second factor (default: publisher, signer, leader,\nadministrator); demanded: roles that do nothing before they have one.";
        let people = &self.people;
        if people.second_factor_urged.is_none() && people.second_factor_demanded.is_empty() {
            example(t, says, "[people]\nsecond_factor_demanded = [\"administrator\"]");
        } else {
            let _ = write!(t, "\n{}\n[people]\n", commented(says));
            if let Some(urged) = &people.second_factor_urged {
                let _ = writeln!(t, "second_factor_urged = {}", toml::Value::from(urged.clone()));
            }
            let demanded = toml::Value::from(people.second_factor_demanded.clone());
            let _ = writeln!(t, "second_factor_demanded = {demanded}");
        }
        let says = "Đăng nhập bằng hệ thống xác thực của cơ quan (OpenID Connect). Không tài khoản nào tự sinh ra: tên đăng nhập\ntrong claim phải có sẵn. Địa chỉ quay về phải đăng ký ở đó: https://<cổng>/dang-nhap/nha-cung-cap/ve\nSigning in by the agency's own identity provider. No account is made by itself: the login in the claim must exist.\nRegister there as the address to come back to: https://<portal>/dang-nhap/nha-cung-cap/ve";
        match &people.provider {
            None => example(
                t,
                says,
                "[people.provider]\nname = \"SSO\"\nissuer = \"https://sso.laocai.gov.vn\"\nclient_id = \"nhipcau\"\nsecret = \"keys/provider.secret\"\nclaim = \"preferred_username\"",
            ),
            Some(provider) => {
                let Provider { name, issuer, client_id, secret, claim } = provider;
                let _ = write!(t, "\n{}\n[people.provider]\n", commented(says));
                for (key, value) in
                    [("name", name), ("issuer", issuer), ("client_id", client_id), ("claim", claim)]
                {
                    let _ = writeln!(t, "{key} = {}", toml::Value::from(value.as_str()));
                }
                if let Some(secret) = secret {
                    let _ = writeln!(t, "secret = {}", toml::Value::from(path(secret)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{LogKeyRow, MailTable, MailTls, Neighbour, PeopleTable, PushTable, Role, Tls};

    fn file() -> File {
        File {
            name: "a.vn/node".into(),
            url: "https://a.vn".into(),
            listen: vec!["[::]:443".into(), "127.0.0.1:8080".into()],
            database: "postgres://a@b/\"c\"".into(),
            content: "data/nội dung".into(),
            keys: "keys".into(),
            root: "root.note".into(),
            demo: false,
            rehearsal_portal: None,
            private_addresses: false,
            trusted_proxies: Vec::new(),
            ca: None,
            tls: None,
            follows_all: false,
            issues_at_once: Vec::new(),
            people: PeopleTable::default(),
            log_keys: Vec::new(),
            mail: None,
            push: None,
            neighbours: Vec::new(),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let full = File {
            demo: true,
            rehearsal_portal: Some("http://tap-duot.laocai.gov.vn:8090".into()),
            private_addresses: true,
            follows_all: true,
            issues_at_once: vec!["bao.a.vn".into()],
            trusted_proxies: vec!["127.0.0.1".parse().unwrap(), "::1".parse().unwrap()],
            ca: Some("ca.pem".into()),
            tls: Some(Tls {
                certificate: "chain.pem".into(),
                key: "key.pem".into(),
                redirect: vec!["[::]:80".parse().unwrap()],
            }),
            people: PeopleTable {
                second_factor_urged: Some(vec!["editor".into()]),
                second_factor_demanded: vec!["leader".into()],
                provider: Some(Provider {
                    name: "SSO \"tỉnh\"".into(),
                    issuer: "https://sso.vn/realms/a".into(),
                    client_id: "a".into(),
                    secret: Some("keys/provider.secret".into()),
                    claim: "email".into(),
                }),
            },
            log_keys: vec![LogKeyRow { log: "a.vn/log".into(), key: "k".into(), uri: "pkcs11:\"".into() }],
            mail: Some(MailTable {
                relay: "smtp.a.vn:465".into(),
                tls: MailTls::Wrapped,
                login: Some("a".into()),
                password: Some("keys/mail.password".into()),
                from: "tin@a.vn".into(),
                dkim_selector: "nhipcau".into(),
                dkim_key: "keys/dkim.pem".into(),
                bounces: Some("data/bounces".into()),
                petitions: Some("data/petitions-mail".into()),
            }),
            push: Some(PushTable {
                contact: "mailto:a@a.vn".into(),
                services: vec!["https://push.a.vn".into()],
            }),
            neighbours: [Role::Primary, Role::Backup, Role::Child]
                .map(|role| Neighbour { name: "b.vn/node".into(), url: "https://b.vn".into(), role })
                .into(),
            ..file()
        };
        for written in [file(), full] {
            let read: File = toml::from_str(&written.text()).unwrap();
            assert_eq!(format!("{read:?}"), format!("{written:?}"));
        }
    }

    #[test]
    fn the_examples_in_it_hold_once_their_marks_are_taken_off() {
        let text = file().text();
        let examples = text.lines().filter_map(|line| {
            let line = line.strip_prefix("# ")?;
            (line.starts_with('[') || (line.contains(" = ") && !line.contains(": "))).then_some(line)
        });
        let mut used: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        used.extend(examples);
        let read: File = toml::from_str(&used.join("\n")).unwrap();
        assert!(read.ca.is_some() && read.tls.is_some() && read.neighbours.len() == 1);
        assert_eq!(read.log_keys.len(), 1);
        assert!(
            read.mail.is_some()
                && read.push.is_some()
                && read.people.provider.is_some()
                && read.people.second_factor_demanded.len() == 1
        );
        read.check(Path::new("/srv/node")).unwrap();
    }
}
