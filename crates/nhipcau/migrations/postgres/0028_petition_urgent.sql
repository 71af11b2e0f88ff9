-- Urgent briefs: that a petition came which speaks of danger, told at once to its agency and to the one above, without a word of it. `seen` is
-- when somebody who leads there read it, in microseconds; 0 before.
CREATE TABLE petition_urgent (
  log BIGINT NOT NULL,
  code TEXT NOT NULL,
  owner BIGINT NOT NULL,
  sort TEXT NOT NULL,
  place TEXT NOT NULL,
  due TEXT NOT NULL,
  at BIGINT NOT NULL,
  seen BIGINT NOT NULL,
  account TEXT NOT NULL,
  PRIMARY KEY (log, code)
);
CREATE INDEX petition_urgent_at ON petition_urgent (log, at);
