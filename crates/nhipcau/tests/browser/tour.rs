//! A walk through the pages: each is looked at in both languages and at every width, by axe-core and by its measure, and a
//! picture of it is kept where somebody asked for one.

use std::collections::BTreeSet;
use std::path::Path;

use fantoccini::{Client, Locator};
use serde_json::Value;

use super::driver::{Driver, until};

const WIDTHS: [u32; 2] = [1280, 320];

/// A walk through every page.
pub struct Tour<'a> {
    pub driver: &'a Driver,
    pub browser: Client,
    pub axe: String,
    pub here: String,
    /// What was found wrong, page by page.
    pub wrong: Vec<String>,
    /// Routes and templates that were seen.
    pub routes: BTreeSet<String>,
    pub templates: BTreeSet<String>,
}

impl Tour<'_> {
    /// Opens a page in both languages and looks at it.
    pub async fn opens(&mut self, route: &str, template: &str, path: &str) {
        self.routes.insert(route.to_owned());
        for prefix in ["", "/en"] {
            self.driver.resizes(&self.browser, WIDTHS[0]).await;
            self.browser.goto(&format!("{}{prefix}{path}", self.here)).await.unwrap();
            self.looks(template, &format!("{prefix}{path}")).await;
        }
    }

    /// Looks at the page that stands there, at every width.
    pub async fn looks(&mut self, template: &str, name: &str) {
        self.templates.insert(template.to_owned());
        self.browser.execute(&self.axe, Vec::new()).await.unwrap();
        for width in WIDTHS {
            self.driver.resizes(&self.browser, width).await;
            if let Some(why) = overflow(&self.browser).await {
                self.wrong.push(format!("{name} at {width}: {why}"));
                println!("{name} at {width}: {why}");
            }
            let run = "const done = arguments[arguments.length - 1];
                axe.run(document, { resultTypes: ['violations'] }).then(
                  (r) => done(r.violations.map((v) => v.id + ': ' + v.nodes.slice(0, 4).map((n) => n.html.slice(0, 160)).join(' | '))),
                  (e) => done(['axe broke off: ' + e]));";
            let found: Value = self.browser.execute_async(run, Vec::new()).await.unwrap();
            let found = found.as_array().unwrap_or_else(|| panic!("{found}"));
            for why in found {
                let why = format!("{name} at {width}: {}", why.as_str().unwrap());
                // Told at once too: what comes later may break the tour off.
                println!("{why}");
                self.wrong.push(why);
            }
        }
        self.shoots(name).await;
    }

    async fn shoots(&self, name: &str) {
        let Some(folder) = std::env::var_os("NHIPCAU_SHOTS") else { return };
        for width in [320, 768, 1280] {
            self.driver.resizes(&self.browser, width).await;
            let name = name.trim_matches('/').replace(['/', '?', '='], "_");
            let path = Path::new(&folder).join(format!("{name}-{width}.png"));
            std::fs::write(path, self.browser.screenshot().await.unwrap()).unwrap();
        }
    }

    /// Sends the form of a page by its button.
    pub async fn presses(&self, button: &str) {
        let path = format!("//main//button[normalize-space()='{button}']");
        let button = self.browser.find(Locator::XPath(&path)).await.unwrap();
        button.click().await.unwrap();
    }

    pub async fn types(&self, name: &str, words: &str) {
        let css = format!("main [name='{name}']:not([type='hidden'])");
        self.browser.find(Locator::Css(&css)).await.unwrap().send_keys(words).await.unwrap();
    }

    /// Waits until the page says something.
    pub async fn reads(&self, words: &str) {
        until(words, async || {
            let said = self.browser.find(Locator::Css("body")).await.ok()?.text().await.ok()?;
            said.contains(words).then_some(())
        })
        .await;
    }

    pub async fn goes(&self, path: &str) {
        self.driver.resizes(&self.browser, WIDTHS[0]).await;
        self.browser.goto(&format!("{}{path}", self.here)).await.unwrap();
    }

    /// The path of the first link on the page that begins like this.
    pub async fn link(&self, begin: &str) -> String {
        let css = format!("main a[href^='{begin}']");
        let link = self.browser.find(Locator::Css(&css)).await.unwrap_or_else(|e| panic!("{begin}: {e}"));
        link.attr("href").await.unwrap().unwrap()
    }

    pub async fn signs_in(&self, login: &str, password: &str) {
        self.goes("/dang-nhap").await;
        self.types("ten", login).await;
        self.types("mat-khau", password).await;
        self.presses("Đăng nhập").await;
        until("the console", async || {
            self.browser.current_url().await.ok()?.path().starts_with("/ban-lam-viec").then_some(())
        })
        .await;
    }

    pub async fn signs_out(&self) {
        self.browser.delete_all_cookies().await.unwrap();
    }
}

/// What is wider than the screen, if something is: the innermost elements that reach beyond it.
async fn overflow(browser: &Client) -> Option<String> {
    let script = "const wide = document.documentElement.clientWidth;
        if (document.documentElement.scrollWidth <= wide) return null;
        const out = (e) => e.getBoundingClientRect().right > wide + 0.5;
        const all = [...document.querySelectorAll('body *')].filter((e) => out(e) && ![...e.children].some(out));
        return 'wider than the screen: ' + all.slice(0, 3).map((e) => e.outerHTML.slice(0, 160)).join(' | ')";
    let found: Value = browser.execute(script, Vec::new()).await.unwrap();
    found.as_str().map(str::to_owned)
}
