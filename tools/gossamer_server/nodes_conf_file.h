// NodesConfFile: the file that keeps what must survive a restart, and the thread that writes it.
//
// Locked while the server runs, so that no two servers share one. A save writes a new file beside
// it, syncs it if asked, and renames it over the old one; then the directory is synced. Saves run
// on a thread of their own, one at a time, so that a slow disk delays nothing but what depends on
// it. SOURCE: bus spec section 12. Thread safety: one owner; its callback is called on the writer's
// thread.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_NODES_CONF_FILE_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_NODES_CONF_FILE_H_

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "core/cluster/nodes_conf.h"

namespace gossamer::server {

class NodesConfFile {
 public:
  // Told when a save ended: empty, or why it failed.
  using Done = std::function<void(std::string error)>;

  NodesConfFile() = default;
  ~NodesConfFile();
  NodesConfFile(const NodesConfFile&) = delete;
  NodesConfFile& operator=(const NodesConfFile&) = delete;

  // Opens and locks `path`, creating it if need be, and reads it. *conf stays empty for a new file.
  // False with one line in *error.
  bool Open(const std::string& path, std::optional<NodesConf>* conf, std::string* error);
  // Starts the writer's thread.
  void Start(Done done);
  // REQUIRES: started, and no save is under way.
  void Save(std::string text, bool fsync);
  // Waits for the save under way and ends the thread.
  void Stop();
  // A save on this thread. Empty, or why it failed.
  std::string SaveNow(const std::string& text, bool fsync);

 private:
  struct Job {
    std::string text;
    bool fsync = false;
  };
  void Work();

  std::string path_;
  int descriptor_ = -1;  // holds the lock
  Done done_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::optional<Job> job_;
  bool stopping_ = false;
};

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_NODES_CONF_FILE_H_
