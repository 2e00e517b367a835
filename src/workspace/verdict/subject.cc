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

namespace {

// The law with the readings that a dossier chose in place of defaults.
std::shared_ptr<const law::Law> taking(const std::shared_ptr<const law::Law>& law, const std::vector<dossier::ReadingChoice>& choices) {
  std::shared_ptr<law::Law> other;
  for (const dossier::ReadingChoice& c : choices)
    for (std::size_t a = 0; a < law->base.ambiguities.size(); ++a) {
      const rules::Ambiguity& ambiguity = law->base.ambiguities[a];
      if (ambiguity.id != c.ambiguity || c.reading == ambiguity.readings[ambiguity.default_reading].id) continue;
      for (rules::Index r = 0; r < ambiguity.readings.size(); ++r)
        if (ambiguity.readings[r].id == c.reading) {
          if (!other) other = std::make_shared<law::Law>(*law);
          other->base.ambiguities[a].taken = r;
        }
    }
  return other ? other : law;
}

}  // namespace

Result<Subject> open_subject(const std::filesystem::path& path, Day as_of,
                             const std::optional<std::filesystem::path>& law_folder) {
  Subject s;
  s.as_of = as_of;
  auto law = law::load(law_folder);
  if (!law) return tl::unexpected(law.error());
  s.law_by_default = *law;
  auto given = read_given_facts(path, s.law_by_default->base);
  if (!given) return tl::unexpected(given.error());
  s.law = taking(s.law_by_default, given->dossier.readings);
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
