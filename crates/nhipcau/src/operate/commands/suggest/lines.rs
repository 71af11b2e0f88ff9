//! Messages in, suggestions out, a line each; a bad line is told and the next one read.

use std::fmt::Write as _;
use std::io::{BufRead, Read, Write};

use jiff::civil::Date;
use routing::{Answers, Suggester, Suggestion};
use serde_json::{Value, json};

/// The longest line that is read, in bytes.
const LONGEST: usize = 1 << 20;

/// How messages are asked about.
pub struct Ask<'a> {
    pub suggester: &'a Suggester,
    /// The place of messages that name none.
    pub place: Option<&'a str>,
    pub day: Date,
    pub json: bool,
}

impl Ask<'_> {
    /// Answers every line. Empty lines are passed over.
    ///
    /// # Errors
    /// When nothing can be read or written any more.
    pub fn all(&self, input: &mut impl BufRead, out: &mut impl Write) -> std::io::Result<()> {
        let mut line = Vec::new();
        let mut number = 0u64;
        loop {
            line.clear();
            let read = (&mut *input).take(LONGEST as u64 + 1).read_until(b'\n', &mut line)?;
            if read == 0 {
                return out.flush();
            }
            number += 1;
            let told = if line.len() > LONGEST {
                skip_line(input, line.last() == Some(&b'\n'))?;
                Err(format!(
                    "dòng dài quá {LONGEST} byte; hãy chia nhỏ · the line is longer than {LONGEST} bytes; divide it"
                ))
            } else {
                self.line(&line)
            };
            match told {
                Ok(Some(told)) => writeln!(out, "{told}")?,
                Ok(None) => continue,
                Err(error) if self.json => writeln!(out, "{}", json!({ "line": number, "error": error }))?,
                Err(error) => writeln!(out, "dòng {number}: {error}\n")?,
            }
            // Whoever writes a line may wait for its answer.
            out.flush()?;
        }
    }

    fn line(&self, line: &[u8]) -> Result<Option<String>, String> {
        let line = std::str::from_utf8(line)
            .map_err(|at| {
                format!(
                    "không phải UTF-8, từ byte {} · not UTF-8, from byte {}",
                    at.valid_up_to() + 1,
                    at.valid_up_to() + 1
                )
            })?
            .trim_start_matches('\u{feff}')
            .trim();
        if line.is_empty() {
            return Ok(None);
        }
        if !self.json {
            return Ok(Some(self.message(line, self.place)));
        }
        let value: Value = serde_json::from_str(line).map_err(|error| {
            // What was typed may be personal, so only the place of the fault is told.
            format!("không phải JSON (cột {}) · not JSON (column {}); expected {{\"text\":\"…\",\"place\":\"…\"}}", error.column(), error.column())
        })?;
        let text = match value.get("text") {
            Some(Value::String(text)) if !text.trim().is_empty() => text,
            Some(Value::String(_)) => return Err("\"text\" trống · \"text\" is empty".to_owned()),
            _ => return Err("thiếu \"text\" là chuỗi ký tự · \"text\" must be a string".to_owned()),
        };
        let place = match value.get("place") {
            None | Some(Value::Null) => self.place,
            Some(Value::String(place)) => Some(place.as_str()),
            Some(_) => {
                return Err(
                    "\"place\" phải là chuỗi ký tự hoặc null · \"place\" must be a string or null".to_owned()
                );
            }
        };
        Ok(Some(self.message(text, place)))
    }

    /// What is suggested for one message.
    #[must_use]
    pub fn message(&self, text: &str, place: Option<&str>) -> String {
        let suggestion = self.suggester.suggest(text, place, self.day);
        if self.json { told(text, &suggestion).to_string() } else { in_words(text, &suggestion) }
    }
}

/// Reads on to the end of a line that is too long.
fn skip_line(input: &mut impl BufRead, ended: bool) -> std::io::Result<()> {
    let mut ended = ended;
    while !ended {
        let buffer = input.fill_buf()?;
        let used = match buffer.iter().position(|b| *b == b'\n') {
            Some(at) => {
                ended = true;
                at + 1
            }
            None if buffer.is_empty() => return Ok(()),
            None => buffer.len(),
        };
        input.consume(used);
    }
    Ok(())
}

fn rounded(confidence: f32) -> f64 {
    (f64::from(confidence) * 1e4).round() / 1e4
}

fn answers(answers: &Answers) -> Value {
    let candidates: Vec<Value> = answers
        .candidates
        .iter()
        .map(|c| json!({ "name": c.name, "id": c.id, "confidence": rounded(c.confidence) }))
        .collect();
    json!({ "candidates": candidates, "abstain": answers.abstain })
}

fn told(text: &str, s: &Suggestion) -> Value {
    let units = vietnam::units::Units::shipped();
    let places: Vec<Value> = s
        .places
        .iter()
        .map(|m| {
            let communes: Vec<Value> = m.communes.iter().filter(|_| !m.wide).map(|code| json!(code.to_string())).collect();
            let provinces: Vec<String> =
                m.provinces.iter().filter_map(|code| units.province(*code)).map(vietnam::units::Province::full_name).collect();
            json!({ "text": text.get(m.range.clone()), "start": m.range.start, "end": m.range.end, "communes": communes, "provinces": provinces })
        })
        .collect();
    json!({
        "field": answers(&s.field),
        "level": answers(&s.level),
        "agency": answers(&s.agency),
        "kind": answers(&s.kind),
        "urgency": answers(&s.urgency),
        "danger": s.danger,
        "complaint": s.complaint,
        "answerer": s.answerer.as_ref().map(|a| json!({
            "name": a.name, "legal_basis": a.legal_basis, "note": a.note, "outside": a.outside,
        })),
        "places": places,
        "reasons": s.reasons,
    })
}

fn in_words(text: &str, s: &Suggestion) -> String {
    let mut out = String::new();
    let shown: String = text.chars().take(90).collect();
    let _ = writeln!(out, "“{shown}{}”", if text.chars().count() > 90 { "…" } else { "" });
    if s.danger {
        out.push_str("  CÓ THỂ NGUY HIỂM TÍNH MẠNG: gọi 113, 114 hoặc 115 trước.\n");
    }
    if s.complaint {
        out.push_str(
            "  Có thể là khiếu nại hoặc tố cáo: giải thích, không đăng ký như phản ánh, kiến nghị.\n",
        );
    }
    for (name, answers) in [
        ("Lĩnh vực", &s.field),
        ("Cấp", &s.level),
        ("Cơ quan", &s.agency),
        ("Loại", &s.kind),
        ("Khẩn", &s.urgency),
    ] {
        let candidates: Vec<String> = answers
            .candidates
            .iter()
            .map(|c| format!("{} {:.0} %", c.name, f64::from(c.confidence) * 100.0))
            .collect();
        let sure = if answers.abstain { " (chưa chắc, cần người quyết định)" } else { "" };
        let _ = writeln!(out, "  {name}: {}{sure}", candidates.join(" · "));
    }
    if let Some(answerer) = &s.answerer {
        let _ = writeln!(out, "  Nơi trả lời: {} — căn cứ: {}", answerer.name, answerer.legal_basis);
        if let Some(outside) = &answerer.outside {
            let _ = writeln!(out, "  {outside}");
        }
    }
    for reason in &s.reasons {
        let _ = writeln!(out, "  – {reason}");
    }
    out
}
