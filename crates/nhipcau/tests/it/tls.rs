//! TLS by certificate files, proxies that are believed and those that are not, IPv6, an authority of one's own.

use std::net::{Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, ServerName};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::machine::Machine;
use super::world::{free_port, until};

/// An authority that only this test trusts.
pub(super) struct Authority {
    certificate: rcgen::Certificate,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub(super) fn new() -> Authority {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        Authority { certificate: params.self_signed(&key).unwrap(), issuer: Issuer::new(params, key) }
    }

    pub(super) fn write(&self, path: &Path) {
        std::fs::write(path, self.certificate.pem()).unwrap();
    }

    /// A fresh certificate for a host, as `chain.pem` and `key.pem` in a folder.
    pub(super) fn vouch(&self, host: &str, folder: &Path) {
        let key = KeyPair::generate().unwrap();
        let certificate =
            CertificateParams::new(vec![host.to_owned()]).unwrap().signed_by(&key, &self.issuer).unwrap();
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(folder.join("chain.pem"), certificate.pem()).unwrap();
        std::fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    }

    /// A connection to a host, whose certificate this authority must have signed.
    async fn greet(
        &self,
        at: SocketAddr,
        host: &str,
        protocol: &str,
    ) -> Result<TlsStream<TcpStream>, String> {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(self.certificate.der().clone()).unwrap();
        let mut config = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        let stream = TcpStream::connect(at).await.map_err(|e| e.to_string())?;
        let name = ServerName::try_from(host.to_owned()).unwrap();
        TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(|e| e.to_string())
    }

    /// The certificate that a node shows now.
    async fn shown(&self, at: SocketAddr, host: &str) -> Result<CertificateDer<'static>, String> {
        let stream = self.greet(at, host, "http/1.1").await?;
        Ok(stream.get_ref().1.peer_certificates().unwrap()[0].clone().into_owned())
    }
}

/// A machine whose node speaks TLS under this name.
async fn machine(folder: &tempfile::TempDir, authority: &Authority, label: &str) -> Machine {
    let mut machine = Machine::new(folder, label).await;
    authority.vouch(&format!("{label}.localhost"), &folder.path().join(format!("{label}-tls")));
    machine.url = format!("https://{label}.localhost:{}", machine.port());
    machine
}

fn init(machine: &Machine, folder: &tempfile::TempDir, label: &str, words: &[&str]) -> String {
    let (domain, listen) = (format!("{label}.localhost"), format!("[::]:{}", machine.port()));
    let file = |name: &str| folder.path().join(name).display().to_string();
    let (chain, key) = (file(&format!("{label}-tls/chain.pem")), file(&format!("{label}-tls/key.pem")));
    let ca = file("ca.pem");
    let mut all =
        vec!["--domain", &domain, "--listen", &listen, "--tls-certificate", &chain, "--tls-key", &key];
    all.extend(["--ca", &ca]);
    all.extend(words);
    machine.init(&all).well()
}

const ROOT: [&str; 5] = ["--title", "Chính phủ", "--level", "central", "--new-root"];

#[tokio::test(flavor = "multi_thread")]
async fn certificates_are_read_from_files_and_read_again_when_they_change() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    authority.write(&folder.path().join("ca.pem"));
    let mut node = machine(&folder, &authority, "goc").await;
    init(&node, &folder, "goc", &ROOT);
    let (host, port, plain) = ("goc.localhost", node.port(), free_port());
    let path = node.dir.join("nhipcau.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let with = text.replace("# redirect = [\"[::]:80\"]", &format!("redirect = [\"127.0.0.1:{plain}\"]"));
    assert_ne!(with, text);
    std::fs::write(&path, &with).unwrap();
    node.serve().await;

    // HTTP/1.1 over IPv4 and HTTP/2 over IPv6, both at [::].
    let (v4, v6) = (SocketAddr::from(([127, 0, 0, 1], port)), SocketAddr::from((Ipv6Addr::LOCALHOST, port)));
    let stream = authority.greet(v4, host, "http/1.1").await.unwrap();
    let (mut http, work) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    let asked =
        hyper::Request::get("/").header("host", format!("{host}:{port}")).body(String::new()).unwrap();
    let answer = tokio::select! { answer = http.send_request(asked) => answer.unwrap(), _ = work => panic!("it hung up") };
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000");

    let stream = authority.greet(v6, host, "h2").await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let executor = TokioExecutor::new();
    let (mut http, work) =
        hyper::client::conn::http2::handshake(executor, TokioIo::new(stream)).await.unwrap();
    let asked = hyper::Request::get(format!("https://{host}:{port}/")).body(String::new()).unwrap();
    let answer = tokio::select! { answer = http.send_request(asked) => answer.unwrap(), _ = work => panic!("it hung up") };
    assert_eq!((answer.status(), answer.version()), (hyper::StatusCode::OK, hyper::Version::HTTP_2));

    // Plain http is sent on, under names that are served here.
    let client =
        reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let plainly = async |host: &str| {
        let call = client.get(format!("http://127.0.0.1:{plain}/thong-tin?loai=news")).header("host", host);
        let answer = call.send().await.unwrap();
        let to = answer.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
        (answer.status().as_u16(), to)
    };
    let to = format!("https://{host}:{port}/thong-tin?loai=news");
    assert_eq!(plainly(host).await, (308, Some(to)));
    assert_eq!(plainly("elsewhere.example").await, (421, None));

    // Commands find the node by its folder, and trust its authority.
    until("the root to sign", async || {
        let said = node.says(&["enrol", &node.file("join-request.json")]);
        if said.code == Some(0) { Ok(()) } else { Err(said.err) }
    })
    .await;

    // New files, then half a pair: the node shows the newest that holds.
    let tls = folder.path().join("goc-tls");
    let first = authority.shown(v4, host).await.unwrap();
    authority.vouch(host, &tls);
    node.signal("-HUP");
    let second = until("the new certificate", async || match authority.shown(v4, host).await? {
        shown if shown == first => Err("still the first".to_owned()),
        shown => Ok(shown),
    })
    .await;
    let key = std::fs::read(tls.join("key.pem")).unwrap();
    std::fs::write(tls.join("key.pem"), KeyPair::generate().unwrap().serialize_pem()).unwrap();
    node.signal("-HUP");
    node.says(&["serve", "--check"]).refused("do not belong together");
    std::fs::write(tls.join("key.pem"), "not a key").unwrap();
    node.says(&["serve", "--check"]).refused("tls.key");
    std::fs::write(tls.join("key.pem"), key).unwrap();
    std::fs::write(tls.join("chain.pem"), "").unwrap();
    node.says(&["serve", "--check"]).refused("holds no certificate");
    std::fs::remove_file(tls.join("chain.pem")).unwrap();
    node.says(&["serve", "--check"]).refused("tls.certificate: read");
    assert!(authority.shown(v4, host).await.unwrap() == second, "what was read before is still in use");
    assert_eq!(node.stop(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_speak_https_under_an_authority_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let authority = Authority::new();
    authority.write(&folder.path().join("ca.pem"));
    let mut root = machine(&folder, &authority, "goc").await;
    init(&root, &folder, "goc", &ROOT);
    root.serve().await;
    until("the root to sign", async || {
        let said = root.says(&["enrol", &root.file("join-request.json")]);
        if said.code == Some(0) { Ok(()) } else { Err(said.err) }
    })
    .await;

    let mut ministry = machine(&folder, &authority, "bo").await;
    let note = root.file("root.note");
    let joins = ["--title", "Bộ", "--level", "ministry", "--parent", &root.url, "--root-note", &note];
    init(&ministry, &folder, "bo", &joins);
    ministry.serve().await;
    root.says(&["enrol", &ministry.file("join-request.json")]).well();
    let text = folder.path().join("tin.md");
    std::fs::write(&text, "---\ntitle: Tin qua https\nkind: news\n---\nMột.\n").unwrap();
    let said = root.says(&["issue", &text.display().to_string()]).well();
    let reference = said.split_whitespace().next().unwrap();
    until("the item at the ministry", async || {
        let said = ministry.says(&["show", reference]);
        if said.code == Some(0) { Ok(()) } else { Err(said.err) }
    })
    .await;

    // Without the authority nobody is believed: the parent cannot even say its name.
    let path = ministry.dir.join("nhipcau.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let line = text.lines().find(|line| line.starts_with("ca = ")).unwrap();
    std::fs::write(&path, text.replace(line, "")).unwrap();
    ministry.says(&["show", reference]).refused("does not answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn forwarded_headers_are_believed_only_from_a_named_proxy() {
    let folder = tempfile::tempdir().unwrap();
    let mut node = Machine::new(&folder, "goc").await;
    let port = node.port();
    let listen = format!("[::]:{port}");
    node.init(
        &[&ROOT[..], &["--domain", "goc.localhost", "--listen", &listen, "--trusted-proxy", "127.0.0.1"]]
            .concat(),
    )
    .well();
    node.serve().await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let map = async |from: &str, host: &str| {
        let call = client
            .get(format!("http://{from}:{port}/robots.txt"))
            .header("host", format!("inside:{port}"))
            .header("x-forwarded-host", host)
            .header("x-forwarded-proto", "https");
        let answer = call.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    // The proxy comes by IPv4 to a listener for both, and is known by its IPv4 address.
    let (status, told) = map("127.0.0.1", "goc.localhost").await;
    assert_eq!(status, 200, "{told}");
    assert!(told.contains("https://goc.localhost/sitemap.xml"), "{told}");
    assert_eq!(map("127.0.0.1", "elsewhere.example").await.0, 421);
    // Anybody else may say what they like; the host that was asked for counts.
    assert_eq!(map("[::1]", "goc.localhost").await.0, 421);
}
