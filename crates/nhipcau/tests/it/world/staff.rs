//! People who work in the console: invited, signed in, with forms as a browser sends them.

use serde_json::json;

use super::{Answer, World};

/// A password that is good enough for tests.
pub const PASSWORD: &str = "bốn con trâu gặm cỏ non";

/// Somebody who is signed in at a portal.
#[derive(Clone, Debug)]
pub struct Staff {
    pub portal: String,
    pub cookie: String,
    /// What the forms of this session carry.
    pub key: String,
}

/// A form with a file, as a browser sends it.
pub fn multipart(fields: &[(&str, &str)], file: Option<(&str, &str, &[u8])>) -> (String, Vec<u8>) {
    const EDGE: &str = "nhipcau-test-edge";
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--{EDGE}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    if let Some((name, media, bytes)) = file {
        let head = format!(
            "--{EDGE}\r\ncontent-disposition: form-data; name=\"tep\"; filename=\"{name}\"\r\ncontent-type: {media}\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{EDGE}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={EDGE}"), body)
}

/// The value of a hidden field on a page.
pub fn hidden(page: &str, name: &str) -> Option<String> {
    let from = page.find(&format!("name=\"{name}\" value=\""))? + name.len() + 15;
    Some(page[from..].split('"').next().unwrap_or_default().to_owned())
}

impl World {
    /// Invites somebody with roles; returns the path of the one-time link.
    pub async fn invites(&self, portal: &str, login: &str, roles: &[&str]) -> String {
        let person = json!({ "login": login, "name": format!("Người {login}"), "roles": roles });
        let answer = self.post(portal, "/api/v1/people", &json!({ "person": person })).await;
        assert_eq!(answer.status, 201, "{}", answer.text());
        answer.json()["link"].as_str().unwrap().to_owned()
    }

    /// A form as this host's own page would send it.
    pub async fn sends(&self, portal: &str, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        self.ask(
            self.request("POST", portal, path)
                .header("origin", format!("http://{}", self.host(portal)))
                .header("cookie", cookie)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(body.finish()),
        )
        .await
    }

    /// Somebody with roles at a portal, signed in.
    pub async fn staff(&self, portal: &str, login: &str, roles: &[&str]) -> Staff {
        let link = self.invites(portal, login, roles).await;
        let both = [("mat-khau", PASSWORD), ("mat-khau-lai", PASSWORD)];
        let answer = self.sends(portal, &link, "", &both).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        self.signed_in(portal, &answer).await
    }

    /// Signs in by password.
    pub async fn signs_in(&self, portal: &str, login: &str, password: &str) -> Answer {
        self.sends(portal, "/dang-nhap", "", &[("ten", login), ("mat-khau", password)]).await
    }

    /// The session that an answer began.
    pub async fn signed_in(&self, portal: &str, answer: &Answer) -> Staff {
        let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
        assert!(cookie.starts_with("nhipcau="), "no session: {}", answer.text());
        let mut staff = Staff { portal: portal.to_owned(), cookie, key: String::new() };
        let home = self.sees(&staff, "/ban-lam-viec").await;
        assert_eq!(home.status, 200, "{}", home.text());
        staff.key = hidden(&home.text(), "khoa").unwrap();
        staff
    }

    /// Somebody who signs in again: a session ends with its time.
    pub async fn again(&self, portal: &str, login: &str) -> Staff {
        self.signed_in(portal, &self.signs_in(portal, login, PASSWORD).await).await
    }

    /// A page as somebody sees it.
    pub async fn sees(&self, staff: &Staff, path: &str) -> Answer {
        self.ask(self.request("GET", &staff.portal, path).header("cookie", &staff.cookie)).await
    }

    /// A form that somebody fills in.
    pub async fn fills(&self, staff: &Staff, path: &str, fields: &[(&str, &str)]) -> Answer {
        let fields: Vec<_> =
            [("khoa", staff.key.as_str())].into_iter().chain(fields.iter().copied()).collect();
        self.sends(&staff.portal, path, &staff.cookie, &fields).await
    }

    /// A form with a file that somebody fills in; without one, as a browser sends it when nobody chose a file.
    pub async fn hands_in(
        &self,
        staff: &Staff,
        path: &str,
        fields: &[(&str, &str)],
        file: Option<(&str, &str, &[u8])>,
    ) -> Answer {
        let fields: Vec<_> =
            [("khoa", staff.key.as_str())].into_iter().chain(fields.iter().copied()).collect();
        let (media, body) = multipart(&fields, file);
        let request = self
            .request("POST", &staff.portal, path)
            .header("origin", format!("http://{}", self.host(&staff.portal)))
            .header("cookie", &staff.cookie)
            .header("content-type", media)
            .body(body);
        self.ask(request).await
    }
}
