#include "tests/bench/measured_host.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <future>
#include <optional>
#include <semaphore>
#include <thread>
#include <utility>
#include <vector>

#include "asio/executor_work_guard.hpp"
#include "asio/post.hpp"
#include "core/base/time.h"
#include "core/cluster/cluster_node.h"
#include "tools/gossamer_server/bus_host.h"
#include "tools/real_cluster/process.h"
#include "tools/real_cluster/resp_client.h"

namespace gossamer::bench {
namespace {

constexpr Duration kNodeTimeout = Seconds(3600);
constexpr auto kPatience = std::chrono::seconds(60);

int64_t Nanos(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

class OwnHost : public MeasuredHost {
 public:
  explicit OwnHost(const HostPlace& place) {
    config_.port = static_cast<uint16_t>(place.bus_port - 1);
    config_.bus_port = place.bus_port;
    config_.bind = {{"127.0.0.1", false}};
    config_.directory = place.directory;
    config_.cluster.node_timeout = kNodeTimeout;
    config_.cluster.port = config_.port;
    config_.cluster.cport = place.bus_port;
    log_.SetLevel(server::LogLevel::kNothing);
    host_ = std::make_unique<server::BusHost>(config_, &log_, &io_);
    thread_ = std::thread([this] { io_.run(); });
    if (::pthread_getcpuclockid(thread_.native_handle(), &clock_) != 0) Die("no thread clock");
    OnHost([this] {
      std::string error;
      if (!host_->Start(&error)) Die(error);
    });
  }
  ~OwnHost() override {
    OnHost([this] { host_->Stop(); });
    io_.stop();
    thread_.join();
  }

  int64_t CpuNanos() const override { return Nanos(clock_); }
  void Hold() override {
    asio::post(io_, [this] {
      held_.release();
      go_.acquire();
      gone_.release();
    });
    held_.acquire();
  }
  void Release() override {
    go_.release();
    gone_.acquire();
  }
  void Nothing() override {
    OnHost([] {});
  }
  void Save() override {
    ClusterCommand command;
    command.words = {"saveconfig"};
    OnHost([&] { host_->Command(command); });
  }
  size_t Links() override {
    size_t links = 0;
    OnHost([&] { links = host_->facts().links; });
    return links;
  }
  void Script(const std::string&, const std::vector<std::string>&) override {
    Die("this server has no keyspace");
  }

 private:
  // Carries `what` out on the host's thread and waits for it.
  void OnHost(std::function<void()> what) {
    std::promise<void> done;
    asio::post(io_, [&] {
      what();
      done.set_value();
    });
    if (done.get_future().wait_for(kPatience) != std::future_status::ready) Die("the host hangs");
  }

  server::ServerConfig config_;
  server::Log log_;
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  std::unique_ptr<server::BusHost> host_;
  std::thread thread_;
  clockid_t clock_{};
  std::binary_semaphore held_{0};
  std::binary_semaphore go_{0};
  std::binary_semaphore gone_{0};
};

class Server : public MeasuredHost {
 public:
  Server(const ServerProgram& program, const HostPlace& place)
      : client_(static_cast<uint16_t>(place.bus_port - 1)) {
    std::string error;
    process_ = real::Process::Start(program.path, Words(program, place),
                                    place.directory + "/server.out", &error);
    if (process_ == nullptr) Die(error);
    if (::clock_getcpuclockid(process_->pid(), &clock_) != 0) Die("no clock of " + program.path);
    for (int attempt = 0; attempt < 600; ++attempt) {
      if (client_.Ask({"PING"}, Seconds(60), &error)) return;
      if (process_->Ended()) Die(program.path + " " + process_->EndText());
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    Die(error);
  }

  int64_t CpuNanos() const override { return Nanos(clock_); }
  void Hold() override {
    process_->Signal(SIGSTOP);
    siginfo_t stopped{};
    ::waitid(P_PID, static_cast<id_t>(process_->pid()), &stopped, WSTOPPED);
  }
  void Release() override { process_->Signal(SIGCONT); }
  void Nothing() override { Ask({"PING"}); }
  void Save() override { Ask({"CLUSTER", "SAVECONFIG"}); }
  size_t Links() override { return Ask({"CLUSTER", "LINKS"}).items.size(); }
  void Script(const std::string& script, const std::vector<std::string>& arguments) override {
    std::vector<std::string> words = {"EVAL", script, "0"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    Ask(words);
  }

 private:
  static std::vector<std::string> Words(const ServerProgram& program, const HostPlace& place) {
    return {"--port",
            std::to_string(place.bus_port - 1),
            "--cluster-port",
            std::to_string(place.bus_port),
            "--bind",
            "127.0.0.1",
            "--dir",
            place.directory,
            "--cluster-enabled",
            "yes",
            "--cluster-config-file",
            "nodes.conf",
            "--cluster-node-timeout",
            std::to_string(kNodeTimeout.us / 1000),
            "--save",
            "",
            "--appendonly",
            "no",
            "--loglevel",
            program.log_level,
            "--logfile",
            "server.log"};
  }
  real::Reply Ask(const std::vector<std::string>& words) {
    std::string error;
    std::optional<real::Reply> reply = client_.Ask(words, Seconds(60), &error);
    if (!reply) Die(error);
    if (reply->kind == real::Reply::Kind::kError) Die(words.back() + ": " + reply->text);
    return *std::move(reply);
  }

  std::unique_ptr<real::Process> process_;
  real::RespClient client_;
  clockid_t clock_{};
};

}  // namespace

std::unique_ptr<MeasuredHost> StartOwnHost(const HostPlace& place) {
  return std::make_unique<OwnHost>(place);
}

std::unique_ptr<MeasuredHost> StartServer(const ServerProgram& program, const HostPlace& place) {
  return std::make_unique<Server>(program, place);
}

void Die(const std::string& what) {
  std::fprintf(stderr, "costs_bench: %s\n", what.c_str());
  std::exit(5);
}

}  // namespace gossamer::bench
