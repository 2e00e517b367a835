// cli_cases BUILD SOURCE FILE.yaml: runs commands as a user would, each case in a fresh folder, and compares exit
// status, output and what was left behind. docs/formats/cli-cases.md describes the files.
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>
#include <vector>

#include "expected.h"

namespace duolex::cli_cases {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

void write(const fs::path& path, const std::string& bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

// text; {hex: "fffe"}; or {repeat: "[", times: 1000000, then: "x"}.
std::string content(const YAML::Node& node) {
  if (node.IsScalar()) return node.Scalar();
  std::string bytes;
  if (node["hex"]) {
    const std::string hex = node["hex"].Scalar();
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
      bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  if (node["first"]) bytes += node["first"].Scalar();
  if (node["repeat"])
    for (long i = 0; i < node["times"].as<long>(); ++i) bytes += node["repeat"].Scalar();
  if (node["then"]) bytes += node["then"].Scalar();
  return bytes;
}

std::set<std::string> names_in(const fs::path& folder) {
  std::set<std::string> names;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    names.insert(fs::relative(entry.path(), folder).generic_string());
  return names;
}

std::vector<std::string> strings(const YAML::Node& node) {
  if (!node) return {};
  if (node.IsScalar()) return {node.Scalar()};
  std::vector<std::string> out;
  for (const YAML::Node& item : node) out.push_back(item.Scalar());
  return out;
}

class Runner {
 public:
  Runner(fs::path build, fs::path source) : build_(fs::absolute(build)), source_(fs::absolute(source)) {
    base_ = fs::temp_directory_path() / ("duolex-cli-" + std::to_string(getpid()));
    fs::create_directories(base_);
  }
  ~Runner() {
    std::error_code ignored;
    fs::remove_all(base_, ignored);
  }
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  // What is wrong, a line each.
  std::vector<std::string> run(const YAML::Node& shared, const YAML::Node& c) {
    wrong_.clear();
    const fs::path here = base_ / "here";
    fs::remove_all(here);
    fs::create_directories(here);
    for (const YAML::Node& files : {shared, c["files"]})
      if (files)
        for (const auto& file : files) write(here / file.first.Scalar(), content(file.second));
    if (c["before"]) {
      const int made = execute(here, c["before"].Scalar());
      if (made != 0) complain("what comes before ended with " + std::to_string(made) + "\n" + read(base_ / "stderr").substr(0, 400));
    }
    const std::set<std::string> before = names_in(here);
    const auto start = std::chrono::steady_clock::now();
    const int status = execute(here, c["run"].Scalar());
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const std::string out = read(base_ / "stdout"), err = read(base_ / "stderr");
    if (status != c["exit"].as<int>())
      complain("exit status " + std::to_string(status) + ", expected " + c["exit"].Scalar() + "\n" + out.substr(0, 400) +
               err.substr(0, 800));
    texts("standard output", out, c["out"], c["not_out"]);
    texts("standard error", err, c["err"], c["not_err"]);
    if (c["silent"] && !out.empty()) complain("standard output is not empty: " + out.substr(0, 200));
    if (c["json"]) compare(c["json"], out);
    if (c["lines"]) lines(c["lines"], out);
    if (c["leaves"]) {
      std::set<std::string> expected = before;
      for (const std::string& name : strings(c["leaves"])) expected.insert(name);
      const std::set<std::string> after = names_in(here);
      if (after != expected) {
        std::string list;
        for (const std::string& name : after) list += " " + name;
        complain("the folder holds" + list);
      }
    }
    if (c["cpu"] && used_.cpu > c["cpu"].as<double>()) complain("took " + std::to_string(used_.cpu) + " s of processor time");
    if (c["mebibytes"] && used_.mebibytes > c["mebibytes"].as<double>()) complain("took " + std::to_string(used_.mebibytes) + " MiB");
    if (c["seconds"] && seconds > c["seconds"].as<double>()) complain("took " + std::to_string(seconds) + " s");
    return wrong_;
  }

 private:
  // Of the last command, with all that it started and waited for: processor time of all, memory of the largest.
  struct Used {
    double cpu = 0, mebibytes = 0;
  };

  int execute(const fs::path& here, const std::string& command) {
    const std::string path = build_.string() + ":" + (std::getenv("PATH") == nullptr ? "" : std::getenv("PATH"));
    const pid_t child = fork();
    if (child == 0) {
      const auto at = [](int fd, const std::string& file, int flags) {
        const int opened = open(file.c_str(), flags | O_CREAT, 0644);
        if (opened < 0 || dup2(opened, fd) < 0) _exit(126);
        close(opened);
      };
      at(0, "/dev/null", O_RDONLY);
      at(1, (base_ / "stdout").string(), O_WRONLY | O_TRUNC);
      at(2, (base_ / "stderr").string(), O_WRONLY | O_TRUNC);
      setenv("PATH", path.c_str(), 1);
      setenv("SOURCE", source_.c_str(), 1);
      setenv("LC_ALL", "C.UTF-8", 1);
      if (chdir(here.c_str()) != 0) _exit(126);
      execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
      _exit(126);
    }
    int result = 0;
    rusage used{};
    if (child < 0 || wait4(child, &result, 0, &used) != child) return 126;
    const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
    used_ = {seconds(used.ru_utime) + seconds(used.ru_stime), static_cast<double>(used.ru_maxrss) / 1024};
    return WIFEXITED(result) ? WEXITSTATUS(result) : 128 + WTERMSIG(result);
  }

  void complain(const std::string& what) { wrong_.push_back(what); }

  void texts(const std::string& where, const std::string& have, const YAML::Node& wanted, const YAML::Node& unwanted) {
    for (const std::string& text : strings(wanted))
      if (have.find(text) == std::string::npos)
        complain(where + " has no '" + text + "'\n" + have.substr(0, 800));
    for (const std::string& text : strings(unwanted))
      if (have.find(text) != std::string::npos) complain(where + " has '" + text + "'");
  }

  void compare(const YAML::Node& want, const std::string& text) {
    try {
      if (std::string found = difference(want, YAML::Load(text)); !found.empty()) complain(found);
    } catch (const YAML::Exception& e) {
      complain(std::string("the output cannot be read: ") + e.what());
    }
  }

  void lines(const YAML::Node& want, const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> have;
    for (std::string line; std::getline(in, line);) have.push_back(line);
    if (have.size() != want.size()) return complain(std::to_string(have.size()) + " lines of output");
    for (std::size_t i = 0; i < have.size(); ++i) compare(want[i], have[i]);
  }

  fs::path build_, source_, base_;
  Used used_{};
  std::vector<std::string> wrong_;
};

int main_of(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: cli_cases BUILD SOURCE FILE.yaml\n";
    return 64;
  }
  const YAML::Node root = YAML::LoadFile(argv[3]);
  if (root["needs"] && !fs::exists(fs::path(argv[1]) / root["needs"].Scalar())) {
    std::cout << argv[3] << ": not tested: " << root["needs"].Scalar() << " is not built here\n";
    return 77;
  }
  Runner runner(argv[1], argv[2]);
  std::size_t passed = 0, failed = 0;
  for (const YAML::Node& c : root["cases"]) {
    const std::vector<std::string> wrong = runner.run(root["files"], c);
    for (const std::string& what : wrong)
      std::cout << argv[3] << ":" << c.Mark().line + 1 << ": " << c["name"].Scalar() << "\n    " << what << "\n";
    ++(wrong.empty() ? passed : failed);
  }
  std::cout << passed << " passed, " << failed << " failed\n";
  return failed == 0 && passed > 0 ? 0 : 1;
}

}  // namespace
}  // namespace duolex::cli_cases

int main(int argc, char** argv) {
  try {
    return duolex::cli_cases::main_of(argc, argv);
  } catch (const std::exception& e) {
    std::cerr << e.what() << "\n";
    return 65;
  }
}
