// Records of deliveries in refs of a bare repository: the suite of records, and what is its own.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gitIn, openRecords, refOf, writeRef } from "../../../helpers/git-records.ts";
import { recordsSuite } from "../../../suites/records-suite.ts";

async function newPlace() {
	const folder = await mkdtemp(join(tmpdir(), "records-"));
	const place = join(folder, "remote.git");
	gitIn(folder, ["init", "-q", "--bare", place]);
	return { place, remove: () => rm(folder, { recursive: true }) };
}

recordsSuite("git", {
	place: newPlace,
	open: (place) => openRecords(place),
	look: (place) => openRecords(place),
	isMade: async (place) => gitIn(place, ["for-each-ref"]) !== "",
	script: fileURLToPath(new URL("../../../helpers/git-records-process.ts", import.meta.url)),
	tamper: async (place, id, text) => writeRef(place, refOf(id), text),
	unusable: {
		"its repository is gone": [
			(place) => rm(place, { recursive: true }),
			/\/remote\.git is not there, or the token may not see it \(404\)$/,
		],
		"its place is a file": [
			async (place) => {
				await rm(place, { recursive: true });
				await writeFile(place, "");
			},
			/\/remote\.git: invalid gitfile format: /,
		],
	},
	// Each starts dozens of programs; eight at once are in git-server.test.ts.
	workers: 4,
});
