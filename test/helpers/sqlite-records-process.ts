// The process of tests on records in SQLite.
import { openSqliteRecords } from "../../src/store/sqlite/records.ts";
import { good } from "./records.ts";
import { workOn } from "./records-process.ts";

await workOn(async (place) => good(openSqliteRecords(place)));
