duolex_fuzz(imports MODULES imports)
