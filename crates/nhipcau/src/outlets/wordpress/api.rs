//! Calls of the REST API of a WordPress, with the account's application password.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::Value;

use super::Account;
use crate::items::kinds::Both;
use crate::sources::both;
use crate::sources::fetch::{Fetcher, Refused};

/// Why something could not be done there.
#[derive(Debug)]
pub(super) enum Failed {
    /// The call itself.
    Call(Refused),
    /// The site refused: the status, and its own word for the reason.
    Said(u16, String),
    /// The site has no category of this name.
    Category(String),
    /// What was put is not found there.
    Lost,
}

impl From<Refused> for Failed {
    fn from(refused: Refused) -> Failed {
        Failed::Call(refused)
    }
}

impl Failed {
    /// In both languages.
    pub(super) fn told(self) -> Both {
        match self {
            Failed::Call(refused) => both(&refused.to_string()),
            Failed::Said(status @ (401 | 403), code) => both(&format!(
                "WordPress không nhận tài khoản hoặc mật khẩu ứng dụng, hoặc tài khoản không đủ quyền (mã {status}, {code}); hãy tạo mật \
                 khẩu ứng dụng mới ở hồ sơ người dùng · WordPress refuses the account or its application password, or the account may not do \
                 this ({status}, {code}); make a new application password in the user's profile"
            )),
            Failed::Said(404, code) if code == "rest_no_route" || code.is_empty() => both(
                "ở địa chỉ này không có REST API của WordPress (/wp-json/wp/v2); hãy ghi địa chỉ trang chủ · there is no REST API of a \
                 WordPress at this address (/wp-json/wp/v2); give the home address",
            ),
            Failed::Said(status, code) => both(&format!(
                "WordPress trả mã {status} ({code}), nên sẽ được thử lại · WordPress answered {status} ({code}); it is tried again"
            )),
            Failed::Category(name) => both(&format!(
                "cổng ấy không có chuyên mục “{name}”; hãy tạo ở đó hoặc sửa tên · the site has no category {name}; make it there or mend the name"
            )),
            Failed::Lost => both(
                "bài vừa đăng không tìm thấy trên cổng ấy; sẽ được thử lại · what was put is not found on the site; it is tried again",
            ),
        }
    }
}

/// A site and who calls it.
pub(super) struct Press<'a> {
    fetcher: &'a Fetcher,
    base: String,
    key: String,
}

impl<'a> Press<'a> {
    pub(super) fn new(fetcher: &'a Fetcher, url: &str, account: &Account) -> Press<'a> {
        let url = url.split(['?', '#']).next().unwrap_or(url);
        let home = url.find("/wp-json").map_or(url, |at| &url[..at]);
        let key = STANDARD.encode(format!("{}:{}", account.login, account.password));
        Press {
            fetcher,
            base: format!("{}/wp-json/wp/v2", home.trim_end_matches('/')),
            key: format!("Basic {key}"),
        }
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        more: &[(&str, String)],
        body: Vec<u8>,
    ) -> Result<Value, Failed> {
        let mut headers =
            vec![("authorization", self.key.clone()), ("accept", "application/json".to_owned())];
        headers.extend_from_slice(more);
        let (status, bytes) =
            self.fetcher.ask(&self.base, method, &format!("{}{path}", self.base), &headers, body).await?;
        let said: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        match status {
            200..=299 => Ok(said),
            status => {
                // A word such as `rest_forbidden`; whatever else a stranger says is not passed on.
                let code = said["code"].as_str().unwrap_or_default();
                let code = code.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(60).collect();
                Err(Failed::Said(status, code))
            }
        }
    }

    /// What is at a path.
    pub(super) async fn get(&self, path: &str) -> Result<Value, Failed> {
        self.call(Method::GET, path, &[], Vec::new()).await
    }

    /// What is at a path, if anything is.
    pub(super) async fn find(&self, path: &str) -> Result<Option<Value>, Failed> {
        match self.get(path).await {
            Ok(found) => Ok(Some(found)),
            Err(Failed::Said(404 | 410, code)) if code != "rest_no_route" => Ok(None),
            Err(failed) => Err(failed),
        }
    }

    /// Makes or changes something.
    pub(super) async fn post(&self, path: &str, said: &Value) -> Result<Value, Failed> {
        let json = [("content-type", "application/json".to_owned())];
        self.call(Method::POST, path, &json, said.to_string().into_bytes()).await
    }

    /// Puts a file there.
    pub(super) async fn upload(&self, name: &str, media: &str, bytes: Vec<u8>) -> Result<Value, Failed> {
        let headers = [
            ("content-type", media.to_owned()),
            ("content-disposition", format!("attachment; filename=\"{name}\"")),
        ];
        self.call(Method::POST, "/media?_fields=id,source_url", &headers, bytes).await
    }

    /// Deletes something; what is not there is deleted.
    pub(super) async fn delete(&self, path: &str) -> Result<(), Failed> {
        match self.call(Method::DELETE, path, &[], Vec::new()).await {
            Ok(_) | Err(Failed::Said(404 | 410, _)) => Ok(()),
            Err(failed) => Err(failed),
        }
    }

    /// Takes a post from the site's pages: into the trash, where there is one; for good if it was erased.
    pub(super) async fn takes_away(&self, id: i64, for_good: bool) -> Result<(), Failed> {
        if for_good {
            return self.delete(&format!("/posts/{id}?force=true")).await;
        }
        match self.delete(&format!("/posts/{id}")).await {
            // `rest_trash_not_supported`: the site keeps no trash.
            Err(Failed::Said(501, _)) => self.delete(&format!("/posts/{id}?force=true")).await,
            done => done,
        }
    }
}
