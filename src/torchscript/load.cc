#include "torchscript/load.h"

#include <cstdlib>

#include "base/beside.h"

namespace duolex::torchscript {
namespace {

constexpr const char* library = "libduolex_torch.so";
constexpr const char* hint = "it is built beside the program where the package libtorch-dev is installed, and needs libtorch1.13 to run";

}  // namespace

std::string find_library() { return beside_program(library).string(); }

Result<Engine*> load_engine() {
  // One order of sums, whichever library multiplies matrices; read when it is loaded.
  for (const char* name : {"OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"}) setenv(name, "1", 1);
  const auto symbol = symbol_beside(library, entry_point, "no TorchScript model can be tested", hint);
  if (!symbol) return tl::unexpected(symbol.error());
  Engine* const engine = reinterpret_cast<EntryPoint>(*symbol)(interface_version);
  if (engine == nullptr) return failure(error_in(library, "belongs to another version of the program"));
  return engine;
}

}  // namespace duolex::torchscript
