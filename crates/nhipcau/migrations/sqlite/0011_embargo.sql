-- What lies sealed here until its opening: the entry that sealed it, the ciphertexts (the document's first), what binds the
-- opening. A row goes when everything is open, or when the sealing is void.
CREATE TABLE sealed (
  log INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  item TEXT NOT NULL,
  edition INTEGER NOT NULL,
  change TEXT NOT NULL,
  urgent INTEGER NOT NULL,
  commitment BLOB NOT NULL,
  pieces TEXT NOT NULL,
  -- The entry that opened it, while large pieces are still to be read.
  opened INTEGER,
  PRIMARY KEY (log, idx)
) STRICT, WITHOUT ROWID;
CREATE INDEX sealed_item ON sealed (log, item);

-- Our own sealings that wait for their hour: the opening as it will stand in the log, sealed by keys/people.key.
CREATE TABLE embargo (
  log INTEGER NOT NULL,
  item TEXT NOT NULL,
  due INTEGER NOT NULL,
  opening BLOB NOT NULL,
  -- A document's number, taken until then.
  uniq TEXT NOT NULL,
  PRIMARY KEY (log, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX embargo_uniq ON embargo (log, uniq);

-- Whether what waits for its hour waits sealed at every node.
ALTER TABLE draft ADD COLUMN sealed INTEGER NOT NULL DEFAULT 0;
