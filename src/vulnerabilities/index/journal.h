// Which records became known, changed or went when: the answer to "when did we know".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vulnerabilities/index/index.h"

namespace duolex::vulnerabilities::index {

struct Change {
  std::string record;
  const char* kind = "";           // new, changed, gone, exploited
  std::string modified, exploited;  // exploited: the day on which a catalogue took it in; "" when it is in none
};

// Between two indexes that stand alone or with deltas. Sorted by record.
[[nodiscard]] std::vector<Change> changes_between(Index& old, Index& fresh);

// An identity as the journal writes it.
[[nodiscard]] std::string identity_text(std::uint64_t identity);

// Lines of JSON (docs/formats/advisory-index.md): one about the new state, then one for each change. `before`: the
// identity of the state it follows, "" when there was none: everything is new then, and nothing listed.
[[nodiscard]] std::string journal_lines(const std::string& now, std::uint64_t identity, std::size_t records, const std::string& before,
                                        const std::vector<Change>& changes);

struct Known {
  std::string at;      // when this index had it
  std::string change;  // "first" for all that the first index held
  std::string modified, exploited;
};
struct History {
  std::string begins;          // when the journal begins; "" when it tells nothing of this index
  std::vector<Known> changes;  // of the one record, oldest first
  bool unbroken = true;        // false when the journal does not lead back to a first index
};
// What a journal tells of a record. Only states that led to the index with this identity count: a build that was cut
// short after it wrote its lines left an index that nobody ever saw. A last line that was cut short is passed over.
[[nodiscard]] History history_of(std::string_view journal, std::uint64_t identity, std::string_view record);

}  // namespace duolex::vulnerabilities::index
