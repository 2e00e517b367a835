#include "base/beside.h"
#include "threats/model_files/unpacker.h"

namespace duolex::threats::model_files {
namespace {

Result<const Unpacker*> load() {
  constexpr const char* library = "libduolex_unpacker.so";
  const auto symbol = symbol_beside(library, unpacker_entry_point, "", "it stands beside the program and needs the package libarchive13");
  if (!symbol) return tl::unexpected(symbol.error());
  const Unpacker* const unpacker = reinterpret_cast<UnpackerEntryPoint>(*symbol)(unpacker_version);
  if (unpacker == nullptr) return failure(error_in(library, "belongs to another version of the program"));
  return unpacker;
}

}  // namespace

Result<const Unpacker*> load_unpacker() {
  static const Result<const Unpacker*> loaded = load();
  return loaded;
}

}  // namespace duolex::threats::model_files
