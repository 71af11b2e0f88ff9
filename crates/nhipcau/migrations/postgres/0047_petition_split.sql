-- A case whose owner is at another node than the portal at which it was asked, and that was split: at the owner (`home` is 0) what was asked for,
-- and at that portal (`home` is 1), where the parts are registered. `petition` is the whole. `state` is `asked`, `parted`, `refused` or `over`;
-- `why` is the word of the reason. `version` is that of the last list of the parts, `again` when the owner asked last, in microseconds;
-- `stale` is 1 while a part stands otherwise than the last list says.
CREATE TABLE petition_split (
  id TEXT PRIMARY KEY NOT NULL,
  petition TEXT NOT NULL,
  home BIGINT NOT NULL,
  account TEXT NOT NULL,
  at BIGINT NOT NULL,
  state TEXT NOT NULL,
  why TEXT NOT NULL,
  version BIGINT NOT NULL,
  again BIGINT NOT NULL,
  stale BIGINT NOT NULL
);
CREATE INDEX petition_split_petition ON petition_split (petition, at);
CREATE INDEX petition_split_waiting ON petition_split (home, state, again);
CREATE INDEX petition_split_stale ON petition_split (stale);

-- The parts, from 1. `words` is what one asks, at the owner and only until it is registered; `agency` the log that is to answer it, and then that
-- answers for it; `code` is empty until it is known; `stage` is `open`, `answered` or `ended`; `answer` goes with an erasure.
CREATE TABLE petition_split_part (
  split TEXT NOT NULL,
  n BIGINT NOT NULL,
  words TEXT NOT NULL,
  agency TEXT NOT NULL,
  code TEXT NOT NULL,
  stage TEXT NOT NULL,
  answer TEXT NOT NULL,
  PRIMARY KEY (split, n)
);
CREATE INDEX petition_split_part_code ON petition_split_part (code);
