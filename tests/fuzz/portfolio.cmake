duolex_fuzz(portfolio MODULES portfolio)
