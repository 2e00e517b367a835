// The record of one incident: a file of the dossier (docs/formats/incident.md) with what happened, when somebody
// became aware, what was submitted to whom, and the words for the forms.
//
// Becoming aware is an act a person records; nothing else starts a clock of CRA Art. 14, AI Act Art. 73 or
// GDPR Art. 33.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "incidents/moment.h"

namespace duolex::incidents {

// Something a person says happened at a moment.
struct RecordedAct {
  Point at;
  std::string by, note;
  Span span;
};

struct Awareness {
  std::vector<std::string> of;  // acts
  RecordedAct act;
};

struct Event {
  std::string what;  // see vocabulary.h
  RecordedAct act;
};

struct Submission {
  std::string act, stage, reference;
  std::vector<std::string> also_covers;  // stages whose information this one held already
  RecordedAct recorded;
};

// A component's maker or maintainer who was told (CRA Art. 13(6)).
struct UpstreamReport {
  std::string component, to, reference;
  bool fix_shared = false;
  RecordedAct recorded;
};

// How the report reached the manufacturer (CRA Annex I Part II(5) and (6)). Names stay out; a salted commitment
// binds the reporter's identity without showing it.
struct Intake {
  std::string channel, reporter_commitment, reference;
  bool wants_credit = false;
  RecordedAct received;
};

struct FieldText {
  std::string text;
  Span span;
};

struct Record {
  std::string file, id, title, summary;
  std::optional<Zone> zone;  // always there in a record that was read
  std::vector<std::string> versions, components;
  std::map<std::string, std::vector<std::string>> facts;  // known ones only; "cra.kind" -> {"incident"}
  std::vector<Awareness> awareness;
  std::vector<Event> events;
  std::vector<Submission> submissions;
  std::vector<UpstreamReport> upstream;
  std::optional<Intake> intake;
  std::map<std::string, FieldText> fields;  // of the platform's forms, by their id
};

// The record, or everything that is wrong with it.
[[nodiscard]] Result<Record> read_record(const std::string& file, const std::string& bytes);

}  // namespace duolex::incidents
