// The process of tests on records that are kept through GitHub's API.
import { openThroughApi } from "./github-records.ts";
import { good } from "./records.ts";
import { workOn } from "./records-process.ts";

await workOn(async (place) => good(await openThroughApi(place)));
