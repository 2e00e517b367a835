duolex_fuzz(vnnlib MODULES tensor_bounds)
