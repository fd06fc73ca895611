// Records of deliveries in SQLite: the suite of records, and what is its own.

import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { openSqliteRecords } from "../../../../src/store/sqlite/records.ts";
import { good } from "../../../helpers/records.ts";
import { recordsSuite } from "../../../suites/records-suite.ts";

async function newPlace() {
	const folder = await mkdtemp(join(tmpdir(), "records-"));
	return { place: join(folder, ".pipeline-hooks", "state.db"), remove: () => rm(folder, { recursive: true }) };
}

function inDatabase(place: string, sql: string, ...values: readonly string[]): void {
	const database = new DatabaseSync(place);
	database.prepare(sql).run(...values);
	database.close();
}

recordsSuite("SQLite", {
	place: newPlace,
	open: async (place) => openSqliteRecords(place),
	look: async (place) => openSqliteRecords(place, { create: false }),
	isMade: async (place) => existsSync(dirname(place)),
	script: fileURLToPath(new URL("../../../helpers/sqlite-records-process.ts", import.meta.url)),
	tamper: async (place, id, text) => inDatabase(place, "UPDATE deliveries SET body = ? WHERE id = ?", text, id),
	unusable: {
		"its file is no database": [
			(place) => writeFile(place, "x".repeat(5000)),
			/\/state\.db: file is not a database; delete it to begin anew, or name another file$/,
		],
		"a newer version has written it": [
			async (place) => inDatabase(place, "PRAGMA user_version = 99"),
			/\/state\.db: its version is 99, and this program supports versions up to \d+$/,
		],
		"others may write into its file": [(place) => chmod(place, 0o666), /^others may write into .*\/state\.db$/],
		"its table is gone": [
			async (place) => inDatabase(place, "DROP TABLE deliveries"),
			/\/state\.db: no such table: deliveries$/,
		],
	},
});

it("is a file for this user alone", async () => {
	const { place, remove } = await newPlace();
	await good(openSqliteRecords(place)).close();
	expect((await stat(place)).mode & 0o777).toBe(0o600);
	await remove();
});
