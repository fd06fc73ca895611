// The bundle of the records of deliveries, which is loaded only where a store is used.
export { writeRecord } from "../store/record-text.ts";
export { type HookStatus, hookStatus } from "./hook-status.ts";
export { recordsOf, type StorePlace } from "./open.ts";
export { Outbox } from "./outbox.ts";
export { planOf, type RedeliveryPlan } from "./plan.ts";
export { ENDED, prune } from "./prune.ts";
export { Redelivery } from "./redelivery.ts";
export { leftIn } from "./results.ts";
export { untold } from "./told.ts";
export { withWholeId } from "./wanted.ts";
