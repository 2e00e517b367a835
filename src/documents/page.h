// The parts of report.html, each written by one function, and what they share.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "documents/assessment.h"
#include "documents/html.h"
#include "documents/law_said.h"
#include "documents/tongue.h"

namespace duolex::documents {

class Page {
 public:
  Page(const Assessment& assessment, const Tongue& language) : a(assessment), tongue(language) { h.speak(tongue); }

  const Assessment& a;
  const Tongue& tongue;
  Html h;

  [[nodiscard]] bool english() const { return tongue.language() == "en"; }
  // In the page's language; what the catalogue lacks in English, and marked as such.
  void say(const Said& what);
  void with(const char* element, const Said& what, const char* attributes = "");
  // A sentence that the law, or a room that knows no documents, made as a whole.
  [[nodiscard]] static Said law(const std::string& sentence) { return told(sentence); }
  [[nodiscard]] Said value(const findings::Finding& finding) const;
  [[nodiscard]] Said value(const std::string& text) const;
  [[nodiscard]] Said reason(const plan::Reason& reason) const;

  [[nodiscard]] const findings::Finding& of(const char* conclusion) const { return a.findings[conclusion]; }

  // A section with its heading; closed by the caller. `id` is that of the heading.
  void section(const char* id, const Said& title);
  // A table with its head; a column is a class name and a title. Closed by end_table().
  struct Column {
    const char* name;
    Said title;
  };
  void table(const Said& caption, std::initializer_list<Column> columns);
  void end_table();
  // A cell, left open. `label` repeats the column's title where a narrow screen has no head.
  void cell(const Said& label);
  void tag(const char* name, const Said& text);
  void reasons(const std::vector<plan::Reason>& reasons);
};

void write_header(Page& page);
void write_verdict(Page& page);
void write_open_points(Page& page);
void write_routes(Page& page);
void write_readings(Page& page);
void write_timeline(Page& page);
void write_questions(Page& page);
void write_duties(Page& page);
void write_conclusions(Page& page);
void write_measured(Page& page);
void write_change_check(Page& page);
void write_vulnerabilities(Page& page);
void write_tested(Page& page);
void write_evidence(Page& page);
void write_facts(Page& page);
void write_proofs(Page& page);
void write_law(Page& page);

}  // namespace duolex::documents
