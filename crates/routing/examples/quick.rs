//! Quick figures while developing.
use routing::corpus::*;
use routing::measure::*;
use routing::table::Table;
use routing::train::*;
use routing::*;

fn main() {
    let table = Table::shipped();
    let started = std::time::Instant::now();
    let mut material = Material::shipped(table).unwrap();
    let all = material.messages.clone();
    let mode = std::env::args().nth(1).unwrap_or_default();
    let rounds = std::env::var("ROUNDS").ok().and_then(|r| r.parse().ok()).unwrap_or(14);
    let effort = Effort { rounds, folds: 3 };
    let verbose = std::env::var("V").is_ok();
    if mode == "other" {
        // Trained without the informal messages except to calibrate nothing: judged across writers.
        material.messages.clear();
        let model = train(table, &material, effort);
        eprintln!("{} bytes, {} features, {:?}", model.to_bytes().len(), model.features(), started.elapsed());
        let s = Suggester::of(table.clone(), model).unwrap();
        for form in [Form::Written, Form::Folded, Form::Noisy] {
            let mut report = Report::default();
            for (n, m) in all.iter().enumerate() {
                let text = form.of(&m.example.text, n);
                report.add(&s, m, &text, Table::AS_OF);
                if verbose && form == Form::Written {
                    let got = s.suggest(&text, None, Table::AS_OF);
                    let id = &table.topics()[m.example.topic].id;
                    if got.field.candidates[0].id != *id {
                        println!("{} {:?} gold {} got {} {} {}", m.id, got.field.candidates.iter().position(|c| c.id == *id), id, got.field.candidates[0].id, got.field.candidates[1].id, m.example.text.chars().take(140).collect::<String>());
                    } else if got.agency.candidates[0].name != m.agency {
                        println!("{} ROW {} gold {} {} got {}  | {}", m.id, id, m.level, m.agency, got.agency.candidates[0].name, m.example.text.chars().take(200).collect::<String>());
                    }
                }
            }
            show(&format!("{form:?}"), &report);
        }
    } else {
        for form in [Form::Written, Form::Folded, Form::Noisy] {
            if std::env::var("K").is_ok() {
                let mut m2 = material.clone();
                m2.messages.retain(|m| m.example.group % 2 == 0);
                let s = Suggester::of(table.clone(), train(table, &m2, effort)).unwrap();
                let mut c = std::collections::BTreeMap::new();
                for m in material.messages.iter().filter(|m| m.example.group % 2 == 1) {
                    let g = s.suggest(&m.example.text, None, Table::AS_OF);
                    *c.entry((m.example.kind.id(), g.kind.candidates[0].id.clone())).or_insert(0) += 1;
                    if m.example.kind.id() != g.kind.candidates[0].id { println!("{} {} {} {}", m.example.kind, g.kind.candidates[0].id, g.field.candidates[0].id, m.example.text.chars().take(150).collect::<String>()); }
                    if (m.example.urgency == 5) != g.danger { println!("DANGER {} {} {}", m.example.urgency, g.danger, m.example.text.chars().take(150).collect::<String>()); }
                }
                println!("{c:?}");
            }
            let report = crossed(table, &material, 4, effort, form);
            show(&format!("{form:?}"), &report);
            if mode == "one" { break; }
        }
    }
    let _ = SHIPPED_EXAMPLES;
    eprintln!("{:?}", started.elapsed());
}

fn show(name: &str, r: &Report) {
    let s = |x: Score| format!("{:.3}/{:.3} acted {:.2}@{:.3}", x.first as f64 / x.all as f64, x.among_three as f64 / x.all as f64, x.acted as f64 / x.all as f64, x.acted_right as f64 / x.acted.max(1) as f64);
    let f = |x: Found| format!("{}/{} fa {}/{}", x.found, x.meant, x.false_alarms, x.others);
    println!("{name}: field {} | level {} | agency {}\n   kind {} | urgency {} near {:.3} | danger {} | complaint {} | place {}", s(r.field), s(r.level), s(r.agency), s(r.kind), s(r.urgency), r.urgency_near as f64 / r.field.all as f64, f(r.danger), f(r.complaint), f(r.place));
}
