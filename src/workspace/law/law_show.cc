#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>

#include "law/citations.h"
#include "law/words.h"
#include "text/json_out.h"
#include "workspace/law/law_commands.h"
#include "workspace/law/law_output.h"
#include "workspace/law/law_reader.h"

namespace duolex::workspace {
namespace {

using Json = nlohmann::ordered_json;

ExitCode refused(const Diagnostics& errors, std::ostream& err) {
  err << render(errors);
  return ExitCode::bad_input;
}

std::string at(const Span& span) { return span.file + ":" + std::to_string(span.line); }

void line_of(std::ostream& out, const std::string& head, const std::vector<std::string>& names) {
  if (names.empty()) return;
  out << head;
  for (std::size_t i = 0; i < names.size(); ++i) out << (i == 0 ? " " : ", ") << names[i];
  out << "\n";
}

void indented(std::ostream& out, const std::string& text, const std::string& indent) {
  for (std::size_t from = 0; from <= text.size();) {
    std::size_t end = text.find('\n', from);
    if (end == std::string::npos) end = text.size();
    out << indent << text.substr(from, end - from) << "\n";
    from = end + 1;
  }
}

class Shower {
 public:
  Shower(const LawShowRequest& request, const law::Law& law, const law::Words* words, std::ostream& out)
      : request_(request), law_(law), words_(words), out_(out) {}

  bool one() {
    const auto shown = look_up(law_, request_.name);
    if (!shown) return false;
    if (request_.json) {
      thing_json(*shown);
    } else {
      thing(*shown);
    }
    return true;
  }

  bool provision() {
    const std::string& id = request_.name;
    const std::string below = id + "/";
    struct Place {
      std::string provision, what, name;
      Span span;
    };
    std::vector<Place> places;
    for (const law::Citation& c : law::citations(law_.base))
      if (c.cite->provision == id || c.cite->provision.rfind(below, 0) == 0)
        places.push_back({c.cite->provision, c.what, c.id, placed(c.cite->span, request_.law)});
    if (places.empty() && !law_.provisions.exists(id)) return false;
    std::stable_sort(places.begin(), places.end(), [](const Place& a, const Place& b) { return a.provision < b.provision; });
    if (request_.json) {
      Json json = provision_json(id);
      json["cited_by"] = Json::array();
      for (const Place& p : places)
        json["cited_by"].push_back({{"provision", p.provision}, {"what", p.what}, {"id", p.name}, {"place", to_json(p.span)}});
      out_ << text::to_json_text(json, text::JsonLayout::pretty);
      return true;
    }
    out_ << id << (law_.provisions.exists(id) ? "" : " is in no list of provisions") << "\n";
    quote(id, "  ");
    if (places.empty()) out_ << "No rule cites it.\n";
    std::string last;
    for (const Place& p : places) {
      if (p.provision != last) out_ << "\n" << p.provision << " is cited by\n";
      last = p.provision;
      out_ << "  " << at(p.span) << "  " << p.what << " " << p.name << "\n";
    }
    return true;
  }

  void contents() {
    std::map<std::string, std::map<std::string, std::vector<std::string>>> files;
    const auto add = [&](const char* what, const auto& things) {
      for (const auto& thing : things) files[thing.span.file][what].push_back(thing.id);
    };
    const rules::RuleBase& b = law_.base;
    add("texts", b.texts);
    add("facts", b.facts);
    add("states", b.states);
    add("days", b.days);
    add("ambiguities", b.ambiguities);
    add("notes", b.notes);
    add("duties", b.duties);
    add("controls", b.controls);
    add("items", b.items);
    for (const rules::Rule& r : b.rules) files[r.span.file][r.is_conclusion ? "conclusions" : "definitions"].push_back(r.id);
    for (const rules::Invariant& i : b.invariants) files[i.span.file]["invariants"].push_back(i.title);
    for (const rules::Warning& w : b.warnings) files[w.span.file]["warnings"].push_back(w.text);
    if (request_.json) return contents_json(files);
    for (const auto& [file, kinds] : files) {
      out_ << placed({file, 0, 0, 0, 0}, request_.law).file << ":";
      bool first = true;
      for (const auto& [kind, names] : kinds) {
        out_ << (first ? " " : ", ") << names.size() << " " << kind;
        first = false;
      }
      out_ << "\n";
    }
    out_ << "\nConclusions\n";
    for (const rules::Index c : b.conclusions)
      out_ << "  " << b.rules[c].id << (b.rules[c].label.empty() ? "" : "  " + b.rules[c].label) << "\n";
    out_ << "\nRule base " << law_.version << ", SHA-256 " << b.sha256 << "\n";
  }

 private:
  void contents_json(const std::map<std::string, std::map<std::string, std::vector<std::string>>>& files) {
    Json json = {{"law", law_.version}, {"law_sha256", law_.base.sha256}};
    json["files"] = Json::array();
    for (const auto& [file, kinds] : files) {
      Json entry = {{"file", placed({file, 0, 0, 0, 0}, request_.law).file}};
      for (const auto& [kind, names] : kinds) entry[kind] = names;
      json["files"].push_back(std::move(entry));
    }
    json["conclusions"] = Json::array();
    for (const rules::Index c : law_.base.conclusions)
      json["conclusions"].push_back({{"id", law_.base.rules[c].id}, {"label", law_.base.rules[c].label}});
    out_ << text::to_json_text(json, text::JsonLayout::pretty);
  }

  void thing(const Shown& s) {
    out_ << s.what << " " << s.id << (s.label.empty() ? "" : "  " + s.label) << "\n"
         << at(placed(s.span, request_.law)) << "\n\n";
    out_ << s.source << "\n";
    line_of(out_, "uses:", s.uses);
    if (s.facts != s.uses) line_of(out_, "comes down to " + std::to_string(s.facts.size()) + " facts:", s.facts);
    if (!s.used_by.empty()) out_ << "used by:\n";
    for (const std::string& user : s.used_by) out_ << "  " << user << "\n";
    if (!s.cites.empty()) out_ << "cites:\n";
    for (const std::string& cite : s.cites) {
      out_ << "  " << cite << (law_.provisions.exists(cite) ? "" : "  (in no list of provisions)") << "\n";
      quote(cite, "      ");
    }
  }

  void thing_json(const Shown& s) {
    Json json = {{"what", s.what}, {"id", s.id}, {"label", s.label}, {"place", to_json(placed(s.span, request_.law))},
                 {"source", s.source}, {"uses", s.uses}, {"facts", s.facts}, {"used_by", s.used_by}};
    json["cites"] = Json::array();
    for (const std::string& cite : s.cites) json["cites"].push_back(provision_json(cite));
    out_ << text::to_json_text(json, text::JsonLayout::pretty);
  }

  Json provision_json(const std::string& id) {
    Json json = {{"provision", id}, {"listed", law_.provisions.exists(id)}};
    if (const std::string hash = law_.provisions.hash(id); !hash.empty()) json["sha256"] = hash;
    if (const std::string* const words = words_ != nullptr ? words_->of(id) : nullptr) json["words"] = *words;
    return json;
  }

  void quote(const std::string& id, const std::string& indent) {
    const std::string* const words = words_ != nullptr ? words_->of(id) : nullptr;
    if (words != nullptr) indented(out_, *words, indent);
  }

  const LawShowRequest& request_;
  const law::Law& law_;
  const law::Words* words_;
  std::ostream& out_;
};

}  // namespace

ExitCode law_show(const LawShowRequest& request, std::ostream& out, std::ostream& err) {
  const auto law = law::load(request.law);
  if (!law) return refused(law.error(), err);
  std::optional<law::Words> words;
  if (request.law_text) {
    auto read = law::Words::read(*request.law_text, (*law)->provisions);
    if (!read) return refused(read.error(), err);
    words = std::move(*read);
  }
  Shower shower(request, **law, words ? &*words : nullptr, out);
  if (request.name.empty()) {
    shower.contents();
  } else if (!shower.one() && !shower.provision()) {
    std::string near = nearest_name(request.name, all_ids((*law)->base));
    if (near.empty()) near = (*law)->provisions.nearest(request.name);
    return refused({error_in("", "the rule base has no '" + request.name + "'", near.empty() ? "" : "did you mean '" + near + "'?")}, err);
  }
  out.flush();
  if (!out) {
    err << "error: the answer cannot be written\n";
    return ExitCode::cannot_write;
  }
  return ExitCode::clear;
}

}  // namespace duolex::workspace
