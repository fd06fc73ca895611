// The bundle of the records of deliveries, which is loaded only where a store is used.
export { readRecord, writeRecord } from "../store/record-text.ts";
export { recordsOf, type StorePlace } from "./open.ts";
export { Outbox } from "./outbox.ts";
export { Redelivery } from "./redelivery.ts";
