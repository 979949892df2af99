// CommandServer: answers the commands of clients.
//
// A cluster member without a keyspace: what concerns the server and the cluster is answered, key
// commands are checked and redirected as their slot demands, and on the owner refused with a clear
// error. SOURCE: server spec 1 and 2. No I/O of its own. Thread safety: the bus's thread.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_COMMAND_SERVER_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_COMMAND_SERVER_H_

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "core/resp/reply_writer.h"
#include "tools/gossamer_server/bus_host.h"
#include "tools/gossamer_server/server_config.h"
#include "tools/gossamer_server/server_stats.h"
#include "tools/gossamer_server/session.h"

namespace gossamer::server {

class CommandServer {
 public:
  // All of them outlive the server. `shutdown` is called once, by SHUTDOWN.
  CommandServer(ServerConfig* config, BusHost* bus, Log* log, std::function<void()> shutdown);

  // Appends the reply, or the replies, to *out.
  void Run(std::vector<std::string>& words, Session* session, std::string* out);

  // Sessions that are open, for CLIENT.
  Sessions& sessions() { return sessions_; }
  ServerStats& stats() { return stats_; }

 private:
  using Words = std::vector<std::string>;
  struct Call {
    Words& words;
    Session& session;
    ReplyWriter& reply;
  };
  using Handler = void (CommandServer::*)(Call&);
  struct Command {
    const char* name;
    int arity;  // with the name; negative: at least
    Handler handler;
    bool unauthenticated;
    bool subcommands;
    const char* summary;
  };
  static std::span<const Command> Commands();
  static const Command* Find(const std::string& name);

  void Ping(Call& call);
  void Echo(Call& call);
  void Hello(Call& call);
  void Auth(Call& call);
  void Quit(Call& call);
  void Reset(Call& call);
  void Select(Call& call);
  void Client(Call& call);
  void CommandInfo(Call& call);
  void Config(Call& call);
  void ConfigGet(Call& call);
  void ConfigSet(Call& call);
  void ConfigRewrite(Call& call);
  void Cluster(Call& call);
  void Info(Call& call);
  void Role(Call& call);
  void Readonly(Call& call);
  void Readwrite(Call& call);
  void Asking(Call& call);
  void Time(Call& call);
  void DbSize(Call& call);
  void Slowlog(Call& call);
  void Latency(Call& call);
  void Debug(Call& call);
  void Multi(Call& call);
  void Exec(Call& call);
  void Discard(Call& call);
  void Shutdown(Call& call);
  void Wait(Call& call);
  void LastSave(Call& call);
  void Memory(Call& call);
  void Function(Call& call);
  void Flush(Call& call);
  void NoKeys(Call& call);
  void Failover(Call& call);
  void ReplicaOf(Call& call);

  bool Login(const std::string& user, const std::string& password, Session* session);
  void Dispatch(Call& call);
  void RunKeyed(Call& call);
  std::string RedirectionOf(const Call& call, bool asking) const;
  void Queue(Call& call, bool keyed);
  bool MayDebug(const Session& session) const;

  ServerConfig* config_;
  BusHost* bus_;
  Log* log_;
  std::function<void()> shutdown_;
  Sessions sessions_;
  ServerStats stats_;
  Now started_;
  std::string run_id_;
};

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_COMMAND_SERVER_H_
