//! What documents say of the program is printed by the program: a table stands between
//! `<!-- name -->` and `<!-- /name -->`, and a test fails with the text that is due there when it is stale.
//!
//! `NHIPCAU_WRITE_DOCS=1 cargo test -p nhipcau --test it docs` writes what is due into the documents.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use nhipcau::operate::cli;
use nhipcau::people;
use nhipcau::web::routes::{self, Role};

/// The root of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Asserts that `due` stands in the document between the marks `name`; or writes it there.
#[track_caller]
pub fn stands(document: &str, name: &str, due: &str) {
    let path = repository().join(document);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{document}: {e}"));
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let (Some(from), Some(to)) = (text.find(&open).map(|at| at + open.len()), text.find(&close)) else {
        panic!("{document} lacks the marks <!-- {name} --> … <!-- /{name} -->, each on a line of its own");
    };
    assert!(from <= to, "{document}: <!-- /{name} --> stands before <!-- {name} -->");
    let due = format!("\n{}\n\n", due.trim());
    if text[from..to] == due {
        return;
    }
    if std::env::var_os("NHIPCAU_WRITE_DOCS").is_some() {
        std::fs::write(&path, [&text[..from], &due, &text[to..]].concat()).unwrap();
        return;
    }
    panic!("{document} is stale at <!-- {name} -->; NHIPCAU_WRITE_DOCS=1 writes what is due there:\n{due}");
}

/// A table in Markdown.
pub fn table<const N: usize>(head: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
    let mut text = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(N));
    for row in rows {
        let _ = writeln!(text, "| {} |", row.map(|cell| cell.replace('|', "\\|")).join(" | "));
    }
    text
}

#[test]
fn the_route_table_is_that_of_the_program() {
    let who = |role: Role| match role {
        Role::Reader => "anybody".to_owned(),
        Role::Newcomer => "a form of the host's own page".to_owned(),
        Role::Node => "nodes".to_owned(),
        Role::Administrator => "the token".to_owned(),
        Role::Staff(duty) => duty.roles().iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    };
    let rows = routes::table().into_iter().map(|route| {
        [route.method.to_owned(), format!("`{}`", route.path), who(route.role), route.what.to_owned()]
    });
    stands("ARCHITECTURE.md", "routes", &table(["method", "path", "who", "what"], rows));
}

/// The life of an item as `drafts::life` decides it, asked for every stage, act and role.
#[test]
fn the_life_of_an_item_is_that_of_the_program() {
    use nhipcau::drafts::life::{Act, Actor, End, Facts, Stage, decide};
    let (writer, other) = (uuid::Uuid::from_u128(1), uuid::Uuid::from_u128(2));
    let facts = |role| Facts {
        actor: Actor::Person(other, [role].into()),
        writers: [writer].into(),
        approvals: [uuid::Uuid::from_u128(3)].into(),
        persons: 2,
        signed: false,
        sound: true,
        later: false,
        sealed: false,
        end: Some((End::Withdraw, writer)),
    };
    let mut rows = Vec::new();
    for stage in Stage::ALL {
        for act in Act::ALL.into_iter().filter(|act| *act != Act::Begin || stage != Stage::Draft) {
            let may: Vec<_> = people::Role::ALL
                .into_iter()
                .filter(|role| decide(stage, act, &facts(*role)).is_ok())
                .collect();
            let clock =
                decide(stage, act, &Facts { actor: Actor::Clock, ..facts(people::Role::Editor) }).is_ok();
            let Some(step) = may.first().map(|role| decide(stage, act, &facts(*role)).unwrap()) else {
                continue;
            };
            let mut who: Vec<_> = may.iter().map(ToString::to_string).collect();
            who.extend(clock.then(|| "the clock at its hour".to_owned()));
            // The API uses it to hand in and to propose; the other acts have no door for it.
            let token = Facts { actor: Actor::Token, ..facts(people::Role::Editor) };
            let handed = matches!(act, Act::Submit | Act::ProposeEnd) && decide(stage, act, &token).is_ok();
            who.extend(handed.then(|| "the token".to_owned()));
            let again = if step.asks_again { "yes" } else { "" }.to_owned();
            let next = if act == Act::Begin {
                "a new draft beside it".to_owned()
            } else {
                step.next.word().to_owned()
            };
            rows.push([stage.word().to_owned(), act.word().to_owned(), who.join(", "), next, again]);
        }
    }
    let head = ["stage", "act", "who", "next", "asks again"];
    stands("ARCHITECTURE.md", "life", &table(head, rows));
}

#[test]
fn the_command_table_is_that_of_the_program() {
    let command = cli::command();
    let rows = command.get_subcommands().filter(|sub| !sub.is_hide_set()).map(|sub| {
        let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
        [format!("`nhipcau {}`", sub.get_name()), about]
    });
    stands("README.md", "commands", &table(["command", "what it does"], rows));
}

/// What a user can do today, in both languages, and the test that fails when it does not work: its file under
/// `tests`, and its name.
const WORKS: &[(&str, &str, &str, &str)] = &[
    (
        "đăng một lần, đứng ở mọi cổng",
        "issued once, it stands on every portal",
        "it/publishing",
        "an_issue_stands_on_every_portal_and_its_account_closes",
    ),
    (
        "đính chính đến cả cổng bị mất mạng",
        "a correction reaches a portal that was offline",
        "it/publishing",
        "a_correction_reaches_a_province_that_was_offline",
    ),
    (
        "gỡ khỏi cổng, xa đúng bằng bản gốc",
        "a withdrawal reaches as far as the issue",
        "it/publishing",
        "a_withdrawal_reaches_whatever_the_issue_reached",
    ),
    (
        "xóa theo pháp luật, không còn một byte",
        "an erasure leaves no byte",
        "it/erasure",
        "every_edition_and_file_vanishes_also_where_the_cable_was_out",
    ),
    (
        "cấp trên yêu cầu gỡ hoặc xóa",
        "an ancestor orders a withdrawal or an erasure",
        "it/orders",
        "an_order_that_comes_before_its_item_takes_effect_when_the_item_comes",
    ),
    (
        "biết nơi nào đang hiển thị",
        "coverage from signed receipts, through relays",
        "it/publishing",
        "a_relay_in_the_middle_carries_issue_correction_and_receipts",
    ),
    (
        "đuổi kịp sau khi vắng lâu",
        "thousands of entries behind, then level again",
        "it/catch_up",
        "a_node_thousands_of_entries_behind_catches_up_by_tiles",
    ),
    (
        "phát hiện máy chủ nói dối",
        "a relay that lies is named, and left",
        "it/lies",
        "forged_entries_are_refused_and_alarmed",
    ),
    (
        "hai lịch sử thì khóa sổ",
        "two histories freeze a log, the evidence is public",
        "it/history",
        "two_histories_freeze_the_log_here_and_there",
    ),
    (
        "phục hồi từ bản sao lưu",
        "a restored node takes back what it had signed",
        "it/history",
        "a_restored_backup_takes_back_what_was_signed_after_it",
    ),
    (
        "tắt đột ngột không mất gì đã nhận",
        "kill -9 at any moment loses nothing acknowledged",
        "it/crash",
        "what_was_acknowledged_survives_kill_9_at_random_moments",
    ),
    (
        "máy chủ không có đường truyền nhận tin bằng tệp",
        "a node without a line gets the news by file, proven, with its age",
        "it/bundles",
        "a_node_without_a_line_gets_the_news_by_file_and_shows_its_age",
    ),
    (
        "sao lưu, mất đĩa, khôi phục, ký tiếp",
        "back up, lose the disk, restore, go on without signing twice",
        "it/keeping",
        "the_drill_issue_back_up_issue_more_lose_the_disk_restore_serve",
    ),
    (
        "nhipcau doctor nói rõ hỏng gì, làm gì",
        "doctor says what is wrong and what to do",
        "it/keeping",
        "doctor_tells_of_a_running_and_of_a_stopped_node_and_changes_nothing",
    ),
    (
        "thư niêm phong giữa các cổng, chỉ nơi nhận đọc được",
        "sealed letters between portals, read by their recipient alone",
        "it/letters",
        "the_parent_carries_what_it_cannot_read_until_its_child_is_back",
    ),
    (
        "đĩa đầy không mất gì, có chỗ lại chạy tiếp",
        "a full disk loses nothing and is over when there is room",
        "it/faults",
        "a_full_disk_refuses_in_words_loses_nothing_and_is_over_when_there_is_room",
    ),
    (
        "trang và nguồn tin, hai thứ tiếng",
        "pages and feeds in both languages",
        "it/pages",
        "every_link_of_every_page_leads_to_a_whole_page_in_both_languages",
    ),
    (
        "kiểm tra ngay trên trình duyệt",
        "checked in the reader's own browser",
        "browser/main",
        "a_reader_sees_verifies_and_is_told_the_truth",
    ),
    (
        "kiểm tra một mục hay cả một cổng từ dòng lệnh",
        "an item or a whole portal verified: authentic, complete, in force",
        "it/cli",
        "an_item_lives_its_whole_life_at_the_command_line",
    ),
    (
        "chỉ rõ bước nào không đúng",
        "a lie about a log is named by its step",
        "it/verify",
        "a_node_that_lies_about_logs_is_refused_at_the_step_of_the_lie",
    ),
    (
        "đăng hàng nghìn mục, lỗi ở dòng nào nói dòng ấy",
        "thousands issued at once, each fault with its line",
        "it/cli",
        "many_items_are_issued_once_and_each_fault_has_its_line",
    ),
    (
        "mười lăm loại nội dung, mỗi loại đủ thông tin ở mọi cổng",
        "fifteen kinds of items, every fact of each wherever it is carried",
        "it/kinds",
        "a_sample_of_every_kind_shows_every_fact_wherever_it_is_carried",
    ),
    (
        "thiếu gì được chỉ rõ từng trường",
        "what a kind lacks is named field by field",
        "it/kinds",
        "what_a_kind_lacks_is_refused_at_its_origin_and_named_in_both_languages",
    ),
    (
        "giao diện lập trình có mô tả OpenAPI",
        "an HTTP API as its OpenAPI description says",
        "it/api",
        "real_answers_are_as_the_description_says",
    ),
    (
        "dữ liệu sai được chỉ rõ chỗ sai",
        "bad input is told what is wrong",
        "it/bad_input",
        "the_api_names_every_fault_and_writes_nothing",
    ),
    (
        "tính thời hạn, giải thích từng ngày",
        "a deadline is counted, every day explained",
        "it/rules",
        "an_explained_deadline_names_every_day_and_its_act",
    ),
    (
        "đọc số, ký hiệu văn bản dù viết thế nào",
        "a document's number is read however it is written",
        "it/rules",
        "numbers_are_read_from_arguments_and_from_lines",
    ),
    (
        "ai có vai trò nào thì chỉ làm được việc ấy",
        "who has a role does that and nothing else, on every route",
        "it/access",
        "each_role_is_refused_wherever_it_should_be",
    ),
    (
        "xác thực hai bước, mã dự phòng, khóa truy cập",
        "a second factor, recovery codes, passkeys",
        "it/factors",
        "a_sign_in_asks_for_the_apps_code_which_works_once",
    ),
    (
        "đăng nhập bằng hệ thống xác thực của cơ quan",
        "signing in by the agency's own identity provider",
        "it/provider",
        "a_provider_that_lies_lets_nobody_in",
    ),
    (
        "tìm có dấu hay không dấu, gõ sai, tên cũ, số viết kiểu nào cũng ra, đến đúng Điều",
        "search with or without diacritics, mistyped, by old names and numbers in any shape, into the right article",
        "it/search",
        "what_is_issued_is_found_on_every_portal_however_it_is_typed",
    ),
    (
        "mục đã gỡ không còn tìm thấy ngay lúc ấy",
        "what was withdrawn is not found from that moment",
        "it/search",
        "what_is_corrected_or_withdrawn_is_not_found_any_more",
    ),
    (
        "nhiệm vụ trong văn bản chỉ đạo đến đúng cơ quan; nơi giao thấy ai đã nhận, đang làm, quá hạn",
        "a directive's tasks reach their agencies; the issuer sees who has received, works, is late",
        "it/assignments",
        "a_task_reaches_its_addressees_and_their_answers_come_back",
    ),
    (
        "gửi vào bằng phần mềm hay dòng lệnh vẫn cần người thứ hai",
        "what a program or command hands in needs a second person too",
        "it/two_people",
        "what_the_token_hands_in_waits_for_a_second_person",
    ),
    (
        "xóa ở dòng lệnh: một người đề xuất, người khác xác nhận",
        "an erasure at the command line: one proposes, another confirms",
        "it/two_people",
        "guesses_at_a_confirmation_cost_time_and_erase_nothing",
    ),
    (
        "xã một người: cấp trên trực duyệt ở bàn làm việc của mình",
        "a commune of one: the agency above approves from its own console",
        "it/two_people",
        "the_duty_desk_above_approves_for_a_commune_of_one",
    ),
    (
        "soạn, duyệt, đăng, đính chính, nhận nhiệm vụ chỉ bằng bàn phím",
        "writing, approving, issuing, correcting, acknowledging by the keyboard alone",
        "browser/keyboard",
        "the_newsroom_is_worked_by_the_keyboard_alone",
    ),
    (
        "mọi trang đạt axe-core ở 1280 và 320 px",
        "every page passes axe-core at 1280 and 320 px",
        "browser/axe",
        "every_page_is_open_to_everybody_at_every_width",
    ),
    (
        "bàn làm việc bị tắt đột ngột không mất, không đăng hai lần",
        "a newsroom killed at any moment loses nothing and issues nothing twice",
        "it/crash_newsroom",
        "the_newsroom_survives_kill_9_at_random_moments",
    ),
    (
        "niêm phong đến giờ hẹn: nằm sẵn ở mọi cổng, không ai đọc được, đúng giờ mọi nơi cùng mở",
        "embargo: it lies sealed at every portal, is read by nobody, and opens everywhere at its hour",
        "it/embargo",
        "what_two_people_seal_lies_everywhere_and_is_read_everywhere_at_its_hour",
    ),
    (
        "xin ý kiến cơ quan khác trước khi ban hành; người duyệt thấy đúng bản ấy hay đã thay đổi",
        "other agencies are asked before an issue; the approver sees whether it is what they looked at",
        "it/opinions",
        "a_draft_is_looked_at_by_another_agency_before_it_is_approved",
    ),
    (
        "thủ tục hành chính: ở đây ai làm, nộp gì, bao lâu, phí bao nhiêu, nộp trực tuyến ở đâu",
        "administrative procedures: who handles one here, what to bring, how long, how much, where online",
        "it/procedures",
        "a_procedure_says_at_every_portal_where_it_is_done_here_how_long_and_how_much",
    ),
    (
        "tìm thủ tục theo sự kiện trong đời, đối tượng, lĩnh vực, cấp, tên",
        "procedures found by event of life, audience, field, level and name",
        "it/procedures",
        "the_catalogue_narrows_by_event_audience_field_level_and_name",
    ),
    (
        "nhập nghìn thủ tục thật, nhập lại không trùng; thay đổi thành bản cập nhật",
        "real procedures imported once; what changed becomes an update, each fault has its line",
        "it/procedure_records",
        "records_come_in_once_changes_become_updates_and_each_fault_has_its_line",
    ),
    (
        "danh bạ nêu đơn vị quản lý, căn cứ, kênh chính thức; cổng nào thiếu gì, ai phải xử lý",
        "the directory names units, acts and channels; which portal lacks what, and who must mend it",
        "it/directory",
        "what_portals_lack_is_listed_with_who_must_mend_it_and_not_known_is_not_no",
    ),
    (
        "sáp nhập, chia tách cơ quan: xem kế hoạch, hai người, làm từng bước, địa chỉ cũ dẫn đến nơi mới",
        "agencies merged or divided: a plan first, two persons, step by step, old addresses lead on",
        "it/merger",
        "a_merger_is_planned_by_one_confirmed_by_another_and_moves_everything",
    ),
    (
        "hồ sơ sự cố dữ liệu cá nhân, đồng hồ 72 giờ, chỉ ghi thêm, không công khai",
        "the record of a breach of personal data: a 72-hour clock, only added to, never public",
        "it/breaches",
        "a_breach_has_a_clock_a_record_that_only_grows_and_papers_for_the_authority",
    ),
    (
        "một cổng viết thêm bên cạnh văn bản của cơ quan khác, bằng tiếng nói riêng",
        "a portal adds words of its own beside another agency's text",
        "it/annexes",
        "a_commune_explains_in_its_own_voice_and_only_there",
    ),
    (
        "một mục bằng nhiều ngôn ngữ, báo khi bản dịch chưa theo kịp bản tiếng Việt",
        "one item in several languages, marked where a translation has fallen behind",
        "it/translations",
        "a_translation_stands_under_the_same_item_and_says_when_it_has_fallen_behind",
    ),
    (
        "giấy này có thật không: số hiệu, liên kết, mã QR, tệp",
        "is this paper real: by number, link, QR code or file",
        "it/checks",
        "a_paper_is_answered_by_number_link_code_proof_and_file",
    ),
    (
        "cổng giống cổng chính thức được chỉ ra cùng cổng thật",
        "a portal that imitates an official one is told with the real one",
        "it/checks",
        "an_address_is_official_or_said_to_be_none_with_the_one_that_it_imitates",
    ),
    (
        "thư viện, lưu trữ thu hoạch theo OAI-PMH, không sót mục gỡ hay đến muộn",
        "libraries harvest by OAI-PMH; no deletion and nothing late is missed",
        "it/open",
        "a_harvester_gets_every_record_once_and_every_deletion_for_ever",
    ),
    (
        "lấy toàn bộ dữ liệu mở một lần, không còn nội dung đã xóa",
        "all open data at once, with nothing that was erased",
        "it/open",
        "everything_can_be_taken_at_once_and_an_erasure_is_in_none_of_it",
    ),
];

#[test]
fn what_works_today_has_its_test() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let rows = WORKS.iter().map(|(vi, en, file, test)| {
        let text = std::fs::read_to_string(tests.join(file).with_extension("rs")).unwrap();
        assert!(text.contains(&format!("fn {test}(")), "{file}.rs has no test {test}");
        [format!("{vi} · {en}"), format!("`{}` {}", file, test.replace('_', " "))]
    });
    stands("README.md", "works", &table(["what · điều gì", "shown by"], rows));
}
