# What a scan writes for others, and the check of it.
target_link_libraries(duolex_workspace PUBLIC duolex_outputs)
