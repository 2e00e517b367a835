// Advisories and bills of materials in the shape and proportions of the public ones, made up: a number gives a record,
// and the same number always the same. For figures only; tests of what is found take real advisories.
#pragma once

#include <cstdint>
#include <string>

namespace duolex::corpus {

// One line of OSV JSON with its line feed, 1.8 kB on average. Later editions of a record are modified later and have
// other versions.
void append_record(std::string& out, std::uint64_t number, unsigned edition = 0);

// A CycloneDX bill, written without spaces as programs write them for programs. Two of ten components are of
// packages that records may name.
[[nodiscard]] std::string bill(std::size_t components, std::uint64_t seed = 1);

}  // namespace duolex::corpus
