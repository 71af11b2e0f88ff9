-- What agencies say in their logs of the tasks that directives give them; whether it counts is decided when it is read.
CREATE TABLE answer (
  log BIGINT NOT NULL,
  idx BIGINT NOT NULL,
  origin TEXT NOT NULL,
  item TEXT NOT NULL,
  edition BIGINT NOT NULL,
  task TEXT NOT NULL,
  act TEXT NOT NULL,
  at BIGINT NOT NULL,
  note BYTEA,
  files TEXT NOT NULL,
  PRIMARY KEY (log, idx)
);
CREATE INDEX answer_item ON answer (item, origin);

-- Directives are looked through by kind.
CREATE INDEX item_kind ON item (kind, state, issued);
