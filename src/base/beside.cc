#include "base/beside.h"

#include <dlfcn.h>

namespace duolex {
namespace {

std::string last_error() {
  const char* const said = dlerror();
  return said != nullptr ? said : "unknown error";
}

}  // namespace

std::filesystem::path beside_program(const std::string& name) {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return {};
  for (const char* folder : {".", "..", "../lib/duolex"}) {
    const std::filesystem::path candidate = (program.parent_path() / folder / name).lexically_normal();
    if (std::filesystem::is_regular_file(candidate, error)) return candidate;
  }
  return {};
}

Result<void*> symbol_beside(const std::string& library, const char* symbol, const std::string& absent, const std::string& hint) {
  const std::filesystem::path path = beside_program(library);
  if (path.empty()) return failure(error_in(library, "is not there" + (absent.empty() ? "" : ": " + absent), hint));
  void* const handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return failure(error_in(path.string(), "cannot be loaded: " + last_error(), hint));
  void* const found = dlsym(handle, symbol);
  if (found == nullptr) return failure(error_in(path.string(), "is not the library it should be: " + last_error()));
  return found;
}

}  // namespace duolex
