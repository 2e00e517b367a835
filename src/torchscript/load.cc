#include "torchscript/load.h"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>

namespace duolex::torchscript {
namespace {

namespace fs = std::filesystem;
constexpr const char* library = "libduolex_torch.so";
constexpr const char* build_hint = "it is built beside the program where the package libtorch-dev is installed, and needs libtorch1.13 to run";
constexpr const char* run_hint = "it needs the package libtorch1.13";

std::string last_error() {
  const char* const said = dlerror();
  return said != nullptr ? said : "unknown error";
}

}  // namespace

std::string find_library() {
  std::error_code error;
  const fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) return {};
  for (const char* folder : {".", "..", "../lib/duolex"}) {
    const fs::path candidate = (program.parent_path() / folder / library).lexically_normal();
    if (fs::is_regular_file(candidate, error)) return candidate.string();
  }
  return {};
}

Result<Engine*> load_engine() {
  const std::string path = find_library();
  if (path.empty()) return failure(error_in(library, "is not there: no TorchScript model can be tested", build_hint));
  // One order of sums, whichever library multiplies matrices; read when it is loaded.
  for (const char* name : {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"}) setenv(name, "1", 1);
  void* const handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return failure(error_in(path, "cannot be loaded: " + last_error(), run_hint));
  void* const symbol = dlsym(handle, entry_point);
  if (symbol == nullptr) return failure(error_in(path, "is not the library it should be: " + last_error()));
  Engine* const engine = reinterpret_cast<EntryPoint>(symbol)(interface_version);
  if (engine == nullptr) return failure(error_in(path, "belongs to another version of the program"));
  return engine;
}

}  // namespace duolex::torchscript
