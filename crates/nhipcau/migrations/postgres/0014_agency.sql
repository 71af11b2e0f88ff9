-- What name servers said of portals' names: whether one has an address of IPv6. Nobody has said anything while `v6` is
-- empty; `tried` is when it was last asked for.
CREATE TABLE ipv6 (
  domain TEXT PRIMARY KEY NOT NULL,
  v6 BIGINT,
  at BIGINT NOT NULL,
  tried BIGINT NOT NULL
);

-- Mergers and divisions of agencies: the whole plan as it was proposed, who proposed and who confirmed it.
CREATE TABLE merger (
  id TEXT PRIMARY KEY NOT NULL,
  log BIGINT NOT NULL,
  plan TEXT NOT NULL,
  proposer TEXT NOT NULL,
  proposed BIGINT NOT NULL,
  confirmer TEXT,
  confirmed BIGINT,
  ended BIGINT,
  trouble TEXT NOT NULL
);
CREATE INDEX merger_log ON merger (log, proposed);

-- The steps of a merger that are done. A step is done in the transaction that writes its row.
CREATE TABLE merger_step (
  merger TEXT NOT NULL,
  step BIGINT NOT NULL,
  at BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  PRIMARY KEY (merger, step)
);

-- The size at which a log of ours ended because its agency was merged or divided: nothing is appended from there on.
ALTER TABLE log ADD COLUMN ended BIGINT;

-- Breaches of personal data, as an agency records them. Never public. Lines are only ever added: what was wrong is corrected by
-- another line.
CREATE TABLE breach (
  id TEXT PRIMARY KEY NOT NULL,
  log BIGINT NOT NULL,
  noticed BIGINT NOT NULL,
  begun BIGINT NOT NULL
);
CREATE INDEX breach_log ON breach (log, noticed);

CREATE TABLE breach_line (
  breach TEXT NOT NULL,
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  account TEXT NOT NULL,
  says TEXT NOT NULL,
  PRIMARY KEY (breach, seq)
);

-- In each engine's own words: lines of a record are only ever added.
CREATE FUNCTION breach_line_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the record of a breach is only added to';
END $$;
CREATE TRIGGER breach_line_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON breach_line
  FOR EACH STATEMENT EXECUTE FUNCTION breach_line_stays();
