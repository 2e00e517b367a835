duolex_fuzz(facts MODULES facts law)
