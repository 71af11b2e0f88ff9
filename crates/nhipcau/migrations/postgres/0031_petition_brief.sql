-- Weekly briefs on petitions that somebody approved: what each says (JSON) stands as it was.
CREATE TABLE petition_brief (
  log BIGINT NOT NULL,
  week TEXT NOT NULL,
  says TEXT NOT NULL,
  account TEXT NOT NULL,
  name TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (log, week)
);
