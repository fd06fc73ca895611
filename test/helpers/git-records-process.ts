// The process of tests on records in refs of a repository.
import { openRecords } from "./git-records.ts";
import { good } from "./records.ts";
import { workOn } from "./records-process.ts";

await workOn(async (place) => good(await openRecords(place)));
