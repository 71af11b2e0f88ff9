-- What portals say of their own beside others' items, of all logs that are mirrored here; every edition, the last one counts.
CREATE TABLE annex (
  log INTEGER NOT NULL,
  annex TEXT NOT NULL,
  edition INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  at INTEGER NOT NULL,
  core_origin TEXT NOT NULL,
  core TEXT NOT NULL,
  core_edition INTEGER NOT NULL,
  sha256 BLOB NOT NULL,
  ended INTEGER,
  note BLOB,
  PRIMARY KEY (log, annex, edition)
) STRICT, WITHOUT ROWID;
CREATE INDEX annex_core ON annex (core, log);

-- Beside which item a draft of an annex stands.
CREATE TABLE annex_draft (
  draft TEXT PRIMARY KEY NOT NULL,
  origin TEXT NOT NULL,
  item TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX annex_draft_item ON annex_draft (item);
