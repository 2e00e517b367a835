// The facts of a dossier with their types and sources; every mistake with its place.
#pragma once

#include <string>
#include <vector>

#include "dossier/dossier.h"
#include "rules/decide.h"

namespace duolex::facts {

struct KnownFact {
  rules::Index fact = rules::no_index;
  dossier::Source source;
  std::uint32_t line = 0;  // in duolex.yaml; 0: taken from a release
};

struct DossierFacts {
  rules::FactValues values;
  std::vector<KnownFact> known;  // in the order of the dossier
};

// Adds to `errors`: unknown ids, wrong types, unknown ambiguities or readings.
[[nodiscard]] DossierFacts from_dossier(const dossier::Dossier& dossier, const rules::RuleBase& base, Diagnostics& errors);

// SHA-256 over the sorted lines "<fact id>=<value>\n" of the known facts, and "<ambiguity>=<reading>\n" where another reading
// than the default is taken.
[[nodiscard]] std::string facts_sha256(const rules::RuleBase& base, const rules::FactValues& facts);

}  // namespace duolex::facts
