-- Letters of our portals. A body stays until the recipient holds the letter.
CREATE TABLE letter_out (
  id TEXT PRIMARY KEY NOT NULL,
  log BIGINT NOT NULL,
  recipient TEXT NOT NULL,
  kind TEXT NOT NULL,
  heads BIGINT NOT NULL,
  at BIGINT NOT NULL,
  body BYTEA,
  carried BIGINT,
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
