duolex_fuzz(trees MODULES trees)
