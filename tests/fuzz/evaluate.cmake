duolex_fuzz(evaluate MODULES tensor)
