//! What the configuration says of people: whose sign-in asks twice, and the agency's own identity provider.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};

use super::address;
use crate::people::Role;

/// The table `[people]` as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeopleTable {
    /// Roles that the console urges to set up a second factor; those who can do harm, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub second_factor_urged: Option<Vec<String>>,
    /// Roles that do nothing in the console before they have a second factor.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub second_factor_demanded: Vec<String>,
    /// The identity provider by which staff may sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<Provider>,
}

/// An OpenID Connect provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// What the button says: the agency's name for it.
    pub name: String,
    /// Its issuer address, exactly as it calls itself.
    pub issuer: String,
    /// What this node is called there.
    pub client_id: String,
    /// The file that holds the client's secret; none for a public client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<PathBuf>,
    /// The claim that names the login.
    #[serde(default = "claim")]
    pub claim: String,
}

fn claim() -> String {
    "preferred_username".into()
}

/// The same, checked.
#[derive(Clone, Debug)]
pub struct People {
    /// Roles that are urged to set up a second factor.
    pub urged: Vec<Role>,
    /// Roles that must have one.
    pub demanded: Vec<Role>,
    /// The identity provider.
    pub provider: Option<Provider>,
}

/// Whoever keeps accounts, approves, signs or leads.
const URGED: [Role; 4] = [Role::Publisher, Role::Signer, Role::Leader, Role::Administrator];

impl PeopleTable {
    /// Checks the values; relative paths start at `folder`.
    ///
    /// # Errors
    /// Names the key and the cure.
    pub fn check(self, folder: &Path, private: bool) -> anyhow::Result<People> {
        let urged = match self.second_factor_urged {
            None => URGED.to_vec(),
            Some(words) => roles(&words).context("people.second_factor_urged")?,
        };
        let demanded = roles(&self.second_factor_demanded).context("people.second_factor_demanded")?;
        let provider = self.provider.map(|provider| provider.check(folder, private)).transpose()?;
        Ok(People { urged, demanded, provider })
    }
}

fn roles(words: &[String]) -> anyhow::Result<Vec<Role>> {
    let role = |word: &String| {
        Role::of(word).with_context(|| {
            format!("{word:?} is no role; there are {}", Role::ALL.map(Role::word).join(", "))
        })
    };
    words.iter().map(role).collect()
}

impl Provider {
    fn check(self, folder: &Path, private: bool) -> anyhow::Result<Provider> {
        let host = self.issuer.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
        address(&host, private).context("people.provider.issuer")?;
        ensure!(
            !self.issuer.contains(['?', '#']) && !self.issuer.contains(char::is_whitespace),
            "people.provider.issuer = {:?}: it has neither query nor blanks; copy it from the provider's page",
            self.issuer
        );
        for (key, value) in [("name", &self.name), ("client_id", &self.client_id), ("claim", &self.claim)] {
            ensure!(!value.trim().is_empty(), "people.provider.{key} is empty");
        }
        Ok(Provider { secret: self.secret.map(|path| folder.join(path)), ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> anyhow::Result<People> {
        toml::from_str::<PeopleTable>(text)?.check(Path::new("/srv/node"), false)
    }

    #[test]
    fn an_error_names_the_key_and_the_cure() {
        let refused = |text: &str, cure: &str| {
            let error = format!("{:#}", table(text).unwrap_err());
            assert!(error.contains(cure), "{error}");
        };
        refused("second_factor_demanded = [\"boss\"]", "\"boss\" is no role; there are editor, publisher");
        let provider = |issuer: &str| {
            format!(
                "[provider]\nname = \"SSO\"\nissuer = \"{issuer}\"\nclient_id = \"a\"\nsecret = \"keys/b\""
            )
        };
        refused(&provider("http://sso.vn"), "people.provider.issuer");
        refused(&provider("https://sso.vn/a?b"), "neither query nor blanks");
        refused(
            "[provider]\nname = \"\"\nissuer = \"https://sso.vn\"\nclient_id = \"a\"",
            "people.provider.name is empty",
        );
        let good = table(&provider("https://sso.vn/realms/tinh")).unwrap();
        assert_eq!(good.urged, URGED);
        let provider = good.provider.unwrap();
        assert_eq!(provider.secret.unwrap(), Path::new("/srv/node/keys/b"));
        assert_eq!(provider.claim, "preferred_username");
    }
}
