"""The command line: a lazy table of commands, one file each, and one place that prints."""
