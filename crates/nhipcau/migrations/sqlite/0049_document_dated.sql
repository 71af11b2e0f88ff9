-- Documents by serial and year, `209/2026`, as people name one whose symbol they do not know; empty where the number has no year.
ALTER TABLE document ADD COLUMN dated TEXT NOT NULL DEFAULT '';
CREATE INDEX document_dated ON document (dated, number);

-- In each engine's own words: those that are here already.
UPDATE document SET dated = substr(number, 1, instr(number, '/') + 4) WHERE number GLOB '[0-9]*/[0-9][0-9][0-9][0-9]/*';
