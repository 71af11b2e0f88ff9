//! `nhipcau feed read`: what somebody sees who looks at a portal's feed before joining it.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::Value;

const FEED: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\"><channel><title>Tỉnh A</title>\
    <link>https://tinh-a.gov.vn/</link><item><title>Công điện số 46 &amp;amp; hướng dẫn</title><link>/tin/46</link>\
    <guid isPermaLink=\"false\">t46</guid><pubDate>23/11/2026 08:15</pubDate><category>Chỉ đạo</category>\
    <description>&lt;p onclick=\"x()\"&gt;Xem &lt;a href=\"/tep/46.pdf\"&gt;toàn văn&lt;/a&gt;&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;</description>\
    <enclosure url=\"/tep/46.pdf\" type=\"application/pdf\" length=\"18204\"/></item></channel></rss>";

fn read(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nhipcau"))
        .args(["feed", "read"])
        .args(args)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn said(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_feed_is_read_into_items_whose_text_is_safe_and_whose_links_are_whole() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tin.xml"), FEED).unwrap();
    let done = read(folder.path(), &["tin.xml", "--json"]);
    assert!(done.status.success(), "{}", said(&done.stderr));
    let feed: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(
        (&feed["file"], &feed["format"], &feed["title"]),
        (&"tin.xml".into(), &"rss".into(), &"Tỉnh A".into())
    );
    assert_eq!(feed["notes"], Value::Array(Vec::new()));
    let item = &feed["items"][0];
    assert_eq!(item["id"], "t46");
    assert_eq!(item["link"], "https://tinh-a.gov.vn/tin/46");
    assert_eq!(item["title"], "Công điện số 46 &amp; hướng dẫn");
    assert_eq!(item["title_type"], "html");
    assert_eq!(item["published"], "2026-11-23T01:15:00Z");
    assert_eq!(item["updated"], Value::Null);
    assert_eq!(item["summary"], "<p>Xem <a href=\"https://tinh-a.gov.vn/tep/46.pdf\">toàn văn</a></p>");
    assert_eq!(item["content"], Value::Null);
    assert_eq!(item["categories"], serde_json::json!(["Chỉ đạo"]));
    assert_eq!(item["enclosures"][0]["url"], "https://tinh-a.gov.vn/tep/46.pdf");

    // The same for people, and from standard input against another address.
    let shown = read(folder.path(), &["tin.xml"]);
    let shown = said(&shown.stdout);
    assert!(
        shown.contains("Công điện số 46 & hướng dẫn") && shown.contains("2026-11-23T01:15:00Z"),
        "{shown}"
    );
    let mut piped = Command::new(env!("CARGO_BIN_EXE_nhipcau"))
        .args(["feed", "read", "-", "--json", "--url", "https://b.gov.vn/rss/x.xml"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    piped.stdin.take().unwrap().write_all(FEED.as_bytes()).unwrap();
    let feed: Value = serde_json::from_slice(&piped.wait_with_output().unwrap().stdout).unwrap();
    assert_eq!(feed["items"][0]["link"], "https://b.gov.vn/tin/46");
}

#[test]
fn what_is_no_feed_is_named_with_the_way_to_mend_it_and_the_others_are_read_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("trang.xml", "<!DOCTYPE html><html><head><title>Cổng thông tin</title></head></html>");
    write("trong.xml", "");
    write("so-do.xml", "<urlset/>");
    write("hong.json", "{\"items\": [");
    write("tin.xml", FEED);
    let done = read(
        folder.path(),
        &["trang.xml", "trong.xml", "khong-co.xml", ".", "so-do.xml", "hong.json", "tin.xml", "--json"],
    );
    assert_eq!(done.status.code(), Some(1));
    assert_eq!(said(&done.stdout).lines().count(), 1, "the good one is read");
    let faults = said(&done.stderr);
    for (file, words) in [
        ("trang.xml", "HTML page (“Cổng thông tin”)"),
        ("trang.xml", "trang HTML"),
        ("trong.xml", "empty"),
        ("khong-co.xml", "cannot be opened"),
        (".", "folder"),
        ("so-do.xml", "<urlset>"),
        ("hong.json", "JSON Feed"),
    ] {
        assert!(
            faults.lines().any(|line| line.contains(file) && line.contains(words)),
            "{file}: {words}: {faults}"
        );
    }
    // Typed wrongly is another exit.
    assert_eq!(read(folder.path(), &[]).status.code(), Some(2));
}

#[test]
fn the_help_teaches_every_field() {
    let help = said(&read(Path::new("."), &["--help"]).stdout);
    // Wherever its lines are broken.
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    for word in [
        "items",
        "id, link, title, published, updated",
        "summary, content",
        "windows-1258",
        "TCVN3",
        "Exit code 1",
        "--url",
    ] {
        assert!(help.contains(word), "{word}: {help}");
    }
}

#[test]
fn what_was_mended_is_told_and_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = b"loi <?xml version='1.0' encoding='utf-8'?><rss><channel><item><title>".to_vec();
    bytes.extend(b"C\xe9ng ho\xb5 x\xb7 h\xe9i ch\xf1 ngh\xdca Vi\xd6t Nam</title>");
    std::fs::write(folder.path().join("cu.xml"), bytes).unwrap();
    let done = read(folder.path(), &["cu.xml", "--json"]);
    assert!(done.status.success(), "{}", said(&done.stderr));
    let feed: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(feed["items"][0]["title"], "Cộng hoà xã hội chủ nghĩa Việt Nam");
    assert_eq!(feed["encoding"], "tcvn3");
    let notes: Vec<&str> =
        feed["notes"].as_array().unwrap().iter().map(|note| note["note"].as_str().unwrap()).collect();
    assert_eq!(notes, ["encoding", "text-before", "cut-off"]);
}

/// A site that answers by a table of paths, each with what stands behind its status line; it counts the calls.
struct Site {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Site {
    fn serve(answers: &'static [(&'static str, &'static str)]) -> Site {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (calls, own) = (asked.clone(), url.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut request = [0; 4096];
                let length = stream.read(&mut request).unwrap_or(0);
                let request = String::from_utf8_lossy(&request[..length]).into_owned();
                let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
                calls.lock().unwrap().push(request.clone());
                let same = request.to_ascii_lowercase().contains("if-none-match: \"v1\"");
                let answer = match answers.iter().find(|(one, _)| *one == path) {
                    Some((_, _)) if same => "304 Not Modified\r\n\r\n".to_owned(),
                    Some((_, answer)) => answer.replace("{own}", &own),
                    None if path == "/lon" => format!("200 OK\r\n\r\n{}", " ".repeat(9 << 20)),
                    None => "404 Not Found\r\n\r\n".to_owned(),
                };
                // Whoever has read enough hangs up.
                let _ = stream.write_all(
                    format!("HTTP/1.1 {}", answer.replacen("\r\n", "\r\nConnection: close\r\n", 1))
                        .as_bytes(),
                );
            }
        });
        Site { url, asked }
    }
}

const ANSWERS: &[(&str, &str)] = &[
    (
        "/rss",
        "200 OK\r\nContent-Type: text/xml; charset=utf-8\r\nETag: \"v1\"\r\n\r\n<rss><channel><item><title>Tin</title><link>/tin/1</link></item></channel></rss>",
    ),
    ("/cu", "301 Moved Permanently\r\nLocation: /rss\r\n\r\n"),
    ("/vong", "302 Found\r\nLocation: {own}/vong\r\n\r\n"),
    ("/mat-khau", "302 Found\r\nLocation: http://ai:do@127.0.0.1/rss\r\n\r\n"),
    ("/trang", "200 OK\r\nContent-Type: text/html\r\n\r\n<!DOCTYPE html><title>Xin chờ</title>"),
    ("/ban", "503 Service Unavailable\r\nRetry-After: 120\r\n\r\n"),
];

#[test]
fn an_address_is_read_like_a_file_and_redirects_are_followed() {
    let site = Site::serve(ANSWERS);
    let done = read(Path::new("."), &[&format!("{}/cu", site.url), "--json", "--private"]);
    assert!(done.status.success(), "{}", said(&done.stderr));
    let feed: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(feed["items"][0]["link"], format!("{}/tin/1", site.url), "against the address that answered");
}

#[test]
fn no_private_address_is_called_unless_it_was_said_and_every_refusal_says_why() {
    let site = Site::serve(ANSWERS);
    let port = site.url.rsplit(':').next().unwrap();
    for hidden in [
        format!("{}/rss", site.url),
        format!("http://localhost:{port}/rss"),
        format!("http://cong.localhost:{port}/rss"),
        format!("http://[::1]:{port}/rss"),
        format!("http://[::ffff:127.0.0.1]:{port}/rss"),
        format!("http://2130706433:{port}/rss"),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "http://10.0.0.1/rss".to_owned(),
    ] {
        let done = read(Path::new("."), &[&hidden]);
        assert_eq!(done.status.code(), Some(1), "{hidden}");
        assert!(said(&done.stderr).contains("private network"), "{hidden}: {}", said(&done.stderr));
    }
    assert!(site.asked.lock().unwrap().is_empty(), "it was called all the same");
    for (path, words) in [
        ("/vong", "more than 5 times"),
        ("/mat-khau", "without a password"),
        ("/trang", "HTML page (“Xin chờ”)"),
        ("/ban", "answered 503"),
        ("/khong", "answered 404"),
        ("/lon", "larger than 4 MB"),
    ] {
        let done = read(Path::new("."), &[&format!("{}{path}", site.url), "--private"]);
        assert_eq!(done.status.code(), Some(1), "{path}");
        assert!(said(&done.stderr).contains(words), "{path}: {}", said(&done.stderr));
    }
    let lost = read(Path::new("."), &["http://127.0.0.1:1/rss", "--private"]);
    assert!(said(&lost.stderr).contains("cannot be called"), "{}", said(&lost.stderr));
}
