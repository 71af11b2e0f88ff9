-- When an item came to look as it does on this node, whoever said so and whenever it was said: what harvesters go by.
CREATE TABLE seen (
  log INTEGER NOT NULL,
  item TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (log, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX seen_at ON seen (at, log, item);

-- Which editions name a file: whoever holds one asks whether it is theirs.
CREATE TABLE file (
  sha256 BLOB NOT NULL,
  log INTEGER NOT NULL,
  item TEXT NOT NULL,
  edition INTEGER NOT NULL,
  PRIMARY KEY (sha256, log, item, edition)
) STRICT, WITHOUT ROWID;
