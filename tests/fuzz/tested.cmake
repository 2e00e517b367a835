duolex_fuzz(tested MODULES workspace)
