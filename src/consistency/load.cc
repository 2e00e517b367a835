#include "consistency/load.h"

#include <dlfcn.h>

#include <filesystem>

namespace duolex::consistency {
namespace {

namespace fs = std::filesystem;
constexpr const char* library = "libduolex_consistency.so";
constexpr const char* hint = "it stands beside the program and needs the package libz3-4";

fs::path find_library() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return {};
  for (const char* folder : {".", "..", "../lib/duolex"}) {
    const fs::path candidate = (program.parent_path() / folder / library).lexically_normal();
    if (fs::is_regular_file(candidate, error)) return candidate;
  }
  return {};
}

std::string last_error() {
  const char* const said = dlerror();
  return said != nullptr ? said : "unknown error";
}

}  // namespace

Result<const Prover*> load_prover() {
  const fs::path path = find_library();
  if (path.empty()) return failure(error_in(library, "is not there: the rule base cannot be proven", hint));
  void* const handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return failure(error_in(path.string(), "cannot be loaded: " + last_error(), hint));
  void* const symbol = dlsym(handle, entry_point);
  if (symbol == nullptr) return failure(error_in(path.string(), "is not the library it should be: " + last_error()));
  const Prover* const prover = reinterpret_cast<EntryPoint>(symbol)(interface_version);
  if (prover == nullptr) return failure(error_in(path.string(), "belongs to another version of the program"));
  return prover;
}

}  // namespace duolex::consistency
