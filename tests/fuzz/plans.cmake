duolex_fuzz(plans MODULES threats_campaign)
