// The process of tests on records in NATS.
import { openNatsRecords } from "../../src/store/nats/records.ts";
import { good } from "./records.ts";
import { workOn } from "./records-process.ts";

await workOn(async (place) => good(await openNatsRecords(place)));
