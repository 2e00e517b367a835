#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <ostream>
#include <set>

#include "base/file.h"
#include "documents/plain.h"
#include "findings/value_json.h"
#include "law/declarations.h"
#include "text/json_out.h"
#include "workspace/evidence/evidence_state.h"
#include "workspace/joint_file/matrix_of.h"
#include "workspace/law/law_commands.h"
#include "workspace/verdict/subject.h"

namespace duolex::workspace {
namespace {

using Json = nlohmann::ordered_json;

struct Came {
  std::string what, id, before, after;  // what: conclusion, duty, control, reading
  std::vector<std::string> cites;
};

// Something that was made under a law: a sign-off of a person, a declaration, a plan, evidence.
struct Touched {
  std::string what, law_sha256, state;
  bool open = false;  // somebody has to do something about it
  std::vector<std::string> because = {};  // what of that which comes out otherwise it rests on: "duty cra.sbom"
};

struct Side {
  Subject subject;
  findings::Findings findings;
  documents::MatrixDocument matrix;
};

Result<Side> open(const std::filesystem::path& dossier, Day as_of, const std::optional<std::filesystem::path>& law) {
  auto s = open_subject(dossier, as_of, law);
  if (!s) return failure(s.error());
  if (!s->has_dossier) return failure(error_in(dossier.string(), "is no dossier", "name a folder with a file duolex.yaml"));
  Side side{std::move(*s), {}, {}};
  side.findings = findings::find(*side.subject.compiled, side.subject.facts.values, side.subject.names);
  auto matrix = matrix_of(side.subject, side.findings, "");
  if (!matrix) return failure(matrix.error());
  side.matrix = std::move(*matrix);
  return side;
}

std::string outcome(const findings::Finding& f) {
  if (f.status == rules::Status::unknown) return "unknown";
  return to_text(f.value) + (f.status == rules::Status::contested ? " (contested)" : "");
}

void compare_conclusions(const Side& before, const Side& after, std::vector<Came>& list) {
  for (const findings::Finding& is : after.findings.conclusions) {
    const auto& all = before.findings.conclusions;
    const auto was = std::find_if(all.begin(), all.end(), [&](const findings::Finding& f) { return f.conclusion == is.conclusion; });
    if (was == all.end()) {
      list.push_back({"conclusion", is.conclusion, "", outcome(is), is.cites});
    } else if (was->status != is.status || was->value != is.value || was->possible != is.possible) {
      list.push_back({"conclusion", is.conclusion, outcome(*was), outcome(is), is.cites});
    }
  }
  for (const findings::Finding& was : before.findings.conclusions) {
    const auto& all = after.findings.conclusions;
    if (std::none_of(all.begin(), all.end(), [&](const findings::Finding& f) { return f.conclusion == was.conclusion; }))
      list.push_back({"conclusion", was.conclusion, outcome(was), "", was.cites});
  }
}

// By id: what each side has, and how it stands there.
void compare(const char* what, const std::map<std::string, std::string>& was, const std::map<std::string, std::string>& is, std::vector<Came>& list) {
  for (const auto& [id, state] : was) {
    const auto it = is.find(id);
    if (it == is.end() || it->second != state) list.push_back({what, id, state, it == is.end() ? "" : it->second, {}});
  }
  for (const auto& [id, state] : is)
    if (!was.contains(id)) list.push_back({what, id, "", state, {}});
}

std::map<std::string, std::string> duties(const Side& s) {
  std::map<std::string, std::string> map;
  for (const findings::ShownDuty& d : s.findings.duties) map[d.id] = std::string(d.surely ? "binds" : "may bind") + (d.from.empty() ? "" : " from " + d.from);
  return map;
}
std::map<std::string, std::string> rows(const Side& s) {
  std::map<std::string, std::string> map;
  for (const plan::MatrixRow& r : s.matrix.matrix.rows) map[r.id] = "is to be done";
  return map;
}
std::map<std::string, std::string> items(const Side& s) {
  std::map<std::string, std::string> map;
  for (const rules::DocumentItem& i : s.subject.law->base.items) map[i.id] = "stands in the " + i.document;
  return map;
}

// What each rests on: a classification on conclusions, the assessment of a change besides on the duties that bind again, a
// plan on duties and controls, a declaration on all of it.
const std::map<std::string, std::set<std::string>>& rests_on() {
  static const std::map<std::string, std::set<std::string>> all = {{"classification", {"conclusion"}},
                                                                   {"change", {"conclusion", "duty"}},
                                                                   {"plan", {"duty", "control"}},
                                                                   {"declaration", {"conclusion", "duty", "control", "item"}}};
  return all;
}

class Impact {
 public:
  Impact(const Side* before, const Side& after, const std::vector<Came>& came) : before_(before), after_(after), came_(came) {}

  Result<std::vector<Touched>> all() {
    const dossier::Dossier& d = after_.subject.dossier;
    plan_matrix();
    for (std::size_t i = 0; i < d.sign_offs.size(); ++i) {
      const dossier::SignOff& o = d.sign_offs[i];
      const std::string what = "sign-off of the " + o.of + " by " + o.by + (o.on ? " on " + to_string(*o.on) : "");
      const bool later = o.of == "classification" && std::any_of(d.sign_offs.begin() + static_cast<std::ptrdiff_t>(i) + 1, d.sign_offs.end(), [](const dossier::SignOff& other) { return other.of == "classification"; });
      if (later) {
        list_.push_back({what, o.law_sha256, "replaced by a later one"});
      } else {
        touched(what, o.of.c_str(), o.law_sha256, o.of == "change" ? "'duolex diff --sign' confirms it, or assesses again" : "'duolex sign-off' confirms it, or signs what comes out now", true);
      }
    }
    declarations(d);
    const auto evidence = known_evidence(d, after_.subject.as_of, after_.subject.law->base.sha256);
    if (!evidence) return tl::unexpected(evidence.error());
    for (const KnownEvidence& e : *evidence)
      if (e.state == "stale" && e.because == "the law has changed since")
        list_.push_back({"evidence, leaf " + std::to_string(e.index) + ": " + e.record.shows, e.record.law_sha256, "says of itself that a changed law ends it; it is found anew and recorded", true});
    return std::move(list_);
  }

 private:
  void plan_matrix() {
    if (before_ == nullptr) return;
    const std::vector<std::string> because = reasons("plan");
    if (because.empty()) return;
    list_.push_back({"plan, as 'duolex plan' printed it under the law before", before_->subject.law->base.sha256, "touched; 'duolex plan' prints it anew", true, because});
  }

  [[nodiscard]] std::vector<std::string> reasons(const char* of) const {
    std::vector<std::string> list;
    const auto on = rests_on().find(of);
    for (const Came& c : came_)
      if (on != rests_on().end() && on->second.contains(c.what)) list.push_back(c.what + " " + c.id);
    return list;
  }

  // `confirm`: stays open although nothing it rests on comes out otherwise: it is bound to the law by its hash.
  void touched(std::string what, const char* of, const std::string& law, const std::string& again, bool confirm) {
    const std::string& now = after_.subject.law->base.sha256;
    Touched t{std::move(what), law, "", true};
    if (law == now) {
      t.state = "made under the law as it is now";
      t.open = false;
    } else if (before_ == nullptr) {
      t.state = "made under another law; what comes out otherwise is told when that law is given (--before): " + again;
    } else if (law == before_->subject.law->base.sha256) {
      t.because = reasons(of);
      t.open = confirm || !t.because.empty();
      t.state = t.because.empty() ? "made under the law before; nothing it rests on comes out otherwise: " + again : "made under the law before, and what it rests on comes out otherwise: " + again;
    } else {
      t.state = "made under a third law, which was not compared";
    }
    list_.push_back(std::move(t));
  }

  void declarations(const dossier::Dossier& d) {
    for (const dossier::Release& r : d.releases)
      for (const dossier::Artefact& a : r.artefacts) {
        if (a.kind != "declaration") continue;
        const auto bytes = read_file(d.folder / a.path);
        const nlohmann::json j = bytes && bytes->size() < (std::size_t{16} << 20) ? nlohmann::json::parse(*bytes, nullptr, false) : nlohmann::json();
        const std::string law = j.is_object() && j.contains("law_sha256") && j["law_sha256"].is_string() ? j["law_sha256"].get<std::string>() : "";
        const std::string what = "declaration of " + r.version + ", " + a.path;
        if (law.empty()) {
          list_.push_back({what, "", "does not say under which law it was made; declaration.json does", true});
          continue;
        }
        touched(what, "declaration", law, "it stays as it was signed, and is read and verified without this program; whether a new one is due is decided with 'duolex declare'", false);
      }
  }

  const Side* before_;
  const Side& after_;
  const std::vector<Came>& came_;
  std::vector<Touched> list_;
};

const char* word(law::Declared::Change change) {
  return change == law::Declared::Change::added ? "added" : change == law::Declared::Change::removed ? "removed" : "changed";
}

}  // namespace

ExitCode law_impact(const LawImpactRequest& request, std::ostream& out, std::ostream& err) {
  const auto refused = [&](const Diagnostics& errors, const char* which) {
    err << which << ":\n" << render(errors);
    return ExitCode::bad_input;
  };
  std::optional<Side> before;
  if (request.before) {
    auto side = open(request.dossier, request.as_of, *request.before);
    if (!side) return refused(side.error(), "under the law before");
    before.emplace(std::move(*side));
  }
  const auto after = open(request.dossier, request.as_of, request.law);
  if (!after) return refused(after.error(), "under the law now");

  std::vector<law::Declared> declared;
  std::vector<Came> came;
  if (before) {
    declared = law::differences(*before->subject.law, *after->subject.law);
    compare_conclusions(*before, *after, came);
    compare("duty", duties(*before), duties(*after), came);
    compare("control", rows(*before), rows(*after), came);
    compare("item", items(*before), items(*after), came);
  }
  const auto all = Impact(before ? &*before : nullptr, *after, came).all();
  if (!all) return refused(all.error(), "the ledger");
  const std::vector<Touched>& touched = *all;
  const std::string old = before ? before->subject.law->base.sha256 : "", &now = after->subject.law->base.sha256;

  if (request.json) {
    Json json = {{"format", 1}, {"as_of", to_string(request.as_of)}, {"law_before", before ? before->subject.law->version : ""}, {"law_before_sha256", old}, {"law", after->subject.law->version}, {"law_sha256", now},
                 {"declared", Json::array()}, {"comes_out_otherwise", Json::array()}, {"touched", Json::array()}};
    for (const law::Declared& d : declared) json["declared"].push_back({{"change", word(d.change)}, {"what", d.what}});
    for (const Came& c : came) json["comes_out_otherwise"].push_back({{"what", c.what}, {"id", c.id}, {"before", c.before}, {"after", c.after}, {"cites", c.cites}});
    for (const Touched& t : touched) json["touched"].push_back({{"what", t.what}, {"law_sha256", t.law_sha256}, {"state", t.state}, {"open", t.open}, {"because", t.because}});
    out << text::to_json_text(json, text::JsonLayout::pretty);
  } else {
    if (before) out << "Law before " << before->subject.law->version << ", SHA-256 " << old << "\n";
    out << "Law now    " << after->subject.law->version << ", SHA-256 " << now << "\n";
    if (before) {
      out << "\n" << declared.size() << (declared.size() == 1 ? " declaration differs" : " declarations differ") << (declared.empty() ? ".\n" : ":\n");
      for (const law::Declared& d : declared) out << "  " << word(d.change) << "  " << d.what << "\n";
      out << "\nFor this product on " << to_string(request.as_of) << (came.empty() ? " nothing comes out otherwise.\n" : " this comes out otherwise:\n");
      for (const Came& c : came)
        out << "  " << c.what << " " << c.id << ": " << (c.before.empty() ? "was not there" : c.before) << " → " << (c.after.empty() ? "is gone" : c.after) << "\n";
    }
    out << (touched.empty() ? "\nThe dossier holds no sign-off and no declaration.\n" : "\nSign-offs, plan, declarations and evidence:\n");
    for (const Touched& t : touched) {
      out << documents::wrapped(documents::plain(t.what) + ": " + t.state, "  ", "    ", request.style.width);
      std::string because;
      for (const std::string& b : t.because) because += (because.empty() ? "" : ", ") + b;
      if (!because.empty()) out << documents::wrapped("because of " + because, "    ", "    ", request.style.width);
    }
  }
  out.flush();
  if (!out) return ExitCode::cannot_write;
  const bool open = std::any_of(touched.begin(), touched.end(), [](const Touched& t) { return t.open; });
  return came.empty() && !open ? ExitCode::clear : ExitCode::finding;
}

}  // namespace duolex::workspace
