//! `nhipcau feed read`: what somebody sees who looks at a portal's feed before joining it.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::machine::program;

const FEED: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?><rss version=\"2.0\"><channel><title>Tỉnh A</title>\
    <link>https://tinh-a.gov.vn/</link><item><title>Công điện số 46 &amp;amp; hướng dẫn</title><link>/tin/46</link>\
    <guid isPermaLink=\"false\">t46</guid><pubDate>23/11/2026 08:15</pubDate><category>Chỉ đạo</category>\
    <description>&lt;p onclick=\"x()\"&gt;Xem &lt;a href=\"/tep/46.pdf\"&gt;toàn văn&lt;/a&gt;&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;</description>\
    <enclosure url=\"/tep/46.pdf\" type=\"application/pdf\" length=\"18204\"/></item></channel></rss>";

fn feed(act: &str, folder: &Path, args: &[&str]) -> Output {
    program().args(["feed", act]).args(args).current_dir(folder).output().unwrap()
}

fn read(folder: &Path, args: &[&str]) -> Output {
    feed("read", folder, args)
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

const PORTAL: &str = "<rss version=\"2.0\"><channel><title>Tỉnh A</title><link>https://tinh-a.gov.vn/</link>\
    <item><title>Mới nhất</title><link>/tin/3?utm_source=zalo</link><pubDate>Tue, 24 Nov 2026 08:00:00 +0700</pubDate>\
    <category>Tin tức</category><description>Ba</description></item>\
    <item><title>Họp &amp;amp; bàn</title><link>https://tinh-a.gov.vn/tin/2</link><pubDate>Mon, 23 Nov 2026 08:00:00 +0700</pubDate>\
    <category>CHI DAO DIEU HANH</category><description>&lt;p onclick='x()'&gt;Hai&lt;/p&gt;</description></item>\
    <item><title>Vẫn là ba</title><link>http://tinh-a.gov.vn/tin/3#x</link><description>Khác</description></item>\
    <item><description>Không tên</description></item>\
    <item><title>Không gì cả</title></item>\
    </channel></rss>";

#[test]
fn the_items_of_a_portal_become_drafts_that_issue_takes_each_once() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rss.xml"), PORTAL).unwrap();
    let done = feed("drafts", folder.path(), &["rss.xml", "--map", "Chỉ đạo điều hành=notice"]);
    assert!(done.status.success(), "{}", said(&done.stderr));
    let all: Vec<Value> =
        said(&done.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let titles: Vec<&str> = all.iter().map(|draft| draft["title"].as_str().unwrap()).collect();
    assert_eq!(
        titles,
        ["Vẫn là ba", "Họp & bàn"],
        "oldest first; one page is one item, whichever address it has"
    );
    let notice = &all[1];
    assert_eq!(
        (&notice["kind"], &all[0]["kind"]),
        (&"notice".into(), &"news".into()),
        "a category fits however it is written"
    );
    assert_eq!(notice["text"], "<p>Hai</p>");
    assert_eq!(notice["issued"], "2026-11-23");
    assert_eq!(
        notice["source"],
        serde_json::json!({ "name": "Tỉnh A", "url": "https://tinh-a.gov.vn/tin/2" })
    );
    let told = said(&done.stderr);
    for (item, why) in
        [("Mới nhất", "same address"), ("#4", "no title"), ("Không gì cả", "neither text nor address")]
    {
        assert!(told.lines().any(|line| line.contains(item) && line.contains(why)), "{item}: {told}");
    }
    assert!(told.contains("2 bản thảo · drafts, 3 để riêng"), "{told}");

    // What is printed is what `issue` takes.
    let mut issue = Command::new(env!("CARGO_BIN_EXE_nhipcau"))
        .args(["issue", "-", "--dry-run"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    issue.stdin.take().unwrap().write_all(&done.stdout).unwrap();
    let checked = issue.wait_with_output().unwrap();
    assert!(checked.status.success() && said(&checked.stdout).contains("2 mục"), "{}", said(&checked.stdout));
}

#[test]
fn a_mapping_to_what_is_no_kind_is_refused_with_the_kinds_there_are() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("rss.xml"), PORTAL).unwrap();
    for (args, words) in [
        (["--kind", "tin"], "there is no kind `tin`; take one of: "),
        (["--kind", "annex"], "there is no kind `annex`"),
        (["--map", "Tin tức=tin"], "there is no kind `tin`"),
        (["--map", "Tin tức"], "CATEGORY=KIND"),
    ] {
        let done = feed("drafts", folder.path(), &["rss.xml", args[0], args[1]]);
        assert_eq!((done.status.code(), done.stdout.len()), (Some(1), 0), "{args:?}");
        assert!(said(&done.stderr).contains(words), "{args:?}: {}", said(&done.stderr));
    }
    let secret =
        PORTAL.replace("<description>Ba</description>", "<description>TỐI MẬT\n\nKế hoạch</description>");
    std::fs::write(folder.path().join("mat.xml"), secret.replace("?utm_source=zalo", "00")).unwrap();
    let done = feed("drafts", folder.path(), &["mat.xml"]);
    assert!(!said(&done.stdout).contains("Kế hoạch"), "what bears a mark of secrecy is not even printed");
    assert!(said(&done.stderr).contains("! Mới nhất: "), "{}", said(&done.stderr));
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
