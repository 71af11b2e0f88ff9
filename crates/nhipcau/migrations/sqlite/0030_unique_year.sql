-- Numbers are unique within an agency and a year (Decree 30/2020): the day at the end of a key becomes its year.
UPDATE document SET uniq = substr(uniq, 1, length(uniq) - 6) WHERE uniq LIKE '% ____-__-__';
UPDATE embargo SET uniq = substr(uniq, 1, length(uniq) - 6) WHERE uniq LIKE '% ____-__-__';
