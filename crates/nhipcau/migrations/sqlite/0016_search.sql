-- Items of which the search index has yet to hear: written by the commit that changes them, removed once the index has
-- them. `n` is 0 where the whole index is built anew, so that what is issued meanwhile comes first.
CREATE TABLE search_due (
  log INTEGER NOT NULL,
  item TEXT NOT NULL,
  n INTEGER NOT NULL,
  PRIMARY KEY (log, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX search_due_n ON search_due (n, log, item);
