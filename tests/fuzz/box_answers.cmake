duolex_fuzz(box_answers MODULES workspace)
