duolex_fuzz(dossier MODULES facts law)
