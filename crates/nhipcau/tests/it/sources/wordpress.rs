//! A real WordPress from Debian with its MariaDB is joined: its posts, their corrections and their way into the trash reach the node, and it
//! is switched off in the middle and comes back.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::json;
use uuid::Uuid;

use super::super::newsroom::leads;
use super::super::sightings::is_seen;
use super::super::world::{World, free_port, until};
use super::{OTHER, joins, reads, titles};

/// How the site draws a post: Debian's package has no theme.
const THEME: &str = "<!doctype html><html lang='vi'><head><meta charset='utf-8'><title><?php wp_title(''); ?> Sở Y tế</title></head>\
    <body><nav>Trang chủ</nav><main><?php if (have_posts()) { while (have_posts()) { the_post(); ?>\
    <article><h1><?php the_title(); ?></h1><?php the_content(); ?></article><?php } } else { echo 'Không có bài'; } ?></main>\
    <footer>Bản quyền</footer></body></html>";

/// A WordPress with a database of its own, in a folder that goes with it.
struct Press {
    folder: tempfile::TempDir,
    port: u16,
    database: Child,
    server: Option<Child>,
}

fn runs(what: &mut Command) -> String {
    let done = what.output().unwrap();
    assert!(
        done.status.success(),
        "{what:?}: {} {}",
        String::from_utf8_lossy(&done.stdout),
        String::from_utf8_lossy(&done.stderr)
    );
    String::from_utf8(done.stdout).unwrap()
}

impl Press {
    async fn start() -> Press {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let (data, socket, site) = (at("data"), at("db.sock"), at("site"));
        runs(
            Command::new("mariadb-install-db")
                .args(["--no-defaults", "--user=root", "--auth-root-authentication-method=normal"])
                .arg(format!("--datadir={}", data.display())),
        );
        let database = Command::new("mariadbd")
            .args(["--no-defaults", "--user=root", "--skip-networking"])
            .arg(format!("--datadir={}", data.display()))
            .arg(format!("--socket={}", socket.display()))
            .arg(format!("--pid-file={}", at("db.pid").display()))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        until("the database", async || {
            let made = Command::new("mariadb")
                .args([
                    "--no-defaults",
                    "--user=root",
                    "-e",
                    "CREATE DATABASE IF NOT EXISTS wp CHARACTER SET utf8mb4",
                ])
                .arg(format!("--socket={}", socket.display()))
                .output()
                .unwrap();
            if made.status.success() { Ok(()) } else { Err(String::new()) }
        })
        .await;
        runs(Command::new("cp").args(["-aL", "/usr/share/wordpress"]).arg(&site));
        let port = free_port();
        let config = format!(
            "<?php define('DB_NAME','wp'); define('DB_USER','root'); define('DB_PASSWORD',''); define('DB_HOST','localhost:{}');\n\
             define('DB_CHARSET','utf8mb4'); define('DB_COLLATE',''); define('WP_HOME','http://wp.localhost:{port}');\n\
             define('WP_SITEURL','http://wp.localhost:{port}'); define('WP_HTTP_BLOCK_EXTERNAL',true); define('WP_ENVIRONMENT_TYPE','local'); define('DISABLE_WP_CRON',true);\n\
             $table_prefix='wp_'; if (!defined('ABSPATH')) define('ABSPATH', __DIR__.'/'); require_once ABSPATH.'wp-settings.php';",
            socket.display()
        );
        std::fs::remove_file(site.join("wp-config.php")).ok();
        std::fs::write(site.join("wp-config.php"), config).unwrap();
        let theme = site.join("wp-content/themes/trang");
        std::fs::create_dir_all(&theme).unwrap();
        std::fs::write(theme.join("style.css"), "/* Theme Name: Trang */").unwrap();
        std::fs::write(theme.join("index.php"), THEME).unwrap();
        let mut press = Press { folder, port, database, server: None };
        press.does(
            "define('WP_INSTALLING', true); require 'wp-load.php'; require 'wp-admin/includes/upgrade.php';\n\
             wp_install('Sở Y tế', 'quan-tri', 'a@tinh-a.gov.vn', true, '', 'bon-con-trau'); update_option('timezone_string', 'Asia/Ho_Chi_Minh'); switch_theme('trang');\n\
             update_option('permalink_structure', '/%postname%/'); foreach (get_posts(['numberposts'=>-1]) as $p) wp_delete_post($p->ID, true);",
        );
        press.on().await;
        press
    }

    fn site(&self) -> PathBuf {
        self.folder.path().join("site")
    }

    /// Runs a script in WordPress's folder.
    fn does(&self, script: &str) -> String {
        runs(Command::new("php").arg("-r").arg(script).current_dir(self.site()))
    }

    /// Runs a script with WordPress loaded; comes back with what it prints.
    fn posts(&self, script: &str) -> String {
        self.does(&format!("require 'wp-load.php'; {script}"))
    }

    /// How many posts there are of an item, in whichever state, and files.
    fn has(&self, item: Uuid) -> (String, String) {
        let post = |status: &str| {
            self.posts(&format!(
                "global $wpdb; echo $wpdb->get_var(\"SELECT COUNT(*) FROM wp_posts WHERE post_name LIKE '{item}%' AND post_status IN ({status})\");"
            ))
        };
        let files = self.posts("global $wpdb; echo $wpdb->get_var(\"SELECT COUNT(*) FROM wp_posts WHERE post_type = 'attachment'\");");
        (format!("{} {}", post("'publish'"), post("'trash','draft','inherit'")), files)
    }

    /// Switches the site on.
    async fn on(&mut self) {
        let server = Command::new("php")
            .args(["-S", &format!("127.0.0.1:{}", self.port), "-t"])
            .arg(self.site())
            .env("PHP_CLI_SERVER_WORKERS", "4")
            .process_group(0)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.server = Some(server);
        let port = self.port;
        until("the site", async || {
            tokio::net::TcpStream::connect(("127.0.0.1", port)).await.map(drop).map_err(|e| e.to_string())
        })
        .await;
    }

    /// Switches it off.
    fn off(&mut self) {
        if let Some(mut server) = self.server.take() {
            // With its workers, which are in its group.
            Command::new("kill").args(["-KILL", "--", &format!("-{}", server.id())]).status().unwrap();
            server.wait().unwrap();
        }
    }
}

impl Drop for Press {
    fn drop(&mut self) {
        self.off();
        self.database.kill().ok();
        self.database.wait().ok();
    }
}

/// False if there is no WordPress here.
fn is_here() -> bool {
    let there = ["/usr/share/wordpress/wp-load.php", "/usr/bin/php", "/usr/bin/mariadb-install-db"];
    if std::env::var_os("NHIPCAU_WORDPRESS").is_none() || there.iter().any(|file| !Path::new(file).exists()) {
        println!(
            "skipped: a real WordPress needs Debian's wordpress, mariadb-server, php-cli, php-mysql, and NHIPCAU_WORDPRESS=1"
        );
        return false;
    }
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_wordpress_is_followed() {
    if !is_here() {
        return;
    }
    let world = World::with(["chinhphu"]).await;
    let mut press = Press::start().await;
    press.posts(
        "wp_insert_post(['post_title'=>'Lịch tiêm chủng', 'post_content'=>'<p>Tại trạm y tế.</p>', 'post_status'=>'publish', 'post_name'=>'mot']);\
         wp_insert_post(['post_title'=>'Lịch khám', 'post_content'=>'<p>Thứ hai.</p>', 'post_status'=>'publish', 'post_name'=>'hai']);\
         wp_insert_post(['post_title'=>'Bản nháp', 'post_content'=>'x', 'post_status'=>'draft']);",
    );
    let minh = world.staff("chinhphu", "minh", &["publisher"]).await;
    let way: Vec<_> = [("cach-doc", "wordpress")].into_iter().chain(OTHER).collect();
    let source = joins(&world, &minh, &format!("http://wp.localhost:{}", press.port), &way).await;
    let sorted = async || {
        let mut all = titles(&world, "chinhphu").await;
        all.sort();
        all
    };
    assert_eq!(sorted().await, ["Lịch khám", "Lịch tiêm chủng"], "{source:?}");

    // Switched off in the middle: nothing is gone, and the trouble is told.
    press.off();
    let away = reads(&world, &minh, &source).await;
    assert!(away.failures > 0, "{away:?}");
    press.posts(
        "$p = get_page_by_path('mot', OBJECT, 'post'); wp_update_post(['ID'=>$p->ID, 'post_content'=>'<p>Tại trường học.</p>']);\
         wp_trash_post(get_page_by_path('hai', OBJECT, 'post')->ID);",
    );
    press.on().await;
    let back = reads(&world, &minh, &source).await;
    assert_eq!(back.failures, 0, "{back:?}");
    let told = world.get("chinhphu", "/api/v1/items?own=true").await.json();
    let one = told["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["card"]["title"] == "Lịch tiêm chủng")
        .unwrap()
        .clone();
    assert_eq!(one["edition"], 2, "{told}");
    let page = world.get("chinhphu", &format!("/muc/{}", one["reference"].as_str().unwrap())).await;
    assert!(page.says("Tại trường học.") && page.says("Đăng lại từ wp.localhost"), "{}", page.text());
    // In the trash: believed with the second whole list.
    reads(&world, &minh, &source).await;
    assert_eq!(sorted().await, ["Lịch tiêm chủng"]);
    // And what is modified comes by the question for it alone.
    press.posts("$p = get_page_by_path('mot', OBJECT, 'post'); wp_update_post(['ID'=>$p->ID, 'post_title'=>'Lịch tiêm, đã đổi']);");
    world.clock("chinhphu").pass(400_000_000);
    until("the new title", async || match sorted().await {
        all if all == ["Lịch tiêm, đã đổi"] => Ok(()),
        all => Err(format!("{all:?}")),
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directive_its_correction_and_its_withdrawal_appear_on_a_real_wordpress_and_are_seen() {
    const OUT: &str = "/ban-lam-viec/noi-nhan";
    if !is_here() {
        return;
    }
    let world = World::with(["chinhphu"]).await;
    let mut press = Press::start().await;
    let password = press
        .posts("echo WP_Application_Passwords::create_new_application_password(1, ['name' => 'cong'])[0];");
    let home = format!("http://wp.localhost:{}", press.port);
    let minh = world.staff("chinhphu", "minh", &["publisher"]).await;
    let typed = |password: &str, categories: &str| {
        [
            ("viec", "them"),
            ("cach-gui", "wordpress"),
            ("dia-chi", &*home),
            ("ten", "Sở cũ"),
            ("tai-khoan", "quan-tri"),
            ("mat-khau", password),
            ("chuyen-muc", categories),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let fills = async |typed: [(String, String); 7]| {
        let typed: Vec<(&str, &str)> =
            typed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        world.fills(&minh, OUT, &typed).await
    };
    let wrong = fills(typed("sai mat khau", "")).await;
    assert!(
        wrong.status == 422 && wrong.says("mật khẩu ứng dụng") && !wrong.says("sai mat khau"),
        "{}",
        wrong.text()
    );
    let wrong = fills(typed(&password, "directive = Tin chỉ đạo")).await;
    assert!(wrong.status == 422 && wrong.says("không có chuyên mục"), "{}", wrong.text());
    press.posts("wp_insert_term('Tin chỉ đạo', 'category');");
    leads(&fills(typed(&password, "directive = Tin chỉ đạo")).await);

    let directive = |number: &str, text: &str| {
        json!({
            "kind": "directive", "title": "Tập trung ứng phó “mưa lũ” – đợt 2", "text": text, "form": "Công điện", "number": number,
            "agency": "Thủ tướng Chính phủ", "issued": "2026-11-23",
            "files": [{ "name": "phu-luc.txt", "type": "text/plain", "base64": "UGjhu6UgbOG7pWM=" }],
        })
    };
    let item = world
        .issues(
            "chinhphu",
            directive("46/CĐ-TTg", "Yêu cầu **thực hiện** trước 8 giờ ngày 27.\n\nBáo cáo hằng ngày..."),
        )
        .await;
    is_seen(&world, &item, "Sở cũ", "shown").await;
    assert_eq!(press.has(item.id), ("1 0".into(), "1".into()), "one post with its file");
    let name = press.posts(&format!(
        "$p = get_page_by_path('{}', OBJECT, 'post'); echo get_the_category($p->ID)[0]->name;",
        item.id
    ));
    assert_eq!(name, "Tin chỉ đạo");

    // Somebody there changes it.
    press.posts(&format!(
        "kses_remove_filters(); $p = get_page_by_path('{}', OBJECT, 'post'); wp_update_post(['ID' => $p->ID, 'post_content' => str_replace('ngày 27', 'ngày 30', $p->post_content)]);",
        item.id
    ));
    is_seen(&world, &item, "Sở cũ", "altered").await;

    // Switched off in the middle: the correction comes when it is back.
    press.off();
    let minh = world.again("chinhphu", "minh").await;
    let mut corrected =
        directive("46/CĐ-TTg", "Yêu cầu **thực hiện** trước 9 giờ ngày 28.\n\nBáo cáo hằng ngày...");
    corrected["change_note"] = "Sửa giờ".into();
    world.corrects(&item, corrected).await;
    until("the trouble to be told", async || {
        let page = world.sees(&minh, OUT).await;
        if page.says("không gọi được") { Ok(()) } else { Err(String::new()) }
    })
    .await;
    press.on().await;
    is_seen(&world, &item, "Sở cũ", "shown").await;
    assert_eq!(press.has(item.id), ("1 0".into(), "1".into()));

    // Answers are lost after their effect, time and again: nothing is there twice.
    world.loses("chinhphu", 250);
    let second = world.issues("chinhphu", directive("47/CĐ-TTg", "Văn bản thứ hai.")).await;
    until("it to be put there all the same", async || {
        world.clock("chinhphu").pass(3_600_000_000);
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        let has = press.has(second.id).0;
        if has == "1 0" { Ok(()) } else { Err(has) }
    })
    .await;
    world.loses("chinhphu", 0);
    world.clock("chinhphu").pass(7 * 3_600_000_000);
    is_seen(&world, &second, "Sở cũ", "shown").await;
    assert_eq!(press.has(second.id), ("1 0".into(), "2".into()));

    world.withdraws(&item, true).await;
    is_seen(&world, &item, "Sở cũ", "absent").await;
    world.erases(&second).await;
    until("every trace of it to go", async || {
        world.clock("chinhphu").pass(60_000_000);
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        let (posts, files) = press.has(second.id);
        if posts == "0 0" && files == "1" { Ok(()) } else { Err(format!("{posts} {files}")) }
    })
    .await;
}
