-- Administrative procedures among the items, as lists and filters ask for them. All of it is worked out from the items.
CREATE TABLE procedure (
  log INTEGER NOT NULL,
  item TEXT NOT NULL,
  code TEXT NOT NULL,
  -- The title's words without diacritics, each behind a hyphen: `-dang-ky-khai-sinh-`.
  words TEXT NOT NULL,
  field TEXT NOT NULL,
  field_slug TEXT NOT NULL,
  ministry INTEGER NOT NULL,
  province INTEGER NOT NULL,
  commune INTEGER NOT NULL,
  other INTEGER NOT NULL,
  people INTEGER NOT NULL,
  business INTEGER NOT NULL,
  organisation INTEGER NOT NULL,
  -- How long and how much, in one line of JSON.
  brief TEXT NOT NULL,
  PRIMARY KEY (log, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX procedure_code ON procedure (code);

CREATE TABLE procedure_event (
  log INTEGER NOT NULL,
  item TEXT NOT NULL,
  event TEXT NOT NULL,
  PRIMARY KEY (log, item, event)
) STRICT, WITHOUT ROWID;
CREATE INDEX procedure_event_event ON procedure_event (event);
