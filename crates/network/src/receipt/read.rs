//! The text of a receipt, read line by line.

use std::collections::HashSet;

use super::{Held, MAX_LACKING, Receipt, ReceiptError, Shown, ShownBy};
use crate::root::decimal;

impl Receipt {
    /// Reads the text of a receipt; signatures are not looked at.
    ///
    /// # Errors
    /// Names the line.
    pub fn parse(text: &str) -> Result<Receipt, ReceiptError> {
        let mut lines = text.split_terminator('\n').zip(1..);
        let mut head = |word: &str, problem: &'static str| {
            let (line, at) = lines.next().unwrap_or(("", 0));
            line.strip_prefix(word).ok_or(ReceiptError::Line { line: at, problem })
        };
        if !head("nhipcau.receipt/v1", "must be nhipcau.receipt/v1")?.is_empty() {
            return Err(ReceiptError::Line { line: 1, problem: "must be nhipcau.receipt/v1" });
        }
        let node = head("node ", "must name the node")?;
        let node = node.parse().map_err(|_| ReceiptError::Line { line: 2, problem: "must name the node" })?;
        let time = decimal(head("time ", "must give the time")?)
            .filter(|time| *time <= i64::MAX as u64)
            .ok_or(ReceiptError::Line { line: 3, problem: "must give the time in Unix milliseconds" })?;
        let mut receipt = Receipt { node, time, logs: Vec::new(), shown: Vec::new() };
        let (mut logs, mut shown) = (HashSet::new(), HashSet::new());
        for (line, at) in lines {
            let wrong = |problem| ReceiptError::Line { line: at, problem };
            if let Some(rest) = line.strip_prefix("log ") {
                let held = held(rest).map_err(wrong)?;
                if !receipt.shown.is_empty() {
                    return Err(wrong("must come before the shown lines"));
                }
                if !logs.insert(held.origin.clone()) {
                    return Err(wrong("names a log for the second time"));
                }
                receipt.logs.push(held);
            } else if let Some(rest) = line.strip_prefix("shown ") {
                let line = shown_line(rest)
                    .ok_or_else(|| wrong("must be shown, a portal or *, a log and a size"))?;
                if !shown.insert((line.portal.clone(), line.origin.clone())) {
                    return Err(wrong("names a portal and log for the second time"));
                }
                receipt.shown.push(line);
            } else {
                return Err(wrong("must begin with log or shown"));
            }
        }
        Ok(receipt)
    }
}

fn held(rest: &str) -> Result<Held, &'static str> {
    const SHAPE: &str = "must be log, origin, size, root, content, size, lacking and a list or -";
    let parts: Vec<&str> = rest.split(' ').collect();
    let [origin, size, root, "content", content, "lacking", lacking] = parts[..] else { return Err(SHAPE) };
    let held = Held {
        origin: origin.parse().map_err(|_| SHAPE)?,
        size: decimal(size).ok_or(SHAPE)?,
        root: root.parse().map_err(|_| SHAPE)?,
        content: decimal(content).ok_or(SHAPE)?,
        lacking: match lacking {
            "-" => Vec::new(),
            list => list.split(',').map(decimal).collect::<Option<_>>().ok_or(SHAPE)?,
        },
    };
    if held.content > held.size {
        return Err("claims content beyond its size");
    }
    if held.lacking.len() > MAX_LACKING {
        return Err("lists too many lacking entries; a smaller content size says the same");
    }
    let ascending = held.lacking.windows(2).all(|pair| pair[0] < pair[1]);
    if !ascending || held.lacking.last().is_some_and(|last| *last >= held.content) {
        return Err("must list lacking entries ascending and below the content size");
    }
    Ok(held)
}

fn shown_line(rest: &str) -> Option<Shown> {
    let parts: Vec<&str> = rest.split(' ').collect();
    let [portal, origin, size] = parts[..] else { return None };
    let portal = match portal {
        "*" => ShownBy::Every,
        domain => ShownBy::Portal(domain.parse().ok()?),
    };
    Some(Shown { portal, origin: origin.parse().ok()?, size: decimal(size)? })
}
