#include "incidents/record.h"

#include "incidents/reader.h"
#include "incidents/vocabulary.h"

namespace duolex::incidents {
namespace {

using text::Node;

class RecordReader {
 public:
  RecordReader(const std::string& bytes, Diagnostics& errors, Record& out) : reader_(bytes, errors), out_(out) {}

  void read(const Node& root) {
    if (!reader_.map(root, "a record of an incident",
                     {"format", "id", "title", "summary", "time_zone", "versions", "components", "cra", "ai_act",
                      "gdpr", "awareness", "events", "submissions", "upstream", "intake", "fields"})) {
      return;
    }
    reader_.format(root);
    out_.id = reader_.text(root, "id", true);
    out_.title = reader_.text(root, "title", true);
    out_.summary = reader_.text(root, "summary");
    read_zone(root);
    out_.versions = reader_.words(root, "versions");
    out_.components = reader_.words(root, "components");
    for (const std::string& act : acts()) read_facts(root, act);
    if (!out_.zone) return;  // no moment can be read without it
    for (const Node& n : reader_.items(root, "awareness")) read_awareness(n);
    for (const Node& n : reader_.items(root, "events")) read_event(n);
    for (const Node& n : reader_.items(root, "submissions")) read_submission(n);
    for (const Node& n : reader_.items(root, "upstream")) read_upstream(n);
    if (const Node* n = reader_.member(root, "intake")) read_intake(*n);
    if (const Node* n = reader_.member(root, "fields")) read_fields(*n);
  }

 private:
  void read_zone(const Node& root) {
    const std::string name = reader_.text(root, "time_zone", true);
    if (name.empty()) return;
    out_.zone = Zone::named(name);
    if (!out_.zone) reader_.error(*root.find("time_zone"), "no time zone '" + name + "' is known here", "an IANA name such as Europe/Berlin");
  }

  void read_facts(const Node& root, const std::string& act) {
    const Node* map = reader_.member(root, act);
    if (map == nullptr) return;
    std::vector<std::string> known;
    for (const FactType& type : fact_types()) {
      if (type.id.starts_with(act + ".")) known.push_back(type.id.substr(act.size() + 1));
    }
    reader_.map(*map, "'" + act + "'", known);
    for (const std::string& key : known) {
      const FactType& type = *fact_type(act + "." + key);
      const Node* value = map->find(key);
      if (value != nullptr && value->kind == Node::Kind::sequence && !type.many) {
        reader_.error(*value, "'" + key + "' is one of " + joined(type.words) + ", not a list");
        continue;
      }
      std::vector<std::string> words = reader_.words(*map, key, type.words);
      if (!words.empty()) out_.facts[type.id] = std::move(words);
    }
  }

  RecordedAct act_of(const Node& n) {
    RecordedAct act;
    act.span = n.span;
    act.by = reader_.text(n, "by", true);
    act.note = reader_.text(n, "note");
    const std::string at = reader_.text(n, "at", true);
    if (at.empty()) return act;
    const ParsedPoint parsed = parse_point(at, *out_.zone);
    const Node& place = *n.find("at");
    switch (parsed.error) {
      case PointError::none: act.at = parsed.point; break;
      case PointError::malformed:
        reader_.error(place, "'" + at + "' is no moment", "write 2027-03-28T10:20+02:00, or 2027-03-28 when only the day is known");
        break;
      case PointError::no_such_time:
        reader_.error(place, "'" + at + "' does not exist in " + out_.zone->name(), "the clocks were put forward; write the offset");
        break;
      case PointError::ambiguous:
        reader_.error(place, "'" + at + "' comes twice in " + out_.zone->name(), "the clocks were put back; write the offset");
        break;
    }
    return act;
  }

  void read_awareness(const Node& n) {
    if (!reader_.map(n, "an entry of 'awareness'", {"of", "at", "by", "note"})) return;
    Awareness entry{reader_.words(n, "of", acts()), act_of(n)};
    if (entry.of.empty()) reader_.error(n, "aware under which act?", "of: [cra, ai_act, gdpr] or some of them");
    out_.awareness.push_back(std::move(entry));
  }

  void read_event(const Node& n) {
    if (!reader_.map(n, "an entry of 'events'", {"what", "at", "by", "note"})) return;
    out_.events.push_back({reader_.choice(n, "what", events(), true), act_of(n)});
  }

  void read_submission(const Node& n) {
    if (!reader_.map(n, "an entry of 'submissions'", {"act", "stage", "reference", "also_covers", "at", "by", "note"})) return;
    out_.submissions.push_back({reader_.choice(n, "act", acts(), true), reader_.choice(n, "stage", stages(), true),
                                reader_.text(n, "reference"), reader_.words(n, "also_covers", stages()), act_of(n)});
  }

  void read_upstream(const Node& n) {
    if (!reader_.map(n, "an entry of 'upstream'", {"component", "to", "reference", "fix_shared", "at", "by", "note"})) return;
    out_.upstream.push_back({reader_.text(n, "component", true), reader_.text(n, "to", true),
                             reader_.text(n, "reference"), reader_.flag(n, "fix_shared").value_or(false), act_of(n)});
  }

  void read_intake(const Node& n) {
    if (!reader_.map(n, "'intake'", {"channel", "reporter_commitment", "reference", "wants_credit", "at", "by", "note"})) return;
    out_.intake = Intake{reader_.text(n, "channel", true), reader_.text(n, "reporter_commitment"),
                         reader_.text(n, "reference"), reader_.flag(n, "wants_credit").value_or(false), act_of(n)};
  }

  void read_fields(const Node& n) {
    for (std::size_t i = 0; i < n.keys.size(); ++i) {
      const Node& value = n.items[i];
      if (value.kind == Node::Kind::null) continue;
      std::string words = value.kind == Node::Kind::sequence ? joined(reader_.words(n, n.keys[i].text))
                                                             : reader_.text(n, n.keys[i].text);
      out_.fields[n.keys[i].text] = {std::move(words), value.span};
    }
  }

  Reader reader_;
  Record& out_;
};

}  // namespace

Result<Record> read_record(const std::string& file, const std::string& bytes) {
  text::Limits limits;
  limits.bytes = std::size_t{4} << 20;
  const auto root = text::read_by_name(file, bytes, limits);
  if (!root) return failure(root.error());
  Record record;
  record.file = file;
  Diagnostics errors;
  RecordReader(bytes, errors, record).read(*root);
  if (!errors.empty()) return failure(std::move(errors));
  return record;
}

}  // namespace duolex::incidents
