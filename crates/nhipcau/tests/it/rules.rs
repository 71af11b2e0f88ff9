//! `nhipcau deadline`, `nhipcau number`, `nhipcau check-text` and `nhipcau clean`, as the shipped program: what a script may rely on.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

pub struct Ran {
    pub code: i32,
    pub out: String,
    err: String,
}

impl Ran {
    /// Standard output, one JSON object a line.
    fn objects(&self) -> Vec<Value> {
        self.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Runs the shipped program.
pub fn nhipcau(args: &[&str], input: &[u8]) -> Ran {
    let mut child = Command::new(env!("CARGO_BIN_EXE_nhipcau"))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that does not read its input may be gone before it is written.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn deadlines_end_where_practice_ends_them() {
    for (from, unit, count, end) in [
        ("2026-02-13", "--working-days", "1", "2026-02-23"),
        ("2026-01-31", "--working-days", "2", "2026-02-03"),
        ("2026-05-07", "--working-days", "2", "2026-05-11"),
        ("2026-06-30", "--working-days", "3", "2026-07-03"),
        ("2026-11-23", "--working-days", "1", "2026-11-25"),
        ("23/11/2026", "--working-days", "1", "2026-11-25"),
        ("13/02/2026 16:30", "--hours", "24", "2026-02-14"),
        ("2026-11-04", "--days", "20", "2026-11-25"),
        ("2026-02-13T16:30", "--hours", "24", "2026-02-14"),
        ("2026-02-13T15:00", "--working-hours", "3", "2026-02-23"),
    ] {
        let ran = nhipcau(&["deadline", "--from", from, unit, count, "--json"], b"");
        assert_eq!((ran.code, ran.err.as_str()), (0, ""));
        let told = &ran.objects()[0];
        assert_eq!(told["end"], end, "{from} {unit} {count}");
        assert!(told.get("error").is_none());
    }
}

#[test]
fn an_explained_deadline_names_every_day_and_its_act() {
    let args = ["deadline", "--from", "2026-02-13", "--working-days", "1", "--explain"];
    let ran = nhipcau(&args, b"");
    assert!(ran.out.starts_with("2026-02-23\n1 ngày làm việc kể từ ngày 13/02/2026"), "{}", ran.out);
    assert!(ran.out.contains("Thứ Ba 17/02/2026: Tết Nguyên Đán, ngày nghỉ, không tính"), "{}", ran.out);
    let told = nhipcau(&[&args[..], &["--json"]].concat(), b"").objects().remove(0);
    let days = told["days"].as_array().unwrap();
    assert_eq!(days.len(), 11);
    assert_eq!(days.iter().filter(|day| day["counted"] == true).count(), 1);
    assert!(days[4]["legal_basis"].as_str().unwrap().starts_with("Bộ luật Lao động"));
}

#[test]
fn a_calendar_of_ones_own_changes_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("swap.csv");
    std::fs::write(
        &path,
        "date,kind,name,name_en,legal_basis\n2026-11-25,off,Ngày nghỉ,Day off,Quyết định\n",
    )
    .unwrap();
    let path = path.to_str().unwrap();
    let args = ["deadline", "--from", "2026-11-23", "--working-days", "1", "--json", "--calendar", path];
    assert_eq!(nhipcau(&args, b"").objects()[0]["end"], "2026-11-26");
}

#[test]
fn what_has_no_deadline_says_why_and_fails() {
    for (from, extra, why) in [
        ("2026-02-30", "--explain", "--from 2026-02-30: expected a day such as 2026-02-13"),
        ("2030-12-31", "--explain", "the calendar of working days covers 2020 to 2030, not 2031-01-01"),
        ("2026-02-13", "--office=moon", "--office moon: no such row"),
        ("2026-02-13", "--calendar=/nowhere.csv", "read --calendar /nowhere.csv"),
    ] {
        let ran = nhipcau(&["deadline", "--from", from, "--working-days", "1", "--json", extra], b"");
        assert_eq!(ran.code, 1, "{from}");
        let told = &ran.objects()[0];
        assert!(told["error"].as_str().unwrap().contains(why), "{told}");
        assert!(ran.err.contains(why), "{}", ran.err);
    }
    let two = nhipcau(&["deadline", "--from", "2026-02-13", "--days", "1", "--hours", "1"], b"");
    assert_eq!(two.code, 2, "two periods are typed wrongly");
}

#[test]
fn numbers_are_read_from_arguments_and_from_lines() {
    let ran = nhipcau(&["number", "--json", "Thông tư số 01 / 2026/tt-btc", "16-NQ/TW"], b"");
    assert_eq!(ran.code, 0);
    let told = ran.objects();
    assert_eq!(told[0]["input"], "Thông tư số 01 / 2026/tt-btc");
    assert_eq!(told[0]["normalized"], "01/2026/TT-BTC");
    assert_eq!((&told[0]["serial"], &told[0]["year"]), (&"01".into(), &2026.into()));
    assert_eq!((&told[0]["symbol"], &told[0]["form"]), (&"TT-BTC".into(), &"Thông tư".into()));
    assert_eq!(told[0]["issuers"][0], "Bộ Tài chính");
    assert_eq!((&told[1]["normalized"], &told[1]["party"]), (&"16-NQ/TW".into(), &true.into()));
    assert!(told[1]["year"].is_null());

    let mut input = "42/2022/NĐCP\r\nkhông có số\n\n".as_bytes().to_vec();
    input.extend_from_slice(b"\xff/2022\n148/2025/QH15");
    let lines = nhipcau(&["number", "--json"], &input);
    assert_eq!(lines.code, 1);
    let told = lines.objects();
    assert_eq!(told.len(), 5, "one object a line");
    assert_eq!(
        (&told[0]["input"], &told[0]["normalized"]),
        (&"42/2022/NĐCP".into(), &"42/2022/NĐ-CP".into())
    );
    for failed in &told[1..4] {
        assert!(failed["error"].is_string() && failed.get("normalized").is_none(), "{failed}");
    }
    assert!(told[4].get("error").is_none() && told[4]["form"].is_null() && told[4]["forms"][0] == "Luật");
    assert!(lines.err.contains("3 of 5 could not be read"), "{}", lines.err);
}

#[test]
fn a_number_is_shown_in_words() {
    let ran = nhipcau(&["number", "574/QĐ-TTg"], b"");
    assert!(ran.out.starts_with("574/QĐ-TTg\n"), "{}", ran.out);
    for part in ["Quyết định (Decision)", "Thủ tướng Chính phủ", "năm · year        –"] {
        assert!(ran.out.contains(part), "{}", ran.out);
    }
    let bad = nhipcau(&["number", "42/2022"], b"");
    assert_eq!(bad.code, 1);
    assert!(bad.out.contains("no symbol") && bad.err.contains("1 of 1"), "{} {}", bad.out, bad.err);
}

#[test]
fn help_teaches_by_examples() {
    for (command, words) in
        [("deadline", ["--explain", "Civil Code"]), ("number", ["--json", "42/2022/NĐCP"])]
    {
        let ran = nhipcau(&[command, "--help"], b"");
        assert_eq!(ran.code, 0);
        assert!(ran.out.contains("Examples:") && words.iter().all(|w| ran.out.contains(w)), "{}", ran.out);
    }
}

#[test]
fn a_text_is_checked_before_it_is_published() {
    let text = "# Thông báo\n\nUBND tỉnh Hà Giang họp thứ Hai, ngày 24/11/2026.\nÔng A, CCCD 001085012345.\n";
    let ran = nhipcau(&["check-text", "-", "--day", "2026-11-26", "--json"], text.as_bytes());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let told: Vec<String> = ran
        .objects()
        .iter()
        .map(|o| {
            format!(
                "{}:{} {} {}",
                o["line"],
                o["column"],
                o["concern"].as_str().unwrap(),
                o["weight"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        told,
        ["3:1 abbreviation advice", "3:6 old-unit mistake", "3:24 date mistake", "4:13 personal-data danger"]
    );
    assert_eq!(ran.objects()[1]["suggestion"], "tỉnh Tuyên Quang");
    assert!(!ran.out.contains("001085012345"), "{}", ran.out);
    let ran = nhipcau(&["check-text", "-", "--day", "2026-11-26"], text.as_bytes());
    assert!(ran.out.contains("3:6  old-unit") && ran.out.contains("→ tỉnh Tuyên Quang"), "{}", ran.out);
    // The same in the encoding of the years before Unicode.
    let ran = nhipcau(&["check-text", "-"], b"C\xe9ng ho\xb5 x\xb7 h\xe9i  ch\xf1 ngh\xdca Vi\xd6t Nam");
    assert!(ran.out.contains("spaces"), "{} {}", ran.out, ran.err);
    let ran = nhipcau(&["check-text", "-"], "BỘ\nTỐI MẬT\nPhương án 7".as_bytes());
    assert_eq!((ran.code, ran.out.as_str()), (1, ""));
    assert!(
        ran.err.contains("dòng 2") && ran.err.contains("Tối mật") && !ran.err.contains("Phương án"),
        "{}",
        ran.err
    );
    let ran = nhipcau(&["check-text", "khong-co.md"], b"");
    assert!(ran.code == 1 && ran.err.contains("khong-co.md"), "{}", ran.err);
}

#[test]
fn a_pasted_page_is_cleaned_and_told() {
    let page = "<p class=MsoNormal style='mso-x'>C\u{e9}ng ho\u{b5} x\u{b7} h\u{e9}i <b>ch\u{f1} ngh\u{dc}a</b><img src=x><script>x()</script>";
    let ran = nhipcau(&["clean", "-", "--json"], page.as_bytes());
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    let told = &ran.objects()[0];
    assert_eq!(
        (told["text"].as_str(), told["format"].as_str()),
        (Some("Cộng hoà xã hội **chủ nghĩa**"), Some("markdown"))
    );
    assert_eq!((told["encoding"].as_str(), told["samples"][0][1].as_str()), (Some("tcvn3"), Some("Cộng")));
    assert_eq!(told["notes"].as_array().unwrap().len(), 3);
    let ran = nhipcau(&["clean", "-"], page.as_bytes());
    assert_eq!(ran.out, "Cộng hoà xã hội **chủ nghĩa**\n");
    assert!(ran.err.contains("tcvn3") && ran.err.contains("Céng → Cộng"), "{}", ran.err);
    let ran = nhipcau(&["clean", "-"], b"%PDF-1.7");
    assert!(ran.code == 1 && ran.out.is_empty() && ran.err.contains("PDF"), "{}", ran.err);
}
