// `duolex ask` and `duolex explain`: what still matters, and why a conclusion is as it is.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

#include "base/day.h"
#include "base/exit_code.h"
#include "base/text_style.h"

namespace duolex::workspace {

struct AskRequest {
  std::filesystem::path subject;
  Day as_of;
  bool json = false;
  std::optional<std::filesystem::path> law;
  TextStyle style;
};
// Exit: 0 nothing left to ask for the route, 2 questions remain.
[[nodiscard]] ExitCode ask(const AskRequest& request, std::ostream& out, std::ostream& err);

struct ExplainRequest {
  std::filesystem::path subject;
  std::string conclusion;
  Day as_of;
  bool json = false;
  std::optional<std::filesystem::path> law;
  TextStyle style;
};
// Exit: 0 settled, 1 contested, 2 unknown.
[[nodiscard]] ExitCode explain(const ExplainRequest& request, std::ostream& out, std::ostream& err);

}  // namespace duolex::workspace
