#include "workspace/watch/watch_settings.h"

#include <algorithm>

#include "base/file.h"
#include "workspace/system/settings_reader.h"

namespace duolex::workspace {
namespace {

using text::Node;
using Reader = SettingsReader;

AlertWay read_way(Reader& reader, const Node& node) {
  AlertWay way;
  if (!reader.map(node, {"name", "command", "webhook", "token_file", "kinds", "time_limit_seconds", "attempts"})) return way;
  way.name = reader.text(node, "name", true);
  way.command = reader.words(node, "command");
  way.webhook = reader.text(node, "webhook");
  way.token_file = reader.text(node, "token_file");
  way.kinds = reader.words(node, "kinds");
  way.time_limit_seconds = reader.number(node, "time_limit_seconds", 30, 600);
  way.attempts = reader.number(node, "attempts", 3, 10);
  if (way.command.empty() == way.webhook.empty()) reader.error(node, "a way of telling is a command or a webhook", "command: [program, argument], or webhook: https://…");
  // What is sent says where a product can be attacked.
  if (!way.webhook.empty() && !safe_address(way.webhook)) reader.error(*node.find("webhook"), "a webhook is https://…", "http:// only on this machine");
  if (!way.token_file.empty() && way.webhook.empty()) reader.error(*node.find("token_file"), "a token belongs to a webhook");
  for (const std::string& kind : way.kinds)
    if (std::find(std::begin(alert_kinds), std::end(alert_kinds), kind) == std::end(alert_kinds))
      reader.error(*node.find("kinds"), "'" + kind + "' is no kind of alert", "candidate, findings, deadline, ending");
  return way;
}

// An address may hold a secret: no line of the file is shown.
Failure without_lines(Diagnostics errors) {
  for (Diagnostic& d : errors) {
    d.source_line.clear();
    for (RelatedPlace& r : d.related) r.source_line.clear();
  }
  return failure(std::move(errors));
}

}  // namespace

Result<WatchSettings> read_watch_settings(const std::string& file, const std::string& bytes) {
  const auto root = text::read_yaml(file, bytes);
  if (!root) return without_lines(root.error());
  Reader reader(bytes);
  WatchSettings out;
  if (reader.map(*root, {"format", "index", "time_zone", "within_days", "alerts"})) {
    reader.format(*root);
    out.index = reader.text(*root, "index");
    out.time_zone = reader.text(*root, "time_zone");
    out.within_days = reader.number(*root, "within_days", 90, 36500);
    if (const Node* alerts = root->find("alerts")) {
      if (alerts->kind != Node::Kind::sequence) reader.error(*alerts, "'alerts' is a list");
      for (const Node& item : alerts->items) {
        AlertWay way = alerts->kind == Node::Kind::sequence ? read_way(reader, item) : AlertWay{};
        if (std::any_of(out.alerts.begin(), out.alerts.end(), [&](const AlertWay& w) { return w.name == way.name; })) reader.error(item, "'" + way.name + "' is named twice");
        out.alerts.push_back(std::move(way));
      }
    }
  }
  if (!reader.errors.empty()) return without_lines(std::move(reader.errors));
  return out;
}

Result<WatchSettings> watch_settings_of(const std::filesystem::path& portfolio) {
  const std::filesystem::path path = portfolio / "watch.yaml";
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return WatchSettings{};
  const auto bytes = read_file(path, std::size_t{1} << 20);
  if (!bytes) return failure(bytes.error());
  return read_watch_settings(path.string(), *bytes);
}

}  // namespace duolex::workspace
