#include "storage/portfolio_store.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace duolex::storage {
namespace {

namespace fs = std::filesystem;

class Store : public ::testing::Test {
 protected:
  Store() {
    std::string name = (fs::temp_directory_path() / "duolex-store-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    store_.emplace(std::move(*PortfolioStore::open(folder_ / "portfolio.db", true)));
  }
  ~Store() override { fs::remove_all(folder_); }
  std::int64_t release(const std::string& product, const std::string& version) {
    std::int64_t id = 0;
    EXPECT_TRUE(store_->transact([&] { id = store_->add_release({0, product, version, "", "2027-01-02", "", 3, 2, "t1", "", "", ""}, {{"aa", "bom.json"}}); }));
    return id;
  }
  std::int64_t advisory(const std::string& name) {
    std::int64_t id = 0;
    EXPECT_TRUE(store_->transact([&] { id = store_->put_advisory({0, name, "m", "", "", "s", "", "hash-" + name, ""}, {{NameKind::alias, "CVE-1"}}, "{}", "t2"); }));
    return id;
  }
  fs::path folder_;
  std::optional<PortfolioStore> store_;
};

TEST_F(Store, AReleaseIsWatchedOnceAndCanEnd) {
  const std::int64_t id = release("p", "1.0");
  EXPECT_EQ(store_->releases().size(), 1U);
  EXPECT_EQ(store_->releases().front().placed_on, "2027-01-02");
  EXPECT_EQ(store_->releases().front().support_until, "");
  EXPECT_EQ(store_->bills_of(id).front().sha256, "aa");
  ASSERT_TRUE(store_->transact([&] { store_->end_release(id, "t3", "replaced"); }));
  EXPECT_TRUE(store_->releases().empty());
  EXPECT_EQ(store_->releases(true).front().ended_because, "replaced");
  EXPECT_NE(release("p", "1.0"), id);
  ASSERT_FALSE(store_->transact([&] { (void)store_->add_release({0, "p", "1.0", "", "", "", 0, 0, "t", "", "", ""}, {}); }));
  EXPECT_FALSE(store_->whole());  // it sticks
}

TEST_F(Store, AnAdvisoryKeepsItsNumberWhenItChanges) {
  const std::int64_t id = advisory("A-1");
  EXPECT_EQ(advisory("A-1"), id);
  EXPECT_EQ(store_->document("hash-A-1"), "{}");
  EXPECT_EQ(store_->named_by("CVE-1", NameKind::alias), std::vector<std::int64_t>{id});
  EXPECT_TRUE(store_->named_by("CVE-1", NameKind::related).empty());
  const std::int64_t r = release("p", "1.0");
  ASSERT_TRUE(store_->transact([&] {
    store_->put_finding({id, r, Reach::unknown, "t4"});
    store_->put_finding({id, r, Reach::affected, "t5"});
  }));
  ASSERT_EQ(store_->findings_of(id).size(), 1U);
  EXPECT_EQ(store_->findings_of(id).front().status, Reach::affected);
  EXPECT_EQ(store_->findings_of(id).front().since, "t4");
  EXPECT_EQ(store_->advisories_with_findings(), std::vector<std::int64_t>{id});
}

TEST_F(Store, ASignalTellsSomethingNewOnce) {
  bool first = false, again = true, other = false;
  ASSERT_TRUE(store_->transact([&] {
    first = store_->put_signal({"CVE-1", "CISA KEV", "2026-01-01", "", false, "t", "", ""});
    again = store_->put_signal({"CVE-1", "CISA KEV", "2026-01-01", "", true, "t", "", ""});
    other = store_->put_signal({"CVE-1", "CSIRT", "2026-01-02", "", false, "t", "Desk", "by mail"});
  }));
  EXPECT_TRUE(first);
  EXPECT_FALSE(again);
  EXPECT_TRUE(other);
  EXPECT_EQ(store_->signals_of("CVE-1").size(), 2U);
  EXPECT_TRUE(store_->signals_of("CVE-1").front().ransomware);
}

TEST_F(Store, AnAlertIsKeptUntilEachWayHasDelivered) {
  ASSERT_TRUE(store_->transact([&] {
    store_->put_alert({0, "n", "candidate", "t", "{}"});
    store_->put_alert({0, "n", "candidate", "t", "{}"});
  }));
  ASSERT_EQ(store_->undelivered("mail").size(), 1U);
  const std::int64_t id = store_->undelivered("mail").front().id;
  ASSERT_TRUE(store_->transact([&] { store_->put_delivery({id, "mail", 1, "t", "", "exit 1"}); }));
  EXPECT_EQ(store_->undelivered("mail").size(), 1U);
  ASSERT_TRUE(store_->transact([&] { store_->put_delivery({id, "mail", 1, "t", "t9", ""}); }));
  EXPECT_TRUE(store_->undelivered("mail").empty());
  EXPECT_EQ(store_->undelivered("chat").size(), 1U);
  EXPECT_EQ(store_->deliveries(id).front().attempts, 2);
}

TEST_F(Store, WhatFailsInTheMiddleLeavesNothing) {
  EXPECT_FALSE(store_->transact([&] {
    (void)store_->put_signal({"CVE-1", "CISA KEV", "", "", false, "t", "", ""});
    store_->fail({error_in("segment", "cannot be written")});
  }));
  auto again = PortfolioStore::open(folder_ / "portfolio.db", false);
  EXPECT_EQ(again->signal_count(), 0);
}

}  // namespace
}  // namespace duolex::storage
