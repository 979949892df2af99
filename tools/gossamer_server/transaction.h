// Transaction: what a client queues between MULTI and EXEC.
//
// Commands run at EXEC, one after the other with nothing of another client between them. One that
// could not be queued makes EXEC refuse them all. SOURCE: server spec, transactions. Thread safety:
// none; it belongs to one connection.
#ifndef GOSSAMER_TOOLS_GOSSAMER_SERVER_TRANSACTION_H_
#define GOSSAMER_TOOLS_GOSSAMER_SERVER_TRANSACTION_H_

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace gossamer::server {

class Transaction {
 public:
  using Words = std::vector<std::string>;
  // Commands that one transaction holds at most.
  static constexpr size_t kMostCommands = 65536;

  bool open() const { return open_; }
  bool failed() const { return failed_; }

  void Begin() { open_ = true; }
  // False when it holds as many as it may.
  bool Queue(Words words) {
    if (queued_.size() >= kMostCommands) return false;
    queued_.push_back(std::move(words));
    return true;
  }
  // A command could not be queued. Nothing while no transaction is open.
  void Fail() { failed_ = open_; }
  // Ends it and gives what was queued.
  std::vector<Words> Take() { return std::exchange(*this, {}).queued_; }

 private:
  bool open_ = false;
  bool failed_ = false;
  std::vector<Words> queued_;
};

}  // namespace gossamer::server

#endif  // GOSSAMER_TOOLS_GOSSAMER_SERVER_TRANSACTION_H_
