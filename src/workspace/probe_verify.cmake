# duolex probe verify, and the models that it and others read.
target_sources(duolex_workspace PRIVATE model_reader.cc probe_run.cc probe_verify.cc relay.cc)
target_link_libraries(duolex_workspace PUBLIC duolex_tensor_bounds PRIVATE z)
