//! What is asked of a document before it may be issued: a number that can be read, days in order, relations that say
//! something. People write numbers as they are used to; what became of one is told.

use jiff::civil::Date;
use network::content::{Item, ItemRelation};
use serde::{Deserialize, Serialize};
use vietnam::documents::Effect;
use vietnam::number::DocumentNumber;
use vietnam::text::nfc;

use super::{form_of, is_document, number_of};
use crate::items::store::Reference;
use crate::problem::Fault;

/// A relation as it is handed in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DraftRelation {
    /// `replaces`, `repeals`, `amends`, `suspends`, `corrects`, `implements`, `based_on`, `refers_to` and others.
    pub kind: String,
    /// True if the other document does it to this one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub done_to: bool,
    /// The other document's number.
    pub number: String,
    /// Who issued it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agency: Option<String>,
    /// Its day of issue.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued: Option<Date>,
    /// Its item: the log's name and the item's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// Its item's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<uuid::Uuid>,
    /// First day of the effect; else this document's first day in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// First day without it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// The part that is concerned, for example `Điều 5`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
}

impl From<ItemRelation> for DraftRelation {
    fn from(relation: ItemRelation) -> DraftRelation {
        let (origin, item) = relation.item.map(|(origin, item)| (origin.to_string(), item)).unzip();
        DraftRelation {
            kind: relation.kind,
            done_to: relation.done_to,
            number: relation.number,
            agency: relation.agency,
            issued: relation.issued,
            origin,
            item,
            from: relation.from,
            until: relation.until,
            part: relation.part,
        }
    }
}

/// The relations of an item; each fault is named with its place.
pub fn relations(drafts: Vec<DraftRelation>, faults: &mut Vec<Fault>) -> Vec<ItemRelation> {
    let mut relations = Vec::new();
    for (at, draft) in drafts.into_iter().enumerate() {
        let field = |name: &str| format!("relations[{at}].{name}");
        if let Err(error) = draft.kind.trim().parse::<Effect>() {
            faults.push(Fault {
                field: field("kind"),
                vi: format!(
                    "“{}” không phải một quan hệ; dùng một trong các từ: {}.",
                    draft.kind,
                    Effect::ALL.map(Effect::as_str).join(", ")
                ),
                en: error,
            });
        }
        let number = read(&draft.number, &field("number"), faults);
        let item = match (draft.origin, draft.item) {
            (None, None) => None,
            (Some(origin), Some(item)) => match origin.parse() {
                Ok(origin) => Some((origin, item)),
                Err(error) => {
                    faults.push(Fault {
                        field: field("origin"),
                        vi: format!("“{origin}” không phải tên một sổ, ví dụ chinhphu.vn/log."),
                        en: format!("{origin:?} is not a log's name: {error}."),
                    });
                    None
                }
            },
            _ => {
                faults.push(Fault {
                    field: field("item"),
                    vi: "Sổ (origin) và mã (item) phải có cùng nhau.".into(),
                    en: "The log (origin) and the id (item) come together.".into(),
                });
                None
            }
        };
        let some = |text: Option<String>| text.map(|t| nfc(t.trim())).filter(|t| !t.is_empty());
        relations.push(ItemRelation {
            kind: draft.kind.trim().to_owned(),
            done_to: draft.done_to,
            number: number.map_or_else(|| nfc(draft.number.trim()), |number| number.to_string()),
            agency: some(draft.agency),
            issued: draft.issued,
            item,
            from: draft.from,
            until: draft.until,
            part: some(draft.part),
        });
    }
    relations
}

/// A number in its normal form, or a fault that says what is wrong with it.
fn read(text: &str, field: &str, faults: &mut Vec<Fault>) -> Option<DocumentNumber> {
    match nfc(text).parse::<DocumentNumber>() {
        Ok(number) => Some(number),
        Err(error) => {
            faults.push(Fault {
                field: field.to_owned(),
                vi: format!("“{text}” không đọc được thành số, ký hiệu văn bản; hãy ghi như 42/2022/NĐ-CP hoặc 574/QĐ-TTg."),
                en: format!("{text:?} is no document's number: {error}."),
            });
            None
        }
    }
}

/// The number of a document in its normal form, and what was written if that is another text. Other kinds of items keep
/// what they say.
pub fn normal(
    kind: &str,
    written: Option<String>,
    faults: &mut Vec<Fault>,
) -> (Option<String>, Option<String>) {
    let Some(written) = written else { return (None, None) };
    if !is_document(kind) {
        return (Some(written), None);
    }
    match read(&written, "number", faults) {
        Some(number) => {
            let normal = number.to_string();
            let before = (normal != written).then_some(written);
            (Some(normal), before)
        }
        None => (Some(written), None),
    }
}

/// Days that contradict each other or are missing. `retroactive` is the word of who hands it in that the law lets this
/// document have effect from before its issue (Law 64/2025/QH15, Art. 55).
pub fn days(item: &Item, retroactive: bool, faults: &mut Vec<Fault>) {
    let numbered = number_of(item).is_some();
    if numbered && item.issued.is_none() {
        faults.push(Fault {
            field: "issued".into(),
            vi: "Văn bản có số, ký hiệu phải có ngày ban hành.".into(),
            en: "A document with a number needs its day of issue.".into(),
        });
    }
    let Some(issued) = item.issued else { return };
    if item.effective.is_some_and(|day| day < issued) && !retroactive {
        faults.push(Fault {
            field: "effective".into(),
            vi: "Ngày có hiệu lực trước ngày ban hành; nếu luật cho phép hiệu lực trở về trước, hãy ghi rõ bằng retroactive: true.".into(),
            en: "In force before the day of issue; where the law allows that, say so with retroactive: true.".into(),
        });
    }
    if item.expires.is_some_and(|day| day < issued) {
        faults.push(Fault {
            field: "expires".into(),
            vi: "Ngày hết hiệu lực trước ngày ban hành.".into(),
            en: "The last day lies before the day of issue.".into(),
        });
    }
}

/// What makes a document one of its kind within its agency: `cp 42/2022/NĐ-CP`.
pub fn unique(item: &Item) -> Option<String> {
    let number = number_of(item)?;
    let issued = item.issued.or(item.effective)?;
    let form = form_of(item.form.as_deref(), &number, issued);
    Some(number.unique_key(item.agency.as_deref().unwrap_or_default(), &form, issued).to_string())
}

/// Said of a number that another item has.
pub fn taken(unique: &str, other: &Reference) -> Fault {
    Fault {
        field: "number".into(),
        vi: format!(
            "Trong năm này, số, ký hiệu này đã có ở mục {other} (/muc/{other}) của cùng cơ quan ({unique}); nếu là bản sửa, hãy đăng lần mới của mục đó."
        ),
        en: format!(
            "Item {other} (/muc/{other}) of the same agency has this number in this year ({unique}); if this mends it, issue a new edition of that item."
        ),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use uuid::Uuid;

    use super::*;
    use crate::items::draft::{Draft, from_markdown};
    use crate::problem::Problem;

    #[test]
    fn relations_are_read_from_one_line_or_from_tables() {
        let draft = from_markdown(
            "---\ntitle: Nghị định\nkind: document\nform: Nghị định\nnumber: Nghị định số 01 / 2027 / nđ-cp\nissued: 2027-01-05\nrelations: repeals 42/2022/NĐCP from 2027-02-01; based_on 63/2025/QH15\n---\n",
        )
        .unwrap();
        let checked = draft.check(Uuid::from_u128(1), 1, [0; 16], jiff::civil::date(2027, 1, 10)).unwrap();
        assert_eq!(checked.item.number.as_deref(), Some("01/2027/NĐ-CP"));
        assert_eq!(checked.written.as_deref(), Some("Nghị định số 01 / 2027 / nđ-cp"));
        let [repeal, basis] = &checked.item.relations[..] else { panic!("{:?}", checked.item.relations) };
        assert_eq!((repeal.kind.as_str(), repeal.number.as_str()), ("repeals", "42/2022/NĐ-CP"));
        assert_eq!(repeal.from, Some("2027-02-01".parse().unwrap()));
        assert_eq!((basis.number.as_str(), basis.from), ("63/2025/QH15", None));
        let table = "+++\ntitle = \"x\"\n[[relations]]\nkind = \"suspends\"\nnumber = \"5/QĐ-TTg\"\nfrom = 2027-01-01\npart = \"Điều 5\"\n+++\n";
        let checked = from_markdown(table)
            .unwrap()
            .check(Uuid::from_u128(1), 1, [0; 16], jiff::civil::date(2027, 1, 10))
            .unwrap();
        assert_eq!(checked.item.relations[0].part.as_deref(), Some("Điều 5"));
    }

    #[test]
    fn a_document_with_a_bad_number_days_or_relation_is_refused_field_by_field() {
        let draft = Draft {
            title: "x".into(),
            kind: "document".into(),
            form: Some("Nghị quyết".into()),
            number: Some("42/2022".into()),
            issued: Some("2027-01-05".parse().unwrap()),
            effective: Some("2027-01-01".parse().unwrap()),
            expires: Some("2026-12-31".parse().unwrap()),
            relations: vec![DraftRelation { kind: "eats".into(), number: "x".into(), ..Default::default() }],
            ..Draft::default()
        };
        let Err(Problem::Invalid(faults)) =
            draft.clone().check(Uuid::from_u128(1), 1, [0; 16], jiff::civil::date(2027, 1, 10))
        else {
            panic!("accepted")
        };
        let fields: Vec<_> = faults.iter().map(|f| f.field.as_str()).collect();
        for field in ["number", "effective", "expires", "relations[0].kind", "relations[0].number"] {
            assert!(fields.contains(&field), "{field} missing in {fields:?}");
        }
        let back = Draft {
            number: Some("42/2027/NQ-QH".into()),
            expires: None,
            relations: vec![],
            retroactive: true,
            ..draft.clone()
        };
        assert!(
            back.clone().check(Uuid::from_u128(1), 1, [0; 16], jiff::civil::date(2027, 1, 10)).is_ok(),
            "where the law allows it"
        );
        let undated = Draft { issued: None, effective: None, ..back };
        assert!(
            undated.check(Uuid::from_u128(1), 1, [0; 16], jiff::civil::date(2027, 1, 10)).is_err(),
            "a number without a day of issue"
        );
        let news = Draft { kind: "news".into(), expires: None, effective: None, relations: vec![], ..draft };
        assert_eq!(
            news.check(Uuid::from_u128(1), 1, [0; 16], jiff::civil::date(2027, 1, 10))
                .unwrap()
                .item
                .number
                .as_deref(),
            Some("42/2022")
        );
    }
}
