// All that speaks with servers of NATS: a bundle of its own.
export { natsHttp } from "../../net/nats.ts";
export { openNatsRecords } from "./records.ts";
export { openNatsRelay } from "./relay.ts";
