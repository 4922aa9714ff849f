//! What is stated of something that is to be made belongs before its sending.

use super::{
    clause::{Ask, Clause},
    refer::Draft,
    sentence::Reader,
};

impl Reader<'_> {
    /// Values that were stated of what is to be made belong before its sending: "Invite her. She gets
    /// the role Manager."
    pub(super) fn sent_after(&mut self, before: usize) {
        const MAKING: &[&str] = &[
            "add",
            "create",
            "invite",
            "register",
            "book",
            "order",
            "reserve",
            "request",
            "enroll",
            "enrol",
            "subscribe",
            "sign",
            "join",
            "report",
            "transfer",
            "pay",
            "donate",
            "hire",
            "open",
        ];
        let filled = before < self.drafts.len()
            && self.drafts[before..]
                .iter()
                .all(|it| matches!(it.clause.ask, Ask::Fill { .. }));
        let Some(last) = before.checked_sub(1).filter(|_| filled) else {
            return;
        };
        let sends = |at: usize| self.drafts[at].clause.ask == Ask::Submit(None);
        let makes = |it: &Ask| match it {
            Ask::Click(phrase) => {
                let verb = phrase.words.split(' ').next().unwrap_or_default();
                !phrase.quoted && MAKING.contains(&verb)
            }
            _ => false,
        };
        if sends(last)
            && self.drafts[..last]
                .iter()
                .any(|it| makes(&it.clause.ask) && it.clause.span == self.drafts[last].clause.span)
        {
            let sending = self.drafts.remove(last);
            self.drafts.push(sending);
        } else if makes(&self.drafts[last].clause.ask) {
            let clause = Clause {
                ask: Ask::Submit(None),
                ..self.drafts[last].clause.clone()
            };
            self.drafts.push(Draft {
                clause,
                found: None,
                sought: false,
            });
        }
    }
}
