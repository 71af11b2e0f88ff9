//! `nhipcau suggest`, as the shipped program: what a script may rely on.

use serde_json::Value;

use super::rules::nhipcau;

fn suggest(args: &[&str], input: &[u8]) -> (i32, String) {
    let ran = nhipcau(&[&["suggest"], args].concat(), input);
    (ran.code, ran.out)
}

fn first(line: &Value, question: &str) -> String {
    line[question]["candidates"][0]["id"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn each_line_is_answered_and_a_bad_one_is_told() {
    let mut input = String::new();
    input.push_str(
        "{\"text\":\"Đèn đường trong ngõ tắt cả tháng nay\",\"place\":\"Phường Ba Đình, Hà Nội\"}\n\n",
    );
    input.push_str(
        "{\"text\": \"thiếu ngoặc\"\n{\"text\":7}\n{\"text\":\"  \"}\n{\"text\":\"a\",\"place\":[]}\n",
    );
    input.push_str("{\"text\":\"chay nha roi con nguoi ket tren tang 3 cuu voi\",\"place\":null}\n");
    let mut bytes = input.into_bytes();
    bytes.extend(b"\xff\xfe\n");
    bytes.extend(b"{\"text\":\"");
    bytes.extend(std::iter::repeat_n(b'a', 2 << 20));
    bytes.extend(b"\"}\n{\"text\":\"mat nuoc ba ngay nay\"}");
    let (code, out) = suggest(&["--json", "--day", "2026-11-26"], &bytes);
    assert_eq!(code, 0);
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 9, "{out}");
    assert_eq!(first(&lines[0], "field"), "ha-tang.chieu-sang");
    assert_eq!(
        (first(&lines[0], "level"), first(&lines[0], "kind")),
        ("commune".to_owned(), "phan_anh".to_owned())
    );
    assert_eq!(
        lines[0]["answerer"]["name"],
        "Ủy ban nhân dân phường Ba Đình – Phòng Kinh tế, Hạ tầng và Đô thị"
    );
    for question in ["field", "level", "agency", "kind", "urgency"] {
        let answers = &lines[0][question];
        assert!(
            answers["abstain"].is_boolean() && answers["candidates"][0]["name"].is_string(),
            "{question}"
        );
        assert!(
            (0.0..=1.0).contains(&answers["candidates"][0]["confidence"].as_f64().unwrap()),
            "{question}"
        );
    }
    for (at, line, what) in [
        (1, 3, "JSON"),
        (2, 4, "\"text\" must be a string"),
        (3, 5, "empty"),
        (4, 6, "\"place\""),
        (6, 8, "UTF-8"),
        (7, 9, "longer"),
    ] {
        assert_eq!(lines[at]["line"], line, "{}", lines[at]);
        assert!(lines[at]["error"].as_str().unwrap().contains(what), "{}", lines[at]);
    }
    assert!(!out.contains("thiếu ngoặc"), "what was typed stands in no error");
    assert_eq!((lines[5]["danger"].as_bool(), first(&lines[5], "urgency").as_str()), (Some(true), "5"));
    assert_eq!(first(&lines[8], "field"), "nuoc.mat-nuoc");
}

#[test]
fn people_read_words() {
    let (code, out) = suggest(
        &["Tôi khiếu nại quyết định xử phạt của Chủ tịch UBND xã Bản Lầu, Lào Cai, đề nghị hủy"],
        b"",
    );
    assert_eq!(code, 0);
    assert!(out.contains("khiếu nại hoặc tố cáo") && out.contains("Luật Khiếu nại"), "{out}");
    let (code, out) = suggest(&["--coverage"], b"");
    assert!(code == 0 && out.contains("544644") && out.contains("104 / 118"), "{out}");
    let (code, _) = suggest(&["--model", "khong-co.bin", "đường hư"], b"");
    assert_eq!(code, 1);
}
