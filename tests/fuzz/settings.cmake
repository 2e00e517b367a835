duolex_fuzz(settings MODULES workspace)
