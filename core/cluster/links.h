// Links: opening, closing and sending on the node's bus connections.
//
// SOURCE: bus spec section 9. A message to a node without outbound link is silently not sent, as in
// Valkey.
#ifndef GOSSAMER_CORE_CLUSTER_LINKS_H_
#define GOSSAMER_CORE_CLUSTER_LINKS_H_

#include "core/cluster/state.h"

namespace gossamer {

// Opens an outbound link to `peer`. REQUIRES: known, has an address, no outbound link.
void OpenLink(Turn& t, NodeKey peer);
// Closes the links of `peer`, if any, and tells the host.
void FreeOutLink(Turn& t, NodeKey peer);
void FreeInLink(Turn& t, NodeKey peer);
// Closes `link`, bound or not.
void FreeLink(Turn& t, LinkId link);
// Forgets a link that is gone already; no Close.
void ForgetLink(Turn& t, LinkId link);
// Binds the inbound `link` to `peer`; an older inbound link of the peer is closed. SOURCE: bus spec
// section 9.2.
void BindInLink(Turn& t, LinkId link, NodeKey peer);

// Queues `message` on `link` and counts it.
void SendOn(Turn& t, LinkId link, const MessageRef& message, Ticket after = {});
// On peer's outbound link. False, and nothing is sent, without one.
bool SendTo(Turn& t, NodeKey peer, const MessageRef& message, Ticket after = {});
// To every known node except myself and nodes in handshake. SOURCE: bus spec section 9.6.
void Broadcast(Turn& t, const MessageRef& message, Ticket after = {});

}  // namespace gossamer

#endif  // GOSSAMER_CORE_CLUSTER_LINKS_H_
