#include "law/coverage.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

namespace duolex::law {
namespace {

constexpr const char* file_name = "coverage.txt";

struct Line {
  std::uint32_t number = 0;
  std::vector<std::string> by;
  std::string reason;
  bool used = false;
};

bool within(const std::string& provision, const std::string& range) {
  return provision == range || (provision.size() > range.size() && provision.starts_with(range) && provision[range.size()] == '/');
}

class Reader {
 public:
  Reader(const Law& law, const std::string& text) : law_(law), text_(text) {
    for (const rules::Duty& d : law.base.duties) take(d.id, d.cites);
    for (const rules::Control& c : law.base.controls) take(c.id, c.cites);
    for (const rules::DocumentItem& i : law.base.items) take(i.id, i.cites);
  }

  Result<Coverage> run() {
    std::istringstream in(text_);
    std::string line;
    for (std::uint32_t number = 1; std::getline(in, line); ++number) read(line, number);
    for (const std::string& range : out_.ranges) cover(range);
    for (const auto& [provision, l] : lines_)
      if (!l.used) wrong(l.number, "'" + provision + "' and all below it are cited by what answers them, or are in no range", "remove the line");
    if (!errors_.empty()) return failure(std::move(errors_));
    return std::move(out_);
  }

 private:
  void take(const std::string& id, const rules::Cites& cites) {
    ids_.insert(id);
    for (const rules::Cite& c : cites) cited_[c.provision].insert(id);
  }

  void wrong(std::uint32_t number, const std::string& message, const std::string& hint = "") {
    Diagnostic d = error_in(file_name, message, hint);
    d.span.line = number;
    d.span.column = 1;
    errors_.push_back(std::move(d));
  }

  void read(const std::string& line, std::uint32_t number) {
    if (line.empty() || line[0] == '#') return;
    std::istringstream words(line);
    std::string provision, kind;
    words >> provision >> kind;
    const bool range = provision == "range";
    if (range) provision = kind;
    if (!law_.provisions.exists(provision)) return wrong(number, "there is no provision '" + provision + "'");
    if (range) return out_.ranges.push_back(provision);
    Line l;
    l.number = number;
    std::string rest;
    std::getline(words >> std::ws, rest);
    if (kind == "none" && !rest.empty()) {
      l.reason = rest;
    } else if (kind == "by" && !rest.empty()) {
      std::istringstream list(rest);
      std::string id;
      while (std::getline(list >> std::ws, id, ',')) {
        if (!ids_.contains(id)) wrong(number, "there is no duty, control or item '" + id + "'");
        l.by.push_back(id);
      }
      std::sort(l.by.begin(), l.by.end());
    } else {
      return wrong(number, "is no line of the coverage", "PROVISION by ID, ID; or PROVISION none REASON");
    }
    if (!lines_.emplace(provision, std::move(l)).second) wrong(number, "'" + provision + "' has a line already");
  }

  void cover(const std::string& range) {
    const std::vector<std::string> all = law_.provisions.ids(range.substr(0, range.find('/')));
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::string& p = all[i];
      if (!within(p, range)) continue;
      const bool has_parts = std::any_of(all.begin(), all.end(), [&](const std::string& q) { return q != p && within(q, p); });
      if (has_parts) continue;
      CoveredProvision c;
      c.provision = p;
      // What cites the provision or what it is a part of, up to the range.
      for (std::string at = p;; at.resize(at.rfind('/'))) {
        if (const auto found = cited_.find(at); found != cited_.end()) c.by.insert(c.by.end(), found->second.begin(), found->second.end());
        if (at == range) break;
      }
      c.cited = !c.by.empty();
      if (!c.cited) {
        for (std::string at = p;; at.resize(at.rfind('/'))) {
          if (const auto line = lines_.find(at); line != lines_.end()) {
            line->second.used = true;
            c.by = line->second.by;
            c.reason = line->second.reason;
            break;
          }
          if (at == range) break;
        }
      }
      std::sort(c.by.begin(), c.by.end());
      c.by.erase(std::unique(c.by.begin(), c.by.end()), c.by.end());
      out_.provisions.push_back(std::move(c));
    }
  }

  const Law& law_;
  const std::string& text_;
  std::set<std::string> ids_;
  std::map<std::string, std::set<std::string>> cited_;
  std::map<std::string, Line> lines_;
  Coverage out_;
  Diagnostics errors_;
};

}  // namespace

Result<Coverage> coverage(const Law& law) {
  const std::string* text = law.text_of(file_name);
  if (text == nullptr) return failure(error_in(file_name, "the law folder has no such file"));
  return Reader(law, *text).run();
}

}  // namespace duolex::law
