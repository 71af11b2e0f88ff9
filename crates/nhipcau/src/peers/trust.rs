//! Whom this node believes when it calls: the machine's authorities and those of the configuration, read once and shared by
//! all clients, each of which would keep a copy of its own otherwise.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, ensure};
use reqwest::ClientBuilder;
use rustls::{ClientConfig, RootCertStore};

use crate::web::tls;

/// Authorities, as the side of TLS that calls asks for them.
#[derive(Clone)]
pub struct Trust(ClientConfig);

impl Trust {
    /// The machine's authorities, and those in the PEM file `ca`.
    ///
    /// # Errors
    /// Names the file that holds none; when there is none at all.
    pub fn read(ca: Option<&Path>) -> anyhow::Result<Trust> {
        let mut roots = RootCertStore::empty();
        let machine = rustls_native_certs::load_native_certs();
        // What a machine keeps beside good certificates is no reason not to call at all.
        let _ = roots.add_parsable_certificates(machine.certs);
        if let Some(ca) = ca {
            for certificate in tls::chain(ca).context("ca")? {
                roots
                    .add(certificate)
                    .with_context(|| format!("ca: {} holds no certificate of an authority", ca.display()))?;
            }
        }
        ensure!(
            !roots.is_empty(),
            "this machine knows no authority for TLS (on Debian: install ca-certificates)"
        );
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
        Ok(Trust(config.with_root_certificates(roots).with_no_client_auth()))
    }

    /// A client that believes them.
    pub fn lend(&self, client: ClientBuilder) -> ClientBuilder {
        client.tls_backend_preconfigured(self.0.clone())
    }
}
