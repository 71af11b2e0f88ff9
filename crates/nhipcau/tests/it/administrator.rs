//! A lone administrator at each level, with the program that is shipped and nothing but its commands: a root, a
//! ministry, a province that hosts its communes, and a commune with a node of its own.

use super::machine::Machine;
#[cfg(unix)]
use super::machine::private;
use super::world::until;

/// A root that serves and has stated itself, and the note that it hands out.
async fn root(folder: &tempfile::TempDir) -> (Machine, String) {
    let mut root = Machine::new(folder, "chinhphu").await;
    root.init(&[
        "--domain",
        "chinhphu.localhost",
        "--title",
        "Chính phủ",
        "--level",
        "central",
        "--new-root",
        "--colour",
        "#0b5563",
    ])
    .well();
    root.serve().await;
    root.says(&["enrol", &root.file("join-request.json")]).well();
    let (status, note) = root.get("127.0.0.1", "/.well-known/nhipcau/root/1").await.unwrap();
    assert_eq!(status, 200);
    let path = folder.path().join("root.note");
    std::fs::write(&path, note).unwrap();
    (root, path.display().to_string())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nation_is_made_by_commands_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (mut root, note) = root(&folder).await;
    let joins =
        |parent: &Machine| ["--parent".to_owned(), parent.url.clone(), "--root-note".into(), note.clone()];

    // A ministry asks, its parent looks at who asks and vouches.
    let mut ministry = Machine::new(&folder, "mof").await;
    let [a, b, c, d] = joins(&root);
    let said = ministry
        .init(&[
            "--domain",
            "mof.localhost",
            "--title",
            "Bộ Tài chính",
            "--level",
            "ministry",
            "--follows-all",
            &a,
            &b,
            &c,
            &d,
        ])
        .well();
    assert!(said.contains("chinhphu.localhost/log, phiên bản · version 1"), "{said}");
    ministry.serve().await;
    let request = ministry.file("join-request.json");
    let shown = root.says(&["enrol", "--show", &request]).well();
    assert!(shown.contains("mof.localhost/log+") && shown.contains("Bộ Tài chính"), "{shown}");
    let said = root.says(&["enrol", &request]).well();
    assert!(said.contains("1/1 có hiệu lực"), "{said}");

    // A province with its communes; one of them keeps a node of its own.
    let mut province = Machine::new(&folder, "laocai").await;
    let [a, b, c, d] = joins(&root);
    let said = province
        .init(&[
            "--domain",
            "laocai.localhost",
            "--title",
            "Tỉnh Lào Cai",
            "--title-en",
            "Lao Cai Province",
            "--level",
            "province",
            "--code",
            "H38",
            "--accountable",
            "Văn phòng Ủy ban nhân dân tỉnh",
            "--communes-of",
            "15",
            "--except",
            "bacha",
            "--follows-all",
            &a,
            &b,
            &c,
            &d,
        ])
        .well();
    assert!(said.contains("99 cổng"), "{said}");
    province.serve().await;
    let early = province.says(&["enrol", &province.file("communes")]);
    early.refused("chưa được cấp trên ghi danh");
    root.says(&["enrol", &province.file("join-request.json")]).well();
    until("the province to be known to itself", async || {
        let (_, told) = province.get("127.0.0.1", "/api/v1/agencies").await?;
        if told.contains("Tỉnh Lào Cai") { Ok(()) } else { Err(told) }
    })
    .await;
    let said = province.says(&["enrol", &province.file("communes")]).well();
    assert!(said.contains("98/98 có hiệu lực"), "{said}");
    let said = province.says(&["enrol", &province.file("communes")]).well();
    assert_eq!(said.matches("đã được ghi danh từ trước").count(), 98, "{said}");

    let mut commune = Machine::new(&folder, "bacha").await;
    let [a, b, c, d] = joins(&province);
    commune
        .init(&[
            "--domain",
            "bacha.laocai.localhost",
            "--title",
            "Xã Bắc Hà",
            "--level",
            "commune",
            &a,
            &b,
            &c,
            &d,
        ])
        .well();
    commune.serve().await;
    province.says(&["enrol", &commune.file("join-request.json")]).well();

    // Issued at the root, read at the communes.
    let text = folder.path().join("cong-dien.md");
    std::fs::write(&text, "---\ntitle: Công điện về mưa lũ\nkind: notice\n---\nTrực **24/24 giờ**.\n")
        .unwrap();
    let said = root.says(&["issue", &text.display().to_string()]).well();
    let reference = said.split_whitespace().next().unwrap();
    let page = format!("/muc/{reference}");
    commune.shows("bacha.laocai.localhost", &page, "Công điện về mưa lũ").await;
    province.shows("mucangchai.laocai.localhost", &page, "<strong>24/24 giờ</strong>").await;
    ministry.shows("mof.localhost", &page, "Công điện về mưa lũ").await;

    // Another name, by the parent's word; a look, by the portal's own.
    let named = "bacha.laocai.localhost/log";
    province.says(&["change", named, "--name", "Phường Bắc Hà"]).well();
    commune.shows("bacha.laocai.localhost", "/", "Phường Bắc Hà").await;
    province.says(&["change", "mof.localhost/log", "--name", "Bộ khác"]).refused("mof.localhost/log");
    commune.says(&["look", "bacha.laocai.localhost", "--colour", "#ffcc00"]).refused("4.5:1");
    let mark = folder.path().join("mark.svg");
    std::fs::write(&mark, "<svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"M0 0h9\"/></svg>").unwrap();
    commune
        .says(&[
            "look",
            "bacha.laocai.localhost",
            "--colour",
            "#0b5563",
            "--mark",
            &mark.display().to_string(),
        ])
        .well();
    commune.shows("bacha.laocai.localhost", "/", "/theme/0b5563.css").await;
    let (_, home) = commune.get("bacha.laocai.localhost", "/").await.unwrap();
    let mark = home.split("src=\"/mark/").nth(1).unwrap().split('"').next().unwrap();
    let (status, svg) = commune.get("bacha.laocai.localhost", &format!("/mark/{mark}")).await.unwrap();
    assert!(status == 200 && svg.starts_with("<svg"), "{status} {svg}");
    root.shows("chinhphu.localhost", "/", "/theme/0b5563.css").await;

    // Ends: a commune merged into another, and one whose key was stolen.
    let (merged, into) = ("mucangchai.laocai.localhost/log", "sapa.laocai.localhost/log");
    province
        .says(&["close", merged, "--successor", "nowhere.laocai.localhost/log"])
        .refused("chưa được ghi danh");
    province.says(&["close", merged, "--successor", into]).well();
    province.says(&["close", named, "--last-size", "0"]).well();
    until("both closings at the root", async || {
        let (_, told) = root.get("127.0.0.1", "/api/v1/agencies").await?;
        let told: serde_json::Value = serde_json::from_str(&told).map_err(|e| e.to_string())?;
        let closed = told["agencies"].as_array().unwrap().iter().filter(|a| a["closed"] == true).count();
        if closed == 2 { Ok(()) } else { Err(format!("{closed} are closed")) }
    })
    .await;
    for machine in [&mut root, &mut ministry, &mut province, &mut commune] {
        assert_eq!(machine.stop(), Some(0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn init_can_be_repeated_and_writes_nothing_that_others_may_read() {
    let folder = tempfile::tempdir().unwrap();
    let machine = Machine::new(&folder, "goc").await;
    let wrong = |words: &[&str], says: &str| {
        machine.init(words).refused(says);
        assert!(!machine.dir.exists(), "a refused init leaves nothing behind");
    };
    let plain = ["--domain", "goc.localhost", "--title", "Gốc", "--new-root", "--level", "province"];
    wrong(&["--domain", "goc.localhost", "--title", "Gốc", "--level", "province"], "--root-note FILE");
    wrong(&["--domain", "Gốc", "--title", "Gốc", "--new-root", "--level", "province"], "--domain");
    wrong(&["--domain", "goc.localhost", "--title", "Gốc", "--new-root", "--level", "tinh"], "--level");
    wrong(&[&plain[..], &["--communes-of", "99"]].concat(), "no province has the code");
    wrong(&[&plain[..], &["--communes-of", "15", "--except", "x"]].concat(), "--except x");
    wrong(&[&plain[..], &["--colour", "#ffcc00"]].concat(), "4.5:1");
    wrong(&[&plain[..], &["--listen", "here"]].concat(), "listen");

    machine.init(&plain).well();
    let kept =
        ["nhipcau.toml", "admin.token", "root.note", "keys/goc.localhost_log.key", "keys/cosigner.key"];
    let read = || kept.map(|name| std::fs::read_to_string(machine.dir.join(name)).unwrap());
    let before = read();
    let again = machine.init(&plain).well();
    assert!(again.contains("giữ nguyên") && read() == before, "{again}");
    machine
        .init(&["--domain", "khac.localhost", "--title", "Khác", "--new-root", "--level", "province"])
        .refused("goc.localhost/node");
    assert!(read() == before);
    #[cfg(unix)]
    for name in kept.iter().chain(&["", "keys", "holders", "holders/holder-1.key"]) {
        private(&machine.file(name));
    }

    // Nobody reads what it prints any more: it ends without a word.
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let unheard = machine.command(&["token"]).stdout(writer).output().unwrap();
    assert_eq!((unheard.status.code(), &*String::from_utf8_lossy(&unheard.stderr)), (Some(141), ""));

    // A new token opens what the old one did; the old one is gone.
    machine.says(&["token"]).well();
    assert!(read()[1] != before[1]);
    #[cfg(unix)]
    private(&machine.file("admin.token"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_is_said_before_anything_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let machine = Machine::new(&folder, "goc").await;
    machine.says(&["serve"]).refused("nhipcau init");
    machine
        .init(&["--domain", "goc.localhost", "--title", "Gốc", "--new-root", "--level", "province"])
        .well();
    machine.says(&["serve", "--check"]).well();
    let path = machine.dir.join("nhipcau.toml");
    let whole = std::fs::read_to_string(&path).unwrap();
    for (from, to, says) in [
        ("name =", "nam =", "nam"),
        ("name = \"goc", "name = \"Goc", "name = "),
        ("private_addresses = true", "private_addresses = false", "private_addresses = true"),
        ("\nlisten = [", "\nlisten = [\"here\", ", "listen"),
        ("root = \"root.note\"", "root = \"nowhere\"", "root: read"),
        ("keys = \"keys\"", "keys = \"nowhere\"", "cosigner.key"),
        ("# ca = \"ca.pem\"", "ca = \"nowhere.pem\"", "ca: read"),
    ] {
        let changed = whole.replacen(from, to, 1);
        assert_ne!(changed, whole, "{from}");
        std::fs::write(&path, changed).unwrap();
        machine.says(&["serve", "--check"]).refused(says);
    }
}
