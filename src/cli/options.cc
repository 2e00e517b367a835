#include "cli/options.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <ctime>

namespace duolex::cli {

Day today() {
  const auto now = std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now());
  return Day{static_cast<std::int32_t>(now.time_since_epoch().count())};
}

std::string now() {
  const std::time_t at = std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&at, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

void add_day(CLI::App& command, const std::string& name, std::string& day, const std::string& help) {
  command.add_option(name, day, help)->check([](const std::string& text) {
    return parse_day(text) ? std::string() : "'" + text + "' is not a date as YYYY-MM-DD";
  });
}

void AsOf::add(CLI::App& command) { add_day(command, "--as-of", given, "The day to decide for, YYYY-MM-DD (default: today)"); }

Day AsOf::day() const {
  if (const auto day = parse_day(given)) return *day;
  return today();
}

void add_format(CLI::App& command, std::string& format) { add_format(command, format, {"text", "json"}); }

void add_format(CLI::App& command, std::string& format, const std::vector<std::string>& formats) {
  std::string help;
  for (std::size_t i = 0; i < formats.size(); ++i) help += (i == 0 ? "" : i + 1 == formats.size() ? " or " : ", ") + formats[i];
  command.add_option("--format", format, help)->check(CLI::IsMember(formats))->capture_default_str();
}

void add_law(CLI::App& command, std::optional<std::filesystem::path>& law) {
  command.add_option("--law", law, "A law folder in place of the built-in rule base");
}

CLI::App& probe_command(Program& program) {
  const auto made = program.app.get_subcommands([](const CLI::App* command) { return command->get_name() == "probe"; });
  if (!made.empty()) return *made.front();
  CLI::App* const probe = program.app.add_subcommand("probe", "AI-specific threats, tested on the product's own model and data");
  probe->require_subcommand(1);
  return *probe;
}

}  // namespace duolex::cli
