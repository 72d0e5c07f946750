"""Reports: one dossier as a page for people, in HTML and in PDF, from one view."""
