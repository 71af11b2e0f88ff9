-- What lies sealed here until its opening: the entry that sealed it, the ciphertexts (the document's first), what binds the
-- opening. A row goes when everything is open, or when the sealing is void.
CREATE TABLE sealed (
  log BIGINT NOT NULL,
  idx BIGINT NOT NULL,
  item TEXT NOT NULL,
  edition BIGINT NOT NULL,
  change TEXT NOT NULL,
  urgent BIGINT NOT NULL,
  commitment BYTEA NOT NULL,
  pieces TEXT NOT NULL,
  -- The entry that opened it, while large pieces are still to be read.
  opened BIGINT,
  PRIMARY KEY (log, idx)
);
CREATE INDEX sealed_item ON sealed (log, item);

-- Our own sealings that wait for their hour: the opening as it will stand in the log, sealed by keys/people.key.
CREATE TABLE embargo (
  log BIGINT NOT NULL,
  item TEXT NOT NULL,
  due BIGINT NOT NULL,
  opening BYTEA NOT NULL,
  -- A document's number, taken until then.
  uniq TEXT NOT NULL,
  PRIMARY KEY (log, item)
);
CREATE INDEX embargo_uniq ON embargo (log, uniq);

-- Whether what waits for its hour waits sealed at every node.
ALTER TABLE draft ADD COLUMN sealed BIGINT NOT NULL DEFAULT 0;
