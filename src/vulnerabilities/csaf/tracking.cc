#include <algorithm>
#include <charconv>

#include "sbom/structure.h"
#include "vulnerabilities/csaf/checker.h"
#include "vulnerabilities/vex/instant.h"

namespace duolex::vulnerabilities::csaf {
namespace {

// A version of a document: a whole number, or one as SemVer has it.
struct Version {
  bool whole = true;
  std::vector<std::string> numbers;        // one, or three
  std::vector<std::string> pre;            // of the pre-release
  std::string without_build;
  [[nodiscard]] bool zero() const { return numbers.front() == "0"; }
};

std::vector<std::string> parts(std::string_view list, char by) {
  std::vector<std::string> out;
  while (!list.empty()) {
    const std::size_t at = std::min(list.find(by), list.size());
    out.emplace_back(list.substr(0, at));
    list.remove_prefix(std::min(at + 1, list.size()));
  }
  return out;
}

std::optional<Version> parse(const std::string& written) {
  if (!sbom::looks_like("csaf-version", written)) return std::nullopt;
  Version out;
  std::string_view rest = std::string_view(written).substr(0, written.find('+'));
  out.without_build = rest;
  if (const std::size_t dash = rest.find('-'); dash != std::string_view::npos) {
    out.pre = parts(rest.substr(dash + 1), '.');
    rest = rest.substr(0, dash);
  }
  out.numbers = parts(rest, '.');
  out.whole = out.numbers.size() == 1;
  return out;
}

// Whole numbers without leading zeros, of any length.
int compare_numbers(const std::string& a, const std::string& b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

bool is_number(const std::string& s) { return std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; }); }

int compare(const Version& a, const Version& b) {
  for (std::size_t i = 0; i < std::min(a.numbers.size(), b.numbers.size()); ++i)
    if (const int order = compare_numbers(a.numbers[i], b.numbers[i]); order != 0) return order;
  if (a.pre.empty() != b.pre.empty()) return a.pre.empty() ? 1 : -1;
  for (std::size_t i = 0; i < std::min(a.pre.size(), b.pre.size()); ++i) {
    const bool x = is_number(a.pre[i]), y = is_number(b.pre[i]);
    const int order = x && y ? compare_numbers(a.pre[i], b.pre[i]) : x != y ? (x ? -1 : 1) : a.pre[i].compare(b.pre[i]);
    if (order != 0) return order;
  }
  return a.pre.size() < b.pre.size() ? -1 : a.pre.size() > b.pre.size();
}

struct Revision {
  Value at, number_at;
  vex::Instant date;
  Version number;
};

std::string plus_one(std::string number) {
  for (std::size_t i = number.size(); i-- > 0;) {
    if (number[i] != '9') return ++number[i], number;
    number[i] = '0';
  }
  return "1" + number;
}

}  // namespace

void check_tracking(const Value root, Report& report) {
  const Value tracking = root.find("document").find("tracking"), version_at = tracking.find("version");
  const std::string status = text(tracking.find("status"));
  const bool released = status == "final" || status == "interim";
  const auto version = parse(text(version_at));
  std::vector<Revision> history;
  std::set<std::string> numbers;
  bool whole = version && version->whole, semantic = version && !version->whole;
  for (const Value item : items(tracking.find("revision_history"))) {
    const Value number_at = item.find("number");
    auto number = parse(text(number_at));
    auto date = vex::parse_instant(text(item.find("date")));
    if (!number || !date) continue;  // the structure says so
    if (!numbers.insert(text(number_at)).second) report.add("6.1.22", number_at, "the version " + text(number_at) + " stands in the history more than once");
    if (released && number->zero()) report.add("6.1.18", number_at, "a released document has the version " + text(number_at) + " in its history");
    if (!number->pre.empty()) report.add("6.1.19", number_at, "the history has an entry for the pre-release " + text(number_at));
    (number->whole ? whole : semantic) = true;
    history.push_back({item, number_at, std::move(*date), std::move(*number)});
  }
  if (whole && semantic) report.add("6.1.30", version_at ? version_at : tracking, "whole numbers and semantic versions are mixed");
  if (version && (version->zero() || !version->pre.empty()) && status != "draft") report.add("6.1.17", version_at, "a document of version " + text(version_at) + " has to be a draft");
  if (version && released && !version->pre.empty()) report.add("6.1.20", version_at, "a released document has the pre-release version " + text(version_at));
  if (history.empty()) return;
  // By date, then by version: in that order the versions have to rise.
  std::stable_sort(history.begin(), history.end(), [](const Revision& a, const Revision& b) {
    const auto order = a.date.order(b.date);
    return order != 0 ? order < 0 : compare(a.number, b.number) < 0;
  });
  for (std::size_t i = 1; i < history.size(); ++i)
    if (compare(history[i - 1].number, history[i].number) > 0)
      report.add("6.1.14", history[i].at, "by date the version " + text(history[i].number_at) + " follows " + text(history[i - 1].number_at));
  if (version) {
    const Version& last = history.back().number;
    // Of a draft the pre-release part does not count, build metadata never.
    const bool same = status == "draft" ? version->numbers == last.numbers : version->without_build == last.without_build;
    if (!same) report.add("6.1.16", version_at, "the document's version is " + text(version_at) + ", and the newest entry of the history " + text(history.back().number_at));
  }
  std::vector<Version> rising;
  for (const Revision& r : history) rising.push_back(r.number);
  std::stable_sort(rising.begin(), rising.end(), [](const Version& a, const Version& b) { return compare(a, b) < 0; });
  if (rising.front().numbers.front() != "0" && rising.front().numbers.front() != "1")
    report.add("6.1.21", history.front().number_at, "the history begins with the version " + rising.front().without_build);
  for (std::size_t i = 1; i < rising.size(); ++i) {
    const std::string &before = rising[i - 1].numbers.front(), &after = rising[i].numbers.front();
    if (compare_numbers(after, plus_one(before)) > 0) report.add("6.1.21", tracking.find("revision_history"), "between the versions " + before + " and " + after + " the history has a gap");
  }
}

}  // namespace duolex::vulnerabilities::csaf
