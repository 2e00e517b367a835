// What other tools found, as evidence: SARIF 2.1.0, JUnit XML, in-toto statements (bare or in a DSSE envelope) and
// CycloneDX attestations; and the results of this program's own tests. Nothing is taken on trust that the file does not say; a signature is not checked here.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "evidence/record.h"

namespace duolex::evidence {

// A file that holds more results than these is refused: each becomes a leaf of the ledger, which nothing takes away again.
inline constexpr std::size_t most_imported = 10'000;

// One record for each run, suite, statement or attestation; without artefacts, release and blob, which the caller knows.
struct Imported {
  std::string format;  // sarif, junit, in-toto, cyclonedx, duolex
  std::vector<EvidenceRecord> records;
};

// The format is recognised by what stands in the file. `at` is taken where the file gives no time.
[[nodiscard]] Result<Imported> import_evidence(const std::string& file, const std::string& bytes, const std::string& at);

// JUnit XML alone; reached by import_evidence.
[[nodiscard]] Result<Imported> import_junit(const std::string& file, const std::string& bytes, const std::string& at);

}  // namespace duolex::evidence
