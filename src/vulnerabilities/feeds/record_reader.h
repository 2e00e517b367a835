// One JSON document of a feed: an OSV record, a CVE record, a CSAF document, the KEV catalogue.
#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"
#include "vulnerabilities/feeds/advisory.h"
#include "vulnerabilities/feeds/signals.h"

namespace duolex::vulnerabilities {

inline constexpr std::size_t largest_record = std::size_t{32} << 20;  // bytes
inline constexpr std::size_t largest_catalogue = std::size_t{128} << 20;

// What a document was.
struct Read {
  enum class Kind { advisories, exploited, nothing_known } kind = Kind::nothing_known;
  std::vector<Advisory> advisories;  // one for OSV and CVE; one a vulnerability for CSAF
  KevCatalogue kev;
};

// Keeps its buffers from one document to the next; one a thread.
class RecordReader {
 public:
  RecordReader();
  ~RecordReader();
  RecordReader(const RecordReader&) = delete;
  RecordReader& operator=(const RecordReader&) = delete;

  // `line` is where the document begins in `file`, 0 when it is the whole file. The bytes must be followed by
  // `padding` readable ones. JSON that is none of the known kinds is no failure: nothing_known.
  [[nodiscard]] Result<Read> read(const std::string& file, std::uint32_t line, std::string_view bytes);

  static constexpr std::size_t padding = 64;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace duolex::vulnerabilities
