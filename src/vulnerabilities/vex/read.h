// VEX in: OpenVEX 0.2.0, CSAF 2.0, and the vulnerabilities of CycloneDX 1.4 to 1.7 in JSON and XML.
#pragma once

#include "base/result.h"
#include "vulnerabilities/vex/statement.h"

namespace duolex::vulnerabilities::vex {

inline constexpr sbom::Limits limits{std::size_t{64} << 20, 3'000'000, 100, 100'000};
inline constexpr std::size_t most_subjects = 50'000;  // of all statements of a document
inline constexpr std::size_t most_room = std::size_t{48} << 20;  // bytes that what is kept of a document may take

// Appends the statements of a document. The format is taken from the content. Fails when the document is none of
// these or breaks the structure of its format; a statement that lacks its reason is kept, with a remark.
[[nodiscard]] Result<void> read_document(const std::string& file, const std::string& bytes, Statements& out);

// Appends what a CycloneDX bill of materials says of its own components; nothing when it says nothing. What breaks
// the structure is a remark, and no statement of the bill is used then.
void read_embedded(const sbom::Sbom& bill, const std::string& bytes, Statements& out);

}  // namespace duolex::vulnerabilities::vex
