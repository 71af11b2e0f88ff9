-- Official documents among the items: by number, and by what makes each one of its kind.
CREATE TABLE document (
  log BIGINT NOT NULL,
  item TEXT NOT NULL,
  number TEXT NOT NULL,
  printed TEXT NOT NULL,
  form TEXT NOT NULL,
  agency TEXT NOT NULL,
  issued TEXT NOT NULL,
  effective TEXT,
  expires TEXT,
  uniq TEXT NOT NULL,
  address TEXT NOT NULL,
  PRIMARY KEY (log, item)
);
CREATE INDEX document_number ON document (number);
CREATE INDEX document_uniq ON document (log, uniq);
CREATE INDEX document_address ON document (address);

-- What a document says that it does to others, by their numbers: they may come later, or stand elsewhere.
CREATE TABLE relation (
  log BIGINT NOT NULL,
  item TEXT NOT NULL,
  place BIGINT NOT NULL,
  number TEXT NOT NULL,
  printed TEXT NOT NULL,
  effect TEXT NOT NULL,
  done_to BIGINT NOT NULL,
  agency TEXT,
  issued TEXT,
  origin TEXT,
  other TEXT,
  starts TEXT,
  ends TEXT,
  part TEXT,
  PRIMARY KEY (log, item, place)
);
CREATE INDEX relation_number ON relation (number);
