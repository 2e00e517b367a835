duolex_fuzz(text MODULES text)
