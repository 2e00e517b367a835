duolex_fuzz(vex MODULES vex)
