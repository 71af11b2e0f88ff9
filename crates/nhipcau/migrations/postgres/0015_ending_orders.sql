-- The log of the item that a proposal is about, where it is another's: an erasure ordered from above. Empty for an item of
-- the agency's own.
ALTER TABLE ending ADD COLUMN origin TEXT NOT NULL DEFAULT '';
