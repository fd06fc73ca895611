// A record as text: read back as it was written, and refused where a field is not what it must be.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RECORD_STATES } from "../../../src/model/records.ts";
import { readRecord, writeRecord } from "../../../src/store/record-text.ts";
import { record } from "../../helpers/records.ts";

const time = fc.nat({ max: 8_640_000_000_000 });
const text = fc.string({ unit: "binary" });
const attempt = fc.record(
	{ at: time, ms: time, status: fc.nat({ max: 599 }), cause: text, reason: text },
	{ requiredKeys: ["at", "ms"] },
);
const any = fc.record(
	{
		...{ id: text, scope: text, hook: text, key: text, eventTime: time, created: time, runId: text },
		names: fc.array(text),
		events: fc.array(text, { minLength: 1 }),
		attempts: fc.array(attempt),
		state: fc.constantFrom(...RECORD_STATES),
		...{ failures: fc.nat(), due: time, expires: time, supersededBy: text },
	},
	{
		requiredKeys: [
			...(["id", "scope", "hook", "eventTime", "created", "runId", "names", "events", "attempts"] as const),
			...(["state", "failures", "expires"] as const),
		],
	},
);

it("is read as it was written", () => {
	fc.assert(
		fc.property(any, (one) => {
			expect(readRecord(writeRecord(one))).toEqual(one);
		}),
	);
});

describe("of a text that is no record says what is wrong", () => {
	const changed = (more: object) => JSON.stringify({ version: 1, ...record("x"), ...more });
	it.each([
		["", "it is not a JSON object"],
		["null", "it is not a JSON object"],
		["[]", "it is not a JSON object"],
		["{}", "its id is not valid"],
		[changed({ version: 2 }), "a newer version has written it"],
		[changed({ version: 0 }), "its version is not valid"],
		[changed({ version: "1" }), "its version is not valid"],
		[changed({ id: 1 }), "its id is not valid"],
		[changed({ hook: null }), "its hook is not valid"],
		[changed({ created: -1 }), "its created is not valid"],
		[changed({ expires: 1e300 }), "its expires is not valid"],
		[changed({ due: "1" }), "its due is not valid"],
		[changed({ state: "paid" }), "its state is not valid"],
		[changed({ events: [] }), "its events is not valid"],
		[changed({ events: ["{}", {}] }), "its events is not valid"],
		[changed({ attempts: [{ at: 1 }] }), "its attempts is not valid"],
		[changed({ names: "x" }), "its names is not valid"],
		[changed({ key: 5 }), "its key is not valid"],
	])("%j", (written, problem) => {
		expect(readRecord(written)).toEqual({ problem });
	});

	it("and takes no key that it does not know", () => {
		expect(readRecord(changed({ url: "https://evil.example", command: "rm" }))).toEqual(record("x"));
	});
});
