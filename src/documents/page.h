// The parts of report.html, each written by one function, and what they share.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "documents/assessment.h"
#include "documents/html.h"

namespace duolex::documents {

class Page {
 public:
  explicit Page(const Assessment& assessment) : a(assessment) {}

  const Assessment& a;
  Html h;

  [[nodiscard]] const findings::Finding& of(const char* conclusion) const { return a.findings[conclusion]; }

  // A section with its heading; closed by the caller. `id` is that of the heading.
  void section(const char* id, const char* title);
  // A table with its head; a column is a class name and a title. Closed by end_table().
  struct Column {
    const char* name;
    const char* title;
  };
  void table(const char* caption, std::initializer_list<Column> columns);
  void end_table();
  // A cell, left open. `label` repeats the column's title where a narrow screen has no head.
  void cell(const char* label);
  void tag(const char* name, std::string_view text);
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
