// watch.yaml of a portfolio: the index, what is soon, and how people are told (docs/formats/watch.md).
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace duolex::workspace {

struct AlertWay {
  std::string name;
  std::vector<std::string> command;  // or a webhook
  std::string webhook, token_file;   // neither is ever shown
  std::vector<std::string> kinds;    // empty: all
  int time_limit_seconds = 30, attempts = 3;
};

struct WatchSettings {
  std::string index, time_zone;  // index: as written; relative to the portfolio's folder
  int within_days = 90;
  std::vector<AlertWay> alerts;
};

inline constexpr const char* alert_kinds[] = {"candidate", "findings", "deadline", "ending"};

[[nodiscard]] Result<WatchSettings> read_watch_settings(const std::string& file, const std::string& bytes);
// The defaults when the portfolio has no watch.yaml.
[[nodiscard]] Result<WatchSettings> watch_settings_of(const std::filesystem::path& portfolio);

}  // namespace duolex::workspace
