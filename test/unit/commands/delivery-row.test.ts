// A stored delivery in a row, whoever has written it: masked, on one line, and short.
import { describe, expect, it } from "vitest";
import { cellsOf, documentOf, noteOf, shortId } from "../../../src/commands/delivery-row.ts";
import { createMask } from "../../../src/secrets/mask.ts";
import { record } from "../../helpers/records.ts";

const NOW = 1000 + 3 * 60_000;
const SECRET = "hunter2-hunter2";
const mask = createMask([SECRET]);
const facts = { now: NOW, scope: "scope", mask };
const ID = "dlv_85d0be3a542589641e0aa05f4c5a7018";

describe("a row of the table", () => {
	it("has the beginning of the id, the age, the hook, the event, the status and the attempts", () => {
		expect(cellsOf(record(ID), facts)).toEqual(["dlv_85d0be3a", "3m", "tell", "pipeline_error", "waiting", "1"]);
	});

	it("names the first event of several, and how many others there are", () => {
		expect(cellsOf(record(ID, { names: ["a", "b", "c"] }), facts)[3]).toBe("a +2");
	});

	it("marks what is of another config file", () => {
		expect(cellsOf(record(ID, { scope: "other" }), facts)[2]).toBe("tell (other)");
	});

	it("is masked before it is truncated, and has no terminal sequences", () => {
		const foreign = record(`${SECRET}-and-more`, {
			hook: `\u001b]0;title\u0007${"h".repeat(22)}${SECRET}`,
			names: [`\u001b[31m${SECRET}\u202e`],
		});
		const shown = JSON.stringify(cellsOf(foreign, facts));
		for (const part of ["hunter", "\\u001b", "\u202e", "title"]) expect(shown).not.toContain(part);
		expect(cellsOf(foreign, facts)[2]?.length).toBeLessThanOrEqual(40);
	});
});

describe("why a delivery has not arrived", () => {
	const note = (more: Parameters<typeof record>[1]) => noteOf(record(ID, more), facts);
	const over = { due: undefined } as object;

	it("is nothing for one that has", () => {
		expect(note({ ...over, state: "delivered" })).toBe("");
	});

	it("is the last failure, and when it is tried again", () => {
		expect(note({ due: NOW + 120_000 })).toBe("503 Service Unavailable; next attempt in 2m");
		expect(note({ due: NOW - 1 })).toBe("503 Service Unavailable; due now");
		expect(note({ attempts: [], due: NOW - 1 })).toBe("due now");
	});

	it("is what superseded it, or since when it is too old", () => {
		expect(note({ ...over, state: "superseded", supersededBy: "dlv_ffef8378aaaa" })).toBe(
			"503 Service Unavailable; by dlv_ffef8378",
		);
		expect(note({ ...over, state: "expired", expires: 0 })).toBe(
			"503 Service Unavailable; too old since 1970-01-01T00:00:00Z",
		);
	});

	it("is masked and on one line", () => {
		const attempts = [{ at: 1, ms: 1, cause: "status", reason: `no ${SECRET}\r\n::error::x\u001b[2J` }];
		expect(note({ ...over, state: "failed", attempts })).toBe("no *** ::error::x");
	});
});

it("is a document in the words of `results`", () => {
	expect(JSON.parse(JSON.stringify(documentOf(record(ID, { scope: "other" }), "scope")))).toEqual({
		id: ID,
		hook: "tell",
		other_config: true,
		status: "waiting",
		event_names: ["pipeline_error"],
		run_id: "run-1",
		event_time: "1970-01-01T00:00:00.900Z",
		created_at: "1970-01-01T00:00:01.000Z",
		attempts: 1,
		failed_at: "1970-01-01T00:00:00.950Z",
		http_status: 503,
		cause: "status",
		error: "503 Service Unavailable",
		next_attempt: "1970-01-01T00:00:01.000Z",
		expires_at: "1970-01-01T00:01:40.000Z",
	});
});

it("has no failure any more once it is delivered", () => {
	const { failed_at, cause, error, http_status } = documentOf(record(ID, { state: "delivered" }), "scope");
	expect([failed_at, cause, error, http_status]).toEqual([undefined, undefined, undefined, undefined]);
	expect(shortId(ID, mask)).toBe("dlv_85d0be3a");
});
