"""Assessment and dossier: the only room where records, findings, law and decisions meet."""
