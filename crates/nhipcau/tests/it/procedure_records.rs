//! Records of the national database at the command line: they come in once, what changed becomes an update, each fault has its line;
//! the real ones, where they lie beside the repository.

use std::process::Output;

use serde_json::json;
use tokio::process::Command;

use super::world::World;

async fn imports(world: &World, files: &[&str]) -> (Output, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nhipcau"));
    command.env("NHIPCAU_DIR", world.home("chinhphu")).env_remove("NHIPCAU_NODE").env_remove("NHIPCAU_TOKEN");
    let output = command.arg("procedures").args(files).output().await.unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    (output, out, err)
}

#[tokio::test(flavor = "multi_thread")]
async fn records_come_in_once_changes_become_updates_and_each_fault_has_its_line() {
    const HEAD: &str = "Hình thức nộpThời gianPhí, lệ phíMô tả";
    let world = World::with(["chinhphu", "laocai"]).await;
    let folder = tempfile::tempdir().unwrap();
    let record = |code: &str, how: &str| {
        json!({ "code": code, "name": "Đăng ký khai tử", "level": "Cấp xã", "field": "Hộ tịch", "audience": "Công dân Việt Nam",
                "authority": "", "how": format!("{HEAD}{how}"), "steps": "Bước 1", "url": "https://dichvucong.gov.vn/b", "result": null })
        .to_string()
    };
    let write = |lines: &[String]| {
        let path = folder.path().join("a.jsonl");
        std::fs::write(&path, lines.join("\n")).unwrap();
        path.display().to_string()
    };
    let good =
        [record("1.000656", "Trực tiếp1 Ngày làm việcMiễn phí"), record("1.000657", "Trực tiếp1Miễn phí")];
    let bad = [
        good.to_vec(),
        vec![
            "{".into(),
            json!({ "name": "x" }).to_string(),
            record("không phải mã", "Trực tiếp1 NgàyMiễn phí"),
            good[0].clone(),
        ],
    ]
    .concat();
    let (output, out, err) = imports(&world, &[&write(&bad)]).await;
    assert!(!output.status.success() && out.contains("2 mới"), "{out}{err}");
    for fault in [
        "a.jsonl:3: is no JSON object",
        "a.jsonl:4: \"code\" is missing",
        "a.jsonl:5: không phải mã:",
        "a.jsonl:6: 1.000656: the code stands at",
    ] {
        assert!(err.contains(fault), "{fault:?} is not told: {err}");
    }
    let (output, out, err) = imports(&world, &[&write(&good)]).await;
    assert!(output.status.success() && out.contains("0 mới, 0 cập nhật, 2 không đổi"), "{out}{err}");
    assert!(out.contains("1 times"), "what is kept as text is counted: {out}");
    world.settle().await;
    let changed = [record("1.000656", "Trực tiếp2 Ngày làm việcMiễn phí"), good[1].clone()];
    let (output, out, err) = imports(&world, &[&write(&changed)]).await;
    assert!(output.status.success() && out.contains("0 mới, 1 cập nhật, 1 không đổi"), "{out}{err}");
    let (_, out, _) = imports(&world, &[&write(&good)]).await;
    assert!(out.contains("1 cập nhật"), "the old text comes back as a third edition: {out}");
    world.settle().await;
    let told = world.get("laocai", "/api/v1/procedures?code=1.000656").await.json();
    let item = world
        .get("laocai", &format!("/api/v1/items/{}", told["procedures"][0]["reference"].as_str().unwrap()))
        .await
        .json();
    assert_eq!((&told["total"], &item["edition"]), (&json!(1), &json!(3)));
    assert!(world.get("laocai", "/dich-vu?su-kien=nguoi-than-qua-doi").await.says("2 thủ tục."));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_real_procedure_comes_in_once_and_pages_stay_light() {
    let home = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = home
        .ancestors()
        .map(|folder| folder.join("shared/data/procedures/procedures.jsonl"))
        .find(|path| path.is_file());
    let Some(file) = file else {
        eprintln!("skipped: shared/data/procedures/procedures.jsonl does not lie beside the repository");
        return;
    };
    let file = file.display().to_string();
    let world = World::with(["chinhphu", "laocai"]).await;
    let due = std::fs::read_to_string(&file).unwrap().lines().count();
    let (output, out, err) = imports(&world, &[&file]).await;
    eprintln!("{out}");
    assert!(output.status.success() && out.contains(&format!("{due} new")), "{out}{err}");
    world.settle().await;
    let (_, again, _) = imports(&world, &[&file]).await;
    assert!(again.contains(&format!("0 new, 0 updated, {due} unchanged")), "{again}");
    let portal = "xa-a.laocai";
    let told = world.get(portal, "/api/v1/procedures?limit=500").await.json();
    assert_eq!(told["total"], due, "every one stands at a commune's portal");
    let whole = world.get(portal, "/api/v1/procedures/cpsv").await;
    assert_eq!(whole.text().matches("a cpsv:PublicService").count(), due);
    if let Some(path) = std::env::var_os("NHIPCAU_CPSV") {
        std::fs::write(path, whole.text()).unwrap();
    }
    let mut pages =
        vec!["/dich-vu".to_owned(), "/dich-vu?cap=cap-bo".into(), "/dich-vu/noi-o?tinh=15".into()];
    pages.push("/dich-vu/thoi-han?tu=2026-11-26&so=20&tinh=ngay-lam-viec".into());
    let rows = told["procedures"].as_array().unwrap();
    pages.extend(rows.iter().step_by(10).map(|row| row["path"].as_str().unwrap().to_owned()));
    let mut heavy = Vec::new();
    for path in &pages {
        let bytes = world.weight(portal, path).await.0;
        eprintln!("{bytes} {path}");
        if bytes >= 14 * 1024 {
            heavy.push((bytes, path));
        }
    }
    assert!(heavy.is_empty(), "above 14 KB: {heavy:?}");
}
