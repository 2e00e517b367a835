duolex_fuzz(basis MODULES changes law)
