-- Petitions. `code` is public; `secret` is a hash of what its sender holds, `salt` and `commitment` what stands in the log for what was
-- sent, at `idx` of the log `asked`; `once` is a hash of the form, so that one that is sent twice is one petition. `owner` is the one agency that answers for it, `owned` since when. The clock of the answer:
-- from the day of `clock_from` so many `clock_days` in `clock_unit`, and `added` for extensions and for waiting; `due` is that
-- day as it was counted last, empty if no rule sets one. Nothing here is personal: words and contacts stand in tables of their own.
CREATE TABLE petition (
  id TEXT PRIMARY KEY NOT NULL,
  code TEXT NOT NULL,
  day TEXT NOT NULL,
  unit TEXT NOT NULL,
  number INTEGER NOT NULL,
  asked INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  owner INTEGER NOT NULL,
  owned INTEGER NOT NULL,
  sort TEXT NOT NULL,
  place TEXT NOT NULL,
  mode TEXT NOT NULL,
  lang TEXT NOT NULL,
  secret BLOB NOT NULL,
  once BLOB NOT NULL,
  salt BLOB NOT NULL,
  commitment BLOB NOT NULL,
  urgent INTEGER NOT NULL,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  handler TEXT NOT NULL,
  registered INTEGER NOT NULL,
  clock_from INTEGER NOT NULL,
  clock_days INTEGER NOT NULL,
  clock_unit TEXT NOT NULL,
  added INTEGER NOT NULL,
  extended INTEGER NOT NULL,
  paused INTEGER NOT NULL,
  bounced INTEGER NOT NULL,
  due TEXT NOT NULL,
  answered INTEGER NOT NULL,
  reopened INTEGER NOT NULL,
  closed INTEGER NOT NULL,
  rating TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX petition_code ON petition (code);
CREATE UNIQUE INDEX petition_once ON petition (once);
CREATE UNIQUE INDEX petition_number ON petition (unit, day, number);
CREATE INDEX petition_owner_state ON petition (owner, state, due);

-- What was sent, as it was sent; gone with an erasure.
CREATE TABLE petition_words (
  petition TEXT PRIMARY KEY NOT NULL,
  place TEXT NOT NULL,
  words TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Who sent it and how they are reached, sealed under keys/people.key; gone with an erasure.
CREATE TABLE petition_contact (
  petition TEXT PRIMARY KEY NOT NULL,
  sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What was attached, by the step it came with.
CREATE TABLE petition_file (
  petition TEXT NOT NULL,
  seq INTEGER NOT NULL,
  n INTEGER NOT NULL,
  name TEXT NOT NULL,
  media TEXT NOT NULL,
  sha256 BLOB NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (petition, seq, n)
) STRICT, WITHOUT ROWID;

-- All that happened to it, only ever added to. `shown` is 1 for what its sender reads; `words` go with an erasure.
CREATE TABLE petition_step (
  petition TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  log INTEGER NOT NULL,
  account TEXT NOT NULL,
  act TEXT NOT NULL,
  shown INTEGER NOT NULL,
  words TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (petition, seq)
) STRICT, WITHOUT ROWID;

-- Agencies that have it or had it: they may look at it.
CREATE TABLE petition_holder (
  petition TEXT NOT NULL,
  log INTEGER NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (petition, log)
) STRICT, WITHOUT ROWID;
CREATE INDEX petition_holder_log ON petition_holder (log, since);

-- An answer before it is given, and the two texts that readers would see.
CREATE TABLE petition_draft (
  petition TEXT PRIMARY KEY NOT NULL,
  account TEXT NOT NULL,
  at INTEGER NOT NULL,
  answer TEXT NOT NULL,
  open INTEGER NOT NULL,
  question TEXT NOT NULL,
  reply TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What readers see of answered petitions: without personal data, approved by a second person.
CREATE TABLE petition_public (
  petition TEXT PRIMARY KEY NOT NULL,
  log INTEGER NOT NULL,
  at INTEGER NOT NULL,
  question TEXT NOT NULL,
  reply TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX petition_public_at ON petition_public (log, at);

-- From where petitions came of late; `network` is a hash under the node's key.
CREATE TABLE petition_knock (
  id TEXT PRIMARY KEY NOT NULL,
  network BLOB NOT NULL,
  what TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX petition_knock_at ON petition_knock (what, at);

-- Reminders that were given, so that none is given twice.
CREATE TABLE petition_reminder (
  petition TEXT NOT NULL,
  owned INTEGER NOT NULL,
  percent INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (petition, owned, percent)
) STRICT, WITHOUT ROWID;
