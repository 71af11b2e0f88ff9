//! An account, a form and a clock for each service.

use channels::{Account, Form, Kind, Media, Role, Secret, Secrets, Tokens};
use jiff::Timestamp;

pub const BASE: &str = "https://service.test";

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn begin() -> Timestamp {
    at("2026-11-26T02:00:00Z")
}

pub fn account(kind: Kind) -> Account {
    Account {
        kind,
        name: "UBND xã B".into(),
        target: "target".into(),
        app: "app".into(),
        sender: "sender".into(),
        base: Some(BASE.into()),
        webhook: Some("https://xa-b.gov.vn/kenh/bao".into()),
    }
}

pub fn secrets(token: &str, refresh: &str) -> Secrets {
    Secrets {
        tokens: Tokens {
            access: Secret::new(token),
            refresh: Some(Secret::new(refresh)),
            access_until: None,
            refresh_until: None,
        },
        app: Some(Secret::new("app-secret")),
        webhook: Some(Secret::new("hook-secret")),
    }
}

pub fn medium(role: Role) -> Media {
    let (media_type, bytes) = match role {
        Role::Picture | Role::Poster => ("image/jpeg", 90_000),
        Role::Clip => ("video/mp4", 300_000),
        Role::Captions => ("text/vtt", 900),
    };
    Media {
        role,
        hash: "ab".repeat(32),
        media_type: media_type.into(),
        bytes,
        millis: (role == Role::Clip).then_some(45_000),
        pixels: Some((1280, 720)),
        url: Some("https://xa-b.gov.vn/tep/anh.jpg".into()),
        alt: "Nước lên ở bến".into(),
        of: None,
    }
}

/// A form that the service takes, of one of its shapes.
pub fn form(kind: Kind, shape: u64, link: &str) -> Form {
    let roles: &[Role] = match (kind, shape % 4) {
        (Kind::Zalo, 0) => &[Role::Picture],
        (Kind::Zalo, _) => &[Role::Picture, Role::Picture],
        (Kind::YouTube, 0) => &[Role::Clip],
        (Kind::YouTube, _) => &[Role::Clip, Role::Poster, Role::Captions],
        (Kind::Sms, _) | (_, 0) => &[],
        (Kind::Facebook | Kind::Viber | Kind::Telegram, 1) => &[Role::Picture],
        (Kind::Facebook | Kind::Telegram, 2) => &[Role::Picture, Role::Picture],
        _ => &[Role::Clip],
    };
    let mut media: Vec<Media> = roles.iter().map(|role| medium(*role)).collect();
    if kind == Kind::Facebook {
        // A clip that arrives in one part.
        media.iter_mut().for_each(|medium| medium.bytes = medium.bytes.min(2_000));
    }
    Form {
        title: if matches!(kind, Kind::Zalo | Kind::YouTube) {
            "Công điện về lũ".into()
        } else {
            String::new()
        },
        text: "Nước lên nhanh".into(),
        link: Some(link.into()),
        reel: kind == Kind::Facebook && shape % 8 == 7,
        notify: !shape.is_multiple_of(3),
        media,
    }
}
