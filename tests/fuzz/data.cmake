duolex_fuzz(data MODULES data)
