duolex_fuzz(advisories MODULES feeds)
