"""From what a host says to records: one file per kind of thing, pure, so that it can be redone."""
