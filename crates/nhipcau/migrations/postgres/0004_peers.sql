-- The newest receipt of each node for each log.
CREATE TABLE receipt (
  node TEXT NOT NULL,
  origin TEXT NOT NULL,
  size BIGINT NOT NULL,
  root BYTEA NOT NULL,
  content BIGINT NOT NULL,
  lacking TEXT NOT NULL,
  shown BIGINT NOT NULL,
  note TEXT NOT NULL,
  cosignature TEXT NOT NULL,
  received BIGINT NOT NULL,
  PRIMARY KEY (node, origin)
);
CREATE INDEX receipt_origin ON receipt (origin);

-- When each node first said how far it has come, by our clock.
CREATE TABLE reach (
  origin TEXT NOT NULL,
  node TEXT NOT NULL,
  size BIGINT NOT NULL,
  content BIGINT NOT NULL,
  shown BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (origin, node, size, content, shown)
);

CREATE TABLE alarm (
  name TEXT PRIMARY KEY NOT NULL,
  about TEXT NOT NULL,
  peer TEXT NOT NULL,
  origin TEXT NOT NULL,
  detail TEXT NOT NULL,
  times BIGINT NOT NULL,
  first BIGINT NOT NULL,
  last BIGINT NOT NULL,
  cleared BIGINT
);
