#include "consistency/load.h"

#include "base/beside.h"

namespace duolex::consistency {

Result<const Prover*> load_prover() {
  constexpr const char* library = "libduolex_consistency.so";
  const auto symbol = symbol_beside(library, entry_point, "the rule base cannot be proven", "it stands beside the program and needs the package libz3-4");
  if (!symbol) return tl::unexpected(symbol.error());
  const Prover* const prover = reinterpret_cast<EntryPoint>(*symbol)(interface_version);
  if (prover == nullptr) return failure(error_in(library, "belongs to another version of the program"));
  return prover;
}

}  // namespace duolex::consistency
