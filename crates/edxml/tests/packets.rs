//! Packets as systems write them, and packets that are made to cost much.
#![allow(clippy::unwrap_used, clippy::panic)]

use edxml::{Act, Code, Document, Error, Message, limits};
use jiff::civil::date;

fn document(packet: &str) -> Document {
    match edxml::read(packet.as_bytes()).unwrap() {
        Message::Document(one) => *one,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_new_document_is_read_with_its_file() {
    let one = document(include_str!("../fuzz/corpus/message/new.edxml"));
    assert_eq!((one.code().as_str(), one.issued), ("46/CĐ-UBND", Some(date(2026, 11, 23))));
    assert_eq!(
        (one.from.id.as_str(), one.to.len(), one.to[1].name.as_str()),
        ("000.00.00.H41", 2, "Sở Mẫu khác")
    );
    assert_eq!(one.subject, "V/v ứng phó mưa lũ & sạt lở");
    assert_eq!(one.content, "Yêu cầu các sở thực hiện <ngay>.");
    assert_eq!((one.form_name.as_str(), one.signer.name.as_str()), ("Công điện", "Nguyễn Văn Mẫu"));
    assert_eq!((one.due, one.places.len()), (Some(date(2026, 11, 30)), 2));
    assert_eq!(one.answers[0].issued, Some(date(2026, 11, 20)));
    assert_eq!(one.traces[0].at, Some(date(2026, 11, 23).at(8, 15, 0, 0)));
    assert_eq!((one.business.act, one.business.staff.name.as_str()), (Act::New, "Trần Thị Mẫu"));
    let [file] = &one.attachments[..] else { panic!("{:?}", one.attachments) };
    // Its name and type stand in the manifest alone, and the base64 lacks what fills its last group.
    assert_eq!(
        (file.id.as_str(), file.name.as_str(), file.media.as_str()),
        ("a-1", "cong-dien.txt", "text/plain")
    );
    assert_eq!(String::from_utf8_lossy(&file.bytes), "Công điện");
}

#[test]
fn what_is_revoked_and_replaced_is_named() {
    let one = document(include_str!("../fuzz/corpus/message/revoke.edxml"));
    assert_eq!(
        (one.business.act, one.business.document.as_str()),
        (Act::Revoke, "H41,2026/11/23,46/CĐ-UBND")
    );
    assert_eq!((one.code().as_str(), one.subject.as_str()), ("46/CĐ-UBND", "Thu hồi <văn bản>"));
    assert!(one.business.paper && one.business.reason == "Nhầm nơi nhận");
    let one = document(include_str!("../fuzz/corpus/message/replace.edxml"));
    let [replaced] = &one.business.replaced[..] else { panic!() };
    assert_eq!((one.business.act, replaced.organs.len()), (Act::Replace, 2));
    assert_eq!(
        (replaced.document.as_str(), one.issued),
        ("H41,2026/11/23,46/CĐ-UBND", Some(date(2026, 11, 25)))
    );
}

#[test]
fn a_status_is_read_by_its_code() {
    let packet = include_str!("../fuzz/corpus/message/status.edxml");
    let Message::Status(one) = edxml::read(packet.as_bytes()).unwrap() else { panic!() };
    assert_eq!((one.code, one.of.code.as_str()), (Code::Received, "46/CĐ-UBND"));
    assert_eq!(one.at, Some(date(2026, 11, 23).at(9, 0, 0, 0)));
    let short = packet.replace(">03<", ">6<");
    let Message::Status(one) = edxml::read(short.as_bytes()).unwrap() else { panic!() };
    assert_eq!(one.code, Code::Done);
    assert_eq!(edxml::read(packet.replace(">03<", ">07<").as_bytes()), Err(Error::Status("07".into())));
}

#[test]
fn numbers_are_put_together_however_systems_divide_them() {
    for (number, notation, due) in [
        ("46", "CĐ-TTg", "46/CĐ-TTg"),
        ("46/CĐ-TTg", "CĐ-TTg", "46/CĐ-TTg"),
        ("46", "46/CĐ-TTg", "46/CĐ-TTg"),
        ("", "46/CĐ-TTg", "46/CĐ-TTg"),
        ("46", "", "46"),
        ("", "", ""),
    ] {
        let one = Document { number: number.into(), notation: notation.into(), ..Document::default() };
        assert_eq!(one.code(), due);
    }
}

#[test]
fn what_is_no_packet_is_named() {
    let of = |packet: &str| edxml::read(packet.as_bytes());
    for broken in [
        "",
        "x",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "<a>&nbsp;</a>",
        "<a>&#0;</a>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
    ] {
        assert!(matches!(of(broken), Err(Error::Xml(_))), "{broken}: {:?}", of(broken));
    }
    assert_eq!(of("<rss/>"), Err(Error::Other("rss".into())));
    assert_eq!(edxml::read(b"\xff\xfe<\0"), Err(Error::Encoding));
    let packet = include_str!("../fuzz/corpus/message/new.edxml");
    assert_eq!(of(&packet.replace("DocType>0<", "DocType>4<")), Err(Error::Act("4".into())));
    let day = of(&packet.replace("2026/11/30", "mai"));
    assert_eq!(day, Err(Error::Time("DueDate", "mai".into())));
    assert_eq!(of(&packet.replace("Q8O0bmcg", "***")), Err(Error::Base64("cong-dien.txt".into())));
}

#[test]
fn packets_that_cost_much_are_refused() {
    let of = |inner: &str| {
        edxml::read(format!("<edXML><MessageHeader>{inner}</MessageHeader></edXML>").as_bytes())
    };
    assert_eq!(of(&"<a>".repeat(100_000)), Err(Error::TooMuch));
    assert_eq!(of(&"<a/>".repeat(100_000)), Err(Error::TooMuch));
    assert_eq!(of(&"<To/>".repeat(limits::MANY + 1)), Err(Error::TooMuch));
    assert_eq!(of(&format!("<Subject>{}</Subject>", "x".repeat(limits::TEXT + 1))), Err(Error::TooMuch));
    assert_eq!(of(&format!("<Subject>{}</Subject>", "&amp;".repeat(limits::TEXT + 1))), Err(Error::TooMuch));
    assert_eq!(edxml::read(&vec![b' '; limits::BYTES + 1]), Err(Error::TooMuch));
}
