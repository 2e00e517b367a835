// Telling people. Internal to src/workspace.
#pragma once

#include "workspace/watch/watch_place.h"
#include "workspace/watch/watch_settings.h"

namespace duolex::workspace {

struct Delivered {
  std::size_t delivered = 0, pending = 0;
  bool elsewhere = false;             // another process is at it
  std::vector<std::string> problems;  // by way, without addresses or tokens
};

// Every alert that a way has not delivered, in order. An alert counts as delivered once the command ended with 0 or the
// webhook answered with 2xx; until then it stays, so that it is delivered at least once. Holds no lock that an ingest
// needs.
[[nodiscard]] Result<Delivered> deliver_alerts(WatchFolder& folder, const WatchSettings& settings, const std::string& now);

}  // namespace duolex::workspace
