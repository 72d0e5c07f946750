"""Foreign files in: one file for each form that ftgov reads."""
