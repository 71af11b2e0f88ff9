//! nginx as the measure: it serves the bytes of one of our pages from a file.
//!
//! It is given what it is known to be fast with: no access log, `sendfile`, a cache of open files, the file
//! compressed before, two workers as the node has two; and the headers of our answer, so that both send the
//! same.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};

use super::node::{Answer, free_port};
use crate::web::gzip;

/// Where Debian puts it, and what is found by name elsewhere.
const PROGRAMS: [&str; 2] = ["/usr/sbin/nginx", "nginx"];
/// What to do where there is none.
pub const CURE: &str = "không có nginx: cài bằng `apt-get install nginx-light` rồi chạy lại · nginx is not installed: \
                        `apt-get install nginx-light` and run again";

/// A running nginx; it ends with this value.
pub struct Nginx {
    child: Child,
    program: &'static str,
    config: PathBuf,
    /// Its port on loopback.
    pub port: u16,
}

/// The path of the page that it serves.
pub const PAGE: &str = "/page.html";

/// The nginx of this machine, if it can serve what was compressed before.
pub fn program() -> Option<&'static str> {
    PROGRAMS.into_iter().find(|program| {
        let asked = Command::new(program).arg("-V").output();
        asked.is_ok_and(|said| String::from_utf8_lossy(&said.stderr).contains("http_gzip_static_module"))
    })
}

impl Nginx {
    /// Starts it on a free port with `page` as its one file.
    ///
    /// # Errors
    /// When it does not start; the text has its own words.
    pub async fn start(program: &'static str, dir: &Path, page: &Answer) -> anyhow::Result<Nginx> {
        let root = dir.join("www");
        std::fs::create_dir_all(&root)?;
        std::fs::write(root.join("page.html"), gzip::plain(&page.body)?)?;
        std::fs::write(root.join("page.html.gz"), &page.body)?;
        let port = free_port()?;
        let config = dir.join("nginx.conf");
        std::fs::write(&config, text(dir, &root, port, page))?;
        let log = std::fs::File::create(dir.join("nginx.err"))?;
        let mut command = Command::new(program);
        command.arg("-p").arg(dir).arg("-c").arg(&config);
        let child = command.stdout(Stdio::null()).stderr(log).spawn().context("start nginx")?;
        let nginx = Nginx { child, program, config, port };
        let began = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            let said = || std::fs::read_to_string(dir.join("nginx.err")).unwrap_or_default();
            ensure!(began.elapsed() < Duration::from_secs(10), "nginx does not answer: {}", said().trim());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(nginx)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // Its master ends its workers; killed, it would leave them behind.
        let _ = Command::new(self.program).arg("-c").arg(&self.config).args(["-s", "stop"]).output();
        let _ = self.child.wait();
    }
}

fn text(dir: &Path, root: &Path, port: u16, page: &Answer) -> String {
    let (dir, root) = (dir.display(), root.display());
    // The workers must be able to read a folder that belongs to whoever runs the bench.
    let user = if is_root() { "user root;" } else { "" };
    let headers: String =
        ["content-security-policy", "x-content-type-options", "referrer-policy", "cache-control"]
            .into_iter()
            .filter_map(|name| {
                let line = page.head.lines().find(|line| line.to_ascii_lowercase().starts_with(name))?;
                let (_, value) = line.split_once(": ")?;
                Some(format!("    add_header {name} \"{value}\";\n"))
            })
            .collect();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|what| format!("  {what}_temp_path {dir}/{what};\n"))
        .concat();
    format!(
        "{user}\ndaemon off;\nworker_processes 2;\npid {dir}/nginx.pid;\nerror_log stderr warn;\n\
         events {{ worker_connections 1024; }}\n\
         http {{\n{temporary}  access_log off;\n  sendfile on;\n  tcp_nopush on;\n  \
         open_file_cache max=100 inactive=600s;\n  open_file_cache_valid 600s;\n  \
         keepalive_timeout 600s;\n  keepalive_requests 1000000000;\n  \
         types {{ text/html html; }}\n  charset utf-8;\n  gzip_static on;\n  gzip_vary on;\n  \
         server {{\n    listen 127.0.0.1:{port};\n    root {root};\n{headers}  }}\n}}\n"
    )
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata("/proc/self").is_ok_and(|us| us.uid() == 0)
}
