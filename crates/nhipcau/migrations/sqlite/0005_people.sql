-- People who work at the agencies of this node. `home` is the agency that made the account and keeps it.
CREATE TABLE account (
  id TEXT PRIMARY KEY NOT NULL,
  login TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  closed INTEGER NOT NULL,
  password TEXT NOT NULL,
  failed INTEGER NOT NULL,
  free_at INTEGER NOT NULL,
  created INTEGER NOT NULL,
  home INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Who may do what for which agency; `below` also for the agencies under it. Days are days since 1970 in Viet Nam.
CREATE TABLE appointment (
  account TEXT NOT NULL,
  log INTEGER NOT NULL,
  role TEXT NOT NULL,
  below INTEGER NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER,
  PRIMARY KEY (account, log, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX appointment_log ON appointment (log);

-- Who is signed in where, and when they last proved who they are. Only a hash of the cookie is kept.
CREATE TABLE session (
  token BLOB PRIMARY KEY NOT NULL,
  account TEXT NOT NULL,
  log INTEGER NOT NULL,
  begun INTEGER NOT NULL,
  seen INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  way TEXT NOT NULL,
  device TEXT NOT NULL,
  proved INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_account ON session (account);

-- One-time links by which somebody chooses a password: invitations and ways back in.
CREATE TABLE invitation (
  token BLOB PRIMARY KEY NOT NULL,
  account TEXT NOT NULL,
  ends INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX invitation_account ON invitation (account);

-- Who did and saw what. Lines are only ever added; each holds a hash of the one before.
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY NOT NULL,
  at INTEGER NOT NULL,
  account TEXT NOT NULL,
  log INTEGER NOT NULL,
  act TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash BLOB NOT NULL
) STRICT;
CREATE INDEX audit_log ON audit (log, seq);
-- In each engine's own words:
CREATE TRIGGER audit_stays BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END;
CREATE TRIGGER audit_is_kept BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is only added to'); END;
