-- Portals that this node answers for, by host name, with the colour and the mark that each chose.
CREATE TABLE portal (
  domain TEXT PRIMARY KEY NOT NULL,
  log BIGINT NOT NULL UNIQUE,
  main BIGINT NOT NULL,
  theme TEXT NOT NULL,
  mark BYTEA
);

-- Which logs stand on which of our portals: the scope, worked out.
CREATE TABLE carries (
  portal TEXT NOT NULL,
  log BIGINT NOT NULL,
  PRIMARY KEY (portal, log)
);
CREATE INDEX carries_log ON carries (log);
