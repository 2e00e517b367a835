// What the readers of the three formats share. Internal to this folder.
#pragma once

#include "sbom/lines.h"
#include "sbom/structure_check.h"
#include "sbom/tree.h"
#include "vulnerabilities/vex/read.h"

namespace duolex::vulnerabilities::vex {

// A document being read into the statements of all.
class Reader {
 public:
  Reader(const std::string& file, const std::string& bytes, Statements& out) : lines_(file, bytes), out_(out) {}

  [[nodiscard]] sbom::Place place(sbom::Value at) { return lines_.at(at.begin(), at.end()); }
  [[nodiscard]] Diagnostic error(sbom::Value at, const std::string& message, const std::string& hint = "") {
    return lines_.error(at.begin(), at.end(), message, hint);
  }
  // What is broken of the structure, in the order of the file.
  [[nodiscard]] Diagnostics shown(std::vector<sbom::Violation> violations);

  [[nodiscard]] std::size_t begin_document(Document document) {
    out_.documents.push_back(std::move(document));
    return out_.documents.size() - 1;
  }
  void remark(sbom::Value at, const std::string& vulnerability, std::string text) {
    out_.remarks.push_back({out_.documents.size() - 1, place(at), vulnerability, std::move(text)});
  }
  // Keeps a statement, and says what it lacks.
  void keep(Statement statement, sbom::Value at);
  // Before something is kept, as often as it is kept: a long reason for many products takes its room many times. False
  // once the document says more than is taken; the reader then ends.
  bool take(std::size_t bytes) {
    room_ += bytes;
    return !too_many();
  }
  bool take(const Identity& identity) { return take(sizeof identity + words_of(identity)); }
  bool take_subject(const Identity& product) {
    ++subjects_;
    return take(sizeof(Subject) + words_of(product));
  }
  [[nodiscard]] bool too_many() const { return subjects_ > most_subjects || room_ > most_room; }
  [[nodiscard]] Diagnostic too_many_at(sbom::Value at) {
    if (subjects_ > most_subjects) return error(at, "more than " + std::to_string(most_subjects) + " products are spoken of");
    return error(at, "what is said up to here takes more than " + std::to_string(most_room >> 20) + " MiB to keep");
  }

 private:
  [[nodiscard]] static std::size_t words_of(const Identity& identity);

  sbom::Lines lines_;
  Statements& out_;
  std::size_t subjects_ = 0, room_ = 0;
};

// Takes a range in place of a version. One that cannot be read binds nothing.
void bind_range(Identity& identity, const std::string& range);
// A product named by text: a purl, a link into a bill of materials, or only a name.
[[nodiscard]] Identity identity_of(std::string text);
// The first of these that holds a point in time.
[[nodiscard]] Instant first_instant(std::initializer_list<sbom::Value> values);
// As a scalar of JSON, or as an element or attribute of XML with blanks put together; "" when there is none.
[[nodiscard]] std::string text_of(sbom::Value value);

[[nodiscard]] Result<void> read_openvex(const std::string& file, const std::string& bytes, sbom::Value root, Statements& out);
[[nodiscard]] Result<void> read_csaf(const std::string& file, const std::string& bytes, sbom::Value root, Statements& out);
[[nodiscard]] Result<void> read_cyclonedx(const std::string& file, const std::string& bytes, const sbom::Tree& tree, bool xml, const sbom::Sbom& bill,
                                          bool embedded, Statements& out);

}  // namespace duolex::vulnerabilities::vex
