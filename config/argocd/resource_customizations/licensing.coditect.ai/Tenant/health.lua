-- Degraded: somebody has to act. What goes on by itself is Progressing, however long it takes.
local needsSomebody = {
  InternalError = true,
  LedgerRefused = true,
  NewerGenerationInLedger = true,
}

local status = obj.status or {}

local function find(type)
  for _, condition in ipairs(status.conditions or {}) do
    if condition.type == type then
      return condition
    end
  end
  return { status = "Unknown", reason = "NotSeenYet", message = "The operator has not begun with this resource" }
end

local function health(code, condition)
  return { status = code, message = condition.reason .. ": " .. condition.message }
end

local ready = find("Ready")
local stalled = find("Stalled")

if obj.metadata.deletionTimestamp ~= nil then
  return health("Progressing", ready)
end
-- Whatever changed, it is taken up once the annotation goes.
if ready.reason == "Paused" then
  return health("Suspended", ready)
end
if obj.metadata.generation ~= nil and obj.metadata.generation ~= status.observedGeneration then
  return { status = "Progressing", message = "The operator has not taken up the last change yet" }
end
if stalled.status == "True" then
  return health("Degraded", stalled)
end
if needsSomebody[ready.reason] then
  return health("Degraded", ready)
end
if ready.status ~= "True" then
  return health("Progressing", ready)
end
if ready.reason == "Suspended" then
  return health("Suspended", ready)
end
return health("Healthy", ready)
