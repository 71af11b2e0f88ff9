-- Portals that this node answers for, by host name, with the colour and the mark that each chose.
CREATE TABLE portal (
  domain TEXT PRIMARY KEY NOT NULL,
  log INTEGER NOT NULL UNIQUE,
  main INTEGER NOT NULL,
  theme TEXT NOT NULL,
  mark BLOB
) STRICT;

-- Which logs stand on which of our portals: the scope, worked out.
CREATE TABLE carries (
  portal TEXT NOT NULL,
  log INTEGER NOT NULL,
  PRIMARY KEY (portal, log)
) STRICT, WITHOUT ROWID;
CREATE INDEX carries_log ON carries (log);
