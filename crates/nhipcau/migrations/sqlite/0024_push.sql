-- By what somebody is told: 'mail', or 'push' to a browser. For a browser the sealed address holds where it is reached and
-- the keys to which is sealed what it is told; `mark` is a hash of where it is reached.
ALTER TABLE subscriber ADD COLUMN via TEXT NOT NULL DEFAULT 'mail';
