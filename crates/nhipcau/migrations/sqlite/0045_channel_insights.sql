-- What services say of our posts, by the metric's own name and the day on which they said it. Unlike ones are never added.
CREATE TABLE channel_insight (
  delivery TEXT NOT NULL,
  metric TEXT NOT NULL,
  day TEXT NOT NULL,
  value INTEGER NOT NULL,
  PRIMARY KEY (delivery, metric, day)
) STRICT, WITHOUT ROWID;
-- When a service was last asked what it says of a post; 0 if never.
ALTER TABLE channel_delivery ADD COLUMN measured INTEGER NOT NULL DEFAULT 0;
-- Services fetch pictures by their hash.
CREATE INDEX draft_file_sha256 ON draft_file (sha256);
