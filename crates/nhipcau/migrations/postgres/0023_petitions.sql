-- Petitions. `code` is public; `secret` is a hash of what its sender holds, `salt` and `commitment` what stands in the log for what was
-- sent, at `idx` of the log `asked`; `once` is a hash of the form, so that one that is sent twice is one petition. `owner` is the one agency that answers for it, `owned` since when. The clock of the answer:
-- from the day of `clock_from` so many `clock_days` in `clock_unit`, and `added` for extensions and for waiting; `due` is that
-- day as it was counted last, empty if no rule sets one. Nothing here is personal: words and contacts stand in tables of their own.
CREATE TABLE petition (
  id TEXT PRIMARY KEY NOT NULL,
  code TEXT NOT NULL,
  day TEXT NOT NULL,
  unit TEXT NOT NULL,
  number BIGINT NOT NULL,
  asked BIGINT NOT NULL,
  idx BIGINT NOT NULL,
  owner BIGINT NOT NULL,
  owned BIGINT NOT NULL,
  sort TEXT NOT NULL,
  place TEXT NOT NULL,
  mode TEXT NOT NULL,
  lang TEXT NOT NULL,
  secret BYTEA NOT NULL,
  once BYTEA NOT NULL,
  salt BYTEA NOT NULL,
  commitment BYTEA NOT NULL,
  urgent BIGINT NOT NULL,
  state TEXT NOT NULL,
  version BIGINT NOT NULL,
  epoch BIGINT NOT NULL,
  handler TEXT NOT NULL,
  registered BIGINT NOT NULL,
  clock_from BIGINT NOT NULL,
  clock_days BIGINT NOT NULL,
  clock_unit TEXT NOT NULL,
  added BIGINT NOT NULL,
  extended BIGINT NOT NULL,
  paused BIGINT NOT NULL,
  bounced BIGINT NOT NULL,
  due TEXT NOT NULL,
  answered BIGINT NOT NULL,
  reopened BIGINT NOT NULL,
  closed BIGINT NOT NULL,
  rating TEXT NOT NULL
);
CREATE UNIQUE INDEX petition_code ON petition (code);
CREATE UNIQUE INDEX petition_once ON petition (once);
CREATE UNIQUE INDEX petition_number ON petition (unit, day, number);
CREATE INDEX petition_owner_state ON petition (owner, state, due);

-- What was sent, as it was sent; gone with an erasure.
CREATE TABLE petition_words (
  petition TEXT PRIMARY KEY NOT NULL,
  place TEXT NOT NULL,
  words TEXT NOT NULL
);

-- Who sent it and how they are reached, sealed under keys/people.key; gone with an erasure.
CREATE TABLE petition_contact (
  petition TEXT PRIMARY KEY NOT NULL,
  sealed BYTEA NOT NULL
);

-- What was attached, by the step it came with.
CREATE TABLE petition_file (
  petition TEXT NOT NULL,
  seq BIGINT NOT NULL,
  n BIGINT NOT NULL,
  name TEXT NOT NULL,
  media TEXT NOT NULL,
  sha256 BYTEA NOT NULL,
  bytes BYTEA NOT NULL,
  PRIMARY KEY (petition, seq, n)
);

-- All that happened to it, only ever added to. `shown` is 1 for what its sender reads; `words` go with an erasure.
CREATE TABLE petition_step (
  petition TEXT NOT NULL,
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  log BIGINT NOT NULL,
  account TEXT NOT NULL,
  act TEXT NOT NULL,
  shown BIGINT NOT NULL,
  words TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (petition, seq)
);

-- Agencies that have it or had it: they may look at it.
CREATE TABLE petition_holder (
  petition TEXT NOT NULL,
  log BIGINT NOT NULL,
  since BIGINT NOT NULL,
  PRIMARY KEY (petition, log)
);
CREATE INDEX petition_holder_log ON petition_holder (log, since);

-- An answer before it is given, and the two texts that readers would see.
CREATE TABLE petition_draft (
  petition TEXT PRIMARY KEY NOT NULL,
  account TEXT NOT NULL,
  at BIGINT NOT NULL,
  answer TEXT NOT NULL,
  open BIGINT NOT NULL,
  question TEXT NOT NULL,
  reply TEXT NOT NULL
);

-- What readers see of answered petitions: without personal data, approved by a second person.
CREATE TABLE petition_public (
  petition TEXT PRIMARY KEY NOT NULL,
  log BIGINT NOT NULL,
  at BIGINT NOT NULL,
  question TEXT NOT NULL,
  reply TEXT NOT NULL
);
CREATE INDEX petition_public_at ON petition_public (log, at);

-- From where petitions came of late; `network` is a hash under the node's key.
CREATE TABLE petition_knock (
  id TEXT PRIMARY KEY NOT NULL,
  network BYTEA NOT NULL,
  what TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX petition_knock_at ON petition_knock (what, at);

-- Reminders that were given, so that none is given twice.
CREATE TABLE petition_reminder (
  petition TEXT NOT NULL,
  owned BIGINT NOT NULL,
  percent BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (petition, owned, percent)
);
