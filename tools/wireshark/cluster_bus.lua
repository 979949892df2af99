-- Wireshark and tshark: the cluster bus of Valkey and Redis Cluster.
--
--   wireshark -X lua_script:tools/wireshark/cluster_bus.lua run.pcapng
--   tshark -X lua_script:tools/wireshark/cluster_bus.lua -r run.pcapng -Y 'clusterbus.type == 5'
--
-- Or copy it into the personal plugin folder (Help, About Wireshark, Folders). Reads what
-- `gossamer-sim run --pcap` writes and captures of real clusters: port 16379 and others by the
-- protocol's preference, any other port by the signature at a segment's begin. A capture that begins
-- in the middle of a message is picked up at the next one. Light and normal headers, every message
-- type, gossip, ping extensions. Not TLS.

local bus = Proto("clusterbus", "Valkey Cluster Bus")

local SIGNATURE = "RCmb"
local SIGNATURE_NUMBER = 0x52436d62
local PREFIX = 8 -- enough to know the length
local LIGHT_HEADER = 16
local HEADER = 2256
local GOSSIP = 104
local NAME = 40
local IP = 46
local SLOT_BYTES = 2048
local UPDATE = 8 + NAME + SLOT_BYTES
local LIGHT_BIT = 0x8000
local LONGEST = 512 * 1024 * 1024 + 8192

local TYPES = {
  [0] = "PING", [1] = "PONG", [2] = "MEET", [3] = "FAIL", [4] = "PUBLISH", [5] = "AUTH_REQUEST",
  [6] = "AUTH_ACK", [7] = "UPDATE", [8] = "MFSTART", [9] = "MODULE", [10] = "PUBLISHSHARD",
}
local EXTENSIONS = {
  [0] = "hostname", [1] = "human nodename", [2] = "forgotten node", [3] = "shard id",
  [4] = "client IPv4", [5] = "client IPv6", [6] = "client port", [7] = "client TLS port",
  [8] = "availability zone",
}

-- ---- Fields ----

local f = {}

local function field(key, made)
  f[key] = made
  return made
end

local function named(kind, key, label, ...)
  return field(key, ProtoField[kind]("clusterbus." .. key, label, ...))
end

named("string", "signature", "Signature")
named("uint32", "length", "Message length")
named("uint16", "version", "Version")
named("uint16", "port", "Client port")
named("bool", "light", "Light header", 16, nil, LIGHT_BIT)
named("uint16", "type", "Type", base.DEC, TYPES, 0x7fff)
named("uint16", "count", "Gossip entries")
named("uint64", "current_epoch", "Current epoch")
named("uint64", "config_epoch", "Config epoch")
named("uint64", "offset", "Replication offset")
named("string", "sender", "Sender")
named("bytes", "slots", "Slots")
named("uint32", "slot_count", "Number of slots")
named("string", "replicaof", "Replica of")
named("string", "ip", "Sender's address")
named("uint16", "extensions", "Ping extensions")
named("uint16", "pport", "Other client port")
named("uint16", "cport", "Bus port")
named("uint16", "flags", "Flags", base.HEX)
named("uint8", "state", "Cluster state", base.DEC, { [0] = "ok", [1] = "fail" })
named("uint8", "mflags", "Message flags", base.HEX)
named("bool", "mflags.paused", "Writes are paused", 8, nil, 0x01)
named("bool", "mflags.force_ack", "Vote although the primary is up", 8, nil, 0x02)
named("bool", "mflags.extensions", "Has ping extensions", 8, nil, 0x04)

named("none", "gossip", "Gossip")
named("string", "gossip.node", "Node")
named("uint32", "gossip.ping_sent", "Ping sent (Unix seconds)")
named("uint32", "gossip.pong_received", "Pong received (Unix seconds)")
named("string", "gossip.ip", "Address")
named("uint16", "gossip.port", "Client port")
named("uint16", "gossip.cport", "Bus port")
named("uint16", "gossip.flags", "Flags", base.HEX)
named("uint16", "gossip.pport", "Other client port")

named("none", "ext", "Ping extension")
named("uint32", "ext.length", "Length")
named("uint16", "ext.type", "Type", base.DEC, EXTENSIONS)
named("string", "ext.hostname", "Host name")
named("string", "ext.human_nodename", "Human node name")
named("string", "ext.forgotten", "Forgotten node")
named("uint64", "ext.ttl", "Forgotten for (seconds)")
named("string", "ext.shard_id", "Shard id")
named("string", "ext.client_ipv4", "Client IPv4 address")
named("string", "ext.client_ipv6", "Client IPv6 address")
named("uint16", "ext.client_port", "Client port")
named("uint16", "ext.client_tls_port", "Client TLS port")
named("string", "ext.availability_zone", "Availability zone")
named("bytes", "ext.payload", "Payload")

named("string", "fail.node", "Failed node")
named("string", "update.node", "Owner")
named("uint64", "update.config_epoch", "Config epoch of the owner")
named("bytes", "update.slots", "Slots of the owner")
named("uint32", "publish.channel_length", "Channel length")
named("uint32", "publish.message_length", "Message length")
named("string", "publish.channel", "Channel")
named("bytes", "publish.message", "Message")
named("bytes", "module.id", "Module id")
named("uint32", "module.length", "Payload length")
named("uint8", "module.type", "Module's message type")
named("bytes", "module.payload", "Payload")
named("bytes", "body", "Body of an unknown type")
named("bytes", "fragment", "Rest of a message whose begin was not captured")

-- The flag word of a node, in the header and in each gossip entry: bit, key, label, short.
local FLAGS = {
  { 0x0001, "primary", "Primary", "primary" },
  { 0x0002, "replica", "Replica", "replica" },
  { 0x0004, "pfail", "PFAIL", "PFAIL" },
  { 0x0008, "fail", "FAIL", "FAIL" },
  { 0x0010, "myself", "Myself", "myself" },
  { 0x0020, "handshake", "In a handshake", "handshake" },
  { 0x0040, "noaddr", "No address", "noaddr" },
  { 0x0080, "meet", "To be met", "meet" },
  { 0x0100, "migrate_to", "Replicas may migrate to it", nil },
  { 0x0200, "nofailover", "Never fails over", "nofailover" },
  { 0x0400, "extensions", "Understands ping extensions", nil },
  { 0x0800, "light_publish", "Understands light PUBLISH", nil },
  { 0x1000, "light_module", "Understands light MODULE and repeated MEET", nil },
  { 0x2000, "my_primary_fail", "Its primary is FAIL", "my primary FAIL" },
}
for _, owner in ipairs({ "flags", "gossip.flags" }) do
  for _, flag in ipairs(FLAGS) do
    named("bool", owner .. "." .. flag[2], flag[3], 16, nil, flag[1])
  end
end

bus.fields = {}
do
  local all = {}
  for _, made in pairs(f) do all[#all + 1] = made end
  bus.fields = all
end

local bad_length = ProtoExpert.new("clusterbus.bad_length", "The length is not what the content needs",
  expert.group.MALFORMED, expert.severity.ERROR)
local bad_version = ProtoExpert.new("clusterbus.bad_version", "Unknown version",
  expert.group.PROTOCOL, expert.severity.WARN)
local bad_light = ProtoExpert.new("clusterbus.bad_light", "This type has no light form",
  expert.group.MALFORMED, expert.severity.ERROR)
local not_whole = ProtoExpert.new("clusterbus.not_whole", "No message begins here",
  expert.group.UNDECODED, expert.severity.NOTE)
bus.experts = { bad_length, bad_version, bad_light, not_whole }

-- ---- Small parts ----

-- The text before the first zero byte. Hostile messages may have none.
local function text_of(range)
  local text = range:raw()
  local zero = text:find("\0", 1, true)
  return zero and text:sub(1, zero - 1) or text
end

local function add_text(tree, key, range)
  return tree:add(f[key], range, text_of(range))
end

-- A node's name in 40 bytes; zeros stand for nobody.
local function short_name(range)
  local name = text_of(range)
  return name == "" and "nobody" or name:sub(1, 8)
end

local function add_name(tree, key, range)
  local item = add_text(tree, key, range)
  if text_of(range) == "" then item:append_text("nobody") end
end

-- Not by a library: which one there is depends on the version.
local function has(word, bit)
  return word % (2 * bit) >= bit
end

local function flags_text(flags)
  local words = {}
  for _, flag in ipairs(FLAGS) do
    if flag[4] and has(flags, flag[1]) then words[#words + 1] = flag[4] end
  end
  return table.concat(words, ", ")
end

local function add_flags(tree, key, range)
  local item = tree:add(f[key], range)
  item:append_text(" (" .. flags_text(range:uint()) .. ")")
  for _, flag in ipairs(FLAGS) do item:add(f[key .. "." .. flag[2]], range) end
end

-- The ranges of a slot bitmap, lowest bit first in each byte, and how many slots are in it.
local function slots_text(bitmap)
  local parts, count, first = {}, 0, nil
  local function close(last)
    parts[#parts + 1] = first == last and tostring(first) or first .. "-" .. last
    count = count + last - first + 1
    first = nil
  end
  for i = 1, #bitmap do
    local byte = bitmap:byte(i)
    -- Whole bytes change nothing in the middle of a range or of a gap.
    if not ((byte == 0 and not first) or (byte == 255 and first)) then
      for b = 0, 7 do
        local slot = (i - 1) * 8 + b
        local set = has(byte, 2 ^ b)
        if set and not first then first = slot end
        if not set and first then close(slot - 1) end
      end
    end
  end
  if first then close(#bitmap * 8 - 1) end
  return count == 0 and "none" or table.concat(parts, " "), count
end

local function add_slots(tree, key, range)
  local text, count = slots_text(range:raw())
  local item = tree:add(f[key], range)
  item:set_text((key == "slots" and "Slots: " or "Slots of the owner: ") .. text)
  item:add(f.slot_count, range, count):set_generated()
  return count
end

-- Unix seconds, and how long before this frame that was.
local function add_moment(tree, key, range, pinfo)
  local seconds = range:uint()
  local item = tree:add(f[key], range)
  if seconds == 0 then
    item:append_text(" (none)")
  else
    item:append_text(string.format(" (%.1f s before this frame)", pinfo.abs_ts - seconds))
  end
end

-- ---- Bodies ----

-- Each returns how long the message should be, or nil when its parts do not fit in, and a text for
-- the packet list.

local function gossip_entry(tvb, pinfo, tree, at)
  local item = tree:add(f.gossip, tvb(at, GOSSIP))
  local flags = tvb(at + 98, 2):uint()
  local ip = text_of(tvb(at + 48, IP))
  item:set_text(string.format("Gossip: %s %s:%d@%d %s", short_name(tvb(at, NAME)), ip,
    tvb(at + 94, 2):uint(), tvb(at + 96, 2):uint(), flags_text(flags)))
  add_name(item, "gossip.node", tvb(at, NAME))
  add_moment(item, "gossip.ping_sent", tvb(at + 40, 4), pinfo)
  add_moment(item, "gossip.pong_received", tvb(at + 44, 4), pinfo)
  add_text(item, "gossip.ip", tvb(at + 48, IP))
  item:add(f["gossip.port"], tvb(at + 94, 2))
  item:add(f["gossip.cport"], tvb(at + 96, 2))
  add_flags(item, "gossip.flags", tvb(at + 98, 2))
  item:add(f["gossip.pport"], tvb(at + 100, 2))
end

local STRING_EXTENSIONS = {
  [0] = "ext.hostname", [1] = "ext.human_nodename", [4] = "ext.client_ipv4",
  [5] = "ext.client_ipv6", [8] = "ext.availability_zone",
}
local PORT_EXTENSIONS = { [6] = "ext.client_port", [7] = "ext.client_tls_port" }

local function extension(tvb, tree, at, length)
  local kind = tvb(at + 4, 2):uint()
  local item = tree:add(f.ext, tvb(at, length))
  item:append_text(": " .. (EXTENSIONS[kind] or "unknown"))
  item:add(f["ext.length"], tvb(at, 4))
  item:add(f["ext.type"], tvb(at + 4, 2))
  local payload = length - 8
  if payload == 0 then return end
  if STRING_EXTENSIONS[kind] then
    add_text(item, STRING_EXTENSIONS[kind], tvb(at + 8, payload))
  elseif PORT_EXTENSIONS[kind] and payload >= 2 then
    item:add(f[PORT_EXTENSIONS[kind]], tvb(at + 8, 2))
  elseif kind == 2 and payload >= NAME + 8 then
    item:add(f["ext.forgotten"], tvb(at + 8, NAME))
    item:add(f["ext.ttl"], tvb(at + 8 + NAME, 8))
  elseif kind == 3 and payload >= NAME then
    item:add(f["ext.shard_id"], tvb(at + 8, NAME))
  else
    item:add(f["ext.payload"], tvb(at + 8, payload))
  end
end

local function heartbeat(tvb, pinfo, tree)
  local count = tvb(14, 2):uint()
  local extensions = tvb(2214, 2):uint()
  local at = HEADER
  for _ = 1, count do
    if at + GOSSIP > tvb:len() then return nil end
    gossip_entry(tvb, pinfo, tree, at)
    at = at + GOSSIP
  end
  for _ = 1, extensions do
    if at + 8 > tvb:len() then return nil end
    local length = tvb(at, 4):uint()
    if length < 8 or length % 8 ~= 0 or at + length > tvb:len() then return nil end
    extension(tvb, tree, at, length)
    at = at + length
  end
  return at, string.format("gossip=%d", count)
end

local function fail(tvb, _, tree)
  if tvb:len() < HEADER + NAME then return HEADER + NAME end
  add_name(tree, "fail.node", tvb(HEADER, NAME))
  return HEADER + NAME, "about " .. short_name(tvb(HEADER, NAME))
end

local function update(tvb, _, tree)
  if tvb:len() < HEADER + UPDATE then return HEADER + UPDATE end
  tree:add(f["update.config_epoch"], tvb(HEADER, 8))
  add_name(tree, "update.node", tvb(HEADER + 8, NAME))
  local count = add_slots(tree, "update.slots", tvb(HEADER + 8 + NAME, SLOT_BYTES))
  return HEADER + UPDATE, string.format("%s owns %d slots", short_name(tvb(HEADER + 8, NAME)), count)
end

local function publish(tvb, _, tree, at)
  if tvb:len() < at + 8 then return at + 8 end
  local channel, message = tvb(at, 4):uint(), tvb(at + 4, 4):uint()
  tree:add(f["publish.channel_length"], tvb(at, 4))
  tree:add(f["publish.message_length"], tvb(at + 4, 4))
  local total = at + 8 + channel + message
  if total > tvb:len() then return total end
  if channel > 0 then tree:add(f["publish.channel"], tvb(at + 8, channel)) end
  if message > 0 then tree:add(f["publish.message"], tvb(at + 8 + channel, message)) end
  return total, string.format("channel=%d message=%d", channel, message)
end

local function module(tvb, _, tree, at)
  if tvb:len() < at + 13 then return at + 13 end
  local length = tvb(at + 8, 4):uint()
  tree:add(f["module.id"], tvb(at, 8))
  tree:add(f["module.length"], tvb(at + 8, 4))
  tree:add(f["module.type"], tvb(at + 12, 1))
  if at + 13 + length > tvb:len() then return at + 13 + length end
  if length > 0 then tree:add(f["module.payload"], tvb(at + 13, length)) end
  return at + 13 + length, string.format("payload=%d", length)
end

local function nothing(_, _, _, at)
  return at
end

local function unknown(tvb, _, tree, at)
  if tvb:len() > at then tree:add(f.body, tvb(at)) end
  return tvb:len()
end

local BODIES = {
  [0] = heartbeat, [1] = heartbeat, [2] = heartbeat, [3] = fail, [4] = publish, [5] = nothing,
  [6] = nothing, [7] = update, [8] = nothing, [9] = module, [10] = publish,
}
local HAS_LIGHT_FORM = { [4] = true, [9] = true, [10] = true }

-- ---- Headers ----

local function header(tvb, tree)
  tree:add(f.port, tvb(10, 2))
  tree:add(f.count, tvb(14, 2))
  tree:add(f.current_epoch, tvb(16, 8))
  tree:add(f.config_epoch, tvb(24, 8))
  tree:add(f.offset, tvb(32, 8))
  add_name(tree, "sender", tvb(40, NAME))
  add_slots(tree, "slots", tvb(80, SLOT_BYTES))
  add_name(tree, "replicaof", tvb(2128, NAME))
  add_text(tree, "ip", tvb(2168, IP))
  tree:add(f.extensions, tvb(2214, 2))
  tree:add(f.pport, tvb(2246, 2))
  tree:add(f.cport, tvb(2248, 2))
  add_flags(tree, "flags", tvb(2250, 2))
  tree:add(f.state, tvb(2252, 1))
  local mflags = tree:add(f.mflags, tvb(2253, 1))
  mflags:add(f["mflags.paused"], tvb(2253, 1))
  mflags:add(f["mflags.force_ack"], tvb(2253, 1))
  mflags:add(f["mflags.extensions"], tvb(2253, 1))
end

local shown = 0 -- messages of the frame at hand

local function tell(pinfo, text)
  if shown == 0 then
    pinfo.cols.info:set(text)
  else
    pinfo.cols.info:append("; " .. text)
  end
  shown = shown + 1
end

local function fragment(tvb, pinfo, tree)
  local item = tree:add(bus, tvb())
  item:append_text(", fragment")
  item:add(f.fragment, tvb()):add_proto_expert_info(not_whole)
  tell(pinfo, "fragment")
  return tvb:len()
end

local function message(tvb, pinfo, tree)
  pinfo.cols.protocol:set("ClusterBus")
  if tvb:len() < LIGHT_HEADER or tvb(0, 4):uint() ~= SIGNATURE_NUMBER then
    return fragment(tvb, pinfo, tree)
  end
  local word = tvb(12, 2):uint()
  local light, kind = has(word, LIGHT_BIT), word % LIGHT_BIT
  local name = TYPES[kind] or "type " .. kind
  local item = tree:add(bus, tvb())
  item:append_text(", " .. name)
  item:add(f.signature, tvb(0, 4))
  local length = item:add(f.length, tvb(4, 4))
  local version = item:add(f.version, tvb(8, 2))
  if tvb(8, 2):uint() ~= 1 then version:add_proto_expert_info(bad_version) end
  local light_item = item:add(f.light, tvb(12, 2))
  item:add(f.type, tvb(12, 2))
  if light and not HAS_LIGHT_FORM[kind] then light_item:add_proto_expert_info(bad_light) end
  local at = light and LIGHT_HEADER or HEADER
  if tvb:len() < at then
    length:add_proto_expert_info(bad_length)
    tell(pinfo, name .. " too short")
    return tvb:len()
  end
  local from = ""
  if not light then
    header(tvb, item)
    from = string.format(" from %s epoch=%s", short_name(tvb(40, NAME)), tostring(tvb(16, 8):uint64()))
  end
  local used, text = (BODIES[kind] or unknown)(tvb, pinfo, item, at)
  if used ~= tvb:len() then length:add_proto_expert_info(bad_length) end
  tell(pinfo, name .. (light and " (light)" or "") .. from .. (text and " " .. text or ""))
  return tvb:len()
end

-- ---- Streams ----

-- Bytes from `offset` to where the next message may begin.
local function to_next_signature(tvb, offset)
  local rest = tvb(offset):raw()
  local found = rest:find(SIGNATURE, 2, true)
  if found then return found - 1 end
  for keep = #SIGNATURE - 1, 1, -1 do
    if rest:sub(-keep) == SIGNATURE:sub(1, keep) then return #rest - keep end
  end
  return #rest
end

local function message_length(tvb, _, offset)
  if tvb(offset, 4):uint() ~= SIGNATURE_NUMBER then return to_next_signature(tvb, offset) end
  local length = tvb(offset + 4, 4):uint()
  if length < LIGHT_HEADER or length > LONGEST then return to_next_signature(tvb, offset) end
  return length
end

local function dissect(tvb, _, tree)
  shown = 0
  dissect_tcp_pdus(tvb, tree, PREFIX, message_length, message)
  return tvb:len()
end

function bus.dissector(tvb, pinfo, tree)
  return dissect(tvb, pinfo, tree)
end

bus:register_heuristic("tcp", function(tvb, pinfo, tree)
  if tvb:len() < 14 or tvb(0, 4):uint() ~= SIGNATURE_NUMBER then return false end
  local length = tvb(4, 4):uint()
  if length < LIGHT_HEADER or length > LONGEST or tvb(8, 2):uint() ~= 1 then return false end
  pinfo.conversation = bus
  -- Not through bus.dissector: a second dissector in one call may not ask for more segments.
  dissect(tvb, pinfo, tree)
  return true
end)

bus.prefs.ports = Pref.range("TCP ports", "16379", "Bus ports, by default the client port plus 10000", 65535)

local ports = DissectorTable.get("tcp.port")
local registered = bus.prefs.ports
ports:add(registered, bus)

function bus.prefs_changed()
  if tostring(registered) == tostring(bus.prefs.ports) then return end
  ports:remove(registered, bus)
  registered = bus.prefs.ports
  ports:add(registered, bus)
end
