//! The secret half of a relay: STARTTLS and a login, before everything is handed on. Debian 12's OpenSMTPD (6.8.0) fails
//! every TLS handshake as a server with OpenSSL 3, so it stands behind this one.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

#[derive(Clone)]
pub struct Front {
    pub port: u16,
    /// Logins that were taken.
    pub entered: Arc<AtomicUsize>,
    acceptor: TlsAcceptor,
    secret: String,
    behind: u16,
}

impl Front {
    /// A front before the relay at a port, with the certificate in a folder, for whoever knows login and password.
    pub async fn start(tls: &Path, login: &str, password: &str, behind: u16) -> Front {
        let chain = CertificateDer::pem_file_iter(tls.join("chain.pem")).unwrap().collect::<Result<_, _>>();
        let key = PrivateKeyDer::from_pem_file(tls.join("key.pem")).unwrap();
        let config = rustls::ServerConfig::builder().with_no_client_auth();
        let config = config.with_single_cert(chain.unwrap(), key).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let front = Front {
            port: listener.local_addr().unwrap().port(),
            entered: Arc::default(),
            acceptor: TlsAcceptor::from(Arc::new(config)),
            secret: STANDARD.encode(format!("\0{login}\0{password}")),
            behind,
        };
        let here = front.clone();
        #[allow(clippy::disallowed_methods, reason = "the relay is no part of a node")]
        tokio::spawn(async move {
            while let Ok((line, _)) = listener.accept().await {
                let here = here.clone();
                tokio::spawn(async move { here.talk(line).await });
            }
        });
        front
    }

    async fn talk(&self, line: TcpStream) -> Option<()> {
        let mut open = BufReader::new(line);
        open.write_all(b"220 front\r\n").await.ok()?;
        let mut said = String::new();
        while !said.starts_with("STARTTLS") {
            said.clear();
            open.read_line(&mut said).await.ok().filter(|read| *read > 0)?;
            let answer: &[u8] = match said.split([' ', '\r']).next()? {
                "EHLO" => b"250-front\r\n250 STARTTLS\r\n",
                "STARTTLS" => b"220 go on\r\n",
                // Nothing is said in the open.
                _ => b"530 5.7.0 STARTTLS first\r\n",
            };
            open.write_all(answer).await.ok()?;
        }
        let mut line = BufReader::new(self.acceptor.accept(open.into_inner()).await.ok()?);
        loop {
            said.clear();
            line.read_line(&mut said).await.ok().filter(|read| *read > 0)?;
            let mut words = said.split_whitespace();
            let answer: &[u8] = match (words.next()?, words.next(), words.next()) {
                ("EHLO", ..) => b"250-front\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n",
                ("AUTH", Some("PLAIN"), Some(secret)) if secret == self.secret => break,
                ("AUTH", ..) => b"535 5.7.8 no\r\n",
                _ => b"530 5.7.0 log in first\r\n",
            };
            line.write_all(answer).await.ok()?;
        }
        self.entered.fetch_add(1, Ordering::SeqCst);
        let mut behind = BufReader::new(TcpStream::connect(("127.0.0.1", self.behind)).await.ok()?);
        behind.read_line(&mut said).await.ok()?;
        behind.write_all(b"EHLO front.localhost\r\n").await.ok()?;
        loop {
            said.clear();
            behind.read_line(&mut said).await.ok().filter(|read| *read > 0)?;
            if said.get(3..4) == Some(" ") {
                break;
            }
        }
        line.write_all(b"235 2.7.0 welcome\r\n").await.ok()?;
        tokio::io::copy_bidirectional(&mut line, &mut behind).await.ok().map(drop)
    }
}
