"""Rows to counts: answers read and scored, and one small query form for any engine."""
