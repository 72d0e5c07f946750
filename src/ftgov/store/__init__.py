"""The lineage store, the only room that knows SQL: workspaces of a ledger and evidence files."""
