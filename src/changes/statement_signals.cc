#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "changes/basis.h"
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
  signals.push_back({"intended_purpose", "intended purpose", phrase(words ? "The intended purpose is described in other words" : "The intended purpose is written otherwise, in the same words"), was, is,
                     words ? Weight::presumed : Weight::none, words ? Weight::presumed : Weight::none,
                     phrase(words ? "both acts look at the purpose that was assessed; a person must show that it is the same" : "case, punctuation and spaces alone differ"), both});
}

Phrase files(std::size_t count) { return phrase(count == 1 ? "{n} file" : "{n} files", {{"n", std::to_string(count)}}); }

void add_own_code(const ReleaseView& before, const ReleaseView& after, Signals& signals) {
  const auto hashes = [](const ReleaseView& view) {
    std::set<std::string> set;
    for (const dossier::Artefact* a : view.artefacts("software")) set.insert(a->sha256);
    return set;
  };
  const std::set<std::string> was = hashes(before), is = hashes(after);
  if (was.empty() || is.empty()) {
    const ReleaseView& bare = was.empty() ? before : after;
    signals.push_back({"own_code_missing", bare.title(), phrase("The product's own code of {release} is not among its artefacts", {{"release", bare.title()}}), {}, {}, Weight::unknown, Weight::unknown,
                       phrase("a change in it cannot be seen; name what is placed on the market as an artefact of kind 'software'"), both});
  } else if (was != is) {
    signals.push_back({"own_code", "own code", phrase("The product's own code changed"), files(was.size()), files(is.size()), Weight::review, Weight::review,
                       phrase("hashes show that it changed, not how"), both});
  }
}

void compare_lists(const std::vector<std::string>& was, const std::vector<std::string>& is, const Signal& added, const Signal& removed, Signals& signals) {
  for (const std::string& w : is)
    if (std::find(was.begin(), was.end(), w) == was.end()) {
      Signal s = added;
      s.subject = w;
      s.after = w;
      s.what = phrase("{what}: {name}", {{"what", s.what}, {"name", w}});
      signals.push_back(std::move(s));
    }
  for (const std::string& w : was)
    if (std::find(is.begin(), is.end(), w) == is.end()) {
      Signal s = removed;
      s.subject = w;
      s.before = w;
      s.what = phrase("{what}: {name}", {{"what", s.what}, {"name", w}});
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
    signals.push_back({"thresholds", name, phrase("The threshold {name} is another", {{"name", name}}), from, to, Weight::review, Weight::presumed,
                       phrase("a threshold decides which errors the system makes; its accuracy was shown at the other one"), {"CRA/art/3/30", "AIA/art/3/23", "AIA/art/15/1"}});
  }
  compare_lists(was.labels, is.labels,
                {"labels", "", phrase("A label is new"), {}, {}, Weight::review, Weight::presumed, phrase("the system says something that it could not say when it was assessed"), both},
                {"labels", "", phrase("A label is gone"), {}, {}, Weight::review, Weight::presumed, phrase("what it stood for is said otherwise or not at all"), both}, signals);
  compare_lists(was.interfaces, is.interfaces,
                {"interface_added", "", phrase("An interface is new"), {}, {}, Weight::presumed, Weight::review, phrase("a new way in is a way of attack that was not assessed"), {"CRA/art/3/30", "CRA/anx/I/PartI/2/j", "AIA/art/3/23"}},
                {"interface_removed", "", phrase("An interface is gone"), {}, {}, Weight::review, Weight::review, phrase("who used it does so otherwise"), both}, signals);
  compare_lists(was.data_sources, is.data_sources,
                {"data_sources", "", phrase("A source of data is new"), {}, {}, Weight::none, Weight::review, phrase("where data come from is part of how the system meets Article 10"), {"AIA/art/3/23", "AIA/art/10/2"}},
                {"data_sources", "", phrase("A source of data is gone"), {}, {}, Weight::none, Weight::review, phrase("what it brought is lacking or comes from elsewhere"), {"AIA/art/3/23", "AIA/art/10/2"}}, signals);
}

void add_standards(const ReleaseView& before, const ReleaseView& after, Signals& signals) {
  for (const dossier::Standard& was : before.dossier->standards) {
    const auto& now = after.dossier->standards;
    const auto is = std::find_if(now.begin(), now.end(), [&](const dossier::Standard& s) { return s.reference == was.reference; });
    const bool gone = is == now.end();
    if (!gone && (is->in_full || !was.in_full)) continue;
    signals.push_back({"standard_weakened", was.reference, phrase(gone ? "The standard {name} is no longer applied" : "The standard {name} is now applied in part", {{"name", was.reference}}),
                       phrase(was.in_full ? "in full" : "in part"), gone ? Phrase() : phrase("in part"), Weight::presumed, Weight::presumed,
                       phrase("conformity rested on it, and so may the procedure that was taken"), {"CRA/art/27/1", "CRA/art/32/2", "AIA/art/40/1", "AIA/art/43/1"}});
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
    signals.push_back({"control_weakened", was.id, phrase("The control {id} was done and no longer is", {{"id", was.id}}), phrase("done"), phrase(status == "in_progress" ? "in progress" : status == "open" ? "open" : "not applicable"), reach.cra ? Weight::presumed : Weight::none,
                       reach.ai ? Weight::presumed : Weight::none, phrase("a requirement that was met by it is met otherwise or not at all"), reach.cites});
  }
}

void add_texts(const ReleaseView& before, const ReleaseView& after, const rules::RuleBase& base, Signals& signals) {
  const auto content = [](const ReleaseView& view) {
    std::map<std::string, std::string> map;
    for (const dossier::ItemText& i : view.dossier->items) map[i.id] = content_sha256(i);
    return map;
  };
  const auto was = content(before), is = content(after);
  std::set<std::string> ids;
  for (const auto& [id, text] : was) ids.insert(id);
  for (const auto& [id, text] : is) ids.insert(id);
  for (const std::string& id : ids) {
    const auto a = was.find(id), b = is.find(id);
    if (a != was.end() && b != is.end() && a->second == b->second) continue;
    Signal s{"document_text", id, phrase(a == was.end() ? "What the documents say under {id} is new" : b == is.end() ? "What the documents say under {id} is gone" : "What the documents say under {id} changed", {{"id", id}}), {}, {}, Weight::none, Weight::none,
             phrase("the documents describe the product as it was assessed"), {}};
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

void add_not_recorded(const ReleaseView& view, Signals& signals) {
  if (view.stated != Stated::of_dossier) return;
  signals.push_back({"not_recorded", view.title(), phrase("What {release} was declared with is not recorded: facts, intended purpose, standards, controls, texts and risks are those of the dossier as it stands", {{"release", view.title()}}),
                     {}, {}, Weight::review, Weight::review, phrase("a change in them cannot be seen; the declaration.json of 'duolex declare' records them"), both});
}

// The files of an earlier release are those that were declared, or nobody knows what is compared with what.
void add_declared_otherwise(const ReleaseView& before, Signals& signals) {
  if (before.stated != Stated::as_declared) return;
  const auto& now = before.release->artefacts;
  const auto among = [](const std::vector<dossier::Artefact>& list, const dossier::Artefact& a) {
    return std::any_of(list.begin(), list.end(), [&](const dossier::Artefact& other) { return other.kind == a.kind && other.sha256 == a.sha256; });
  };
  const auto compared = [](const dossier::Artefact& a) {
    constexpr std::array kinds = {"sbom", "model", "data", "software", "predictions"};
    return std::any_of(kinds.begin(), kinds.end(), [&](const char* kind) { return a.kind == kind; });
  };
  for (const dossier::Artefact& a : before.declared)
    if (compared(a) && !among(now, a))
      signals.push_back({"declared_otherwise", a.path, phrase("The file {path} with which {release} was declared is not among its artefacts", {{"path", a.path}, {"release", before.title()}}), a.sha256, {}, Weight::presumed,
                         Weight::presumed, phrase("what is compared is not what was declared; name the file with this hash"), both});
  for (const dossier::Artefact& a : now)
    if (compared(a) && !among(before.declared, a))
      signals.push_back({"declared_otherwise", a.path, phrase("The file {path} of {release} was not among its artefacts when it was declared", {{"path", a.path}, {"release", before.title()}}), {}, a.sha256, Weight::review,
                         Weight::review, phrase("a person must say that it belongs to that release"), both});
}

}  // namespace

void add_statement_signals(const ReleaseView& before, const ReleaseView& after, const rules::RuleBase& base, Signals& signals) {
  add_not_recorded(before, signals);
  add_not_recorded(after, signals);
  add_declared_otherwise(before, signals);
  add_purpose(before, after, signals);
  add_own_code(before, after, signals);
  add_operation(before, after, signals);
  add_standards(before, after, signals);
  add_controls(before, after, base, signals);
  add_texts(before, after, base, signals);
  add_risk_signals(before, after, signals);
}

}  // namespace duolex::changes
