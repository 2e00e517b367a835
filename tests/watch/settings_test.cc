#include "workspace/watch/watch_settings.h"

#include <gtest/gtest.h>

namespace duolex::workspace {
namespace {

std::string refused(const std::string& bytes) {
  const auto read = read_watch_settings("watch.yaml", bytes);
  return read ? "" : render(read.error());
}

TEST(WatchSettings, IsReadStrictly) {
  const auto read = read_watch_settings("watch.yaml", "format: 1\nindex: a.idx\nwithin_days: 30\nalerts:\n  - {name: a, command: [x, \"y z\"], kinds: [candidate], attempts: 2}\n");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->index, "a.idx");
  EXPECT_EQ(read->within_days, 30);
  EXPECT_EQ(read->alerts.front().command, (std::vector<std::string>{"x", "y z"}));
  EXPECT_EQ(read->alerts.front().time_limit_seconds, 30);
  EXPECT_NE(refused("alerts: []").find("format: 1"), std::string::npos);
  EXPECT_NE(refused("format: 1\nalerts: [{name: a}]").find("a command or a webhook"), std::string::npos);
  EXPECT_NE(refused("format: 1\nalerts: [{name: a, command: [x], webhook: \"https://e.org\"}]").find("a command or a webhook"), std::string::npos);
  EXPECT_NE(refused("format: 1\nalerts: [{name: a, command: [x]}, {name: a, command: [y]}]").find("named twice"), std::string::npos);
  EXPECT_NE(refused("format: 1\nalerts: [{name: a, command: [x], kinds: [all]}]").find("no kind of alert"), std::string::npos);
  EXPECT_NE(refused("format: 1\nwithin_days: 0").find("from 1 to"), std::string::npos);
  EXPECT_NE(refused("format: 1\nalerts: {}").find("list"), std::string::npos);
}

TEST(WatchSettings, AWebhookIsCipheredOrOnThisMachineAndNeverShown) {
  const auto with = [](const std::string& url) { return refused("format: 1\nalerts:\n  - {name: a, webhook: \"" + url + "\"}\n"); };
  for (const char* good : {"https://e.org/x", "http://127.0.0.1:80/x", "http://localhost/", "http://[::1]:1/"}) EXPECT_EQ(with(good), "") << good;
  for (const char* bad : {"http://e.org/secret", "http://127.0.0.1.e.org/secret", "http://localhost.e.org/secret", "file:///secret", "ftp://e.org/secret", "https://"}) {
    const std::string said = with(bad);
    EXPECT_NE(said.find("watch.yaml:3:"), std::string::npos) << bad;
    EXPECT_EQ(said.find("secret"), std::string::npos) << said;
  }
  const std::string broken = refused("format: 1\nalerts: [{name: a, webhook: \"https://e.org/secret\"");
  EXPECT_NE(broken, "");
  EXPECT_EQ(broken.find("secret"), std::string::npos) << broken;
}

}  // namespace
}  // namespace duolex::workspace
