// The bundle of the records of deliveries, which is loaded only where a store is used.
export { openRecords, type StorePlace } from "./open.ts";
export { Outbox } from "./outbox.ts";
export { Redelivery } from "./redelivery.ts";
