// The store in SQLite: the suite of stores, its file, and the versions of that.
import { chmod, chown, mkdir, mkdtemp, readdir, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { openSqliteStore } from "../../../../src/store/sqlite/items.ts";
import { migrate } from "../../../../src/store/sqlite/schema.ts";
import { unprivileged } from "../../../helpers/unprivileged.ts";
import { good, item, storeSuite } from "../../../suites/store-suite.ts";

const file = (folder: string) => join(folder, "store.db");

storeSuite("SQLite", {
	open: openSqliteStore,
	script: fileURLToPath(new URL("../../../helpers/store-process.ts", import.meta.url)),
	unusable: {
		"its file is no database": [
			(folder) => writeFile(file(folder), "x".repeat(5000)),
			/\/store\.db: file is not a database; delete it to begin anew, or name another file$/,
		],
		"its file is truncated": [
			async (folder) => writeFile(file(folder), "SQLite format 3\0"),
			/\/store\.db: file is not a database; delete it to begin anew, or name another file$/,
		],
		"a newer version has written it": [
			async (folder) => {
				const database = new DatabaseSync(file(folder));
				database.exec("PRAGMA user_version = 99");
				database.close();
			},
			/\/store\.db: its version is 99, and this program supports versions up to \d+$/,
		],
		"its file is a link": [
			async (folder) => {
				await rename(file(folder), `${file(folder)}.real`);
				await symlink(`${file(folder)}.real`, file(folder));
			},
			/\/store\.db is a symbolic link$/,
		],
		"its file is a folder": [
			async (folder) => {
				await rm(file(folder));
				await mkdir(file(folder));
			},
			/\/store\.db is not a file$/,
		],
		"others may write into its file": [(folder) => chmod(file(folder), 0o666), /^others may write into .*\/store\.db$/],
		"others may write into its folder": [(folder) => chmod(folder, 0o770), /^others may write into .*\/job$/],
		"its folder is a link": [
			async (folder) => {
				await rename(folder, `${folder}.real`);
				await symlink(`${folder}.real`, folder);
			},
			/\/job is a symbolic link$/,
		],
		"its folder is a file": [
			async (folder) => {
				await rm(folder, { recursive: true });
				await writeFile(folder, "");
			},
			/not a directory|is not a folder/,
		],
	},
});

const temporary = () => mkdtemp(join(tmpdir(), "sqlite-"));

it.runIf(process.platform !== "win32")("is for this user alone, with all files beside it", async () => {
	const folder = join(await temporary(), "held", "job");
	const store = good(await openSqliteStore(folder, { create: true }));
	await store.put(item("1"));
	await store.claim("a", { items: 1, bytes: 1, all: true });
	const files = await readdir(folder);
	expect(files).toEqual(expect.arrayContaining(["store.db", "store.db-wal", expect.stringMatching(/\.lease$/)]));
	for (const name of ["", "..", ...files]) {
		const { mode } = await stat(join(folder, name));
		expect([name, mode & 0o077]).toEqual([name, 0]);
	}
	await store.close();
	expect(await readdir(folder)).toEqual(["store.db"]);
});

it("lets others warn after it has kept Node from it", async () => {
	const { emitWarning } = process;
	await good(await openSqliteStore(join(await temporary(), "job"), { create: true })).close();
	expect(process.emitWarning).toBe(emitWarning);
});

it("removes what a process that has ended left behind", async () => {
	const folder = join(await temporary(), "job");
	const store = good(await openSqliteStore(folder, { create: true }));
	await store.put(item("1"));
	const database = new DatabaseSync(file(folder));
	database.exec("UPDATE items SET claimant = 'gone', batch = seq");
	database.close();
	await writeFile(join(folder, "gone.lease"), "");
	expect(await store.claim("a", { items: 5, bytes: 1, all: true })).toEqual({ batches: [["1"]], left: 0 });
	expect(await readdir(folder)).not.toContain("gone.lease");
});

it.runIf(process.getuid?.() === 0)(
	"is not used in the folder of another user, where nothing is made either",
	async () => {
		const folder = join(await temporary(), "job");
		await mkdir(folder);
		await chown(folder, 65_534, 65_534);
		const store = good(await openSqliteStore(folder, { create: true }));
		expect(await store.put(item("1"))).toEqual({ problem: `${folder} belongs to another user` });
		expect(await readdir(folder)).toEqual([]);
	},
);

it("says why its folder cannot be made, and does not try for ever", async () => {
	const path = join(await temporary(), "file");
	await writeFile(path, "");
	const problem = expect.stringMatching(/ENOTDIR: not a directory/);
	const inFile = good(await openSqliteStore(join(path, "held", "job"), { create: true }));
	expect(await inFile.put(item("1"))).toEqual({ problem });
	if (process.platform !== "linux") return;
	const inProc = good(await openSqliteStore("/proc/pipeline-hooks/held", { create: true }));
	expect(await inProc.list()).toEqual({ problem: expect.stringMatching(/^\/proc.*ENOENT/) });
});

it("is left as it is, and named, where it may only be read", async () => {
	const folder = join(await temporary(), "job");
	const store = good(await openSqliteStore(folder, { create: true }));
	await store.put(item("1"));
	await store.close();
	await chmod(file(folder), 0o444);
	await chmod(folder, 0o755);
	await chmod(join(folder, ".."), 0o755);
	const said = await unprivileged(async () => {
		const opened = good(await openSqliteStore(folder, { create: true }));
		const problem = await opened.put(item("2"));
		await opened.close();
		return problem;
	});
	expect(said).toEqual({ problem: expect.stringMatching(/store\.db: (attempt to write a readonly|unable to open)/) });
	await chmod(file(folder), 0o600);
	expect(await good(await openSqliteStore(folder, { create: true })).list()).toEqual(new Map([["a", 1]]));
});

it("goes forward from every version before, and loses nothing on the way", () => {
	const steps = [
		"CREATE TABLE numbers (value INTEGER)",
		"ALTER TABLE numbers ADD COLUMN name TEXT DEFAULT 'none'",
		"UPDATE numbers SET name = 'old' WHERE name = 'none'",
	];
	for (let from = 1; from <= steps.length; from++) {
		const database = new DatabaseSync(":memory:");
		migrate(database, steps.slice(0, from));
		database.exec(`INSERT INTO numbers (value) VALUES (${from})`);
		migrate(database, steps);
		migrate(database, steps);
		const name = from < 3 ? "old" : "none";
		expect(database.prepare("SELECT value, name FROM numbers").all()).toEqual([{ value: from, name }]);
		expect(() => migrate(database, steps.slice(0, 2))).toThrow(
			"its version is 3, and this program supports versions up to 2",
		);
	}
});

it("stays at its version where a step fails", () => {
	const database = new DatabaseSync(":memory:");
	migrate(database, ["CREATE TABLE numbers (value INTEGER)"]);
	const broken = ["", "DROP TABLE numbers", "CREATE TABLE no such thing"];
	expect(() => migrate(database, broken)).toThrow("syntax error");
	expect(database.prepare("SELECT * FROM numbers").all()).toEqual([]);
	expect(database.prepare("PRAGMA user_version").get()).toEqual({ user_version: 1 });
});
