-- What name servers said of portals' names: whether one has an address of IPv6. Nobody has said anything while `v6` is
-- empty; `tried` is when it was last asked for.
CREATE TABLE ipv6 (
  domain TEXT PRIMARY KEY NOT NULL,
  v6 INTEGER,
  at INTEGER NOT NULL,
  tried INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Mergers and divisions of agencies: the whole plan as it was proposed, who proposed and who confirmed it.
CREATE TABLE merger (
  id TEXT PRIMARY KEY NOT NULL,
  log INTEGER NOT NULL,
  plan TEXT NOT NULL,
  proposer TEXT NOT NULL,
  proposed INTEGER NOT NULL,
  confirmer TEXT,
  confirmed INTEGER,
  ended INTEGER,
  trouble TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX merger_log ON merger (log, proposed);

-- The steps of a merger that are done. A step is done in the transaction that writes its row.
CREATE TABLE merger_step (
  merger TEXT NOT NULL,
  step INTEGER NOT NULL,
  at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  PRIMARY KEY (merger, step)
) STRICT, WITHOUT ROWID;

-- The size at which a log of ours ended because its agency was merged or divided: nothing is appended from there on.
ALTER TABLE log ADD COLUMN ended INTEGER;

-- Breaches of personal data, as an agency records them. Never public. Lines are only ever added: what was wrong is corrected by
-- another line.
CREATE TABLE breach (
  id TEXT PRIMARY KEY NOT NULL,
  log INTEGER NOT NULL,
  noticed INTEGER NOT NULL,
  begun INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX breach_log ON breach (log, noticed);

CREATE TABLE breach_line (
  breach TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  account TEXT NOT NULL,
  says TEXT NOT NULL,
  PRIMARY KEY (breach, seq)
) STRICT, WITHOUT ROWID;

-- In each engine's own words: lines of a record are only ever added.
CREATE TRIGGER breach_line_stays BEFORE UPDATE ON breach_line
BEGIN SELECT RAISE(ABORT, 'the record of a breach is only added to'); END;
CREATE TRIGGER breach_line_is_kept BEFORE DELETE ON breach_line
BEGIN SELECT RAISE(ABORT, 'the record of a breach is only added to'); END;
