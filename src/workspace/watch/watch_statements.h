// Statements about vulnerabilities that a portfolio keeps. Internal to src/workspace.
#pragma once

#include "workspace/watch/watch_place.h"

namespace duolex::workspace {

struct KeptStatements {
  std::string name, bytes;
  std::size_t count = 0;
};
[[nodiscard]] Result<KeptStatements> read_statements_to_keep(const std::string& name);
// Inside a transaction. Whether they are new.
bool keep_statements(WatchFolder& folder, const KeptStatements& kept);
// Inside a transaction: that a bill of this release states something of itself.
void note_own_statements(WatchFolder& folder, std::int64_t release, const std::string& sha256, const std::string& name, const sbom::Sbom& bill, const std::string& bytes);

}  // namespace duolex::workspace
