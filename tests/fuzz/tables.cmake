duolex_fuzz(tables MODULES threats_tabular)
