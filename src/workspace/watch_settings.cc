#include "workspace/watch_settings.h"

#include <algorithm>

#include "base/file.h"
#include "text/node.h"

namespace duolex::workspace {
namespace {

using text::Node;

class Reader {
 public:
  explicit Reader(const std::string& bytes) : bytes_(bytes) {}
  Diagnostics errors;

  void error(const Node& node, const std::string& message, const std::string& hint = "") { errors.push_back(error_about(node, bytes_, message, hint)); }

  bool map(const Node& node, const std::vector<std::string>& known) {
    if (node.kind != Node::Kind::mapping) {
      error(node, "this is " + describe(node) + ", and should be a map");
      return false;
    }
    for (const Node& key : node.keys) {
      if (std::find(known.begin(), known.end(), key.text) != known.end()) continue;
      const std::string near = nearest_name(key.text, known);
      error(key, "'" + key.text + "' is not known here", near.empty() ? "" : "did you mean '" + near + "'?");
    }
    return true;
  }
  std::string text(const Node& map, const char* key, bool required = false) {
    const Node* node = map.find(key);
    if (node == nullptr || node->kind == Node::Kind::null) {
      if (required) error(map, std::string("'") + key + "' is missing");
      return "";
    }
    return word(*node);
  }
  std::string word(const Node& node) {
    const bool control = std::any_of(node.text.begin(), node.text.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; });
    if (node.kind == Node::Kind::mapping || node.kind == Node::Kind::sequence || node.text.empty() || control) {
      error(node, "this should be text on one line");
      return "";
    }
    return node.text;
  }
  int number(const Node& map, const char* key, int otherwise, int most) {
    const Node* node = map.find(key);
    if (node == nullptr) return otherwise;
    if (node->kind != Node::Kind::integer || node->integer < 1 || node->integer > most) {
      error(*node, std::string("'") + key + "' is a number from 1 to " + std::to_string(most));
      return otherwise;
    }
    return static_cast<int>(node->integer);
  }
  std::vector<std::string> words(const Node& map, const char* key) {
    std::vector<std::string> out;
    const Node* node = map.find(key);
    if (node == nullptr) return out;
    if (node->kind != Node::Kind::sequence || node->items.empty()) error(*node, std::string("'") + key + "' is a list of words");
    else
      for (const Node& item : node->items) out.push_back(word(item));
    return out;
  }

 private:
  const std::string& bytes_;
};

// What is sent says where a product can be attacked: over the network only in cipher.
bool may_be_sent_to(const std::string& url) {
  if (url.starts_with("https://")) return url.size() > 8;
  for (const char* own : {"http://127.0.0.1", "http://localhost", "http://[::1]"})
    if (url.starts_with(own)) {
      const std::string rest = url.substr(std::string(own).size());
      return rest.empty() || rest[0] == ':' || rest[0] == '/';
    }
  return false;
}

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
  if (!way.webhook.empty() && !may_be_sent_to(way.webhook)) reader.error(*node.find("webhook"), "a webhook is https://…", "http:// only on this machine");
  if (!way.token_file.empty() && way.webhook.empty()) reader.error(*node.find("token_file"), "a token belongs to a webhook");
  for (const std::string& kind : way.kinds)
    if (std::find(std::begin(alert_kinds), std::end(alert_kinds), kind) == std::end(alert_kinds))
      reader.error(*node.find("kinds"), "'" + kind + "' is no kind of alert", "candidate, findings, deadline, ending");
  return way;
}

}  // namespace

namespace {

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
    const Node* format = root->find("format");
    if (format == nullptr || format->kind != Node::Kind::integer || format->integer != 1) reader.error(format == nullptr ? *root : *format, "the file begins with format: 1");
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
