//! The table "cách thức thực hiện", whose cells its source ran together: way, time, fee, remark, and the next way.

use crate::text::nfc;

use super::Term;

/// The heads of the table's columns, run together.
const HEAD: &str = "Hình thức nộpThời gianPhí, lệ phíMô tả";
const UNSAID: &str = "Không có thông tin";
const FREE: &str = "Miễn phí";
/// Longer first: one is the beginning of another.
const UNITS: [&str; 5] = ["Ngày làm việc", "Ngày", "Giờ làm việc", "Giờ", "Tháng"];
const CURRENCIES: [(&str, Currency); 4] = [
    ("Việt Nam Đồng", Currency::Vnd),
    ("VNĐ", Currency::Vnd),
    ("VND", Currency::Vnd),
    ("USD", Currency::Usd),
];
/// An amount in đồng below this is a slip: the smallest note is 500, and `135 VNĐ (135.000 đồng)` is what sources say.
const LEAST_DONG: u64 = 1_000;

/// How a file is handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// At a counter.
    Direct,
    /// Over the network.
    Online,
    /// By the public post.
    Post,
}

impl Channel {
    /// All of them, as offices list them.
    pub const ALL: [Channel; 3] = [Channel::Direct, Channel::Online, Channel::Post];

    /// The words of the national database.
    #[must_use]
    pub fn vi(self) -> &'static str {
        match self {
            Channel::Direct => "Trực tiếp",
            Channel::Online => "Trực tuyến",
            Channel::Post => "Dịch vụ bưu chính",
        }
    }

    /// The word in an item's details.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Channel::Direct => "direct",
            Channel::Online => "online",
            Channel::Post => "post",
        }
    }

    /// The way of that word.
    #[must_use]
    pub fn of(id: &str) -> Option<Channel> {
        Channel::ALL.into_iter().find(|channel| channel.id() == id)
    }
}

/// How long it takes by one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Time {
    /// The source says that it does not say.
    Unsaid,
    /// A period.
    Term(Term),
    /// Something else: a number without a unit, half a day.
    Text(String),
}

/// The money of a fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Currency {
    /// Đồng.
    Vnd,
    /// US dollars, for some papers of foreigners.
    Usd,
}

/// What it costs by one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cost {
    /// The source says that it does not say.
    Unsaid,
    /// `Miễn phí`. With a remark it need not be free: sources write it also where another body sets the fee.
    Free,
    /// A sum.
    Sum(u64, Currency),
    /// A sum that cannot be meant, or that ran into the time before it: as it is printed.
    Text(String),
}

/// One way of handing a file in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// How.
    pub channel: Channel,
    /// How long it then takes.
    pub time: Time,
    /// What it then costs.
    pub cost: Cost,
    /// The remark in brackets behind the fee, without them.
    pub cost_note: String,
    /// What the last column says.
    pub note: String,
}

/// What was read of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ways {
    /// The ways, in the order of the source.
    pub ways: Vec<Way>,
    /// What stands before the first way; the whole text if it is no such table.
    pub rest: String,
}

/// Reads the table. A way begins where its name is followed at once by a time and a fee, so that the same words inside a
/// remark begin none. Never fails; every letter of the text stands in the ways or in the rest.
///
/// ```
/// use vietnam::procedures::{Channel, Cost, ways};
///
/// let read = ways("Hình thức nộpThời gianPhí, lệ phíMô tảTrực tuyến3 Ngày làm việcMiễn phíNộp trên Cổng. \
///                  Trực tiếp tại xã.Trực tiếp5 Ngày làm việcMiễn phí(Không quy định)");
/// assert_eq!(read.ways.len(), 2);
/// assert_eq!(read.ways[0].note, "Nộp trên Cổng. Trực tiếp tại xã.");
/// assert_eq!((read.ways[1].channel, &read.ways[1].cost), (Channel::Direct, &Cost::Free));
/// ```
#[must_use]
pub fn ways(text: &str) -> Ways {
    let text = nfc(text.trim());
    let body = text.strip_prefix(HEAD).unwrap_or(&text);
    let mut starts: Vec<(usize, Start)> = Channel::ALL
        .into_iter()
        .flat_map(|channel| body.match_indices(channel.vi()).map(move |(at, _)| (at, channel)))
        .filter_map(|(at, channel)| Some((at, start(channel, &body[at..])?)))
        .collect();
    starts.sort_by_key(|(at, _)| *at);
    let ends = starts.iter().skip(1).map(|(at, _)| *at).chain([body.len()]).collect::<Vec<_>>();
    let rest = body[..starts.first().map_or(body.len(), |(at, _)| *at)].trim().to_owned();
    let ways = starts
        .into_iter()
        .zip(ends)
        .map(|((at, start), end)| {
            let after = &body[at + start.length..end];
            let (cost_note, note) = bracket(after);
            Way {
                channel: start.channel,
                time: start.time,
                cost: start.cost,
                cost_note: cost_note.trim().to_owned(),
                note: note.trim().to_owned(),
            }
        })
        .collect();
    Ways { ways, rest }
}

/// The three cells with which a way begins.
struct Start {
    channel: Channel,
    time: Time,
    cost: Cost,
    /// Bytes of all three.
    length: usize,
}

fn start(channel: Channel, text: &str) -> Option<Start> {
    let after = text.strip_prefix(channel.vi())?;
    let took = |rest: &str| after.len() - rest.len();
    let rest = match after.strip_prefix(UNSAID) {
        Some(rest) => rest,
        None => {
            let rest = number(after)?;
            let spaced = rest.trim_start_matches([' ', '\u{a0}']);
            UNITS.iter().find_map(|unit| spaced.strip_prefix(unit)).unwrap_or(rest)
        }
    };
    let time_end = took(rest);
    // Without a unit, time and sum are one row of digits: `120,000 VNĐ` is a day and 20.000, or no time and 120.000.
    let glued =
        sum_end(rest.trim_start_matches([' ', '\u{a0}'])).filter(|_| after[..time_end].ends_with(digit));
    let (time, cost, rest) = match (glued, cost_end(rest)) {
        (Some(end), _) => (Time::Unsaid, Cost::Text(after[..took(end)].trim().to_owned()), end),
        (None, Some(end)) => (time(&after[..time_end]), cost(&after[time_end..took(end)]), end),
        (None, None) => return None,
    };
    Some(Start { channel, time, cost, length: text.len() - rest.len() })
}

fn digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// What follows a number: digits, with dots and commas among them.
fn number(text: &str) -> Option<&str> {
    text.starts_with(digit).then(|| text.trim_start_matches(|c| digit(c) || matches!(c, '.' | ',')))
}

/// What follows the name of a currency.
fn sum_end(text: &str) -> Option<&str> {
    CURRENCIES.iter().find_map(|(name, _)| text.strip_prefix(name))
}

/// What follows the cell of the fee.
fn cost_end(text: &str) -> Option<&str> {
    text.strip_prefix(UNSAID)
        .or_else(|| text.strip_prefix(FREE))
        .or_else(|| sum_end(number(text)?.trim_start_matches([' ', '\u{a0}'])))
}

fn time(cell: &str) -> Time {
    match Term::read(cell) {
        _ if cell == UNSAID => Time::Unsaid,
        Some(term) => Time::Term(term),
        None => Time::Text(cell.trim().to_owned()),
    }
}

fn cost(cell: &str) -> Cost {
    if cell == UNSAID {
        return Cost::Unsaid;
    }
    if cell == FREE {
        return Cost::Free;
    }
    sum(cell).unwrap_or_else(|| Cost::Text(cell.trim().to_owned()))
}

/// `10,000 Việt Nam Đồng`: commas part thousands; `1.5 USD` stays a text.
fn sum(cell: &str) -> Option<Cost> {
    let (at, currency) =
        CURRENCIES.iter().find_map(|(name, currency)| Some((cell.find(name)?, *currency)))?;
    let printed = cell[..at].trim();
    let mut groups = printed.split(',');
    let first = groups.next()?;
    let whole = (1..=3).contains(&first.len()) && groups.clone().all(|group| group.len() == 3);
    let plain = groups.clone().count() == 0;
    let digits: String = printed.chars().filter(|c| *c != ',').collect();
    let amount: u64 = digits.parse().ok().filter(|_| whole || plain)?;
    let meant = match currency {
        Currency::Vnd => amount >= LEAST_DONG,
        Currency::Usd => amount > 0,
    };
    meant.then_some(Cost::Sum(amount, currency))
}

/// The text inside the brackets with which `text` begins, and what follows them. Brackets that nobody closes hold
/// nothing: all of it follows.
fn bracket(text: &str) -> (&str, &str) {
    if !text.starts_with('(') {
        return ("", text);
    }
    let mut open = 0_u32;
    for (at, c) in text.char_indices() {
        match c {
            '(' => open += 1,
            ')' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return (&text[1..at], &text[at + 1..]);
        }
    }
    ("", text)
}
