-- The copies of a clip of a draft, made before it is issued, in the order in which they are shown; the clip itself stands first, without its bytes.
CREATE TABLE draft_copy (
  draft TEXT NOT NULL,
  main BLOB NOT NULL,
  place INTEGER NOT NULL,
  ending TEXT NOT NULL,
  media TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  seconds INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (draft, main, place)
) STRICT, WITHOUT ROWID;
