//! What a reader does in a browser: looks, presses, types keys.

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::{Client, Locator};
use serde_json::Value;

use super::driver::until;

/// The text that a reader sees.
pub async fn text(browser: &Client) -> String {
    let look = async || browser.find(Locator::Css("body")).await?.text().await;
    until("a page", async || match look().await {
        Ok(text) => Some(text),
        // The browser is on its way to the next page: that one is looked at.
        Err(error) if error.is_stale_element_reference() || error.is_no_such_element() => None,
        Err(error) => panic!("{error}"),
    })
    .await
}

/// Loads a page again until it says something; it must then fit the screen.
pub async fn says(browser: &Client, url: &str, words: &str) -> String {
    let said = until(words, async || {
        browser.goto(url).await.unwrap();
        let said = text(browser).await;
        said.contains(words).then_some(said)
    })
    .await;
    fits(browser).await;
    said
}

/// No page scrolls sideways. Measured from outside, so that it holds without script too.
pub async fn fits(browser: &Client) {
    let page = browser.find(Locator::Css("html")).await.unwrap().rectangle().await.unwrap();
    // Not `innerWidth`: a telephone shows a page that is too wide by making it smaller, and that width grows with it.
    let script = "const e = document.documentElement; return [e.scrollWidth, e.clientWidth]";
    let widths: Value = browser.execute(script, Vec::new()).await.unwrap();
    let url = browser.current_url().await.unwrap();
    assert!(
        widths[0].as_i64() <= widths[1].as_i64() && page.2 <= widths[1].as_f64().unwrap() + 0.5,
        "{url} is wider than the screen: {widths}"
    );
}

/// How many steps of a check passed, how many did not, and its verdict.
pub async fn verdict(browser: &Client) -> (usize, usize, String) {
    let sum = until("the verdict", async || {
        let sum = browser.find(Locator::Css("[data-sum]")).await.unwrap().text().await.unwrap();
        (!sum.trim().is_empty()).then_some(sum)
    })
    .await;
    let count = async |css: &str| browser.find_all(Locator::Css(css)).await.unwrap().len();
    let all = count("[data-steps] > li").await;
    let not = count("[data-steps] > .stop--failed, [data-steps] > .stop--awaited").await;
    (all - not, not, sum)
}

/// Presses the check's button and waits for the verdict.
pub async fn verifies(browser: &Client) -> (usize, usize, String) {
    browser.find(Locator::Css("[data-run] button")).await.unwrap().click().await.unwrap();
    verdict(browser).await
}

/// Follows a link by the keyboard. A click would have the driver wait for a timer of the page, and where scripts are off none
/// runs: it waits five minutes before it goes on. Buttons of forms are pressed so, too.
pub async fn follows(link: &Element) {
    link.send_keys(&Key::Enter.to_string()).await.unwrap();
}

/// Presses a key wherever the focus is. As the keyboard does: what is sent to a field of files would be read as a name.
pub async fn types(browser: &Client, key: Key) {
    let value = char::from(key);
    let pressed =
        KeyActions::new("keys".into()).then(KeyAction::Down { value }).then(KeyAction::Up { value });
    browser.perform_actions(pressed).await.unwrap();
}

/// Goes from one thing to the next by the tabulator until one says `words`, and presses it.
pub async fn tabs_to(browser: &Client, words: &str) {
    let mut passed = Vec::new();
    for _ in 0..80 {
        types(browser, Key::Tab).await;
        let at = browser.active_element().await.unwrap();
        let said = at.text().await.unwrap();
        if said.trim() == words {
            let shown: Value = browser
                .execute(
                    "const s = getComputedStyle(document.activeElement); return [s.outlineStyle, s.boxShadow, s.outlineWidth]",
                    Vec::new(),
                )
                .await
                .unwrap();
            assert!(
                shown[1] != "none" || shown[0] != "none",
                "the focus on {words:?} is not to be seen: {shown}"
            );
            types(browser, Key::Enter).await;
            return;
        }
        passed.push(said);
    }
    panic!("{words:?} is not reached by the keyboard; passed {passed:?}");
}
