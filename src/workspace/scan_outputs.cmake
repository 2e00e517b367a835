# What a scan writes for others, and the rules that it and a notice are held against.
target_link_libraries(duolex_workspace PUBLIC duolex_outputs duolex_csaf_rules)
