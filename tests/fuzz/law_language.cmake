duolex_fuzz(law_language MODULES rules)
