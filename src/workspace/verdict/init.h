// `duolex init`: walks a person through the questions that matter and writes a dossier as it goes;
// `duolex sign-off`: a named person stands for the classification as it is.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

#include "base/day.h"
#include "base/exit_code.h"

namespace duolex::workspace {

struct InitRequest {
  std::filesystem::path folder;
  Day as_of, today;
  std::string by;  // who answers, written as the source of each fact; may be empty
  std::optional<std::filesystem::path> law;
};

// Each answer is written at once, so leaving (quit, end of input) loses nothing and a later call goes
// on where this one stopped. Stops as soon as nothing that could be asked changes the route.
// Exit: 0 the route is settled, 2 questions remain.
[[nodiscard]] ExitCode init(const InitRequest& request, std::istream& in, std::ostream& out, std::ostream& err);

struct SignOffRequest {
  std::filesystem::path dossier;
  std::string by, role;
  Day as_of, today;
  std::optional<std::filesystem::path> law;
};

// Refused (exit 2) while the route is undecided. The entry is bound to the hashes of facts and law.
[[nodiscard]] ExitCode sign_off(const SignOffRequest& request, std::ostream& out, std::ostream& err);

}  // namespace duolex::workspace
