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

-- Editions of the authority table that were loaded over the one that ships, only ever added to: whole, as CSV. Of `pairs` (topic and commune)
-- `catch_all` had no row but the catch-all on the day it was loaded.
CREATE TABLE authority_edition (
  seq BIGINT PRIMARY KEY NOT NULL,
  at BIGINT NOT NULL,
  account TEXT NOT NULL,
  why TEXT NOT NULL,
  authorities TEXT NOT NULL,
  pairs BIGINT NOT NULL,
  catch_all BIGINT NOT NULL
);

-- Recommendations of agencies: petitions that an agency files itself, by the level that has the authority to solve them.
CREATE TABLE petition_recommendation (
  petition TEXT PRIMARY KEY NOT NULL,
  log BIGINT NOT NULL,
  level TEXT NOT NULL,
  summary TEXT NOT NULL,
  account TEXT NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX petition_recommendation_log ON petition_recommendation (log, at);
