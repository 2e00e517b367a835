#include "workspace/watch/watch_alerts.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>
#include <ostream>
#include <thread>

#include "base/file.h"
#include "text/json_out.h"
#include "workspace/system/curl.h"
#include "workspace/system/process.h"

namespace duolex::workspace {
namespace {

using nlohmann::ordered_json;

// What curl reads from its standard input, so that neither address nor token stands in a list of processes.
Result<std::string> curl_settings(const AlertWay& way) {
  std::string out = "url = " + curl_quoted(way.webhook) +
                    "\nproto = \"=http,https\"\nsilent\nfail\noutput = \"/dev/null\"\nwrite-out = \"%{http_code}\"\nheader = \"Content-Type: application/json\"\n"
                    "data-binary = \"@/dev/fd/3\"\nmax-time = " +
                    std::to_string(way.time_limit_seconds) + "\n";
  if (way.token_file.empty()) return out;
  auto token = read_file(way.token_file, 65536);
  if (!token) return failure(token.error());
  while (!token->empty() && (token->back() == '\n' || token->back() == '\r' || token->back() == ' ')) token->pop_back();
  if (token->empty() || std::any_of(token->begin(), token->end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }))
    return failure(error_in(way.token_file, "holds no token on one line"));
  return out + "header = " + curl_quoted("Authorization: Bearer " + *token) + "\n";
}

// "" when it was delivered, else what went wrong. `not_now`: to try again at once is of no use, or was asked not to be done.
std::string attempt(const AlertWay& way, const std::string& body, bool& not_now) {
  Result<ProcessEnd> end = failure(Diagnostics{});
  if (way.webhook.empty()) {
    end = run_process(way.command, body, "", way.time_limit_seconds);
  } else {
    const auto settings = curl_settings(way);
    if (!settings) return settings.error().front().span.file + ": " + settings.error().front().message;
    end = run_process({"curl", "-q", "--config", "-"}, *settings, body, way.time_limit_seconds + 2);
  }
  if (!end) return end.error().front().span.file + " " + end.error().front().message;
  if (end->timed_out) return "it did not end within " + std::to_string(way.time_limit_seconds) + " seconds";
  if (way.webhook.empty()) return end->exit_status == 0 ? "" : "it ended with status " + std::to_string(end->exit_status);
  const std::string answer = end->output.substr(0, 3);
  if (end->exit_status == 0 && answer.starts_with('2')) return "";
  // A redirection is not followed: it would carry what is told, and the token, to where nobody said.
  not_now = answer == "429" || answer.starts_with('3');
  if (end->exit_status == 0 || end->exit_status == 22) return "it answered with HTTP " + answer + (answer.starts_with('3') ? ", which leads elsewhere; name that address as the webhook" : "");
  return end->exit_status == 28 ? "it did not answer within " + std::to_string(way.time_limit_seconds) + " seconds"
                                : "it could not be reached (curl " + std::to_string(end->exit_status) + ")";
}

class Delivery {
 public:
  Delivery(storage::PortfolioStore& store, std::string now) : store_(store), now_(std::move(now)) {}

  void way(const AlertWay& w) {
    begin_with(w);
    for (;;) {  // also what another process writes meanwhile
      std::vector<storage::AlertRow> left;
      for (storage::AlertRow& alert : store_.undelivered(w.name))
        if (alert.id > after_ && wanted(w, alert)) left.push_back(std::move(alert));
      if (left.empty() || !store_.whole()) return;
      for (const storage::AlertRow& alert : left) {
        if (one(w, alert)) continue;
        out.pending += left.size() - static_cast<std::size_t>(&alert - left.data());
        return;  // the others would fare no better; the next run tries again
      }
    }
  }

  Delivered out;

 private:
  static bool wanted(const AlertWay& w, const storage::AlertRow& alert) {
    return w.kinds.empty() || std::find(w.kinds.begin(), w.kinds.end(), alert.kind) != w.kinds.end();
  }

  // A way that is new does not repeat what another way has delivered before.
  void begin_with(const AlertWay& w) {
    const std::string name = "way/" + w.name;
    std::string from = store_.setting(name);
    if (from.empty()) {
      std::int64_t last = 0;
      for (const storage::AlertRow& alert : store_.alerts())
        for (const storage::DeliveryRow& d : store_.deliveries(alert.id))
          if (!d.delivered_at.empty()) last = std::max(last, alert.id);
      from = std::to_string(last);
      (void)store_.transact([&] { store_.set(name, from); });
    }
    after_ = std::atoll(from.c_str());
  }

  bool one(const AlertWay& w, const storage::AlertRow& alert) {
    auto body = ordered_json::parse(alert.body, nullptr, false);
    if (!body.is_object()) body = ordered_json::object();
    body["alert"] = alert.id;
    const std::string bytes = text::to_json_text(body, text::JsonLayout::compact) + "\n";
    std::string problem;
    for (int n = 1; n <= w.attempts; ++n) {
      bool not_now = false;
      problem = attempt(w, bytes, not_now);
      const auto kept = store_.transact([&] { store_.put_delivery({alert.id, w.name, 1, now_, problem.empty() ? now_ : "", problem}); });
      if (!kept) return false;
      if (problem.empty()) {
        ++out.delivered;
        return true;
      }
      if (not_now) break;  // the next run tries again
      if (n < w.attempts) std::this_thread::sleep_for(std::chrono::milliseconds(250 << std::min(n - 1, 4)));
    }
    out.problems.push_back(w.name + ": alert " + std::to_string(alert.id) + " was not delivered: " + problem);
    return false;
  }

  storage::PortfolioStore& store_;
  std::string now_;
  std::int64_t after_ = 0;
};

}  // namespace

Result<Delivered> deliver_alerts(WatchFolder& folder, const WatchSettings& settings, const std::string& now) {
  if (settings.alerts.empty()) return Delivered{};
  const auto lock = storage::FolderLock::take(folder.path() / "alerts.lock", 0);
  if (!lock) {
    Delivered out;
    out.elsewhere = lock.error().front().message.find("at work") != std::string::npos;
    if (!out.elsewhere) return failure(lock.error());
    return out;
  }
  Delivery delivery(folder.store(), now);
  for (const AlertWay& way : settings.alerts) delivery.way(way);
  if (auto whole = folder.store().whole(); !whole) return failure(whole.error());
  return delivery.out;
}

}  // namespace duolex::workspace
