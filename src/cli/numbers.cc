#include "cli/numbers.h"

#include <charconv>
#include <cmath>

namespace duolex::cli {

std::optional<double> fraction(const std::string& text) {
  const auto number = [](std::string_view t) -> std::optional<double> {
    double v = 0;
    const auto [end, code] = std::from_chars(t.data(), t.data() + t.size(), v);
    if (code != std::errc() || end != t.data() + t.size() || !std::isfinite(v)) return std::nullopt;
    return v;
  };
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) return number(text);
  const auto above = number(std::string_view(text).substr(0, slash)), below = number(std::string_view(text).substr(slash + 1));
  if (!above || !below || *below == 0) return std::nullopt;
  return *above / *below;
}

std::function<std::string(const std::string&)> between(double least, double most) {
  return [least, most](const std::string& text) {
    const auto v = fraction(text);
    return v && *v >= least && *v <= most ? std::string() : "'" + text + "' is no number such as 0.3 or 2/255 that serves here";
  };
}

}  // namespace duolex::cli
