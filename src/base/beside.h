// What is installed together with the program: libraries that only some commands load, and other programs of ours.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace duolex {

// Beside the running program, above it, or in ../lib/duolex from there; empty where there is none.
[[nodiscard]] std::filesystem::path beside_program(const std::string& name);

// Loads a library that stands there and finds its one symbol. Errors: that it is not there, with what cannot be done
// without it (`absent`, may be empty); that it cannot be loaded, with the loader's reason. `hint`: what it needs.
[[nodiscard]] Result<void*> symbol_beside(const std::string& library, const char* symbol, const std::string& absent, const std::string& hint);

}  // namespace duolex
