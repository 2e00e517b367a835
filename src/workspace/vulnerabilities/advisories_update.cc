#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <ostream>
#include <sstream>

#include "base/counted.h"
#include "base/file.h"
#include "storage/folder_lock.h"
#include "text/json_out.h"
#include "workspace/system/fetch.h"
#include "workspace/system/settings_reader.h"
#include "workspace/vulnerabilities/advisories.h"
#include "workspace/vulnerabilities/update_record.h"
#include "workspace/vulnerabilities/update_sources.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;
using Kind = FetchEnd::Kind;

struct Outcome {
  std::string name, file;
  enum class Status : std::uint8_t { fetched, unchanged, failed } status = Status::failed;
  RecordedFile recorded;  // of the file that is there; empty when there is none
  bool there = false;
  std::uint64_t resumed_from = 0;
  Diagnostics problems;
};

Result<void> put_in_place(const fs::path& part, const fs::path& place) {
  const auto failed = [&](const std::error_code& error) { return failure(error_in(place.string(), "cannot be written: " + error.message())); };
  std::error_code error;
  fs::rename(part, place, error);
  if (error) return failed(error);
  const int folder = ::open(place.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder >= 0) {
    ::fsync(folder);
    ::close(folder);
  }
  forget_part(part);
  return {};
}

// Lines "HEX  name" as sha256sum writes them, or the hash alone.
std::string hash_in(const std::string& text, const std::string& name) {
  std::istringstream lines(text);
  std::string line, only;
  std::size_t count = 0;
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string hash, of;
    words >> hash >> of;
    std::transform(hash.begin(), hash.end(), hash.begin(), [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
    if (hash.size() != 64 || hash.find_first_not_of("0123456789abcdef") != std::string::npos) continue;
    if (of.starts_with('*')) of.erase(0, 1);
    if (!of.empty() && fs::path(of).filename() == name) return hash;
    only = hash;
    ++count;
  }
  return count == 1 ? only : "";
}

class Update {
 public:
  Update(const UpdateRequest& request, UpdateRecord record) : request_(request), record_(std::move(record)), folder_(request.folder) {}

  bool cannot_write = false;

  // What the mirror says of its files. Where it says nothing, there is nothing to hold them against.
  Result<void> look_at_mirror() {
    if (request_.mirror.empty()) return {};
    const fs::path part = folder_ / "mirror.record.part";
    const FetchEnd end = fetch({mirrored(advisories_record_name), std::uint64_t{16} << 20, 300, "", ""}, part);
    if (end.kind == Kind::absent) return {};
    if (end.kind != Kind::fetched) return failure(end.problems);
    const auto bytes = read_file(part);
    forget_part(part);
    if (!bytes) return failure(bytes.error());
    auto read = read_update_record(mirrored(advisories_record_name), *bytes);
    if (!read) return failure(read.error());
    mirror_ = std::move(*read);
    return {};
  }

  Outcome one(const AdvisorySource& source) {
    Outcome out{source.name, source.file, Outcome::Status::failed, {}, false, 0, {}};
    const fs::path place = folder_ / source.file, part = place.string() + ".part";
    std::error_code error;
    fs::create_directories(place.parent_path(), error);
    const auto old = whole_copy(source, place, out);
    const std::string url = request_.mirror.empty() ? source.url : mirrored(source.file);
    FetchWish wish{url, source.limit, source.minutes * 60, "", ""};
    if (old && old->url == url) {
      wish.etag = old->etag;
      wish.last_modified = old->last_modified;
    }
    FetchEnd end = fetch(wish, part);
    if (end.kind == Kind::unchanged) return kept(source, *old, std::move(out));
    if (end.kind == Kind::fetched) {
      out.resumed_from = end.resumed_from;
      if (auto checked = check(source, end, part, place)) return placed(source, url, end, std::move(*checked), old ? old->sha256 : "", part, place, std::move(out));
      else end.problems = checked.error();
      forget_part(part);  // what is wrong with it stays wrong
    }
    cannot_write = cannot_write || end.kind == Kind::cannot_write;
    out.problems.insert(out.problems.end(), end.problems.begin(), end.problems.end());
    return out;
  }

  // As it stands after each file, so that nothing is fetched twice because the next one failed.
  Result<void> keep_record() const { return write_file_atomically(folder_ / advisories_record_name, update_record_text(record_)); }

 private:
  struct Checked {
    FileHashes hashes;
    std::string agrees_with;
  };

  std::string mirrored(const std::string& file) const {
    std::string base = request_.mirror;
    while (base.size() > 1 && base.ends_with('/')) base.pop_back();
    if (!safe_address(base) && !base.starts_with("file:")) base = "file:" + escaped(fs::absolute(base).string());
    return base + "/" + file;
  }
  static std::string escaped(const std::string& path) {
    std::string out;
    for (const char c : path) out += c == '%' ? std::string("%25") : std::string(1, c);
    return out;
  }

  // What is recorded of the file, when it still is that.
  std::optional<RecordedFile> whole_copy(const AdvisorySource& source, const fs::path& place, Outcome& out) const {
    const auto found = record_.find(source.file);
    std::error_code error;
    if (!fs::exists(place, error)) return std::nullopt;
    const auto hashes = hashes_of(place);
    if (found != record_.end() && hashes && hashes->sha256 == found->second.sha256) {
      out.there = true;
      out.recorded = found->second;
      return found->second;
    }
    Diagnostic d = error_in(place.string(), found == record_.end() ? "nothing is recorded of this file; it is fetched anew" : "is not the file that was fetched: its SHA-256 differs; it is fetched anew");
    d.severity = Severity::warning;
    out.problems.push_back(std::move(d));
    return std::nullopt;
  }

  Outcome kept(const AdvisorySource& source, RecordedFile old, Outcome out) {
    old.checked = request_.now;
    out.status = Outcome::Status::unchanged;
    out.recorded = record_[source.file] = std::move(old);
    return out;
  }

  Result<Checked> check(const AdvisorySource& source, const FetchEnd& end, const fs::path& part, const fs::path& place) {
    auto hashes = hashes_of(part);
    if (!hashes) return failure(hashes.error());
    Checked out{std::move(*hashes), ""};
    const auto refused = [&](const std::string& why) { return failure(error_in(place.string(), "what was fetched is not taken: " + why)); };
    const auto hold = [&](const std::string& said, const std::string& is, const char* kind, const std::string& who) -> std::string {
      if (said.empty() || is.empty()) return "";
      if (said != is) return "its " + who + " differs from the " + said.substr(0, 16) + "… that is published";
      out.agrees_with = kind;
      return "";
    };
    std::vector<std::string> wrong = {end.digest.starts_with("md5:") ? hold(end.digest.substr(4), out.hashes.md5, "md5", "MD5") : "",
                                      end.digest.starts_with("sha256:") ? hold(end.digest.substr(7), out.hashes.sha256, "sha256", "SHA-256") : "",
                                      hold(source.sha256, out.hashes.sha256, "sha256", "SHA-256")};
    if (const auto recorded = mirror_.find(source.file); recorded != mirror_.end() && recorded->second.sha256 != out.hashes.sha256)
      return refused("its SHA-256 differs from the one in the mirror's record");
    else if (recorded != mirror_.end())
      out.agrees_with = "mirror";
    if (!source.sha256_url.empty() && request_.mirror.empty()) {
      const fs::path sum = place.string() + ".sum.part";
      const FetchEnd said = fetch({source.sha256_url, std::uint64_t{1} << 20, 300, "", ""}, sum);
      const auto text = said.kind == Kind::fetched ? read_file(sum) : Result<std::string>("");
      forget_part(sum);
      if (said.kind != Kind::fetched) return failure(said.problems);
      const std::string name = fs::path(source.url.substr(0, source.url.find('?'))).filename().string(), hash = text ? hash_in(*text, name) : "";
      if (hash.empty()) return refused("its publisher's list of hashes does not name it");
      wrong.push_back(hold(hash, out.hashes.sha256, "sha256", "SHA-256"));
    }
    for (const std::string& why : wrong)
      if (!why.empty()) return refused(why);
    if (const std::string why = what_is_wrong_with(part, source.file); !why.empty()) return refused(why);
    return out;
  }

  Outcome placed(const AdvisorySource& source, const std::string& url, const FetchEnd& end, Checked checked, const std::string& before, const fs::path& part, const fs::path& place, Outcome out) {
    if (auto done = put_in_place(part, place); !done) {
      cannot_write = true;
      out.problems = done.error();
      return out;
    }
    const bool same = before == checked.hashes.sha256;
    RecordedFile& r = record_[source.file];
    const std::string since = same ? r.fetched : request_.now;
    r = {source.name, url, end.etag, end.last_modified, checked.hashes.sha256, checked.hashes.bytes, since, request_.now, checked.agrees_with};
    out.status = same ? Outcome::Status::unchanged : Outcome::Status::fetched;
    out.there = true;
    out.recorded = r;
    return out;
  }

  const UpdateRequest& request_;
  UpdateRecord record_, mirror_;
  fs::path folder_;
};

std::string agreement(const std::string& with) {
  if (with == "md5") return ", agrees with the MD5 that the server states";
  if (with == "sha256") return ", agrees with the SHA-256 that is published";
  if (with == "mirror") return ", agrees with the mirror's record";
  return "";
}

void in_words(const Outcome& o, std::ostream& out, std::ostream& err) {
  err << render(o.problems);
  if (o.status == Outcome::Status::fetched) {
    out << o.name << ": " << o.recorded.bytes << " bytes";
    if (o.resumed_from != 0) out << ", gone on with after " << o.resumed_from;
    out << "; SHA-256 " << o.recorded.sha256.substr(0, 16) << "…" << agreement(o.recorded.agrees_with) << '\n';
  } else if (o.status == Outcome::Status::unchanged) {
    out << o.name << ": unchanged since " << o.recorded.fetched << '\n';
  } else {
    out << o.name << ": not fetched; " << (o.there ? "the copy of " + o.recorded.fetched + " stays" : "there is none") << '\n';
  }
  out.flush();
}

ordered_json to_json(const Outcome& o) {
  ordered_json problems = ordered_json::array();
  for (const Diagnostic& d : o.problems) problems.push_back({{"about", d.span.file}, {"message", d.message}});
  static constexpr const char* status[] = {"fetched", "unchanged", "failed"};
  ordered_json out = {{"source", o.name}, {"file", o.file}, {"status", status[static_cast<int>(o.status)]}, {"there", o.there}, {"resumed_from", o.resumed_from}};
  if (o.there)
    out.update({{"bytes", o.recorded.bytes}, {"sha256", o.recorded.sha256}, {"agrees_with", o.recorded.agrees_with}, {"fetched", o.recorded.fetched}, {"checked", o.recorded.checked}});
  out["problems"] = std::move(problems);
  return out;
}

Result<std::vector<AdvisorySource>> chosen_sources(const UpdateRequest& request) {
  Result<std::string> bytes = request.sources.empty() ? Result<std::string>(shipped_advisory_sources()) : read_file(request.sources, std::size_t{1} << 20);
  if (!bytes) return failure(bytes.error());
  auto all = read_advisory_sources(request.sources.empty() ? "the list of sources" : request.sources, *bytes);
  if (!all || request.only.empty()) return all;
  std::vector<AdvisorySource> out;
  std::vector<std::string> names;
  for (const AdvisorySource& s : *all) names.push_back(s.name);
  Diagnostics errors;
  for (const std::string& name : request.only) {
    const auto found = std::find(names.begin(), names.end(), name);
    const std::string near = nearest_name(name, names);
    if (found == names.end()) errors.push_back(error_in(name, "is no source of the list", near.empty() ? "" : "did you mean '" + near + "'?"));
    else if (std::none_of(out.begin(), out.end(), [&](const AdvisorySource& s) { return s.name == name; })) out.push_back((*all)[static_cast<std::size_t>(found - names.begin())]);
  }
  if (!errors.empty()) return failure(std::move(errors));
  return out;
}

// A record that cannot be read is no reason to fetch nothing: what is there is then fetched anew.
UpdateRecord record_of(const fs::path& folder, std::ostream& err) {
  const fs::path path = folder / advisories_record_name;
  std::error_code error;
  if (!fs::exists(path, error)) return {};
  const auto bytes = read_file(path, std::size_t{16} << 20);
  auto record = bytes ? read_update_record(path.string(), *bytes) : failure(bytes.error());
  if (record) return std::move(*record);
  for (Diagnostic& d : record.error()) d.severity = Severity::warning;
  err << render(record.error());
  return {};
}

}  // namespace

ExitCode advisories_update(const UpdateRequest& request, std::ostream& out, std::ostream& err) {
  auto sources = chosen_sources(request);
  if (!sources) {
    err << render(sources.error());
    return ExitCode::bad_input;
  }
  std::error_code error;
  fs::create_directories(request.folder, error);
  if (error) {
    err << render(error_in(request.folder, "cannot be written: " + error.message()));
    return ExitCode::cannot_write;
  }
  const auto lock = storage::FolderLock::take(fs::path(request.folder) / "update.lock", 0);
  if (!lock) {
    const std::string& why = lock.error().front().message;
    err << render(error_in(request.folder, why));
    return ExitCode::cannot_write;
  }
  remove_left_over_files(fs::path(request.folder) / advisories_record_name);
  Update update(request, record_of(request.folder, err));
  if (auto looked = update.look_at_mirror(); !looked) {
    err << render(looked.error());
    return ExitCode::bad_input;
  }
  ordered_json json = ordered_json::array();
  BuildRequest build{{}, request.index, request.now, false, request.json};
  std::size_t failed = 0, absent = 0;
  for (const AdvisorySource& source : *sources) {
    const Outcome o = update.one(source);
    if (request.json) json.push_back(to_json(o));
    else in_words(o, out, err);
    failed += o.status == Outcome::Status::failed ? 1 : 0;
    absent += o.there ? 0 : 1;
    if (o.there) build.sources.push_back((fs::path(request.folder) / source.file).string());
    if (auto kept = update.keep_record(); !kept) {
      err << render(kept.error());
      return ExitCode::cannot_write;
    }
  }
  ExitCode code = update.cannot_write ? ExitCode::cannot_write : failed != 0 ? ExitCode::bad_input : ExitCode::clear;
  std::ostringstream built;
  const bool builds = !request.index.empty() && absent == 0;
  if (builds) {
    const ExitCode end = advisories_build(build, request.json ? built : out, err);
    if (end != ExitCode::clear) code = end;
  } else if (!request.index.empty()) {
    err << render(error_in(request.index, "is left as it is: of " + counted(absent, "source") + " there is no copy", "leave sources out with --only"));
  }
  if (request.json) {
    ordered_json whole = {{"folder", request.folder}, {"sources", std::move(json)}};
    whole["index"] = builds ? ordered_json::parse(built.str(), nullptr, false) : ordered_json();
    out << text::to_json_text(whole, text::JsonLayout::pretty);
  }
  return code;
}

ExitCode advisories_sources(std::ostream& out) {
  out << shipped_advisory_sources();
  return ExitCode::clear;
}

}  // namespace duolex::workspace
