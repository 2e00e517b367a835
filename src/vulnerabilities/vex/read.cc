#include "vulnerabilities/vex/read.h"

#include <algorithm>
#include <cstring>

#include "sbom/cyclonedx.h"
#include "sbom/validity.h"
#include "vulnerabilities/vex/reader.h"

namespace duolex::vulnerabilities::vex {
namespace {

constexpr const char* what_is_read = "OpenVEX 0.2.0, CSAF 2.0 and CycloneDX 1.4 to 1.7 are read";

}  // namespace

const char* name_of(Claim claim) {
  switch (claim) {
    case Claim::affected: return "affected";
    case Claim::under_investigation: return "under_investigation";
    case Claim::not_affected: return "not_affected";
    case Claim::fixed: return "fixed";
  }
  return "";
}

const char* name_of(Kind kind) {
  switch (kind) {
    case Kind::openvex: return "OpenVEX";
    case Kind::csaf: return "CSAF";
    case Kind::cyclonedx: return "CycloneDX";
  }
  return "";
}

Diagnostics Reader::shown(std::vector<sbom::Violation> violations) {
  std::stable_sort(violations.begin(), violations.end(), [](const auto& a, const auto& b) { return a.begin < b.begin; });
  constexpr std::size_t most = 20;
  const std::size_t more = violations.size() - std::min(violations.size(), most);
  violations.resize(violations.size() - more);
  Diagnostics out;
  for (const sbom::Violation& v : violations) out.push_back(lines_.error(v.begin, v.end, v.rule + ": " + v.message, v.hint));
  if (more != 0) out.back().hint += (out.back().hint.empty() ? "" : "; ") + std::string("and ") + std::to_string(more) + " more";
  return out;
}

void Reader::keep(Statement statement, sbom::Value at) {
  statement.document = out_.documents.size() - 1;
  statement.place = place(at);
  // Each constraint of a range is looked at like a product of its own.
  for (const Subject& subject : statement.subjects) {
    if (subject.product.range) subjects_ += subject.product.range->constraints.size();
    for (const Identity& part : subject.parts) subjects_ += part.range ? part.range->constraints.size() : 0;
  }
  (void)take(sizeof(Statement) + statement.action.size() + statement.notes.size());
  for (const std::string& name : statement.vulnerabilities) (void)take(sizeof name + name.size());
  const std::string& id = statement.vulnerabilities.front();
  if (statement.subjects.empty()) remark(at, id, "names no product, and is applied to none");
  if (statement.claim == Claim::not_affected) {
    const auto without = std::count_if(statement.subjects.begin(), statement.subjects.end(), [](const Subject& s) { return s.justification.empty() && s.impact.empty(); });
    if (without != 0)
      remark(at, id, "says not_affected without a justification" +
                         (without == static_cast<std::ptrdiff_t>(statement.subjects.size()) ? std::string() : " for " + std::to_string(without) + " of its " + std::to_string(statement.subjects.size()) + " products") +
                         ", and is not applied there");
  }
  if (statement.claim == Claim::affected && statement.action.empty() && out_.documents.back().kind != Kind::cyclonedx)
    remark(at, id, "says affected without saying what is to be done; it is applied");
  if (!statement.time.known()) remark(at, id, "says no time, and gives way to any statement that does");
  out_.statements.push_back(std::move(statement));
}

std::size_t Reader::words_of(const Identity& i) {
  std::size_t out = i.shown.size() + i.cpe.size() + i.name.size() + i.version.size() + i.bill.size() + i.ref.size() + i.open_ended.size();
  for (const sbom::Hash& hash : i.hashes) out += sizeof hash + hash.algorithm.size() + hash.value.size();
  if (i.purl) out += i.shown.size();
  if (i.range) {
    out += i.range->text.size();
    for (const vers::Constraint& c : i.range->constraints) out += sizeof c + c.version.size();
  }
  return out;
}

void bind_range(Identity& identity, const std::string& range) {
  identity.version.clear();
  identity.hashes.clear();  // of one file of one version
  if (identity.purl) identity.purl->version.clear();
  identity.open_ended = "it names a range of versions, '" + range + "'";
  if (!vers::looks_like_range(range)) return;
  auto read = vers::read_range(range);
  if (!read) {
    identity.open_ended += " (" + read.error().front().message + ")";
    return;
  }
  if (read->bounded()) identity.open_ended.clear();
  else identity.open_ended += " without an upper end";
  identity.range = std::move(*read);
}

Identity identity_of(std::string text) {
  Identity out;
  if (text.starts_with("pkg:"))
    if (auto purl = sbom::parse_purl(text)) {
      out.purl = std::move(*purl);
      const std::string range(out.purl->qualifier("vers"));
      std::erase_if(out.purl->qualifiers, [](const auto& q) { return q.first == "vers"; });
      if (!range.empty() && out.purl->version.empty()) bind_range(out, range);
    }
  // urn:cdx:SERIAL/VERSION#REF
  constexpr std::string_view link = "urn:cdx:";
  const std::size_t slash = text.find('/'), hash = std::min(text.find('#'), text.size());
  if (text.starts_with(link) && slash < hash) {
    out.bill = "urn:uuid:" + text.substr(link.size(), slash - link.size());
    out.bill_version = text.substr(slash + 1, hash - slash - 1);
    if (hash < text.size()) out.ref = text.substr(hash + 1);
  }
  out.shown = std::move(text);
  return out;
}

std::string text_of(sbom::Value value) {
  if (!value) return "";
  if (!value.is(sbom::Kind::element) && !value.is(sbom::Kind::attribute)) return value.is(sbom::Kind::text) || value.is(sbom::Kind::number) ? value.text() : "";
  std::string room, out;
  for (const char c : value.text(room)) {
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') out += c;
    else if (!out.empty() && out.back() != ' ') out += ' ';
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

Instant first_instant(std::initializer_list<sbom::Value> values) {
  for (const sbom::Value value : values)
    if (value)
      if (auto instant = parse_instant(text_of(value))) return std::move(*instant);
  return {};
}

Result<void> read_document(const std::string& file, const std::string& bytes, Statements& out) {
  if (bytes.size() > limits.bytes) return failure(error_in(file, "is larger than the " + std::to_string(limits.bytes >> 20) + " MiB that are read"));
  if (sbom::looks_like_xml(bytes)) {
    const auto bill = sbom::read_sbom(file, bytes, limits);
    if (!bill) return tl::unexpected(bill.error());
    const auto tree = sbom::xml_tree(file, bytes, limits);
    if (!tree) return tl::unexpected(tree.error());
    return read_cyclonedx(file, bytes, *tree, true, *bill, false, out);
  }
  const auto tree = sbom::json_tree(file, bytes, limits);
  if (!tree) return tl::unexpected(tree.error());
  const sbom::Value root = tree->root();
  if (root.find("bomFormat")) {
    const auto bill = sbom::read_cyclonedx_json(file, bytes, limits);
    if (!bill) return tl::unexpected(bill.error());
    return read_cyclonedx(file, bytes, *tree, false, *bill, false, out);
  }
  if (root.find("document")) return read_csaf(file, bytes, root, out);
  if (root.find("@context") || root.find("statements")) return read_openvex(file, bytes, root, out);
  return failure(sbom::Lines(file, bytes).error(root.begin(), root.begin() + 1, "this is no VEX document", what_is_read));
}

void read_embedded(const sbom::Sbom& bill, const std::string& bytes, Statements& out) {
  const bool xml = bill.encoding == sbom::Format::cyclonedx_xml;
  if (!xml && bill.encoding != sbom::Format::cyclonedx_json) return;
  constexpr std::string_view word = "vulnerabilities";
  if (memmem(bytes.data(), bytes.size(), word.data(), word.size()) == nullptr) return;
  const std::size_t documents = out.documents.size(), statements = out.statements.size();
  const auto tree = xml ? sbom::xml_tree(bill.file, bytes, {}) : sbom::json_tree(bill.file, bytes, {});
  if (tree && !xml && !tree->root().find(word)) return;
  const Result<void> read = tree ? read_cyclonedx(bill.file, bytes, *tree, xml, bill, true, out) : tl::unexpected(tree.error());
  if (read) return;
  // The bill was read, so only what it says of vulnerabilities is broken.
  out.documents.resize(documents);
  out.statements.resize(statements);
  std::erase_if(out.remarks, [&](const Remark& r) { return r.document >= documents; });
  out.documents.push_back({bill.file, Kind::cyclonedx, bill.id, "", true});
  for (const Diagnostic& d : read.error())
    out.remarks.push_back({documents, {d.span.line, d.span.column, d.span.begin, d.span.end}, "", d.message + "; none of the bill's own statements is applied"});
}

}  // namespace duolex::vulnerabilities::vex
