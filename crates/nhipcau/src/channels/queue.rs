//! What becomes of an item, told to its channels: in the transaction of the issue, the correction, the end. What was approved is what is sent.

use std::collections::BTreeMap;

use channels::{Delivery, Form, Kind, Work as Doing, faults};
use uuid::{Builder, Uuid};

use super::store::queue::{self, Sending, Wish};
use super::{Said, store};
use crate::clock::instant;
use crate::db::{Conn, Tx};
use crate::drafts::Work;
use crate::reach::links;
use crate::words::{Lang, date};

/// Queues what was approved for each channel with an edition of an item that is issued now.
///
/// # Errors
/// The database's.
pub async fn issued(tx: &mut Tx, work: &Work) -> anyhow::Result<()> {
    if work.written.channels.is_empty() {
        return Ok(());
    }
    let (item, edition) = (work.item.to_string(), i64::from(work.base) + 1);
    let there = queue::of_item(tx.conn(), work.log, &item).await?;
    for (account, said) in &work.written.channels {
        let form = &said.form;
        let Some(held) = store::find(tx.conn(), work.log, *account).await? else { continue };
        let kind = held.about.kind;
        links::keep(tx, work.log, &item, *account).await?;
        let begun = || Delivery::new(name(&item, *account, edition), kind, form.clone());
        let Some(sending) = there.iter().find(|one| one.account == *account) else {
            let id = name(&item, *account, 0);
            let (machine, wishes) = (begun(), vec![Wish::Begin]);
            let (item, account, log) = (item.clone(), *account, work.log);
            let new = Sending { id, account, log, item, edition, machine, wishes, doubt: false, changed: 0 };
            queue::add(tx, &new).await?;
            continue;
        };
        let mut sending = sending.clone();
        sending.edition = edition;
        if sending.wishes.contains(&Wish::Begin) || is_over(&sending) {
            // Nobody has seen it yet, or nobody sees it any more: it begins with what is approved now.
            (sending.machine, sending.wishes) = (begun(), vec![Wish::Begin]);
            queue::replace(tx, &sending).await?;
        } else if says(&sending) == form {
            queue::replace(tx, &sending).await?;
        } else {
            let notice = (!kind.edits()).then(|| Box::new(corrected(tx, kind, form)));
            let wish = Wish::Correct { form: Box::new(form.clone()), notice };
            queue::wish(tx, &sending, wish, edition).await?;
        }
    }
    Ok(())
}

/// An item stands no more: its posts are taken down, or, where nothing can be, it is said there.
///
/// # Errors
/// The database's.
pub async fn ended(tx: &mut Tx, log: i64, item: &str) -> anyhow::Result<()> {
    for sending in queue::of_item(tx.conn(), log, item).await? {
        if !is_ending(&sending) {
            queue::wish(tx, &sending, withdrawn(&sending), sending.edition).await?;
        }
    }
    Ok(())
}

/// An item is erased: no word of it stays here, and its posts are taken down like those of any other that ends.
///
/// # Errors
/// The database's.
pub async fn erased(tx: &mut Tx, log: i64, item: &str) -> anyhow::Result<()> {
    for mut sending in queue::of_item(tx.conn(), log, item).await? {
        if !is_ending(&sending) {
            sending.wishes.push(withdrawn(&sending));
        }
        sending.wishes.retain(|wish| !matches!(wish, Wish::Correct { .. } | Wish::Begin));
        sending.machine.forget();
        queue::replace(tx, &sending).await?;
    }
    Ok(())
}

/// What stands, or is to stand, on the channels of an item: with it the draft of its next edition begins.
///
/// # Errors
/// The database's.
pub async fn stand(conn: &mut Conn, log: i64, item: Uuid) -> anyhow::Result<BTreeMap<Uuid, Said>> {
    let there = queue::of_item(conn, log, &item.to_string()).await?;
    let standing = there.into_iter().filter(|sending| !is_ending(sending));
    let said = |sending: &Sending| Said { kind: sending.machine.kind(), form: says(sending).clone() };
    Ok(standing.map(|sending| (sending.account, said(&sending))).collect())
}

/// What a delivery says once all that it is still to be told is done.
fn says(sending: &Sending) -> &Form {
    let last = sending.wishes.iter().rev().find_map(|wish| match wish {
        Wish::Correct { form, .. } => Some(&**form),
        _ => None,
    });
    last.unwrap_or(sending.machine.form())
}

/// True if it is being taken down, or was.
fn is_ending(sending: &Sending) -> bool {
    let wished = sending.wishes.iter().any(|wish| matches!(wish, Wish::Withdraw { .. }));
    wished || sending.machine.work() == Doing::Withdraw
}

/// True if it was taken down, and that is settled.
fn is_over(sending: &Sending) -> bool {
    sending.machine.work() == Doing::Withdraw
        && sending.machine.stage() == channels::Stage::Shown
        && sending.wishes.is_empty()
}

fn withdrawn(sending: &Sending) -> Wish {
    let link = says(sending).link.clone();
    let notice = (!sending.machine.kind().deletes()).then(|| {
        let words = Lang::Vi.channel();
        let text =
            link.as_ref().map_or_else(|| words.notice_gone.to_owned(), |link| words.notice_gone_at(link));
        Box::new(Form { text, ..Form::default() })
    });
    Wish::Withdraw { notice }
}

/// What is posted where nothing can be changed: the approved words, behind a word that they correct earlier ones, if there is room for it.
fn corrected(tx: &Tx, kind: Kind, form: &Form) -> Form {
    let text = Lang::Vi.channel().notice_corrects(&form.text);
    let told = Form { text, ..form.clone() };
    let day = date::day(instant(tx.ledger.now()));
    if faults(&told, kind, day).is_empty() { told } else { form.clone() }
}

/// The name of a delivery: the same for the same item, account and edition, so that a repeat is known to be one.
fn name(item: &str, account: Uuid, edition: i64) -> Uuid {
    let hash = network::names::ContentHash::of(format!("channel\n{item}\n{account}\n{edition}").as_bytes()).0;
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    Builder::from_custom_bytes(bytes).into_uuid()
}
