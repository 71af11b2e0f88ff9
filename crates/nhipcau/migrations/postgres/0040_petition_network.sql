-- What an agency of another node asks one of this node: the case itself is not here, so `petition` is empty. `code` and `origin` name it; `place`,
-- `commune` and `words` are what its sender wrote, emptied once the part was said or is asked no more. `again` is when an agency of another node
-- was asked once more for what it has not said, in microseconds; 0 if it was not.
ALTER TABLE petition_help ADD COLUMN code TEXT NOT NULL DEFAULT '';
ALTER TABLE petition_help ADD COLUMN origin TEXT NOT NULL DEFAULT '';
ALTER TABLE petition_help ADD COLUMN place TEXT NOT NULL DEFAULT '';
ALTER TABLE petition_help ADD COLUMN commune TEXT NOT NULL DEFAULT '';
ALTER TABLE petition_help ADD COLUMN words TEXT NOT NULL DEFAULT '';
ALTER TABLE petition_help ADD COLUMN again BIGINT NOT NULL DEFAULT 0;

-- How each case stands by the public record (`petition_entry`), folded: the log that answers for it, the category of its owner, the word of its
-- state (empty while its registration is not known), the last day for its answer, and when it was registered and answered, in microseconds as
-- the logs say. `stale` is 1 while an entry was read since it was folded.
CREATE TABLE petition_record (
  code TEXT NOT NULL,
  origin TEXT NOT NULL,
  owner TEXT NOT NULL,
  sort TEXT NOT NULL,
  state TEXT NOT NULL,
  due TEXT NOT NULL,
  registered BIGINT NOT NULL,
  answered BIGINT NOT NULL,
  stale BIGINT NOT NULL,
  PRIMARY KEY (origin, code)
);
CREATE INDEX petition_record_stale ON petition_record (stale);
CREATE INDEX petition_record_registered ON petition_record (registered);
INSERT INTO petition_record (origin, code, owner, sort, state, due, registered, answered, stale)
  SELECT DISTINCT origin, code, '', '', '', '', 0, 0, 1 FROM petition_entry;

-- The codes that other systems give a petition, for example the national portal's: one code of a system is one petition.
CREATE TABLE petition_external (
  system TEXT NOT NULL,
  code TEXT NOT NULL,
  petition TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (system, code)
);
CREATE INDEX petition_external_petition ON petition_external (petition, system);

-- When something happened to a petition last that its sender reads, by our clock, in microseconds: what programs of the operator read in its order.
CREATE TABLE petition_changed (
  petition TEXT PRIMARY KEY NOT NULL,
  at BIGINT NOT NULL
);
CREATE INDEX petition_changed_at ON petition_changed (at, petition);
INSERT INTO petition_changed (petition, at)
  SELECT petition, MAX(at) FROM petition_step WHERE shown = 1 GROUP BY petition;
