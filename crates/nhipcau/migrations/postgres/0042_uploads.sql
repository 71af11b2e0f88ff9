-- A file for a draft that comes in parts, or of which copies are made: from its first part until it is done. `held` is how many of its
-- bytes lie in the node's folder of uploads, synced; more may lie there and counts for nothing. `metadata` is what whoever sends says of it, as
-- they said it, empty for a file that the draft holds already. `attached` is the file of the draft that it became, empty until then. `step` is what is being made, `why` why it failed, in both
-- languages. `asked` is 1 if somebody wants it in the draft though that was handed in meanwhile. `ends` is when it is forgotten.
CREATE TABLE upload (
  id TEXT PRIMARY KEY NOT NULL,
  draft TEXT NOT NULL,
  log BIGINT NOT NULL,
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  metadata TEXT NOT NULL,
  size BIGINT NOT NULL,
  held BIGINT NOT NULL,
  stage TEXT NOT NULL,
  step TEXT NOT NULL,
  why TEXT NOT NULL,
  attached TEXT NOT NULL,
  tries BIGINT NOT NULL,
  asked BIGINT NOT NULL,
  begun BIGINT NOT NULL,
  ends BIGINT NOT NULL
);
CREATE INDEX upload_draft ON upload (draft);
CREATE INDEX upload_stage ON upload (stage, begun);
