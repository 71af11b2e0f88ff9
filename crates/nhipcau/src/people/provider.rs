//! The agency's identity provider (OpenID Connect Core 1.0): the code flow with PKCE, state and nonce.
//!
//! The provider says who somebody is; what they may do stands here. Its description and keys are asked for once an hour,
//! over the same line as other nodes: the same rules of address, no redirects, bounded. A token counts only if it is
//! signed by one of the provider's keys (never by the client's secret, never unsigned), for this client, now, with the
//! nonce of this very journey.

use std::collections::HashMap;

use anyhow::{Context, anyhow, bail};
use futures::future::BoxFuture;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreAuthenticationFlow, CoreErrorResponseType, CoreGenderClaim,
    CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata,
    CoreRevocableToken, CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, AsyncHttpClient, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken,
    EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse,
    IdTokenFields, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    Scope, StandardErrorResponse, StandardTokenResponse, TokenResponse, UserInfoClaims,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::Mutex;

use crate::app::App;
use crate::config::Provider;

/// The longest answer of a provider.
const MOST: usize = 256 << 10;
/// How long its description and keys are kept, in microseconds.
const KEPT: i64 = 3_600_000_000;
/// And at least so long, whatever it signs with.
const AT_LEAST: i64 = 60_000_000;

/// Claims beside the standard ones.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Further(HashMap<String, Value>);
impl AdditionalClaims for Further {}

type Fields = IdTokenFields<
    Further,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

type Party = Client<
    Further,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What the provider has said of itself, and when.
#[derive(Default)]
pub struct Known(Mutex<Option<(i64, CoreProviderMetadata)>>);

/// What is kept of a journey while the browser is away.
#[derive(Clone, Serialize, Deserialize)]
pub struct Journey {
    state: String,
    nonce: String,
    verifier: String,
    /// Where the journey was begun.
    back: String,
    /// The language of the page that it began on, and where it leads.
    pub english: bool,
    /// The path after the sign-in.
    pub next: String,
}

impl Journey {
    /// True if the browser brings the state that it was given.
    pub fn fits(&self, state: &str) -> bool {
        // Random, known to this browser alone, and used once: how long the comparison takes tells nothing of use.
        self.state == state
    }
}

/// Signatures by a key of the provider's own. Not HS256, by which whoever knows the client's secret speaks; not `none`.
fn algorithms() -> [CoreJwsSigningAlgorithm; 9] {
    use CoreJwsSigningAlgorithm as By;
    [
        By::RsaSsaPkcs1V15Sha256,
        By::RsaSsaPkcs1V15Sha384,
        By::RsaSsaPkcs1V15Sha512,
        By::RsaSsaPssSha256,
        By::RsaSsaPssSha384,
        By::RsaSsaPssSha512,
        By::EcdsaP256Sha256,
        By::EcdsaP384Sha384,
        By::EdDsa,
    ]
}

/// An error of the line, as the library wants it.
#[derive(Debug, thiserror::Error)]
#[error("{0:#}")]
struct Call(anyhow::Error);

/// The line, as the library wants it.
struct Asks(App);

impl<'c> AsyncHttpClient<'c> for Asks {
    type Error = Call;
    type Future = BoxFuture<'c, Result<HttpResponse, Call>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move { self.0.line.send(request, MOST).await.map_err(Call) })
    }
}

/// What the provider says of itself; asked anew once an hour, or if `stale` and a minute has passed.
async fn known(app: &App, provider: &Provider, stale: bool) -> anyhow::Result<CoreProviderMetadata> {
    let mut known = app.people.provider.0.lock().await;
    let now = app.clock.micros();
    let lasts = if stale { AT_LEAST } else { KEPT };
    if let Some((at, said)) = known.as_ref().filter(|(at, _)| now - at < lasts) {
        tracing::debug!(age = now - at, "the provider's description is at hand");
        return Ok(said.clone());
    }
    let issuer = IssuerUrl::new(provider.issuer.clone()).context("people.provider.issuer")?;
    let ask = Asks(app.clone());
    let said = CoreProviderMetadata::discover_async(issuer, &ask)
        .await
        .map_err(|e| anyhow!("ask {} for its description: {}", provider.issuer, whole(&e)))?;
    *known = Some((now, said.clone()));
    Ok(said)
}

/// An error with what is behind it.
fn whole(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut behind = error.source();
    while let Some(error) = behind {
        text = format!("{text}: {error}");
        behind = error.source();
    }
    text
}

async fn party(app: &App, provider: &Provider, back: &str, stale: bool) -> anyhow::Result<Party> {
    let secret = match &provider.secret {
        None => None,
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .with_context(|| format!("people.provider.secret: read {}", path.display()))?;
            Some(ClientSecret::new(text.trim().to_owned()))
        }
    };
    let known = known(app, provider, stale).await?;
    let party = Client::from_provider_metadata(known, ClientId::new(provider.client_id.clone()), secret);
    Ok(party.set_redirect_uri(RedirectUrl::new(back.to_owned()).context("the address to come back to")?))
}

/// Begins a journey from `back`, the address to come back to. Returns where to send the browser, and what to keep.
///
/// # Errors
/// The provider does not answer, or not as one.
pub async fn begin(
    app: &App,
    provider: &Provider,
    back: String,
    english: bool,
    next: String,
) -> anyhow::Result<(String, Journey)> {
    let party = party(app, provider, &back, false).await?;
    let random = || anyhow::Ok(hex::encode(app.dice.bytes::<32>()?));
    let journey = Journey { state: random()?, nonce: random()?, verifier: random()?, back, english, next };
    let verifier = PkceCodeVerifier::new(journey.verifier.clone());
    let (state, nonce) = (journey.state.clone(), journey.nonce.clone());
    let (address, _, _) = party
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            move || CsrfToken::new(state),
            move || Nonce::new(nonce),
        )
        .add_scope(Scope::new("profile".to_owned()))
        .add_scope(Scope::new("email".to_owned()))
        .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
        .url();
    Ok((address.into(), journey))
}

/// Ends a journey: the code is exchanged, the token checked. Returns what the claim says of who it is.
///
/// # Errors
/// What the provider says does not prove it; or it does not answer.
pub async fn end(app: &App, provider: &Provider, journey: &Journey, code: &str) -> anyhow::Result<String> {
    let ask = Asks(app.clone());
    let party = party(app, provider, &journey.back, false).await?;
    let answer = party
        .exchange_code(AuthorizationCode::new(code.to_owned()))?
        .set_pkce_verifier(PkceCodeVerifier::new(journey.verifier.clone()))
        .request_async(&ask)
        .await
        .map_err(|e| anyhow!("exchange the code: {}", whole(&e)))?;
    let token = answer.id_token().context("the provider sent no ID token")?;
    let nonce = Nonce::new(journey.nonce.clone());
    let verifier = party.id_token_verifier().set_allowed_algs(algorithms());
    let claims = match token.claims(&verifier, &nonce) {
        Ok(claims) => claims.clone(),
        // The provider may have taken a new key since.
        Err(first) => {
            let renewed = self::party(app, provider, &journey.back, true).await?;
            let verifier = renewed.id_token_verifier().set_allowed_algs(algorithms());
            token
                .claims(&verifier, &nonce)
                .map_err(|_| anyhow!("the ID token does not hold: {}", whole(&first)))?
                .clone()
        }
    };
    let said = match provider.claim.as_str() {
        "sub" => Some(claims.subject().as_str().to_owned()),
        "preferred_username" => claims.preferred_username().map(|name| name.as_str().to_owned()),
        "email" => {
            let verified = claims.email_verified() == Some(true);
            claims.email().filter(|_| verified).map(|email| email.as_str().to_owned())
        }
        other => claims.additional_claims().0.get(other).and_then(Value::as_str).map(str::to_owned),
    };
    if let Some(said) = said {
        return Ok(said);
    }
    // Many providers keep such claims out of the token and tell them of whoever it is for.
    let asked = party
        .user_info(answer.access_token().to_owned(), Some(claims.subject().clone()))
        .context("the ID token lacks the claim, and the provider has no userinfo address")?;
    let told: UserInfoClaims<Further, CoreGenderClaim> =
        asked.request_async(&ask).await.map_err(|e| anyhow!("ask who it is: {}", whole(&e)))?;
    let said = match provider.claim.as_str() {
        "preferred_username" => told.preferred_username().map(|name| name.as_str().to_owned()),
        "email" => {
            let verified = told.email_verified() == Some(true);
            told.email().filter(|_| verified).map(|email| email.as_str().to_owned())
        }
        other => told.additional_claims().0.get(other).and_then(Value::as_str).map(str::to_owned),
    };
    match said {
        Some(said) => Ok(said),
        None => {
            bail!("the provider does not say {:?} of this person (people.provider.claim)", provider.claim)
        }
    }
}
