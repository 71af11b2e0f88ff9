-- The copies of a clip of a draft, made before it is issued, in the order in which they are shown; the clip itself stands first, without its bytes.
CREATE TABLE draft_copy (
  draft TEXT NOT NULL,
  main BYTEA NOT NULL,
  place BIGINT NOT NULL,
  ending TEXT NOT NULL,
  media TEXT NOT NULL,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  seconds BIGINT NOT NULL,
  bytes BYTEA NOT NULL,
  PRIMARY KEY (draft, main, place)
);
