#include "workspace/probes/relay.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstring>
#include <nlohmann/json.hpp>

#include "threats/array.h"
#include "workspace/probes/box_answers.h"
#include "workspace/probes/onnx_runtime.h"
#include "workspace/system/confined.h"

namespace duolex::workspace {
namespace {

using nlohmann::json;

bool write_all(int fd, const void* data, std::size_t size) {
  const char* at = static_cast<const char*>(data);
  while (size != 0) {
    const ssize_t n = write(fd, at, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    at += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

// No deadline: as long as it takes.
using Deadline = std::optional<std::chrono::steady_clock::time_point>;
Deadline within(double seconds) {
  return std::chrono::steady_clock::now() + std::chrono::duration_cast<std::chrono::steady_clock::duration>(std::chrono::duration<double>(seconds));
}
bool wait_for(int fd, const Deadline& deadline) {
  if (!deadline) return true;
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(*deadline - std::chrono::steady_clock::now()).count() + 1;
    if (left <= 0) return false;
    pollfd wait{fd, POLLIN, 0};
    if (poll(&wait, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000))) > 0) return true;
  }
}

bool read_all(int fd, void* data, std::size_t size, const Deadline& deadline = {}) {
  char* at = static_cast<char*>(data);
  while (size != 0) {
    if (!wait_for(fd, deadline)) return false;
    const ssize_t n = read(fd, at, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    at += n;
    size -= static_cast<std::size_t>(n);
  }
  return true;
}

Failure wrong(const std::string& what) { return failure(error_in("", "the target " + what)); }

std::vector<std::size_t> shape_of(const threats::evasion::Form& form, std::size_t n) {
  if (form.channels == 1 && form.height == 1) return {n, form.width};
  return {n, form.channels, form.height, form.width};
}

std::string question(const BlackBox& box, const std::vector<float>& rows, std::size_t n) {
  const auto shape = shape_of(box.form, n);
  if (box.npy) return threats::to_npy(threats::array_of(shape, rows));
  json j = {{"inputs", json::array()}, {"shape", shape}};
  const std::size_t size = box.form.size();
  for (std::size_t i = 0; i < n; ++i) j["inputs"].push_back(std::vector<float>(rows.begin() + static_cast<std::ptrdiff_t>(i * size), rows.begin() + static_cast<std::ptrdiff_t>((i + 1) * size)));
  return j.dump() + "\n";
}

Result<std::string> answer_of_command(bool npy, int from) {
  std::string answer;
  if (!npy) {
    for (char c = 0; answer.size() < most_answer;) {  // lines are short beside what makes them
      if (!read_all(from, &c, 1)) return wrong("ended without an answer");
      if (c == '\n') return answer;
      answer += c;
    }
    return wrong("answered without an end");
  }
  answer.resize(10);
  if (!read_all(from, answer.data(), 10) || !answer.starts_with("\x93NUMPY\x01")) return wrong("answered no NPY 1.0 array");
  const std::size_t header = static_cast<std::uint8_t>(answer[8]) + 256U * static_cast<std::uint8_t>(answer[9]);
  answer.resize(10 + header);
  if (!read_all(from, answer.data() + 10, header)) return wrong("ended within an answer");
  const std::size_t size = bytes_after(answer.substr(10));
  if (size == 0) return wrong("answered an array that is empty, too large or not of f4 or f8");
  answer.resize(10 + header + size);
  if (!read_all(from, answer.data() + 10 + header, size)) return wrong("ended within an answer");
  return answer;
}

struct Address {
  std::uint16_t port = 80;
  std::string host, path = "/";
};

Result<Address> address_of(const std::string& url) {
  Address a;
  const std::size_t begin = 7, slash = std::min(url.find('/', begin), url.size()), colon = url.find(':', begin);
  a.host = url.substr(begin, std::min(slash, colon) - begin);
  if (a.host != "127.0.0.1" && a.host != "localhost") return failure(error_in(url, "only a target on this machine is attacked: http://127.0.0.1:PORT/PATH"));
  if (colon < slash) {
    const auto [end, error] = std::from_chars(url.data() + colon + 1, url.data() + slash, a.port);
    if (error != std::errc{} || end != url.data() + slash || a.port == 0) return failure(error_in(url, "no port number"));
  }
  if (slash < url.size()) a.path = url.substr(slash);
  if (a.path.find_first_of(" \r\n\t") != std::string::npos) return failure(error_in(url, "a path with white space"));
  return a;
}

Result<std::string> answer_of_http(const Address& a, bool npy, const std::string& body, double seconds) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(a.port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{static_cast<time_t>(seconds) + 2, 0};  // whoever asks gives up before
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  std::string got;
  const std::string head = "POST " + a.path + " HTTP/1.0\r\nHost: " + a.host + "\r\nContent-Type: " + (npy ? "application/x-npy" : "application/json") +
                           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n";
  const bool asked = fd >= 0 && connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0 && write_all(fd, head.data(), head.size()) && write_all(fd, body.data(), body.size());
  if (!asked) {
    if (fd >= 0) close(fd);
    return wrong(std::string("cannot be reached: ") + std::strerror(errno));
  }
  std::string part(1 << 16, '\0');
  for (ssize_t n = 0; got.size() < most_answer && (n = read(fd, part.data(), part.size())) > 0;) got.append(part, 0, static_cast<std::size_t>(n));
  close(fd);
  return body_of(got);
}

// An answer goes back as two sizes, the scores and, where there are none, why.
bool give(int to, const Result<std::vector<float>>& scores) {
  const std::string why = scores ? "" : scores.error().front().message;
  const std::uint64_t sizes[2] = {scores ? scores->size() : 0, why.size()};
  return write_all(to, sizes, sizeof sizes) && (!scores || write_all(to, scores->data(), scores->size() * sizeof(float))) && write_all(to, why.data(), why.size());
}

using Answer = std::function<Result<std::vector<float>>(const std::vector<float>& rows, std::size_t n)>;
void answer_all(const BlackBox& box, int from, int to, const Answer& answer) {
  std::uint64_t n = 0;
  while (read_all(from, &n, sizeof n)) {
    std::vector<float> rows(n * box.form.size());
    if (!read_all(from, rows.data(), rows.size() * sizeof(float)) || !give(to, answer(rows, n))) break;
  }
}

// The library first, then away from network and files, then the model. Says first which version it is, or what is wrong.
[[noreturn]] void serve_runtime(const BlackBox& box, int from, int to) {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGINT, SIG_IGN);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  // Releases keep a diary in the user's cache; there is none here.
  for (const char* name : {"HOME", "XDG_CACHE_HOME"}) setenv(name, "/nonexistent", 1);
  auto runtime = OnnxRuntime::load(box.where);
  (void)confine({});
  const Result<void> opened = runtime ? runtime->open(box.model, box.fixed, box.output) : Result<void>(tl::unexpected(runtime.error()));
  const std::string said = opened ? "+" + runtime->version() : "-" + opened.error().front().message;
  const std::uint64_t size = said.size();
  if (write_all(to, &size, sizeof size) && write_all(to, said.data(), said.size()) && opened)
    answer_all(box, from, to, [&](const std::vector<float>& rows, std::size_t n) { return runtime->ask(rows, n, box.row); });
  _exit(0);
}

// The process between: until the attack closes its end.
[[noreturn]] void serve(const BlackBox& box, int from, int to) {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGINT, SIG_IGN);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  int in[2] = {-1, -1}, out[2] = {-1, -1};
  pid_t command = -1;
  if (box.kind == BlackBox::Kind::command) {
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) _exit(70);
    command = fork();
    if (command == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      dup2(in[0], 0);
      dup2(out[1], 1);
      execl("/bin/sh", "sh", "-c", ("exec " + box.where).c_str(), static_cast<char*>(nullptr));
      _exit(127);
    }
    close(in[0]);
    close(out[1]);
  }
  const auto address = box.kind == BlackBox::Kind::http ? address_of(box.where) : Result<Address>(Address{});
  if (address)
    answer_all(box, from, to, [&](const std::vector<float>& rows, std::size_t n) -> Result<std::vector<float>> {
      const std::string text = question(box, rows, n);
      Result<std::string> answer = std::string();
      if (box.kind == BlackBox::Kind::http) answer = answer_of_http(*address, box.npy, text, box.answer_seconds);
      else if (write_all(in[1], text.data(), text.size())) answer = answer_of_command(box.npy, out[0]);
      else answer = wrong("takes no questions: its command has ended");
      return answer ? scores_in(*answer, n) : Result<std::vector<float>>(tl::unexpected(answer.error()));
    });
  if (command > 0) kill(command, SIGKILL);
  _exit(0);
}

}  // namespace

Result<std::optional<BlackBox>> black_box_named(const std::string& model) {
  BlackBox box;
  if (model.starts_with("command:")) {
    box.where = model.substr(8);
    if (box.where.empty()) return failure(error_in(model, "command: without a command"));
  } else if (model.starts_with("http://")) {
    box.kind = BlackBox::Kind::http;
    box.where = model;
    if (const auto address = address_of(model); !address) return tl::unexpected(address.error());
  } else if (model.starts_with("https://")) {
    return failure(error_in(model, "only a target on this machine is attacked: http://127.0.0.1:PORT/PATH"));
  } else {
    return std::optional<BlackBox>();
  }
  return std::optional<BlackBox>(box);
}

Result<std::unique_ptr<Relay>> Relay::start(const BlackBox& box) {
  int question_ends[2], answer_ends[2];
  if (pipe2(question_ends, O_CLOEXEC) != 0) return failure(error_in("", std::string("no pipe: ") + std::strerror(errno)));
  if (pipe2(answer_ends, O_CLOEXEC) != 0) {
    close(question_ends[0]);
    close(question_ends[1]);
    return failure(error_in("", std::string("no pipe: ") + std::strerror(errno)));
  }
  const pid_t child = fork();
  if (child == 0) {
    close(question_ends[1]);
    close(answer_ends[0]);
    if (box.kind == BlackBox::Kind::runtime) serve_runtime(box, question_ends[0], answer_ends[1]);
    serve(box, question_ends[0], answer_ends[1]);
  }
  close(question_ends[0]);
  close(answer_ends[1]);
  if (child < 0) return failure(error_in("", std::string("no process: ") + std::strerror(errno)));
  std::unique_ptr<Relay> relay(new Relay(question_ends[1], answer_ends[0], child, box.answer_seconds));
  if (box.kind != BlackBox::Kind::runtime) return relay;
  std::uint64_t size = 0;
  std::string said;
  const Deadline deadline = within(box.answer_seconds);  // opening a model can run it
  if (read_all(relay->from_, &size, sizeof size, deadline) && size != 0 && size < 65536) said.resize(size);
  if (said.empty() && std::chrono::steady_clock::now() > *deadline) return failure(error_in(box.where, too_late(box.answer_seconds)));
  if (said.empty() || !read_all(relay->from_, said.data(), size, deadline)) return failure(error_in(box.where, "the process that loads it ended without a word"));
  if (said[0] != '+') return failure(error_in(box.where, said.substr(1)));
  relay->version_ = said.substr(1);
  return relay;
}

Relay::~Relay() {
  close(to_);
  close(from_);
  kill(process_, SIGKILL);
  int status = 0;
  while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
}

Result<std::vector<float>> Relay::ask(const std::vector<float>& rows, std::size_t n) const {
  const std::uint64_t count = n;
  std::uint64_t sizes[2] = {0, 0};
  // An answer that came after all would be taken for that to another question.
  if (late_) return wrong("cannot be asked any more");
  const Deadline deadline = within(answer_seconds_);
  const auto gone = [&]() -> Result<std::vector<float>> {
    late_ = std::chrono::steady_clock::now() > *deadline;
    return late_ ? Result<std::vector<float>>(failure(error_in("", too_late(answer_seconds_)))) : wrong("cannot be asked any more");
  };
  if (!write_all(to_, &count, sizeof count) || !write_all(to_, rows.data(), rows.size() * sizeof(float)) || !read_all(from_, sizes, sizeof sizes, deadline) || sizes[0] > most_answer || sizes[1] > most_answer)
    return gone();
  std::vector<float> scores(sizes[0]);
  std::string why(sizes[1], '\0');
  if (!read_all(from_, scores.data(), scores.size() * sizeof(float), deadline) || !read_all(from_, why.data(), why.size(), deadline)) return gone();
  if (!why.empty()) return failure(error_in("", why));
  return scores;
}

}  // namespace duolex::workspace
