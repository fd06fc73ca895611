// A process of its own that works on a store, for tests that kill it. It writes a line after each step that is done.
import { writeSync } from "node:fs";
import type { ClaimQuery, Store, StoreFailure } from "../../src/model/store.ts";
import { openSqliteStore } from "../../src/store/sqlite/items.ts";

const [, , what = "", folder = "", bytes = "10"] = process.argv;
const ALL: ClaimQuery = { items: 3, bytes: 1_000_000, all: true };

const say = (line: string) => writeSync(1, `${line}\n`);

function good<T>(given: T | StoreFailure): T {
	if (typeof given !== "object" || given === null || !("problem" in given)) return given;
	say(`problem ${given.problem}`);
	process.exit(1);
}

const store = await open();

async function open(): Promise<Store> {
	const opened = await openSqliteStore(folder, { create: true });
	if (opened === undefined) throw new Error("no store");
	return opened;
}

async function put(n: number): Promise<void> {
	const id = `${process.pid}-${n}`;
	good(await store.put({ id, owner: "a", body: new Uint8Array(Number(bytes)) }));
	say(`put ${id}`);
}

async function claim(query: ClaimQuery): Promise<readonly (readonly string[])[]> {
	const { batches } = good(await store.claim("a", query));
	for (const batch of batches) say(`claimed ${batch.join(" ")}`);
	return batches;
}

async function settle(batches: readonly (readonly string[])[]): Promise<void> {
	for (const batch of batches) {
		good(await store.settle(batch, []));
		say(`settled ${batch.join(" ")}`);
	}
}

switch (what) {
	case "put":
		for (let n = 0; ; n++) await put(n);
	case "claim":
		await settle(await claim(ALL));
		break;
	case "hold":
		await claim(ALL);
		setInterval(() => {}, 60_000);
		break;
	case "share":
		for (let n = 0; n < 8; n++) {
			await put(n);
			await settle(await claim({ ...ALL, all: false }));
		}
		await settle(await claim(ALL));
		await store.close();
		break;
	default:
		throw new Error(what);
}
