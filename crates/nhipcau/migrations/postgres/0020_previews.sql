-- Links by which people outside look at a draft. Of the token only the hash is kept.
CREATE TABLE preview_link (
  id TEXT PRIMARY KEY NOT NULL,
  draft TEXT NOT NULL,
  log BIGINT NOT NULL,
  hash BYTEA NOT NULL,
  name TEXT NOT NULL,
  purpose TEXT NOT NULL,
  version BIGINT,
  account TEXT NOT NULL,
  made BIGINT NOT NULL,
  until BIGINT NOT NULL,
  ended BIGINT,
  looks BIGINT NOT NULL,
  last BIGINT
);
CREATE UNIQUE INDEX preview_link_hash ON preview_link (hash);
CREATE INDEX preview_link_draft ON preview_link (draft);
