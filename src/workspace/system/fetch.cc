#include "workspace/system/fetch.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "base/file.h"
#include "text/json_out.h"
#include "text/node.h"
#include "workspace/system/curl.h"
#include "workspace/system/http_head.h"
#include "workspace/system/process.h"

namespace duolex::workspace {
namespace {

namespace fs = std::filesystem;
using Kind = FetchEnd::Kind;
using Clock = std::chrono::steady_clock;

constexpr int most_failures = 4, most_restarts = 3, most_rounds = 200;
constexpr std::int64_t most_wait = 300;  // seconds, that a server can ask to be left alone within one run

// What a part is a part of.
struct PartOf {
  std::string url, etag, last_modified, digest;
  std::optional<std::uint64_t> total;

  // What If-Range takes: a strong tag, or a time. "" when a part cannot be gone on with.
  [[nodiscard]] std::string validator() const { return !etag.empty() && !etag.starts_with("W/") ? etag : last_modified; }
};

fs::path of_path(const fs::path& part) { return part.string() + "-of"; }

std::optional<PartOf> read_part_of(const fs::path& part) {
  const auto bytes = read_file(of_path(part), std::size_t{1} << 20);
  if (!bytes) return std::nullopt;
  const auto root = text::read_json(of_path(part).string(), *bytes);
  if (!root) return std::nullopt;
  PartOf out;
  const auto text = [&](const char* key) {
    const text::Node* node = root->find(key);
    return node != nullptr && node->kind == text::Node::Kind::text ? node->text : "";
  };
  out.url = text("url");
  out.etag = text("etag");
  out.last_modified = text("last_modified");
  out.digest = text("digest");
  if (const text::Node* total = root->find("total"); total != nullptr && total->kind == text::Node::Kind::integer && total->integer >= 0)
    out.total = static_cast<std::uint64_t>(total->integer);
  return out;
}

Result<void> write_part_of(const fs::path& part, const PartOf& of) {
  nlohmann::ordered_json out = {{"url", of.url}, {"etag", of.etag}, {"last_modified", of.last_modified}, {"digest", of.digest}};
  if (of.total) out["total"] = *of.total;
  return write_file_atomically(of_path(part), text::to_json_text(out, text::JsonLayout::pretty));
}

class File {
 public:
  File(const fs::path& path, int flags) : path_(path), fd_(::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0666)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  Result<void> write(std::string_view bytes) {
    while (fd_ >= 0 && !bytes.empty()) {
      const ssize_t n = ::write(fd_, bytes.data(), bytes.size());
      if (n < 0 && errno == EINTR) continue;
      if (n <= 0) break;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    if (bytes.empty() && fd_ >= 0) return {};
    return failure(error_in(path_.string(), std::string("cannot be written: ") + std::strerror(errno)));
  }
  Result<void> sync() {
    if (fd_ >= 0 && ::fdatasync(fd_) == 0) return {};
    return failure(error_in(path_.string(), std::string("cannot be written: ") + std::strerror(errno)));
  }

 private:
  fs::path path_;
  int fd_;
};

std::uint64_t size_of(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  return error ? 0 : size;
}

std::string too_large(std::uint64_t limit) { return "is larger than " + std::to_string(limit) + " bytes, the most that is taken of this source"; }

// Without what may be a secret.
std::string shown(const std::string& url) {
  std::string out = url.substr(0, url.find('?'));
  const std::size_t scheme = out.find("://");
  if (scheme == std::string::npos) return out;
  const std::size_t at = out.find('@', scheme), slash = out.find('/', scheme + 3);
  return at < slash ? out.substr(0, scheme + 3) + out.substr(at + 1) : out;
}

class Fetching {
 public:
  Fetching(const FetchWish& wish, const fs::path& part) : wish_(wish), part_(part), end_(Clock::now() + std::chrono::seconds(wish.seconds)) {}

  FetchEnd run() {
    remove_left_over_files(of_path(part_));
    int failures = 0, restarts = 0;
    std::uint64_t farthest = 0;
    for (int round = 0; round < most_rounds; ++round) {
      const std::uint64_t before = begin();
      if (of_ && of_->total && before == *of_->total && before != 0) return done(before);
      const Round r = once(before);
      switch (r.next) {
        case Next::end: return std::move(out_);
        case Next::whole: return done(out_.resumed_from);
        case Next::restart:
          forget_part(part_);
          if (++restarts >= most_restarts) return failed(r.problem);
          continue;
        case Next::again: break;
      }
      const std::uint64_t size = size_of(part_);
      failures = size > std::max(farthest, before) ? 1 : failures + 1;
      farthest = std::max(farthest, size);
      if (r.wait > most_wait || Clock::now() + std::chrono::seconds(r.wait) >= end_)
        return failed(r.problem + " and asks to be left alone for " + std::to_string(r.wait) + " seconds; nothing more was asked of it");
      const auto pause = std::max(std::chrono::milliseconds(250 << std::min(failures, 5)), std::chrono::milliseconds(r.wait * 1000));
      if (failures >= most_failures || Clock::now() + pause >= end_) return failed(r.problem);
      std::this_thread::sleep_for(pause);
    }
    return failed("the connection broke too often");
  }

 private:
  enum class Next : std::uint8_t { end, whole, restart, again };
  struct Round {
    Next next = Next::end;
    std::string problem;
    std::int64_t wait = 0;  // seconds, that the server asks for
  };

  FetchEnd end(Kind kind, Diagnostics problems) {
    out_.kind = kind;
    out_.problems = std::move(problems);
    return std::move(out_);
  }
  FetchEnd failed(const std::string& problem) { return end(Kind::failed, {error_in(shown(wish_.url), problem)}); }
  Round ends(Kind kind, Diagnostics problems) {
    out_ = end(kind, std::move(problems));
    return {};
  }
  Round refuses(const std::string& problem) { return ends(Kind::failed, {error_in(shown(wish_.url), problem)}); }

  FetchEnd done(std::uint64_t resumed_from) {
    File file(part_, 0);
    if (auto synced = file.sync(); !synced) return end(Kind::cannot_write, synced.error());
    out_.kind = Kind::fetched;
    out_.etag = of_->etag;
    out_.last_modified = of_->last_modified;
    out_.digest = of_->digest;
    out_.resumed_from = resumed_from;
    return std::move(out_);
  }

  // How much is there of what can be gone on with.
  std::uint64_t begin() {
    of_ = read_part_of(part_);
    const std::uint64_t size = size_of(part_);
    if (of_ && of_->url == wish_.url && !of_->validator().empty() && size <= wish_.limit && (!of_->total || size <= *of_->total)) return size;
    forget_part(part_);
    of_.reset();
    return 0;
  }

  std::string settings(std::uint64_t have) const {
    const bool cipher = wish_.url.starts_with("https:");
    const auto left = std::chrono::duration_cast<std::chrono::seconds>(end_ - Clock::now()).count();
    std::string out = "url = " + curl_quoted(wish_.url) + "\nproto = " + (cipher ? "\"=https\"" : "\"=http\"") + "\nproto-redir = " + (cipher ? "\"=https\"" : "\"=http,https\"") +
                      "\ngloboff\nlocation\nmax-redirs = 5\nsilent\ninclude\nsuppress-connect-headers\nuser-agent = \"duolex\"\nconnect-timeout = 30\nspeed-limit = 1\nspeed-time = 60\n"
                      "max-time = " + std::to_string(std::max<long long>(left, 1)) + "\n";
    const auto header = [&](const std::string& line) { out += "header = " + curl_quoted(line) + "\n"; };
    if (have != 0) {
      header("Range: bytes=" + std::to_string(have) + "-");
      header("If-Range: " + of_->validator());
    } else if (!wish_.etag.empty()) {
      header("If-None-Match: " + wish_.etag);
    } else if (!wish_.last_modified.empty()) {
      header("If-Modified-Since: " + wish_.last_modified);
    }
    return out;
  }

  // The answer begins. False to hear no more of it.
  bool answered(const HttpHead& head, std::uint64_t have, std::optional<File>& file, Round& said) {
    if (head.status == 200) {
      if (head.length().value_or(0) > wish_.limit) {
        said = refuses(too_large(wish_.limit));
        return false;
      }
      forget_part(part_);
      of_ = PartOf{wish_.url, head.field("etag"), head.field("last-modified"), head.digest(), head.length()};
      if (auto written = write_part_of(part_, *of_); !written) {
        said = ends(Kind::cannot_write, written.error());
        return false;
      }
      out_.resumed_from = 0;
      file.emplace(part_, O_TRUNC);
      return true;
    }
    if (head.status == 206 && have != 0) {
      const auto part = head.part();
      const std::string tag = head.field("etag");
      const bool same = part && part->first == have && (!of_->total || *of_->total == part->total) && (tag.empty() || of_->etag.empty() || tag == of_->etag);
      if (!same || part->total > wish_.limit) {
        said = {Next::restart, "it goes on with something else than it began with"};
        return false;
      }
      of_->total = part->total;
      if (of_->digest.empty()) of_->digest = head.digest();
      out_.resumed_from = have;
      file.emplace(part_, O_APPEND);
      return true;
    }
    if (head.status == 304 && have == 0 && !(wish_.etag.empty() && wish_.last_modified.empty())) said = ends(Kind::unchanged, {});
    else if (head.status == 416 && have != 0) said = {Next::restart, "it has no such part of the file"};
    else if (head.status == 404 || head.status == 410) said = ends(Kind::absent, {error_in(shown(wish_.url), "it answered with HTTP " + std::to_string(head.status))});
    else if (head.status >= 500 || head.status == 429 || head.status == 408)
      said = {Next::again, "it answered with HTTP " + std::to_string(head.status),
              head.retry_after(std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count()).value_or(0)};
    else said = refuses("it answered with HTTP " + std::to_string(head.status));
    return false;
  }

  Round once(std::uint64_t have) {
    HttpHeads heads;
    std::optional<File> file;
    Round said;
    bool decided = false, begun = false;
    std::uint64_t size = have;
    const auto left = std::chrono::duration_cast<std::chrono::seconds>(end_ - Clock::now()).count();
    if (left <= 0) return refuses("it took longer than " + std::to_string(wish_.seconds) + " seconds");
    const auto process = run_process_into({"curl", "-q", "--config", "-"}, settings(have), static_cast<int>(left) + 2, [&](std::string_view bytes) {
      if (!heads.add(bytes)) {
        said = refuses("its answer is none of HTTP");
        return !(decided = true);
      }
      if (!heads.complete()) return true;
      if (!begun) {
        begun = true;
        if (!answered(heads.head(), have, file, said)) return !(decided = true);
        if (heads.head().status == 200) size = 0;
      }
      const std::string body = heads.take_body();
      size += body.size();
      if (size > wish_.limit) {
        said = refuses(too_large(wish_.limit));
        return !(decided = true);
      }
      if (auto written = file->write(body); !written) {
        said = ends(Kind::cannot_write, written.error());
        return !(decided = true);
      }
      return true;
    });
    if (!process) return ends(Kind::failed, {error_in("curl", process.error().front().message, "files are fetched by the program curl; without it, --mirror takes them from a folder")});
    if (decided) {
      if (out_.kind == Kind::failed && said.next == Next::end && begun && file) forget_part(part_);
      return said;
    }
    if (process->timed_out) return refuses("it took longer than " + std::to_string(wish_.seconds) + " seconds");
    const int status = process->exit_status;
    if (status == 0 && !begun) return {Next::again, "it answered nothing"};
    if (status == 0) {
      if (heads.head().status == 200 && !file) return {Next::again, "it answered nothing"};
      if (of_->total && size != *of_->total) return {Next::again, "it sent " + std::to_string(size) + " bytes and spoke of " + std::to_string(*of_->total)};
      return {Next::whole, ""};
    }
    const bool for_good = status == 1 || status == 3 || status == 47 || status == 60;
    if (for_good) return refuses(curl_problem(status));
    std::string problem = curl_problem(status);
    if (begun && of_ && of_->total) problem += ", after " + std::to_string(size) + " of " + std::to_string(*of_->total) + " bytes";
    return {Next::again, problem};
  }

  const FetchWish& wish_;
  fs::path part_;
  Clock::time_point end_;
  std::optional<PartOf> of_;
  FetchEnd out_;
};

FetchEnd copy(const std::string& from, const FetchWish& wish, const fs::path& part) {
  FetchEnd out;
  const auto end = [&](Kind kind, Diagnostics problems) {
    out.kind = kind;
    out.problems = std::move(problems);
    return out;
  };
  forget_part(part);
  std::error_code error;
  if (!fs::exists(from, error)) return end(Kind::absent, {error_in(from, "there is no such file")});
  if (!fs::is_regular_file(from, error)) return end(Kind::failed, {error_in(from, "is no file")});
  const int fd = ::open(from.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return end(Kind::failed, {error_in(from, std::string("cannot be read: ") + std::strerror(errno))});
  File file(part, O_TRUNC);
  std::string buffer(std::size_t{1} << 20, '\0');
  std::uint64_t size = 0;
  Result<void> written;
  ssize_t n = 0;
  while (written && size <= wish.limit && ((n = ::read(fd, buffer.data(), buffer.size())) > 0 || (n < 0 && errno == EINTR))) {
    if (n < 0) continue;
    size += static_cast<std::size_t>(n);
    written = file.write(std::string_view(buffer).substr(0, static_cast<std::size_t>(n)));
  }
  const int failed = n < 0 ? errno : 0;
  ::close(fd);
  if (written && failed == 0 && size <= wish.limit) written = file.sync();
  if (written && failed == 0 && size <= wish.limit) return end(Kind::fetched, {});
  forget_part(part);
  if (!written) return end(Kind::cannot_write, written.error());
  return end(Kind::failed, {error_in(from, failed != 0 ? std::string("cannot be read: ") + std::strerror(failed) : too_large(wish.limit))});
}

}  // namespace

void forget_part(const fs::path& part) noexcept {
  std::error_code error;
  fs::remove(part, error);
  fs::remove(of_path(part), error);
}

std::string file_of_address(const std::string& url) {
  if (!url.starts_with("file:")) return "";
  std::string path = url.substr(5);
  if (path.starts_with("//localhost/")) path = path.substr(11);
  else if (path.starts_with("///")) path = path.substr(2);
  else if (path.starts_with("//")) return "";
  std::string out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1; };
    const bool escaped = path[i] == '%' && i + 2 < path.size() && digit(path[i + 1]) >= 0 && digit(path[i + 2]) >= 0;
    out += escaped ? static_cast<char>(digit(path[i + 1]) * 16 + digit(path[i + 2])) : path[i];
    if (escaped) i += 2;
  }
  return out;
}

FetchEnd fetch(const FetchWish& wish, const fs::path& part) {
  if (wish.url.starts_with("file:")) {
    const std::string from = file_of_address(wish.url);
    if (!from.empty()) return copy(from, wish, part);
    FetchEnd out;
    out.problems = {error_in(wish.url, "names no file of this machine")};
    return out;
  }
  return Fetching(wish, part).run();
}

}  // namespace duolex::workspace
