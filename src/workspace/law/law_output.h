// What the law commands share: places in the law folder, witness products as text, JSON and files.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>

#include "consistency/prover.h"
#include "law/law.h"

namespace duolex::workspace {

// A span with its path as the user knows it: inside the folder given, or "law/…" of the built-in rule base.
[[nodiscard]] Span placed(const Span& span, const std::optional<std::filesystem::path>& folder);
[[nodiscard]] nlohmann::ordered_json to_json(const Span& span);

// A diagnostic at a place of the law, with its source line.
[[nodiscard]] Diagnostic diagnostic_at(const law::Law& law, const std::optional<std::filesystem::path>& folder,
                                       const Span& span, const std::string& message, Severity severity);
[[nodiscard]] RelatedPlace related_at(const law::Law& law, const std::optional<std::filesystem::path>& folder,
                                      const RelatedPlace& place);

// {"as_of": …, "because": […], "facts": {…}}
[[nodiscard]] nlohmann::ordered_json to_json(const rules::RuleBase& base, const consistency::Witness& witness);

// Witness products into a folder, which is made when it is not there.
class WitnessFolder {
 public:
  [[nodiscard]] static Result<WitnessFolder> open(const std::optional<std::filesystem::path>& folder);
  // The path written, or nothing when no folder was asked for.
  [[nodiscard]] Result<std::optional<std::string>> write(const std::string& name, const rules::RuleBase& base,
                                                         const consistency::Witness& witness, const std::string& about) const;

 private:
  std::optional<std::filesystem::path> folder_;
};

}  // namespace duolex::workspace
