//! The words of the console by name, in the order of their tables: a table of its own, so that what readers never see
//! does not stand between what they do.

use std::fmt::Display;

use super::table::{self, words};

words! {
    // Roles
    role_editor,
    role_publisher,
    role_signer,
    role_clerk,
    role_leader,
    role_administrator,
    // Frame
    console,
    nav,
    nav_home,
    sign_out,
    back_home,
    // The door
    sign_in,
    sign_in_says,
    sign_in_lost,
    login,
    password,
    session_ended,
    go_on_title,
    go_on_says,
    go_on,
    choose_title,
    choose_says(name, login),
    choose_new,
    choose_hint,
    choose_again,
    choose_button,
    choose_differ,
    not_yours,
    not_yours_says(roles),
    not_yours_has(roles),
    // Home
    home_hello(name),
    home_roles,
}

/// The Vietnamese table.
pub(super) static VI: Words = Words::read(include_str!("../../words/desk_vi.toml"));
/// The English table.
pub(super) static EN: Words = Words::read(include_str!("../../words/desk_en.toml"));
