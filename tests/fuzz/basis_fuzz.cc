// What a declaration records, on any bytes: what is read is written and read again as the same.
#include <cstdint>
#include <nlohmann/json.hpp>

#include "changes/basis.h"
#include "demand.h"
#include "law_base.h"

using namespace duolex;
using fuzz::law_base;

namespace {

std::string written(changes::Basis basis) {
  rules::FactValues facts(law_base().facts.size(), rules::unknown_value);
  dossier::Dossier dossier;
  dossier::Release release;
  release.artefacts = basis.release.artefacts;
  std::erase_if(release.artefacts, [](const dossier::Artefact& a) { return a.kind == "declaration"; });
  changes::put_back(std::move(basis), law_base(), facts, dossier, release);
  dossier.releases.push_back(std::move(release));
  return changes::basis_json(dossier, law_base(), facts).dump();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = changes::read_basis("declaration.json", {reinterpret_cast<const char*>(data), size}, law_base());
  if (!read) {
    fuzz::demand_reasons(read.error());
    return 0;
  }
  if (!*read) return 0;
  const std::string once = written(**read);
  const auto again = changes::read_basis("declaration.json", R"({"release":"1","basis":)" + once + "}", law_base());
  fuzz::demand(again && *again, "what was written can be read");
  fuzz::demand(written(**again) == once, "and is the same");
  return 0;
}
