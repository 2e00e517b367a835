#include <algorithm>
#include <map>
#include <set>

#include "changes/signals.h"

namespace duolex::changes {
namespace {

const std::vector<std::string> both = {"CRA/art/3/30", "AIA/art/3/23"};

// Words alone: case, punctuation and spaces do not change a purpose.
std::string words_of(const std::string& text) {
  std::string out;
  bool gap = false;
  for (const char raw : text) {
    const auto c = static_cast<unsigned char>(raw);
    const bool letter = c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter) {
      if (gap && !out.empty()) out += ' ';
      gap = false;
      out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : raw;
    } else {
      gap = true;
    }
  }
  return out;
}

void add_purpose(const ReleaseView& before, const ReleaseView& after, Signals& signals) {
  const std::string &was = before.dossier->intended_purpose, &is = after.dossier->intended_purpose;
  if (was == is) return;
  const bool words = words_of(was) != words_of(is);
  signals.push_back({"intended_purpose", "intended purpose", words ? "The intended purpose is described in other words" : "The intended purpose is written otherwise, in the same words", was, is,
                     words ? Weight::presumed : Weight::none, words ? Weight::presumed : Weight::none,
                     words ? "both acts look at the purpose that was assessed; a person must show that it is the same" : "case, punctuation and spaces alone differ", both});
}

std::string files(std::size_t count) { return std::to_string(count) + (count == 1 ? " file" : " files"); }

void add_own_code(const ReleaseView& before, const ReleaseView& after, Signals& signals) {
  const auto hashes = [](const ReleaseView& view) {
    std::set<std::string> set;
    for (const dossier::Artefact* a : view.artefacts("software")) set.insert(a->sha256);
    return set;
  };
  const std::set<std::string> was = hashes(before), is = hashes(after);
  if (was.empty() || is.empty()) {
    const ReleaseView& bare = was.empty() ? before : after;
    signals.push_back({"own_code_missing", bare.title(), "The product's own code of " + bare.title() + " is not among its artefacts", "", "", Weight::unknown, Weight::unknown,
                       "a change in it cannot be seen; name what is placed on the market as an artefact of kind 'software'", both});
  } else if (was != is) {
    signals.push_back({"own_code", "own code", "The product's own code changed", files(was.size()), files(is.size()), Weight::review, Weight::review,
                       "hashes show that it changed, not how", both});
  }
}

void compare_lists(const std::vector<std::string>& was, const std::vector<std::string>& is, const Signal& added, const Signal& removed, Signals& signals) {
  for (const std::string& w : is)
    if (std::find(was.begin(), was.end(), w) == was.end()) {
      Signal s = added;
      s.subject = s.after = w;
      s.what += ": " + w;
      signals.push_back(std::move(s));
    }
  for (const std::string& w : was)
    if (std::find(is.begin(), is.end(), w) == is.end()) {
      Signal s = removed;
      s.subject = s.before = w;
      s.what += ": " + w;
      signals.push_back(std::move(s));
    }
}

void add_operation(const ReleaseView& before, const ReleaseView& after, Signals& signals) {
  const dossier::Operation &was = before.release->operation, &is = after.release->operation;
  const std::map<std::string, std::string> old(was.thresholds.begin(), was.thresholds.end()), now(is.thresholds.begin(), is.thresholds.end());
  std::set<std::string> names;
  for (const auto& [name, value] : old) names.insert(name);
  for (const auto& [name, value] : now) names.insert(name);
  for (const std::string& name : names) {
    const auto a = old.find(name), b = now.find(name);
    const std::string from = a == old.end() ? "" : a->second, to = b == now.end() ? "" : b->second;
    if (from == to) continue;
    signals.push_back({"thresholds", name, "The threshold " + name + " is another", from, to, Weight::review, Weight::presumed,
                       "a threshold decides which errors the system makes; its accuracy was shown at the other one", {"CRA/art/3/30", "AIA/art/3/23", "AIA/art/15/1"}});
  }
  compare_lists(was.labels, is.labels,
                {"labels", "", "A label is new", "", "", Weight::review, Weight::presumed, "the system says something that it could not say when it was assessed", both},
                {"labels", "", "A label is gone", "", "", Weight::review, Weight::presumed, "what it stood for is said otherwise or not at all", both}, signals);
  compare_lists(was.interfaces, is.interfaces,
                {"interface_added", "", "An interface is new", "", "", Weight::presumed, Weight::review, "a new way in is a way of attack that was not assessed", {"CRA/art/3/30", "CRA/anx/I/PartI/2/j", "AIA/art/3/23"}},
                {"interface_removed", "", "An interface is gone", "", "", Weight::review, Weight::review, "who used it does so otherwise", both}, signals);
  compare_lists(was.data_sources, is.data_sources,
                {"data_sources", "", "A source of data is new", "", "", Weight::none, Weight::review, "where data come from is part of how the system meets Article 10", {"AIA/art/3/23", "AIA/art/10/2"}},
                {"data_sources", "", "A source of data is gone", "", "", Weight::none, Weight::review, "what it brought is lacking or comes from elsewhere", {"AIA/art/3/23", "AIA/art/10/2"}}, signals);
}

void add_standards(const ReleaseView& before, const ReleaseView& after, Signals& signals) {
  for (const dossier::Standard& was : before.dossier->standards) {
    const auto& now = after.dossier->standards;
    const auto is = std::find_if(now.begin(), now.end(), [&](const dossier::Standard& s) { return s.reference == was.reference; });
    const bool gone = is == now.end();
    if (!gone && (is->in_full || !was.in_full)) continue;
    signals.push_back({"standard_weakened", was.reference, gone ? "The standard " + was.reference + " is no longer applied" : "The standard " + was.reference + " is now applied in part",
                       was.in_full ? "in full" : "in part", gone ? "" : "in part", Weight::presumed, Weight::presumed,
                       "conformity rested on it, and so may the procedure that was taken", {"CRA/art/27/1", "CRA/art/32/2", "AIA/art/40/1", "AIA/art/43/1"}});
  }
}

// Which acts a control or a duty that stands alone answers to.
struct Reach {
  bool cra = false, ai = false;
  std::vector<std::string> cites;
};
Reach reach_of(const std::string& id, const rules::RuleBase& base) {
  Reach reach;
  const auto add = [&](const rules::Cites& cites) {
    for (const rules::Cite& c : cites) {
      reach.cra = reach.cra || c.provision.starts_with("CRA");
      reach.ai = reach.ai || c.provision.starts_with("AIA");
      if (reach.cites.size() < 4) reach.cites.push_back(c.provision);
    }
  };
  const std::string plain = id.ends_with(".rest") ? id.substr(0, id.size() - 5) : id;
  for (const rules::Control& c : base.controls)
    if (c.id == plain) {
      add(c.cites);
      for (const rules::Answer& a : c.answers) add(base.duties[a.duty].cites);
    }
  for (const rules::Duty& d : base.duties)
    if (d.id == plain) add(d.cites);
  return reach;
}

void add_controls(const ReleaseView& before, const ReleaseView& after, const rules::RuleBase& base, Signals& signals) {
  for (const dossier::ControlState& was : before.dossier->controls) {
    if (was.status != "done") continue;
    const auto& now = after.dossier->controls;
    const auto is = std::find_if(now.begin(), now.end(), [&](const dossier::ControlState& c) { return c.id == was.id; });
    const std::string status = is == now.end() ? "open" : is->status;
    if (status == "done") continue;
    const Reach reach = reach_of(was.id, base);
    signals.push_back({"control_weakened", was.id, "The control " + was.id + " was done and no longer is", was.status, status, reach.cra ? Weight::presumed : Weight::none,
                       reach.ai ? Weight::presumed : Weight::none, "a requirement that was met by it is met otherwise or not at all", reach.cites});
  }
}

void add_texts(const ReleaseView& before, const ReleaseView& after, const rules::RuleBase& base, Signals& signals) {
  const auto content = [](const ReleaseView& view) {
    std::map<std::string, std::string> map;
    for (const dossier::ItemText& i : view.dossier->items) map[i.id] = i.file ? i.file->sha256 : i.text + i.not_applicable;
    return map;
  };
  const auto was = content(before), is = content(after);
  std::set<std::string> ids;
  for (const auto& [id, text] : was) ids.insert(id);
  for (const auto& [id, text] : is) ids.insert(id);
  for (const std::string& id : ids) {
    const auto a = was.find(id), b = is.find(id);
    if (a != was.end() && b != is.end() && a->second == b->second) continue;
    Signal s{"document_text", id, "What the documents say under " + id + (a == was.end() ? " is new" : b == is.end() ? " is gone" : " changed"), "", "", Weight::none, Weight::none,
             "the documents describe the product as it was assessed", {}};
    for (const rules::DocumentItem& item : base.items) {
      if (item.id != id) continue;
      for (const rules::Cite& c : item.cites) {
        s.cites.push_back(c.provision);
        if (c.provision.starts_with("CRA")) s.cra = Weight::review;
        if (c.provision.starts_with("AIA")) s.ai = Weight::review;
      }
    }
    if (s.cites.empty()) s.cra = s.ai = Weight::review;
    signals.push_back(std::move(s));
  }
}

}  // namespace

void add_statement_signals(const ReleaseView& before, const ReleaseView& after, const rules::RuleBase& base, Signals& signals) {
  add_purpose(before, after, signals);
  add_own_code(before, after, signals);
  add_operation(before, after, signals);
  add_standards(before, after, signals);
  add_controls(before, after, base, signals);
  add_texts(before, after, base, signals);
}

}  // namespace duolex::changes
