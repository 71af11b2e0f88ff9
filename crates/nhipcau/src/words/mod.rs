//! The words of the house in both languages, and the forms of its numbers and dates.
//!
//! Every sentence that the interface says stands in `words/vi.toml` and `words/en.toml`. The tables are read while the
//! crate is compiled: a missing, misplaced or unnamed word and a wrong placeholder stop the build (`table`), and a word
//! that no page uses is a dead-code warning, which the build of record treats as an error.

pub mod browser;
pub mod date;
pub mod number;
mod table;

use std::fmt::Display;

/// A language of the interface.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Lang {
    /// Vietnamese, the first.
    Vi,
    /// English, beside it under the path prefix `/en`.
    En,
}

impl Lang {
    /// Its BCP 47 tag.
    pub fn code(self) -> &'static str {
        match self {
            Lang::Vi => "vi",
            Lang::En => "en",
        }
    }

    /// The other language.
    pub fn other(self) -> Lang {
        match self {
            Lang::Vi => Lang::En,
            Lang::En => Lang::Vi,
        }
    }

    /// Its words.
    pub fn words(self) -> &'static Words {
        match self {
            Lang::Vi => &VI,
            Lang::En => &EN,
        }
    }

    /// A path in this language: `/mang` → `/mang` (vi), `/en/mang` (en).
    pub fn path(self, path: &str) -> String {
        match self {
            Lang::Vi => path.to_owned(),
            Lang::En => format!("/en{path}"),
        }
    }

    /// The language of a request's path, and the path without its prefix: `/en/mang` → English, `/mang`; `/en` → `/`.
    pub fn of_path(path: &str) -> (Lang, &str) {
        match path.strip_prefix("/en") {
            Some("") => (Lang::En, "/"),
            Some(rest) if rest.starts_with(['/', '?']) => (Lang::En, rest),
            _ => (Lang::Vi, path),
        }
    }
}

/// Names every word, in the order of the tables. `key(a, b)` is a sentence with the placeholders `{a}` and `{b}`.
macro_rules! words {
    ($($name:ident $(($($argument:ident),+))?),+ $(,)?) => {
        /// Every word of one language. Sentences with placeholders are methods of the same name.
        pub struct Words {
            $(pub(crate) $name: &'static str,)+
        }

        impl Words {
            const fn read(table: &'static str) -> Words {
                let at = 0;
                $(let ($name, at) = table::next(table, at, stringify!($name), &[$($(stringify!($argument)),+)?]);)+
                table::end(table, at);
                Words { $($name),+ }
            }

            $($(
                pub(crate) fn $name(&self, $($argument: impl Display),+) -> String {
                    table::fill(self.$name, &[$((stringify!($argument), &$argument)),+])
                }
            )?)+
        }
    };
}

words! {
    // The house and its frame
    house,
    skip,
    demo,
    other_language,
    nav,
    nav_directions,
    own_government,
    own_ministry,
    own_province,
    own_city,
    own_commune,
    own_ward,
    own_zone,
    own_unit,
    unit,
    sync_never,
    sync_ago(when, n, of),
    sync_at(hour, date, n, of),
    // Numbers, days, hours
    unit_bytes(n),
    unit_milliseconds(n),
    unit_seconds(n),
    unit_minutes(n),
    unit_hours(n),
    unit_days(n),
    ago(duration),
    ago_now,
    monday,
    tuesday,
    wednesday,
    thursday,
    friday,
    saturday,
    sunday,
    long_date(name, date),
    at_today(hour),
    at_day(hour, date),
    // What items are
    kind_document,
    kind_directive,
    kind_press,
    kind_news,
    kind_notice,
    kind_other,
    urgent,
    urgent_very,
    urgent_flash,
    legal_in_force,
    legal_not_yet,
    legal_expired,
    legal_repealed,
    legal_suspended,
    sample(what),
    sample_mark,
    row_corrected(at),
    row_updated(at),
    row_withdrawn(at),
    // Home
    home_directions,
    home_directions_none,
    home_directions_all,
    home_own_none,
    home_own_all,
    home_follow,
    home_feeds,
    home_feeds_says,
    home_check_says,
    home_network_link,
    home_portals(n, of),
    home_no_alarm,
    home_alarms(n),
    // Lists
    list_all,
    list_count(total),
    list_count_paged(total, page, pages),
    list_none,
    filters,
    filter_kind,
    filter_origin,
    filter_all,
    filter_own,
    filter_network,
    pagination,
    newer,
    older,
    // An item
    crumbs,
    crumb_list,
    span,
    span_issued(by),
    span_issued_note(at, entry),
    span_stored(n, of),
    span_stored_waiting(n),
    span_stored_last(after),
    span_stored_all,
    span_shown,
    span_shown_since(at),
    span_awaited,
    span_awaited_note,
    span_failed,
    span_failed_note,
    span_removed,
    span_removed_since(at),
    fact_number,
    fact_form,
    fact_agency,
    fact_signer,
    fact_issued,
    fact_effect,
    fact_original,
    on_day(date),
    effective_from(date),
    effective_to(date),
    attribution(site),
    action_check,
    action_where,
    action_where_counted(n, of),
    action_history(n),
    action_print,
    notice_corrected(at),
    notice_updated(at),
    notice_replaced(at),
    notice_withdrawn(at),
    notice_withdrawn_by(by, at),
    layer_digitised,
    layer_metadata,
    toc,
    parts,
    part(n, of),
    part_before,
    part_after,
    part_whole,
    related,
    verify_title,
    provenance_signed(by, hour, date, entry, n, of),
    provenance_carried(site, hour, date),
    demo_key,
    verify_noscript,
    verify_qr,
    verify_file,
    verify_log,
    // Editions, gone
    change_new,
    change_update,
    change_correct,
    change_replace,
    change_withdrawn,
    change_gone,
    change_erased,
    edition(n),
    entry(n),
    entry_of(n, log),
    history_crumb,
    history_title,
    history_says(log),
    gone_title,
    gone_sentence(by, at, entry),
    gone_more,
    gone_account,
    erased_title,
    erased_sentence(at, basis, entry),
    erased_more,
    // Feeds
    feeds_title,
    feeds_says,
    feeds_what,
    feeds_withdrawn,
    feeds_sitemap,
    // Check
    check_title,
    check_says,
    check_file,
    check_file_hint,
    check_paste,
    check_button,
    check_three,
    check_authentic,
    check_authentic_says,
    check_complete,
    check_complete_says,
    check_in_force,
    check_in_force_says,
    check_root,
    check_root_says,
    check_root_link(n),
    // Coverage
    coverage_crumb,
    coverage_title,
    coverage_title_withdrawn,
    coverage_title_erased,
    coverage_shown(of),
    coverage_withdrawn(of),
    coverage_erased(of),
    account_issue,
    account_update,
    account_correction,
    account_replacement,
    account_withdrawal,
    account_erasure,
    account_reached(what, at, n, of),
    account_half(time),
    account_most(time),
    account_closed(at),
    account_open(n),
    exceptions_none,
    exceptions_shown(n),
    exceptions_removed(n),
    since_unknown,
    since_cut(at),
    sees_earlier(at),
    sees_earlier_unmarked,
    sees_nothing,
    sees_unknown,
    care_told(who, at),
    provinces,
    provinces_says,
    provinces_table,
    holders_heading(n, of),
    col_portal,
    col_since,
    col_sees,
    col_carer,
    col_province,
    col_good,
    col_all,
    col_node,
    col_stored,
    col_size,
    col_shown,
    col_portals,
    not_yet,
    never,
    // Network
    network_title,
    network_calm,
    network_alarms(n),
    network_node(name, portals, logs, started),
    remedy,
    alarm_since(at),
    neighbours,
    neighbours_says,
    neighbours_none,
    col_line,
    col_lag,
    col_receipt,
    role_source,
    role_follower,
    role_both,
    line_in_step,
    line_catching_up(n),
    line_down(since),
    logs,
    logs_says,
    col_log,
    col_state,
    col_entries,
    col_lacking,
    col_newest,
    log_own,
    log_in_step,
    log_behind(n),
    log_frozen,
    log_closed,
    heads,
    heads_none,
    heads_good(at, size, n, of),
    heads_weak(at, n, of),
    splits,
    splits_none,
    split_sentence(origin, agency, size, at),
    split_evidence,
    version,
    // Troubles: what happened and what to do, for someone who administers a node alone
    some_peer,
    some_log,
    malformed_says(peer),
    malformed_do(peer),
    bad_signature_says(peer, log),
    wrong_entries_says(peer, log),
    wrong_tiles_says(peer, log),
    wrong_do(peer),
    withholding_says(peer, log),
    withholding_do(peer),
    unknown_key_says(log),
    unknown_key_do,
    split_says(log),
    split_do,
    unavailable_says(log),
    unavailable_do,
    unreachable_says(peer),
    unreachable_do,
    own_store_says(log),
    own_store_do,
    cannot_apply_says(log),
    write_says,
    write_do(detail),
    refused_says(log),
    refused_do(detail),
    trouble_says(about),
    trouble_do(detail),
    // Failures
    error_not_found,
    error_not_found_says,
    error_bad,
    error_host,
    error_host_says(host),
    error_starting,
    error_starting_says,
    error_ours,
    error_ours_says,
    error_code,
    error_home,
    // The check in the reader's browser. Here $name stands for what the script fills in.
    step_parse,
    step_leaf,
    step_inclusion,
    step_signature,
    step_enrolled,
    step_root,
    step_content,
    step_page,
    parse_ok,
    leaf_ok,
    inclusion_ok,
    signature_ok,
    enrolled_ok,
    root_ok,
    content_ok,
    content_none,
    page_ok,
    page_says,
    not_proof,
    bad_line,
    bad_note,
    bad_key,
    no_extra,
    bad_extra,
    bad_entry,
    outside,
    not_included,
    no_signature,
    bad_signature,
    not_enrolled,
    no_power,
    root_key,
    root_bad,
    root_few,
    root_other,
    no_ed25519,
    content_gone,
    content_away,
    content_other,
    bad_content,
    title_other,
    number_other,
    proof_away,
    bad_fragment,
    sum_yes,
    sum_no,
    sum_open,
    sum_complete,
    sum_in_force,
}

static VI: Words = Words::read(include_str!("../../words/vi.toml"));
static EN: Words = Words::read(include_str!("../../words/en.toml"));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_knows_its_language() {
        assert_eq!(Lang::of_path("/en/mang"), (Lang::En, "/mang"));
        assert_eq!(Lang::of_path("/en"), (Lang::En, "/"));
        assert_eq!(Lang::of_path("/enrol"), (Lang::Vi, "/enrol"));
        assert_eq!(Lang::En.path("/"), "/en/");
    }

    #[test]
    fn sentences_are_filled_in_both_languages() {
        assert_eq!(Lang::Vi.words().span_stored(3, 3), "3/3 máy chủ đang lưu");
        assert_eq!(Lang::En.words().span_stored(2, 3), "Stored on 2 of 3 nodes");
    }
}
