//! The form by which somebody reports something.

use std::collections::BTreeMap;

use crate::fault::Fault;
use crate::form::{Form, shown};
use crate::service::{Attribute, Datatype, Definition};
use crate::when::When;

/// The most characters of a description, as the specification says.
pub const MAX_DESCRIPTION: usize = 4_000;
/// The most arguments of a form.
pub const MAX_FIELDS: usize = 500;
/// The most bytes of a form.
pub const MAX_BODY: usize = 256 << 10;
/// The most characters of any other argument.
const MAX_LINE: usize = 500;
/// The most characters of an address.
const MAX_ADDRESS: usize = 2_048;

/// What was reported. Each argument is as it was given, without blanks around it.
#[derive(Clone, PartialEq)]
pub struct Submission {
    /// The key of the program that sends it.
    pub api_key: Option<String>,
    /// For whom.
    pub jurisdiction_id: Option<String>,
    /// What it is about.
    pub service_code: String,
    /// Where.
    pub place: Place,
    /// How to reach who reports it.
    pub email: Option<String>,
    /// The device.
    pub device_id: Option<String>,
    /// An account.
    pub account_id: Option<String>,
    /// The given name.
    pub first_name: Option<String>,
    /// The family name.
    pub last_name: Option<String>,
    /// The number.
    pub phone: Option<String>,
    /// What is reported; may have line breaks.
    pub description: Option<String>,
    /// A picture.
    pub media_url: Option<String>,
    /// What the service asks for beside that: by code, the values.
    pub attributes: BTreeMap<String, Vec<String>>,
}

/// Where it is: at least one of these.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Place {
    /// Latitude and longitude in degrees (WGS 84).
    pub position: Option<(f64, f64)>,
    /// In words.
    pub address: Option<String>,
    /// By a register.
    pub address_id: Option<String>,
}

/// What somebody reports is nobody's but the handler's: it is not printed.
impl std::fmt::Debug for Submission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Submission({}, {} attributes)", self.service_code, self.attributes.len())
    }
}

impl Submission {
    /// Reads the body of "POST Service Request". Arguments that the specification does not know are ignored.
    ///
    /// # Errors
    /// Every fault, never an empty list.
    pub fn parse(body: &[u8]) -> Result<Submission, Vec<Fault>> {
        if body.len() > MAX_BODY {
            let most = MAX_BODY >> 10;
            return Err(vec![Fault::bad(
                "",
                format!("Nội dung gửi vượt quá {most} KiB."),
                format!("What is sent is larger than {most} KiB."),
            )]);
        }
        let mut faults = Vec::new();
        let mut read = Reader { form: Form::parse(body, MAX_FIELDS, &mut faults), faults };
        let api_key = read.line("api_key", MAX_LINE);
        let jurisdiction_id = read.line("jurisdiction_id", MAX_LINE);
        let service_code = read.line("service_code", MAX_LINE);
        if service_code.is_none() {
            read.missing("service_code");
        }
        let place = read.place();
        let submission = Submission {
            api_key,
            jurisdiction_id,
            service_code: service_code.unwrap_or_default(),
            place,
            email: read.email(),
            device_id: read.line("device_id", MAX_LINE),
            account_id: read.line("account_id", MAX_LINE),
            first_name: read.line("first_name", MAX_LINE),
            last_name: read.line("last_name", MAX_LINE),
            phone: read.phone(),
            description: read.lines("description", MAX_DESCRIPTION),
            media_url: read.media(),
            attributes: BTreeMap::new(),
        };
        let (attributes, faults) = read.attributes();
        if faults.is_empty() { Ok(Submission { attributes, ..submission }) } else { Err(faults) }
    }

    /// Holds the attributes against what the service asks for.
    #[must_use]
    pub fn check(&self, definition: &Definition) -> Vec<Fault> {
        let mut faults = Vec::new();
        let asked = |code: &str| definition.attributes.iter().find(|attribute| attribute.code == code);
        for (code, values) in &self.attributes {
            let name = format!("attribute[{}]", shown(code));
            match asked(code) {
                Some(attribute) if attribute.variable => fits(&name, attribute, values, &mut faults),
                _ => faults.push(Fault::bad(
                    &name,
                    "không có trong biểu mẫu của dịch vụ này.",
                    "is nothing that this service asks for.",
                )),
            }
        }
        for attribute in &definition.attributes {
            if attribute.required && attribute.variable && !self.attributes.contains_key(&attribute.code) {
                faults.push(Fault::missing(&format!("attribute[{}]", attribute.code)));
            }
        }
        faults
    }
}

fn fits(name: &str, attribute: &Attribute, values: &[String], faults: &mut Vec<Fault>) {
    if values.len() > 1 && attribute.datatype != Datatype::MultiValueList {
        faults.push(Fault::bad(name, "chỉ được có một giá trị.", "may have one value only."));
    }
    for value in values {
        let known = || attribute.values.iter().any(|choice| choice.key == *value);
        let (fine, vi, en) = match attribute.datatype {
            Datatype::Text => (true, "", ""),
            Datatype::String => {
                let one = !value.contains(['\n', '\r']);
                (one, "chỉ được có một dòng.", "must be one line.")
            }
            Datatype::Number => {
                let number = value.parse::<f64>().is_ok_and(f64::is_finite);
                (number, "phải là một số, ví dụ 12.5.", "must be a number, for example 12.5.")
            }
            Datatype::Datetime => (
                When::parse(value).is_some() || value.parse::<jiff::civil::Date>().is_ok(),
                "phải là ngày hoặc thời điểm theo ISO 8601.",
                "must be a day or a time as ISO 8601 has them.",
            ),
            Datatype::SingleValueList | Datatype::MultiValueList => {
                (known(), "không có trong danh sách để chọn.", "is none of those that may be chosen.")
            }
        };
        if !fine {
            faults.push(Fault::bad(name, vi, en));
        }
    }
}

struct Reader {
    form: Form,
    faults: Vec<Fault>,
}

impl Reader {
    fn bad(&mut self, name: &str, vi: &str, en: &str) {
        self.faults.push(Fault::bad(name, vi, en));
    }

    fn missing(&mut self, name: &str) {
        self.faults.push(Fault::missing(name));
    }

    /// Text with line breaks, which are line feeds from here on.
    fn lines(&mut self, name: &str, most: usize) -> Option<String> {
        let text = self.form.one(name, &mut self.faults)?;
        let text = text.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned();
        if text.chars().any(|letter| letter.is_control() && letter != '\n' && letter != '\t') {
            self.bad(name, "có ký tự điều khiển.", "has control characters.");
        }
        self.short(name, &text, most);
        Some(text)
    }

    fn line(&mut self, name: &str, most: usize) -> Option<String> {
        let text = self.form.one(name, &mut self.faults)?.trim().to_owned();
        if text.chars().any(char::is_control) {
            self.bad(
                name,
                "chỉ được có một dòng, không có ký tự điều khiển.",
                "must be one line without control characters.",
            );
        }
        self.short(name, &text, most);
        Some(text)
    }

    fn short(&mut self, name: &str, text: &str, most: usize) {
        let length = text.chars().count();
        if length > most {
            self.faults.push(Fault::bad(
                name,
                format!("có {length} ký tự; nhiều nhất {most}."),
                format!("has {length} characters; at most {most}."),
            ));
        }
    }

    fn place(&mut self) -> Place {
        let before = self.faults.len();
        let lat = self.degrees("lat", 90.0);
        let long = self.degrees("long", 180.0);
        let address = self.line("address_string", MAX_LINE);
        let address_id = self.line("address_id", MAX_LINE);
        match (lat, long) {
            (Some(_), None) if self.faults.len() == before => self.missing("long"),
            (None, Some(_)) if self.faults.len() == before => self.missing("lat"),
            (None, None) if address.is_none() && address_id.is_none() && self.faults.len() == before => self
                .bad(
                    "address_string",
                    "chưa có nơi xảy ra: cần address_string, hoặc address_id, hoặc cả lat và long.",
                    "is missing: give address_string, or address_id, or both lat and long.",
                ),
            _ => {}
        }
        Place { position: lat.zip(long), address, address_id }
    }

    fn degrees(&mut self, name: &str, most: f64) -> Option<f64> {
        let text = self.form.one(name, &mut self.faults)?;
        let plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte));
        let number =
            text.trim().parse::<f64>().ok().filter(|number| number.abs() <= most && plain(text.trim()));
        if number.is_none() {
            self.faults.push(Fault::bad(
                name,
                format!("phải là số độ từ -{most} đến {most}, ví dụ 10.7769."),
                format!("must be degrees from -{most} to {most}, for example 10.7769."),
            ));
        }
        number
    }

    fn email(&mut self) -> Option<String> {
        let text = self.line("email", 254)?;
        let fine = text.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty()
                && host.contains('.')
                && !host.starts_with('.')
                && !host.ends_with('.')
                && !host.contains('@')
                && !text.contains(char::is_whitespace)
        });
        if !fine {
            self.bad(
                "email",
                "không phải địa chỉ thư điện tử, ví dụ an@example.vn.",
                "is no address of e-mail, for example an@example.vn.",
            );
        }
        Some(text)
    }

    fn phone(&mut self) -> Option<String> {
        let text = self.line("phone", 40)?;
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let fine = text.bytes().all(|byte| byte.is_ascii_digit() || b"+-. ()/".contains(&byte));
        if !fine || !(3..=20).contains(&digits) {
            self.bad(
                "phone",
                "phải là số điện thoại, ví dụ 0912345678.",
                "must be a telephone number, for example 0912345678.",
            );
        }
        Some(text)
    }

    fn media(&mut self) -> Option<String> {
        let text = self.line("media_url", MAX_ADDRESS)?;
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        if !rest.is_some_and(|rest| {
            !rest.is_empty() && !rest.starts_with('/') && !rest.contains(char::is_whitespace)
        }) {
            self.bad("media_url", "phải là địa chỉ http hoặc https.", "must be an address of http or https.");
        }
        Some(text)
    }

    /// `attribute[code]=value` and `attribute[code][]=value`.
    fn attributes(mut self) -> (BTreeMap<String, Vec<String>>, Vec<Fault>) {
        let mut attributes: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, values) in self.form.rest() {
            let Some(rest) = name.strip_prefix("attribute") else { continue };
            let code = rest
                .strip_prefix('[')
                .and_then(|rest| rest.strip_suffix("[]").unwrap_or(rest).strip_suffix(']'));
            match code {
                Some(code) if !code.is_empty() && code.len() <= MAX_LINE && !code.contains(['[', ']']) => {
                    let long = values.iter().any(|value| value.chars().count() > MAX_DESCRIPTION);
                    let control = |value: &String| {
                        value.chars().any(|letter| letter.is_control() && !"\n\r\t".contains(letter))
                    };
                    if long || values.iter().any(control) {
                        self.faults.push(Fault::bad(
                            &shown(&name),
                            format!("nhiều nhất {MAX_DESCRIPTION} ký tự, không có ký tự điều khiển."),
                            format!(
                                "must have at most {MAX_DESCRIPTION} characters and no control characters."
                            ),
                        ));
                    }
                    attributes.entry(code.to_owned()).or_default().extend(values);
                }
                _ => self.faults.push(Fault::bad(
                    &shown(&name),
                    "phải viết là attribute[mã]=giá trị, hoặc attribute[mã][]=giá trị.",
                    "must be written as attribute[code]=value, or attribute[code][]=value.",
                )),
            }
        }
        (attributes, self.faults)
    }
}
