duolex_fuzz(evidence MODULES evidence)
