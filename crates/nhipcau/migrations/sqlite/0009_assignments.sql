-- What agencies say in their logs of the tasks that directives give them; whether it counts is decided when it is read.
CREATE TABLE answer (
  log INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  origin TEXT NOT NULL,
  item TEXT NOT NULL,
  edition INTEGER NOT NULL,
  task TEXT NOT NULL,
  act TEXT NOT NULL,
  at INTEGER NOT NULL,
  note BLOB,
  files TEXT NOT NULL,
  PRIMARY KEY (log, idx)
) STRICT, WITHOUT ROWID;
CREATE INDEX answer_item ON answer (item, origin);

-- Directives are looked through by kind.
CREATE INDEX item_kind ON item (kind, state, issued);
