"""What ftgov knows, as frozen records: pure data, no clock, no randomness, no files, no network."""
