duolex_fuzz(index MODULES advisory_index)
