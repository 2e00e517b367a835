duolex_fuzz(arrays MODULES threats)
