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

std::string wrong_compressed(const std::filesystem::path& path) {
  bool any = false;
  const auto read = vulnerabilities::read_archive(path.string(), [&](const std::string&, std::string_view bytes) {
    any = any || !bytes.empty();
    return true;
  });
  if (!read) return read.error().front().message;
  return any ? "" : "there is nothing in it";
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
    if (name.ends_with(".csv") && !first.starts_with("#mod") && !first.starts_with("cve,")) return "is no table of EPSS";
    if ((name.ends_with(".ndjson") || name.ends_with(".jsonl")) && !first.starts_with("{")) return "holds no lines of JSON";
  }
  if (name.ends_with(".gz") || name.ends_with(".zst") || name.ends_with(".xz")) return wrong_compressed(path);
  if (!name.ends_with(".json")) return "";
  const auto bytes = read_file(path, std::size_t{1} << 30);
  if (!bytes) return bytes.error().front().message;
  return nlohmann::json::accept(*bytes) ? "" : "is no JSON, or not all of it";
}

}  // namespace duolex::workspace
