// One advisory as any feed may state it, in the shape of the OSV schema.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace duolex::vulnerabilities {

struct Event {
  enum class Kind : std::uint8_t { introduced, fixed, last_affected, limit } kind = Kind::introduced;
  std::string version;
};

struct Range {
  enum class Type : std::uint8_t { semver, ecosystem, git } type = Type::ecosystem;
  std::string scheme;  // of a feed that names it per range (CVE); "" : that of the ecosystem
  std::vector<Event> events;
};

struct Affected {
  std::string ecosystem, name, purl;
  std::vector<Range> ranges;
  std::vector<std::string> versions;
  bool every_version = false;  // said so by the feed: what the hash of a file names has no version
};

struct Advisory {
  std::string id;
  std::string modified, published, withdrawn;  // as written, UTC; "" when absent
  std::string summary, severity;               // severity: the first CVSS vector
  std::vector<std::string> aliases;            // the same vulnerability under other names
  std::vector<std::string> upstream;           // vulnerabilities that this one comes from
  std::vector<std::string> related;
  std::vector<Affected> affected;
};

}  // namespace duolex::vulnerabilities
