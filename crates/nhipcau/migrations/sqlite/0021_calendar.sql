-- What holds as the calendar of working days, and since when: the tables that ship, as each version of the program brought them, and
-- what administrators loaded over them. Rows are only ever added: which calendar held at a moment can be said for ever, so a
-- deadline that is closed stays as it was.
CREATE TABLE calendar_version (
  seq INTEGER PRIMARY KEY NOT NULL,
  at INTEGER NOT NULL,
  ships INTEGER NOT NULL,
  account TEXT NOT NULL,
  days TEXT NOT NULL,
  hours TEXT NOT NULL
) STRICT;

-- How a deadline for an opinion was stated: so many working days from a day. Nothing where only a date was told.
ALTER TABLE opinion_round ADD COLUMN since TEXT;
ALTER TABLE opinion_round ADD COLUMN days INTEGER;
ALTER TABLE opinion_request ADD COLUMN since TEXT;
ALTER TABLE opinion_request ADD COLUMN days INTEGER;
