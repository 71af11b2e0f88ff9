-- Administrative procedures among the items, as lists and filters ask for them. All of it is worked out from the items.
CREATE TABLE procedure (
  log BIGINT NOT NULL,
  item TEXT NOT NULL,
  code TEXT NOT NULL,
  -- The title's words without diacritics, each behind a hyphen: `-dang-ky-khai-sinh-`.
  words TEXT NOT NULL,
  field TEXT NOT NULL,
  field_slug TEXT NOT NULL,
  ministry BIGINT NOT NULL,
  province BIGINT NOT NULL,
  commune BIGINT NOT NULL,
  other BIGINT NOT NULL,
  people BIGINT NOT NULL,
  business BIGINT NOT NULL,
  organisation BIGINT NOT NULL,
  -- How long and how much, in one line of JSON.
  brief TEXT NOT NULL,
  PRIMARY KEY (log, item)
);
CREATE INDEX procedure_code ON procedure (code);

CREATE TABLE procedure_event (
  log BIGINT NOT NULL,
  item TEXT NOT NULL,
  event TEXT NOT NULL,
  PRIMARY KEY (log, item, event)
);
CREATE INDEX procedure_event_event ON procedure_event (event);
