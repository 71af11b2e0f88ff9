-- People who work at the agencies of this node. `home` is the agency that made the account and keeps it.
CREATE TABLE account (
  id TEXT PRIMARY KEY NOT NULL,
  login TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  closed BIGINT NOT NULL,
  password TEXT NOT NULL,
  failed BIGINT NOT NULL,
  free_at BIGINT NOT NULL,
  created BIGINT NOT NULL,
  home BIGINT NOT NULL
);

-- Who may do what for which agency; `below` also for the agencies under it. Days are days since 1970 in Viet Nam.
CREATE TABLE appointment (
  account TEXT NOT NULL,
  log BIGINT NOT NULL,
  role TEXT NOT NULL,
  below BIGINT NOT NULL,
  since BIGINT NOT NULL,
  until BIGINT,
  PRIMARY KEY (account, log, role)
);
CREATE INDEX appointment_log ON appointment (log);

-- Who is signed in where, and when they last proved who they are. Only a hash of the cookie is kept.
CREATE TABLE session (
  token BYTEA PRIMARY KEY NOT NULL,
  account TEXT NOT NULL,
  log BIGINT NOT NULL,
  begun BIGINT NOT NULL,
  seen BIGINT NOT NULL,
  ends BIGINT NOT NULL,
  way TEXT NOT NULL,
  device TEXT NOT NULL,
  proved BIGINT NOT NULL
);
CREATE INDEX session_account ON session (account);

-- One-time links by which somebody chooses a password: invitations and ways back in.
CREATE TABLE invitation (
  token BYTEA PRIMARY KEY NOT NULL,
  account TEXT NOT NULL,
  ends BIGINT NOT NULL
);
CREATE INDEX invitation_account ON invitation (account);

-- Who did and saw what. Lines are only ever added; each holds a hash of the one before.
CREATE TABLE audit (
  seq BIGINT PRIMARY KEY NOT NULL,
  at BIGINT NOT NULL,
  account TEXT NOT NULL,
  log BIGINT NOT NULL,
  act TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash BYTEA NOT NULL
);
CREATE INDEX audit_log ON audit (log, seq);
-- In each engine's own words:
CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the audit trail is only added to';
END $$;
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION audit_stays();
