#include <optional>

#include "sbom/spdx.h"

namespace duolex::sbom {
namespace {

class Reader {
 public:
  Reader(const std::string& file, const std::string& bytes, const Limits& limits)
      : collector_(file, bytes, limits, Format::spdx_json), out_(collector_.sbom()) {}

  Result<Sbom> read(const Value root) {
    if (const auto wrong = header(root)) return failure(*wrong);
    const Value packages = root.find("packages"), files = root.find("files");
    std::size_t count = 0;
    for (const Value list : {packages, files})
      for ([[maybe_unused]] const Value item : list.children()) ++count;
    collector_.expect(count);
    each(packages, false);
    each(files, true);
    if (collector_.too_many()) return collector_.finish();
    collector_.index_references();
    if (const Value described = root.find("documentDescribes"); described.is(Kind::array))
      for (const Value ref : described.children())
        if (ref.is(Kind::text)) relate(collector_, "", Relation::describes, ref.text());
    if (packages.is(Kind::array)) contained(packages);
    if (const Value relationships = root.find("relationships"); relationships.is(Kind::array)) graph(relationships);
    return collector_.finish();
  }

 private:
  Diagnostic error(const Value at, const std::string& message, const std::string& hint = "") {
    return collector_.lines().error(at.begin(), at.end(), message, hint);
  }

  std::optional<Diagnostic> header(const Value root) {
    if (!root.is(Kind::object)) return error(root, std::string("an SPDX document is an object, not ") + describe(root.kind()));
    const Value version = root.find("spdxVersion");
    if (!version.is(Kind::text)) return error(version ? version : root, "this is no SPDX 2 document", "it has \"spdxVersion\": \"SPDX-2.3\"");
    out_.spec_version = spdx2_version(version.text());
    if (out_.spec_version.empty()) return error(version, "'spdxVersion' is '" + version.text().substr(0, 40) + "'", spdx2_versions_hint);
    for (const char* key : {"packages", "files", "relationships"})
      if (const Value again = root.find_again(key)) return error(again, std::string("'") + key + "' is given twice");
    for (const char* key : {"packages", "files", "relationships"})
      if (const Value list = root.find(key); list && !list.is(Kind::array) && !list.is(Kind::null))
        return error(list, std::string("'") + key + "' is " + describe(list.kind()) + ", not a list");
    out_.id = text_of(root.find("documentNamespace"));
    if (const Value info = root.find("creationInfo"); info.is(Kind::object)) {
      out_.timestamp = text_of(info.find("created"));
      if (const Value creators = info.find("creators"); creators.is(Kind::array))
        for (const Value creator : creators.children())
          if (creator.is(Kind::text)) add_spdx_creator(creator.text(), out_);
    }
    return std::nullopt;
  }

  std::string text_of(const Value node) {
    if (!node || node.is(Kind::null)) return "";
    if (node.is(Kind::text)) return node.text();
    collector_.warn(node.begin(), node.end(), "'" + node.key() + "' is " + describe(node.kind()) + ", not text");
    return "";
  }

  void each(const Value list, bool files) {
    if (!list.is(Kind::array)) return;
    std::uint32_t ordinal = 0;
    for (const Value item : list.children()) {
      if (collector_.too_many() || !collector_.met()) return;
      Component c;
      c.ordinal = ordinal++;
      if (!item.is(Kind::object)) {
        collector_.reject(item.begin(), item.end(), files ? "a file is an object" : "a package is an object");
        continue;
      }
      files ? read_file_entry(item, c) : read_package(item, c);
      if (c.name.empty()) {
        collector_.reject(item.begin(), item.end(), files ? "this file has no name" : "this package has no name");
      } else {
        collector_.store(std::move(c), item.begin(), item.end());
      }
    }
  }

  void read_package(const Value item, Component& c) {
    std::string concluded, declared;
    for (const Value field : item.children()) {
      const std::string_view key = field.plain_key();
      if (key == "name") c.name = text_of(field);
      else if (key == "SPDXID") c.ref = text_of(field);
      else if (key == "versionInfo") c.version = text_of(field);
      else if (key == "supplier") c.supplier = spdx_agent(text_of(field));
      else if (key == "originator") c.author = spdx_agent(text_of(field));
      else if (key == "licenseConcluded") concluded = text_of(field);
      else if (key == "licenseDeclared") declared = text_of(field);
      else if (key == "primaryPackagePurpose") c.type = spdx_purpose(text_of(field));
      else if (key == "checksums") checksums(field, c);
      else if (key == "externalRefs") references(field, c);
    }
    if (c.version == "NOASSERTION") c.version.clear();
    add_spdx_licence(says_nothing(concluded) ? declared : concluded, c.licences);
  }

  void read_file_entry(const Value item, Component& c) {
    c.type = "file";
    c.name = text_of(item.find("fileName"));
    c.ref = text_of(item.find("SPDXID"));
    if (const Value sums = item.find("checksums")) checksums(sums, c);
    add_spdx_licence(text_of(item.find("licenseConcluded")), c.licences);
  }

  void checksums(const Value list, Component& c) {
    if (!list.is(Kind::array)) return;
    for (const Value sum : list.children())
      if (sum.is(Kind::object)) c.hashes.push_back({hash_algorithm(text_of(sum.find("algorithm"))), text_of(sum.find("checksumValue"))});
  }

  void references(const Value list, Component& c) {
    if (!list.is(Kind::array)) return;
    for (const Value ref : list.children()) {
      if (!ref.is(Kind::object)) continue;
      std::string type = text_of(ref.find("referenceType"));
      // Some programs write the type's full address.
      if (const std::size_t slash = type.rfind('/'); slash != std::string::npos) type.erase(0, slash + 1);
      const Value locator = ref.find("referenceLocator");
      if (type == "purl") collector_.purl(c, text_of(locator), locator.begin(), locator.end());
      if ((type == "cpe23Type" || type == "cpe22Type") && c.cpe.empty()) c.cpe = text_of(locator);
    }
  }

  // 'hasFiles', the short form of 2.2 for CONTAINS.
  void contained(const Value packages) {
    for (const Value package : packages.children()) {
      const Value files = package.find("hasFiles");
      if (!files.is(Kind::array)) continue;
      const std::string ref = text_of(package.find("SPDXID"));
      for (const Value file : files.children())
        if (file.is(Kind::text)) relate(collector_, ref, Relation::depends_on, file.text());
    }
  }

  void graph(const Value relationships) {
    out_.has_dependencies = true;
    std::string from, to;
    for (const Value r : relationships.children()) {
      const Value type = r.find("relationshipType"), a = r.find("spdxElementId"), b = r.find("relatedSpdxElement");
      if (!type.is(Kind::text) || !a.is(Kind::text) || !b.is(Kind::text)) {
        collector_.warn(r.begin(), r.end(), "a relationship without its type or its two ends");
        continue;
      }
      relate(collector_, a.text(from), spdx_relation(type.text()), b.text(to));
    }
  }

  Collector collector_;
  Sbom& out_;
};

}  // namespace

Result<Sbom> spdx2_from_json(const std::string& file, const std::string& bytes, const Tree& tree, const Limits& limits) {
  return Reader(file, bytes, limits).read(tree.root());
}

}  // namespace duolex::sbom
