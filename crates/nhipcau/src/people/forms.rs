//! Forms as browsers send them. A handler asks for the fields that it knows by name and gets nothing else, so nobody can
//! set what no form offers.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::gate::{Staff, refused_form};
use super::go_on;
use crate::app::App;
use crate::problem::Problem;
use crate::web::visitor::Visitor;
use crate::words::Lang;

/// The field that carries a session's form key.
pub const KEY: &str = "khoa";
/// The most bytes of a form without files: a text of 2 MiB with every letter encoded.
pub const MOST: usize = 8 << 20;

/// Fields in the order in which they were sent.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `application/x-www-form-urlencoded`.
    pub fn read(body: &[u8]) -> Fields {
        // Line ends are CR LF in every form (HTML, 4.10.22.4).
        let pairs = form_urlencoded::parse(body)
            .map(|(name, value)| (name.into_owned(), value.replace("\r\n", "\n")));
        Fields(pairs.collect())
    }

    /// Fields from elsewhere: parts of a multipart form.
    pub fn of(pairs: Vec<(String, String)>) -> Fields {
        Fields(pairs)
    }

    /// The first value of a field; empty if there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// The same without blanks around it; `None` if nothing is left.
    pub fn some(&self, name: &str) -> Option<String> {
        Some(self.get(name).trim()).filter(|value| !value.is_empty()).map(str::to_owned)
    }

    /// Every value of a field.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// True if the field was sent, as a ticked box is.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// All of them.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

/// A form of somebody who is signed in, with the key of the very session.
pub struct Filled(pub Fields);

impl FromRequest<App> for Filled {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Filled, Response> {
        let (mut parts, body) = request.into_parts();
        let Ok(visitor) =
            <Visitor as axum::extract::FromRequestParts<App>>::from_request_parts(&mut parts, app).await;
        let staff = parts.extensions.get::<Staff>().cloned();
        let body = match Bytes::from_request(Request::from_parts(parts, body), app).await {
            Ok(body) => body,
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                return Err(error.into_response());
            }
            Err(_) => return Err(refused_form(app, &visitor)),
        };
        let fields = Fields::read(&body);
        match staff {
            Some(staff) if staff.form_key == fields.get(KEY) => Ok(Filled(fields)),
            Some(staff) => Err(go_on::other_session(app, &visitor, &staff, &fields)),
            None => Err(refused_form(app, &visitor)),
        }
    }
}

/// What is wrong with a form, for the page that shows it again: by field, and above all of them.
#[derive(Clone, Debug, Default)]
pub struct Wrong {
    fields: Vec<(String, String)>,
    /// What is said above the form.
    pub above: Option<String>,
}

impl Wrong {
    /// What a problem says of a form in a language, and the status of the page.
    ///
    /// # Errors
    /// One that is not the form's: nothing found, a fault of ours.
    pub fn of(problem: Problem, lang: Lang) -> Result<(StatusCode, Wrong), Problem> {
        if let Problem::Invalid(faults) = problem {
            let said = faults.iter().map(|fault| (fault.field.clone(), fault.of(lang).to_owned()));
            let wrong = Wrong { fields: said.collect(), above: None };
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, wrong));
        }
        let (status, why) = told(problem, lang)?;
        Ok((status, Wrong { fields: Vec::new(), above: Some(why) }))
    }

    /// What is wrong with a field.
    pub fn at(&self, field: &str) -> Option<&str> {
        self.fields.iter().find(|(name, _)| name == field).map(|(_, why)| why.as_str())
    }
}

/// A refusal in a language, and the status of the page that says it.
///
/// # Errors
/// A problem that is no refusal: nothing found, a fault of ours.
pub fn told(problem: Problem, lang: Lang) -> Result<(StatusCode, String), Problem> {
    let (problem, _) = problem.told();
    let status = match &problem {
        Problem::Forbidden { .. } => StatusCode::FORBIDDEN,
        Problem::Refused { .. } => StatusCode::CONFLICT,
        Problem::NotNow { .. } | Problem::TooOften { .. } => StatusCode::TOO_MANY_REQUESTS,
        Problem::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Problem::NotFound(_) | Problem::Gone | Problem::Ours(_) => return Err(problem),
    };
    let why = match problem {
        Problem::Forbidden { vi, en }
        | Problem::Refused { vi, en }
        | Problem::NotNow { vi, en }
        | Problem::TooOften { vi, en } => {
            if lang == Lang::Vi {
                vi
            } else {
                en
            }
        }
        other => {
            let Problem::Invalid(faults) = other else { return Err(other) };
            faults.iter().map(|fault| fault.of(lang)).collect::<Vec<_>>().join(" ")
        }
    };
    Ok((status, why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_as_browsers_write_it() {
        let fields =
            Fields::read("ten=L%C3%A0o+Cai&vai=editor&vai=signer&trong=&dong=a%0D%0Ab&la%zz=%".as_bytes());
        assert_eq!(fields.get("ten"), "Lào Cai");
        assert_eq!(fields.all("vai").collect::<Vec<_>>(), ["editor", "signer"]);
        assert_eq!((fields.some("trong"), fields.has("trong"), fields.has("khac")), (None, true, false));
        assert_eq!((fields.get("dong"), fields.get("la%zz")), ("a\nb", "%"));
    }
}
