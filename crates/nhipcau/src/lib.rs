//! One server that joins government portals: what is published once stands everywhere, proven.
