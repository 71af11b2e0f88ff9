//! Programs of others against a running node: an Open311 client, and a fuzzer that reads the API's description. Both come from PyPI;
//! `./check` has them.

use std::ffi::OsString;
use std::net::Ipv4Addr;
use std::path::Path;
use std::process::Command;

use nhipcau::config::File;
use serde_json::{Value, json};

use super::super::world::Plan;
use super::*;

const PORTAL: &str = "xa-a.laocai";

/// The interpreter that has them; none where PyPI cannot be reached.
fn python() -> Option<OsString> {
    let python = std::env::var_os("NHIPCAU_HARVEST");
    if python.is_none() {
        println!("skipped: it needs PyPI; ./check runs it with NHIPCAU_HARVEST=<python>");
    }
    python
}

/// Runs a program; what it said, and whether it was content.
fn said(command: &mut Command) -> (bool, String) {
    let output = tokio::task::block_in_place(|| command.output()).unwrap();
    let text =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (output.status.success(), text)
}

/// A petition that is published, and the keys of one that is under way.
async fn cases(world: &World) -> (Keys, Keys) {
    let clerk = world.staff(PORTAL, "lan", &["clerk"]).await;
    let chief = world.staff(PORTAL, "chu.tich", &["leader"]).await;
    let published = asks(world, PORTAL, &[]).await;
    answers(world, &clerk, &chief, &published, "Đã sửa xong hôm qua.").await;
    let open = asks(world, PORTAL, &[("chuyen-gi", "Rác chưa được dọn ở đầu chợ.")]).await;
    (published, open)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open311_client_of_others_reads_and_reports() {
    let Some(python) = python() else { return };
    let world = World::with(["chinhphu", "laocai"]).await;
    let (published, _) = cases(&world).await;
    let key = super::open311::key(&world, PORTAL).await;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/open311.py");
    let base = format!("http://{}", world.host(PORTAL));
    let mut command = Command::new(python);
    let (content, text) = said(command.args([script, &base, key["key"].as_str().unwrap(), &published.code]));
    assert!(content, "{text}");
    println!("{text}");
}

/// The description as the fuzzer gets it: it knows a key, two codes and a secret, so that it comes past the door.
fn with_keys(mut whole: Value, key: &str, published: &Keys, open: &Keys) -> Value {
    // Some that hold, one that says nothing, one that is no petition.
    let texts = json!({ "type": "string", "enum": [
        "Ổ gà lớn trước cổng trường tiểu học, xe máy ngã hai lần.", "Đèn đường hỏng", "rác", "Tôi tố cáo ông X nhận tiền",
    ] });
    let form = json!({ "type": "string", "enum": [key] });
    let codes = json!([published.code, open.code, "PAKN.20261126.9999.00004-X"]);
    let secrets = json!([published.secret, open.secret, "0000-0000-0000-0000-0000-0000-00"]);
    whole["components"]["schemas"]["PetitionSecret"]["properties"]["secret"]["enum"] = secrets.clone();
    for name in ["PetitionReply", "PetitionRating", "PetitionReason", "PetitionSure", "PetitionDigits"] {
        whole["components"]["schemas"][name]["properties"]["secret"]["enum"] = secrets.clone();
    }
    for name in ["PetitionAsked", "PetitionReply", "PetitionTyped"] {
        whole["components"]["schemas"][name]["properties"]["words"] = texts.clone();
    }
    for (path, methods) in whole["paths"].as_object_mut().unwrap() {
        for operation in methods.as_object_mut().unwrap().values_mut() {
            let fields = "/requestBody/content/application~1x-www-form-urlencoded/schema/properties";
            if let Some(fields) = operation.pointer_mut(fields) {
                fields["api_key"] = form.clone();
                fields["service_code"] =
                    json!({ "type": "string", "enum": ["giao-thong.mat-duong", "ngoai.to-cao", "x"] });
                fields["description"] = texts.clone();
            }
            for parameter in
                operation.pointer_mut("/parameters").and_then(Value::as_array_mut).into_iter().flatten()
            {
                if path.starts_with("/api/v1/petitions/{code}") && parameter["name"] == "code" {
                    parameter["schema"] = json!({ "type": "string", "enum": codes });
                }
            }
        }
    }
    whole
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fuzzer_that_reads_the_description_finds_nothing() {
    let Some(python) = python() else { return };
    // Each request comes from another network, so that the limits answer none of them.
    let trusts = |file: &mut File| file.trusted_proxies = vec![Ipv4Addr::LOCALHOST.into()];
    let world = Plan::of(["chinhphu", "laocai"]).with(trusts).start().await;
    let (published, open) = cases(&world).await;
    let key = super::open311::key(&world, PORTAL).await;
    let folder = tempfile::tempdir().unwrap();
    let description = folder.path().join("openapi.json");
    let whole = with_keys(crate::api::description(), key["key"].as_str().unwrap(), &published, &open);
    std::fs::write(&description, whole.to_string()).unwrap();
    let st = Path::new(&python).with_file_name("st");
    // `localhost` is told apart by its header, for the fuzzer resolves names as the machine does.
    let port = world.host(PORTAL).rsplit(':').next().unwrap().to_owned();
    let mut command = Command::new(st);
    let hooks = concat!(env!("CARGO_MANIFEST_DIR"), "/tests");
    command.env("SCHEMATHESIS_HOOKS", "schemathesis_hooks").env("PYTHONPATH", hooks);
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    command.current_dir(folder.path()).arg("run").arg(&description).args([
        "--url",
        &format!("http://127.0.0.1:{port}"),
        "--header",
        &format!("Host: {}", world.host(PORTAL)),
        "--header",
        &format!("Authorization: Bearer {}", world.token(PORTAL)),
        "--include-path-regex",
        "^/(open311/|api/v1/(petitions|open311/))",
        "--phases",
        "examples,coverage,fuzzing",
        "--checks",
        CHECKS,
        "--max-examples",
        "10",
        "--generation-deterministic",
        "--continue-on-failure",
        "--no-color",
    ]);
    let (content, text) = said(&mut command);
    assert!(content, "{text}");
    println!(
        "{}",
        text.lines().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n")
    );
    // Whatever it has sent: the node is well, and what it did not touch is as it was.
    assert_eq!(world.get(PORTAL, "/healthz").await.status, 200);
    assert_eq!(record(&world, PORTAL, &published).await[..1], ["registered"]);
}

/// What is held against every answer. Left out: whether bad data are refused by 4xx and good data by none, for a description in JSON
/// Schema says less than the rules of petitions (ten letters, a place that there is, a limit by network).
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance,unsupported_method,allow_header_conformance";
