//! How each service is asked for new tokens, and whether they work.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{Ask, Said};
use crate::account::Account;
use crate::answer::{Answer, Cause, What};
use crate::call::{Body, Call, Method, Response};
use crate::kind::Kind;
use crate::secrets::{Secret, Secrets, Tokens};
use crate::services::answers::{by_status, json as parsed};
use crate::services::{base, need, piece, query, simple};

/// How long a refresh token of Zalo works from the day it was given (Zalo for Developers: three months).
const ZALO_REFRESH: SignedDuration = SignedDuration::from_hours(90 * 24);

pub(super) fn call(ask: Ask, account: &Account, secrets: &Secrets) -> Result<Call, Cause> {
    match ask {
        Ask::Renew => renew(account, secrets),
        Ask::Prove => prove(account, secrets),
    }
}

fn renew(account: &Account, secrets: &Secrets) -> Result<Call, Cause> {
    let refresh = secrets.tokens.refresh.clone().filter(|refresh| !refresh.is_empty());
    let refresh = refresh.ok_or_else(|| Cause::new(What::Missing, "refresh"))?;
    let app = need(Some(&account.app), "app")?;
    let secret = secrets.app.clone().ok_or_else(|| Cause::new(What::Missing, "app_secret"))?;
    let grant = ("grant_type", Secret::new("refresh_token"));
    let (host, path, headers, fields) = match account.kind {
        Kind::Zalo => (
            "https://oauth.zaloapp.com",
            "/v4/oa/access_token",
            vec![("secret_key", secret)],
            vec![("refresh_token", refresh), ("app_id", Secret::new(app)), grant],
        ),
        Kind::YouTube => (
            "https://oauth2.googleapis.com",
            "/token",
            Vec::new(),
            vec![
                ("refresh_token", refresh),
                ("client_id", Secret::new(app)),
                ("client_secret", secret),
                grant,
            ],
        ),
        _ => return Err(Cause::new(What::Impossible, "")),
    };
    Ok(simple(Method::Post, format!("{}{path}", base(account, host)), headers, Body::Form(fields)))
}

fn prove(account: &Account, secrets: &Secrets) -> Result<Call, Cause> {
    let token = need(Some(secrets.tokens.access.reveal()), "access")?;
    let bearer = |word: &str| vec![("authorization", Secret::new(format!("{word} {token}")))];
    let target = || need(Some(&account.target), "target");
    let get = |url: String, headers| Ok(simple(Method::Get, url, headers, Body::Empty));
    match account.kind {
        Kind::Facebook => {
            let root = base(account, "https://graph.facebook.com");
            let address = format!("{root}/v26.0/{}", piece(target()?));
            get(query(&address, &[("fields", "id,name")]), bearer("OAuth"))
        }
        Kind::Zalo => {
            let root = base(account, "https://openapi.zalo.me");
            get(format!("{root}/v2.0/oa/getoa"), vec![("access_token", secrets.tokens.access.clone())])
        }
        Kind::Viber => {
            let root = base(account, "https://chatapi.viber.com");
            let headers = vec![("x-viber-auth-token", secrets.tokens.access.clone())];
            Ok(simple(Method::Post, format!("{root}/pa/get_account_info"), headers, Body::Json(json!({}))))
        }
        Kind::YouTube => {
            let root = base(account, "https://www.googleapis.com");
            get(
                query(&format!("{root}/youtube/v3/channels"), &[("part", "id"), ("mine", "true")]),
                bearer("Bearer"),
            )
        }
        Kind::Telegram => {
            let root = base(account, "https://api.telegram.org");
            let body = Body::Json(json!({"chat_id": target()?}));
            Ok(simple(Method::Post, format!("{root}/bot{token}/getChat"), Vec::new(), body))
        }
        Kind::Sms => {
            let root = need(account.base.as_deref(), "base")?.trim_end_matches('/');
            get(format!("{root}/account"), bearer("Bearer"))
        }
    }
}

pub(super) fn read(
    ask: Ask,
    account: &Account,
    secrets: &Secrets,
    response: &Response,
    now: Timestamp,
) -> Said {
    if response.body.len() > crate::services::MOST {
        return Said::Doubt(Cause::new(What::Unreadable, "long"));
    }
    match by_status(response, now) {
        Some(Answer::Later { after, cause }) => return Said::Later { after, cause },
        Some(Answer::Doubt { cause }) => return Said::Doubt(cause),
        _ => {}
    }
    let body = parsed(response).unwrap_or_default();
    match ask {
        Ask::Renew => renewed(account.kind, secrets, &body, response, now),
        Ask::Prove => proved(account, &body, response),
    }
}

fn renewed(kind: Kind, secrets: &Secrets, body: &Value, response: &Response, now: Timestamp) -> Said {
    let token = |name: &str| body[name].as_str().filter(|token| !token.is_empty() && token.len() <= 8_000);
    let Some(access) = token("access_token") else {
        let code = match (&body["error"], response.status) {
            (Value::String(word), _) => word.clone(),
            (Value::Number(number), _) => number.to_string(),
            (_, 400..=499) => response.status.to_string(),
            // Neither tokens nor a refusal: perhaps the old ones are gone.
            _ => return Said::Doubt(Cause::new(What::Unreadable, response.status)),
        };
        return Said::Refused(Cause::new(What::Token, code));
    };
    let refresh = token("refresh_token").map(Secret::new);
    let seconds = match &body["expires_in"] {
        Value::String(text) => text.parse().ok(),
        number => number.as_i64(),
    };
    let after =
        |seconds: i64| now.saturating_add(SignedDuration::from_secs(seconds.clamp(0, 400 * 86_400))).ok();
    let refresh_until = match (kind, &refresh) {
        (Kind::Zalo, Some(_)) => now.saturating_add(ZALO_REFRESH).ok(),
        _ => secrets.tokens.refresh_until,
    };
    Said::New(Tokens {
        access: Secret::new(access),
        refresh: refresh.or_else(|| secrets.tokens.refresh.clone()),
        access_until: seconds.and_then(after),
        refresh_until,
    })
}

fn proved(account: &Account, body: &Value, response: &Response) -> Said {
    let works = Said::Works { until: None };
    let refuse = |what, code: &dyn std::fmt::Display| Said::Refused(Cause::new(what, code));
    if response.status == 401 {
        return refuse(What::Token, &401);
    }
    match account.kind {
        Kind::Zalo => match body["error"].as_i64() {
            Some(0) => works,
            Some(code @ (-216 | -220 | -124)) => refuse(What::Token, &code),
            Some(code) => refuse(What::Permission, &code),
            None => Said::Doubt(Cause::new(What::Unreadable, response.status)),
        },
        Kind::Viber => match body["status"].as_i64() {
            Some(0) => works,
            Some(2) => refuse(What::Token, &2),
            Some(code) => refuse(What::Account, &code),
            None => Said::Doubt(Cause::new(What::Unreadable, response.status)),
        },
        Kind::Telegram if body["ok"] == true => works,
        Kind::Telegram => match body["error_code"].as_i64() {
            Some(code @ (401 | 404)) => refuse(What::Token, &code),
            Some(403) => refuse(What::Permission, &403),
            Some(code) => refuse(What::Account, &code),
            None => Said::Doubt(Cause::new(What::Unreadable, response.status)),
        },
        Kind::Facebook if body["error"].is_object() => {
            match body["error"]["code"].as_i64().unwrap_or_default() {
                code @ (102 | 190) => refuse(What::Token, &code),
                code @ (100 | 803) => refuse(What::Account, &code),
                code @ (3 | 10 | 200..=299) => refuse(What::Permission, &code),
                code => Said::Doubt(Cause::new(What::Service, code)),
            }
        }
        Kind::YouTube if (200..300).contains(&response.status) => {
            let mine = body["items"]
                .as_array()
                .into_iter()
                .flatten()
                .any(|item| item["id"] == account.target.as_str());
            if mine { works } else { refuse(What::Account, &"channel") }
        }
        _ if (200..300).contains(&response.status) => works,
        _ if response.status == 403 => refuse(What::Permission, &403),
        _ => refuse(What::Account, &response.status),
    }
}
