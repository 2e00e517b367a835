// What a software bill of materials says, whatever its format: components, how they depend on each other, and
// where in the file each stands. Every component that was met is either stored or rejected with a reason.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "sbom/purl.h"

namespace duolex::sbom {

inline constexpr std::size_t no_component = static_cast<std::size_t>(-1);

struct Hash {
  std::string algorithm;  // by CycloneDX's names: "SHA-256", "SHA3-512", "BLAKE2b-256"; as written when unknown
  std::string value;      // as written
  bool operator==(const Hash&) const = default;
};

struct Licence {
  enum class Kind { id, expression, name };  // SPDX id, SPDX expression, a name of its own
  Kind kind = Kind::id;
  std::string text;
  bool operator==(const Licence&) const = default;
};

// Where something stands in the file that the bill was read from; the file's name is the bill's.
struct Place {
  std::uint32_t line = 0, column = 0;  // from 1, columns in code points; 0: no position
  std::size_t begin = 0, end = 0;      // bytes
};

// A component that was met and not stored.
struct Rejection {
  Place place;
  const char* reason = "";
};

// What a bill says about a trained model (CycloneDX modelCard, SPDX 3 AI profile).
struct ModelFacts {
  std::string task, architecture_family, architecture, approach;
  std::vector<std::string> datasets;     // references or names
  std::vector<std::string> limitations;  // of the model, in the bill's words
  std::vector<std::string> ethical;      // ethical considerations and safety risk
  std::vector<std::string> metrics;      // "name: value"
  std::vector<std::string> inputs, outputs;  // formats
};

// What a bill says about data (CycloneDX component data, SPDX 3 dataset profile).
struct DataFacts {
  std::string type;                      // "dataset", "configuration", …; several joined by ", "
  std::string classification;            // sensitivity by the bill's own word
  std::vector<std::string> sensitive;    // kinds of sensitive data, or "yes" when the bill says no more
  std::string governance;                // who answers for it
  std::string collection;                // how it was collected
  std::vector<std::string> known_bias;
};

struct Component {
  std::string ref;                    // the file's own name for it; may be empty
  std::string type;                   // library, application, machine-learning-model, data, … (CycloneDX's words)
  std::string group, name, version;   // version may be empty
  std::string supplier;               // organisation or person
  std::string author;                 // who made it, where the bill tells this from the supplier
  std::string purl_text;              // as written
  std::optional<Purl> purl;           // when there is one that can be read
  std::string cpe;                    // as written; the first one
  std::vector<Hash> hashes;
  std::vector<Licence> licences;
  std::shared_ptr<const ModelFacts> model;  // null when the bill says nothing of the kind
  std::shared_ptr<const DataFacts> data;
  std::size_t parent = no_component;  // the component it is nested in
  std::uint32_t ordinal = 0;          // which of its list it is, from 0
  Place span;

  // "group/name version", without what is missing.
  [[nodiscard]] std::string title() const;
};

struct Dependency {
  std::size_t from = no_component, on = no_component;  // indexes into Sbom::components
  bool operator==(const Dependency&) const = default;
  auto operator<=>(const Dependency&) const = default;
};

enum class Format { cyclonedx_json, cyclonedx_xml, spdx_json, spdx_tag_value, spdx3_json_ld };

struct Sbom {
  std::string file;
  Format encoding = Format::cyclonedx_json;
  std::string format, spec_version;       // "CycloneDX" or "SPDX"; "1.6", "2.3", "3.0.1"
  std::string id;                         // serial number, document namespace or element id
  std::string version;                    // of the bill itself
  std::string timestamp;                  // when it was made, as written
  std::vector<std::string> authors;       // people and organisations that made it
  std::vector<std::string> tools;         // programs that made it, with version where given
  std::size_t subject = no_component;     // what the bill is about; one of the components
  std::vector<Component> components;      // in the order of the file, a nested one after its parent
  std::vector<Dependency> dependencies;   // sorted, none twice
  bool has_dependencies = false;          // the file has a dependency graph, be it empty
  std::size_t parsed = 0;                 // components met: stored + rejected
  std::size_t rejected_components = 0;
  std::vector<Rejection> rejections;      // each of them, with reason and place
  Diagnostics rejected;                   // the first hundred, to show
  Diagnostics warnings;                   // what could not be used although its component was stored

  // What the subject depends on directly.
  [[nodiscard]] std::vector<std::size_t> direct() const;
  // Where a component stands: a JSON pointer, an XPath, or "line 12" for tag-value.
  [[nodiscard]] std::string pointer(std::size_t component) const;
  [[nodiscard]] Span span(std::size_t component) const;
};

// The words for a format: "CycloneDX JSON", …
[[nodiscard]] const char* name_of(Format format);

struct Limits {
  std::size_t bytes = std::size_t{128} << 20;
  std::size_t nodes = 6'000'000;        // values of JSON; elements, attributes and texts of XML
  std::size_t depth = 200;
  std::size_t components = 300'000;
};

// A bill of materials of any format that is read: CycloneDX 1.2 to 1.7 in JSON and XML, SPDX 2.2 and 2.3 in
// JSON and tag-value, SPDX 3.0 in JSON-LD. The format is taken from the content, never from the file's name.
// Fails when the file is none of these, or is broken as JSON or XML.
[[nodiscard]] Result<Sbom> read_sbom(const std::string& file, const std::string& bytes, const Limits& limits = {});

// The same for CycloneDX JSON alone.
[[nodiscard]] Result<Sbom> read_cyclonedx_json(const std::string& file, const std::string& bytes, const Limits& limits = {});

}  // namespace duolex::sbom
