duolex_fuzz(incidents MODULES incidents)
