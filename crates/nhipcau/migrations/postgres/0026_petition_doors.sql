-- Keys of programs that send petitions by Open311. The key itself is told once and never stored: `hash` is its hash. `ended` is 0 while
-- it is good.
CREATE TABLE georeport_key (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL,
  hash BYTEA NOT NULL,
  made BIGINT NOT NULL,
  ended BIGINT NOT NULL
);
CREATE UNIQUE INDEX georeport_key_hash ON georeport_key (hash);

-- Which service (a topic of data/petitions/topics.csv) the sender of a petition has chosen, and by whose key it came.
CREATE TABLE petition_service (
  petition TEXT PRIMARY KEY NOT NULL,
  service TEXT NOT NULL,
  via TEXT NOT NULL
);

CREATE INDEX petition_public_when ON petition_public (at);
-- Published petitions that were read for what they are about, and put into the index of similar ones: as published `at`.
CREATE TABLE petition_reading (
  petition TEXT PRIMARY KEY NOT NULL,
  at BIGINT NOT NULL,
  log BIGINT NOT NULL,
  topic TEXT NOT NULL
);

-- Proof that whoever asked reads the address that they gave: `mark` is a hash of the address under keys/people.key; the link and the
-- digits that were mailed are marks of `id`. `verified` is when it was proven, 0 before; gone with the contact.
CREATE TABLE petition_verification (
  petition TEXT PRIMARY KEY NOT NULL,
  id TEXT NOT NULL,
  portal TEXT NOT NULL,
  mark BYTEA NOT NULL,
  asked BIGINT NOT NULL,
  tries BIGINT NOT NULL,
  verified BIGINT NOT NULL
);
CREATE UNIQUE INDEX petition_verification_id ON petition_verification (id);
