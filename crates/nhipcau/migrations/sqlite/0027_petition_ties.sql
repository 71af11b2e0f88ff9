-- Petitions that hang together: `follows`, whose sender gets the answer of `lead`; `part`, one of the things that `lead` asked. `ended` is when
-- that was taken back, in microseconds; 0 while it holds.
CREATE TABLE petition_tie (
  petition TEXT NOT NULL,
  at INTEGER NOT NULL,
  sort TEXT NOT NULL,
  lead TEXT NOT NULL,
  account TEXT NOT NULL,
  ended INTEGER NOT NULL,
  PRIMARY KEY (petition, at)
) STRICT, WITHOUT ROWID;
CREATE INDEX petition_tie_lead ON petition_tie (lead, ended);

-- What another agency of this node is asked to say to an answer, by a day of its own. `said` and `question` go with an erasure.
CREATE TABLE petition_help (
  id TEXT PRIMARY KEY NOT NULL,
  petition TEXT NOT NULL,
  asker INTEGER NOT NULL,
  log INTEGER NOT NULL,
  at INTEGER NOT NULL,
  due TEXT NOT NULL,
  question TEXT NOT NULL,
  said TEXT NOT NULL,
  account TEXT NOT NULL,
  answered INTEGER NOT NULL,
  ended INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX petition_help_petition ON petition_help (petition, at);
CREATE INDEX petition_help_log ON petition_help (log, ended, answered, due);

-- Texts that an agency answers with again and again; placeholders stand in braces.
CREATE TABLE petition_template (
  id TEXT PRIMARY KEY NOT NULL,
  log INTEGER NOT NULL,
  name TEXT NOT NULL,
  words TEXT NOT NULL,
  account TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX petition_template_log ON petition_template (log, name);
