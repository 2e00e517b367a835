// Components against an index of advisories. Every finding says what it rests on; what cannot be decided is unknown,
// with the reason, and never left out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sbom/sbom.h"
#include "vulnerabilities/feeds/packages.h"
#include "vulnerabilities/index/index.h"
#include "vulnerabilities/versions/version.h"
#include "vulnerabilities/vex/apply.h"

namespace duolex::vulnerabilities {

enum class Status : std::uint8_t { affected, unknown, not_affected };
[[nodiscard]] const char* name_of(Status status);

// What made a finding.
struct Reason {
  enum class Kind : std::uint8_t {
    interval,         // between two events of a range
    listed,           // the advisory lists this very version
    every_version,    // the advisory is about a file or about all there is of the package
    no_version,       // the component states none
    unreadable,       // the scheme cannot read the component's version
    outside,          // … or only as older tools did
    bad_event,        // the advisory states a version that cannot be read
    only_commits,     // the advisory states only commits
    nothing_stated,   // the advisory names the package and no version
    only_cpe,         // affected by its CPE name alone, where the component has a package URL that tells more
    unclear_release,  // the advisory is about one release of a distribution, and the component does not say its own
  } kind = Kind::interval;
  std::string package_type, package_name;  // as looked up
  std::string version;                     // compared; the source's where the source package was asked for
  bool source_package = false;
  std::string file_hash;                   // the component's, where that was looked up
  std::string ecosystem;                   // as the advisory writes it
  std::size_t affected = 0;                // which entry of the record's `affected`
  std::size_t range = 0;                   // and which of its ranges
  std::string from, to;                    // the events, "" where there is none
  Event::Kind ended_by = Event::Kind::fixed;
  std::string listed;                      // the listed version that is equal
  Scheme scheme = Scheme::none;
  [[nodiscard]] std::string in_words() const;
};

struct Finding {
  std::size_t component = 0;  // of the bill
  std::string advisory;
  std::vector<std::string> aliases, upstream;
  Status status = Status::unknown;   // with what VEX says of it
  Status matched = Status::unknown;  // by versions alone
  vex::Effect vex;                   // statements of Matches::vex
  Reason reason;
  std::string modified, published, summary, severity;
  index::Via exploited_via = index::Via::none;
  std::string exploited_cve, exploited_added, exploited_due;
  bool ransomware = false;
  std::string epss_cve, epss_probability, epss_percentile;
  [[nodiscard]] bool exploited() const { return exploited_via != index::Via::none; }
};

struct Matches {
  std::vector<Finding> findings;  // those that VEX closed last; exploited ones first, then by status, component and advisory
  std::size_t looked_up = 0;      // components that could be looked up
  std::size_t no_name = 0;        // components without a purl, a CPE name or a file's hash
  std::size_t no_advisories = 0;  // components of a kind for which the index holds no advisory at all
  vex::Statements vex;            // what was said, …
  std::vector<vex::Left> vex_left;  // … and what of it holds for no finding
};

// Under what a component is looked up: its package, the source package that it was built from, its files.
struct Lookup {
  Query query;
  std::string file_hash;  // "SHA-256 …" where it is that of a file
};
[[nodiscard]] std::vector<Lookup> lookups_of(const sbom::Component& component);

inline constexpr std::size_t most_findings = 50'000;

// Fails when the index turns out to be damaged, and where there are more findings than anybody reads.
[[nodiscard]] Result<Matches> match(const sbom::Sbom& bill, index::Index& index);

// Gives each finding the status that the newest statement about it gives; what was found stays in `matched`. A finding
// whose version could not be read is closed by a statement like any other. `now`: what is said later is not applied.
void apply_vex(Matches& matches, vex::Statements statements, const sbom::Sbom& bill, const vex::Instant& now);

}  // namespace duolex::vulnerabilities
