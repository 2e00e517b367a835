#include "workspace/verdict/subject.h"

#include "base/file.h"
#include "facts/facts_file.h"

namespace duolex::workspace {

Result<Subject> open_subject(const std::filesystem::path& path, Day as_of,
                             const std::optional<std::filesystem::path>& law_folder) {
  Subject s;
  s.as_of = as_of;
  auto law = law::load(law_folder);
  if (!law) return tl::unexpected(law.error());
  s.law = *law;
  std::error_code ignored;
  s.has_dossier = std::filesystem::is_directory(path, ignored) || path.filename() == "duolex.yaml";
  if (s.has_dossier) {
    dossier::Loaded loaded = dossier::load(path);
    s.dossier = std::move(loaded.dossier);
    if (!s.dossier.bytes.empty()) s.facts = facts::from_dossier(s.dossier, s.law->base, loaded.errors);
    if (!loaded.errors.empty()) return failure(std::move(loaded.errors));
  } else {
    auto bytes = read_file(path, std::size_t{16} << 20);
    if (!bytes) return tl::unexpected(bytes.error());
    s.dossier.file = path.string();
    s.dossier.bytes = std::move(*bytes);
    auto facts = facts::read_facts(s.dossier.file, s.dossier.bytes, s.law->base);
    if (!facts) return tl::unexpected(facts.error());
    s.facts.values = std::move(*facts);
  }
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
