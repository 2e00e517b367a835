#include <algorithm>

#include "sbom/spdx.h"
#include "text/utf8.h"

namespace duolex::sbom {
namespace {

struct Tag {
  std::string_view name, value;
  std::size_t begin = 0, end = 0;
};

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

class Reader {
 public:
  Reader(const std::string& file, const std::string& bytes, const Limits& limits)
      : bytes_(bytes), collector_(file, bytes, limits, Format::spdx_tag_value), out_(collector_.sbom()) {}

  Result<Sbom> read() {
    at_ = bytes_.starts_with("\xef\xbb\xbf") ? 3 : 0;
    if (const auto bad = text::find_bad_encoding(std::string_view(bytes_).substr(at_)))
      return failure(collector_.lines().error(at_ + bad->at, at_ + bad->at + 1, bad->what));
    std::size_t entries = 0;
    for (const std::string_view tag : {"PackageName:", "FileName:"})
      for (std::size_t at = bytes_.find(tag); at != std::string::npos; at = bytes_.find(tag, at + tag.size()))
        if (at == 0 || bytes_[at - 1] == '\n') ++entries;
    collector_.expect(entries);
    Tag tag;
    while (next(tag)) {
      if (!unclosed_.empty()) return failure(std::move(unclosed_));
      if (collector_.too_many()) return collector_.finish();
      if (!take(tag)) return failure(collector_.lines().error(tag.begin, tag.end, "'SPDXVersion' is '" + std::string(tag.value.substr(0, 40)) + "'", spdx2_versions_hint));
    }
    if (!unclosed_.empty()) return failure(std::move(unclosed_));
    finish_entry(bytes_.size());
    if (out_.spec_version.empty())
      return failure(collector_.lines().error(0, 1, "this is no SPDX document", "it has a line 'SPDXVersion: SPDX-2.3'"));
    if (collector_.too_many()) return collector_.finish();
    collector_.index_references();
    for (const Pending& p : pending_) relate(collector_, p.from, p.relation, p.to);
    return collector_.finish();
  }

 private:
  enum class In { document, package, file, other };

  // The next tag with its value; comments and empty lines are passed over.
  bool next(Tag& tag) {
    while (at_ < bytes_.size()) {
      const std::size_t begin = at_;
      const std::size_t feed = std::min(bytes_.find('\n', at_), bytes_.size());
      const std::string_view line = trim(std::string_view(bytes_).substr(at_, feed - at_));
      at_ = std::min(feed + 1, bytes_.size());
      if (line.empty() || line.front() == '#') continue;
      const std::size_t colon = line.find(':');
      if (colon == std::string_view::npos) {
        collector_.warn(begin, feed, "a line without a tag");
        continue;
      }
      tag.name = trim(line.substr(0, colon));
      tag.value = trim(line.substr(colon + 1));
      tag.begin = begin;
      tag.end = feed;
      if (tag.value.starts_with("<text>")) long_text(tag);
      return true;
    }
    return false;
  }

  // A value from <text> to </text>, over several lines.
  void long_text(Tag& tag) {
    const std::size_t open = static_cast<std::size_t>(tag.value.data() - bytes_.data()) + 6;
    const std::size_t close = bytes_.find("</text>", open);
    if (close == std::string::npos) {
      unclosed_.push_back(collector_.lines().error(open - 6, open, "a text that does not end", "'</text>' ends it"));
      return;
    }
    tag.value = std::string_view(bytes_).substr(open, close - open);
    tag.end = std::min(bytes_.find('\n', close), bytes_.size());
    at_ = std::min(tag.end + 1, bytes_.size());
  }

  // False when the version is not one that is read.
  bool take(const Tag& tag) {
    const std::string_view name = tag.name, value = tag.value;
    if (name == "SPDXVersion") {
      out_.spec_version = spdx2_version(value);
      return !out_.spec_version.empty();
    }
    if (name == "PackageName" || name == "FileName") {
      finish_entry(tag.begin);
      if (!collector_.met()) return true;
      in_ = name == "PackageName" ? In::package : In::file;
      begin_ = tag.begin;
      current_ = Component();
      concluded_ = declared_ = {};
      current_.name = value;
      current_.ordinal = ordinal_++;
      if (in_ == In::file) current_.type = "file";
    } else if (name == "SnippetSPDXID" || name == "LicenseID") {
      finish_entry(tag.begin);
      in_ = In::other;
    } else if (name == "Relationship") {
      relationship(tag);
    } else if (in_ == In::document) {
      if (name == "DocumentNamespace") out_.id = value;
      else if (name == "Created") out_.timestamp = value;
      else if (name == "Creator") add_spdx_creator(value, out_);
    } else if (in_ == In::package || in_ == In::file) {
      field(tag);
    }
    return true;
  }

  void field(const Tag& tag) {
    const std::string_view name = tag.name, value = tag.value;
    Component& c = current_;
    if (name == "SPDXID") {
      c.ref = value;
      if (in_ == In::package) package_ = value;
      else if (!package_.empty()) pending_.push_back({package_, value, Relation::depends_on});
    } else if (name == "PackageVersion") {
      if (!says_nothing(value)) c.version = value;
    } else if (name == "PackageSupplier") {
      c.supplier = spdx_agent(value);
    } else if (name == "PackageOriginator") {
      c.author = spdx_agent(value);
    } else if (name == "PrimaryPackagePurpose") {
      c.type = spdx_purpose(value);
    } else if (name == "PackageLicenseConcluded" || name == "LicenseConcluded") {
      concluded_ = value;
    } else if (name == "PackageLicenseDeclared") {
      declared_ = value;
    } else if (name == "PackageChecksum" || name == "FileChecksum") {
      const std::size_t colon = value.find(':');
      if (colon == std::string_view::npos) collector_.warn(tag.begin, tag.end, "a checksum without ':'");
      else c.hashes.push_back({hash_algorithm(trim(value.substr(0, colon))), std::string(trim(value.substr(colon + 1)))});
    } else if (name == "ExternalRef") {
      external(tag);
    }
  }

  // "PACKAGE-MANAGER purl pkg:npm/a@1"
  void external(const Tag& tag) {
    std::string_view rest = tag.value;
    const auto word = [&] {
      rest = trim(rest);
      const std::size_t end = std::min(rest.find_first_of(" \t"), rest.size());
      const std::string_view out = rest.substr(0, end);
      rest.remove_prefix(end);
      return out;
    };
    word();
    std::string_view type = word();
    if (const std::size_t slash = type.rfind('/'); slash != std::string_view::npos) type.remove_prefix(slash + 1);
    const std::string_view locator = word();
    if (type == "purl") collector_.purl(current_, locator, tag.begin, tag.end);
    if ((type == "cpe23Type" || type == "cpe22Type") && current_.cpe.empty()) current_.cpe = locator;
  }

  void relationship(const Tag& tag) {
    out_.has_dependencies = true;
    const std::string_view value = tag.value;
    const std::size_t first = value.find_first_of(" \t");
    const std::size_t second = value.find_last_of(" \t");
    if (first == std::string_view::npos || first == second) {
      collector_.warn(tag.begin, tag.end, "a relationship without its type or its two ends");
      return;
    }
    pending_.push_back({value.substr(0, first), value.substr(second + 1), spdx_relation(trim(value.substr(first, second - first)))});
  }

  void finish_entry(std::size_t end) {
    if (in_ != In::package && in_ != In::file) return;
    while (end > begin_ && (bytes_[end - 1] == '\n' || bytes_[end - 1] == '\r')) --end;
    if (current_.name.empty()) {
      collector_.reject(begin_, end, in_ == In::file ? "this file has no name" : "this package has no name");
    } else {
      add_spdx_licence(says_nothing(concluded_) ? declared_ : concluded_, current_.licences);
      collector_.store(std::move(current_), begin_, end);
    }
    in_ = In::other;
  }

  struct Pending {
    std::string_view from, to;
    Relation relation;
  };

  const std::string& bytes_;
  Collector collector_;
  Sbom& out_;
  std::size_t at_ = 0;
  In in_ = In::document;
  Component current_;
  std::size_t begin_ = 0;
  std::uint32_t ordinal_ = 0;
  std::string_view concluded_, declared_, package_;
  std::vector<Pending> pending_;
  Diagnostics unclosed_;
};

}  // namespace

Result<Sbom> spdx2_from_tag_value(const std::string& file, const std::string& bytes, const Limits& limits) {
  if (bytes.size() > limits.bytes) return failure(error_in(file, "this SPDX document is larger than is read"));
  return Reader(file, bytes, limits).read();
}

}  // namespace duolex::sbom
