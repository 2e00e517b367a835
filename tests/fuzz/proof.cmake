duolex_fuzz(proof MODULES checker facts findings law)
