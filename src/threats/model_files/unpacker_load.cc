#include <dlfcn.h>

#include <filesystem>

#include "threats/model_files/unpacker.h"

namespace duolex::threats::model_files {
namespace {

namespace fs = std::filesystem;
constexpr const char* library = "libduolex_unpacker.so";
constexpr const char* hint = "it stands beside the program and needs the package libarchive13";

std::string last_error() {
  const char* const said = dlerror();
  return said != nullptr ? said : "unknown error";
}

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

Result<const Unpacker*> load() {
  const fs::path path = find_library();
  if (path.empty()) return failure(error_in(library, "is not there", hint));
  void* const handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return failure(error_in(library, "cannot be loaded: " + last_error(), hint));
  void* const symbol = dlsym(handle, unpacker_entry_point);
  if (symbol == nullptr) return failure(error_in(library, "is not the library it should be: " + last_error()));
  const Unpacker* const unpacker = reinterpret_cast<UnpackerEntryPoint>(symbol)(unpacker_version);
  if (unpacker == nullptr) return failure(error_in(library, "belongs to another version of the program"));
  return unpacker;
}

}  // namespace

Result<const Unpacker*> load_unpacker() {
  static const Result<const Unpacker*> loaded = load();
  return loaded;
}

}  // namespace duolex::threats::model_files
