#include "vulnerabilities/feeds/osv.h"

#include <algorithm>
#include <optional>

namespace duolex::vulnerabilities::feeds {
namespace {

constexpr std::size_t longest_id = 200;
constexpr std::size_t longest_summary = 160;
constexpr std::size_t most_affected = 100'000;
constexpr std::size_t most_events = 100'000;
constexpr std::size_t most_versions = 200'000;  // listed in a record; an event counts as several
constexpr std::size_t cost_of_event = 10;       // it is read again for every finding
constexpr std::size_t most_ids = 20'000;

// For a message: what stands there, without its own controls and not all of it.
std::string shown(std::string_view given) {
  std::string out(given.substr(0, 80));
  for (char& c : out)
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  return "'" + out + "'";
}

// "2024-01-02T03:04:05Z", with or without a fraction; or with an offset in place of the Z.
bool is_time(std::string_view t) {
  const bool offset = t.size() >= 25 && (t[t.size() - 6] == '+' || t[t.size() - 6] == '-') && t[t.size() - 3] == ':';
  if (t.size() < 20 || (t.back() != 'Z' && !offset) || t[4] != '-' || t[7] != '-' || t[10] != 'T' || t[13] != ':' || t[16] != ':') return false;
  for (const std::size_t i : {0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18})
    if (t[i] < '0' || t[i] > '9') return false;
  return t.size() <= 40;
}

bool is_name(std::string_view text, std::size_t longest) {
  return !text.empty() && text.size() <= longest &&
         std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

std::string read_times(const Json& record, Advisory& out) {
  struct Field {
    const char* key;
    std::string* value;
  };
  for (const Field& f : {Field{"modified", &out.modified}, Field{"published", &out.published}, Field{"withdrawn", &out.withdrawn}}) {
    const auto value = get(record, f.key);
    if (!value) continue;
    const auto time = text(*value);
    if (!time || !is_time(*time)) return std::string("'") + f.key + "' is no time such as 2024-01-02T03:04:05Z";
    *f.value = *time;
    if (f.value->ends_with("+00:00")) f.value->replace(f.value->size() - 6, 6, "Z");
  }
  return out.modified.empty() ? "'modified' is missing" : "";
}

std::string read_ids(const Json& record, const char* key, std::vector<std::string>& out) {
  const auto value = get(record, key);
  if (!value) return "";
  const auto ids = list(*value);
  if (!ids) return std::string("'") + key + "' is no list";
  for (const Json id : *ids) {
    const auto name = text(id);
    if (!name || !is_name(*name, longest_id)) return std::string("'") + key + "' holds something that is no id";
    if (out.size() == most_ids) return std::string("'") + key + "' has too many ids";
    out.emplace_back(*name);
  }
  return "";
}

constexpr const char* too_many_versions = "the record states too many versions";

std::string read_events(const Json& range, Range& out) {
  const auto value = get(range, "events");
  const auto events = value ? list(*value) : std::nullopt;
  if (!events) return "a range has no list of events";
  for (const Json event : *events) {
    simdjson::dom::object fields;
    if (event.get(fields) != simdjson::SUCCESS) return "an event is no object";
    for (const auto field : fields) {
      Event e;
      if (field.key == "introduced") e.kind = Event::Kind::introduced;
      else if (field.key == "fixed") e.kind = Event::Kind::fixed;
      else if (field.key == "last_affected") e.kind = Event::Kind::last_affected;
      else if (field.key == "limit") e.kind = Event::Kind::limit;
      else return "an event says " + shown(field.key) + "; it can say introduced, fixed, last_affected or limit";
      const auto version = text(field.value);
      if (!version || !is_name(*version, 4096)) return "the version of an event is no text";
      e.version = *version;
      out.events.push_back(std::move(e));
      if (out.events.size() > most_events) return "a range has too many events";
    }
  }
  const bool starts = std::any_of(out.events.begin(), out.events.end(), [](const Event& e) { return e.kind == Event::Kind::introduced; });
  return starts ? "" : "a range has no event 'introduced'";
}

std::string read_ranges(const Json& affected, Affected& out, std::size_t& left) {
  const auto value = get(affected, "ranges");
  if (!value) return "";
  const auto ranges = list(*value);
  if (!ranges) return "'ranges' is no list";
  for (const Json range : *ranges) {
    Range r;
    const std::string_view type = text_at(range, "type");
    if (type == "SEMVER") r.type = Range::Type::semver;
    else if (type == "ECOSYSTEM") r.type = Range::Type::ecosystem;
    else if (type == "GIT") r.type = Range::Type::git;
    else return "the type of a range is " + shown(type) + "; it can be SEMVER, ECOSYSTEM or GIT";
    if (const std::string wrong = read_events(range, r); !wrong.empty()) return wrong;
    if (r.events.size() * cost_of_event > left) return too_many_versions;
    left -= r.events.size() * cost_of_event;
    out.ranges.push_back(std::move(r));
  }
  return "";
}

std::string read_affected(const Json& affected, Affected& out, std::size_t& left) {
  if (const auto package = get(affected, "package")) {
    out.ecosystem = text_at(*package, "ecosystem");
    out.name = text_at(*package, "name");
    out.purl = text_at(*package, "purl");
    if (!is_name(out.ecosystem, 200) || !is_name(out.name, 2000)) return "a package has no ecosystem or no name";
    if (!out.purl.empty() && !is_name(out.purl, 4000)) return "the purl of a package is no text";
  }
  if (const std::string wrong = read_ranges(affected, out, left); !wrong.empty()) return wrong;
  if (const auto value = get(affected, "versions")) {
    const auto versions = list(*value);
    if (!versions) return "'versions' is no list";
    for (const Json version : *versions) {
      const auto name = text(version);
      if (!name || !is_name(*name, 4096)) return "'versions' holds something that is no version";
      if (left == 0) return too_many_versions;
      --left;
      out.versions.emplace_back(*name);
    }
  }
  return "";
}

std::string first_severity(const Json& of) {
  if (const auto severity = get(of, "severity"))
    if (const auto scores = list(*severity))
      for (const Json score : *scores)
        if (const std::string_view said = text_at(score, "score"); !said.empty()) return std::string(said.substr(0, 200));
  return "";
}

}  // namespace

std::string read_osv(const Json& record, Advisory& out) {
  const auto id = get(record, "id");
  const auto name = id ? text(*id) : std::nullopt;
  if (!name || !is_name(*name, longest_id) || name->find(' ') != std::string_view::npos) return "'id' is no id";
  out.id = *name;
  if (const std::string wrong = read_times(record, out); !wrong.empty()) return wrong;
  for (const auto& [key, ids] : {std::pair{"aliases", &out.aliases}, std::pair{"upstream", &out.upstream}, std::pair{"related", &out.related}})
    if (const std::string wrong = read_ids(record, key, *ids); !wrong.empty()) return wrong;
  std::string_view summary = text_at(record, "summary");
  if (summary.size() > longest_summary) {
    summary = summary.substr(0, longest_summary);
    while (!summary.empty() && (static_cast<unsigned char>(summary.back()) & 0xc0) == 0x80) summary.remove_suffix(1);
    if (!summary.empty() && static_cast<unsigned char>(summary.back()) >= 0xc0) summary.remove_suffix(1);
  }
  out.summary = summary;
  out.severity = first_severity(record);
  std::optional<std::string> of_packages;  // what all say that say anything; "" when they differ
  if (const auto value = get(record, "affected")) {
    const auto affected = list(*value);
    if (!affected) return "'affected' is no list";
    if (affected->size() > most_affected) return "'affected' has too many entries";
    std::size_t left = most_versions;
    for (const Json entry : *affected) {
      Affected a;
      if (const std::string wrong = read_affected(entry, a, left); !wrong.empty()) return wrong;
      if (const std::string said = first_severity(entry); !said.empty()) of_packages = !of_packages || *of_packages == said ? said : "";
      a.every_version = a.ecosystem == "AI:file";  // a hash has no versions
      if (!a.name.empty()) out.affected.push_back(std::move(a));
    }
  }
  if (out.severity.empty() && of_packages) out.severity = *of_packages;
  return "";
}

}  // namespace duolex::vulnerabilities::feeds
