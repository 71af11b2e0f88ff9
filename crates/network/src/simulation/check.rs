//! At the end, and now and then before: is what nodes have and claim so?

use super::Report;
use super::world::World;
use crate::contents::Claim;
use crate::receipt::MAX_LACKING;

impl World {
    /// The size that a node can have of a log; `None` if it does not want it, or cannot have it.
    fn attainable(&self, node: usize, log: usize) -> Option<u64> {
        let one = &self.nodes[node];
        if one.side == 2
            || self.logs[log].owner == node
            || !one.wants(log)
            || self.logs[log].branches.len() > 1
        {
            return None;
        }
        let owner = self.logs[log].owner;
        if self.nodes[owner].side < 2 {
            return Some(self.logs[log].size());
        }
        // Whose owner is cut off: what the root had of it by then.
        Some(self.nodes[0].durable.held.get(&log).map_or(0, |held| held.size))
    }

    fn size(&self, node: usize, log: usize) -> u64 {
        self.nodes[node].durable.held.get(&log).map_or(0, |held| held.size)
    }

    /// Entries of a log that lack content at a node, by its store.
    fn lacking(&self, node: usize, log: usize) -> Vec<u64> {
        let durable = &self.nodes[node].durable;
        let Some(held) = durable.held.get(&log) else { return Vec::new() };
        let reads = self.logs[log].branches[held.branch].read.iter().take(held.size as usize);
        let lacks = |id: &usize| !durable.content.has(*id) && !durable.erased.has(*id);
        (0..).zip(reads).filter(|(_, read)| read.contents.iter().any(lacks)).map(|(index, _)| index).collect()
    }

    /// True once every node that can be complete is.
    pub(super) fn is_settled(&self) -> bool {
        (0..self.nodes.len()).all(|node| {
            self.nodes[node].side == 2
                || (self.nodes[node].memory.is_some()
                    && (0..self.logs.len()).all(|log| self.log_settled(node, log)))
        })
    }

    fn log_settled(&self, node: usize, log: usize) -> bool {
        let forked = self.logs[log].branches.len() > 1;
        let wanted = self.nodes[node].wants(log) && self.logs[log].owner != node;
        let frozen = !forked || !wanted || self.nodes[node].durable.frozen.contains(&log);
        let complete = self.attainable(node, log).is_none_or(|size| self.size(node, log) >= size);
        frozen && complete && (forked || self.lacking(node, log).is_empty())
    }

    /// A claim taken at random must be true at any time.
    pub(super) fn probe(&mut self) {
        let node = self.dice.below(self.nodes.len() as u64) as usize;
        self.check_seals(node);
        for log in 0..self.logs.len() {
            if self.nodes[node].durable.held.contains_key(&log) {
                self.check_claim(node, log);
            }
        }
    }

    fn check_claim(&mut self, node: usize, log: usize) {
        let origin = self.origin(log);
        let Some(memory) = &self.nodes[node].memory else { return };
        let claimed = memory.contents.claim(&origin);
        let mut lacking = self.lacking(node, log);
        let content = lacking.get(MAX_LACKING).copied().unwrap_or(self.size(node, log));
        lacking.truncate(MAX_LACKING);
        let truth = Claim { content, lacking };
        if claimed != truth {
            let name = &self.nodes[node].name;
            self.violation(format!("{name} claims {claimed:?} of {origin}; true is {truth:?}"));
        }
    }

    pub(super) fn check(&mut self) {
        for node in 0..self.nodes.len() {
            if self.nodes[node].memory.is_none() {
                self.violation(format!("{} did not come back", self.nodes[node].name));
            }
            self.check_seals(node);
            for log in 0..self.logs.len() {
                self.check_claim_if_held(node, log);
                self.check_log(node, log);
            }
            let one = &self.nodes[node];
            let refused = one.memory.as_ref().and_then(|memory| memory.directory.refused().next());
            if let Some(((origin, index), why)) = refused {
                self.violation(format!("{} refuses entry {index} of {origin}: {why}", one.name));
            }
            let durable = &self.nodes[node].durable;
            let risen =
                (0..self.content.len()).find(|id| durable.content.has(*id) && durable.erased.has(*id));
            if let Some(id) = risen {
                self.violation(format!("{} holds content {id}, which was erased", self.nodes[node].name));
            }
        }
    }

    fn check_claim_if_held(&mut self, node: usize, log: usize) {
        if self.nodes[node].durable.held.contains_key(&log) {
            self.check_claim(node, log);
        }
    }

    fn check_log(&mut self, node: usize, log: usize) {
        let (name, origin) = (self.nodes[node].name.clone(), self.origin(log));
        let wanted = self.nodes[node].wants(log) && self.logs[log].owner != node && self.nodes[node].side < 2;
        if self.logs[log].branches.len() > 1 {
            if wanted && !self.nodes[node].durable.frozen.contains(&log) {
                self.violation(format!("{name} has not frozen {origin}, which was split"));
            }
            return;
        }
        if let Some(size) = self.attainable(node, log)
            && self.size(node, log) < size
        {
            let has = self.size(node, log);
            let status = self.nodes[node].memory.as_ref().and_then(|memory| memory.follower.log(&origin));
            let knows = status.map_or(0, |status| status.exists);
            self.violation(format!("{name} has {has} of {size} of {origin}, and knows of {knows}"));
        }
        let lacking = self.lacking(node, log);
        if wanted && !lacking.is_empty() {
            self.violation(format!("{name} lacks content of {lacking:?} of {origin}"));
        }
    }

    /// What happened, all told.
    pub(super) fn report(mut self) -> Report {
        self.delays.sort_unstable();
        let at = |hundredths: usize| {
            self.delays.get((self.delays.len() * hundredths / 100).min(self.delays.len().saturating_sub(1)))
        };
        let value = |delay: Option<&u32>| delay.map_or(0, |delay| u64::from(*delay));
        self.report.delays = (value(at(50)), value(at(99)), value(self.delays.last()));
        self.report.heads = self.logs[self.heads].size();
        self.report.entries = self.logs.iter().map(super::truth::Log::size).sum::<u64>() - self.report.heads;
        self.report.verified = self.memo.counts();
        self.report.lasted = self.now;
        self.report.cut_off = self.nodes.iter().filter(|node| node.side == 2).count();
        self.report
    }
}
