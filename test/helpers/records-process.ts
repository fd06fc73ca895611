// A process of its own that works on records, for tests that kill it or run several. It writes a line after each step.
import { writeSync } from "node:fs";
import type { Records } from "../../src/model/records.ts";
import { good, record } from "./records.ts";

const say = (line: string) => writeSync(1, `${line}\n`);
const LONG_MS = 60_000;

/** Does what the arguments say: `put` records for ever, `take` each that is due and deliver it, or `hold` what is due. */
export async function workOn(open: (place: string) => Promise<Records>): Promise<void> {
	const [, , what = "", place = ""] = process.argv;
	const records = await open(place);
	const claimed = async () => {
		const now = Date.now();
		const { records: due } = good(await records.list({ states: ["waiting"], dueBy: now }));
		return good(await records.claim(due, { now, until: now + LONG_MS }));
	};
	switch (what) {
		case "put":
			for (let n = 0; ; n += 2) {
				const ids = [n, n + 1].map((number) => `${process.pid}-${number}`);
				const failure = await records.put(ids.map((id) => record(id)));
				if (failure !== undefined) throw new Error(failure.problem);
				say(`put ${ids.join(" ")}`);
			}
		case "take":
			for (const from of await claimed()) {
				say(`took ${from.record.id}`);
				const lost = good(await records.settle([{ from, to: { ...from.record, state: "delivered" } }]));
				say(`${lost.length === 0 ? "settled" : "lost"} ${from.record.id}`);
			}
			break;
		case "hold":
			for (const { record } of await claimed()) say(`took ${record.id}`);
			setInterval(() => {}, LONG_MS);
			return;
		default:
			throw new Error(what);
	}
	await records.close();
}
