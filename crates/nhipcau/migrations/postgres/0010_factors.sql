-- Second factors. A secret is sealed by keys/people.key, so the database alone opens no door; `step` is the last one whose
-- code was used.
CREATE TABLE totp (
  account TEXT PRIMARY KEY NOT NULL,
  secret BYTEA NOT NULL,
  step BIGINT NOT NULL,
  since BIGINT NOT NULL
);

-- Recovery codes that were not used yet, each as a hash under the same key.
CREATE TABLE recovery (
  account TEXT NOT NULL,
  code BYTEA NOT NULL,
  PRIMARY KEY (account, code)
);

-- Passkeys: what the authenticator said of itself, and its public key, as JSON.
CREATE TABLE passkey (
  id BYTEA PRIMARY KEY NOT NULL,
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  credential TEXT NOT NULL,
  since BIGINT NOT NULL,
  used BIGINT
);
CREATE INDEX passkey_account ON passkey (account);

-- What was begun and waits for the same browser: a sign-in at its second step, a passkey's challenge, a journey to the
-- identity provider. Only a hash of the cookie is kept.
CREATE TABLE ceremony (
  token BYTEA PRIMARY KEY NOT NULL,
  what TEXT NOT NULL,
  account TEXT NOT NULL,
  log BIGINT NOT NULL,
  state TEXT NOT NULL,
  ends BIGINT NOT NULL
);
