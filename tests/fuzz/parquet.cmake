duolex_fuzz(parquet MODULES data)
add_dependencies(fuzz_parquet duolex_page_codecs)
