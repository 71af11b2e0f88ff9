//! The way out by e-mail: one relay, one sender, one key. Everything that leaves is signed and says how to end it.

pub mod bounce;
mod dkim;

use std::time::{Duration, UNIX_EPOCH};

use anyhow::Context;
use lettre::address::Envelope;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message, MultiPart, MultiPartKind, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use crate::config::{self, Config, MailTls};
use crate::web::tls;
use crate::words::Lang;

/// For so long one step of the conversation with the relay may last.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is sent.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The part of its Message-ID before the at sign: the same at every attempt.
    pub id: String,
    /// When it was made, in microseconds: the same at every attempt.
    pub at: i64,
    /// To whom.
    pub to: Address,
    /// Who speaks: the portal's name.
    pub speaker: String,
    /// The portal's domain.
    pub portal: String,
    /// The language of its words.
    pub lang: Lang,
    /// Its subject.
    pub subject: String,
    /// What it says, as plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// The address at which one click ends it; none of a mail that only asks.
    pub unsubscribe: Option<String>,
    /// The part before the at sign of the Message-ID of the mail of ours that this one stands behind; none of one by itself.
    pub answers: Option<String>,
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The relay has taken it.
    Taken,
    /// The relay will not take it for this address, now or later.
    Refused,
    /// There is nobody any more.
    Gone,
    /// Nobody knows, or not now: it is tried again under the same Message-ID.
    Later,
}

/// The way out.
pub struct Mailer {
    from: Address,
    signer: dkim::Signer,
    relay: AsyncSmtpTransport<Tokio1Executor>,
}

impl Mailer {
    /// The way out that the configuration names; none if it names none.
    ///
    /// # Errors
    /// Names the key of the configuration that does not hold, and the cure.
    pub fn open(config: &Config) -> anyhow::Result<Option<Mailer>> {
        // A rehearsal writes to nobody.
        let Some(mail) = config.mail.as_ref().filter(|_| !config.rehearsal) else { return Ok(None) };
        let signer = dkim::Signer::open(&mail.key, mail.from.domain(), &mail.selector)?;
        Ok(Some(Mailer { from: mail.from.clone(), signer, relay: relay(mail, config)? }))
    }

    /// True if the relay answers.
    pub async fn answers(&self) -> bool {
        self.relay.test_connection().await.unwrap_or(false)
    }

    /// Hands a mail to the relay.
    ///
    /// # Errors
    /// When it cannot be written or signed; never for what the relay says.
    pub async fn send(&self, mail: &Mail) -> anyhow::Result<Sent> {
        let message = self.message(mail)?;
        // What comes back comes to an address that names the mail and nobody.
        let back = Address::new(format!("{}+{}", self.from.user(), mail.id), self.from.domain())?;
        let envelope = Envelope::new(Some(back), vec![mail.to.clone()])?;
        match self.relay.send_raw(&envelope, &message).await {
            Ok(_) => Ok(Sent::Taken),
            Err(error) => {
                // The relay's words may repeat the address; its code does not.
                let code = error.status().map(|code| code.to_string()).unwrap_or_default();
                tracing::info!(code, id = mail.id, "the relay did not take a mail");
                Ok(if error.is_permanent() { Sent::Refused } else { Sent::Later })
            }
        }
    }

    /// The mail as it goes over the line, signed.
    fn message(&self, mail: &Mail) -> anyhow::Result<Vec<u8>> {
        let date = UNIX_EPOCH + Duration::from_micros(mail.at.unsigned_abs());
        let parts = MultiPart::builder().kind(MultiPartKind::Alternative).boundary(format!("=_{}", mail.id));
        let mut message = Message::builder()
            .from(Mailbox::new(Some(mail.speaker.clone()), self.from.clone()))
            .to(Mailbox::new(None, mail.to.clone()))
            .subject(mail.subject.clone())
            .date(date)
            .message_id(Some(format!("<{}@{}>", mail.id, self.from.domain())))
            .multipart(
                parts
                    .singlepart(SinglePart::plain(mail.text.clone()))
                    .singlepart(SinglePart::html(mail.html.clone())),
            )
            .context("write a mail")?;
        let mut say = |name: &'static str, value: String| {
            message.headers_mut().insert_raw(HeaderValue::new(HeaderName::new_from_ascii_str(name), value));
        };
        say("Auto-Submitted", "auto-generated".into());
        say("Content-Language", mail.lang.code().into());
        if let Some(first) = &mail.answers {
            let first = format!("<{first}@{}>", self.from.domain());
            say("In-Reply-To", first.clone());
            say("References", first);
        }
        if let Some(unsubscribe) = &mail.unsubscribe {
            say("List-Id", format!("<theo-doi.{}>", mail.portal));
            say("List-Unsubscribe", format!("<{unsubscribe}>"));
            say("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".into());
        }
        self.signer.sign(&message.formatted(), mail.at.div_euclid(1_000_000))
    }
}

fn relay(mail: &config::Mail, config: &Config) -> anyhow::Result<AsyncSmtpTransport<Tokio1Executor>> {
    let parameters = || -> anyhow::Result<TlsParameters> {
        let mut parameters = TlsParameters::builder(mail.host.clone());
        if let Some(ca) = &config.ca {
            for one in tls::chain(ca).context("ca")? {
                parameters =
                    parameters.add_root_certificate(Certificate::from_der(one.to_vec()).context("ca")?);
            }
        }
        parameters.build_rustls().context("prepare TLS to the relay")
    };
    let secret = match mail.tls {
        MailTls::Starttls => Tls::Required(parameters()?),
        MailTls::Wrapped => Tls::Wrapper(parameters()?),
        MailTls::None => Tls::None,
    };
    let mut relay = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(mail.host.clone())
        .port(mail.port)
        .tls(secret)
        .hello_name(ClientId::Domain(mail.from.domain().to_owned()))
        .timeout(Some(PATIENCE));
    if let Some((login, file)) = &mail.login {
        let password = std::fs::read_to_string(file)
            .with_context(|| format!("mail.password: read {}", file.display()))?;
        relay = relay.credentials(Credentials::new(login.clone(), password.trim().to_owned()));
    }
    Ok(relay.build())
}
