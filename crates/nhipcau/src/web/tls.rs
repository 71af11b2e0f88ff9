//! TLS by certificate files: read at start, read again when they change or on SIGHUP, never half.
//!
//! Certificates live for weeks, nodes for years. Whoever renews them only replaces the files; a pair
//! that does not hold is said in the log and the one in use stays.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, ensure};
use arc_swap::ArcSwap;
use network::names::ContentHash;
use rustls::ServerConfig;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::config::Tls;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(30);

/// The certificate in use.
#[derive(Clone)]
pub struct Certificate {
    files: Tls,
    in_use: Arc<ArcSwap<ServerConfig>>,
}

impl Certificate {
    /// Reads the files.
    ///
    /// # Errors
    /// Names the key of the configuration, the file, what is wrong with it and what to put there.
    pub fn read(files: &Tls) -> anyhow::Result<Certificate> {
        Ok(Certificate { in_use: Arc::new(ArcSwap::from_pointee(server(files)?)), files: files.clone() })
    }

    /// What greets the next connection.
    #[must_use]
    pub fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.in_use.load_full())
    }

    /// Reads the files again whenever they change, until the node stops.
    pub async fn keep_fresh(self) {
        let mut seen = self.mark();
        let mut asked = Asked::new();
        loop {
            let told = tokio::select! {
                () = asked.next() => true,
                () = tokio::time::sleep(LOOK) => false,
            };
            let now = self.mark();
            if now == seen && !told {
                continue;
            }
            seen = now;
            match server(&self.files) {
                Ok(fresh) => {
                    self.in_use.store(Arc::new(fresh));
                    tracing::info!(certificate = %self.files.certificate.display(), "the certificate was read again");
                }
                Err(error) => tracing::error!(
                    error = format!("{error:#}"),
                    "the new certificate cannot be used; the one before stays in use"
                ),
            }
        }
    }

    /// What the two files hold, so that a change is noticed however it was made.
    fn mark(&self) -> [Option<ContentHash>; 2] {
        [&self.files.certificate, &self.files.key]
            .map(|path| std::fs::read(path).ok().map(|bytes| ContentHash::of(&bytes)))
    }
}

fn server(files: &Tls) -> anyhow::Result<ServerConfig> {
    let key = PrivateKeyDer::from_pem_file(&files.key).with_context(|| {
        format!("tls.key: {} holds no private key in PEM that this node may read", files.key.display())
    })?;
    let mut config = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(chain(&files.certificate).context("tls.certificate")?, key)
        .with_context(|| {
            format!(
                "tls: {} and {} do not belong together, or are of a kind that is not known here",
                files.certificate.display(),
                files.key.display()
            )
        })?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// The certificates in a PEM file.
///
/// # Errors
/// Names the file, and what is due there.
pub fn chain(path: &Path) -> anyhow::Result<Vec<CertificateDer<'static>>> {
    let all = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .with_context(|| format!("read {}", path.display()))?;
    ensure!(!all.is_empty(), "{} holds no certificate (-----BEGIN CERTIFICATE-----)", path.display());
    Ok(all)
}

/// SIGHUP, where the system has it.
struct Asked {
    #[cfg(unix)]
    signal: Option<tokio::signal::unix::Signal>,
}

impl Asked {
    fn new() -> Asked {
        Asked {
            #[cfg(unix)]
            signal: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok(),
        }
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal {
            signal.recv().await;
            return;
        }
        std::future::pending().await
    }
}
