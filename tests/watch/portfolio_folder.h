// A portfolio in a folder of its own, and the program run on it.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "base/file.h"

namespace duolex::watch_test {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "duolex-watch-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() {
    std::error_code error;
    fs::remove_all(path, error);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  void write(const std::string& name, const std::string& bytes) const {
    fs::create_directories((path / name).parent_path());
    if (!write_file_atomically(path / name, bytes)) std::abort();
  }
  [[nodiscard]] std::string read(const std::string& name) const { return read_file(path / name).value_or(""); }
  // The exit status; what it printed is in out.txt and err.txt.
  [[nodiscard]] int run(const std::string& words) const {
    const int status = std::system(("cd " + path.string() + " && " DUOLEX_PROGRAM " " + words + " --portfolio p >out.txt 2>err.txt").c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
  }

  fs::path path;
};

// A bill of `name` at `version` with npm packages p0 … p9 in these versions.
inline std::string bill(const std::string& name, const std::string& version, int minor) {
  std::string out = R"({"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{"component":{"type":"application","name":")" + name + R"(","version":")" + version + R"("}},"components":[)";
  for (int i = 0; i < 10; ++i)
    out += std::string(i == 0 ? "" : ",") + R"({"type":"library","name":"p)" + std::to_string(i) + R"(","purl":"pkg:npm/p)" + std::to_string(i) + "@1." + std::to_string(minor) + R"(.0"})";
  return out + "]}";
}

// An advisory about npm package p<package> below 1.<below>.0.
inline std::string advisory(const std::string& id, int package, int below, const std::string& more = "") {
  return R"({"id":")" + id + R"(","modified":"2026-01-01T00:00:00Z")" + more + R"(,"affected":[{"package":{"ecosystem":"npm","name":"p)" + std::to_string(package) +
         R"("},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.)" + std::to_string(below) + R"(.0"}]}]}]})";
}

inline std::string catalogue(const std::string& cve) {
  return R"({"catalogVersion":"1","dateReleased":"2026-02-01T00:00:00Z","vulnerabilities":[{"cveID":")" + cve + R"(","dateAdded":"2026-02-01","dueDate":"2026-02-22"}]})";
}

}  // namespace duolex::watch_test
