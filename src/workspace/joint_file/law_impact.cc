#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>
#include <set>

#include "base/file.h"
#include "findings/value_json.h"
#include "law/declarations.h"
#include "text/json_out.h"
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

// Something that was made under a law: a sign-off of a person, or a declaration among the artefacts.
struct Touched {
  std::string what, law_sha256, state;
  bool open = false;  // somebody has to do something about it
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

Touched touched(std::string what, const std::string& law, const Side& before, const Side& after, bool same_outcome, const std::string& again) {
  const std::string &old = before.subject.law->base.sha256, &now = after.subject.law->base.sha256;
  Touched t{std::move(what), law, "", true};
  if (law == now) {
    t.state = "made under the law as it is now";
    t.open = false;
  } else if (law == old) {
    t.state = same_outcome ? "made under the law before; what it rests on comes out the same, and it has to be confirmed: " + again
                           : "made under the law before, and what it rests on comes out otherwise: " + again;
  } else {
    t.state = "made under a third law, which was not compared";
  }
  return t;
}

std::vector<Touched> all_touched(const Side& before, const Side& after, bool same_outcome) {
  std::vector<Touched> list;
  for (const dossier::SignOff& o : after.subject.dossier.sign_offs)
    list.push_back(touched("sign-off of the " + o.of + " by " + o.by + (o.on ? " on " + to_string(*o.on) : ""), o.law_sha256, before, after, same_outcome,
                           o.of == "change" ? "'duolex diff --sign'" : "'duolex sign-off'"));
  for (const dossier::Release& r : after.subject.dossier.releases)
    for (const dossier::Artefact& a : r.artefacts) {
      if (a.kind != "declaration") continue;
      const auto bytes = read_file(after.subject.dossier.folder / a.path);
      const nlohmann::json j = bytes && bytes->size() < (std::size_t{16} << 20) ? nlohmann::json::parse(*bytes, nullptr, false) : nlohmann::json();
      const std::string law = j.is_object() && j.contains("law_sha256") && j["law_sha256"].is_string() ? j["law_sha256"].get<std::string>() : "";
      if (law.empty()) {
        list.push_back({"declaration of " + r.version + ", " + a.path, "", "does not say under which law it was made; declaration.json does", true});
        continue;
      }
      list.push_back(touched("declaration of " + r.version + ", " + a.path, law, before, after, same_outcome,
                             "it stays as it was signed; whether a new one is due is decided with 'duolex declare'"));
    }
  return list;
}

const char* word(law::Declared::Change change) {
  return change == law::Declared::Change::added ? "added" : change == law::Declared::Change::removed ? "removed" : "changed";
}

}  // namespace

ExitCode law_impact(const LawImpactRequest& request, std::ostream& out, std::ostream& err) {
  const auto refused = [&](const Diagnostics& errors, const char* which) {
    err << which << ":\n" << render(errors);
    return ExitCode::bad_input;
  };
  const auto before = open(request.dossier, request.as_of, request.before);
  if (!before) return refused(before.error(), "under the law before");
  const auto after = open(request.dossier, request.as_of, request.law);
  if (!after) return refused(after.error(), "under the law now");

  const std::vector<law::Declared> declared = law::differences(*before->subject.law, *after->subject.law);
  std::vector<Came> came;
  compare_conclusions(*before, *after, came);
  compare("duty", duties(*before), duties(*after), came);
  compare("control", rows(*before), rows(*after), came);
  compare("item", items(*before), items(*after), came);
  const std::vector<Touched> touched = all_touched(*before, *after, came.empty());
  const std::string &old = before->subject.law->base.sha256, &now = after->subject.law->base.sha256;

  if (request.json) {
    Json json = {{"format", 1}, {"as_of", to_string(request.as_of)}, {"law_before", before->subject.law->version}, {"law_before_sha256", old}, {"law", after->subject.law->version}, {"law_sha256", now},
                 {"declared", Json::array()}, {"comes_out_otherwise", Json::array()}, {"touched", Json::array()}};
    for (const law::Declared& d : declared) json["declared"].push_back({{"change", word(d.change)}, {"what", d.what}});
    for (const Came& c : came) json["comes_out_otherwise"].push_back({{"what", c.what}, {"id", c.id}, {"before", c.before}, {"after", c.after}, {"cites", c.cites}});
    for (const Touched& t : touched) json["touched"].push_back({{"what", t.what}, {"law_sha256", t.law_sha256}, {"state", t.state}, {"open", t.open}});
    out << text::to_json_text(json, text::JsonLayout::pretty);
  } else {
    out << "Law before " << before->subject.law->version << ", SHA-256 " << old << "\nLaw now    " << after->subject.law->version << ", SHA-256 " << now << "\n\n" << declared.size() << (declared.size() == 1 ? " declaration differs" : " declarations differ") << (declared.empty() ? ".\n" : ":\n");
    for (const law::Declared& d : declared) out << "  " << word(d.change) << "  " << d.what << "\n";
    out << "\nFor this product on " << to_string(request.as_of) << (came.empty() ? " nothing comes out otherwise.\n" : " this comes out otherwise:\n");
    for (const Came& c : came)
      out << "  " << c.what << " " << c.id << ": " << (c.before.empty() ? "was not there" : c.before) << " → " << (c.after.empty() ? "is gone" : c.after) << "\n";
    out << (touched.empty() ? "\nThe dossier holds no sign-off and no declaration.\n" : "\nSign-offs and declarations:\n");
    for (const Touched& t : touched) out << "  " << t.what << ": " << t.state << "\n";
  }
  out.flush();
  if (!out) return ExitCode::cannot_write;
  const bool open = std::any_of(touched.begin(), touched.end(), [](const Touched& t) { return t.open; });
  return came.empty() && !open ? ExitCode::clear : ExitCode::finding;
}

}  // namespace duolex::workspace
