// Feeds that were made to do harm: each is refused, with a reason, in a process that may take 256 MiB and a second of a
// processor.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/scratch_folder.h"
#include "vulnerabilities/feeds/archive.h"
#include "vulnerabilities/feeds/record_reader.h"
#include "vulnerabilities/feeds/sources.h"

namespace duolex::vulnerabilities {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  std::string write(const std::string& name, const std::string& bytes) const {
    std::ofstream(scratch_.path() / name, std::ios::binary) << bytes;
    return (scratch_.path() / name).string();
  }

 private:
  ScratchFolder scratch_{"feeds"};
};

// What reading the source ends with: the words of the refusal, "read N" for N pieces, or what killed the process.
std::string outcome(const std::string& path) {
  int ends[2];
  if (::pipe(ends) != 0) return "no pipe";
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit memory{rlim_t{256} << 20, rlim_t{256} << 20};
    ::setrlimit(RLIMIT_DATA, &memory);
    // The system counts the processor's time in whole seconds.
    const rlimit seconds{1, 2};
    ::setrlimit(RLIMIT_CPU, &seconds);
    ::alarm(60);  // … and a process that waits takes none
    std::size_t pieces = 0, refused = 0;
    RecordReader reader;
    const auto read = read_source(path, [&](Piece piece) {
      ++pieces;
      if (piece.kind == Piece::Kind::json && !reader.read(piece.file, 0, {piece.bytes.data(), piece.size})) ++refused;
      return true;
    });
    const std::string said = read ? "read " + std::to_string(pieces) + ", refused " + std::to_string(refused) : render(read.error());
    (void)!::write(ends[1], said.data(), said.size());
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string said(4096, '\0');
  const ssize_t n = ::read(ends[0], said.data(), said.size());
  said.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) return "killed by signal " + std::to_string(WTERMSIG(status));
  return said;
}

bool no_archives() { return fs::exists(fs::read_symlink("/proc/self/exe").parent_path().parent_path() / "libduolex_archive.so") == false; }

template <class T>
void put(std::string& out, T value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

// Blocks that say "this byte, 128 KiB of it".
std::string zstd_of_one_byte(char byte, int blocks) {
  std::string out("\x28\xb5\x2f\xfd\x00\x58", 6);
  for (int i = 0; i < blocks; ++i) {
    const std::uint32_t header = (i + 1 == blocks ? 1U : 0U) | 1U << 1 | (128U << 10) << 3;
    out.append(reinterpret_cast<const char*>(&header), 3);
    out.push_back(byte);
  }
  return out;
}

std::string deflated(std::size_t size, char byte) {
  const std::string plain(size, byte);
  std::string out(compressBound(static_cast<uLong>(size)), '\0');
  z_stream z{};
  deflateInit2(&z, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY);
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  z.avail_in = static_cast<uInt>(size);
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}

struct Entry {
  std::string name, bytes;
  bool deflated = false;
  std::uint32_t size = 0;
  std::uint32_t crc = 0;
};

// `count` files of a few bytes each, with the list of 64 bits that so many take.
std::string zip_of_many(std::uint32_t count, const std::string& bytes) {
  std::string out, directory;
  const auto crc = static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
  const auto size = static_cast<std::uint32_t>(bytes.size());
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto at = static_cast<std::uint32_t>(out.size());
    const std::string name = std::to_string(i) + ".json";
    for (std::string* to : {&out, &directory}) {
      const bool central = to == &directory;
      put<std::uint32_t>(*to, central ? 0x02014b50 : 0x04034b50);
      if (central) put<std::uint16_t>(*to, 20);
      put<std::uint64_t>(*to, 20);
      put<std::uint16_t>(*to, 0);
      put<std::uint32_t>(*to, crc);
      put<std::uint32_t>(*to, size);
      put<std::uint32_t>(*to, size);
      put<std::uint16_t>(*to, static_cast<std::uint16_t>(name.size()));
      put<std::uint16_t>(*to, 0);
      if (central) {
        put<std::uint64_t>(*to, 0);
        put<std::uint16_t>(*to, 0);
        put<std::uint32_t>(*to, at);
      }
      *to += central ? name : name + bytes;
    }
  }
  const std::uint64_t begin = out.size(), end = begin + directory.size();
  out += directory;
  put<std::uint32_t>(out, 0x06064b50);
  put<std::uint64_t>(out, 44);
  put<std::uint16_t>(out, 45);
  put<std::uint16_t>(out, 45);
  put<std::uint64_t>(out, 0);
  put<std::uint64_t>(out, count);
  put<std::uint64_t>(out, count);
  put<std::uint64_t>(out, directory.size());
  put<std::uint64_t>(out, begin);
  put<std::uint32_t>(out, 0x07064b50);
  put<std::uint32_t>(out, 0);
  put<std::uint64_t>(out, end);
  put<std::uint32_t>(out, 1);
  put<std::uint32_t>(out, 0x06054b50);
  put<std::uint32_t>(out, 0);
  put<std::uint16_t>(out, 0xffff);
  put<std::uint16_t>(out, 0xffff);
  put<std::uint32_t>(out, static_cast<std::uint32_t>(directory.size()));
  put<std::uint32_t>(out, static_cast<std::uint32_t>(begin));
  put<std::uint16_t>(out, 0);
  return out;
}

std::string repeated(const std::string& part, std::size_t times) {
  std::string out;
  out.reserve(part.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += part;
  return out;
}

std::string zip_of(const std::vector<Entry>& entries, bool huge = false) {
  std::string out, directory;
  for (const Entry& e : entries) {
    const auto at = static_cast<std::uint32_t>(out.size());
    std::string extra;
    if (huge) {
      put<std::uint16_t>(extra, 1);
      put<std::uint16_t>(extra, 16);
      put<std::uint64_t>(extra, std::uint64_t{1} << 63);
      put<std::uint64_t>(extra, std::uint64_t{1} << 63);
    }
    for (std::string* to : {&out, &directory}) {
      const bool central = to == &directory;
      put<std::uint32_t>(*to, central ? 0x02014b50 : 0x04034b50);
      if (central) put<std::uint16_t>(*to, 45);
      put<std::uint16_t>(*to, 45);
      put<std::uint16_t>(*to, 0);
      put<std::uint16_t>(*to, e.deflated ? 8 : 0);
      put<std::uint32_t>(*to, 0);
      put<std::uint32_t>(*to, e.crc);
      put<std::uint32_t>(*to, huge ? 0xffffffff : static_cast<std::uint32_t>(e.bytes.size()));
      put<std::uint32_t>(*to, huge ? 0xffffffff : e.size);
      put<std::uint16_t>(*to, static_cast<std::uint16_t>(e.name.size()));
      put<std::uint16_t>(*to, static_cast<std::uint16_t>(extra.size()));
      if (central) {
        put<std::uint16_t>(*to, 0);
        put<std::uint16_t>(*to, 0);
        put<std::uint16_t>(*to, 0);
        put<std::uint32_t>(*to, 0);
        put<std::uint32_t>(*to, at);
      }
      *to += e.name + extra;
      if (!central) *to += e.bytes;
    }
  }
  const auto begin = static_cast<std::uint32_t>(out.size());
  out += directory;
  put<std::uint32_t>(out, 0x06054b50);
  put<std::uint32_t>(out, 0);
  put<std::uint16_t>(out, static_cast<std::uint16_t>(entries.size()));
  put<std::uint16_t>(out, static_cast<std::uint16_t>(entries.size()));
  put<std::uint32_t>(out, static_cast<std::uint32_t>(directory.size()));
  put<std::uint32_t>(out, begin);
  put<std::uint16_t>(out, 0);
  return out;
}

Entry stored(const std::string& name, const std::string& bytes) {
  return {name, bytes, false, static_cast<std::uint32_t>(bytes.size()), static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())))};
}

TEST(HostileFeeds, ArchivesThatUnpackToTooMuch) {
  if (no_archives()) GTEST_SKIP() << "the plug-in that reads archives was not built";
  const Folder folder;
  EXPECT_NE(outcome(folder.write("lines.ndjson.zst", zstd_of_one_byte('\n', 20'000))).find("times its size"), std::string::npos) << "2.6 GB of empty lines in 80 kB";
  EXPECT_NE(outcome(folder.write("line.ndjson.zst", zstd_of_one_byte('x', 20'000))).find("longer than 32 MiB"), std::string::npos);
  const std::size_t size = std::size_t{100} << 20;
  const std::string packed = deflated(size, '\n');
  EXPECT_NE(outcome(folder.write("bomb.zip", zip_of({{"a.ndjson", packed, true, size, 0}}))).find("times its size"), std::string::npos);
  EXPECT_NE(outcome(folder.write("record.zip", zip_of({{"a.json", packed, true, size, 0}}))).find("larger than 32 MiB"), std::string::npos);
}

TEST(HostileFeeds, AMillionFilesOfNothing) {
  if (no_archives()) GTEST_SKIP() << "the plug-in that reads archives was not built";
  const Folder folder;
  const std::string said = outcome(folder.write("million.zip", zip_of_many(1'000'000, "{}")));
  EXPECT_NE(said.find("too small to be advisories"), std::string::npos) << said;
  // As many as there may be are read.
  EXPECT_EQ(outcome(folder.write("few.zip", zip_of_many(1000, "{}"))), "read 1000, refused 0");
}

// Each is a file of some megabytes; what they hold a million of is refused before it takes the room of it.
TEST(HostileFeeds, AMillionOfAnything) {
  const Folder folder;
  const std::string begin = R"({"id":"T-1","modified":"2026-01-01T00:00:00Z",)", package = R"({"package":{"ecosystem":"npm","name":"x"},)";
  const std::size_t million = 1'000'000;
  EXPECT_EQ(outcome(folder.write("nested.json", repeated("{\"a\":", million) + "1" + repeated("}", million))), "read 1, refused 1");
  EXPECT_EQ(outcome(folder.write("lists.json", begin + "\"affected\":" + repeated("[", million) + repeated("]", million) + "}")), "read 1, refused 1");
  EXPECT_EQ(outcome(folder.write("ids.json", begin + "\"aliases\":[" + repeated("\"A-1\",", million) + "\"A\"]}")), "read 1, refused 1");
  EXPECT_EQ(outcome(folder.write("versions.json", begin + "\"affected\":[" + package + "\"versions\":[" + repeated("\"1\",", million) + "\"2\"]}]}")), "read 1, refused 1");
  EXPECT_EQ(outcome(folder.write("events.json", begin + "\"affected\":[" + package + "\"ranges\":[{\"type\":\"SEMVER\",\"events\":[" + repeated("{\"introduced\":\"0\"},", million) +
                                                     "{\"fixed\":\"1\"}]}]}]}")),
            "read 1, refused 1");
  EXPECT_EQ(outcome(folder.write("number.json", begin + "\"affected\":9223372036854775808}")), "read 1, refused 1");
  EXPECT_EQ(outcome(folder.write("digits.json", begin + "\"affected\":" + repeated("9", 10 * million) + "}")), "read 1, refused 1");
  const std::string lines = outcome(folder.write("lines.ndjson", repeated("{}\n", million)));
  EXPECT_EQ(lines.find("killed"), std::string::npos) << lines;
  const std::string scores = outcome(folder.write("epss.csv", "#model_version:v1,score_date:2026-01-01T00:00:00Z\ncve,epss,percentile\n" + repeated("CVE-2020-1,0.5,0.5\n", million)));
  EXPECT_EQ(scores.find("killed"), std::string::npos) << scores;
}

TEST(HostileFeeds, LengthsThatAreLies) {
  if (no_archives()) GTEST_SKIP() << "the plug-in that reads archives was not built";
  const Folder folder;
  const std::string said = outcome(folder.write("huge.zip", zip_of({stored("a.json", "{}")}, true)));
  EXPECT_NE(said.find("cannot be unpacked"), std::string::npos) << said;
  // A frame that says it holds 2^63 bytes, in a window of that size.
  std::string frame("\x28\xb5\x2f\xfd\xe0", 5);
  put<std::uint64_t>(frame, std::uint64_t{1} << 63);
  frame += std::string("\x03\x00\x10x", 4);
  const std::string window = outcome(folder.write("huge.ndjson.zst", frame));
  EXPECT_NE(window.find("cannot be unpacked"), std::string::npos) << window;
  const std::string zip = zip_of({stored("a.json", "{\"id\":1}")});
  for (std::size_t cut = 4; cut < zip.size(); cut += 7) EXPECT_EQ(outcome(folder.write("cut.zip", zip.substr(0, cut))).find("killed"), std::string::npos) << cut;
}

TEST(HostileFeeds, ArchivesInArchivesAreLeftAlone) {
  if (no_archives()) GTEST_SKIP() << "the plug-in that reads archives was not built";
  const Folder folder;
  std::string zip = zip_of({stored("a.json", "{}")});
  for (int i = 0; i < 20; ++i) zip = zip_of({stored("inner.zip", zip)});
  EXPECT_EQ(outcome(folder.write("nested.zip", zip)), "read 0, refused 0");
  EXPECT_EQ(outcome(folder.write("plain.zip", zip_of({stored("a.json", "{}"), stored("LICENSE", "x"), stored("../b.json", "7")}))), "read 2, refused 1");
}

TEST(HostileFeeds, Yaml) {
  const Folder folder;
  EXPECT_NE(outcome(folder.write("deep.yaml", std::string(1'000'000, '['))).find("error"), std::string::npos);
  EXPECT_NE(outcome(folder.write("alias.yaml", "a: &a [1]\nb: [*a, *a]\n")).find("error"), std::string::npos);
  EXPECT_NE(outcome(folder.write("bytes.yaml", std::string("a: \xff\xfe\n", 6))).find("error"), std::string::npos);
  EXPECT_EQ(outcome(folder.write("good.yaml", "id: T-1\nmodified: \"2024-01-02T03:04:05Z\"\n")), "read 1, refused 0");
}

TEST(HostileFeeds, Folders) {
  const Folder folder;
  const std::string file = folder.write("a.json", "{}");
  const fs::path inner = fs::path(file).parent_path() / "inner";
  fs::create_directories(inner);
  fs::create_directory_symlink("..", inner / "up");
  const std::string said = outcome(fs::path(file).parent_path().string());
  EXPECT_EQ(said.find("killed"), std::string::npos) << said;
}

}  // namespace
}  // namespace duolex::vulnerabilities
