// The lists of provisions of each act: which ids exist in which text, and the hash of each
// provision's words (docs/formats/provisions.md). Never the words themselves.
#pragma once

#include <map>
#include <memory>
#include <string_view>
#include <string>
#include <vector>

#include "base/result.h"

namespace duolex::law {

struct ProvisionList {
  std::string text;                          // "AIA2024"
  std::map<std::string, std::string> hashes; // provision id -> sha256 of its words
};

// One list file: '#' lines, then "<provision id> <64 hexadecimal digits>" lines, sorted.
[[nodiscard]] Result<ProvisionList> read_provisions(const std::string& path, const std::string& bytes);

class Provisions {
 public:
  void add(ProvisionList list);
  // A list that is known to be well-formed, read when it is first asked for. `bytes` outlive this.
  void add_unread(const std::string& text, std::string_view bytes);
  [[nodiscard]] bool has_text(const std::string& text) const { return lists_.contains(text); }
  [[nodiscard]] bool exists(const std::string& provision) const;
  // The hash of a provision's words, or "".
  [[nodiscard]] std::string hash(const std::string& provision) const;
  // The existing id nearest to one that does not exist, or "".
  [[nodiscard]] std::string nearest(const std::string& provision) const;
  // All ids of a text, sorted.
  [[nodiscard]] std::vector<std::string> ids(const std::string& text) const;
  [[nodiscard]] std::size_t size() const;

 private:
  struct Entry;
  [[nodiscard]] const ProvisionList* list_of(const std::string& text) const;
  std::map<std::string, std::shared_ptr<Entry>> lists_;  // by text id, the part of a provision before '/'
};

}  // namespace duolex::law
