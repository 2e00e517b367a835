#include "dossier/dossier.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/file.h"
#include "base/folder_hash.h"
#include "base/hash.h"
#include "dossier/within.h"

namespace duolex::dossier {
namespace {

namespace fs = std::filesystem;
using text::Node;

constexpr std::size_t artefact_limit = std::size_t{1} << 31;

class Reader {
 public:
  Reader(Loaded& out, Artefacts artefacts) : out_(out), dossier_(out.dossier), artefacts_(artefacts) {}

  void read(const Node& root) {
    if (root.kind != Node::Kind::mapping) return error(root, "a dossier is a map, not " + describe(root));
    keys(root, {"format", "product", "roles", "releases", "facts", "readings", "sign_offs", "controls", "items", "risks",
                "standards", "declaration"});
    const Node* format = root.find("format");
    if (format == nullptr) {
      error(root, "the key 'format' is missing", "write 'format: 1' first");
    } else if (format->kind != Node::Kind::integer || format->integer != 1) {
      error(*format, "this program reads format 1, not " + describe(*format));
    }
    if (const Node* product = root.find("product")) {
      read_product(*product);
    } else {
      error(root, "the key 'product' is missing");
    }
    each(root, "roles", [&](const Node& n) { read_role(n); });
    each(root, "releases", [&](const Node& n) { read_release(n); });
    each(root, "sign_offs", [&](const Node& n) { read_sign_off(n); });
    if (const Node* facts = map_or_null(root, "facts")) read_facts(*facts);
    if (const Node* readings = map_or_null(root, "readings")) read_readings(*readings);
    if (const Node* controls = map_or_null(root, "controls")) read_controls(*controls);
    if (const Node* items = map_or_null(root, "items")) read_items(*items);
    each(root, "risks", [&](const Node& n) { read_risk(n); });
    each(root, "standards", [&](const Node& n) { read_standard(n); });
    if (const Node* declaration = map_or_null(root, "declaration")) read_declaration(*declaration);
  }

 private:
  void error(const Node& node, const std::string& message, const std::string& hint = "") {
    out_.errors.push_back(text::error_about(node, dossier_.bytes, message, hint));
  }

  void keys(const Node& map, const std::vector<std::string>& known) {
    for (const Node& key : map.keys) {
      if (std::find(known.begin(), known.end(), key.text) != known.end()) continue;
      const std::string near = nearest_name(key.text, known);
      std::string list;
      for (const std::string& k : known) list += (list.empty() ? "" : ", ") + k;
      error(key, "unknown key '" + key.text + "'", near.empty() ? "one of " + list : "did you mean '" + near + "'?");
    }
  }

  const Node* map_or_null(const Node& parent, const std::string& key) {
    const Node* node = parent.find(key);
    if (node == nullptr || node->kind == Node::Kind::null) return nullptr;
    if (node->kind == Node::Kind::mapping) return node;
    error(*node, "'" + key + "' is " + describe(*node) + ", not a map");
    return nullptr;
  }

  template <class F>
  void each(const Node& parent, const std::string& key, F&& f) {
    const Node* list = parent.find(key);
    if (list == nullptr || list->kind == Node::Kind::null) return;
    if (list->kind != Node::Kind::sequence) return error(*list, "'" + key + "' is " + describe(*list) + ", not a list");
    for (const Node& item : list->items) {
      if (item.kind == Node::Kind::mapping) {
        f(item);
      } else {
        error(item, "an entry of '" + key + "' is " + describe(item) + ", not a map");
      }
    }
  }

  std::string text_of(const Node& map, const std::string& key, bool required) {
    const Node* node = map.find(key);
    if (node == nullptr || node->kind == Node::Kind::null) {
      if (required) error(map, "the key '" + key + "' is missing");
      return "";
    }
    if (node->kind == Node::Kind::sequence || node->kind == Node::Kind::mapping) {
      error(*node, "'" + key + "' is " + describe(*node) + ", not text");
      return "";
    }
    return node->text;
  }

  std::optional<Day> day_of(const Node& map, const std::string& key) {
    const Node* node = map.find(key);
    if (node == nullptr || node->kind == Node::Kind::null) return std::nullopt;
    const auto day = node->kind == Node::Kind::text ? parse_day(node->text) : std::nullopt;
    if (!day) error(*node, "'" + key + "' is " + describe(*node) + ", not a date that exists", "write YYYY-MM-DD");
    return day;
  }

  std::vector<std::string> words_of(const Node& map, const std::string& key) {
    std::vector<std::string> words;
    const Node* node = map.find(key);
    if (node == nullptr || node->kind == Node::Kind::null) return words;
    if (node->kind != Node::Kind::sequence) {
      error(*node, "'" + key + "' is " + describe(*node) + ", not a list");
      return words;
    }
    for (const Node& item : node->items) {
      if (item.kind == Node::Kind::text) {
        words.push_back(item.text);
      } else {
        error(item, "an entry of '" + key + "' is " + describe(item) + ", not text");
      }
    }
    return words;
  }

  std::string choice_of(const Node& map, const std::string& key, const std::vector<std::string>& known, bool required) {
    const std::string word = text_of(map, key, required);
    if (word.empty() || std::find(known.begin(), known.end(), word) != known.end()) return word;
    std::string list;
    for (const std::string& k : known) list += (list.empty() ? "" : ", ") + k;
    error(*map.find(key), "'" + key + "' cannot be '" + word + "'", "one of " + list);
    return "";
  }

  void read_product(const Node& n) {
    if (n.kind != Node::Kind::mapping) return error(n, "'product' is " + describe(n) + ", not a map");
    keys(n, {"name", "description", "intended_purpose", "member_states", "languages", "catalogues"});
    dossier_.name = text_of(n, "name", true);
    dossier_.description = text_of(n, "description", false);
    dossier_.intended_purpose = text_of(n, "intended_purpose", false);
    dossier_.member_states = words_of(n, "member_states");
    dossier_.languages = words_of(n, "languages");
    if (const Node* catalogues = map_or_null(n, "catalogues"))
      for (std::size_t i = 0; i < catalogues->keys.size(); ++i) {
        const Node& value = catalogues->items[i];
        Artefact file{value.text, "document", "", value.span};
        if (value.kind != Node::Kind::text) {
          error(value, "a catalogue is a path, not " + describe(value));
        } else if (open_artefact(file, value)) {
          dossier_.catalogues.push_back({catalogues->keys[i].text, std::move(file)});
        }
      }
  }

  void read_role(const Node& n) {
    keys(n, {"role", "name", "address", "email"});
    Role role;
    role.role = choice_of(n, "role",
                          {"manufacturer", "provider", "authorised_representative", "importer", "distributor",
                           "deployer", "product_manufacturer", "steward"},
                          true);
    role.name = text_of(n, "name", true);
    role.address = text_of(n, "address", false);
    role.email = text_of(n, "email", false);
    dossier_.roles.push_back(std::move(role));
  }

  void read_release(const Node& n) {
    keys(n, {"version", "placed_on_market_on", "support_period_end", "artefacts", "operation", "foreseen_changes", "change"});
    Release release;
    release.version = text_of(n, "version", true);
    release.placed_on_market_on = day_of(n, "placed_on_market_on");
    release.support_period_end = day_of(n, "support_period_end");
    each(n, "artefacts", [&](const Node& a) { read_artefact(a, release); });
    if (const Node* operation = map_or_null(n, "operation")) read_operation(*operation, release.operation);
    each(n, "foreseen_changes", [&](const Node& c) { read_foreseen_change(c, release); });
    if (const Node* change = map_or_null(n, "change")) read_change(*change, release);
    for (const Release& other : dossier_.releases)
      if (other.version == release.version && !release.version.empty())
        error(*n.find("version"), "the release '" + release.version + "' stands twice");
    dossier_.releases.push_back(std::move(release));
  }

  void read_artefact(const Node& n, Release& release) {
    keys(n, {"path", "kind", "sha256", "metric"});
    Artefact artefact;
    artefact.path = text_of(n, "path", true);
    artefact.kind = choice_of(n, "kind", {"sbom", "model", "data", "test_report", "document", "software", "predictions", "declaration", "vex"}, true);
    artefact.metric = text_of(n, "metric", artefact.kind == "predictions");
    if (!artefact.metric.empty() && artefact.kind != "predictions") error(*n.find("metric"), "only predictions have a metric");
    const std::string expected = text_of(n, "sha256", false);
    artefact.span = n.span;
    if (artefact.path.empty() || !open_artefact(artefact, *n.find("path"))) return;
    if (artefacts_ == Artefacts::open && !expected.empty() && expected != artefact.sha256)
      error(*n.find("sha256"), "the file has another hash: " + artefact.sha256, "the artefact changed since it was recorded");
    release.artefacts.push_back(std::move(artefact));
  }

  void read_operation(const Node& n, Operation& operation) {
    keys(n, {"thresholds", "labels", "interfaces", "data_sources"});
    if (const Node* thresholds = map_or_null(n, "thresholds"))
      for (std::size_t i = 0; i < thresholds->keys.size(); ++i) {
        const Node& value = thresholds->items[i];
        if (value.kind == Node::Kind::integer || value.kind == Node::Kind::text) {
          operation.thresholds.emplace_back(thresholds->keys[i].text, value.text);
        } else {
          error(value, "a threshold is a number or a word, not " + describe(value));
        }
      }
    operation.labels = words_of(n, "labels");
    operation.interfaces = words_of(n, "interfaces");
    operation.data_sources = words_of(n, "data_sources");
  }

  void read_foreseen_change(const Node& n, Release& release) {
    static const std::vector<std::string> known = {"components", "model_weights", "model_structure", "thresholds", "labels", "data", "data_sources"};
    keys(n, {"id", "of", "metric", "at_least"});
    ForeseenChange c;
    c.id = text_of(n, "id", true);
    c.span = n.span;
    c.of = words_of(n, "of");
    for (const std::string& word : c.of)
      if (std::find(known.begin(), known.end(), word) == known.end()) {
        std::string list;
        for (const std::string& k : known) list += (list.empty() ? "" : ", ") + k;
        error(*n.find("of"), "'of' cannot hold '" + word + "'", "any of " + list);
      }
    if (c.of.empty()) error(n, "a foreseen change names what may change under 'of'");
    c.metric = text_of(n, "metric", false);
    const Node* least = n.find("at_least");
    if (c.metric.empty() != (least == nullptr)) error(n, "'metric' and 'at_least' stand together or not at all");
    if (least != nullptr) {
      const auto share = parse_share(*least);
      if (!share) error(*least, "'at_least' is " + describe(*least) + ", not a share from 0 to 1");
      c.at_least = share.value_or(0);
    }
    release.foreseen_changes.push_back(std::move(c));
  }

  static std::optional<double> parse_share(const Node& n) {
    if (n.kind != Node::Kind::integer && n.kind != Node::Kind::text) return std::nullopt;
    double value = 0;
    const auto [end, failed] = std::from_chars(n.text.data(), n.text.data() + n.text.size(), value);
    if (failed != std::errc() || end != n.text.data() + n.text.size() || !(value >= 0 && value <= 1)) return std::nullopt;
    return value;
  }

  void read_change(const Node& n, Release& release) {
    keys(n, {"by", "on", "because", "closes", "components", "foreseen", "judged", "redone"});
    ChangeStatement c;
    c.by = text_of(n, "by", true);
    c.on = day_of(n, "on");
    c.because = text_of(n, "because", true);
    c.closes = words_of(n, "closes");
    c.components = words_of(n, "components");
    c.foreseen = words_of(n, "foreseen");
    c.span = n.span;
    if (c.closes.empty() != c.components.empty())
      error(n, "a security update names what it closes and which components it renews", "'closes' and 'components' stand together");
    if (const Node* judged = map_or_null(n, "judged"))
      for (std::size_t i = 0; i < judged->keys.size(); ++i) read_judgement(judged->keys[i], judged->items[i], c);
    if (const Node* redone = map_or_null(n, "redone"))
      for (std::size_t i = 0; i < redone->keys.size(); ++i) read_redone(redone->keys[i], redone->items[i], c);
    release.change = std::move(c);
  }

  void read_judgement(const Node& act, const Node& n, ChangeStatement& change) {
    if (act.text != "cra" && act.text != "ai_act") error(act, "'" + act.text + "' is no act that knows substantial modifications", "cra or ai_act");
    if (n.kind != Node::Kind::mapping) {
      error(n, "a judgement is a map, not " + describe(n), "a map with substantial, by, because, on, evidence");
      return;
    }
    keys(n, {"substantial", "by", "because", "on", "evidence"});
    ChangeJudgement j;
    j.act = act.text;
    const Node* substantial = n.find("substantial");
    if (substantial == nullptr || substantial->kind != Node::Kind::boolean) {
      error(substantial == nullptr ? n : *substantial, "it is not said whether the change is substantial", "substantial: true or false");
    } else {
      j.substantial = substantial->boolean;
    }
    j.by = text_of(n, "by", true);
    j.because = text_of(n, "because", true);
    j.on = day_of(n, "on");
    read_evidence(n, j.evidence);
    j.span = act.span;
    change.judged.push_back(std::move(j));
  }

  void read_redone(const Node& duty, const Node& n, ChangeStatement& change) {
    if (n.kind != Node::Kind::mapping) {
      error(n, "what was done again is a map, not " + describe(n), "a map with by, on, evidence, because");
      return;
    }
    keys(n, {"by", "because", "on", "evidence"});
    RedoneDuty r;
    r.duty = duty.text;
    r.by = text_of(n, "by", true);
    r.because = text_of(n, "because", false);
    r.on = day_of(n, "on");
    read_evidence(n, r.evidence);
    r.span = duty.span;
    if (n.find("evidence") == nullptr && r.because.empty())
      error(duty, "neither evidence nor a reason is given for '" + duty.text + "'", "evidence: [files] when it was done again, because: why when it need not be");
    change.redone.push_back(std::move(r));
  }

  // Fills in the hash; false, with the mistake reported, when the file leaves the dossier or cannot be read.
  bool open_artefact(Artefact& artefact, const Node& place) {
    const auto refuse = [&](const std::string& message, const std::string& hint = "") {
      error(place, message, hint);
      return false;
    };
    const fs::path path = fs::path(artefact.path).lexically_normal();
    if (path.is_absolute() || path.begin()->string() == "..")
      return refuse("'" + artefact.path + "' leaves the dossier", "artefacts lie in the dossier's folder");
    std::error_code ignored;
    if (!stays_within(dossier_.folder, dossier_.folder / path))
      return refuse("'" + artefact.path + "' leaves the dossier through a link");
    if (artefacts_ == Artefacts::leave) return true;
    // Data may be a whole folder; its hash is the root of its tree.
    if (fs::is_directory(dossier_.folder / path, ignored) && artefact.kind != "data")
      return refuse("'" + artefact.path + "' is a folder", "only data may be one");
    // A pipe would be waited for, without end where somebody holds it open.
    if (fs::is_other(dossier_.folder / path, ignored)) return refuse("'" + artefact.path + "' is neither a file nor a folder");
    const auto hash = sha256_of_path(dossier_.folder / path, artefact_limit);
    if (!hash) return refuse("'" + artefact.path + "' " + hash.error()[0].message);
    artefact.sha256 = *hash;
    return true;
  }

  void read_controls(const Node& n) {
    for (std::size_t i = 0; i < n.keys.size(); ++i) {
      const Node& value = n.items[i];
      if (value.kind != Node::Kind::mapping) {
        error(value, "the control '" + n.keys[i].text + "' is " + describe(value), "a map with status, owner, due, evidence, because");
        continue;
      }
      keys(value, {"status", "owner", "due", "evidence", "because"});
      ControlState c;
      c.id = n.keys[i].text;
      c.span = n.keys[i].span;
      const std::string status = choice_of(value, "status", {"open", "in_progress", "done", "not_applicable"}, false);
      if (!status.empty()) c.status = status;
      c.owner = text_of(value, "owner", false);
      c.because = text_of(value, "because", false);
      c.due = day_of(value, "due");
      if (c.status == "not_applicable" && c.because.empty())
        error(value, "'" + c.id + "' does not apply, and nothing says why", "add 'because'");
      read_evidence(value, c.evidence);
      dossier_.controls.push_back(std::move(c));
    }
  }

  void read_evidence(const Node& parent, std::vector<Artefact>& evidence) {
    const Node* list = parent.find("evidence");
    if (list == nullptr) return;
    if (list->kind != Node::Kind::sequence) return error(*list, "'evidence' is " + describe(*list) + ", not a list");
    for (const Node& item : list->items) {
      Artefact artefact{item.text, "evidence", "", item.span};
      if (item.kind != Node::Kind::text) {
        error(item, "evidence is a path, not " + describe(item));
      } else if (open_artefact(artefact, item)) {
        evidence.push_back(std::move(artefact));
      }
    }
  }

  void read_risk(const Node& n) {
    keys(n, {"id", "threat", "protects", "atlas", "likelihood", "impact", "treatment", "measures", "controls", "evidence", "residual", "owner",
             "accepted_by", "accepted_on"});
    Risk r;
    r.span = n.span;
    r.id = text_of(n, "id", true);
    r.threat = text_of(n, "threat", true);
    r.protects = words_of(n, "protects");
    r.atlas = words_of(n, "atlas");
    r.controls = words_of(n, "controls");
    for (const std::string& good : r.protects)
      if (good != "security" && good != "health_safety" && good != "fundamental_rights")
        error(*n.find("protects"), "'" + good + "' is no good that a risk is about", "security, health_safety, fundamental_rights");
    for (const std::string& id : r.atlas)
      if (!atlas_technique(id)) error(*n.find("atlas"), "'" + id + "' is no technique of MITRE ATLAS", "AML.T0043, or AML.T0024.000");
    r.likelihood = choice_of(n, "likelihood", {"rare", "unlikely", "possible", "likely", "almost_certain"}, true);
    r.impact = choice_of(n, "impact", {"negligible", "minor", "moderate", "major", "severe"}, true);
    r.treatment = choice_of(n, "treatment", {"avoid", "reduce", "share", "accept"}, false);
    r.residual = choice_of(n, "residual", {"low", "medium", "high"}, false);
    r.measures = text_of(n, "measures", false);
    r.owner = text_of(n, "owner", false);
    r.accepted_by = text_of(n, "accepted_by", false);
    r.accepted_on = day_of(n, "accepted_on");
    read_evidence(n, r.evidence);
    for (const Risk& other : dossier_.risks)
      if (other.id == r.id && !r.id.empty()) error(*n.find("id"), "the risk '" + r.id + "' stands twice");
    if (r.accepted_by.empty() != !r.accepted_on) error(n, "what remains is accepted by somebody on a day", "'accepted_by' and 'accepted_on', or neither");
    dossier_.risks.push_back(std::move(r));
  }

  // AML.T0043, AML.T0024.000
  static bool atlas_technique(const std::string& id) {
    const auto digits = [&](std::size_t from, std::size_t count) {
      return id.size() >= from + count && std::all_of(id.begin() + static_cast<std::ptrdiff_t>(from), id.begin() + static_cast<std::ptrdiff_t>(from + count),
                                                      [](unsigned char c) { return std::isdigit(c) != 0; });
    };
    return id.starts_with("AML.T") && digits(5, 4) && (id.size() == 9 || (id.size() == 13 && id[9] == '.' && digits(10, 3)));
  }

  void read_items(const Node& n) {
    for (std::size_t i = 0; i < n.keys.size(); ++i) {
      const Node& value = n.items[i];
      ItemText item;
      item.id = n.keys[i].text;
      item.span = n.keys[i].span;
      if (value.kind == Node::Kind::text) {
        item.text = value.text;
      } else if (value.kind == Node::Kind::mapping) {
        keys(value, {"text", "file", "not_applicable"});
        item.text = text_of(value, "text", false);
        item.not_applicable = text_of(value, "not_applicable", false);
        if (const Node* file = value.find("file")) {
          Artefact artefact{text_of(value, "file", true), "document", "", file->span};
          if (!artefact.path.empty() && open_artefact(artefact, *file)) item.file = std::move(artefact);
        }
        if (value.keys.size() != 1) error(value, "'" + item.id + "' has one of text, file and not_applicable");
      } else {
        error(value, "'" + item.id + "' is " + describe(value), "text, or a map with one of text, file, not_applicable");
        continue;
      }
      dossier_.items.push_back(std::move(item));
    }
  }

  void read_standard(const Node& n) {
    keys(n, {"reference", "title", "official_journal", "cited_on", "extent"});
    Standard s;
    s.reference = text_of(n, "reference", true);
    s.title = text_of(n, "title", false);
    s.official_journal = text_of(n, "official_journal", false);
    s.cited_on = day_of(n, "cited_on");
    s.in_full = choice_of(n, "extent", {"full", "partial"}, true) == "full";
    if (s.official_journal.empty() != !s.cited_on)
      error(n, "a cited standard has both 'official_journal' and 'cited_on'", "leave both out when it is not cited");
    dossier_.standards.push_back(std::move(s));
  }

  void read_declaration(const Node& n) {
    keys(n, {"place", "signed_by", "function", "on_behalf_of", "address", "additional", "body_name", "body_number", "certificate", "procedure"});
    Declaration& d = dossier_.declaration;
    for (const auto& [key, to] : {std::pair<const char*, std::string*>{"place", &d.place}, {"signed_by", &d.signed_by},
                                  {"function", &d.function}, {"on_behalf_of", &d.on_behalf_of}, {"address", &d.address},
                                  {"additional", &d.additional}, {"body_name", &d.body_name}, {"body_number", &d.body_number},
                                  {"certificate", &d.certificate}})
      *to = text_of(n, key, false);
    d.procedure = choice_of(n, "procedure", {"module_a", "module_b_c", "module_h", "certificate_27_9", "certificate_8_1"}, false);
  }

  void read_facts(const Node& n) {
    for (std::size_t i = 0; i < n.keys.size(); ++i) {
      GivenFact fact;
      fact.id = n.keys[i].text;
      fact.key = n.keys[i];
      const Node& value = n.items[i];
      if (value.kind == Node::Kind::mapping) {
        keys(value, {"value", "source"});
        if (const Node* v = value.find("value")) {
          fact.value = *v;
        } else {
          error(value, "the fact '" + fact.id + "' has no 'value'", "write null for an open question");
        }
        if (const Node* s = value.find("source")) fact.source = read_source(*s);
      } else {
        fact.value = value;
      }
      dossier_.facts.push_back(std::move(fact));
    }
  }

  Source read_source(const Node& n) {
    Source source;
    if (n.kind == Node::Kind::text) {
      source.by = n.text;
      return source;
    }
    if (n.kind != Node::Kind::mapping) {
      error(n, "'source' is " + describe(n), "text, or a map with kind, by, on, note, artefact");
      return source;
    }
    keys(n, {"kind", "by", "on", "note", "artefact"});
    const std::string kind = choice_of(n, "kind", {"person", "measured", "document"}, false);
    if (!kind.empty()) source.kind = kind;
    source.by = text_of(n, "by", false);
    source.note = text_of(n, "note", false);
    source.artefact = text_of(n, "artefact", false);
    source.on = day_of(n, "on");
    return source;
  }

  void read_readings(const Node& n) {
    for (std::size_t i = 0; i < n.keys.size(); ++i) {
      const Node& value = n.items[i];
      if (value.kind != Node::Kind::mapping) {
        error(value, "the choice for '" + n.keys[i].text + "' is " + describe(value), "a map with reading, by, on, because");
        continue;
      }
      keys(value, {"reading", "by", "on", "because"});
      dossier_.readings.push_back({n.keys[i].text, text_of(value, "reading", true), text_of(value, "by", true),
                                   text_of(value, "because", false), day_of(value, "on"), n.keys[i].span});
    }
  }

  void read_sign_off(const Node& n) {
    keys(n, {"of", "by", "role", "on", "facts_sha256", "law_sha256"});
    SignOff s;
    s.of = choice_of(n, "of", {"classification", "change"}, true);
    s.by = text_of(n, "by", true);
    s.role = text_of(n, "role", false);
    s.on = day_of(n, "on");
    s.facts_sha256 = text_of(n, "facts_sha256", true);
    s.law_sha256 = text_of(n, "law_sha256", true);
    dossier_.sign_offs.push_back(std::move(s));
  }

  Loaded& out_;
  Dossier& dossier_;
  Artefacts artefacts_;
};

}  // namespace

Loaded load(const fs::path& folder, Artefacts artefacts) {
  Loaded loaded;
  Dossier& d = loaded.dossier;
  d.folder = folder;
  fs::path file = folder;
  std::error_code ignored;
  if (fs::is_regular_file(folder, ignored)) {
    d.folder = folder.parent_path().empty() ? fs::path(".") : folder.parent_path();
  } else {
    file = folder / "duolex.yaml";
  }
  d.file = file.string();
  auto bytes = read_file(file, std::size_t{16} << 20);
  if (!bytes) {
    loaded.errors = bytes.error();
    if (fs::is_directory(folder, ignored)) loaded.errors[0].hint = "a dossier is a folder with a file duolex.yaml; 'duolex init' writes one";
    return loaded;
  }
  d.bytes = std::move(*bytes);
  const auto root = text::read_yaml(d.file, d.bytes);
  if (!root) {
    loaded.errors = root.error();
    return loaded;
  }
  Reader(loaded, artefacts).read(*root);
  return loaded;
}

}  // namespace duolex::dossier
