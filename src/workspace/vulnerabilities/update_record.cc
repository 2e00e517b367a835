#include "workspace/vulnerabilities/update_record.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/hash.h"
#include "text/json_out.h"
#include "text/node.h"
#include "vulnerabilities/feeds/archive.h"
#include "vulnerabilities/feeds/record_reader.h"
#include "vulnerabilities/feeds/signals.h"

namespace duolex::workspace {
namespace {

using text::Node;
using Stream = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

std::uint32_t little(std::string_view bytes, std::size_t at, int size) {
  std::uint32_t value = 0;
  for (int i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + static_cast<std::size_t>(i)]);
  return value;
}

// The end of the central directory stands at the end of the file, and the directory before it (APPNOTE 4.3.16).
std::string wrong_zip(std::FILE* file) {
  constexpr std::size_t record = 22, most_comment = 65535;
  std::fseek(file, 0, SEEK_END);
  const long size = std::ftell(file);
  const auto tail_size = std::min<std::size_t>(static_cast<std::size_t>(std::max(size, 0L)), record + most_comment);
  std::string tail(tail_size, '\0');
  std::fseek(file, size - static_cast<long>(tail_size), SEEK_SET);
  if (std::fread(tail.data(), 1, tail_size, file) != tail_size) return "cannot be read";
  for (std::size_t at = tail.rfind("PK\x05\x06"); at != std::string::npos; at = at == 0 ? std::string::npos : tail.rfind("PK\x05\x06", at - 1)) {
    if (at + record > tail.size() || at + record + little(tail, at + 20, 2) != tail.size()) continue;
    const std::uint64_t directory = little(tail, at + 12, 4), offset = little(tail, at + 16, 4);
    const std::uint64_t here = static_cast<std::uint64_t>(size) - tail.size() + at;
    if (directory == 0xffffffff || offset == 0xffffffff || offset + directory <= here) return "";
  }
  return "its end is missing";
}

// An answer that is JSON is not yet what was asked for: a limit of requests or an error is told in JSON, too. What a build of
// the index would find nothing in must not take the place of what it finds something in.
std::string wrong_document(std::string bytes) {
  if (!nlohmann::json::accept(bytes)) return "is no JSON, or not all of it";
  const std::size_t size = bytes.size();
  bytes.append(vulnerabilities::RecordReader::padding, '\0');
  const auto read = vulnerabilities::RecordReader().read("", 0, std::string_view(bytes).substr(0, size));
  if (!read) return read.error().front().message;
  return read->kind == vulnerabilities::Read::Kind::nothing_known ? "is JSON, and holds no advisories nor signs of exploitation" : "";
}

// Of a file whose content is one of these by its name without the ending of a compression; fed piece by piece.
class Content {
 public:
  explicit Content(const std::string& name) : json_(name.ends_with(".json")), table_(name.ends_with(".csv")), lines_(name.ends_with(".ndjson") || name.ends_with(".jsonl")) {}

  void add(std::string_view bytes) {
    any_ = any_ || !bytes.empty();
    if (!json_ && !table_ && !lines_) return;
    held_.append(bytes);
    if (lines_) cut_lines();
    too_large_ = too_large_ || held_.size() > most;
    if (too_large_) held_.clear();
  }

  // Why it is not what was asked for; "" also where it is too large to be held.
  std::string wrong() {
    if (!any_) return "there is nothing in it";
    if (too_large_) return "";
    if (json_) return wrong_document(std::move(held_));
    if (lines_) return held_.find_first_not_of(" \r\n") == std::string::npos || nlohmann::json::accept(held_) ? "" : "its last line is no JSON, or not all of it";
    if (!table_) return "";
    const auto read = vulnerabilities::read_epss("", held_);
    if (!read) return read.error().front().message;
    const auto last = static_cast<std::uint32_t>(std::count(held_.begin(), held_.end(), '\n')) + 1;
    const bool cut = !held_.ends_with('\n') && std::any_of(read->rejected.begin(), read->rejected.end(), [&](const Diagnostic& d) { return d.span.line == last; });
    return cut ? "its last line is not whole" : "";
  }

 private:
  static constexpr std::size_t most = std::size_t{1} << 30;

  // Of lines the last one tells whether something is missing.
  void cut_lines() {
    std::size_t end = held_.size();
    while (end > 0 && (held_[end - 1] == '\n' || held_[end - 1] == '\r')) --end;
    if (const std::size_t before = held_.rfind('\n', end == 0 ? 0 : end - 1); before != std::string::npos && before < end) held_.erase(0, before + 1);
  }

  bool json_, table_, lines_, any_ = false, too_large_ = false;
  std::string held_;
};

std::string wrong_compressed(const std::filesystem::path& path, const std::string& name) {
  Content content(name.substr(0, name.rfind('.')));
  const auto read = vulnerabilities::read_archive(path.string(), [&](const std::string&, std::string_view bytes) {
    content.add(bytes);
    return true;
  });
  return read ? content.wrong() : read.error().front().message;
}

}  // namespace

Result<UpdateRecord> read_update_record(const std::string& file, const std::string& bytes) {
  const auto root = text::read_json(file, bytes);
  if (!root) return failure(root.error());
  const Node* files = root->find("files");
  if (files == nullptr || files->kind != Node::Kind::sequence) return failure(error_in(file, "is no record of advisories"));
  UpdateRecord out;
  for (const Node& item : files->items) {
    const auto text = [&](const char* key) {
      const Node* node = item.find(key);
      return node != nullptr && node->kind == Node::Kind::text ? node->text : std::string();
    };
    RecordedFile r{text("name"), text("url"), text("etag"), text("last_modified"), text("sha256"), 0, text("fetched"), text("checked"), text("agrees_with")};
    if (const Node* size = item.find("bytes"); size != nullptr && size->kind == Node::Kind::integer && size->integer >= 0) r.bytes = static_cast<std::uint64_t>(size->integer);
    if (text("file").empty() || r.sha256.size() != 64) return failure(error_about(item, bytes, "this is no file with its SHA-256"));
    out[text("file")] = std::move(r);
  }
  return out;
}

std::string update_record_text(const UpdateRecord& record) {
  nlohmann::ordered_json files = nlohmann::ordered_json::array();
  for (const auto& [file, r] : record)
    files.push_back({{"file", file}, {"name", r.name}, {"url", r.url}, {"bytes", r.bytes}, {"sha256", r.sha256}, {"agrees_with", r.agrees_with}, {"etag", r.etag},
                     {"last_modified", r.last_modified}, {"fetched", r.fetched}, {"checked", r.checked}});
  return text::to_json_text(nlohmann::ordered_json{{"format", 1}, {"files", std::move(files)}}, text::JsonLayout::pretty);
}

Result<FileHashes> hashes_of(const std::filesystem::path& path) {
  const Stream file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  if (file == nullptr) return failure(error_in(path.string(), std::string("cannot be read: ") + std::strerror(errno)));
  Sha256 sha256;
  Md5 md5;
  FileHashes out;
  std::string buffer(std::size_t{1} << 20, '\0');
  for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), file.get())) != 0; out.bytes += n) {
    const std::string_view part = std::string_view(buffer).substr(0, n);
    sha256.add(part);
    md5.add(part);
  }
  if (std::ferror(file.get()) != 0) return failure(error_in(path.string(), "cannot be read to its end"));
  out.sha256 = sha256.hex();
  out.md5 = md5.hex();
  return out;
}

std::string what_is_wrong_with(const std::filesystem::path& path, const std::string& name) {
  char begin[4] = {};
  std::size_t size = 0;
  {
    const Stream file(std::fopen(path.c_str(), "rbe"), &std::fclose);
    if (file == nullptr) return "cannot be read";
    size = std::fread(begin, 1, sizeof begin, file.get());
    const std::string_view first(begin, size);
    if (size == 0) return "is empty";
    if (name.ends_with(".zip")) return first.starts_with("PK") ? wrong_zip(file.get()) : "is no zip file";
    if (name.ends_with(".gz") && !first.starts_with("\x1f\x8b")) return "is not compressed with gzip";
    if (name.ends_with(".zst") && !first.starts_with("\x28\xb5\x2f\xfd")) return "is not compressed with zstd";
    if (name.ends_with(".xz") && !first.starts_with("\xfd" "7zX")) return "is not compressed with xz";
    if (name.ends_with(".yaml") && first.starts_with("<")) return "is no YAML";
    if (name.ends_with(".csv") && !first.starts_with("#mod") && !first.starts_with("cve,")) return "is no table of EPSS";
    if ((name.ends_with(".ndjson") || name.ends_with(".jsonl")) && !first.starts_with("{")) return "holds no lines of JSON";
  }
  if (name.ends_with(".gz") || name.ends_with(".zst") || name.ends_with(".xz")) return wrong_compressed(path, name);
  const Stream file(std::fopen(path.c_str(), "rbe"), &std::fclose);
  if (file == nullptr) return "cannot be read";
  Content content(name);
  std::string buffer(std::size_t{1} << 20, '\0');
  for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), file.get())) != 0;) content.add(std::string_view(buffer).substr(0, n));
  return std::ferror(file.get()) != 0 ? "cannot be read to its end" : content.wrong();
}

}  // namespace duolex::workspace
