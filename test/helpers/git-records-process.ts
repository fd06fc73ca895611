// The process of tests on records in refs of a repository.
import { dirname } from "node:path";
import { openRecords } from "./git-records.ts";
import { good } from "./records.ts";
import { workOn } from "./records-process.ts";

// A process that is killed leaves its files, which go with the folder of the test.
await workOn(async (place) => good(await openRecords(place, { temp: dirname(place) })));
