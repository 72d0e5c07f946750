"""Charts as small SVG, written by hand: report font, hairlines, values in columns, no ids."""
