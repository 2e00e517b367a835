duolex_fuzz(bills MODULES sbom)
