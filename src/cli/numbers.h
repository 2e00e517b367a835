// Numbers as people write them on a command line: "0.3", "2/255".
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace duolex::cli {

[[nodiscard]] std::optional<double> fraction(const std::string& text);
// For CLI11: a text that is no such number between the two is refused.
[[nodiscard]] std::function<std::string(const std::string&)> between(double least, double most);

}  // namespace duolex::cli
