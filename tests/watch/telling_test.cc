// A webhook that fails, then answers; what is sent, and what is never shown.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "portfolio_folder.h"

namespace duolex::watch_test {
namespace {

// Answers with these statuses, one connection each.
class Server {
 public:
  explicit Server(std::vector<int> statuses) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(socket_, 8) != 0 ||
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
      std::abort();
    port = ntohs(address.sin_port);
    thread_ = std::thread([this, statuses = std::move(statuses)] {
      for (const int status : statuses) answer(status);
    });
  }
  ~Server() {
    ::shutdown(socket_, SHUT_RDWR);
    thread_.join();
    ::close(socket_);
  }
  void wait() {
    if (thread_.joinable()) thread_.join();
    thread_ = std::thread([] {});
  }
  int port = 0;
  std::vector<std::string> requests;

 private:
  void answer(int status) {
    const int fd = ::accept(socket_, nullptr, nullptr);
    if (fd < 0) return;
    std::string all;
    char part[4096];
    for (;;) {
      const ssize_t n = ::read(fd, part, sizeof part);
      if (n <= 0) break;
      all.append(part, static_cast<std::size_t>(n));
      const std::size_t head = all.find("\r\n\r\n"), length = all.find("Content-Length: ");
      if (head != std::string::npos && length != std::string::npos && all.size() >= head + 4 + std::stoul(all.substr(length + 16))) break;
    }
    const std::string reply = "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    if (::write(fd, reply.data(), reply.size()) > 0) requests.push_back(all);
    ::close(fd);
  }
  int socket_;
  std::thread thread_;
};

TEST(Telling, AWebhookIsCalledUntilItAnswersAndItsSecretsAreNotShown) {
  if (std::system("command -v curl >/dev/null") != 0) GTEST_SKIP() << "there is no curl";
  const Folder folder;
  folder.write("bill.json", bill("app", "1.0", 3));
  ASSERT_EQ(folder.run("watch add bill.json"), 0);
  folder.write("token", "very-secret\n");
  Server server({500, 503, 204});
  folder.write("p/watch.yaml", "format: 1\nalerts:\n  - {name: chat, webhook: \"http://127.0.0.1:" + std::to_string(server.port) +
                                   "/hook/also-secret?a=\\\"b\", token_file: " + (folder.path / "token").string() + ", attempts: 2}\n");
  folder.write("a.json", advisory("T-1", 1, 5));
  EXPECT_EQ(folder.run("watch ingest a.json"), 1);
  const std::string said = folder.read("out.txt") + folder.read("err.txt");
  EXPECT_NE(said.find("chat: alert 1 was not delivered: it answered with HTTP 503"), std::string::npos) << said;
  EXPECT_EQ(folder.run("watch alerts --deliver"), 0) << folder.read("err.txt");
  server.wait();
  ASSERT_EQ(server.requests.size(), 3U);
  EXPECT_EQ(server.requests[2].rfind("POST /hook/also-secret?a=\"b HTTP/1.1\r\n", 0), 0U) << server.requests[2];
  EXPECT_NE(server.requests[2].find("Authorization: Bearer very-secret\r\n"), std::string::npos);
  EXPECT_NE(server.requests[2].find("\"kind\":\"findings\""), std::string::npos);
  EXPECT_NE(server.requests[2].find("\"advisory\":\"T-1\""), std::string::npos);
  const std::string all = said + folder.read("out.txt") + folder.read("err.txt");
  EXPECT_EQ(all.find("secret"), std::string::npos) << all;
  EXPECT_NE(all.find("chat: delivered"), std::string::npos) << all;
}

// A page to log in, or another address, is nobody who was told; and who asks for less is not asked again at once.
TEST(Telling, WhatIsNotTakenIsNotDelivered) {
  if (std::system("command -v curl >/dev/null") != 0) GTEST_SKIP() << "there is no curl";
  for (const int status : {302, 308, 304, 429}) {
    const Folder folder;
    folder.write("bill.json", bill("app", "1.0", 3));
    ASSERT_EQ(folder.run("watch add bill.json"), 0);
    Server server({status, 200});
    folder.write("p/watch.yaml", "format: 1\nalerts:\n  - {name: chat, webhook: \"http://127.0.0.1:" + std::to_string(server.port) + "/x\", attempts: 3}\n");
    folder.write("a.json", advisory("T-1", 1, 5));
    EXPECT_EQ(folder.run("watch ingest a.json"), 1);
    EXPECT_NE(folder.read("err.txt").find("alert 1 was not delivered: it answered with HTTP " + std::to_string(status)), std::string::npos) << folder.read("err.txt");
    EXPECT_EQ(folder.run("watch alerts"), 1) << folder.read("out.txt");
    EXPECT_EQ(folder.run("watch alerts --deliver"), 0) << folder.read("err.txt");
    server.wait();
    EXPECT_EQ(server.requests.size(), 2U) << status;
  }
}

TEST(Telling, NobodyAnswers) {
  if (std::system("command -v curl >/dev/null") != 0) GTEST_SKIP() << "there is no curl";
  const Folder folder;
  folder.write("bill.json", bill("app", "1.0", 3));
  ASSERT_EQ(folder.run("watch add bill.json"), 0);
  folder.write("p/watch.yaml", "format: 1\nalerts:\n  - {name: chat, webhook: \"http://127.0.0.1:1/x\", attempts: 1}\n");
  folder.write("a.json", advisory("T-1", 1, 5));
  EXPECT_EQ(folder.run("watch ingest a.json"), 1);
  EXPECT_NE(folder.read("out.txt").find("T-1: affects 1 release"), std::string::npos);
  EXPECT_NE(folder.read("err.txt").find("it could not be reached"), std::string::npos);
}

// While a way hangs, an advisory is taken in.
TEST(Telling, AWayThatHangsKeepsNoAdvisoryWaiting) {
  const Folder folder;
  folder.write("bill.json", bill("app", "1.0", 3));
  ASSERT_EQ(folder.run("watch add bill.json"), 0);
  folder.write("p/watch.yaml", "format: 1\nalerts:\n  - {name: slow, command: [/bin/sh, -c, \"touch " + (folder.path / "hangs").string() + "; while ! test -e " + (folder.path / "go").string() +
                                   "; do sleep 0.05; done\"], time_limit_seconds: 600, attempts: 1}\n");
  folder.write("a.json", advisory("T-1", 1, 5));
  folder.write("b.json", advisory("T-2", 2, 5));
  std::atomic<bool> told = false;
  std::thread first([&] {
    (void)std::system(("cd " + folder.path.string() + " && " DUOLEX_PROGRAM " watch ingest a.json --portfolio p >/dev/null 2>&1").c_str());
    told = true;
  });
  while (!told && !fs::exists(folder.path / "hangs")) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  EXPECT_FALSE(told);
  EXPECT_EQ(folder.run("watch ingest b.json"), 1) << folder.read("err.txt");
  EXPECT_NE(folder.read("out.txt").find("T-2: affects 1 release"), std::string::npos);
  EXPECT_FALSE(told) << "the second waited for the first";
  folder.write("go", "");
  first.join();
}

}  // namespace
}  // namespace duolex::watch_test
