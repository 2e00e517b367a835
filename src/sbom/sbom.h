// What a software bill of materials says, whatever its format: components, how they depend on each other, and
// where in the file each stands. Every component that was met is either stored or rejected with a reason.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "sbom/purl.h"

namespace duolex::sbom {

inline constexpr std::size_t no_component = static_cast<std::size_t>(-1);

struct Hash {
  std::string algorithm, value;  // as written
};

struct Component {
  std::string ref;                    // the file's own name for it; may be empty
  std::string type;                   // library, application, machine-learning-model, …
  std::string group, name, version;   // version may be empty
  std::string supplier;
  std::string purl_text;              // as written
  std::optional<Purl> purl;           // when there is one that can be read
  std::vector<Hash> hashes;
  std::size_t parent = no_component;  // the component it is nested in
  Span span;

  // "group/name version", without what is missing.
  [[nodiscard]] std::string title() const;
};

struct Dependency {
  std::size_t from = no_component, on = no_component;  // indexes into Sbom::components
  bool operator==(const Dependency&) const = default;
  auto operator<=>(const Dependency&) const = default;
};

struct Sbom {
  std::string file;
  std::string format, spec_version;       // "CycloneDX", "1.6"
  std::size_t subject = no_component;     // what the bill is about; one of the components
  std::vector<Component> components;      // in the order of the file, a nested one after its parent
  std::vector<Dependency> dependencies;   // sorted, none twice
  std::size_t parsed = 0;                 // components met: stored + rejected
  Diagnostics rejected;                   // one or more for each rejected component
  std::size_t rejected_components = 0;
  Diagnostics warnings;                   // what could not be used although its component was stored

  // What the subject depends on directly.
  [[nodiscard]] std::vector<std::size_t> direct() const;
};

struct Limits {
  std::size_t bytes = std::size_t{128} << 20;
  std::size_t nodes = 8'000'000;
  std::size_t depth = 200;
  std::size_t components = 1'000'000;
};

// A CycloneDX JSON document, 1.2 to 1.7. Fails when the file is none, or no JSON.
[[nodiscard]] Result<Sbom> read_cyclonedx_json(const std::string& file, const std::string& bytes, const Limits& limits = {});

}  // namespace duolex::sbom
