-- How often an item was read at a portal on a day in Viet Nam, and about by how many: sums, and nobody. `way` is empty for its page, else the
-- account of a channel whose short link was followed.
CREATE TABLE reading (
  portal INTEGER NOT NULL,
  log INTEGER NOT NULL,
  item TEXT NOT NULL,
  day TEXT NOT NULL,
  way TEXT NOT NULL,
  views INTEGER NOT NULL,
  viewers INTEGER NOT NULL,
  PRIMARY KEY (log, item, day, portal, way)
) STRICT, WITHOUT ROWID;
CREATE INDEX reading_day ON reading (day, portal);
-- Which days a portal has reported in its log.
CREATE TABLE reported (
  portal INTEGER NOT NULL,
  day TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (portal, day)
) STRICT, WITHOUT ROWID;
-- What portals have reported: of a day and an item what was said first. 0 where nothing was said, or less than may be. `idx` is the entry's.
CREATE TABLE measure (
  portal INTEGER NOT NULL,
  day TEXT NOT NULL,
  origin TEXT NOT NULL,
  item TEXT NOT NULL,
  views INTEGER NOT NULL,
  viewers INTEGER NOT NULL,
  links INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  PRIMARY KEY (portal, day, origin, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX measure_item ON measure (origin, item);
-- Short links on channels, from the issue on.
CREATE TABLE short_link (
  code TEXT PRIMARY KEY NOT NULL,
  log INTEGER NOT NULL,
  item TEXT NOT NULL,
  account TEXT NOT NULL,
  made INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
