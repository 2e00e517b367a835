// Holds a tree against the structure of its format.
#pragma once

#include <vector>

#include "sbom/structure.h"
#include "sbom/tree.h"
#include "sbom/validity.h"

namespace duolex::sbom {

inline constexpr std::size_t most_violations = 1000;

// The names of the rules that are broken begin with `rules` and a dot.
void check_json(const Structure& structure, const ObjectShape& object, Value value, std::vector<Violation>& out, const char* rules = "cyclonedx");
void check_xml(const Structure& structure, const ObjectShape& object, Value element, std::vector<Violation>& out);

// "'librari'" cut to what can be shown.
[[nodiscard]] std::string shown_text(std::string_view text);
// The words of a short list, or the nearest of a long one.
[[nodiscard]] std::string word_hint(const Words& words, std::string_view text);

}  // namespace duolex::sbom
