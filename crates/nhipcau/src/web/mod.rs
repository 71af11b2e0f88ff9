//! The web: one route table, who visits which portal, pages that are kept, what stands around them.

pub mod answer;
pub mod assets;
pub mod dictionary;
pub mod error_view;
pub mod gzip;
pub mod light;
pub mod pages;
mod patience;
pub mod routes;
pub mod serve;
pub mod shell;
pub mod tls;
pub mod traffic;
pub mod visitor;
