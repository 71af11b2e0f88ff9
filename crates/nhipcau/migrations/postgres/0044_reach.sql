-- How often an item was read at a portal on a day in Viet Nam, and about by how many: sums, and nobody. `way` is empty for its page, else the
-- account of a channel whose short link was followed.
CREATE TABLE reading (
  portal BIGINT NOT NULL,
  log BIGINT NOT NULL,
  item TEXT NOT NULL,
  day TEXT NOT NULL,
  way TEXT NOT NULL,
  views BIGINT NOT NULL,
  viewers BIGINT NOT NULL,
  PRIMARY KEY (log, item, day, portal, way)
);
CREATE INDEX reading_day ON reading (day, portal);
-- Which days a portal has reported in its log.
CREATE TABLE reported (
  portal BIGINT NOT NULL,
  day TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (portal, day)
);
-- What portals have reported: of a day and an item what was said first. 0 where nothing was said, or less than may be. `idx` is the entry's.
CREATE TABLE measure (
  portal BIGINT NOT NULL,
  day TEXT NOT NULL,
  origin TEXT NOT NULL,
  item TEXT NOT NULL,
  views BIGINT NOT NULL,
  viewers BIGINT NOT NULL,
  links BIGINT NOT NULL,
  idx BIGINT NOT NULL,
  PRIMARY KEY (portal, day, origin, item)
);
CREATE INDEX measure_item ON measure (origin, item);
-- Short links on channels, from the issue on.
CREATE TABLE short_link (
  code TEXT PRIMARY KEY NOT NULL,
  log BIGINT NOT NULL,
  item TEXT NOT NULL,
  account TEXT NOT NULL,
  made BIGINT NOT NULL
);
