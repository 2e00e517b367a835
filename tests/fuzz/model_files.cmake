duolex_fuzz(model_files MODULES model_files LIBS z)
