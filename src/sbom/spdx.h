// The readers of SPDX, and what they share.
#pragma once

#include <string>
#include <string_view>

#include "sbom/collector.h"
#include "sbom/sbom.h"
#include "sbom/tree.h"

namespace duolex::sbom {

[[nodiscard]] Result<Sbom> spdx2_from_json(const std::string& file, const std::string& bytes, const Tree& tree, const Limits& limits);
[[nodiscard]] Result<Sbom> spdx2_from_tag_value(const std::string& file, const std::string& bytes, const Limits& limits);
[[nodiscard]] Result<Sbom> spdx3_from_json(const std::string& file, const std::string& bytes, const Tree& tree, const Limits& limits);

// "SPDX-2.3" → "2.3"; "" for a version that is not read.
[[nodiscard]] std::string spdx2_version(std::string_view text);
inline constexpr const char* spdx2_versions_hint = "SPDX is read in the versions 2.2 and 2.3, and 3.0 in JSON-LD";

// NOASSERTION, NONE and the empty text say nothing.
[[nodiscard]] bool says_nothing(std::string_view text);
// "Organization: Name (mail)" → "Name".
[[nodiscard]] std::string spdx_agent(std::string_view text);
// Adds a licence text of SPDX, unless it says nothing.
void add_spdx_licence(std::string_view text, std::vector<Licence>& out);
// A purpose of SPDX in CycloneDX's words.
[[nodiscard]] std::string spdx_purpose(std::string_view purpose);
// Adds a creator "Tool: …", "Organization: …", "Person: …".
void add_spdx_creator(std::string_view text, Sbom& out);

// What a relationship of SPDX 2 or 3 says about dependencies.
enum class Relation { none, describes, described_by, depends_on, dependency_of };
[[nodiscard]] Relation spdx_relation(std::string_view type);
// Applies it between two references. An empty or unknown reference to another document is passed over.
void relate(Collector& collector, std::string_view from, Relation relation, std::string_view to);

}  // namespace duolex::sbom
