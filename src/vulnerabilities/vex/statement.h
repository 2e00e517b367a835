// What suppliers and makers state about vulnerabilities in products (VEX), from OpenVEX, CSAF 2.0 and CycloneDX.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sbom/purl.h"
#include "sbom/sbom.h"
#include "vulnerabilities/vers/vers.h"
#include "vulnerabilities/vex/instant.h"

namespace duolex::vulnerabilities::vex {

// In the order of caution: of claims that contradict each other the first one holds.
enum class Claim : std::uint8_t { affected, under_investigation, not_affected, fixed };
[[nodiscard]] const char* name_of(Claim claim);
// Whether it closes a finding.
[[nodiscard]] inline bool closes(Claim claim) { return claim == Claim::not_affected || claim == Claim::fixed; }

enum class Kind : std::uint8_t { openvex, csaf, cyclonedx };
[[nodiscard]] const char* name_of(Kind kind);

// How a document names a product or a part of it. What is not said is empty.
struct Identity {
  std::string shown;                // for people
  std::optional<sbom::Purl> purl;
  std::string cpe;
  std::vector<sbom::Hash> hashes;   // algorithms by CycloneDX's names
  std::string name, version;        // where there is no purl
  std::string bill, bill_version;   // a bill of materials by serial number and version …
  std::string ref;                  // … and what it calls the component; empty: the bill's own product
  bool this_bill = false;           // `ref` is of the bill that holds the statement
  std::optional<vers::Range> range; // in place of a version
  std::string open_ended;           // why it is bound to no version although it names some
};

// What a statement is about: a product, or parts of it, with what is said of them alone.
struct Subject {
  Identity product;
  std::vector<Identity> parts;      // empty: the product itself and all that is in it
  bool platform = false;            // the product is an operating system that the parts run on
  std::string justification;        // a word of the format
  std::string impact;               // or why, in sentences
};

struct Statement {
  std::size_t document = 0;
  std::vector<std::string> vulnerabilities;  // its ids and aliases, the main one first
  Claim claim = Claim::under_investigation;
  std::vector<Subject> subjects;
  std::string action, notes;
  Instant time;                              // when it was said
  sbom::Place place;
};

struct Document {
  std::string file;
  Kind kind = Kind::openvex;
  std::string id, author;                    // either may be empty
  bool embedded = false;                     // it stands in the bill of materials itself
};

// A statement that cannot be used, or only in part.
struct Remark {
  std::size_t document = 0;
  sbom::Place place;
  std::string vulnerability, text;
};

struct Statements {
  std::vector<Document> documents;
  std::vector<Statement> statements;         // in the order of the documents
  std::vector<Remark> remarks;
};

}  // namespace duolex::vulnerabilities::vex
