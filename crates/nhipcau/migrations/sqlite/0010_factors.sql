-- Second factors. A secret is sealed by keys/people.key, so the database alone opens no door; `step` is the last one whose
-- code was used.
CREATE TABLE totp (
  account TEXT PRIMARY KEY NOT NULL,
  secret BLOB NOT NULL,
  step INTEGER NOT NULL,
  since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Recovery codes that were not used yet, each as a hash under the same key.
CREATE TABLE recovery (
  account TEXT NOT NULL,
  code BLOB NOT NULL,
  PRIMARY KEY (account, code)
) STRICT, WITHOUT ROWID;

-- Passkeys: what the authenticator said of itself, and its public key, as JSON.
CREATE TABLE passkey (
  id BLOB PRIMARY KEY NOT NULL,
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  credential TEXT NOT NULL,
  since INTEGER NOT NULL,
  used INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX passkey_account ON passkey (account);

-- What was begun and waits for the same browser: a sign-in at its second step, a passkey's challenge, a journey to the
-- identity provider. Only a hash of the cookie is kept.
CREATE TABLE ceremony (
  token BLOB PRIMARY KEY NOT NULL,
  what TEXT NOT NULL,
  account TEXT NOT NULL,
  log INTEGER NOT NULL,
  state TEXT NOT NULL,
  ends INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
