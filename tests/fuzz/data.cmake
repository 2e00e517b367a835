duolex_fuzz(data MODULES data LIBS z)
