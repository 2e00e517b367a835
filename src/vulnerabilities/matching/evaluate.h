// The blob of one package, walked for one version.
#pragma once

#include <array>
#include <bitset>
#include <string>
#include <string_view>

#include "vulnerabilities/feeds/packages.h"
#include "vulnerabilities/index/format.h"
#include "vulnerabilities/matching/match.h"

namespace duolex::vulnerabilities {

// The keys of one version, made when a scheme first asks.
class VersionKeys {
 public:
  VersionKeys() = default;
  explicit VersionKeys(std::string_view version) : version_(version) {}
  // Another version; the room of the keys is used again.
  void of(std::string_view version) {
    version_ = version;
    asked_.reset();
  }
  [[nodiscard]] Reading reading(Scheme scheme) {
    prepare(scheme);
    return readings_[static_cast<std::size_t>(scheme)];
  }
  [[nodiscard]] std::string_view key(Scheme scheme) {
    prepare(scheme);
    return keys_[static_cast<std::size_t>(scheme)];
  }
  [[nodiscard]] std::string_view version() const { return version_; }

 private:
  void prepare(Scheme scheme) {
    const auto s = static_cast<std::size_t>(scheme);
    if (asked_.test(s)) return;
    asked_.set(s);
    keys_[s].clear();
    readings_[s] = append_key(scheme, version_, keys_[s]);
  }
  std::string_view version_;
  std::bitset<scheme_count> asked_;
  std::array<Reading, scheme_count> readings_{};
  std::array<std::string, scheme_count> keys_{};
};

// Whether a component of a distribution is from the release that an ecosystem states: "22.04" against "22.04:LTS" or
// "Pro:22.04:LTS".
enum class SameRelease : std::uint8_t { yes, no, unclear };
[[nodiscard]] SameRelease same_release(std::string_view stated, const Query& query);

struct Outcome {
  bool hit = false;
  Status status = Status::unknown;
  Reason::Kind kind = Reason::Kind::interval;
  Scheme scheme = Scheme::none;
  std::size_t affected = 0;  // entry of the record
  std::size_t which = 0;     // of its intervals or listed versions, in the order of the record
};

// One record's entry in a blob.
[[nodiscard]] Outcome evaluate(std::string_view entry, const Query& query, VersionKeys& keys);

}  // namespace duolex::vulnerabilities
