// What the readers of all formats share: counting, rejecting, warning, and edges between references.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sbom/lines.h"
#include "sbom/sbom.h"

namespace duolex::sbom {

[[nodiscard]] Diagnostic too_many_components(const std::string& file, const Limits& limits);

class Collector {
 public:
  // All must outlive this.
  Collector(const std::string& file, const std::string& bytes, const Limits& limits, Format format);

  // One more component was met. False when there are more than are kept; nothing else is read then.
  bool met();
  [[nodiscard]] bool too_many() const { return too_many_; }
  // Room for components that are to come.
  void expect(std::size_t components);

  void reject(std::size_t begin, std::size_t end, const char* reason);
  std::size_t store(Component&& component, std::size_t begin, std::size_t end);
  void warn(std::size_t begin, std::size_t end, const std::string& message);
  // Parses the purl as written; warns when it cannot be read.
  void purl(Component& component, std::string_view text, std::size_t begin, std::size_t end);

  // After all components are stored: the one with this reference, or no_component.
  void index_references();
  [[nodiscard]] std::size_t find(std::string_view reference) const;
  void edge(std::size_t from, std::size_t on);

  Sbom& sbom() { return out_; }
  Lines& lines() { return lines_; }
  Result<Sbom> finish();

 private:
  const Limits& limits_;
  Lines lines_;
  Sbom out_;
  std::vector<std::uint32_t> slots_;  // open addressing; index + 1
  bool too_many_ = false;
};

// CycloneDX's name for a hash algorithm of SPDX ("SHA256", "sha3_512"), or the text itself.
[[nodiscard]] std::string hash_algorithm(std::string_view spdx);

}  // namespace duolex::sbom
