#include "core/bus/types.h"

namespace gossamer {

std::string_view MessageTypeName(MessageType type) {
  switch (type) {
    case MessageType::kPing:
      return "ping";
    case MessageType::kPong:
      return "pong";
    case MessageType::kMeet:
      return "meet";
    case MessageType::kFail:
      return "fail";
    case MessageType::kPublish:
      return "publish";
    case MessageType::kAuthRequest:
      return "auth-req";
    case MessageType::kAuthAck:
      return "auth-ack";
    case MessageType::kUpdate:
      return "update";
    case MessageType::kMfStart:
      return "mfstart";
    case MessageType::kModule:
      return "module";
    case MessageType::kPublishShard:
      return "publishshard";
  }
  return "unknown";
}

}  // namespace gossamer
