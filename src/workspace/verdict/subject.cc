#include "workspace/verdict/subject.h"

#include "base/file.h"
#include "facts/facts_file.h"

namespace duolex::workspace {

Result<GivenFacts> read_given_facts(const std::filesystem::path& path, const rules::RuleBase& base) {
  GivenFacts given;
  std::error_code ignored;
  given.has_dossier = std::filesystem::is_directory(path, ignored) || path.filename() == "duolex.yaml";
  if (given.has_dossier) {
    dossier::Loaded loaded = dossier::load(path);
    given.dossier = std::move(loaded.dossier);
    if (!given.dossier.bytes.empty()) given.facts = facts::from_dossier(given.dossier, base, loaded.errors);
    if (!loaded.errors.empty()) return failure(std::move(loaded.errors));
  } else {
    auto bytes = read_file(path, std::size_t{16} << 20);
    if (!bytes) return tl::unexpected(bytes.error());
    given.dossier.file = path.string();
    given.dossier.bytes = std::move(*bytes);
    auto facts = facts::read_facts(given.dossier.file, given.dossier.bytes, base);
    if (!facts) return tl::unexpected(facts.error());
    given.facts.values = std::move(*facts);
  }
  return given;
}

Result<Subject> open_subject(const std::filesystem::path& path, Day as_of,
                             const std::optional<std::filesystem::path>& law_folder) {
  Subject s;
  s.as_of = as_of;
  auto law = law::load(law_folder);
  if (!law) return tl::unexpected(law.error());
  s.law = *law;
  auto given = read_given_facts(path, s.law->base);
  if (!given) return tl::unexpected(given.error());
  s.dossier = std::move(given->dossier);
  s.has_dossier = given->has_dossier;
  s.facts = std::move(given->facts);
  auto compiled = rules::CompiledLaw::compile(s.law->base, as_of);
  if (!compiled) return failure(law::in_folder(compiled.error(), law_folder));
  s.compiled = *compiled;
  s.names = s.law->names(as_of);
  return s;
}

std::vector<rules::Index> route_conclusions(const rules::RuleBase& base) {
  std::vector<rules::Index> route;
  for (const char* id : {"cra.applies", "ai.applies", "cra.class", "ai.high_risk", "cra.procedures", "ai.procedure",
                         "joint.derogation_12_3", "joint.cra_assessed_by", "joint.bodies"})
    if (const rules::Index rule = base.rule(id); rule != rules::no_index) route.push_back(rule);
  return route;
}

}  // namespace duolex::workspace
