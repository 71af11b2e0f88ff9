-- Letters of our portals. A body stays until the recipient holds the letter.
CREATE TABLE letter_out (
  id TEXT PRIMARY KEY NOT NULL,
  log BIGINT NOT NULL,
  recipient TEXT NOT NULL,
  kind TEXT NOT NULL,
  heads BIGINT NOT NULL,
  at BIGINT NOT NULL,
  body BYTEA,
  outcome TEXT NOT NULL,
  done BIGINT
);
CREATE INDEX letter_out_outcome ON letter_out (outcome, at);

-- Letters that our portals have received: what stood inside, by its hash.
CREATE TABLE letter_in (
  recipient TEXT NOT NULL,
  sender TEXT NOT NULL,
  id TEXT NOT NULL,
  hash BYTEA NOT NULL,
  kind TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (recipient, sender, id)
);

-- Sealed letters of others that are passed on. The bytes stay until the recipient holds the letter; its receipt stays
-- for the sender.
CREATE TABLE letter_relay (
  id TEXT NOT NULL,
  sender TEXT NOT NULL,
  recipient TEXT NOT NULL,
  sealing TEXT NOT NULL,
  hash BYTEA NOT NULL,
  at BIGINT NOT NULL,
  bytes BYTEA,
  receipt TEXT NOT NULL,
  PRIMARY KEY (id, sender, recipient)
);
CREATE INDEX letter_relay_at ON letter_relay (receipt, at);

-- Rounds of opinions that our portals ask for: exactly which draft, what is asked, until when.
CREATE TABLE opinion_round (
  id TEXT PRIMARY KEY NOT NULL,
  log BIGINT NOT NULL,
  draft TEXT NOT NULL,
  version BIGINT NOT NULL,
  hash BYTEA NOT NULL,
  question TEXT NOT NULL,
  due TEXT NOT NULL,
  account TEXT NOT NULL,
  at BIGINT NOT NULL,
  cancelled BIGINT
);
CREATE INDEX opinion_round_draft ON opinion_round (draft, at);
CREATE INDEX opinion_round_log ON opinion_round (log, at);

-- Whom a round asks, and what they say.
CREATE TABLE opinion_place (
  round TEXT NOT NULL,
  agency TEXT NOT NULL,
  letter TEXT NOT NULL,
  verdict TEXT NOT NULL,
  words TEXT NOT NULL,
  who TEXT NOT NULL,
  said BIGINT NOT NULL,
  answered BIGINT,
  reminded BIGINT,
  erased BIGINT,
  PRIMARY KEY (round, agency)
);

-- What others ask our portals. Text and files go when the round is cancelled or its draft erased.
CREATE TABLE opinion_request (
  log BIGINT NOT NULL,
  round TEXT NOT NULL,
  asker TEXT NOT NULL,
  hash BYTEA NOT NULL,
  question TEXT NOT NULL,
  due TEXT NOT NULL,
  at BIGINT NOT NULL,
  written TEXT NOT NULL,
  files BYTEA NOT NULL,
  reminded BIGINT,
  ended TEXT NOT NULL,
  verdict TEXT NOT NULL,
  words TEXT NOT NULL,
  account TEXT NOT NULL,
  answered BIGINT,
  PRIMARY KEY (log, round)
);
CREATE INDEX opinion_request_at ON opinion_request (log, at);
