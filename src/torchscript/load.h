// Finds and loads the library behind engine.h. For a process that is there for nothing else: it is large.
#pragma once

#include "torchscript/engine.h"

namespace duolex::torchscript {

// The library beside the program; empty where it was not built.
[[nodiscard]] std::string find_library();
// An error says which package is lacking.
[[nodiscard]] Result<Engine*> load_engine();

}  // namespace duolex::torchscript
