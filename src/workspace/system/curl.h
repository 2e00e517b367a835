// How the program curl is told what to do: over its standard input, so that neither address nor token stands in a list
// of processes. Internal to src/workspace.
#pragma once

#include <string>

namespace duolex::workspace {

// A text as curl's configuration quotes it.
[[nodiscard]] std::string curl_quoted(const std::string& text);

// What an exit status of curl other than 0 means, such as "its name is not known (curl 6)".
[[nodiscard]] std::string curl_problem(int exit_status);

}  // namespace duolex::workspace
