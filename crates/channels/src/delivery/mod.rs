//! One form, brought to one account and kept true there.

mod event;
mod state;

pub use event::{Action, Event, News, Report, Step};
pub use state::{Delivery, Place, Settings, Stage, Stands, Work};
