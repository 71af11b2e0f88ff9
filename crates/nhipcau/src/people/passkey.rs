//! Passkeys (Web Authentication, level 3): made, asked for, kept.
//!
//! The authenticator verifies the person (a finger, a face, a PIN), so one passkey is two factors. Nothing is asked of
//! its maker: any authenticator will do. Each belongs to one host, that of the portal; the browser's origin is checked
//! against the address that the visitor used. A passkey is made discoverable, so that the door need not ask for a name.

use std::time::Duration;

use anyhow::anyhow;
use reqwest::Url;
use sqlx::FromRow;
use uuid::Uuid;
use webauthn_rs_core::WebauthnCore;
use webauthn_rs_core::error::WebauthnError;
use webauthn_rs_core::proto::{
    AuthenticationState, CredProtect, Credential, CredentialProtectionPolicy, PublicKeyCredential,
    RegisterPublicKeyCredential, RegistrationState, RequestRegistrationExtensions, UserVerificationPolicy,
};

use super::Account;
use crate::agencies::Portal;
use crate::db::{Conn, Tx};
use crate::problem::Problem;
use crate::web::visitor::Visitor;
use crate::{all, maybe, run};

/// How long the browser may take.
const PATIENCE: Duration = Duration::from_secs(300);
/// The longest answer of a browser.
const MOST: usize = 16 << 10;

/// What the browser is asked, as JSON, and what is needed to check its answer.
pub struct Challenge {
    /// For the browser.
    pub options: String,
    /// For the ceremony.
    pub state: String,
}

/// The library's core, which its author asks to use with care: its wrapper cannot make passkeys discoverable. User
/// verification is required at both ends, and a counter that goes back is refused, as the wrapper has it.
fn core(visitor: &Visitor, portal: &Portal) -> anyhow::Result<WebauthnCore> {
    let origin: Url = visitor.base.parse()?;
    Ok(WebauthnCore::new_unsafe_experts_only(
        &portal.domain,
        &visitor.host,
        vec![origin],
        PATIENCE,
        None,
        None,
    ))
}

/// The challenge of a new passkey; those that there are already cannot be made twice.
///
/// # Errors
/// When the address that the visitor used is none.
pub fn make(
    visitor: &Visitor,
    portal: &Portal,
    account: &Account,
    known: Vec<Vec<u8>>,
) -> anyhow::Result<Challenge> {
    let core = core(visitor, portal)?;
    // What is kept on a device is told to nobody whom it has not verified; a device that cannot do so still may.
    let protection = CredProtect {
        credential_protection_policy: CredentialProtectionPolicy::UserVerificationRequired,
        enforce_credential_protection_policy: Some(false),
    };
    let builder = core
        .new_challenge_register_builder(account.id.as_bytes(), &account.login, &account.name)?
        .require_resident_key(true)
        .user_verification_policy(UserVerificationPolicy::Required)
        .exclude_credentials(Some(known))
        .extensions(Some(RequestRegistrationExtensions {
            cred_protect: Some(protection),
            uvm: None,
            cred_props: Some(true),
            min_pin_length: None,
            hmac_create_secret: None,
        }));
    let (options, state) = core.generate_challenge_register(builder)?;
    Ok(Challenge { options: serde_json::to_string(&options)?, state: serde_json::to_string(&state)? })
}

/// The passkey that a browser's answer speaks of.
///
/// # Errors
/// The answer does not fit the challenge, the host or the origin.
pub fn made(visitor: &Visitor, portal: &Portal, answer: &str, state: &str) -> Result<Credential, Problem> {
    let state: RegistrationState = serde_json::from_str(state).map_err(anyhow::Error::from)?;
    let answer: RegisterPublicKeyCredential = read(answer)?;
    core(visitor, portal)?.register_credential(&answer, &state, None).map_err(|error| not_accepted(&error))
}

/// The challenge for whoever holds one of these passkeys; any of the host's, if none are named.
///
/// # Errors
/// When the address that the visitor used is none.
pub fn ask(visitor: &Visitor, portal: &Portal, known: Vec<Credential>) -> anyhow::Result<Challenge> {
    let core = core(visitor, portal)?;
    let builder = core.new_challenge_authenticate_builder(known, Some(UserVerificationPolicy::Required))?;
    let (options, state) = core.generate_challenge_authenticate(builder)?;
    Ok(Challenge { options: serde_json::to_string(&options)?, state: serde_json::to_string(&state)? })
}

/// A passkey that proved itself, as it is to be kept from now on.
pub struct Proved {
    /// Whose it is.
    pub account: Uuid,
    credential: Credential,
}

/// Checks a browser's answer against the challenge and the passkey that it names.
///
/// # Errors
/// Nobody here has that passkey; the answer does not fit.
pub async fn answered(
    conn: &mut Conn,
    visitor: &Visitor,
    portal: &Portal,
    answer: &str,
    state: &str,
) -> Result<Proved, Problem> {
    let state: AuthenticationState = serde_json::from_str(state).map_err(anyhow::Error::from)?;
    let answer: PublicKeyCredential = read(answer)?;
    let unknown = || not_accepted(&WebauthnError::CredentialNotFound);
    let kept = maybe!(
        conn,
        Kept,
        "SELECT id, account, name, credential, since, used FROM passkey WHERE id = $1",
        answer.get_credential_id().to_vec()
    )?;
    let kept = kept.ok_or_else(unknown)?;
    let account: Uuid = kept.account.parse().map_err(anyhow::Error::from)?;
    // The authenticator's own word of whose it is must not be another's.
    if answer.get_user_unique_id().is_some_and(|id| id != account.as_bytes()) {
        return Err(unknown());
    }
    let mut credential = kept.credential()?;
    let proved = core(visitor, portal)?
        .authenticate_single_credential(&answer, &state, &credential)
        .map_err(|error| not_accepted(&error))?;
    credential.counter = proved.counter();
    credential.backup_state = proved.backup_state();
    credential.backup_eligible = proved.backup_eligible();
    Ok(Proved { account, credential })
}

fn read<T: serde::de::DeserializeOwned>(answer: &str) -> Result<T, Problem> {
    if answer.len() > MOST {
        return Err(not_accepted(&WebauthnError::InvalidClientDataType));
    }
    serde_json::from_str(answer).map_err(|error| not_accepted(&WebauthnError::ParseJSONFailure(error)))
}

fn not_accepted(error: &WebauthnError) -> Problem {
    tracing::info!(%error, "a passkey was not accepted");
    Problem::Forbidden {
        vi: "Khóa truy cập này không được nhận: nó không thuộc tài khoản nào ở cổng này, hoặc câu trả lời của trình duyệt không khớp. Hãy thử lại, hoặc đăng nhập bằng mật khẩu.".into(),
        en: "This passkey is not accepted: it belongs to no account at this portal, or the browser's answer does not fit. Try again, or sign in by password.".into(),
    }
}

/// A passkey as it is kept.
#[derive(FromRow, Clone, Debug)]
pub struct Kept {
    /// The authenticator's name for it.
    pub id: Vec<u8>,
    /// Whose.
    pub account: String,
    /// What its owner calls it.
    pub name: String,
    credential: String,
    /// When it was made, in microseconds.
    pub since: i64,
    /// When it was last used.
    pub used: Option<i64>,
}

impl Kept {
    /// What checks its answers.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn credential(&self) -> anyhow::Result<Credential> {
        serde_json::from_str(&self.credential).map_err(|e| anyhow!("a kept passkey is damaged: {e}"))
    }
}

/// The passkeys of an account, the newest first.
///
/// # Errors
/// The database's.
pub async fn of(conn: &mut Conn, account: Uuid) -> sqlx::Result<Vec<Kept>> {
    all!(
        conn,
        Kept,
        "SELECT id, account, name, credential, since, used FROM passkey WHERE account = $1 ORDER BY since DESC, id",
        account.to_string()
    )
}

/// Keeps a new passkey.
///
/// # Errors
/// Another account has it already.
pub async fn keep(tx: &mut Tx, account: Uuid, name: String, credential: &Credential) -> Result<(), Problem> {
    let now = tx.ledger.now();
    let text = serde_json::to_string(credential).map_err(anyhow::Error::from)?;
    let kept = run!(
        tx,
        "INSERT INTO passkey (id, account, name, credential, since) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (id) DO NOTHING",
        credential.cred_id.to_vec(),
        account.to_string(),
        name,
        text,
        now
    )?;
    if kept == 1 { Ok(()) } else { Err(not_accepted(&WebauthnError::CredentialAlreadyExists)) }
}

/// Notes that a passkey was used, with its counter. False if it was taken away meanwhile.
///
/// # Errors
/// The database's.
pub async fn used(tx: &mut Tx, proved: &Proved) -> Result<bool, Problem> {
    let now = tx.ledger.now();
    let text = serde_json::to_string(&proved.credential).map_err(anyhow::Error::from)?;
    let touched = run!(
        tx,
        "UPDATE passkey SET credential = $3, used = $4 WHERE id = $1 AND account = $2",
        proved.credential.cred_id.to_vec(),
        proved.account.to_string(),
        text,
        now
    )?;
    Ok(touched == 1)
}

/// Takes a passkey of an account away; false if it has none of that name.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Tx, account: Uuid, id: Vec<u8>) -> sqlx::Result<bool> {
    let gone = run!(tx, "DELETE FROM passkey WHERE id = $1 AND account = $2", id, account.to_string())?;
    Ok(gone == 1)
}

/// Takes all passkeys of an account away.
///
/// # Errors
/// The database's.
pub async fn forget_all(tx: &mut Tx, account: Uuid) -> sqlx::Result<()> {
    run!(tx, "DELETE FROM passkey WHERE account = $1", account.to_string())?;
    Ok(())
}
