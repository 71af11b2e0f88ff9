-- Petitions between nodes (network::handover). `handing` is the log to which a case is being handed over, empty if it is not; `said` names
-- a step at every node that knows of it.
ALTER TABLE petition ADD COLUMN handing TEXT NOT NULL DEFAULT '';
ALTER TABLE petition_step ADD COLUMN said TEXT NOT NULL DEFAULT '';

-- What a portal of this node knows of a case for handing it over, one line of JSON. `wake`: when what nobody answered is sent again, in
-- microseconds, 0 if nothing waits; `tries`: how often it was.
CREATE TABLE petition_desk (
  log BIGINT NOT NULL,
  origin TEXT NOT NULL,
  code TEXT NOT NULL,
  desk TEXT NOT NULL,
  wake BIGINT NOT NULL,
  tries BIGINT NOT NULL,
  PRIMARY KEY (log, origin, code)
);
CREATE INDEX petition_desk_wake ON petition_desk (wake);

-- The public record: the entries of all logs that speak of a case.
CREATE TABLE petition_entry (
  origin TEXT NOT NULL,
  code TEXT NOT NULL,
  log BIGINT NOT NULL,
  idx BIGINT NOT NULL,
  entry BYTEA NOT NULL,
  PRIMARY KEY (origin, code, log, idx)
);
CREATE INDEX petition_entry_log ON petition_entry (log, idx);

-- Pieces of files that are on their way from another node, until all of a file are here.
CREATE TABLE petition_piece (
  petition TEXT NOT NULL,
  said TEXT NOT NULL,
  n BIGINT NOT NULL,
  part BIGINT NOT NULL,
  head TEXT NOT NULL,
  bytes BYTEA NOT NULL,
  PRIMARY KEY (petition, said, n, part)
);

-- What was suggested and what somebody chose, so that the table of authorities can be improved; no word of the petition.
CREATE TABLE petition_choice (
  petition TEXT NOT NULL,
  log BIGINT NOT NULL,
  at BIGINT NOT NULL,
  account TEXT NOT NULL,
  topic TEXT NOT NULL,
  agency TEXT NOT NULL,
  suggested TEXT NOT NULL,
  sure BIGINT NOT NULL,
  unsure BIGINT NOT NULL,
  chosen TEXT NOT NULL,
  agreed BIGINT NOT NULL,
  why TEXT NOT NULL,
  PRIMARY KEY (petition, log, at)
);
CREATE INDEX petition_choice_at ON petition_choice (log, at);
