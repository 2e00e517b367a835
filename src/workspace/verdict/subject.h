// What every use case starts from: the law, the product's facts (from a dossier or a bare facts file)
// and the law compiled for the day.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "dossier/dossier.h"
#include "facts/from_dossier.h"
#include "findings/findings.h"
#include "law/law.h"
#include "rules/decide.h"

namespace duolex::workspace {

struct Subject {
  std::shared_ptr<const law::Law> law;             // in the readings that the dossier chose
  std::shared_ptr<const law::Law> law_by_default;  // in the default readings; the same object where none other is chosen
  dossier::Dossier dossier;    // without a dossier: only `file` and `bytes`
  bool has_dossier = false;
  facts::DossierFacts facts;
  Day as_of;
  std::shared_ptr<const rules::CompiledLaw> compiled;  // for every product
  findings::CiteNames names;
};

// The facts of a dossier's folder or its duolex.yaml, which is then in `dossier`, or of a facts file, whose name and bytes are.
struct GivenFacts {
  dossier::Dossier dossier;
  bool has_dossier = false;
  facts::DossierFacts facts;
};
[[nodiscard]] Result<GivenFacts> read_given_facts(const std::filesystem::path& path, const rules::RuleBase& base);

// The same, with the law of the day. All mistakes at once.
[[nodiscard]] Result<Subject> open_subject(const std::filesystem::path& path, Day as_of,
                                           const std::optional<std::filesystem::path>& law);

// The conclusions that make up the route, by rule index: what `ask` settles.
[[nodiscard]] std::vector<rules::Index> route_conclusions(const rules::RuleBase& base);

}  // namespace duolex::workspace
