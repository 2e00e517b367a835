duolex_fuzz(vex MODULES csaf_rules vex)
