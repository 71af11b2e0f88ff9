-- What portals say of their own beside others' items, of all logs that are mirrored here; every edition, the last one counts.
CREATE TABLE annex (
  log BIGINT NOT NULL,
  annex TEXT NOT NULL,
  edition BIGINT NOT NULL,
  idx BIGINT NOT NULL,
  at BIGINT NOT NULL,
  core_origin TEXT NOT NULL,
  core TEXT NOT NULL,
  core_edition BIGINT NOT NULL,
  sha256 BYTEA NOT NULL,
  ended BIGINT,
  note BYTEA,
  PRIMARY KEY (log, annex, edition)
);
CREATE INDEX annex_core ON annex (core, log);

-- Beside which item a draft of an annex stands.
CREATE TABLE annex_draft (
  draft TEXT PRIMARY KEY NOT NULL,
  origin TEXT NOT NULL,
  item TEXT NOT NULL
);
CREATE INDEX annex_draft_item ON annex_draft (item);
