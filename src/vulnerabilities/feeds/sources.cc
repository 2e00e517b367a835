#include "vulnerabilities/feeds/sources.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "text/json_out.h"
#include "text/node.h"
#include "vulnerabilities/feeds/archive.h"
#include "vulnerabilities/feeds/record_reader.h"

namespace duolex::vulnerabilities {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t piece_size = std::size_t{4} << 20;
constexpr std::size_t most_entries = 20'000'000;
constexpr std::uint64_t unpacked_freely = std::uint64_t{64} << 20, most_unpacked = 200;

enum class Kind { json, yaml, lines, csv, archive, other };

Kind kind_of(std::string_view name) {
  for (const std::string_view end : {".zip", ".zst", ".gz", ".xz"})
    if (name.ends_with(end)) return Kind::archive;
  if (name.ends_with(".json")) return Kind::json;
  if (name.ends_with(".yaml") || name.ends_with(".yml")) return Kind::yaml;
  if (name.ends_with(".ndjson") || name.ends_with(".jsonl")) return Kind::lines;
  if (name.ends_with(".csv")) return Kind::csv;
  return Kind::other;
}

class Reader {
 public:
  explicit Reader(const std::function<bool(Piece)>& take) : take_(take) {}

  Result<void> read(const fs::path& path, bool asked_for) {
    std::error_code error;
    if (fs::is_directory(path, error)) return read_folder(path);
    const std::string name = path.string();
    const Kind kind = kind_of(name);
    if (kind == Kind::other && !asked_for) {
      ++counts.other_files;
      return {};
    }
    ++counts.files;
    if (kind == Kind::archive) return read_packed(name, asked_for);
    if (kind == Kind::lines) return read_lines(name, asked_for);
    const auto bytes = read_file(path, largest_catalogue * 2);
    if (!bytes) return failure(bytes.error());
    return whole(name, kind, std::move(*bytes), asked_for);
  }

  SourceCounts counts;

 private:
  Result<void> read_folder(const fs::path& folder) {
    std::error_code error;
    std::vector<fs::path> entries;
    for (fs::directory_iterator it(folder, error), last; !error && it != last; it.increment(error)) entries.push_back(it->path());
    if (error) return failure(error_in(folder.string(), "cannot be read: " + error.message()));
    std::sort(entries.begin(), entries.end());
    for (const fs::path& entry : entries) {
      if (stopped_) return {};
      if (auto done = read(entry, false); !done) return done;
    }
    return {};
  }

  bool give(Piece piece) {
    piece.size = piece.bytes.size();
    piece.bytes.append(RecordReader::padding, '\0');
    if (!take_(std::move(piece))) stopped_ = true;
    return !stopped_;
  }

  Result<void> whole(const std::string& name, Kind kind, std::string bytes, bool asked_for) {
    Piece piece;
    piece.file = name;
    piece.asked_for = asked_for;
    if (kind == Kind::yaml) {
      auto node = text::read_yaml(name, bytes);
      if (!node) return failure(node.error());
      bytes = text::to_json_text(text::to_json(*node), text::JsonLayout::compact);
    } else if (kind == Kind::csv) {
      piece.kind = Piece::Kind::epss;
    } else if (kind != Kind::json && several_lines_of_json(bytes)) {
      piece.kind = Piece::Kind::lines;
      piece.first_line = 1;
    }
    piece.bytes = std::move(bytes);
    give(std::move(piece));
    return {};
  }

  static bool several_lines_of_json(std::string_view bytes) {
    const std::size_t end = bytes.find('\n');
    return bytes.starts_with('{') && end != std::string_view::npos && bytes.substr(0, end).find('}') != std::string_view::npos &&
           bytes.substr(end + 1).starts_with('{');
  }

  // Lines gather until a piece is full; it ends with the last whole line.
  struct Lines {
    std::string name;
    std::string bytes;
    std::uint32_t line = 1;
    bool asked_for = false;
  };

  Result<void> add(Lines& lines, std::string_view part) {
    lines.bytes.append(part);
    if (lines.bytes.size() < piece_size) return {};
    const std::size_t last = lines.bytes.rfind('\n');
    if (last == std::string::npos) {
      if (lines.bytes.size() <= largest_record) return {};
      Diagnostic d = error_in(lines.name, "a line is longer than " + std::to_string(largest_record >> 20) + " MiB");
      d.span.line = lines.line;
      d.span.column = 1;
      return failure(d);
    }
    std::string rest = lines.bytes.substr(last + 1);
    lines.bytes.resize(last + 1);
    flush(lines);
    lines.bytes = std::move(rest);
    return {};
  }

  void flush(Lines& lines) {
    if (lines.bytes.empty()) return;
    Piece piece;
    piece.kind = Piece::Kind::lines;
    piece.file = lines.name;
    piece.first_line = lines.line;
    piece.asked_for = lines.asked_for;
    lines.line += static_cast<std::uint32_t>(std::count(lines.bytes.begin(), lines.bytes.end(), '\n'));
    piece.bytes = std::move(lines.bytes);
    lines.bytes = {};
    lines.bytes.reserve(piece_size + (std::size_t{1} << 20));
    give(std::move(piece));
  }

  Result<void> read_lines(const std::string& name, bool asked_for) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(name.c_str(), "rb"), &std::fclose);
    if (file == nullptr) return failure(error_in(name, "cannot be read"));
    Lines lines{name, {}, 1, asked_for};
    std::string buffer(std::size_t{1} << 20, '\0');
    while (!stopped_) {
      const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), file.get());
      if (n == 0) break;
      if (auto added = add(lines, std::string_view(buffer).substr(0, n)); !added) return added;
    }
    if (std::ferror(file.get()) != 0) return failure(error_in(name, "cannot be read to its end"));
    flush(lines);
    return {};
  }

  // A zip that is mostly its list of names holds files too small for advisories, and the list alone takes long to read.
  static bool mostly_names(const std::string& name) {
    constexpr std::uint64_t little = std::uint64_t{8} << 20, end_size = 22;
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(name.c_str(), "rb"), &std::fclose);
    std::error_code error;
    const std::uint64_t size = fs::file_size(name, error);
    if (file == nullptr || error || size < little) return false;
    std::string tail(std::size_t{66} << 10, '\0');
    if (std::fseek(file.get(), -static_cast<long>(tail.size()), SEEK_END) != 0) return false;
    tail.resize(std::fread(tail.data(), 1, tail.size(), file.get()));
    const auto number = [&](std::size_t at, std::size_t bytes) {
      std::uint64_t out = 0;
      for (std::size_t i = bytes; i-- > 0 && at + i < tail.size();) out = out << 8 | static_cast<unsigned char>(tail[at + i]);
      return out;
    };
    const std::size_t end = tail.rfind(std::string("PK\5\6", 4));
    if (end == std::string::npos || tail.size() - end < end_size) return false;
    std::uint64_t list = number(end + 16, 4);
    if (const std::size_t large = tail.rfind(std::string("PK\6\6", 4), end); large != std::string::npos) list = std::min(list, number(large + 48, 8));
    return list < size && size - list > little && size - list > size / 3;
  }

  // The entries of an archive, or the one that a compressed file is.
  Result<void> read_packed(const std::string& name, bool asked_for) {
    if (name.ends_with(".zip") && mostly_names(name)) return failure(error_in(name, "is mostly a list of names: its files are too small to be advisories"));
    Result<void> result;
    Lines lines;
    std::string entry, bytes;
    Kind kind = Kind::other;
    bool begun = false;
    std::size_t entries = 0;
    std::uint64_t unpacked = 0;
    std::error_code error;
    const std::uint64_t packed = std::max<std::uint64_t>(fs::file_size(name, error), 1);
    const auto done = read_archive(name, [&](const std::string& inside, std::string_view part) {
      if (!begun || inside != entry) {
        begun = true;
        entry = inside;
        bytes.clear();
        const std::string shown = inside.empty() ? name : name + "/" + inside;
        lines = Lines{shown, {}, 1, asked_for && inside.empty()};
        const std::string plain = inside.empty() ? name.substr(0, name.rfind('.')) : inside;
        kind = kind_of(plain);
        if (inside.empty() && (kind == Kind::other || kind == Kind::archive)) kind = Kind::lines;
        if (kind == Kind::other || kind == Kind::archive) ++counts.other_files;
        if (++entries > most_entries) result = failure(error_in(name, "holds too many files"));
      }
      unpacked += part.size();
      // Advisories are text, and text does not get this small.
      if (unpacked > unpacked_freely && unpacked / most_unpacked > packed) result = failure(error_in(name, "unpacks to more than " + std::to_string(most_unpacked) + " times its size"));
      if (kind == Kind::lines) {
        if (auto added = add(lines, part); result && !added) result = added;
        if (part.empty()) flush(lines);
      } else if (kind != Kind::other && kind != Kind::archive) {
        bytes.append(part);
        const std::size_t limit = kind == Kind::json && !inside.empty() ? largest_record : largest_catalogue;
        if (bytes.size() > limit) result = failure(error_in(lines.name, "is larger than " + std::to_string(limit >> 20) + " MiB when unpacked"));
        if (part.empty()) result = whole(lines.name, kind, std::move(bytes), lines.asked_for);
      }
      if (part.empty()) begun = false;
      return result.has_value() && !stopped_;
    });
    if (!result) return result;
    return done;
  }

  const std::function<bool(Piece)>& take_;
  bool stopped_ = false;
};

}  // namespace

Result<SourceCounts> read_source(const std::string& path, const std::function<bool(Piece)>& take) {
  Reader reader(take);
  if (auto done = reader.read(path, true); !done) return failure(done.error());
  return reader.counts;
}

}  // namespace duolex::vulnerabilities
