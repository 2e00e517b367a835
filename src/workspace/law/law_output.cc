#include "workspace/law/law_output.h"

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "consistency/witness_file.h"
#include "findings/value_json.h"

namespace duolex::workspace {

namespace fs = std::filesystem;

Span placed(const Span& span, const std::optional<fs::path>& folder) {
  Span result = span;
  if (!span.file.empty()) result.file = (folder.value_or("law") / span.file).generic_string();
  return result;
}

nlohmann::ordered_json to_json(const Span& span) {
  return {{"file", span.file}, {"line", span.line}, {"column", span.column}};
}

Diagnostic diagnostic_at(const law::Law& law, const std::optional<fs::path>& folder, const Span& span,
                         const std::string& message, Severity severity) {
  const std::string* const text = law.text_of(span.file);
  Diagnostic d = text != nullptr ? error_at(span.file, *text, span.begin, span.end, message) : error_in(span.file, message);
  d.severity = severity;
  d.span = placed(span, folder);
  return d;
}

RelatedPlace related_at(const law::Law& law, const std::optional<fs::path>& folder, const RelatedPlace& place) {
  const Diagnostic d = diagnostic_at(law, folder, place.span, place.message, Severity::note);
  return {d.span, d.message, d.source_line};
}

nlohmann::ordered_json to_json(const rules::RuleBase& base, const consistency::Witness& witness) {
  nlohmann::ordered_json json = {{"as_of", to_string(witness.as_of)}};
  json["because"] = nlohmann::ordered_json::array();
  for (const rules::Index f : witness.because) json["because"].push_back(base.facts[f].id);
  json["facts"] = nlohmann::ordered_json::object();
  for (rules::Index f = 0; f < witness.facts.size(); ++f)
    if (witness.facts[f] != rules::unknown_value)
      json["facts"][base.facts[f].id] = findings::to_json(base.facts[f].type, witness.facts[f]);
  return json;
}

Result<WitnessFolder> WitnessFolder::open(const std::optional<fs::path>& folder) {
  WitnessFolder result;
  result.folder_ = folder;
  std::error_code error;
  if (folder) fs::create_directories(*folder, error);
  if (error) return failure(error_in(folder->string(), "cannot be made: " + error.message()));
  return result;
}

Result<std::optional<std::string>> WitnessFolder::write(const std::string& name, const rules::RuleBase& base,
                                                        const consistency::Witness& witness,
                                                        const std::string& about) const {
  if (!folder_) return std::optional<std::string>();
  const fs::path path = *folder_ / (name + ".yaml");
  const auto written = write_file_atomically(path, consistency::witness_file(base, witness, about));
  if (!written) return tl::unexpected(written.error());
  return std::optional(path.generic_string());
}

}  // namespace duolex::workspace
