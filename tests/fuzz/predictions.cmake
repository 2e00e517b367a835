duolex_fuzz(predictions MODULES changes)
