#include "incidents/platform.h"

#include <cstdlib>
#include <set>

#include "incidents/built_in.h"
#include "incidents/reader.h"

namespace duolex::incidents {
namespace {

using text::Node;

class PlatformReader {
 public:
  PlatformReader(const std::string& bytes, Diagnostics& errors, Platform& out) : reader_(bytes, errors), out_(out) {}

  void read(const Node& root) {
    if (!reader_.map(root, "a file of forms", {"format", "act", "platform", "forms_version", "recorded_on", "not_read",
                                               "in_operation_since", "limits_in", "fields"})) {
      return;
    }
    reader_.format(root);
    if (root.find("act") != nullptr) out_.act = reader_.choice(root, "act", {"cra", "ai_act", "gdpr"}, true);
    out_.name = reader_.text(root, "platform", true);
    out_.forms_version = reader_.text(root, "forms_version", true);
    out_.not_read = reader_.text(root, "not_read");
    if (const auto day = reader_.day(root, "recorded_on", true)) out_.recorded_on = *day;
    reader_.day(root, "in_operation_since");
    for (const Node& item : reader_.items(root, "fields")) read_field(item);
  }

 private:
  void read_field(const Node& n) {
    if (!reader_.map(n, "a field", {"id", "nr", "label", "on", "kind", "options", "max", "early_warning",
                                    "notification", "final_report", "need", "from", "cite"})) {
      return;
    }
    FormField f;
    f.id = reader_.text(n, "id", true);
    if (!ids_.insert(f.id).second) reader_.error(n, "the field '" + f.id + "' stands here twice");
    f.nr = reader_.text(n, "nr", true);
    f.label = reader_.text(n, "label", true);
    f.on = reader_.choice(n, "on", {"both", "vulnerability", "incident"}, true);
    f.kind = reader_.choice(n, "kind", {"text", "choice", "choices", "date_time", "member_states"}, true);
    f.options = reader_.words(n, "options");
    if (f.kind.starts_with("choice") && f.options.empty()) reader_.error(n, "a choice without options");
    f.max = reader_.number(n, "max");
    if (f.max && *f.max < 1) reader_.error(*n.find("max"), "'max' is not above 0");
    // A form of one stage says it once.
    const bool once = out_.act != "cra";
    f.early_warning = need(n, once ? "need" : "early_warning", Need::optional);
    f.notification = once ? f.early_warning : need(n, "notification", f.early_warning);
    f.final_report = once ? f.early_warning : need(n, "final_report", f.notification);
    f.from = reader_.choice(n, "from", sources());
    f.cite = reader_.words(n, "cite");
    out_.fields.push_back(std::move(f));
  }

  static const std::vector<std::string>& sources() {
    static const std::vector<std::string> known = {
        "record cra.kind",     "record ai_act.harm", "record title",          "record summary",   "record versions", "record components",
        "record awareness",    "record events measure_available", "dossier manufacturer", "dossier member_states", "dossier product"};
    return known;
  }

  Need need(const Node& n, const std::string& stage, Need before) {
    const std::string word = reader_.choice(n, stage, {"required", "if_available", "optional", "carried", "none"}, true);
    if (word == "required") return Need::required;
    if (word == "if_available") return Need::if_available;
    if (word == "carried") return before;
    return word == "optional" ? Need::optional : Need::none;
  }

  Reader reader_;
  Platform& out_;
  std::set<std::string> ids_;
};

}  // namespace

std::string to_string(Need need) {
  switch (need) {
    case Need::none: return "none";
    case Need::optional: return "optional";
    case Need::if_available: return "if_available";
    case Need::required: return "required";
  }
  return "";
}

Result<Platform> read_platform(const std::string& file, const std::string& bytes) {
  const auto root = text::read_yaml(file, bytes);
  if (!root) return failure(root.error());
  Platform platform;
  Diagnostics errors;
  PlatformReader(bytes, errors, platform).read(*root);
  if (!errors.empty()) return failure(std::move(errors));
  return platform;
}

const std::vector<Platform>& built_in_forms() {
  static const std::vector<Platform> forms = [] {
    std::vector<Platform> out;
    for (const char* name : {"platform.yaml", "form_ai_act.yaml", "form_gdpr.yaml"}) {
      auto read = read_platform(std::string("law/incidents/") + name, built_in_file(name));
      if (!read) std::abort();  // the tests read the same files first
      out.push_back(std::move(*read));
    }
    return out;
  }();
  return forms;
}

const Platform& built_in_platform() { return built_in_forms().front(); }

std::vector<std::string> form_stages(const std::string& act) {
  if (act == "cra") return {"early_warning", "notification", "final_report"};
  return {act == "gdpr" ? "notification" : "report"};
}

}  // namespace duolex::incidents
