//! Text from before Unicode: what circulates is recognised and converted, and Unicode is left alone.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::HashMap;
use std::sync::LazyLock;

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;
use vietnam::text::legacy::{Encoding, Reading, SAMPLES, read, read_as, read_text};
use vietnam::text::nfc;

const TABLE: &str = include_str!("../../../data/text/legacy_encodings.csv");
const LEGACY: [Encoding; 4] = [Encoding::Tcvn3, Encoding::Vni, Encoding::Viqr, Encoding::Windows1258];

/// Of each column of the table: a letter's code.
static CODES: LazyLock<Vec<HashMap<char, String>>> = LazyLock::new(|| {
    let rows: Vec<csv::StringRecord> =
        csv::Reader::from_reader(TABLE.as_bytes()).records().map(Result::unwrap).collect();
    let of = |column: usize| {
        rows.iter().map(|row| (row[0].chars().next().unwrap(), row[column].to_owned())).collect()
    };
    (0..5).map(of).collect()
});

/// The bytes of a text in an encoding, letter by letter, as an old program wrote them.
fn encode(text: &str, encoding: Encoding) -> Vec<u8> {
    let column = match encoding {
        Encoding::Tcvn3 => 1,
        Encoding::Vni => 2,
        Encoding::Windows1258 => 3,
        Encoding::Viqr => 4,
        Encoding::Unicode => return text.as_bytes().to_vec(),
    };
    let codes = &CODES[column];
    let mut bytes: Vec<u8> = Vec::new();
    let mut letters = text.nfc().peekable();
    while let Some(c) = letters.next() {
        // VIQR escapes what would be read as a mark (RFC 1456, 2.1).
        let escaped = match c {
            'd' | 'D' => letters.peek().is_some_and(|next| "dDđĐ".contains(*next)),
            _ => "^(+*`'?~.\\".contains(c),
        };
        match codes.get(&c) {
            Some(code) if encoding == Encoding::Viqr => bytes.extend(code.as_bytes()),
            Some(code) => bytes.extend(code.split(' ').map(|hex| u8::from_str_radix(hex, 16).unwrap())),
            None => {
                if encoding == Encoding::Viqr && escaped {
                    bytes.push(b'\\');
                }
                bytes.push(u8::try_from(u32::from(c)).unwrap_or_else(|_| panic!("{c:?} in {text}")));
            }
        }
    }
    bytes
}

/// The same bytes seen through Windows-1252, as they are pasted.
fn pasted(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

fn assert_read(reading: &Reading, encoding: Encoding, text: &str) {
    assert_eq!((reading.encoding, reading.text.as_str()), (Some(encoding), text), "{reading:?}");
}

#[test]
fn what_circulates_is_converted() {
    for (given, encoding, text) in [
        ("Céng hoµ x· héi chñ nghÜa ViÖt Nam", Encoding::Tcvn3, "Cộng hoà xã hội chủ nghĩa Việt Nam"),
        ("§éc lËp - Tù do - H¹nh phóc", Encoding::Tcvn3, "Độc lập - Tự do - Hạnh phúc"),
        ("CéNG HOµ X· HéI CHñ NGHÜA VIÖT NAM", Encoding::Tcvn3, "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        ("C¨n cø NghÞ ®Þnh sè 15/CP", Encoding::Tcvn3, "Căn cứ Nghị định số 15/CP"),
        (
            "QuyÕt ®Þnh cña Bé tr\u{ad}ëng Bé Tµi chÝnh",
            Encoding::Tcvn3,
            "Quyết định của Bộ trưởng Bộ Tài chính",
        ),
        ("UBND tØnh Hµ Giang ë UBND x·", Encoding::Tcvn3, "UBND tỉnh Hà Giang ở UBND xã"),
        ("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", Encoding::Vni, "Cộng hòa xã hội chủ nghĩa Việt Nam"),
        ("COÄNG HOØA XAÕ HOÄI CHUÛ NGHÓA VIEÄT NAM", Encoding::Vni, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        ("Ñoäc laäp - Töï do - Haïnh phuùc", Encoding::Vni, "Độc lập - Tự do - Hạnh phúc"),
        ("Vie^.t Nam dda^'t nu*o*'c me^'n ye^u", Encoding::Viqr, "Việt Nam đất nước mến yêu"),
        (
            "Co^.ng ho`a xa~ ho^.i chu? nghi~a Vie^.t Nam\\.",
            Encoding::Viqr,
            "Cộng hòa xã hội chủ nghĩa Việt Nam.",
        ),
        (
            "Côòng hoÌa xaÞ hôòi chuÒ nghiÞa Viêòt Nam",
            Encoding::Windows1258,
            "Cộng hòa xã hội chủ nghĩa Việt Nam",
        ),
    ] {
        assert_read(&read_text(given), encoding, text);
        if encoding != Encoding::Viqr {
            let bytes: Vec<u8> = given.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
            assert_read(&read(&bytes), encoding, text);
        }
    }
}

#[test]
fn what_was_done_is_shown_before_it_is_saved() {
    let reading = read_text("UBND x· T©n LËp b¸o c¸o viÖc thu chi n¨m 1999");
    assert_eq!(
        reading.samples[..3],
        [("x·".into(), "xã".into()), ("T©n".into(), "Tân".into()), ("LËp".into(), "Lập".into())]
    );
    assert!(reading.confidence >= 90 && reading.unreadable == 0, "{reading:?}");
    let little = read_text("b¸o c¸o");
    assert!(little.confidence < reading.confidence && little.text == "báo cáo");
    let long = read_text(&"viÖc thu chi ".repeat(100));
    assert_eq!(long.samples.len(), SAMPLES);
}

#[test]
fn unicode_is_never_converted() {
    for text in [
        "Cộng hòa xã hội chủ nghĩa Việt Nam",
        "Cà phê và bánh mì",
        "ông già và bé gái",
        "",
        "Hello, what do you see? I see a dog. Add 'em (a, b)!",
        "if (a.b == c.d) { odd(e^2) }; see (a(b)) or u+o",
        "Le café très français, une journée à l'hôtel où naît l'été",
        "Übergrößenträger müssen schön fühlen; añadir más año",
        "São Paulo não é só isso; ações e intenções",
        "http://example.vn/a?b=c.d&e'f",
        "中文和 «русский» – ¼ § ° ©",
        "Văn bản cũ: Céng hoµ x· héi", // mixed: a person must look
    ] {
        let reading = read_text(text);
        assert_read(&reading, Encoding::Unicode, text);
        assert_eq!((reading.confidence, reading.samples.len()), (100, 0));
        assert_read(&read(text.as_bytes()), Encoding::Unicode, text);
    }
    let decomposed: String = "Nghị định số 42".nfd().collect();
    assert_read(&read_text(&decomposed), Encoding::Unicode, "Nghị định số 42");
    assert_read(&read(b"\xef\xbb\xbfNgh\xe1\xbb\x8b"), Encoding::Unicode, "Nghị");
}

#[test]
fn bytes_that_are_nothing_vietnamese_are_kept_and_said_to_be_unknown() {
    let reading = read(b"\x89PNG\r\n\xff\xd8\xfe\xed\xfa\xce");
    assert_eq!((reading.encoding, reading.confidence), (None, 0));
    assert!(reading.text.starts_with("‰PNG") && reading.unreadable > 0);
    assert_eq!(read(b"na\xefve caf\xe9, fa\xe7ade").encoding, None, "French in Latin-1");
}

#[test]
fn who_knows_better_names_the_encoding() {
    let bytes = encode("Tờ trình", Encoding::Vni);
    assert_read(&read_as(&bytes, Encoding::Vni), Encoding::Vni, "Tờ trình");
    assert_ne!(read_as(&bytes, Encoding::Tcvn3).text, "Tờ trình");
    for encoding in LEGACY {
        assert_eq!(encoding.as_str().parse(), Ok(encoding));
    }
    assert!("ebcdic".parse::<Encoding>().unwrap_err().contains("tcvn3, vni"));
}

/// Titles of real documents that the encodings can write.
fn titles() -> Vec<String> {
    include_str!("../../../data/demo/gazette.jsonl")
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["abstract"].as_str().unwrap().to_owned()
        })
        .filter(|title| {
            title.chars().all(|c| c.is_ascii() || TABLE.contains(c))
                && !title.contains(['\'', '"', '(', '*', '+', '`', '~'])
        })
        .collect()
}

#[test]
fn real_titles_are_recognised_in_every_encoding_and_come_back() {
    let titles = titles();
    assert!(titles.len() > 150, "{}", titles.len());
    for encoding in LEGACY {
        for title in &titles {
            // TCVN3 has no capitals with tones.
            let title = if encoding == Encoding::Tcvn3 { title.to_lowercase() } else { title.clone() };
            let bytes = encode(&title, encoding);
            let reading = if encoding == Encoding::Viqr { read_text(&pasted(&bytes)) } else { read(&bytes) };
            assert_read(&reading, encoding, &title);
            assert!(reading.confidence >= 60, "{title}: {}", reading.confidence);
            assert_read(&read_text(&pasted(&bytes)), encoding, &title);
        }
    }
}

#[test]
fn full_texts_are_left_alone() {
    for line in include_str!("../../../data/demo/fulltext.jsonl").lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = value["text"].as_str().unwrap();
        assert_eq!(read_text(text).text, nfc(text));
        for paragraph in text.lines() {
            assert_eq!(read_text(paragraph).text, nfc(paragraph), "{paragraph}");
        }
    }
}

fn letters() -> impl Strategy<Value = String> {
    let all: Vec<char> = csv::Reader::from_reader(TABLE.as_bytes())
        .records()
        .map(|row| row.unwrap()[0].chars().next().unwrap())
        .chain("abcdefghiklmnopqrstuvxyABCDEGHIKLMNOPQRSTUVXY 0123456789,;:-/.".chars())
        .collect();
    prop::collection::vec(prop::sample::select(all), 0..60).prop_map(|letters| letters.into_iter().collect())
}

proptest! {
    #[test]
    fn what_an_old_program_wrote_comes_back(text in letters()) {
        for encoding in LEGACY {
            let text = if encoding == Encoding::Tcvn3 { text.to_lowercase() } else { text.clone() };
            let reading = read_as(pasted(&encode(&text, encoding)).as_bytes(), encoding);
            prop_assert_eq!(&reading.text, &text, "{}", encoding);
            prop_assert_eq!(reading.unreadable, 0);
        }
    }

    #[test]
    fn no_bytes_and_no_text_break_it(bytes in prop::collection::vec(any::<u8>(), 0..200), text in any::<String>()) {
        for reading in [read(&bytes), read_text(&text)] {
            prop_assert_eq!(nfc(&reading.text), reading.text);
            prop_assert!(reading.confidence <= 100 && reading.samples.len() <= SAMPLES);
        }
    }

    #[test]
    fn what_was_converted_is_not_converted_again(text in letters()) {
        let marked = format!("{text} được");
        prop_assert_eq!(read_text(&marked).text, marked);
    }
}
