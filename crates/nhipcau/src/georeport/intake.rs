//! A report becomes a petition, by the same function as the page: its arguments are put into the fields of the page's form, and what is
//! wrong with these is told of the arguments.

use open311::{Created, Fault, Submission};

use super::serve::faults_of;
use super::services::{self, ADDRESS, KIND, MODE, ONCE, STILL};
use crate::agencies::Portal;
use crate::app::App;
use crate::people::forms::Fields;
use crate::petitions::asking::intake::{Bad, Came, Sender, explained, take as asked};
use crate::petitions::place::{Meant, meant};
use crate::petitions::receipt::Due;
use crate::petitions::register::{Registered, Via};
use crate::petitions::rules::Emergency;
use crate::petitions::{FOLLOW, Mode};
use crate::problem::Problem;
use crate::web::visitor::Visitor;
use crate::words::{Lang, date};

/// Takes a report; the number of the petition, and what its sender must be told.
///
/// # Errors
/// All that is wrong with it, in the arguments' names.
pub async fn take(
    app: &App,
    visitor: &Visitor,
    portal: &Portal,
    report: Submission,
    key: String,
) -> Result<Created, Vec<Fault>> {
    let topic =
        services::topic(&report.service_code).ok_or_else(|| vec![Fault::not_found("service_code")])?;
    let day = date::day(app.clock.now());
    if let Some(elsewhere) = &topic.outside {
        let says = |lang: Lang| lang.georeport().not_here(elsewhere);
        return Err(vec![Fault::bad("service_code", says(Lang::Vi), says(Lang::En))]);
    }
    let mut faults = report.check(&services::definition(&topic.id, day));
    if report.description.is_none() {
        faults.push(Fault::missing("description"));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let words = report.description.clone().unwrap_or_default();
    let by_id = report.place.address_id.is_some();
    let via = Via { service: topic.id.clone(), key };
    // The language of whoever writes is not told; that of the country is spoken.
    let sender = Sender { lang: Lang::Vi, client: visitor.client, via: Some(via), mail: None };
    match asked(app, portal, &fields(report), Ok(Vec::new()), sender).await {
        Ok(Came::Registered(registered)) => {
            let notice = Some(notice(app, visitor, &registered, &words));
            Ok(Created::Number { id: registered.code.clone(), notice })
        }
        Ok(Came::Outside(outside)) => {
            let says = |lang: Lang| {
                let still = if outside.sure() { "" } else { lang.georeport().still_says };
                explained(&outside, lang, still)
            };
            Err(vec![Fault::bad("description", says(Lang::Vi), says(Lang::En))])
        }
        Err(Bad { problem: Problem::Invalid(all), .. }) => Err(all
            .into_iter()
            .map(|fault| Fault::bad(argument(&fault.field, by_id), fault.vi, fault.en))
            .collect()),
        Err(Bad { problem, .. }) => Err(faults_of(app, problem)),
    }
}

/// The argument that a field of the page's form was filled from.
fn argument(field: &str, by_id: bool) -> &str {
    match field {
        "chuyen-gi" => "description",
        "noi" if by_id => "address_id",
        "noi" | "cho" => "address_string",
        "ho-ten" => "first_name",
        "dien-thoai" => "phone",
        "email" => "email",
        "loai" => "attribute[loai]",
        "dinh-danh" => "attribute[dinh-danh]",
        "dia-chi" => "attribute[dia-chi]",
        other => other,
    }
}

/// The fields of the page's form. What only a program says is written into the words, where whoever handles the case reads it: no
/// address is fetched.
fn fields(report: Submission) -> Fields {
    let attribute = |code: &str| report.attributes.get(code).and_then(|values| values.first()).cloned();
    let said = |text: &Option<String>| text.clone().unwrap_or_default();
    // The family name stands first.
    let name = format!("{} {}", said(&report.last_name), said(&report.first_name)).trim().to_owned();
    let known = !(name.is_empty() && report.phone.is_none() && report.email.is_none());
    let mode =
        attribute(MODE).unwrap_or_else(|| (if known { Mode::Named } else { Mode::Anonymous }).word().into());
    let position = report.place.position.map(|(lat, long)| format!("{lat}, {long} (WGS 84)"));
    let address = report.place.address.clone();
    let commune = report.place.address_id.clone().or_else(|| match meant(address.as_deref()?) {
        Meant::One(code, _) => Some(code.to_string()),
        // What the words say stays with the case; its commune is that of the portal.
        Meant::Several(..) | Meant::TooMany | Meant::Nothing => None,
    });
    let spot = [address, position].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let mut words = said(&report.description);
    if let Some(media) = &report.media_url {
        words = format!("{words}\n\n{}", Lang::Vi.georeport().media(media));
    }
    let mut pairs = vec![
        ("loai".to_owned(), attribute(KIND).unwrap_or_else(|| "phan-anh".into())),
        ("dinh-danh".to_owned(), mode),
        ("chuyen-gi".to_owned(), words),
        ("cho".to_owned(), spot),
        ("noi".to_owned(), commune.unwrap_or_default()),
        ("ho-ten".to_owned(), name),
        ("dien-thoai".to_owned(), said(&report.phone)),
        ("email".to_owned(), said(&report.email)),
        ("dia-chi".to_owned(), attribute(ADDRESS).unwrap_or_default()),
    ];
    for code in [STILL, ONCE] {
        pairs.extend(attribute(code).map(|value| (code.to_owned(), value)));
    }
    Fields::of(pairs)
}

/// What its sender is told, once: the secret among it.
fn notice(app: &App, visitor: &Visitor, registered: &Registered, words: &str) -> String {
    let w = Lang::Vi.georeport();
    let day = date::day(app.clock.now());
    let mut says = Vec::new();
    let numbers: Vec<String> = Emergency::read(words, day)
        .iter()
        .map(|row| format!("{} ({})", row.number, row.what(Lang::Vi)))
        .collect();
    if !numbers.is_empty() {
        says.push(w.notice_danger(numbers.join(", ")));
    }
    let follow = format!("{}{FOLLOW}", visitor.base);
    says.push(w.notice(&registered.code, registered.secret.shown(), follow));
    says.extend(Due::of(app, &registered.case, Lang::Vi).map(|due| w.notice_due(due.day)));
    says.join(" ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn of(body: &str) -> Fields {
        fields(Submission::parse(body.as_bytes()).unwrap())
    }

    #[test]
    fn who_says_who_they_are_appears_by_name_and_who_does_not_is_unknown() {
        let base = "service_code=x&description=Rác&lat=10.5&long=106.7";
        assert_eq!(of(base).get("dinh-danh"), "anonymous");
        let named = of(&format!("{base}&first_name=An&last_name=Nguyễn&phone=0912345678"));
        assert_eq!((named.get("dinh-danh"), named.get("ho-ten")), ("named", "Nguyễn An"));
        let hidden = of(&format!("{base}&first_name=An&attribute[dinh-danh]=hidden"));
        assert_eq!(hidden.get("dinh-danh"), "hidden");
    }

    #[test]
    fn a_place_is_a_commune_where_that_is_certain_and_words_in_any_case() {
        let ba_dinh = of("service_code=x&address_string=Số 5 ngõ 3, phường Ba Đình, Hà Nội");
        assert_eq!((ba_dinh.get("noi"), ba_dinh.get("cho")), ("00004", "Số 5 ngõ 3, phường Ba Đình, Hà Nội"));
        let several = of("service_code=x&address_string=quận Ba Đình, Hà Nội&lat=21.03&long=105.8");
        assert_eq!(
            (several.get("noi"), several.get("cho")),
            ("", "quận Ba Đình, Hà Nội · 21.03, 105.8 (WGS 84)")
        );
        assert_eq!(of("service_code=x&address_id=00004").get("noi"), "00004");
    }

    #[test]
    fn a_picture_elsewhere_is_told_as_words_and_nothing_more() {
        let with = of("service_code=x&address_id=1&description=Rác&media_url=http://127.0.0.1/a.jpg");
        assert!(
            with.get("chuyen-gi").starts_with("Rác\n\n")
                && with.get("chuyen-gi").ends_with("http://127.0.0.1/a.jpg")
        );
    }
}
